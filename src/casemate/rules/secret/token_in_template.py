"""A token in a template.

What it does
------------
Reports access keys, private keys and tokens of known shape anywhere in a template's resources where no other rule
looks: tags, descriptions, inline code, custom resources, state machine definitions.

Why it matters
--------------
A token of such a shape works for whoever finds it; bots look for them in public repositories within minutes.

How to fix
----------
Revoke it, then replace it by a role or a reference to a secret manager.

When to allow it
----------------
Documentation examples; move them out of deployed templates.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.location import Span
from casemate.model.resource import Stack
from casemate.model.value import Cases, Fields, Items, Literal, Text, Value
from casemate_guard.redact import find_secrets

_SURE = frozenset(
    {
        "aws-access-key-id",
        "github-token",
        "gitlab-token",
        "slack-token",
        "stripe-key",
        "google-api-key",
        "private-key",
        "npm-token",
        "pypi-token",
        "sendgrid-key",
    }
)
_HINT = re.compile(
    r"A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_|AIza|PRIVATE KEY|npm_|pypi-|SG\."
)
"""What every one of them holds: one quick look before the exact one."""
_OTHERS = frozenset(
    {"Environment", "UserData", "SecretString", "MasterUserPassword", "appSettings", "environment_variables", "Value"}
)
"""Properties whose secrets another rule reports."""
_SHORTEST = 16


@rule("token-in-template", weakness="hardcoded-secret", severity=HIGH, tags=["cwe-798"])
def check(stack: Stack, system: System) -> Iterator[Outcome]:
    for resource in stack.resources.values():
        if resource.implied_by is not None:
            continue
        for at, kind in _tokens(resource.properties):
            yield Violation(
                f"{resource.name} holds a token in clear",
                at,
                resource=resource.name,
                evidence={"kind": kind},
                cause=kind,
            )


def _tokens(root: Value) -> Iterator[tuple[Span, str]]:
    stack = [root]
    while stack:
        node = stack.pop()
        match node:
            case Literal(value=str(text)) if len(text) >= _SHORTEST and _HINT.search(text):
                found = next((span for span in find_secrets(text) if span.kind in _SURE), None)
                if found is not None:
                    yield node.at.line_of(text, found.start), found.kind
            case Fields(entries=entries):
                stack.extend(entry.value for key, entry in entries.items() if key not in _OTHERS)
            case Items(items=items):
                stack.extend(items)
            case Text(parts=parts):
                stack.extend(parts)
            case Cases(cases=cases):
                stack.extend(case for _, case in cases)
            case _:
                pass


CASES = [
    bad(
        "cloudformation",
        """
        Hook:
          Type: Custom::Hook
          Properties:
            ServiceToken: arn:aws:lambda:eu-west-1:123456789012:function:hook
            Github: ghp_TOKEN  # <- here
        Files: {Type: AWS::S3::Bucket}
        """.replace("TOKEN", "abcdefghijklmnopqrstuvwxyz0123456789"),
    ),
    good(
        "cloudformation",
        """
        Hook:
          Type: Custom::Hook
          Properties:
            ServiceToken: arn:aws:lambda:eu-west-1:123456789012:function:hook
            Github: "{{resolve:secretsmanager:github}}"
        Files: {Type: AWS::S3::Bucket}
        """,
    ),
]
