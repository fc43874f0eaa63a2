"""A function's code was overwritten by hand.

What it does
------------
Reports UpdateFunctionCode by a principal that is neither an AWS service nor a tool that deploys (infrastructure as code by its user agent,
a pipeline that signs in with OpenID Connect).

Why it matters
--------------
New code in an old function runs with its role, on its next event, and answers its callers. Nothing else in the account shows it.

How to respond
--------------
Set the alias to the former version or deploy again, compare the code's digest with the build, revoke the caller's credentials, and see what
the function's role did since.

When to allow it
----------------
Developers' own accounts. Where the inventory is given, function-changed-outside-pipeline knows the pipeline by its role and judges better.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-code-overwritten",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.execution", "attack.t1525", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    dry = event.raw("requestParameters.dryRun").is_(True)
    return each(
        event.action.is_("UpdateFunctionCode") & DONE & ~dry & BY_HAND, by=(event.actor, event.account), every=DAY
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:26:56Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_7e61c71f-e649-4c72-a4e3-0a63b2bc9150", "requestParameters": {"fullyQualifiedArn": {"arnPrefix": {"partition": "aws", "region": "us-east-1", "account": "123837392027"}, "relativeId": {"functionName": "stratus-red-team-olc-func-xhfgzaowxc"}, "functionQualifier": {}}, "functionName": "arn:aws:lambda:us-east-1:123837392027:function:stratus-red-team-olc-func-xhfgzaowxc", "publish": true, "dryRun": false}, "responseElements": null, "eventID": "0ea8187c-26a8-425d-8daf-48479996e44d", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDeniedException", "requestParameters": {"functionName": "shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:GitHubActions", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "cloudformation.amazonaws.com", "userAgent": "cloudformation.amazonaws.com", "requestParameters": {"functionName": "shop-orders"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
