"""A web application firewall or its log was taken away.

What it does
------------
Reports web ACLs that are deleted or taken from an API or load balancer, rules and address sets that are emptied or deleted, and the ACL's
logging that is deleted, outside of a deployment.

Why it matters
--------------
What the firewall held back now reaches the functions, and nothing records that it came.

How to respond
--------------
Attach the ACL again, and read the access logs of the time between.

When to allow it
----------------
Changes of rules come through the pipeline.

References
----------
- https://attack.mitre.org/techniques/T1562/007/
- https://attack.mitre.org/techniques/T1190/
- https://docs.aws.amazon.com/waf/latest/developerguide/logging.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "firewall-taken-away",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.initial-access", "attack.t1562.007", "attack.t1190"],
)
def detect() -> Pattern:
    gone = event.action.is_(
        "DeleteWebACL", "DisassociateWebACL", "DeleteRuleGroup", "DeleteIPSet", "DeleteLoggingConfiguration", "DeleteRule",
        "DeleteFirewallManagerRuleGroups", "DeletePermissionPolicy",
    )  # fmt: skip
    return each(
        gone & event.service.is_("wafv2", "waf", "waf-regional") & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "wafv2.amazonaws.com", "eventName": "DisassociateWebACL", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"resourceArn": "arn:aws:apigateway:eu-west-1::/restapis/a/stages/prod"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "wafv2.amazonaws.com", "eventName": "GetWebACL", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "main"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "elasticloadbalancing.amazonaws.com", "eventName": "DeleteRule", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"ruleArn": "r"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
