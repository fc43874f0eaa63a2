"""A network was joined to a foreign one, or its traffic is copied.

What it does
------------
Reports peerings with a foreign account, traffic mirroring, virtual private networks, transit gateway attachments and endpoints' policies
that are made by hand.

Why it matters
--------------
A peering carries whatever the route tables allow, unseen by the Internet-facing defences; a mirror copies all that the functions' subnets
say.

How to respond
--------------
Delete the peering or mirror session, and look at flow logs to the foreign range.

When to allow it
----------------
Network teams: through the template.

References
----------
- https://attack.mitre.org/techniques/T1599/
- https://attack.mitre.org/techniques/T1021/
- https://docs.aws.amazon.com/vpc/latest/mirroring/what-is-traffic-mirroring.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "network-joined-to-foreign",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.lateral-movement", "attack.persistence", "attack.exfiltration", "attack.t1599", "attack.t1021"],
)
def detect() -> Pattern:
    joined = event.action.is_("CreateVpcPeeringConnection", "AcceptVpcPeeringConnection") & event.foreign.exists()
    copied = event.action.is_(
        "CreateTrafficMirrorSession",
        "CreateTrafficMirrorTarget",
        "CreateVpnConnection",
        "CreateClientVpnEndpoint",
        "AcceptTransitGatewayVpcAttachment",
        "AcceptVpcEndpointConnections",
    )
    return each((joined | copied) & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "CreateTrafficMirrorSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"CreateTrafficMirrorSessionRequest": {"NetworkInterfaceId": "eni-1"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "CreateVpcPeeringConnection", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"vpcId": "vpc-1", "peerVpcId": "vpc-2", "peerOwnerId": "999988887777"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "CreateVpcPeeringConnection", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"vpcId": "vpc-1", "peerVpcId": "vpc-2", "peerOwnerId": "111122223333"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
