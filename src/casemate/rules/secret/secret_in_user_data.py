"""A secret in a start-up script.

What it does
------------
Reports secrets in the user data of machines, launch templates and containers' commands: known token shapes, and
assignments of literals to names that say so.

Why it matters
--------------
User data is readable from the machine by any process (the metadata service), by everybody who may describe the
instance, and by everybody who reads the repository.

How to fix
----------
Give the machine a role instead of keys; read other secrets from a secret manager at start-up.

When to allow it
----------------
Never.

References
----------
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.secrets.judging import secrets_in_text
from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.network import Host


@rule("secret-in-user-data", weakness="hardcoded-secret", severity=HIGH, tags=["cwe-798"])
def check(host: Host, system: System) -> Iterator[Outcome]:
    if host.user_data is None:
        return
    for _, option in host.user_data.options():
        for name, kind, place in secrets_in_text(option):
            yield Violation(
                f"The start-up script of {host.name} holds a secret ({name})",
                place,
                evidence={"kind": kind},
                cause=name,
            )


CASES = [
    bad(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::Instance
          Properties:
            ImageId: ami-1
            UserData:
              Fn::Base64: |
                #!/bin/bash
                yum -y update
                export DB_PASSWORD=correct-horse-battery  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::Instance
          Properties:
            ImageId: ami-1
            UserData:
              Fn::Base64: !Sub |
                #!/bin/bash
                export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id shop)
                export AWS_DEFAULT_REGION=eu-west-1
        """,
    ),
]
