"""The configuration: every setting with where it came from.

Found from the working directory upwards as `casemate.toml`, or `[tool.casemate]` in pyproject.toml, or given with
`--config`; never below a scanned path, since scanned
files are untrusted. Precedence: flag > `CASEMATE_*` > file > default.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError
from casemate.model.finding import Suppression
from casemate.model.location import Span
from casemate.model.pattern import late
from casemate.model.record import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "CASEMATE_"
_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


@dataclass(frozen=True, slots=True)
class Known:
    """A setting that exists: its type, default, allowed words, and one line of help."""

    kind: type
    default: object
    help: str
    words: tuple[str, ...] = ()


SETTINGS: dict[str, Known] = {
    "profile": Known(
        str, "default", "which rules are shown: default, or strict for hygiene too", ("default", "strict")
    ),
    "fail-on": Known(str, "high", "lowest severity that fails the run", ("low", "medium", "high", "critical", "none")),
    "exclude": Known(list, [], "globs of paths that are not scanned"),
    "rule": Known(list, [], "run only these rules (names or globs)"),
    "skip": Known(list, [], "do not run these rules (names or globs)"),
    "stage": Known(str, "", "the deployment stage that variables are resolved for"),
    "import-suppressions": Known(list, [], "tools whose suppressions count too", ("checkov", "semgrep", "bandit")),
    "kev": Known(str, "", "CISA's catalogue of exploited vulnerabilities (JSON or CSV)"),
    "epss": Known(str, "", "FIRST's EPSS scores (CSV, also gzip)"),
    "vex-in": Known(list, [], "VEX documents (OpenVEX, CycloneDX) that except weaknesses of packages"),
    "vex-products": Known(list, [], "names by which VEX documents may mean what is scanned"),
    "attestations": Known(str, "", "folder of attestations (PEP 740, npm, Sigstore bundles) of packages"),
    "attestation-root": Known(str, "", "sigstore's trusted root (default: the one that sigstore brings)"),
    "import-sbom": Known(list, [], "bills of materials of others: FILE, or FUNCTION=FILE"),
    "import-sarif": Known(list, [], "SARIF reports of other tools, whose findings are taken in"),
    "diff-suppressions": Known(bool, False, "under --diff, also honour suppressions that are newer than the revision"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A value and where it came from (`default`, a file, a variable, a flag)."""

    value: object
    source: str


