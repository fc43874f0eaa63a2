"""One person or key fetches many objects.

What it does
------------
Reports two hundred different objects of one bucket that are fetched within ten minutes by hand: by an IAM user or a session that is neither
a function nor a container. It needs data events for S3.

Why it matters
--------------
`aws s3 sync` copies a bucket in minutes; the objects' number tells it from daily work.

How to respond
--------------
Revoke the credentials and find out what was fetched; the events name each object.

When to allow it
----------------
People who download data sets: suppress by bucket.

References
----------
- https://attack.mitre.org/techniques/T1530/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "bucket-read-in-bulk",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.collection", "attack.exfiltration", "attack.t1530"],
)
def detect() -> Pattern:
    fetched = (
        event.action.is_("GetObject")
        & event.agent.contains("aws-cli", "s3 browser", "cyberduck", "rclone", "s3cmd", "WinSCP")
        & DONE
        & BY_HAND
    )
    return different(
        200,
        (event.raw("requestParameters.key"),),
        fetched,
        within=10 * MINUTE,
        by=(event.actor, event.raw("requestParameters.bucketName")),
        every=HOUR,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "key": "a/#"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(200)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(20)),
    ),
]
