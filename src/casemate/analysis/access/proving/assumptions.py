"""What is known of the context of every request of a caller: keys that AWS fills in, and keys that it cannot have.

Source: IAM User Guide, "AWS global condition context keys", the section "Availability" of each key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.analysis.access.proving.domains import MISSING, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from casemate.analysis.access.evaluation.request import Request

USUALLY_PRESENT: Final = frozenset(
    {
        "aws:securetransport", "aws:sourceip", "aws:currenttime", "aws:epochtime", "aws:requestedregion",
        "aws:useragent", "aws:viaawsservice",
    },
)  # fmt: skip
"""Keys that are in nearly every request: a witness has them where a policy speaks of them."""

OF_SERVICES: Final = frozenset(
    {
        "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner",
        "aws:principalservicename", "aws:principalservicenameslist",
    },
)  # fmt: skip
"""Only in requests that a service makes itself, "directly by an AWS service principal"."""

_OF_PRINCIPALS: Final = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:username"},
)
_PRINCIPAL_TAG: Final = "aws:principaltag/"


def known_keys(request: Request, given: Mapping[str, Value], used: Collection[str]) -> dict[str, Value]:
    """The keys whose value is fixed for this caller, `()` where he cannot have one.

    Of the keys in `used`, and of those that AWS fills in.
    """
    kind = request.caller.kind
    found: dict[str, Value] = {}
    for key in used:
        if (
            (key in OF_SERVICES and kind != "service")
            or (key == "aws:username" and kind != "user")
            or (kind in {"anonymous", "service"} and (key in _OF_PRINCIPALS or key.startswith(_PRINCIPAL_TAG)))
        ):
            found[key] = MISSING
    return {**found, **request.context, **given}
