"""A permission on a resource that the action never has.

What it does
------------
Reports actions in a statement whose resources are all of another kind: `s3:GetObject` on a bucket instead of its
objects, `dynamodb:Query` on a queue, an action that supports no resources on one ARN. Only where the whole ARN is
written, up to references inside of it; the kinds are those of the Service Authorization Reference.

Why it matters
--------------
The statement grants nothing for that action. The call fails where it is needed, and the next person takes
`Resource: "*"`. In a Deny, nothing is protected.

How to fix
----------
Name the resource that the action works on (`arn:aws:s3:::bucket/*` for objects, `arn:aws:s3:::bucket` for the
bucket), or `*` in a statement of its own where the action supports no resource.

When to allow it
----------------
Resource types newer than the catalogue that is built in.

References
----------
- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.catalogue import supports_resources
from casemate.analysis.access.linting import idle_actions
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role


@rule("action-on-other-resource", weakness="missing-permission", severity=LOW, tags=["cwe-1023"], profile="strict")
def check(role: Role, system: System) -> Iterator[Outcome]:
    if role.cloud != "aws":
        return
    for statement in role.statements:
        if statement.implied:
            continue
        for term in idle_actions(statement, system.inventory):
            resources = ", ".join(each.text for each in statement.resources[:3])
            why = (
                f"is never asked for {resources}: that is no resource of it"
                if supports_resources(term.text)
                else f"supports no resources, so it is never asked for {resources}: only * grants it"
            )
            yield Violation(
                f"{term.text} {why}",
                term.at,
                severity=MEDIUM if statement.effect == "Deny" else LOW,
                resource=statement.owner,
                evidence={"statement": statement.origin},
                cause=term.text,
            )


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: s3:GetObject  # <- here
                    Resource: arn:aws:s3:::shop
                  - Effect: Allow
                    Action:
                      - s3:ListBucket
                      - s3:ListAllMyBuckets  # <- here
                    Resource: !Sub "arn:aws:s3:::${AWS::StackName}-shop"
        """,
    ),
    bad(
        "sam",
        """
        Files:
          Type: AWS::S3::Bucket
        Orders:
          Type: AWS::DynamoDB::Table
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - Statement:
                  - Effect: Allow
                    Action: [dynamodb:GetItem, s3:ListBucket, s3:PutObject]  # <- here
                    Resource: [!GetAtt Files.Arn, !GetAtt Orders.Arn]
                  - Effect: Allow
                    Action: s3:GetObject
                    Resource: !Sub "${Files.Arn}/*"
        """,
    ),
    good(
        "sam",
        """
        Parameters:
          Bucket: {Type: String}
        Resources:
          Queue:
            Type: AWS::SQS::Queue
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              Policies:
                - Statement:
                    - Effect: Allow
                      Action: [s3:GetObject, s3:ListBucket]
                      Resource: [arn:aws:s3:::shop, "arn:aws:s3:::shop/*"]
                    - Effect: Allow
                      Action: s3:PutObject
                      Resource: !Sub "arn:aws:s3:::${Bucket}*"
                    - Effect: Allow
                      Action: s3:ListAllMyBuckets
                      Resource: "*"
                    - Effect: Allow
                      Action: dynamodb:Query
                      Resource: !Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders/index/*"
                    - Effect: Allow
                      Action: sqs:SendMessage
                      Resource: !GetAtt Queue.Arn
                    - Effect: Allow
                      Action: [logs:CreateLogStream, logs:PutLogEvents]
                      Resource: !Sub "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/*"
        """,
    ),
]
