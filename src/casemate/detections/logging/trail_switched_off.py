"""A trail was to be switched off.

What it does
------------
Reports StopLogging and DeleteTrail, also where they failed, and event data stores that are deleted or stopped.

Why it matters
--------------
Without the trail nobody sees what comes next. Nothing in daily work needs it, so the attempt alone is an alarm.

How to respond
--------------
Start the trail again, read the event history of the last 90 days (it is kept without a trail), revoke the caller's credentials.

When to allow it
----------------
The removal of a whole account or of a test trail.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "trail-switched-off",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.008"],
)
def detect() -> Pattern:
    off = event.action.is_("StopLogging", "DeleteTrail", "DeleteEventDataStore", "StopEventDataStoreIngestion")
    return each(off & event.service.is_("cloudtrail") & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:00:42Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_1e5be608-6e03-4283-8d27-d37452a50f25", "errorCode": "TrailNotFoundException", "errorMessage": "Unknown trail: arn:aws:cloudtrail:us-east-1:123837392027:tra", "requestParameters": {"name": "stratus-red-team-ct-stop-trail-qzbgnfqisx"}, "responseElements": null, "eventID": "9790ee84-ed2b-4866-83d1-f32af0dd4cd2", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "DeleteTrail", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "main"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:00:05Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StartLogging", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_1d949e3e-4092-4c96-a6ef-96a967510a46 HashiCorp-terraform-exec/0.17.3", "requestParameters": {"name": "stratus-red-team-ctes-trail-qyxyekjbtk"}, "responseElements": null, "eventID": "98cf02da-a187-453b-87fe-884d93a06a4c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:00:06Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "DescribeTrails", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_1d949e3e-4092-4c96-a6ef-96a967510a46 HashiCorp-terraform-exec/0.17.3", "requestParameters": {"trailNameList": ["stratus-red-team-ctes-trail-qyxyekjbtk"]}, "responseElements": null, "eventID": "ec7a0bca-cd22-4db2-8a57-e3db88d03d45", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
]
