"""A condition that holds for requests which do not say anything.

What it does
------------
Reports Allow statements whose only condition on a key is `ForAllValues`, without `Null: false` or `ForAnyValue` on the
same key. `ForAllValues` is true when the request carries no value at all, `ForAnyValue` never, even with `IfExists`.

Why it matters
--------------
The condition looks like a limit and is none for callers who leave the key out: no tag keys, no leading keys, no
attributes, and the request is allowed.

How to fix
----------
Add `Null: {KEY: "false"}` for the same key, or use `ForAnyValue` or no prefix where the key has one value.

When to allow it
----------------
Optional lists, such as the tags of a new resource, when a request without any is meant to be allowed.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.evaluation.operators import parse_operator
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.policy import ResourcePolicy, Role, Statement

_OPTIONAL = frozenset({"aws:tagkeys"})
"""Lists that a request may leave out in good faith: whoever creates a resource need not tag it."""


@rule("condition-holds-when-missing", weakness="over-permissive-iam", severity=LOW, tags=["cwe-636"], profile="strict")
def check(subject: Role | ResourcePolicy, system: System) -> Iterator[Outcome]:
    if subject.cloud != "aws":
        return
    statements = (*subject.trust, *subject.statements) if isinstance(subject, Role) else subject.statements
    for statement in statements:
        if statement.effect != "Allow" or statement.implied:
            continue
        for condition in statement.conditions:
            key = condition.key.lower()
            if condition.operator.lower().startswith("forallvalues:") and key not in _OPTIONAL | _present(statement):
                yield Violation(
                    f"{condition.operator} on {condition.key} also holds for requests that carry no such key",
                    condition.at,
                    resource=statement.owner,
                    evidence={"statement": statement.origin},
                    cause=condition.key,
                )


def _present(statement: Statement) -> frozenset[str]:
    """The keys that another condition demands: one that does not hold when the key is missing."""
    found = set()
    for condition in statement.conditions:
        if condition.operator.lower() == "null":
            if any(term.text.lower() == "false" or not term.known for term in condition.values):
                found.add(condition.key.lower())
            continue
        test = parse_operator(condition.operator)
        if isinstance(test, str) or test.quantifier == "all":
            continue
        # ForAnyValue needs a value that fulfils it, so it never holds without the key, negated or with IfExists.
        if test.quantifier == "any" or not (test.if_exists or test.negated):
            found.add(condition.key.lower())
    return frozenset(found)


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
                    Action: dynamodb:GetItem
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
                    Condition:
                      ForAllValues:StringEquals:
                        dynamodb:Attributes: [id, total]  # <- here
        """,
    ),
    good(
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
                    Action: dynamodb:GetItem
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
                    Condition:
                      ForAllValues:StringEquals:
                        dynamodb:Attributes: [id, total]
                      "Null": {dynamodb:Attributes: "false"}
                  - Effect: Deny
                    Action: dynamodb:Scan
                    Resource: "*"
                    Condition:
                      ForAllValues:StringEquals: {dynamodb:Attributes: [id]}
        """,
    ),
    good(
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
                    Action: dynamodb:GetItem
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
                    Condition:
                      ForAllValues:StringEquals: {dynamodb:Attributes: [id, total]}
                      ForAnyValue:StringEqualsIfExists: {dynamodb:Attributes: id}
                  - Effect: Allow
                    Action: dynamodb:GetItem
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/prices
                    Condition:
                      ForAllValues:StringEquals: {dynamodb:Attributes: [id, total]}
                      ForAnyValue:StringNotEquals: {dynamodb:Attributes: total}
        """,
    ),
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
                    Action: dynamodb:GetItem
                    Resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
                    Condition:
                      ForAllValues:StringEqualsIfExists:
                        dynamodb:Attributes: [id, total]  # <- here
                      StringEqualsIfExists: {dynamodb:Attributes: id}
        """,
    ),
]
