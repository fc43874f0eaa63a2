"""A bucket that is trusted by its name alone.

What it does
------------
Reports policies that let Amazon S3 invoke a function or fill a queue or topic for a bucket's ARN
(`aws:SourceArn`), without `aws:SourceAccount`. Only S3 is judged: other ARNs hold their account.

Why it matters
--------------
Bucket names belong to whoever creates them first. When the bucket is deleted, or its name was a guess, a stranger can
create it and send events to your function.

How to fix
----------
Add `SourceAccount: !Ref AWS::AccountId` to the `AWS::Lambda::Permission`, or a condition on `aws:SourceAccount`.

When to allow it
----------------
Buckets that are never deleted before the permission is.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy

_OWNER = ("aws:sourceaccount", "aws:sourceowner", "aws:sourceorg", "aws:principalorg", "?")


@rule("bucket-source-without-account", weakness="confused-deputy", severity=LOW, tags=["cwe-441"], profile="strict")
def check(policy: ResourcePolicy, system: System) -> Iterator[Outcome]:
    for statement in policy.statements:
        if statement.effect != "Allow" or statement.implied:
            continue
        service = next((each for each in statement.principals if each.term.text.lower() == "s3.amazonaws.com"), None)
        keys = [condition.key.lower() for condition in statement.conditions]
        if service is None or "aws:sourcearn" not in keys or any(key.startswith(_OWNER) for key in keys):
            continue
        target = system.target(policy.target)
        yield Violation(
            f"Any account's bucket of that name may use the {policy.subject} {target.name if target else policy.name}",
            service.term.at,
            evidence={"missing": "aws:SourceAccount"},
            cause=statement.sid or "s3",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        FromFiles:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: s3.amazonaws.com  # <- here
            SourceArn: arn:aws:s3:::acme-files
        """,
    ),
    good(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        FromFiles:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: s3.amazonaws.com
            SourceArn: arn:aws:s3:::acme-files
            SourceAccount: !Ref AWS::AccountId
        FromTopic:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref Hello
            Action: lambda:InvokeFunction
            Principal: sns.amazonaws.com
            SourceArn: !Sub "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:orders"
        """,
    ),
]
