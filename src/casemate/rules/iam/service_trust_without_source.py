"""A role that a service assumes for anybody's resource.

What it does
------------
Reports trust policies that let a service assume the role without `aws:SourceArn`, `aws:SourceAccount`,
`aws:SourceOrgID` or an external id, for the services that are documented to send a source when they assume a role
(EventBridge, Scheduler, Pipes, Step Functions, CodeBuild, CodePipeline, Glue, Bedrock, ECS tasks, …). Lambda, EC2 and
the others that send none are left alone.

Why it matters
--------------
These services do what their customer asks. Passing a role needs `iam:PassRole` in your account, which is why this is
hygiene; the condition also holds where a service does not check that, or checks it for somebody else.

How to fix
----------
Add `StringEquals: {aws:SourceAccount: <your account>}`, and `ArnLike: {aws:SourceArn: …}` where one resource uses it.

When to allow it
----------------
Roles that are made before the resource that uses them, until its ARN is known: pin the account at least.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
- https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.deputies import sent_by
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role

_SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorg", "sts:externalid", "?")


@rule("service-trust-without-source", weakness="confused-deputy", severity=LOW, tags=["cwe-441"], profile="strict")
def check(role: Role, system: System) -> Iterator[Outcome]:
    if role.implied or role.cloud != "aws":
        return
    for statement in role.trust:
        if statement.effect != "Allow" or statement.implied:
            continue
        if any(condition.key.lower().startswith(_SOURCES) for condition in statement.conditions):
            continue
        for principal in statement.principals:
            service = principal.term.text.lower()
            if principal.type != "Service" or not principal.term.known:
                continue
            sent = sent_by(service, to_assume=True)
            if sent:
                yield Violation(
                    f"{service} assumes {role.name} for whoever's resource it works, though it sends {sent[-1]}",
                    principal.term.at,
                    resource=role,
                    evidence={"sent": ", ".join(sent)},
                    cause=service,
                )


CASES = [
    bad(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Service: scheduler.amazonaws.com  # <- here
                  Action: sts:AssumeRole
        """,
    ),
    good(
        "cloudformation",
        """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Service: scheduler.amazonaws.com
                  Action: sts:AssumeRole
                  Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
                - Effect: Allow
                  Principal:
                    Service: [lambda.amazonaws.com, ec2.amazonaws.com, s3.amazonaws.com]
                  Action: sts:AssumeRole
        """,
    ),
]
