"""Another version of a policy became the default by hand.

What it does
------------
Reports SetDefaultPolicyVersion, and CreatePolicyVersion with `setAsDefault`, by a person or a stolen key rather than by a tool that
deploys.

Why it matters
--------------
A user who may make versions of a policy that he holds gives himself any right in one call; older versions of a policy are often wider than
the present one.

How to respond
--------------
Compare the versions, set the former one as default, and look at what the holders of the policy did since.

When to allow it
----------------
Teams that keep policies by hand: name their role in a suppression.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "policy-version-switched",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.t1098.003"],
)
def detect() -> Pattern:
    switched = event.action.is_("SetDefaultPolicyVersion") | (
        event.action.is_("CreatePolicyVersion") & event.raw("requestParameters.setAsDefault").is_(True)
    )
    return each(switched & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "SetDefaultPolicyVersion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/app", "versionId": "v1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreatePolicyVersion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/app", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}", "setAsDefault": true}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreatePolicyVersion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/app", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}", "setAsDefault": true}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreatePolicyVersion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/app", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}", "setAsDefault": false}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