Rows = tuple["Mapping[str, object]", ...]
"""A list of tables."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings with their origins, the options of rules, and the suppressions of the configuration file.

    `alerts`: the lists of tables below `[monitor]`; `automation`: the rows of `[[automation]]`. What may stand in
    them, the monitor knows.
    """

    values: Mapping[str, Origin]
    file: Path | None = None
    rule_options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()
    monitor: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    code: Mapping[str, object] = field(default_factory=dict)
    alerts: Mapping[str, Rows] = field(default_factory=dict)
    automation: Rows = ()
    attest: Rows = ()

    def text(self, name: str) -> str:
        """A text setting."""
        return str(self.values[name].value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list setting."""
        value = self.values[name].value
        return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()

    def flag(self, name: str) -> bool:
        """A yes-or-no setting."""
        return self.values[name].value is True


def load(
    *,
    start: Path,
    scanned: Iterable[Path] = (),
    given: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Config:
    """Read the configuration.

    `start`: the working directory; `scanned`: paths whose content is untrusted; `given`: `--config`; `flags`: values
    of flags that were used, None or [] for
    those that were not. Raises `ConfigurationError` with file and remedy.
    """
    file = given if given is not None else _find(start, [path.resolve() for path in scanned])
    table = _read(file, required=given is not None) if file else {}
    values = {name: Origin(known.default, "default") for name, known in SETTINGS.items()}
    rule_options: dict[str, Mapping[str, object]] = {}
    suppressions: list[Suppression] = []
    monitor: dict[str, Mapping[str, object]] = {}
    code: dict[str, object] = {}
    alerts: dict[str, Rows] = {}
    automation: Rows = ()
    attest: Rows = ()
    for key, value in table.items():
        if key == "suppress":
            suppressions.extend(_suppressions(value, str(file), _suppress_lines(file)))
        elif key == "rules":
            rule_options.update(_rule_options(value, file))
        elif key == "monitor":
            monitor_, alerts = _monitor(value, file)
            monitor.update(monitor_)
        elif key == "automation":
            automation = _rows(value, f"{file}: automation")
        elif key == "attest":
            attest = _rows(value, f"{file}: attest")  # what may stand in it, the verification of attestations knows
        elif key == "code":
            if not isinstance(value, dict):
                raise ConfigurationError(f"{file}: code must be a table", hint="write [[code.sources]]")
            code.update(value)  # what may stand in it, the analysis of code knows
        else:
            name = _known(key, file)
            values[name] = Origin(_checked(name, value, str(file)), str(file))
    values.update(_from_environment(environment or {}))
    for name, value in (flags or {}).items():
        if value is not None and value != []:
            values[name] = Origin(value, f"--{name}")
    return Config(values, file, rule_options, tuple(suppressions), monitor, code, alerts, automation, attest)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Origin]:
    found = {}
    for name, known in SETTINGS.items():
        variable = PREFIX + name.upper().replace("-", "_")
        if (text := environment.get(variable)) is not None:
            raw: object = (
                _YES_NO.get(text.strip().lower(), text)
                if known.kind is bool
                else [item.strip() for item in text.split(",") if item.strip()]
                if known.kind is list
                else text
            )
            found[name] = Origin(_checked(name, raw, variable), variable)
    return found


def _rule_options(value: object, file: Path | None) -> dict[str, Mapping[str, object]]:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{file}: rules must be a table", hint="write [rules.RULE-NAME]")
    for name, options in value.items():
        if not isinstance(options, dict):
            raise ConfigurationError(f"{file}: rules.{name} must be a table", hint=f"write [rules.{name}]")
    return value


MONITOR = ("known", "placeholders", "tables")
"""The tables below `[monitor]`; what may stand in them, the monitor knows."""
ALERTS = ("suppress", "tune")
"""The lists of tables below `[monitor]`."""


def _monitor(value: object, file: Path | None) -> tuple[dict[str, Mapping[str, object]], dict[str, Rows]]:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{file}: monitor must be a table", hint="write [monitor.known]")
    tables: dict[str, Mapping[str, object]] = {}
    lists: dict[str, Rows] = {}
    for name, rows in value.items():
        if name in ALERTS:
            lists[name] = _rows(rows, f"{file}: monitor.{name}")
            continue
        if name not in MONITOR:
            from difflib import get_close_matches

            near = get_close_matches(name, (*MONITOR, *ALERTS), 1)
            raise ConfigurationError(
                f"{file}: there is no [monitor.{name}]", hint=f"did you mean [monitor.{(near or MONITOR)[0]}]?"
            )
        if not isinstance(rows, dict):
            raise ConfigurationError(f"{file}: monitor.{name} must be a table", hint=f"write [monitor.{name}]")
        tables[name] = rows
    return tables, lists


def _rows(value: object, place: str) -> Rows:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ConfigurationError(f"{place} must be a list of tables", hint=f"write [[{place.rpartition(': ')[2]}]]")
    return tuple(value)


def _find(start: Path, scanned: list[Path]) -> Path | None:
    """The nearest configuration from `start` upwards that does not lie in a folder below a scanned path.

    The folder that is scanned itself may hold one when the user stands in it: that is the user's own project.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if any(folder != path and folder.is_relative_to(path) for path in scanned):
            continue
        candidate = folder / "casemate.toml"
        if candidate.is_file():
            return candidate
        project = folder / "pyproject.toml"
        if project.is_file() and b"[tool.casemate" in project.read_bytes():
            return project
    return None


def _read(file: Path, *, required: bool) -> dict[str, object]:
    import tomllib

    try:
        parsed = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        if not required:
            return {}
        raise ConfigurationError(f"{file}: {error.strerror}", hint="--config names a file to read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}", hint="correct the file") from error
    if file.name == "pyproject.toml":
        tool = parsed.get("tool")
        section = tool.get("casemate") if isinstance(tool, dict) else None
        return section if isinstance(section, dict) else {}
    return parsed


_TABLES = ("rules", "suppress", "monitor", "automation", "code", "attest")


def _known(key: str, file: Path | None) -> str:
    if key in SETTINGS:
        return key
    if key == "import_suppressions":  # as it was first documented
        return "import-suppressions"
    from difflib import get_close_matches

    near = get_close_matches(key, [*SETTINGS, *_TABLES], 1)
    known = ", ".join((*SETTINGS, *_TABLES))
    hint = f"did you mean {near[0]}?" if near else f"known keys: {known}"
    raise ConfigurationError(f"{file}: unknown key {key!r}", hint=hint)


def _checked(name: str, value: object, source: str) -> object:
    known = SETTINGS[name]
    if not isinstance(value, known.kind):
        raise ConfigurationError(f"{source}: {name} must be a {known.kind.__name__}, not {type(value).__name__}")
    if known.kind is list and isinstance(value, list):
        for item in value:
            if known.words and item not in known.words:
                raise ConfigurationError(
                    f"{source}: {name}: {item!r} is not possible", hint=f"any of {', '.join(known.words)}"
                )
    elif known.words and value not in known.words:
        raise ConfigurationError(
            f"{source}: {name} = {value!r} is not possible", hint=f"one of {', '.join(known.words)}"
        )
    return value


_SUPPRESSION_KEYS = frozenset({"rule", "resource", "path", "until", "reason"})


_SUPPRESS = late(rb"^[ \t]*\[\[[ \t]*(?:tool\.casemate\.)?suppress[ \t]*\]\]", re.MULTILINE)


def _suppress_lines(file: Path | None) -> list[int]:
    """The line of each `[[suppress]]`, in order."""
    data = file.read_bytes() if file is not None else b""
    return [data.count(b"\n", 0, match.start()) + 1 for match in _SUPPRESS.finditer(data)]


def suppressions_in(text: bytes, path: str) -> tuple[Suppression, ...]:
    """The suppressions of a configuration file as it was at another time; none where it cannot be read."""
    import tomllib

    try:
        table: object = tomllib.loads(text.decode("utf-8"))
        if path.endswith("pyproject.toml"):
            for key in ("tool", "casemate"):
                table = table.get(key) if isinstance(table, dict) else None
        value = table.get("suppress", []) if isinstance(table, dict) else []
        return tuple(_suppressions(value, path, []))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ConfigurationError, RecursionError):
        return ()


