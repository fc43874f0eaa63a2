"""A function's environment was changed by hand.

What it does
------------
Reports UpdateFunctionConfiguration with `environment` by hand. CloudTrail hides the variables themselves.

Why it matters
--------------
A variable is enough to run other code (`AWS_LAMBDA_EXEC_WRAPPER`, `NODE_OPTIONS`, `PYTHONPATH`, `LD_PRELOAD`) or to send data elsewhere
(the address of a database or of an API).

How to respond
--------------
Read the function's variables, put back what the template says, and revoke the caller's credentials.

When to allow it
----------------
Developers' own accounts.

References
----------
- https://attack.mitre.org/techniques/T1574/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "function-environment-changed",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.execution", "attack.t1574", "attack.t1648"],
    playbook="function-breached",
)
def detect() -> Pattern:
    changed = event.action.is_("UpdateFunctionConfiguration") & event.raw("requestParameters.environment").exists()
    return each(changed & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "environment": {}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "timeout": 30}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:GitHubActions", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionConfiguration20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"functionName": "shop-orders", "environment": {}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
