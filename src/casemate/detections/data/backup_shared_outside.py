"""A snapshot or an image was shared with a foreign account.

What it does
------------
Reports snapshots of disks and databases and machine images that are shared with an account other than the owner's, or with everybody.

Why it matters
--------------
A shared snapshot is copied on the other side without a trace on yours, with the whole disk or database in it.

How to respond
--------------
Take the sharing back at once, treat the data as lost, and rotate the secrets on the disk; ask whether the account belongs to a partner.

When to allow it
----------------
Accounts of your own organisation that build or test: suppress by the receiving account.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "backup-shared-outside",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.exfiltration", "attack.t1537"],
)
def detect() -> Pattern:
    shared = event.action.is_(
        "ModifySnapshotAttribute", "ModifyImageAttribute", "ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute",
        "AuthorizeSnapshotAccess", "ModifyFpgaImageAttribute",
    )  # fmt: skip
    return each(shared & event.foreign.exists() & DONE & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:11:28Z", "eventSource": "ec2.amazonaws.com", "eventName": "ModifySnapshotAttribute", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_36659dd6-3cf5-4369-ae72-21be4cb11547", "requestParameters": {"snapshotId": "snap-083d3b857c13988bc", "createVolumePermission": {"add": {"items": [{"userId": "012345678912"}]}}, "attributeType": "CREATE_VOLUME_PERMISSION"}, "responseElements": null, "eventID": "741616fd-4713-426d-8861-3ccae4ba994e", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:11:01Z", "eventSource": "ec2.amazonaws.com", "eventName": "ModifyImageAttribute", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_b47d6b97-21d3-4b01-8937-6f0c23cb2d4b", "requestParameters": {"imageId": "ami-0aa1d83d0b0985c86", "launchPermission": {"add": {"items": [{"userId": "012345678901"}]}}, "attributeType": "launchPermission"}, "responseElements": null, "eventID": "8fe3095f-909c-41f5-a769-00b9ec6e95df", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:22:06Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBSnapshotAttribute", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_06a62bf9-ef89-43a1-a17b-5234dcbf4cb4", "requestParameters": {"dBSnapshotIdentifier": "exfiltration", "attributeName": "restore", "valuesToAdd": ["193672423079"]}, "responseElements": null, "eventID": "2d19ab1e-82e9-4302-ad10-a405b50c8d49", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:11:57Z", "eventSource": "ec2.amazonaws.com", "eventName": "ModifyImageAttribute", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_9e44f427-c19d-48da-921d-491c3f1e3a81", "requestParameters": {"imageId": "ami-0aa1d83d0b0985c86", "launchPermission": {"remove": {"items": [{"userId": "012345678901"}]}}, "attributeType": "launchPermission"}, "responseElements": null, "eventID": "8d96ddae-ab7e-4230-9935-44dde036f058", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "ModifyDBSnapshotAttribute", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"dBSnapshotIdentifier": "s", "attributeName": "restore", "valuesToRemove": ["193672423079"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
