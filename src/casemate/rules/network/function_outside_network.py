"""A function outside of any network.

What it does
------------
Reports functions that work with databases or caches inside a network but are not attached to one, and, in the strict
profile, functions that are attached to none.

Why it matters
--------------
Outside of a network, nothing limits where a function taken over can connect to.

How to fix
----------
Attach it to private subnets (`VpcConfig`, `vpc_connector`), and limit the way out by security groups and endpoints.

When to allow it
----------------
Functions that only talk to services with their own authentication; most do.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("function-outside-network", weakness="open-network", severity=LOW, confidence="low", tags=["cwe-668"], profile="strict")
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.kind == "lambda" and any(store.kind in {"database", "cache"} and store.stack == function.stack for store in system.inventory.stores):
        yield from judge(function.in_network, lambda inside: not inside, f"{function.name} is attached to no network, its stack has a database")


CASES = [
    bad(
        "sam",
        """
        Hello:  # <- here
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, Runtime: python3.13}
        Db:
          Type: AWS::RDS::DBInstance
          Properties: {Engine: postgres, StorageEncrypted: true}
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
            VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
        Db:
          Type: AWS::RDS::DBInstance
          Properties: {Engine: postgres, StorageEncrypted: true}
        """,
    ),
]
