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

from casemate.analysis.system import System, is_pinning
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Severity
from casemate.model.policy import ResourcePolicy, Statement

_CARRIES_SOURCE: dict[str, Severity] = {
    "s3.amazonaws.com": MEDIUM, "sns.amazonaws.com": MEDIUM, "events.amazonaws.com": MEDIUM, "apigateway.amazonaws.com": MEDIUM,
    "logs.amazonaws.com": LOW, "cognito-idp.amazonaws.com": MEDIUM, "ses.amazonaws.com": MEDIUM, "iot.amazonaws.com": MEDIUM,
    "config.amazonaws.com": LOW, "codecommit.amazonaws.com": LOW, "scheduler.amazonaws.com": LOW, "lex.amazonaws.com": LOW,
    "lexv2.amazonaws.com": LOW, "cloudfront.amazonaws.com": MEDIUM, "budgets.amazonaws.com": LOW, "cloudwatch.amazonaws.com": LOW,
    "lambda.alarms.cloudwatch.amazonaws.com": LOW, "cloudtrail.amazonaws.com": LOW, "delivery.logs.amazonaws.com": LOW,
    "connect.amazonaws.com": LOW, "bedrock.amazonaws.com": LOW, "s3-object-lambda.amazonaws.com": LOW, "appsync.amazonaws.com": LOW,
}  # fmt: skip
"""Services that set aws:SourceArn or aws:SourceAccount on their calls, and can be told by any customer to call a resource they name.

Not here, since they cannot: alexa-appkit (event source token), secretsmanager (no source ARN on rotation, prowler issue 5300), edgelambda and replicator (replication),
elasticloadbalancing (target groups pin by account). Source: the service's page in "Cross-service confused deputy prevention".
"""
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
            severity = _CARRIES_SOURCE.get(service) if principal.type == "Service" and principal.term.known else None
            if severity is None or (policy.subject == "key" and severity > LOW):
                continue
            target = system.target(policy.target)
            yield Violation(
                f"{service} may use the {policy.subject} {target.name if target else policy.name} for anybody's resources",
                principal.term.at,
                severity=severity,
                evidence={"missing": "aws:SourceArn or aws:SourceAccount"},
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
