"""AWS CloudTrail: management, data and insight events.

Source: the CloudTrail user guide, "CloudTrail record contents" and "userIdentity element".
"""

from __future__ import annotations

import re

from casemate.monitor.events.foreign import others
from casemate.monitor.events.source import Body, Derived, Source, first, text
from casemate.monitor.events.times import iso

_VERSION = re.compile(r"(?:20\d{6}|20\d\d_\d\d_\d\d)(?:v\d+)?$")
"""What some services put behind the API's name: `UpdateFunctionCode20150331v2`, `CreateDistribution2020_05_31`."""
_FUNCTION_NAMES = (
    ("requestParameters", "functionName"),
    ("requestParameters", "functionArn"),
    ("responseElements", "functionName"),
    ("additionalEventData", "functionName"),
)


def folded(name: str) -> str:
    """The plain name of an API."""
    return _VERSION.sub("", name) if name[-1:].isdigit() else name


def _short(source: str) -> str:
    return source.removesuffix(".amazonaws.com").removesuffix(".aws.internal")


def function_name(value: str) -> str:
    """The name in a function's ARN, partial ARN or name, without version and alias."""
    if ":function:" in value:
        value = value.split(":function:", 1)[1]
    return value.split(":", 1)[0]


_identity_actor = first(
    ("userIdentity", "arn"),
    ("userIdentity", "principalId"),
    ("userIdentity", "invokedBy"),
    ("userIdentity", "userName"),
    ("userIdentity", "accountId"),
)
_function_of = first(*_FUNCTION_NAMES)
_NAMED = ("functionName", "bucketName", "roleName", "secretId", "keyId", "tableName", "name", "names")
_parameter = first(*(("requestParameters", name) for name in _NAMED))
_actor_name = first(("userIdentity", "sessionContext", "sessionIssuer", "userName"), ("userIdentity", "userName"))


def _outcome(body: Body) -> str:
    if body.get("errorCode") or body.get("errorMessage"):
        return "failure"
    answer = body.get("responseElements")
    if answer is None:
        return "success"
    if isinstance(answer, dict) and len(answer) == 1 and "Failure" in answer.values():
        return "failure"  # {"ConsoleLogin": "Failure"}
    return "success"


def _actor(body: Body) -> object:
    identity = body.get("userIdentity")
    arn = identity.get("arn") if isinstance(identity, dict) else None
    return arn if isinstance(arn, str) and arn else _identity_actor(body)


def _session(body: Body) -> object:
    identity = body.get("userIdentity")
    if isinstance(identity, dict):  # what CloudTrail writes; `text` below also looks into lists
        kind, principal = identity.get("type"), identity.get("principalId")
        if isinstance(kind, str) and isinstance(principal, str):
            if kind != "AssumedRole":
                return None
            name = principal.partition(":")[2]
            if name:
                return name
    if text(body, "userIdentity", "type") != "AssumedRole":
        return None
    name = text(body, "userIdentity", "principalId").partition(":")[2]
    return name or text(body, "userIdentity", "arn").rpartition("/")[2] or None


def _function(body: Body) -> object:
    if body.get("eventSource") != "lambda.amazonaws.com":
        return None
    name = _function_of(body)
    if not isinstance(name, str):
        name = text(body, "requestParameters", "resource") or _resource(body)
    if isinstance(name, str) and (":function:" in name or not name.startswith("arn:")):
        return function_name(name) or None
    return None


def _resource(body: Body) -> object:
    listed = body.get("resources")
    if isinstance(listed, list):
        found = [text(one, "ARN") or text(one, "arn") for one in listed if isinstance(one, dict)]
        if any(found):
            return [one for one in found if one]
    request = body.get("requestParameters")
    if request is None:
        return None
    if isinstance(request, dict):
        for name in _NAMED:
            if name in request:
                value: object = request[name]
                if value is not None and value != "":
                    return value
        return None
    return _parameter(body)


def _target_account(body: Body) -> object:
    listed = body.get("resources")
    if isinstance(listed, list):
        return [text(one, "accountId") for one in listed if isinstance(one, dict) and text(one, "accountId")] or None
    return None


def _read_only(body: Body) -> object:
    value = body.get("readOnly")
    if isinstance(value, bool):
        return value
    name = text(body, "eventName")
    return value if value is not None else name.startswith(("Get", "List", "Describe", "Head", "Lookup", "BatchGet"))


def _id(body: Body) -> object:
    return body.get("eventID")


def _time(body: Body) -> int:
    return iso(body.get("eventTime"))


def _account(body: Body) -> str:
    account = body.get("recipientAccountId")
    if isinstance(account, str) and account:
        return account
    return text(body, "userIdentity", "accountId")


def _is_record(body: Body) -> bool:
    if "eventSource" not in body or "eventName" not in body:
        return False
    # Shortened records may lack the identity; notifications of S3 have a source `aws:s3`.
    return "userIdentity" in body or text(body, "eventSource").endswith((".amazonaws.com", ".aws.internal"))


CLOUDTRAIL = Source(
    name="aws.cloudtrail",
    title="AWS CloudTrail",
    recognise=_is_record,
    id=_id,
    time=_time,
    account=_account,
    fields={
        "region": ("awsRegion",),
        "service": Derived("eventSource", _short),
        "action": Derived("eventName", folded),
        "outcome": _outcome,
        "error": ("errorCode",),
        "read_only": _read_only,
        "actor": _actor,
        "actor_type": ("userIdentity", "type"),
        "actor_name": _actor_name,
        "role": ("userIdentity", "sessionContext", "sessionIssuer", "arn"),
        "session": _session,
        "access_key": ("userIdentity", "accessKeyId"),
        "mfa": ("userIdentity", "sessionContext", "attributes", "mfaAuthenticated"),
        "address": ("sourceIPAddress",),
        "agent": ("userAgent",),
        "via": first(("userIdentity", "invokedBy"), ("sourceIdentity",)),
        "function": _function,
        "resource": _resource,
        "target_account": _target_account,
        "foreign": others,
        "message": ("errorMessage",),
    },
    sigma=(("aws", "cloudtrail", None),),
    sigma_folded={"eventName": "action"},
    verbatim={
        "service": "start",
        "action": "start",
        "actor": "whole",
        "actor_name": "whole",
        "session": "part",
        "function": "part",
        "resource": "whole",
        "target_account": "whole",
        "via": "whole",
    },
    log="a CloudTrail trail over all regions; data events for Lambda, S3 and DynamoDB are switched on apart",
)
