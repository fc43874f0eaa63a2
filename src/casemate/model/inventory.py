"""The inventory as a value: every entity and the edges between them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from casemate.model.api import Api, Authorizer, Route
    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.entity import Entity
    from casemate.model.function import Function
    from casemate.model.location import Span
    from casemate.model.network import Host, Network
    from casemate.model.policy import Binding, ResourcePolicy, Role
    from casemate.model.resource import Stack
    from casemate.model.secret import Key, Secret
    from casemate.model.store import Store
    from casemate.model.trigger import Trigger
    from casemate.model.workflow import Monitor, Pipeline, StateMachine, UserPool

EdgeKind = Literal["triggers", "assumes", "reads", "writes", "invokes", "protects", "deploys"]
E_ = TypeVar("E_", bound="Entity")


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` (an entity id) does `kind` to `target` (an entity id); `at`: the place that says so."""

    source: str
    kind: EdgeKind
    target: str
    at: Span
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All that is known of the scanned system. Order is that of the files and of the text in them."""

    stacks: tuple[Stack, ...] = ()
    functions: tuple[Function, ...] = ()
    roles: tuple[Role, ...] = ()
    bindings: tuple[Binding, ...] = ()
    policies: tuple[ResourcePolicy, ...] = ()
    apis: tuple[Api, ...] = ()
    authorizers: tuple[Authorizer, ...] = ()
    routes: tuple[Route, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    stores: tuple[Store, ...] = ()
    secrets: tuple[Secret, ...] = ()
    keys: tuple[Key, ...] = ()
    networks: tuple[Network, ...] = ()
    hosts: tuple[Host, ...] = ()
    state_machines: tuple[StateMachine, ...] = ()
    user_pools: tuple[UserPool, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    edges: tuple[Edge, ...] = ()
    inputs: tuple[Input, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default_factory=tuple)

    def entities(self) -> tuple[Entity, ...]:
        """Every entity, in a fixed order of kinds."""
        groups: tuple[tuple[Entity, ...], ...] = (
            self.functions, self.roles, self.bindings, self.policies, self.apis, self.authorizers, self.routes,
            self.triggers, self.stores, self.secrets, self.keys, self.networks, self.hosts, self.state_machines,
            self.user_pools, self.pipelines, self.monitors,
        )  # fmt: skip
        return tuple(entity for group in groups for entity in group)

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """Entities by id. Where several entities share one declaration, the first of `entities` wins."""
        table: dict[str, Entity] = {}
        for entity in self.entities():
            table.setdefault(entity.id, entity)
        return table

    def find(self, id_: str | None, kind: type[E_]) -> E_ | None:
        """The entity with this id, if it is of this type."""
        entity = self.by_id.get(id_) if id_ else None
        return entity if isinstance(entity, kind) else None

    def edges_from(self, id_: str, kind: EdgeKind | None = None) -> tuple[Edge, ...]:
        """Edges that leave `id_`."""
        return tuple(edge for edge in self._out.get(id_, ()) if kind in (None, edge.kind))

    def edges_to(self, id_: str, kind: EdgeKind | None = None) -> tuple[Edge, ...]:
        """Edges that arrive at `id_`."""
        return tuple(edge for edge in self._in.get(id_, ()) if kind in (None, edge.kind))

    @cached_property
    def _out(self) -> dict[str, list[Edge]]:
        table: dict[str, list[Edge]] = {}
        for edge in self.edges:
            table.setdefault(edge.source, []).append(edge)
        return table

    @cached_property
    def _in(self) -> dict[str, list[Edge]]:
        table: dict[str, list[Edge]] = {}
        for edge in self.edges:
            table.setdefault(edge.target, []).append(edge)
        return table
