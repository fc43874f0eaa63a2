"""A policy was written that allows everything.

What it does
------------
Reports inline policies, new policies and new policy versions with an allowing statement for the action `*`, `*:*` or `iam:*`.

Why it matters
--------------
Such a policy makes its holder an administrator without the name of a managed policy that somebody would notice.

How to respond
--------------
Delete the policy or set the earlier version, revoke the sessions of the principals that hold it, and see what they did since.

When to allow it
----------------
Rarely: even a break-glass role is better served by the managed policy, which other tools know.

References
----------
- https://attack.mitre.org/techniques/T1098/003/
- https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "policy-allows-everything",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.privilege-escalation", "attack.persistence", "attack.t1098.003"],
)
def detect() -> Pattern:
    written = event.action.is_(
        "PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "CreatePolicy", "CreatePolicyVersion"
    )
    document = event.raw("requestParameters.policyDocument")
    everything = document.json("Statement", "Action").is_("*", "*:*", "iam:*") & document.json(
        "Statement", "Effect"
    ).is_("Allow")
    return each(written & everything & DONE & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup", "policyName": "p", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreatePolicyVersion", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"policyArn": "arn:aws:iam::111122223333:policy/app", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}", "setAsDefault": true}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "backup", "policyName": "p", "policyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}]}"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
