"""A function's role is used from outside of the function.

What it does
------------
Reports calls signed with credentials of a function's role but not made by the function: by the AWS command line or the console, under a
session name that no function with this role has, by an SDK that does not say it runs in Lambda though the runtime is one in which it
would, or by an SDK in another language than the function's. The service's own worker, which uses the role at a cold start, the pollers of
event sources, and calls that AWS services make on the function's behalf are left out.

Why it matters
--------------
A function's credentials stand in its environment. Whoever reads them there (a path traversal, a server-side request forgery, a poisoned
dependency) works with them from a machine of his own until they expire, and can do all that the role can.

How to respond
--------------
Revoke the role's sessions (the policy AWSRevokeOlderSessions), find out how the environment was read (the alert names the session and the
address), close that way, then rotate every secret that the role could read.

When to allow it
----------------
Where people assume the role to debug: give them a role of their own.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
- https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_PLATFORM
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import CRITICAL

_BY_HAND = (
    "aws-cli/",
    "[aws-cli/",
    "Mozilla/",
    "S3 Browser",
    "AWSPowerShell",
    "APN/1.0 HashiCorp",
    "Terraform",
    "curl/",
    "python-requests/",
)
"""Programs that no function is."""
_SDKS = ("Boto3/", "Botocore/", "aws-sdk-js/", "aws-sdk-nodejs/")


@detection(
    "role-used-outside-function",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1552.005", "attack.defense-evasion", "attack.t1078.004"],
    playbook="function-breached",
)
def detect() -> Pattern:
    ours = event.actor_type.is_("AssumedRole") & known("function_roles", event.role)
    by_hand = event.agent.starts(*_BY_HAND) | event.raw("sessionCredentialFromConsole").exists()
    other_session = ~known("function_sessions", event.role, event.session)
    outside = (
        known("managed_function_roles", event.role) & event.agent.contains(*_SDKS) & ~event.agent.contains("AWS_Lambda")
    )
    other_language = (event.agent.contains("AWS_Lambda_python") & ~known("python_function_roles", event.role)) | (
        event.agent.contains("AWS_Lambda_nodejs") & ~known("nodejs_function_roles", event.role)
    )
    stolen = by_hand | other_session | outside | (known("managed_function_roles", event.role) & other_language)
    return each(ours & ~BY_PLATFORM & stolen, by=(event.role, event.address), every=HOUR)


_KNOWN = {
    "function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "function_sessions": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b", "shop-orders-9z8y"]],
    "managed_function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "python_function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "nodejs_function_roles": [],
}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0 Python/3.11 Linux/6.1 exe/x86_64", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.34 Python/3.11 Linux/6.1 Botocore/1.34", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:debugging", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/debugging", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "aws-sdk-js/3.500 exec-env/AWS_Lambda_nodejs20.x", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "CreateLogGroup", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "awslambda-worker/1.0 rusoto/0.48 rust/1.70 linux", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": "eu-west-1", "sourceIPAddress": "secretsmanager.amazonaws.com", "userAgent": "secretsmanager.amazonaws.com", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sqs.amazonaws.com", "eventName": "ReceiveMessage", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "awslambda-worker/1.0", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:awslambda_318_20260301100000000", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/awslambda_318_20260301100000000", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
