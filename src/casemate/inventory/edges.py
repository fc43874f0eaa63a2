"""The edges between entities: who triggers, assumes, reads, writes, invokes, protects and deploys whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.managed_reach import managed_reach, service_of
from casemate.model.inventory import Edge, EdgeKind
from casemate.model.record import replace
from casemate.model.value import references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.network import Host
    from casemate.model.policy import Statement
    from casemate.model.workflow import StateMachine

_READS = (
    "get",
    "list",
    "query",
    "scan",
    "describe",
    "receive",
    "batchget",
    "select",
    "head",
    "read",
    "view",
    "decrypt",
    "download",
    "search",
)
_INVOKES = ("invoke", "startexecution", "startsyncexecution")


def edges(inventory: Inventory) -> Inventory:
    """The inventory with its edges drawn; each (source, kind, target) once."""
    found: dict[tuple[str, str, str], Edge] = {}
    for edge in _all(inventory):
        if edge.source != edge.target or edge.kind == "invokes":
            found.setdefault((edge.source, edge.kind, edge.target), edge)
    return replace(inventory, edges=tuple(found.values()))


def _all(inventory: Inventory) -> Iterator[Edge]:
    yield from _events(inventory)
    yield from _identities(inventory)
    yield from _protection(inventory)
    if inventory.pipelines:
        from casemate.inventory.deploying import deploy_edges

        yield from deploy_edges(inventory)


def _events(inventory: Inventory) -> Iterator[Edge]:
    for route in inventory.routes:
        if route.function and route.function.target:
            source = route.api.target if route.api and route.api.target else route.id
            yield Edge(source, "triggers", route.function.target, route.at, route.label)
    for trigger in inventory.triggers:
        if trigger.source and trigger.source.target and trigger.function.target:
            yield Edge(trigger.source.target, "triggers", trigger.function.target, trigger.at, trigger.kind)
    for machine in inventory.state_machines:
        for link in machine.invokes:
            if link.target:
                yield Edge(machine.id, "invokes", link.target, link.at)


def _identities(inventory: Inventory) -> Iterator[Edge]:
    roles = {role.id: role for role in inventory.roles}
    things: dict[str, list[tuple[str, str]]] = {}
    for thing in (*inventory.stores, *inventory.secrets, *inventory.functions, *inventory.state_machines):
        if not thing.resource.generated and thing.resource.implied_by is None:  # a tool's own bucket is nobody's data
            things.setdefault(thing.stack, []).append((thing.id, service_of(thing)))
    actors: tuple[Function | StateMachine | Host, ...] = (
        *inventory.functions,
        *inventory.state_machines,
        *inventory.hosts,
    )
    for actor in actors:
        if actor.role is None or actor.role.target is None:
            continue
        yield Edge(actor.id, "assumes", actor.role.target, actor.role.at)
        role = roles.get(actor.role.target)
        for statement in role.statements if role else ():
            for target, kind in _reach(statement):
                yield Edge(actor.id, kind, target, statement.at)
        for policy in role.managed if role else ():
            for target, kind in managed_reach(policy.term.text, things.get(actor.stack, ())):
                yield Edge(actor.id, kind, target, policy.term.at, policy.term.text.rpartition("/")[2])


def _reach(statement: Statement) -> Iterator[tuple[str, EdgeKind]]:
    if statement.effect != "Allow":
        return
    targets = [target for term in statement.resources for target in term.targets]
    if not targets:
        return
    kinds: dict[EdgeKind, None] = {}
    for term in statement.actions:
        verb = term.text.rpartition(":")[2].lower()
        if verb in {"*", ""}:
            kinds.update({"reads": None, "writes": None})
        elif verb.startswith(_INVOKES):
            kinds["invokes"] = None
        elif verb.startswith(_READS):
            kinds["reads"] = None
        else:
            kinds["writes"] = None
    for target in targets:
        for kind in kinds:
            yield target, kind


def _protection(inventory: Inventory) -> Iterator[Edge]:
    keys = {key.id for key in inventory.keys}
    for entity in (*inventory.stores, *inventory.functions, *inventory.secrets):
        for reference in references(entity.resource.properties):
            target = f"{entity.stack}#{reference.target}"
            if target in keys:
                yield Edge(target, "protects", entity.id, reference.at)
    for authorizer in inventory.authorizers:
        if authorizer.api and authorizer.api.target:
            yield Edge(authorizer.id, "protects", authorizer.api.target, authorizer.at)
    for function in inventory.functions:
        for group in function.security_groups:
            if group.target:
                yield Edge(group.target, "protects", function.id, group.at)
