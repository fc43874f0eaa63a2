"""The logs of DNS queries were switched off.

What it does
------------
Reports query logging of Route 53 and its resolver that is deleted or taken from a network, outside of a deployment.

Why it matters
--------------
Queries show where a function or instance talks to, even where the traffic itself is not seen: command servers, tunnels in names.

How to respond
--------------
Make the configuration again and see who removed it.

When to allow it
----------------
The removal of a network is done by the tool that made it.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "dns-logs-deleted",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.008"],
)
def detect() -> Pattern:
    off = event.action.is_(
        "DeleteResolverQueryLogConfig", "DisassociateResolverQueryLogConfig", "DeleteQueryLoggingConfig",
        "DisassociateFirewallRuleGroup", "DeleteFirewallRule", "DeleteFirewallRuleGroup",
    )  # fmt: skip
    return each(off & ~DEPLOYED & ~BY_SERVICE, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "route53resolver.amazonaws.com", "eventName": "DeleteResolverQueryLogConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"resolverQueryLogConfigId": "rqlc-1"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "route53resolver.amazonaws.com", "eventName": "ListResolverQueryLogConfigs", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
