"""OpenVEX 0.2.0: one statement for each weakness of each package that the system ships.

The product is the system, the package its subcomponent. A time is written because the format demands one: the one that
is given, so that the same input and time give the same bytes. Source: OpenVEX specification 0.2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import casemate
from casemate.analysis.supply.purl import purl
from casemate.analysis.supply.reporting import groups_of
from casemate.analysis.supply.vex.stating import stated
from casemate.outputs.document import document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from casemate.analysis.system import System
    from casemate.model.dependency import Advisory, Dependency

_CONTEXT = "https://openvex.dev/ns/v0.2.0"
_SHIPS = frozenset({"runtime", "optional"})


def vex(system: System, dependencies: Iterable[Dependency], *, name: str, now: datetime) -> str:
    """The document. `name`: of the system, which becomes the product `pkg:generic/name`."""
    product = f"pkg:generic/{quote(name, safe='.-_~')}"
    statements: dict[tuple[str, str], dict[str, Any]] = {}
    for one in dependencies:
        if one.scope not in _SHIPS or one.source == "path":
            continue
        part = purl(one.package, one.version, one.name)
        for group in groups_of(one):
            known = statements.get((main_id(group), part))
            made = _statement(one, group, system, product, part)
            if known is None or _ORDER.index(made["status"]) < _ORDER.index(known["status"]):
                statements[main_id(group), part] = made
    body: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": "",
        "author": "casemate",
        "role": "static analysis",
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "version": 1,
        "tooling": f"casemate {casemate.__version__}",
        "statements": [statements[key] for key in sorted(statements)],
    }
    body["@id"] = f"https://openvex.dev/docs/casemate/{uuid5(NAMESPACE_URL, document(body, 2))}"
    return document(body, 2)


_ORDER = ("affected", "under_investigation", "fixed", "not_affected")
"""Of one package in several projects the worst counts: a product is safe only where all of its parts are."""


def _statement(one: Dependency, group: tuple[Advisory, ...], system: System, product: str, part: str) -> dict[str, Any]:
    name = main_id(group)
    said = stated(one, group, system)
    vulnerability: dict[str, Any] = {"name": name}
    aliases = sorted({id_ for advisory in group for id_ in advisory.ids} - {name})
    if aliases:
        vulnerability["aliases"] = aliases
    entry: dict[str, Any] = {
        "vulnerability": vulnerability,
        "products": [{"@id": product, "subcomponents": [{"@id": part}]}],
        "status": said.status,
    }
    if said.status == "not_affected":
        if said.justification:
            entry["justification"] = said.justification
        if said.detail:
            entry["impact_statement"] = said.detail
    elif said.status == "affected":
        entry["action_statement"] = said.action
        entry["status_notes"] = said.detail
    elif said.detail:
        entry["status_notes"] = said.detail
    return entry


def main_id(group: Iterable[Advisory]) -> str:
    """The id of a weakness that most people know: its CVE, else the first of its own."""
    return min((advisory.name for advisory in group), key=lambda text: (not text.startswith("CVE-"), text))
