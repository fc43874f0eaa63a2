"""Flow logs of a network were deleted.

What it does
------------
Reports DeleteFlowLogs outside of a deployment, also where it failed.

Why it matters
--------------
Flow logs are what shows data leaving. They are deleted before that.

How to respond
--------------
Make them again, and look at the network's traffic by what is left: load balancer, DNS, the NAT gateway's metrics.

When to allow it
----------------
The removal of a network is done by the tool that made it.

References
----------
- https://attack.mitre.org/techniques/T1562/008/
- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "flow-logs-deleted",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.008"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("DeleteFlowLogs") & ~DEPLOYED & ~BY_SERVICE, by=(event.actor, event.account), every=HOUR
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:02:26Z", "eventSource": "ec2.amazonaws.com", "eventName": "DeleteFlowLogs", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_20f9795b-aa02-4c8e-bad6-bd338ec09f59", "requestParameters": {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-064ed3a785e4a37ef"}}}, "responseElements": null, "eventID": "de58d903-38d7-4f30-a84b-b79d858e8376", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:02:25Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeFlowLogs", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_20f9795b-aa02-4c8e-bad6-bd338ec09f59 HashiCorp-terraform-exec/0.17.3", "requestParameters": {"DescribeFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-064ed3a785e4a37ef"}}}, "responseElements": null, "eventID": "65b25319-3e2c-42ed-9fa3-382717bac4ab", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DeleteFlowLogs", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.6", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
