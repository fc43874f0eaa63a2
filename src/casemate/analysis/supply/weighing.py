"""How bad a weakness of a package is *here*: who can reach it, whether the code does, and whether attackers do.

A CVSS score says how bad the weakness would be where an attacker reaches it. Each step up or down from it is one of the
sentences below, and all of them stand in the finding's evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.supply.symbols import weak_names
from casemate.model.finding import CRITICAL, HIGH, LOW, MEDIUM, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from casemate.analysis.supply.exploitation import Exploitation
    from casemate.analysis.supply.reaching import Reach, Reached
    from casemate.analysis.system import Exposure
    from casemate.model.dependency import Advisory, Dependency

_SHOWN = 3
BY_NAME = frozenset({
    "psycopg2", "psycopg2-binary", "psycopg", "pymysql", "mysqlclient", "mysql-connector-python", "asyncpg", "aiomysql",
    "cx-oracle", "oracledb", "pyodbc", "pymssql", "redis", "hiredis", "lxml", "html5lib", "gunicorn", "uvicorn",
    "mangum", "python-multipart", "email-validator", "cryptography", "brotli", "ujson", "orjson", "openpyxl", "xlrd",
    "xlsxwriter", "pyarrow", "fastparquet", "s3fs", "fsspec", "tzdata", "certifi", "greenlet", "setuptools", "wheel",
    "pip", "pg", "mysql", "mysql2", "sqlite3", "tedious", "mariadb", "ejs", "pug", "hbs", "jade", "handlebars",
    "nunjucks", "dustjs-linkedin", "consolidate", "express-handlebars", "source-map-support", "typescript", "encoding",
    "react", "react-dom", "preact", "tslib", "core-js", "regenerator-runtime",
    "bufferutil", "utf-8-validate", "pino-pretty",
})  # fmt: skip
"""Packages that frameworks load by their name (drivers, engines of templates, parsers, servers): no import says so."""


class Weight(NamedTuple):
    """The severity of one weakness, why, and how it is reached."""

    severity: Severity
    why: tuple[str, ...]
    reached: Reached | None
    names: tuple[str, ...]


def weigh(
    group: Collection[Advisory],
    dependency: Dependency,
    exposed: Mapping[str, Exposure],
    reach: Reach | None,
    exploitation: Exploitation | None,
) -> Weight:
    """The severity of one weakness (its advisories are aliases of one another) of a dependency.

    `exposed`: id of a function that ships it -> who can call it. Where some of them call a weak name, only those count
    that do, or may.
    """
    stated = max((advisory.severity for advisory in group if advisory.severity), default=None)
    severity = stated or MEDIUM
    why = [f"stated {stated.word}" if stated else "no severity stated, taken as medium"]
    named = weak_names(group)
    names = named[0] if named else ()
    reached = reach.of(dependency, names) if reach is not None and dependency.functions else None
    exposures = set(exposed.values())
    if reach is not None and reached is not None and reached.state == "called":
        callers = reach.callers(dependency, names)
        exposures = {exposure for id_, exposure in exposed.items() if id_ in callers} or exposures
    steps = [*_by_exposure(dependency, exposures), *_by_reach(dependency, group, reached, names)]
    if exploitation is not None:
        steps.extend(_by_exploitation(group, exploitation))
    for change, reason in steps:
        severity = Severity(max(min(severity + change, CRITICAL), LOW))
        why.append(reason)
    if stated is None and reached is not None and reached.state == "called" and "public" in exposures:
        severity = Severity(min(severity + 1, CRITICAL))
        why.append("so a weak function stands open to anyone")
    if not dependency.functions:
        severity = min(severity, HIGH)
    if reached is not None and is_out_of_reach(dependency, group, reached):
        severity = LOW
        why.append("so the weak code is not in what the functions run")
    return Weight(severity, tuple(why), reached, names)


def _by_exposure(dependency: Dependency, exposures: Collection[Exposure]) -> list[tuple[int, str]]:
    if not dependency.functions:
        return [(0, "no function is known to ship it, so at most high")]
    if set(exposures) == {"internal"}:
        return [(-1, "only the system itself calls the functions concerned")]
    if "public" in exposures:
        return [(0, "anyone can call a function concerned")]
    return []


def _by_reach(
    dependency: Dependency, group: Collection[Advisory], reached: Reached | None, names: tuple[str, ...]
) -> list[tuple[int, str]]:
    if reached is None or reached.state == "unknown":
        return [(-1, "no code of the project imports it")] if dependency.imported is False else []
    if reached.state == "called":
        return [(0, f"the code calls {reached.name}")]
    if reached.state == "absent":
        if is_alone(dependency):
            return [(-1, "no code that the functions load imports it")]
        return [(0, "no code that the functions load imports it; whether another package uses it is not known")]
    if reached.state == "imported" and names and reached.whole and _is_whole(group):
        return [(-1, f"the code imports it and calls none of {_listed(names)}")]
    return []


def _by_exploitation(group: Collection[Advisory], known: Exploitation) -> list[tuple[int, str]]:
    listed = known.listed(group)
    score = known.score(group)
    found: list[tuple[int, str]] = []
    if listed is not None:
        ransomware = ", by ransomware too" if listed[1].ransomware else ""
        found.append((1, f"{listed[0]} is exploited (CISA's catalogue, since {listed[1].since}{ransomware})"))
    if score is not None:
        from casemate.analysis.supply.exploitation import LIKELY, UNLIKELY

        words = f"EPSS {score[1].epss:.1%} for {score[0]}"
        if score[1].epss >= LIKELY and listed is None:
            found.append((1, f"{words}: exploitation is likely"))
        elif score[1].epss < UNLIKELY and listed is None:
            found.append((-1, f"{words}: exploitation is unlikely"))
        else:
            found.append((0, words))
    return found


def _is_whole(group: Collection[Advisory]) -> bool:
    named = weak_names(group)
    return named is not None and named[1]


def is_alone(dependency: Dependency) -> bool:
    """Whether only the project's own code can load a package: the lock knows all needs, peers too, and names none."""
    return (
        dependency.direct
        and dependency.locked is not None
        and dependency.locked.direct is not None
        and not dependency.needed
    )


def is_out_of_reach(dependency: Dependency, group: Collection[Advisory], reached: Reached) -> bool:
    """Whether it is proven that no function that ships the package runs its weak code.

    All of the code was read, nothing else in the lock needs the package, no framework loads it by name, and the code
    does not import it, or calls none of the weak names where all of those are known.
    """
    if not reached.whole or not is_alone(dependency) or dependency.package.name in BY_NAME:
        return False
    return reached.state == "absent" or (reached.state == "imported" and _is_whole(group))


def reaching_words(reached: Reached | None, names: tuple[str, ...], *, direct: bool = True) -> str:
    """How the code reaches a package, for a finding's text; nothing where that is not known.

    `direct`: a person asked for the package, so that code which does not import it is worth a word.
    """
    if reached is None or reached.state == "unknown":
        return ""
    place = f" ({reached.at.path}:{reached.at.start_line})" if reached.at is not None else ""
    if reached.state == "called":
        return f"; {reached.function} calls {reached.name}{place}"
    if reached.state == "absent":
        return "; no function that ships it imports it" if direct else ""
    if reached.state == "imported" and names and reached.whole:
        return f"; {reached.function} imports it{place}, and calls none of {_listed(names)}"
    return f"; {reached.function} imports it{place}"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(name.removesuffix("()").removeprefix("*") for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
