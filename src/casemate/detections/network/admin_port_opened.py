"""A port for administration or a database was opened to the Internet.

What it does
------------
Reports security group rules that let everybody reach ports 22, 3389, 5985, 445, 3306, 5432, 1433, 6379, 9200, 27017 or all ports, by hand.

Why it matters
--------------
Such ports are found within minutes and tried from then on; it is also how an intruder makes himself a way in and out.

How to respond
--------------
Revoke the rule, look at flow logs for connections, and see what the actor did before.

When to allow it
----------------
Machines for tests; use Session Manager instead of SSH from everywhere.

References
----------
- https://attack.mitre.org/techniques/T1133/
- https://attack.mitre.org/techniques/T1048/
- https://attack.mitre.org/techniques/T1562/007/
- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "admin-port-opened",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.initial-access", "attack.exfiltration", "attack.t1133", "attack.t1048", "attack.t1562.007"],
)
def detect() -> Pattern:
    permissions = "requestParameters.ipPermissions.items"
    everybody = (
        event.raw(f"{permissions}.ipRanges.items.cidrIp").is_("0.0.0.0/0")
        | event.raw(f"{permissions}.ipv6Ranges.items.cidrIpv6").is_("::/0")
        | event.raw("requestParameters.cidrIp").is_("0.0.0.0/0")
    )
    ports = (22, 3389, 5985, 5986, 445, 3306, 5432, 1433, 6379, 9200, 27017)
    port = (
        event.raw(f"{permissions}.fromPort").is_(*ports, 0, -1)
        | event.raw("requestParameters.fromPort").is_(*ports, 0, -1)
        | event.raw(f"{permissions}.ipProtocol").is_("-1")
    )
    opened = event.action.is_("AuthorizeSecurityGroupIngress") & everybody & port
    database = event.action.is_("AuthorizeDBSecurityGroupIngress") & event.raw("requestParameters.cIDRIP").is_(
        "0.0.0.0/0"
    )
    return each((opened | database) & DONE & ~DEPLOYED & ~BY_SERVICE, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:10:08Z", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_2142a106-933f-4595-ad51-0ff5dfff60b7", "requestParameters": {"groupId": "sg-04cfb7a4712d75b00", "ipPermissions": {}, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"}, "responseElements": null, "eventID": "74bd84b4-6729-4895-b2a4-e2beb7c6b377", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 3389, "toPort": 3389, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}}]}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
