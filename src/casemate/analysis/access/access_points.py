"""Access points of a bucket: what gets to its objects through them.

A request through an access point is allowed when the access point's policy and the bucket both allow it. A bucket
delegates by a statement on everybody under `s3:DataAccessPointAccount` or `s3:DataAccessPointArn`: keys that only such
requests have. An access point whose network origin is a VPC takes requests from that VPC alone. Each has its own block
of public access, all of it on unless it says otherwise.

Sources: S3 User Guide, "Configuring IAM policies for using access points", "Managing public access to access points",
"Creating access points restricted to a virtual private cloud".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from casemate.model.policy import Statement, Term
from casemate.model.value import display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.proving.naming import Naming
    from casemate.analysis.system import System
    from casemate.model.resource import Resource, Stack
    from casemate.model.store import Store

ACCESS_POINT: Final = "AWS::S3::AccessPoint"
KEYS: Final = ("s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:accesspointnetworkorigin")
"""Condition keys of requests through an access point; others do not have them."""
_RESTRICTS: Final = "PublicAccessBlockConfiguration"
_FLAGS: Final = ("RestrictPublicBuckets", "BlockPublicPolicy")


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point. `vpc`: the only network that it serves; None for the internet.

    `blocks_public`: None when that is not known.
    """

    name: str
    arn: str
    vpc: str | None
    blocks_public: bool | None
    statements: tuple[Statement, ...]

    @property
    def context(self) -> dict[str, tuple[str, ...]]:
        """What every request through it has."""
        found: dict[str, tuple[str, ...]] = {
            KEYS[0]: (self.arn.split(":")[4],),
            KEYS[1]: (self.arn,),
            KEYS[2]: ("Internet" if self.vpc is None else "VPC",),
        }
        return found if self.vpc is None else {**found, "aws:sourcevpc": (self.vpc,)}

    def on_bucket(self, bucket: str, naming: Naming) -> tuple[Statement, ...]:
        """Its policy as if it stood on the bucket with this ARN: what it says of `…/object/KEY` is said of KEY."""

        def moved(term: Term) -> Term:
            text, open_ = naming.ground(term)
            for start in (f"{self.arn}/object", self.arn):
                if text.startswith(start):
                    text = bucket + text.removeprefix(start)
                    break
            return Term(text, term.at, (), not open_)

        return tuple(
            replace(
                one,
                resources=tuple(map(moved, one.resources)) or (Term("*", one.at),),
                not_resources=tuple(map(moved, one.not_resources)),
            )
            for one in self.statements
        )


def access_points(bucket: Store, system: System, naming: Naming) -> Iterator[AccessPoint]:
    """The declared access points of a bucket."""
    for stack in system.inventory.stacks:
        for resource in stack.resources.values():
            if resource.type == ACCESS_POINT and _is_of(resource, stack, bucket, naming):
                yield _made(resource, stack, system, naming)


def _is_of(resource: Resource, stack: Stack, bucket: Store, naming: Naming) -> bool:
    value = resource.properties.get("Bucket")
    if value is None:
        return False
    if any(f"{stack.path}#{reference.target}" == bucket.id for reference in references(value)):
        return True
    written = text_of(value)
    return written is not None and written == naming.name(bucket).text


def _made(resource: Resource, stack: Stack, system: System, naming: Naming) -> AccessPoint:
    own = f"{stack.path}#{resource.key}"
    name = text_of(resource.properties.get("Name")) or f"<{resource.name}>"
    vpc = resource.properties.get("VpcConfiguration")
    network = vpc.get("VpcId") if vpc is not None and hasattr(vpc, "get") else None
    statements = tuple(
        statement
        for policy in system.inventory.policies
        if policy.target is not None and policy.target.target == own
        for statement in policy.statements
    )
    return AccessPoint(
        name=resource.name,
        arn=f"arn:aws:s3:{naming.region}:{naming.account}:accesspoint/{name}",
        vpc=None if vpc is None else "<vpc>" if network is None else text_of(network) or display(network),
        blocks_public=_blocks(resource),
        statements=statements,
    )


def _blocks(resource: Resource) -> bool | None:
    """Whether public access through it is blocked: on when nothing is said."""
    block = resource.properties.get(_RESTRICTS)
    if block is None:
        return True
    found = []
    for flag in _FLAGS:
        value = block.get(flag) if hasattr(block, "get") else None
        text = None if value is None else (text_of(value) or display(value)).lower()
        found.append(True if text == "true" else False if text in {"false", None} else None)
    return True if True in found else None if None in found else False


def delegates(statements: tuple[Statement, ...]) -> bool:
    """Whether a bucket's policy hands over to access points that may be declared anywhere."""
    return any(
        statement.effect == "Allow" and any(condition.key.lower() in KEYS for condition in statement.conditions)
        for statement in statements
    )
