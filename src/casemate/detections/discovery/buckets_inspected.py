"""Somebody looks at how many buckets are protected.

What it does
------------
Reports one principal that asks for the policy, access control list or public access settings of ten different buckets within ten minutes,
outside of the console, of AWS services and of tools that deploy.

Why it matters
--------------
It is how open buckets are looked for, by their owner's scanner or by a stolen key.

How to respond
--------------
Look at who the principal is, and what it read afterwards.

When to allow it
----------------
Scanners: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1619/
- https://attack.mitre.org/techniques/T1526/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "buckets-inspected",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1619", "attack.t1526"],
)
def detect() -> Pattern:
    asked = event.action.is_(
        "GetBucketPolicy",
        "GetBucketAcl",
        "GetBucketPolicyStatus",
        "GetBucketPublicAccessBlock",
        "GetPublicAccessBlock",
        "GetBucketLogging",
        "GetBucketVersioning",
    )
    console = event.raw("sessionCredentialFromConsole").exists() | event.agent.contains(
        "Mozilla/", "S3Console", "AWS Internal"
    )
    return different(
        10,
        (event.raw("requestParameters.bucketName"),),
        asked & BY_HAND & ~console,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetBucketAcl", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "b#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""
_RECORD_2 = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetBucketAcl", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "b"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(20)),
    ),
]
