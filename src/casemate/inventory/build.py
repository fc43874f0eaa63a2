"""Stacks -> `Inventory`: runs every builder, then draws the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from casemate.inventory.context import Context, World
from casemate.inventory.edges import edges
from casemate.model.api import Api, Authorizer, Route
from casemate.model.diagnostic import Diagnostic
from casemate.model.entity import Entity
from casemate.model.function import Function
from casemate.model.inventory import Inventory
from casemate.model.network import Host, Network
from casemate.model.policy import Binding, ResourcePolicy, Role
from casemate.model.secret import Key, Secret
from casemate.model.store import Store
from casemate.model.trigger import Trigger
from casemate.model.workflow import Monitor, Pipeline, StateMachine, UserPool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.inventory.context import Builder
    from casemate.model.resource import Reading, Resource

E = TypeVar("E", bound=Entity)


def build(readings: Sequence[Reading]) -> Inventory:
    """Everything the readings declare.

    A builder that fails on a resource costs that resource and gives a Diagnostic, never the run.
    """
    stacks = tuple(stack for reading in readings for stack in reading.stacks)
    world = World(stacks)
    entities: list[Entity] = []
    diagnostics = [diagnostic for reading in readings for diagnostic in reading.diagnostics]
    for stack in stacks:
        context = Context(stack, world)
        for resource in stack.resources.values():
            builder = builder_for(resource)
            if builder is None:
                continue
            try:
                entities.extend(builder(resource, context))
            except Exception as error:  # noqa: BLE001 - one odd resource must not end the scan of all others
                message = f"{resource.name} ({resource.type}) could not be taken into the inventory: {error!r}"
                hint = "this is a defect of Casemate: please report it with the resource"
                diagnostics.append(Diagnostic("builder-failed", message, resource.at, "error", hint))

    def of(kind: type[E]) -> tuple[E, ...]:
        return tuple(entity for entity in entities if type(entity) is kind)

    inventory = Inventory(
        stacks=stacks,
        functions=of(Function),
        roles=of(Role),
        bindings=of(Binding),
        policies=of(ResourcePolicy),
        apis=of(Api),
        authorizers=of(Authorizer),
        routes=of(Route),
        triggers=of(Trigger),
        stores=of(Store),
        secrets=of(Secret),
        keys=of(Key),
        networks=of(Network),
        hosts=of(Host),
        state_machines=of(StateMachine),
        user_pools=of(UserPool),
        pipelines=of(Pipeline),
        monitors=of(Monitor),
        inputs=tuple(entry for reading in readings for entry in reading.inputs),
        diagnostics=tuple(diagnostics),
    )
    return edges(inventory)


def builder_for(resource: Resource) -> Builder | None:
    """The builder of a resource's native type, or None when nothing reads such a resource.

    Each cloud's builders load when first needed.
    """
    type_ = resource.type
    if type_.startswith(("AWS::", "Casemate::IAM::", "Casemate::S3::")):
        from casemate.inventory.aws import builder

        return builder(type_)
    if type_.startswith("Microsoft."):
        from casemate.inventory.azure import BUILDERS as AZURE

        return AZURE.get(type_)
    if type_.startswith("google_"):
        from casemate.inventory.google import BUILDERS as GOOGLE

        return GOOGLE.get(type_)
    if type_.startswith("Casemate::"):
        from casemate.inventory.azure import BUILDERS as AZURE
        from casemate.inventory.google import BUILDERS as GOOGLE
        from casemate.inventory.pipelines import BUILDERS as PIPELINES

        return PIPELINES.get(type_) or AZURE.get(type_) or GOOGLE.get(type_)
    return None
