"""A trail records less than before.

What it does
------------
Reports event selectors that leave out management events or record only reads, an UpdateTrail that drops other regions, global services, the
organisation or the digests, or writes to another bucket.

Why it matters
--------------
A trail that still runs looks well; with other selectors it records nothing of what an intruder does.

How to respond
--------------
Put the selectors back, and take the gap into account when you read what happened.

When to allow it
----------------
Trails for data events alone have no management events on purpose; they come from the pipeline.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "trail-narrowed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.008"],
)
def detect() -> Pattern:
    selectors = event.raw("requestParameters.eventSelectors.includeManagementEvents").is_(False) | event.raw(
        "requestParameters.eventSelectors.readWriteType"
    ).is_("ReadOnly", "WriteOnly")
    trail = event.action.is_("UpdateTrail") & (
        event.raw("requestParameters.isMultiRegionTrail").is_(False)
        | event.raw("requestParameters.includeGlobalServiceEvents").is_(False)
        | event.raw("requestParameters.enableLogFileValidation").is_(False)
        | event.raw("requestParameters.isOrganizationTrail").is_(False)
        | event.raw("requestParameters.s3BucketName").exists()
    )
    narrowed = (event.action.is_("PutEventSelectors") & selectors) | trail
    return each(narrowed & DONE & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:00:08Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "PutEventSelectors", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_1d949e3e-4092-4c96-a6ef-96a967510a46", "requestParameters": {"trailName": "stratus-red-team-ctes-trail-qyxyekjbtk", "eventSelectors": [{"readWriteType": "ReadOnly", "includeManagementEvents": false, "dataResources": [{"type": "AWS::S3::Object", "values": []}, {"type": "AWS::Lambda::Function", "values": []}], "excludeManagementEventSources": []}]}, "responseElements": null, "eventID": "076e96d5-2983-473f-920a-2fc2d7e02777", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "UpdateTrail", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "main", "isMultiRegionTrail": false}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:07:49Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "PutEventSelectors", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_c00af10e-2362-41c2-a2df-369d28b7c629", "requestParameters": {"trailName": "stratus-red-team-ctes-trail-qyxyekjbtk", "eventSelectors": [{"readWriteType": "All", "includeManagementEvents": true, "dataResources": [], "excludeManagementEventSources": []}]}, "responseElements": null, "eventID": "3d6df238-f83c-4a34-bea8-45cf80a2050b", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "UpdateTrail", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "main", "kmsKeyId": "k"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
