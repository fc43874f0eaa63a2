"""Very costly machines were asked for.

What it does
------------
Reports machines with accelerators (p, g, trn, inf, dl, vt), bare metal and 16xlarge and above that are asked for by hand, also where it was
refused.

Why it matters
--------------
Stolen credentials are turned into money by mining on the dearest machines, in all regions at once.

How to respond
--------------
Terminate them, revoke the credentials, look at all regions, and ask AWS support about the bill.

When to allow it
----------------
Teams that train models: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1496/
- https://attack.mitre.org/techniques/T1578/002/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "costly-instances-launched",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.impact", "attack.t1496", "attack.t1578.002"],
)
def detect() -> Pattern:
    kind = event.raw("requestParameters.instanceType").matches(
        r"^(p[2-9]|g[3-9]|trn|inf|dl|vt)[a-z0-9]*\.|\.(metal|16xlarge|24xlarge|32xlarge|48xlarge)"
    )
    return each(
        event.action.is_("RunInstances", "RequestSpotInstances", "CreateFleet") & kind & BY_HAND,
        by=(event.actor, event.account),
        every=HOUR,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSC4RHD6IN2N:aws-go-sdk-1688990797103471741", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-ec2lui-role-pcccexdthk/aws-go-sdk-1688990797103471741", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSC7TITDFL2", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-ec2lui-role-pcccexdthk", "userName": "stratus-red-team-ec2lui-role-pcccexdthk"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T12:06:42Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_bc31c885-5ea0-4a6e-8bec-b6b10058bc44", "errorCode": "Client.VcpuLimitExceeded", "errorMessage": "You have requested more vCPU capacity than your current vCPU", "requestParameters": {"instancesSet": {"items": [{"imageId": "ami-029eb80bc237bec6f", "minCount": 1, "maxCount": 10}]}, "instanceType": "p2.xlarge", "blockDeviceMapping": {}, "monitoring": {"enabled": false}, "subnetId": "subnet-096553f59d783f082", "disableApiTermination": false, "disableApiStop": false, "clientToken": "c3a259b3-250e-46f5-bbe3-1e60bdb4a094"}, "responseElements": null, "eventID": "8e865acb-b1e1-41d1-bdf3-47462f79d24c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceType": "t3.small"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
