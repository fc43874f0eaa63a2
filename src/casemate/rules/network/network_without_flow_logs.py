"""A network without flow logs.

What it does
------------
Reports networks without flow logs.

Why it matters
--------------
After an incident nobody can say what was connected to what.

How to fix
----------
Add an `AWS::EC2::FlowLog` for the VPC.

When to allow it
----------------
Networks without workloads.

References
----------
- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.network import Network


@rule("network-without-flow-logs", weakness="missing-logging", severity=LOW, tags=["cwe-778"], profile="strict")
def check(network: Network, system: System) -> Iterator[Outcome]:
    yield from judge(network.flow_logs, lambda on: not on, f"{network.name} keeps no record of its connections")


CASES = [
    bad(
        "cloudformation",
        """
        Net:  # <- here
          Type: AWS::EC2::VPC
          Properties: {CidrBlock: 10.0.0.0/16}
        """,
    ),
    good(
        "cloudformation",
        """
        Net:
          Type: AWS::EC2::VPC
          Properties: {CidrBlock: 10.0.0.0/16}
        Flows:
          Type: AWS::EC2::FlowLog
          Properties: {ResourceId: !Ref Net, ResourceType: VPC, TrafficType: ALL, LogGroupName: flows}
        """,
    ),
]
