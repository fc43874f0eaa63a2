"""A function called an API that its code cannot call.

What it does
------------
Reports calls of a function whose code was followed everywhere, to an API that neither the code, nor the function's settings and triggers,
nor the platform calls.

Why it matters
--------------
Code does what it says. When a function that only reads one table lists buckets or asks who it is, other code runs in it: an injected
payload, a dependency that was swapped, a layer, or somebody with its credentials. Denied calls count too; they are how somebody finds out
what a role can do.

How to respond
--------------
Isolate the function (no triggers, no concurrency), keep its code and layers as they are, compare the deployed code with the commit that
it should be, and look at what the role could reach.

When to allow it
----------------
After a deployment that the inventory does not know yet: scan the commit that is deployed.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1648/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_PLATFORM
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH


@detection(
    "api-code-cannot-call",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.t1648", "attack.discovery", "attack.t1580"],
    playbook="function-breached",
)
def detect() -> Pattern:
    ours = (
        event.actor_type.is_("AssumedRole")
        & known("function_sessions", event.role, event.session)
        & known("followed", event.session)
    )
    return each(
        ours & ~BY_PLATFORM & ~known("can_call", event.session, event.action),
        by=(event.session, event.action),
        every=DAY,
    )


_KNOWN = {
    "function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "function_sessions": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b", "shop-orders-9z8y"]],
    "managed_function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "python_function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "nodejs_function_roles": [],
    "followed": [["shop-orders-9z8y"]],
    "can_call": [["shop-orders-9z8y", "getitem"], ["shop-orders-9z8y", "createloggroup"]],
}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": null, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": null, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "dynamodb.amazonaws.com", "eventName": "GetItem", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "logs.amazonaws.com", "eventName": "CreateLogGroup", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "awslambda-worker/1.0 rusoto/0.48", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"tableName": "orders"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:another", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/another", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": null, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
