"""A permission for an action that does not exist.

What it does
------------
Reports actions in identity policies, and in control policies of the organisation, that no AWS service has, in services
whose actions are known: typing errors, renamed actions, names of API calls that are not actions
(`sqs:SendMessageBatch`), wildcards that match nothing.

Why it matters
--------------
The grant does nothing, so the code fails where it is needed, and the next person widens the policy until it works. In
a Deny, it protects nothing.

How to fix
----------
Use the action's name from the Service Authorization Reference; the evidence names the nearest one.

When to allow it
----------------
Actions newer than the catalogue that is built in.

References
----------
- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from casemate.analysis.access.catalogue import actions, expand, services
from casemate.analysis.access.control_policies import control_policies
from casemate.analysis.system import System
from casemate.authoring import LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Role, Statement
from casemate.model.resource import Stack


@rule("unknown-action", weakness="missing-permission", severity=LOW, tags=["cwe-1023"], profile="strict")
def check(subject: Role | Stack, system: System) -> Iterator[Outcome]:
    for statement in _statements(subject, system):
        if statement.implied:
            continue
        for term in (*statement.actions, *statement.not_actions):
            service, colon, name = term.text.partition(":")
            if not term.known or not colon or "$" in term.text or service.lower() not in services():
                continue
            if expand(term.text):
                continue
            near = get_close_matches(name.rstrip("*"), list(actions(service.lower())), 1, 0.75)
            what = "matches no action of AWS" if "*" in name or "?" in name else "is no action of AWS"
            yield Violation(
                f"{term.text} {what}" + (f"; did you mean {service}:{near[0]}?" if near else ""),
                term.at,
                severity=MEDIUM if statement.effect == "Deny" else LOW,
                resource=statement.owner,
                cause=term.text,
            )


def _statements(subject: Role | Stack, system: System) -> Iterator[Statement]:
    if isinstance(subject, Stack):
        for policy in control_policies(subject, system.inventory):
            yield from policy.statements
    else:
        yield from subject.statements


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
                    Action:
                      - sqs:SendMessage
                      - sqs:SendMessageBatch  # <- here
                      - sqs:Recieve*  # <- here
                    Resource: arn:aws:sqs:eu-west-1:123456789012:orders
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
                    Action: [sqs:SendMessage, "dynamodb:Get*"]
                    Resource: arn:aws:sqs:eu-west-1:123456789012:orders
        """,
    ),
    bad(
        "cloudformation",
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties:
            Name: guard
            Type: SERVICE_CONTROL_POLICY
            Content:
              Version: "2012-10-17"
              Statement:
                - Effect: Deny
                  Action:
                    - cloudtrail:StopLogging
                    - cloudtrail:DeleteTrails  # <- here
                  Resource: "*"
        """,
    ),
]
