"""CloudTrail records in the shape that the service writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from benchmarks.traffic.world import Fn

REGION = "eu-west-1"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(  # noqa: PLR0913 - a record has so many parts
    chance: Random,
    time: float,
    service: str,
    name: str,
    identity: Mapping[str, object],
    account: str,
    *,
    address: str,
    agent: str,
    parameters: object = None,
    **more: object,
) -> dict[str, object]:
    """One record. `time`: seconds since 1970. `more`: further fields, such as `errorCode`."""
    made: dict[str, object] = {
        "eventVersion": "1.09",
        "userIdentity": identity,
        "eventTime": _when(time),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": address,
        "userAgent": agent,
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": _uuid(chance),
        "eventID": _uuid(chance),
        "readOnly": more.pop("read_only", True),
        "eventType": "AwsApiCall",
        "managementEvent": more.pop("management", False),
        "recipientAccountId": account,
        "eventCategory": "Data",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{service}.{REGION}.amazonaws.com",
        },
    }
    made.update(more)
    return made


def _uuid(chance: Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def function_identity(function: Fn, session: str | None = None) -> dict[str, object]:
    """The identity of a function's role, under the function's name or another."""
    name = session or function.name
    plain = function.role.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLEEXAMPLE01:{name}",
        "arn": f"arn:aws:sts::{function.account}:assumed-role/{plain}/{name}",
        "accountId": function.account,
        "accessKeyId": "ASIAEXAMPLEEXAMPLE01",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE01",
                "arn": function.role,
                "accountId": function.account,
                "userName": plain,
            },
            "attributes": {"creationDate": "2026-03-01T00:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def role_identity(account: str, role: str, session: str, *, mfa: bool = False) -> dict[str, object]:
    """The identity of a session of any role."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLEEXAMPLE02:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEEXAMPLE02",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE02",
                "arn": f"arn:aws:iam::{account}:role/{role}",
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-03-01T00:00:00Z", "mfaAuthenticated": "true" if mfa else "false"},
        },
    }


def user_identity(account: str, name: str) -> dict[str, object]:
    """An IAM user."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEEXAMPLE03",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": "AKIAEXAMPLEEXAMPLE03",
        "userName": name,
    }


def service_identity(service: str) -> dict[str, object]:
    """An AWS service."""
    return {"type": "AWSService", "invokedBy": f"{service}.amazonaws.com"}


def line(made: Mapping[str, object]) -> bytes:
    """A record as a line."""
    return json.dumps(made, separators=(",", ":")).encode()
