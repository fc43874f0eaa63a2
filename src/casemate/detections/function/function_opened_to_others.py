"""A function may now be called by anybody or from a foreign account.

What it does
------------
Reports permissions on a function or a layer for everybody (without a condition on organisation or source) or for an account other than the
function's.

Why it matters
--------------
Who may call a function runs it with its role and reads its answers; the permission outlives every credential that was used to add it.

How to respond
--------------
Remove the statement by its id, and look for calls from outside (data events for Lambda, the function's log).

When to allow it
----------------
Partners that call a function: suppress by the partner's account.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-opened-to-others",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.initial-access", "attack.t1098", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    opened = event.action.is_("AddPermission", "AddLayerVersionPermission", "PutResourcePolicy") & event.service.is_(
        "lambda"
    )
    return each(opened & event.foreign.exists() & DONE, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:25:40Z", "eventSource": "lambda.amazonaws.com", "eventName": "AddPermission20150331v2", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_1222242e-efe2-4641-a881-346fa54f41e1", "requestParameters": {"functionName": "stratus-red-team-backdoor-f-func", "statementId": "backdoor", "action": "lambda:InvokeFunction", "principal": "*"}, "responseElements": null, "eventID": "b1f37249-bb39-4b9c-a302-e6d0f807d70c", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "AddPermission20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "principal": "s3.amazonaws.com", "action": "lambda:InvokeFunction", "sourceArn": "arn:aws:s3:::b", "sourceAccount": "111122223333"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "AddPermission20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "principal": "*", "principalOrgID": "o-a1b2c3", "action": "lambda:InvokeFunction"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
