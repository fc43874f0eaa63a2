"""The VEX part of CycloneDX JSON: `vulnerabilities[].analysis` and what each `affects`.

Source: CycloneDX 1.6 (ECMA-424), "vulnerabilities", and "BOM-Link" (`urn:cdx:serial/version#ref`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from casemate.analysis.supply.vex.statements import MAX_STATEMENTS, Product, Statement, Status, maps, product, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATES: dict[str, Status] = {
    "not_affected": "not_affected", "false_positive": "not_affected", "resolved": "fixed",
    "resolved_with_pedigree": "fixed", "exploitable": "affected", "in_triage": "under_investigation",
}  # fmt: skip
_MAX_DEPTH = 20


def claims(body: object) -> bool:
    """Whether a document is CycloneDX."""
    return isinstance(body, dict) and body.get("bomFormat") == "CycloneDX"


def read(body: Mapping[str, Any], name: str) -> tuple[list[Statement], list[str]]:
    """The statements of the entries that are analysed, and why some were left out."""
    refs = dict(_components(body.get("components"), 0))
    metadata = body.get("metadata")
    when = word(metadata.get("timestamp")) if isinstance(metadata, dict) else ""
    found: list[Statement] = []
    ignored: list[str] = []
    for number, entry in enumerate(maps(body.get("vulnerabilities"))[:MAX_STATEMENTS], 1):
        analysis = entry.get("analysis")
        if not isinstance(analysis, dict):
            continue
        status = _STATES.get(word(analysis.get("state")))
        ids = frozenset(
            id_
            for id_ in (word(entry.get("id")), *(word(one.get("id")) for one in maps(entry.get("references"))))
            if id_
        )
        justification, detail = word(analysis.get("justification")), word(analysis.get("detail"))
        if status is None or not ids:
            ignored.append(f"vulnerability {number}: no id, or a state that there is not")
            continue
        if status == "not_affected" and not (justification or detail.strip()):
            ignored.append(f"vulnerability {number}: not_affected needs a justification or a detail")
            continue
        said = word(analysis.get("lastUpdated")) or word(entry.get("updated")) or when
        products = tuple(_products(entry, refs, suppresses=status in {"not_affected", "fixed"}))
        if not products:
            ignored.append(f"vulnerability {number}: affects nothing that is named")
            continue
        found.append(Statement(ids, status, products, justification, detail[:300], name, said))
    return found, ignored


def _components(value: object, depth: int) -> Iterator[tuple[str, str]]:
    for one in maps(value) if depth < _MAX_DEPTH else ():
        ref, purl = word(one.get("bom-ref")), word(one.get("purl"))
        if ref and purl:
            yield ref, purl
        yield from _components(one.get("components"), depth + 1)


def _products(entry: Mapping[str, Any], refs: Mapping[str, str], *, suppresses: bool) -> Iterator[Product]:
    for affected in maps(entry.get("affects")):
        ref = word(affected.get("ref"))
        if ref.startswith("urn:cdx:"):
            ref = unquote(ref.partition("#")[2])
        listed = maps(affected.get("versions"))
        if (
            suppresses
            and any(one.get("status") == "affected" for one in listed)
            and any(one.get("status") == "unaffected" for one in listed)
        ):
            listed = tuple(one for one in listed if one.get("status") != "affected")
        versions = [word(one.get("version")) for one in listed if one.get("version")]
        ranges = [word(one.get("range")) for one in listed if one.get("range")]
        if ref:
            yield product(refs.get(ref, ref), (), versions, ranges)
