"""Which accounts a change lets in."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from casemate.monitor.events.foreign import others

OWN = "111122223333"
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}


def names(request: object) -> list[str] | None:
    return others({"recipientAccountId": OWN, "userIdentity": {"accountId": OWN}, "requestParameters": request})


def policy(principal: object, effect: str = "Allow", condition: object = None) -> dict[str, object]:
    return {
        "Statement": [{"Effect": effect, "Principal": principal, **({"Condition": condition} if condition else {})}]
    }


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            {
                "policyDocument": json.dumps(
                    policy({"AWS": ["arn:aws:iam::999988887777:root", f"arn:aws:iam::{OWN}:root"]})
                )
            },
            ["999988887777"],
        ),
        ({"policyDocument": quote(json.dumps(policy({"AWS": "999988887777"})))}, ["999988887777"]),
        ({"bucketPolicy": OPEN}, ["*"]),
        ({"bucketPolicy": policy("*", "Deny")}, None),
        ({"bucketPolicy": policy("*", condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})}, None),
        ({"bucketPolicy": policy({"Service": "cloudtrail.amazonaws.com"})}, None),
        ({"bucketPolicy": policy({"AWS": "arn:aws:iam::127311923021:root"})}, None),
        ({"principal": "*"}, ["*"]),
        ({"principal": "*", "principalOrgID": "o-1"}, None),
        ({"principal": "s3.amazonaws.com", "sourceAccount": OWN}, None),
        ({"principal": "999988887777"}, ["999988887777"]),
        ({"launchPermission": {"add": {"items": [{"userId": "999988887777"}]}}}, ["999988887777"]),
        ({"launchPermission": {"remove": {"items": [{"userId": "999988887777"}]}}}, None),
        ({"createVolumePermission": {"add": {"items": [{"group": "all"}]}}}, ["*"]),
        ({"valuesToAdd": ["all"]}, ["*"]),
        ({"valuesToAdd": [OWN]}, None),
        ({"granteePrincipal": "arn:aws:iam::999988887777:user/x"}, ["999988887777"]),
        ({"eventSourceArn": "arn:aws:sqs:eu-west-1:999988887777:q"}, ["999988887777"]),
        (
            {
                "AccessControlPolicy": {
                    "AccessControlList": {
                        "Grant": [{"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]
                    }
                }
            },
            ["*"],
        ),
        ({"x-amz-acl": ["public-read"]}, ["*"]),
        ({"functionName": "999988887777"}, None),
        (None, None),
        ("text", None),
        ({"policyDocument": '{"Statement": 7}'}, None),
        ({"policyDocument": '{"Statement'}, None),
    ],
)
def test_who_is_let_in(request_: object, expected: list[str] | None) -> None:
    assert names(request_) == expected
