"""A function read a secret that it never read before.

What it does
------------
Learns which secrets and parameters each function reads, by twenty reads over at least a day, and reports the first read of another one.

Why it matters
--------------
A function reads the same secrets at every cold start. One that begins to read others does so because its code changed, or because
somebody uses its role to collect what it can reach.

How to respond
--------------
Compare with the last deployment: if no commit explains it, isolate the function and rotate the secret.

When to allow it
----------------
The first day after a deployment that adds a secret.

References
----------
- https://attack.mitre.org/techniques/T1555/006/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import FirstSeen, Pattern, Stage
from casemate.authoring.query import event, known
from casemate.model.finding import MEDIUM


@detection(
    "secret-read-for-the-first-time",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1555.006"],
    playbook="function-breached",
)
def detect() -> Pattern:
    reads = (
        event.action.is_("GetSecretValue", "GetParameter", "GetParameters")
        & event.outcome.is_("success")
        & known("function_sessions", event.role, event.session)
    )
    named = event.raw("requestParameters.secretId")
    return FirstSeen(Stage(reads & named.exists(), (event.session,)), (named,))


_KNOWN = {"function_sessions": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b", "shop-orders-9z8y"]]}
_READ = """{"eventVersion": "1.08", "eventID": "#", "eventTime": "2026-03-0@T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"secretId": "database"}, "recipientAccountId": "111122223333"}"""
_LEARNT = "\n".join(_READ.replace("#", str(number)).replace("@", str(1 + number // 8)) for number in range(24))

CASES = [
    fires(
        _LEARNT
        + "\n"
        + """{"eventVersion": "1.08", "eventID": "new", "eventTime": "2026-03-05T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"secretId": "payment"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        _LEARNT
        + "\n"
        + """{"eventVersion": "1.08", "eventID": "new", "eventTime": "2026-03-05T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"secretId": "database"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "new", "eventTime": "2026-03-05T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"secretId": "payment"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
