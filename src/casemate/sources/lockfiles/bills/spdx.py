"""SPDX 2.3 bills as JSON: packages with a package URL among their external references, and their relationships.

Source: SPDX specification 2.3, clauses 7 ("Package information") and 11 ("Relationships").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.sources.lockfiles.bills import MAX_COMPONENTS, Bill, Component, Finder, assembled
from casemate.sources.lockfiles.bills.purls import package_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.dependency import DependencyScope
    from casemate.sources.lockfiles.places import Text

_FORWARD = frozenset({"DEPENDS_ON", "CONTAINS", "DESCRIBES", "HAS_PREREQUISITE"})
_BACKWARD: dict[str, DependencyScope] = {
    "DEPENDENCY_OF": "runtime", "RUNTIME_DEPENDENCY_OF": "runtime", "CONTAINED_BY": "runtime",
    "OPTIONAL_DEPENDENCY_OF": "optional", "DEV_DEPENDENCY_OF": "development", "TEST_DEPENDENCY_OF": "development",
    "BUILD_DEPENDENCY_OF": "build",
}  # fmt: skip
_NONE = frozenset({"NOASSERTION", "NONE", ""})


def read(path: str, text: Text, body: Mapping[str, Any], function: str) -> Bill:
    """The bill."""
    edges: dict[str, list[str]] = {}
    scopes: dict[str, DependencyScope] = {}
    for one in _maps(body.get("relationships")):
        kind = _word(one.get("relationshipType"))
        first, second = _word(one.get("spdxElementId")), _word(one.get("relatedSpdxElement"))
        if kind in _FORWARD:
            edges.setdefault(first, []).append(second)
        elif kind in _BACKWARD:
            edges.setdefault(second, []).append(first)
            scopes.setdefault(first, _BACKWARD[kind])
    finder = Finder(text)
    listed: list[Component] = []
    for entry in _maps(body.get("packages"))[:MAX_COMPONENTS]:
        ref = _word(entry.get("SPDXID"))
        purl = next(
            (_word(one.get("referenceLocator")) for one in _maps(entry.get("externalRefs"))
             if one.get("referenceType") == "purl"), "",
        )  # fmt: skip
        said = (_word(entry.get("licenseConcluded")), _word(entry.get("licenseDeclared")))
        licence = next((one for one in said if one not in _NONE), None)
        listed.append(
            Component(
                ref=ref, name=_word(entry.get("name")), version=_word(entry.get("versionInfo")), purl=purl,
                at=finder.find(purl or _word(entry.get("name"))), scope=scopes.get(ref, "runtime"),
                licence=licence[:200] if licence else None, hashed=True if _maps(entry.get("checksums")) else None,
            )
        )  # fmt: skip
    described = [one for one in body.get("documentDescribes") or () if isinstance(one, str)]
    described.extend(edges.get("SPDXRef-DOCUMENT", ()))
    locate = {one.purl: found for one in listed if (found := package_of(one.purl)) is not None}
    frozen = {ref: tuple(dict.fromkeys(needs)) for ref, needs in edges.items()}
    subjects = list(dict.fromkeys(described))
    return assembled(
        path, function, f"SPDX {_word(body.get('spdxVersion'))[5:13]} JSON", listed, frozen, subjects, locate
    )


def _maps(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
