"""A function sends data to an account that nothing names.

What it does
------------
Reports calls of a function's role on a resource of another account that neither the templates nor the configuration name. It needs data
events of the store.

Why it matters
--------------
Data leaves: the role is broad enough to write anywhere, and somebody else's bucket or queue takes it. It looks like any other write of
the function, except for whose it is.

How to respond
--------------
Isolate the function, note the account and the resource, narrow the role to the resources of the template (`casemate access role`), and
find out what was sent.

When to allow it
----------------
Vendors and partners: name their accounts in the templates, or under `[monitor.known] trusted_accounts`.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://attack.mitre.org/techniques/T1567/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH

_SENDS = (
    "PutObject", "CopyObject", "UploadPart", "CompleteMultipartUpload", "SendMessage", "SendMessageBatch", "Publish", "PublishBatch",
    "PutEvents", "PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems", "PutRecord", "PutRecords", "PutRecordBatch",
    "Invoke", "InvokeAsync", "StartExecution", "StartSyncExecution", "ReplicateObject", "PutSecretValue", "Encrypt",
)  # fmt: skip
"""Calls that carry data to where they go."""


@detection(
    "function-writes-to-foreign-account",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.exfiltration", "attack.t1537"],
    playbook="function-breached",
)
def detect() -> Pattern:
    return each(
        event.action.is_(*_SENDS)
        & known("function_roles", event.role)
        & event.outcome.is_("success")
        & event.target_account.exists()
        & ~event.target_account.same_as(event.raw("userIdentity.accountId"))
        & ~known("trusted_accounts", event.target_account),
        by=(event.session, event.target_account),
        every=DAY,
    )


_KNOWN = {
    "function_roles": [["arn:aws:iam::111122223333:role/shop-ordersrole-1a2b"]],
    "trusted_accounts": [["444455556666"]],
}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"bucketName": "drop", "key": "x"}, "recipientAccountId": "111122223333", "readOnly": false, "resources": [{"accountId": "999999999999", "type": "AWS::S3::Object", "ARN": "arn:aws:s3:::drop/x"}]}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"bucketName": "own", "key": "x"}, "recipientAccountId": "111122223333", "readOnly": false, "resources": [{"accountId": "111122223333", "type": "AWS::S3::Object", "ARN": "arn:aws:s3:::drop/x"}]}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"bucketName": "partner", "key": "x"}, "recipientAccountId": "111122223333", "readOnly": false, "resources": [{"accountId": "444455556666", "type": "AWS::S3::Object", "ARN": "arn:aws:s3:::drop/x"}]}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34 Python/3.12 exec-env/AWS_Lambda_python3.12", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:shop-Orders-9Z8Y", "arn": "arn:aws:sts::111122223333:assumed-role/shop-OrdersRole-1A2B/shop-Orders-9Z8Y", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/shop-OrdersRole-1A2B", "userName": "shop-OrdersRole-1A2B"}}}, "requestParameters": {"bucketName": "public", "key": "x"}, "recipientAccountId": "111122223333", "readOnly": true, "resources": [{"accountId": "999999999999", "type": "AWS::S3::Object", "ARN": "arn:aws:s3:::drop/x"}]}""",
        knowledge=_KNOWN,
    ),
]
