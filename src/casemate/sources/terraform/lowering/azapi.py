"""`azapi_resource`: ARM written in Terraform. Its type and body are ARM's own already.

Source: Terraform AzAPI provider documentation, `azapi_resource`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Reference, references, text_of
from casemate.sources.arm.types import canonical

if TYPE_CHECKING:
    from casemate.sources.terraform.raw import RawResource

_BESIDE = ("name", "location", "identity", "tags")


def native(raw: RawResource, arguments: Fields) -> tuple[str, Fields] | None:
    """(ARM type, properties); None where the type is not known or the body is no map."""
    type_ = (text_of(arguments.get("type")) or "").partition("@")[0]
    body = arguments.get("body")
    if "/" not in type_ or not isinstance(body, Fields):
        return None
    entries = {key: entry for key in _BESIDE if (entry := arguments.entries.get(key)) is not None}
    entries.update(body.entries)
    above = arguments.entries.get("parent_id")
    if above is not None:
        named = next(references(above.value), None)
        if named is not None and type_.count("/") > 1:
            entries["parent"] = Entry(above.key_at, Reference(named.target, None, above.value.at))
        else:
            entries["scope"] = above
    return canonical(type_), Fields(entries, raw.body)
