"""A permission that the code needs and its role does not grant.

What it does
------------
Follows the SDK calls of the functions that run as the role, and what the platform needs to poll their queues and
streams, and reports the actions that none of the role's policies allows on that resource. It is silent when a part of
the role's policies is not known, and when the resource's own policy may grant the access.

Why it matters
--------------
The call is refused when it runs: a path that nobody tested fails in production, and the quick repair is a wildcard.

How to fix
----------
Add the statement that the finding shows.

When to allow it
----------------
Calls that are meant to be refused, and policies that another tool attaches to the role.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.roles.replacing import added_fix, comparison_of
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role

_SHOWN = 5


@rule(
    "missing-permission",
    weakness="missing-permission",
    severity=LOW,
    confidence="medium",
    tags=["cwe-276", "owasp-sls-06"],
)
def check(role: Role, system: System) -> Iterator[Outcome]:
    comparison = comparison_of(role, system)
    if comparison is None or comparison.comparison is None or not comparison.comparison.missing:
        return
    missing = comparison.comparison.missing
    names = list(dict.fromkeys(need.action for need in missing))
    places = list(dict.fromkeys(at for need in missing for at in need.because))
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    yield Violation(
        f"{role.name} does not grant {shown}, which its functions need: the call fails when it runs",
        role.at,
        evidence={"resources": ", ".join(dict.fromkeys(need.resource for need in missing))},
        related=tuple((at, "needs it") for at in places[:20]),
        fixes=added_fix(role, missing, system),
        cause=names[0],
    )


_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs22.x
      CodeUri: src/
      Environment: {{Variables: {{QUEUE: !Ref Jobs}}}}
      Policies:{mark}
        - Statement:
            - Effect: Allow
              Action: {action}
              Resource: !GetAtt Jobs.Arn
"""
_CODE = """
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const client = new SQSClient({});
exports.handler = async (event) => client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: 'm' }));
"""
CASES = [
    bad(
        "sam",
        {"template.yaml": _TEMPLATE.format(action="sqs:GetQueueAttributes", mark="  # <- here"), "src/app.js": _CODE},
    ),
    good("sam", {"template.yaml": _TEMPLATE.format(action="sqs:SendMessage", mark=""), "src/app.js": _CODE}),
    # the queue's own policy may grant it
    good(
        "sam",
        {
            "template.yaml": _TEMPLATE.format(action="sqs:GetQueueAttributes", mark="")
            + "  Rights:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      Queues: [!Ref Jobs]\n      PolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn}]}\n",
            "src/app.js": _CODE,
        },
    ),
]
