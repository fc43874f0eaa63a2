"""What a VEX document states, whichever format it has, and which of it is said of a dependency's weakness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, cast

from casemate.analysis.supply.exploitation import unpacked
from casemate.analysis.supply.vex.purls import in_range, is_same, is_version, means, parse_purl
from casemate.errors import UsageError
from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from casemate.analysis.supply.vex.purls import Purl
    from casemate.model.dependency import Advisory, Dependency

Status = Literal["not_affected", "affected", "fixed", "under_investigation"]
MAX_DOCUMENT = 64 * 1024 * 1024
MAX_STATEMENTS = 100_000
SELF = frozenset({"system"})
"""Names that mean what is scanned, beside those that the user gives (`vex-products`)."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a statement is about. `purl`: the package, or the system when `parts` are named (then those are meant).

    `versions`: exact ones, `ranges`: `vers:` texts, that narrow it further; both empty: the purl says it all.
    """

    text: str
    purl: Purl | None
    parts: tuple[Product, ...] = ()
    versions: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()

    def is_of(self, dependency: Dependency, systems: Collection[str]) -> bool:
        """Whether a dependency is meant."""
        if self.parts:
            return self.is_system(systems) and any(part.is_of(dependency, systems) for part in self.parts)
        if self.purl is None:
            return False
        if not (self.versions or self.ranges):
            return means(self.purl, dependency)
        ecosystem, version = dependency.package.ecosystem, dependency.version
        return is_same(self.purl, dependency.package) and (
            any(is_version(ecosystem, one, version) for one in self.versions)
            or any(in_range(ecosystem, one, version) for one in self.ranges)
        )

    def is_system(self, systems: Collection[str]) -> bool:
        """Whether it is what is scanned: by its whole text, or by the name in its package URL."""
        if self.text in systems or self.text in SELF:
            return True
        return self.purl is not None and self.purl.name in systems


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `ids`: the vulnerability by all its names; `when`: ISO time, later ones count."""

    ids: frozenset[str]
    status: Status
    products: tuple[Product, ...]
    justification: str = ""
    detail: str = ""
    document: str = ""
    when: str = ""

    @property
    def reason(self) -> str:
        """Why, in the document's own words."""
        said = ": ".join(part for part in (self.justification.replace("_", " "), self.detail) if part)
        return f"{self.status.replace('_', ' ')} ({said})" if said else self.status.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Vex:
    """All statements of a run. `systems`: names by which documents may mean what is scanned."""

    statements: tuple[Statement, ...] = ()
    systems: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()

    def about(self, dependency: Dependency, group: Iterable[Advisory]) -> Statement | None:
        """The latest statement about one weakness of a dependency."""
        ids = frozenset(id_ for advisory in group for id_ in advisory.ids)
        found = [
            one for one in self.statements
            if one.ids & ids and any(product.is_of(dependency, self.systems) for product in one.products)
        ]  # fmt: skip
        return max(found, key=lambda one: one.when, default=None)  # of equal ones the first: files in the given order

    def exempts(self, dependency: Dependency, group: Iterable[Advisory]) -> Statement | None:
        """The statement by which a weakness does not count: not affected, or fixed in what is shipped."""
        found = self.about(dependency, group)
        return found if found is not None and found.status in {"not_affected", "fixed"} else None

    def unknown(self, dependencies: Iterable[Dependency]) -> tuple[Diagnostic, ...]:
        """A note for each document that speaks of products which are not here."""
        listed = list(dependencies)
        strange: dict[str, list[str]] = {}
        for statement in self.statements:
            for product in statement.products:
                if not any(product.is_of(one, self.systems) for one in listed):
                    strange.setdefault(statement.document, []).append(product.text)
        notes = []
        for document, texts in sorted(strange.items()):
            shown = ", ".join(dict.fromkeys(texts[:5])) + (", …" if len(texts) > 5 else "")
            message = f"{len(texts)} products of this VEX document are not among what was scanned: {shown}"
            hint = "name the system with `vex-products`, where its own package URL is meant"
            notes.append(Diagnostic("vex-product-unknown", message[:400], Span(document, 1, 1, 1, 1), "note", hint))
        return tuple(notes)


def read_vex(files: Iterable[Path], systems: Iterable[str] = ()) -> Vex:
    """The statements of documents. Raises `UsageError` for one that cannot be read or is of neither format."""
    from casemate.analysis.supply.vex import cyclonedx, openvex

    found: list[Statement] = []
    notes: list[Diagnostic] = []
    for file in files:
        name = file.name
        try:
            body: object = json.loads(unpacked(file, "--vex-in", MAX_DOCUMENT))
        except (ValueError, RecursionError) as error:
            raise UsageError(f"--vex-in {file}: not JSON: {str(error)[:200]}") from error
        if openvex.claims(body):
            statements, ignored = openvex.read(cast("Mapping[str, Any]", body), name)
        elif cyclonedx.claims(body):
            statements, ignored = cyclonedx.read(cast("Mapping[str, Any]", body), name)
        else:
            raise UsageError(f"--vex-in {file}: neither OpenVEX nor CycloneDX", hint="OpenVEX 0.2.0 or CycloneDX JSON")
        found.extend(statements)
        at = Span(name, 1, 1, 1, 1)
        if ignored:
            words = "; ".join(ignored[:5]) + (f" and {len(ignored) - 5} more" if len(ignored) > 5 else "")
            notes.append(Diagnostic("vex-statement-ignored", words[:600], at, "warning"))
    return Vex(tuple(found[:MAX_STATEMENTS]), frozenset(systems), tuple(notes))


def product(
    text: str, parts: Iterable[Product] = (), versions: Iterable[str] = (), ranges: Iterable[str] = ()
) -> Product:
    """A product by its package URL or other name."""
    return Product(text[:500], parse_purl(text), tuple(parts), tuple(versions), tuple(ranges))


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; nothing for anything else."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def maps(value: object) -> tuple[dict[str, Any], ...]:
    """The objects of a list; nothing for anything else."""
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def word(value: object) -> str:
    """A text, or the empty one."""
    return value if isinstance(value, str) else ""
