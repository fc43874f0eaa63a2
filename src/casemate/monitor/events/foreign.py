"""Who else a change lets in: the accounts that the request of a CloudTrail event names and that are not its own.

Read are principals of allowing statements in policies (as objects, JSON text or URL-encoded JSON text), the receivers
of snapshots and images, grantees, and ARNs of sources and layers. Everybody reads `*`: the principal `*` without a
condition that narrows it, the group `all`, the group AllUsers of an ACL.

Sources: CloudTrail user guide, record contents; IAM user guide, "AWS JSON policy elements: Principal"; Elastic Load
Balancing user guide, "Attach a policy to your S3 bucket" (the accounts that deliver logs are nobody's).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orjson import loads

from casemate.monitor.events.source import at, text

if TYPE_CHECKING:
    from casemate.monitor.events.source import Body

EVERYBODY = "*"
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_DEPTH = 12
_MOST = 2000
"""Values of one request that are looked at."""
_LONGEST = 200_000
_LOG_DELIVERY = frozenset({
    "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580",
    "718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251",
    "054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225",
    "507241528517",
})  # fmt: skip
_NAMING = frozenset({
    "principal", "userid", "granteeprincipal", "valuestoadd", "awsaccountids", "accountids", "accounts", "aws",
    "eventsourcearn", "layers", "peerownerid", "targetaccountids", "accountstoadd", "s3bucketowner", "account",
    "destinationaccount", "granteeid", "sharetarget", "x-amz-server-side-encryption-aws-kms-key-id", "kmsmasterkeyid",
})  # fmt: skip
"""Keys (lower case) under which a request names whom it lets in, or where from."""
_GROUPS = frozenset({"group", "uri", "groups", "cannedacl", "x-amz-acl"})
_PUBLIC = frozenset({"all", "http://acs.amazonaws.com/groups/global/allusers", "public-read", "public-read-write"})
_NARROWS = re.compile(
    r"aws:(?:principalorgid|principalorgpaths|principalaccount|principalarn|sourceaccount|sourcearn|sourceorgid|sourceorgpaths|"
    r"sourcevpce?|sourceip|sourceowner|vpcsourceip|calledvia\w*)|kms:(?:calleraccount|viaservice)|lambda:functionurlauthtype"
)
"""Condition keys that make a principal `*` less than everybody."""


def others(body: Body) -> list[str] | None:
    """The accounts, sorted; None where there is none."""
    request = at(body, "requestParameters")
    if not isinstance(request, dict):
        return None
    own = {text(body, "recipientAccountId"), text(body, "userIdentity", "accountId")}
    found: set[str] = set()
    for number, (key, value) in enumerate(_named(request, "", _DEPTH)):
        if number == _MOST:
            break
        if key in _GROUPS:
            if value.lower() in _PUBLIC:
                found.add(EVERYBODY)
        elif value == EVERYBODY:
            found.add(EVERYBODY)
        elif value == "all":
            found |= {EVERYBODY} if key == "valuestoadd" else set()
        else:
            found |= set(_ACCOUNT.findall(value))
    return sorted(found - own - _LOG_DELIVERY) or None


def _named(value: object, key: str, depth: int) -> Iterator[tuple[str, str]]:
    """Key in lower case and text, wherever a request names somebody."""
    if depth == 0:
        return
    if isinstance(value, dict):
        if "Statement" in value:
            yield from _principals(value)
            return
        if key == "principal" and ("principalOrgID" in value or "sourceAccount" in value):
            return
        narrowed = any(name in value for name in ("principalOrgID", "sourceAccount", "sourceArn"))
        for name, one in value.items():
            lower = name.lower()
            if lower in {"remove", "valuestoremove"} or (narrowed and lower == "principal" and one == EVERYBODY):
                continue
            # Lists of permissions wrap their entries: {"items": [{"userId": …}]}
            yield from _named(one, lower if lower != "items" else key, depth - 1)
    elif isinstance(value, list):
        for one in value:
            yield from _named(one, key, depth - 1)
    elif isinstance(value, str) and value:
        if key in _NAMING or key in _GROUPS:
            yield key, value
        elif "Statement" in value[:4000] and len(value) <= _LONGEST:
            yield from _principals(_policy(value))


def _policy(value: str) -> object:
    from urllib.parse import unquote

    for form in (value, unquote(value)) if value.startswith("%") else (value,):
        try:
            found: object = loads(form)
        except ValueError:
            continue
        return found
    return None


def _principals(policy: object) -> Iterator[tuple[str, str]]:
    statements = at(policy, "Statement") if isinstance(policy, dict) else None
    for one in statements if isinstance(statements, list) else [statements]:
        if not isinstance(one, dict) or one.get("Effect") != "Allow":
            continue
        principal = one.get("Principal")
        narrowed = _NARROWS.search(str(one.get("Condition", "")).lower()) is not None
        listed = principal.get("AWS") if isinstance(principal, dict) else principal
        for value in listed if isinstance(listed, list) else [listed]:
            if isinstance(value, str) and not (narrowed and value == EVERYBODY):
                yield "aws", value