def placed(suppressions: Iterable[Suppression], root: Path) -> tuple[Suppression, ...]:
    """The suppressions of a configuration file with its path as the report tells paths: relative to `root`.

    One that lies outside of it is told by its name alone.
    """

    def relative(at: Span) -> Span:
        file = Path(at.path).resolve()
        return at._replace(path=file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name)

    return tuple(replace(one, at=relative(one.at) if one.at is not None else None) for one in suppressions)


def _suppressions(value: object, file: str, lines: list[int]) -> Iterable[Suppression]:
    if not isinstance(value, list):
        raise ConfigurationError(f"{file}: suppress must be a list of tables", hint="write [[suppress]]")
    for number, entry in enumerate(value, 1):
        place = f"{file}: suppress {number}"
        if not isinstance(entry, dict):
            raise ConfigurationError(f"{place}: must be a table", hint="write [[suppress]]")
        unknown = entry.keys() - _SUPPRESSION_KEYS
        if unknown:
            raise ConfigurationError(
                f"{place}: unknown key {min(unknown)!r}", hint=f"known keys: {', '.join(sorted(_SUPPRESSION_KEYS))}"
            )
        if not entry.get("rule") or not str(entry.get("reason") or "").strip():
            raise ConfigurationError(f"{place}: rule and reason are required", hint="say why it is right to ignore it")
        line = lines[number - 1] if number <= len(lines) else 1
        yield Suppression(
            "file", str(entry["rule"]), str(entry["reason"]), Span(file, line, 1, line, 1),
            _date(entry.get("until"), place),
            resource=_optional(entry.get("resource")), path=_optional(entry.get("path")),
        )  # fmt: skip


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _date(value: object, place: str) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):  # a TOML date with a time
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigurationError(
            f"{place}: until = {value!r} is not a date", hint="write until = 2027-03-31"
        ) from error
