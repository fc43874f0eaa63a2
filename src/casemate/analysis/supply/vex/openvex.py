"""OpenVEX 0.2.0, read (and 0.0.x, whose vulnerability and products are plain texts).

Source: OpenVEX specification 0.2.0, "Statement Fields", "Product Data Structure", "Status Labels".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.supply.vex.statements import (
    MAX_STATEMENTS,
    Product,
    Statement,
    Status,
    maps,
    product,
    texts,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

JUSTIFICATIONS = frozenset({
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
})  # fmt: skip
_STATUSES = frozenset({"not_affected", "affected", "fixed", "under_investigation"})


def claims(body: object) -> bool:
    """Whether a document is OpenVEX."""
    return isinstance(body, dict) and "openvex" in word(body.get("@context"))


def read(body: Mapping[str, Any], name: str) -> tuple[list[Statement], list[str]]:
    """The statements, and why some were left out."""
    found: list[Statement] = []
    ignored: list[str] = []
    document = word(body.get("timestamp"))
    for number, entry in enumerate(maps(body.get("statements"))[:MAX_STATEMENTS], 1):
        ids = _ids(entry.get("vulnerability"))
        status = word(entry.get("status"))
        justification, detail = word(entry.get("justification")), word(entry.get("impact_statement"))
        if not ids or status not in _STATUSES:
            ignored.append(f"statement {number}: no vulnerability, or a status that there is not ({status[:40]})")
            continue
        if justification and justification not in JUSTIFICATIONS:
            ignored.append(f"statement {number}: there is no justification {justification[:60]!r}")
            continue
        if status == "not_affected" and not (justification or detail.strip()):
            ignored.append(f"statement {number}: not_affected needs a justification or an impact statement")
            continue
        products = tuple(_product(one, 0) for one in _listed(entry.get("products")))
        if not products:
            ignored.append(f"statement {number}: names no product")
            continue
        when = word(entry.get("last_updated")) or word(entry.get("timestamp")) or document
        found.append(Statement(ids, cast("Status", status), products, justification, detail[:300], name, when))
    return found, ignored


def _ids(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset((value,))
    if not isinstance(value, dict):
        return frozenset()
    last = word(value.get("@id")).rstrip("/").rpartition("/")[2]
    return frozenset(id_ for id_ in (word(value.get("name")), last, *texts(value.get("aliases"))) if id_)


def _listed(value: object) -> list[object]:
    return value[:10_000] if isinstance(value, list) else []


def _product(value: object, depth: int) -> Product:
    """The purl of the identifiers if there is one, else the id; the parts are what is meant where there are any."""
    if isinstance(value, str):
        return product(value)
    if not isinstance(value, dict) or depth > 3:
        return product("")
    identifiers = value.get("identifiers")
    purl = word(identifiers.get("purl")) if isinstance(identifiers, dict) else ""
    parts = [_product(one, depth + 1) for one in _listed(value.get("subcomponents"))]
    return product(purl or word(value.get("@id")), parts)
