"""A network list lets everybody in.

What it does
------------
Reports entries of network access control lists that let everybody in, by hand.

Why it matters
--------------
The list is the fence behind the security groups; it is opened by those who want to get past both.

How to respond
--------------
Put the former entries back.

When to allow it
----------------
The default list allows everything; entries of others come through the template.

References
----------
- https://attack.mitre.org/techniques/T1562/007/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "network-acl-opened",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.007"],
)
def detect() -> Pattern:
    request = "requestParameters"
    opened = (
        event.action.is_("CreateNetworkAclEntry", "ReplaceNetworkAclEntry")
        & event.raw(f"{request}.ruleAction").is_("allow")
        & event.raw(f"{request}.egress").is_(False)
        & event.raw(f"{request}.cidrBlock").is_("0.0.0.0/0")
    )
    return each(opened & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "CreateNetworkAclEntry", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"networkAclId": "acl-1", "ruleNumber": 1, "egress": false, "ruleAction": "allow", "aclProtocol": "-1", "cidrBlock": "0.0.0.0/0"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "CreateNetworkAclEntry", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"networkAclId": "acl-1", "ruleNumber": 1, "egress": false, "ruleAction": "deny", "aclProtocol": "-1", "cidrBlock": "0.0.0.0/0"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
