"""An image was pushed or tags made changeable by hand.

What it does
------------
Reports images that are pushed to a registry by hand, tags that become changeable, scans that are switched off, and images that are deleted.

Why it matters
--------------
Functions and containers that run the tag take the new image at their next start, unseen by any review.

How to respond
--------------
Compare the image's digest with the build, delete it, deploy again by digest.

When to allow it
----------------
Developers' own registries.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "image-pushed-by-hand",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.execution", "attack.t1525"],
)
def detect() -> Pattern:
    request = "requestParameters"
    changed = (
        event.action.is_("PutImage", "BatchDeleteImage", "DeleteRepositoryPolicy")
        | (event.action.is_("PutImageTagMutability") & event.raw(f"{request}.imageTagMutability").is_("MUTABLE"))
        | (
            event.action.is_("PutImageScanningConfiguration")
            & event.raw(f"{request}.imageScanningConfiguration.scanOnPush").is_(False)
        )
    )
    return each(
        changed & event.service.is_("ecr", "ecr-public") & DONE & BY_HAND, by=(event.actor, event.account), every=DAY
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ecr.amazonaws.com", "eventName": "PutImage", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"repositoryName": "shop", "imageTag": "latest"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:AWSCodeBuild-1a2b", "arn": "arn:aws:sts::111122223333:assumed-role/build/AWSCodeBuild-1a2b", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/build", "userName": "build"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ecr.amazonaws.com", "eventName": "PutImage", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"repositoryName": "shop"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ecr.amazonaws.com", "eventName": "DescribeImages", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
