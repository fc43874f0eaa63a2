"""One principal deletes many objects.

What it does
------------
Reports fifty deletions of single objects in one bucket by one principal within ten minutes, by hand and outside of functions and
containers. It needs data events for S3.

Why it matters
--------------
Programs delete what they made, steadily. A burst by a person's key or a stolen one empties the bucket.

How to respond
--------------
Deny deletion on the bucket, revoke the principal's credentials, restore the former versions.

When to allow it
----------------
Programs on other machines that delete by the thousand: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1485/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "many-objects-deleted",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1485"],
)
def detect() -> Pattern:
    gone = (
        event.action.is_("DeleteObject")
        & DONE
        & BY_HAND
        & ~event.agent.contains("exec-env/AWS_Lambda", "exec-env/AWS_ECS")
    )
    return at_least(
        50, gone, within=10 * MINUTE, by=(event.actor, event.raw("requestParameters.bucketName")), every=HOUR
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "DeleteObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a/#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:orders", "arn": "arn:aws:sts::111122223333:assumed-role/orders/orders", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/orders", "userName": "orders"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "DeleteObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.34 exec-env/AWS_Lambda_python3.12", "requestParameters": {"bucketName": "reports", "key": "a/#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(50)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(60)),
    ),
]
