"""The control policies that the files declare: few systems have any, and the rest need none of what reads them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.model.value import Literal, display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.evaluation.document import PolicyKind
    from casemate.model.inventory import Inventory
    from casemate.model.policy import Statement
    from casemate.model.resource import Resource, Stack
    from casemate.model.value import Value

POLICY: Final = "AWS::Organizations::Policy"
_ATTACHMENT: Final = "Casemate::Organizations::PolicyAttachment"
_KINDS: Final[dict[str, PolicyKind]] = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
CONTROL_LIMITS: Final[Mapping[PolicyKind, tuple[int, int]]] = MappingProxyType({"scp": (10_240, 10), "rcp": (5_120, 5)})
"""Kind of a control policy -> the most characters, and the most of them on one root, unit or account.

AWS Organizations User Guide, "Quotas and service limits for AWS Organizations"; AWS doubled both figures of service
control policies on 15 May 2026 (announcement of that day, which does not speak of resource control policies). White
space counts ("SCP syntax", "RCP syntax"), unless the console saves the policy, which removes it.
"""


class ControlPolicy(NamedTuple):
    """A service (`scp`) or resource (`rcp`) control policy, and what it is attached to in its own stack."""

    resource: Resource
    kind: PolicyKind
    statements: tuple[Statement, ...]
    targets: tuple[Value, ...]

    @property
    def label(self) -> str:
        """What it is, with its name."""
        return f"{'service' if self.kind == 'scp' else 'resource'} control policy {self.resource.name}"

    @property
    def text_size(self) -> int:
        """The characters of a document that is written as text, white space included; 0 for every other."""
        written = self.resource.properties.get("Content")
        return len(written.value.strip()) if isinstance(written, Literal) and isinstance(written.value, str) else 0


def is_declared(inventory: Inventory) -> bool:
    """Whether the files declare a control policy."""
    return any(resource.type == POLICY for stack in inventory.stacks for resource in stack.resources.values())


def control_policies(stack: Stack, inventory: Inventory) -> Iterator[ControlPolicy]:
    """The service and resource control policies of a stack, attached or not."""
    for resource in stack.resources.values():
        kind = _kind(resource) if resource.type == POLICY else None
        if kind is not None:
            yield _read(resource, kind, stack, inventory)


def _read(resource: Resource, kind: PolicyKind, stack: Stack, inventory: Inventory) -> ControlPolicy:
    from casemate.analysis.access.boundaries import names_of
    from casemate.inventory.aws.embedded import tree
    from casemate.inventory.policies import statements

    policy = ControlPolicy(resource, kind, (), tuple(_targets(resource, stack)))
    document = tree(resource.properties.get("Content"))
    found = statements(document, names_of(stack, inventory), owner=resource.name, origin=policy.label)
    return policy._replace(statements=tuple(found))


def _kind(resource: Resource) -> PolicyKind | None:
    """What a policy controls; Terraform leaves the type out of a service control policy."""
    written = resource.properties.get("Type")
    return "scp" if written is None else _KINDS.get(text_of(written) or "")


def _targets(resource: Resource, stack: Stack) -> Iterator[Value]:
    from casemate.inventory.reading import Props

    for _, value in Props(resource.properties, resource.at).each("TargetIds"):
        yield value
    for other in stack.resources.values():
        if other.type == _ATTACHMENT:
            policy, target = other.properties.get("PolicyId"), other.properties.get("TargetId")
            if policy is not None and target is not None:
                named = {reference.target for reference in references(policy)}
                if resource.key in named or display(policy) == resource.name:
                    yield target
