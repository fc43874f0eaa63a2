"""A machine's disk is not encrypted.

What it does
------------
Reports instances and launch templates whose block devices declare `Encrypted: false`.

Why it matters
--------------
Snapshots and discarded disks are readable.

How to fix
----------
Set `Encrypted: true`, or encryption by default for the account.

When to allow it
----------------
Throw-away machines without data.

References
----------
- https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.network import Host


@rule("disk-unencrypted", weakness="missing-encryption-at-rest", severity=MEDIUM, tags=["cwe-311"])
def check(host: Host, system: System) -> Iterator[Outcome]:
    if host.disk_encryption is not None and host.disk_encryption.declared:
        yield from judge(
            host.disk_encryption, lambda encrypted: not encrypted, f"A disk of {host.name} is not encrypted"
        )


CASES = [
    bad(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::Instance
          Properties:
            ImageId: ami-1
            BlockDeviceMappings:
              - DeviceName: /dev/sda1
                Ebs:
                  VolumeSize: 8
                  Encrypted: false  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Web:
          Type: AWS::EC2::Instance
          Properties:
            ImageId: ami-1
            BlockDeviceMappings: [{DeviceName: /dev/sda1, Ebs: {VolumeSize: 8, Encrypted: true}}]
        """,
    ),
]
