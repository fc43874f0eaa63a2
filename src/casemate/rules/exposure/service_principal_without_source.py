"""A service that acts for anybody's resources.

What it does
------------
Reports policies that let an AWS service use a function, queue, topic, bucket, key or other resource without saying
for whose resource it acts (`aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`). Only services that can carry a
source and act for other customers' resources are judged: S3, SNS, EventBridge, API Gateway, CloudWatch Logs, Cognito,
SES, Config, IoT, CloudFormation hooks, …. Services that cannot send one (the Alexa service uses a skill id instead,
edge replication, load balancers by account) are not.

Why it matters
--------------
The service does what its caller asks. A stranger can point his own bucket, topic or rule at your function or queue,
and the policy lets it through (the confused deputy).

How to fix
----------
Pin the source: `SourceArn` (and for buckets `SourceAccount`, since bucket names are reusable) on an
`AWS::Lambda::Permission`, or a condition `ArnLike: {aws:SourceArn: …}` in a policy.

When to allow it
----------------
Services inside your own organisation that are pinned by `aws:SourceOrgID` elsewhere.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
- https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.deputies import sent_by
from casemate.analysis.system import System, is_pinning
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy, Statement

_SERIOUS = frozenset({
    "s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", "apigateway.amazonaws.com", "iot.amazonaws.com",
    "cognito-idp.amazonaws.com", "ses.amazonaws.com", "cloudfront.amazonaws.com",
})  # fmt: skip
"""Services that any customer can point at a resource of somebody else with a few clicks."""
_SUBJECTS = frozenset({"function", "queue", "topic", "bucket", "bus", "key", "stream", "log-group"})
_SOURCES = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalorgid",
    "lambda:eventsourcetoken",
    "kms:encryptioncontext",
    "s3:x-amz-acl",
)


@rule("service-principal-without-source", weakness="confused-deputy", severity=MEDIUM, tags=["cwe-441"])
def check(policy: ResourcePolicy, system: System) -> Iterator[Outcome]:
    if policy.subject not in _SUBJECTS:
        return
    for statement in policy.statements:
        if statement.effect != "Allow" or statement.implied or _is_pinned(statement):
            continue
        for principal in statement.principals:
            service = principal.term.text.lower()
            if principal.type != "Service" or not principal.term.known:
                continue
            sent = sent_by(service)
            severity = MEDIUM if service in _SERIOUS else LOW
            if not sent or (policy.subject == "key" and severity > LOW):
                continue
            target = system.target(policy.target)
            yield Violation(
                f"{service} may use the {policy.subject} {target.name if target else policy.name} for anybody's resources",
                principal.term.at,
                severity=severity,
                evidence={"missing": " or ".join(sent)},
                cause=service,
            )


def _is_pinned(statement: Statement) -> bool:
    keys = {condition.key.lower() for condition in statement.conditions}
    return "?" in keys or any(
        key.startswith(_SOURCES[-2:]) or (key in _SOURCES and is_pinning(statement, key)) for key in keys
    )


CASES = [
    bad(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        FromTopics:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: sns.amazonaws.com  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        FromTopic:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: sns.amazonaws.com
            SourceArn: !Ref Topic
        FromAlexa:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: alexa-appkit.amazon.com
            EventSourceToken: amzn1.ask.skill.1
        Topic:
          Type: AWS::SNS::Topic
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_lambda_function" "hello" {
          function_name = "hello"
          role          = aws_iam_role.hello.arn
          handler       = "app.handler"
          runtime       = "python3.13"
          filename      = "app.zip"
        }
        resource "aws_lambda_permission" "events" {
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.hello.function_name
          principal     = "events.amazonaws.com" # <- here
        }
        """,
    ),
]
