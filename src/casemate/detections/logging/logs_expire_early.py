"""Objects are to be deleted within a week.

What it does
------------
Reports lifecycle rules on buckets that expire objects after seven days or less, by hand; the trail's own bucket is such a one.

Why it matters
--------------
The rule deletes the logs (or the data) by itself, without one event for each object, and after the attacker is gone.

How to respond
--------------
Take the rule off before its first day is over (rules run at midnight UTC), and compare what the bucket holds with its versions.

When to allow it
----------------
Buckets for short-lived things: their rule comes from the template.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://attack.mitre.org/techniques/T1485/001/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "logs-expire-early",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.impact", "attack.t1562.008", "attack.t1485.001"],
)
def detect() -> Pattern:
    rule = event.action.is_("PutBucketLifecycle", "PutBucketLifecycleConfiguration")
    days = event.raw("requestParameters.LifecycleConfiguration.Rule.Expiration.Days").under(8)
    return each(rule & days & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:00:35Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketLifecycle", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "[stratus-red-team_4990da05-9399-449e-b49f-82996a764ec9]", "requestParameters": {"lifecycle": "", "bucketName": "stratus-red-team-ctlr-bucket-zqfsvooxqj", "LifecycleConfiguration": {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "Rule": {"Status": "Enabled", "Filter": {"Prefix": "*"}, "Expiration": {"Days": 1}, "ID": "nuke-cloudtrail-logs-after-1-day"}}, "Host": "stratus-red-team-ctlr-bucket-zqfsvooxqj.s3.us-east-1.amazonaws.com"}, "responseElements": null, "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "bytesTransferredIn": 249, "AuthenticationMethod": "AuthHeader", "x-amz-id-2": "WLiCIIDMGhCCUp11YIClXMXz0UgUy/yxG2IjL8hJBz1omJBNImuBTSA6VSh6R7ygeDM0zBAH1b4=", "bytesTransferredOut": 0}, "eventID": "7823c70d-f7f9-4a04-b4c0-baa8fbe09ea3", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketLifecycle", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "b", "LifecycleConfiguration": {"Rule": {"Status": "Enabled", "Expiration": {"Days": 365}}}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
