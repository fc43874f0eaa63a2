"""The inventory as a picture: what is shown of it. `graph_layout` places it, `graph_svg` draws it.

A picture that shows everything shows nothing: routes are folded into their API, a role is drawn only when several
share it (that is what one wants to see of roles), log groups and policies only in the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from casemate.analysis.system import System
from casemate.model.api import Api, Authorizer, Route
from casemate.model.function import Function
from casemate.model.network import Host, Network
from casemate.model.policy import Role
from casemate.model.secret import Key, Secret
from casemate.model.store import Store
from casemate.model.workflow import Pipeline, StateMachine, UserPool
from casemate.outputs.graph_svg import Line, Node, Picture, draw
from casemate.outputs.ordering import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.entity import Entity
    from casemate.model.inventory import Inventory
    from casemate.model.setting import Setting
    from casemate.outputs.graph_svg import Group

MOST_NODES = 400
"""Beyond it only functions, entry points and connected stores are drawn."""
_ALWAYS = frozenset({"function", "entry"})
_KIND_OF: tuple[tuple[type, Group], ...] = (
    (Function, "function"),
    (Api, "entry"),
    (Store, "store"),
    (Secret, "secret"),
    (Key, "secret"),
    (StateMachine, "workflow"),
    (Pipeline, "workflow"),
    (Role, "identity"),
    (Authorizer, "identity"),
    (UserPool, "identity"),
    (Network, "network"),
    (Host, "network"),
)
_TOLD = 12
"""Lines that a hover text lists before it counts the rest."""


def render_inventory(inventory: Inventory) -> str:
    """One self-contained SVG, for a file of its own or inside of a page."""
    return draw(_Selection(inventory).picture())


@dataclass(slots=True)
class _Line:
    kinds: dict[str, None] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)


class _Selection:
    """Nodes and lines while they are gathered."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.system = System(inventory, date.min)  # nothing that is asked here depends on the day
        self.nodes: dict[str, Node] = {}
        self.lines: dict[tuple[str, str], _Line] = {}
        self.shared = {
            role.id
            for role in inventory.roles
            if len({edge.source for edge in inventory.edges_to(role.id, "assumes")}) > 1
        }

    def picture(self) -> Picture:
        """What is drawn, in the order of the inventory, and a word about what is not."""
        self._add_routes()
        self._add_triggers()
        for entity in self.inventory.entities():
            group = _group(entity)
            if group is not None and entity.id not in self.nodes and self._worth_drawing(entity):
                self.nodes[entity.id] = self._node(entity, group)
        for authorizer in self.inventory.authorizers:
            if authorizer.function and authorizer.function.target:
                self._connect(authorizer.id, authorizer.function.target, "invokes", "authorizer")
        for edge in self.inventory.edges:
            self._connect(edge.source, edge.target, edge.kind, edge.label)
        self.lines = {
            ends: line for ends, line in self.lines.items() if ends[0] in self.nodes and ends[1] in self.nodes
        }
        connected = {key for ends in self.lines for key in ends}
        kept = {
            key: node
            for key, node in self.nodes.items()
            if key in connected
            or node.group in _ALWAYS
            or (node.group in {"store", "workflow"} and node.kind != "log-group")
        }
        note = ""
        if len(kept) > MOST_NODES:
            shown = {
                key: node
                for key, node in kept.items()
                if node.group in _ALWAYS or (node.group == "store" and key in connected)
            }
            left_out = len(kept) - len(shown)
            others = plural(left_out, "other thing")
            note = (
                f"Only functions, entry points and connected stores are shown; {others} left out. The table lists all."
            )
            kept = shown
        elif folded := len(self.inventory.roles) - len(self.shared & set(kept)):
            note = f"Not drawn: {plural(folded, 'role')} that no two functions share."
        lines = tuple(
            Line(source, target, tuple(line.kinds), tuple(line.labels))
            for (source, target), line in self.lines.items()
            if source in kept and target in kept
        )
        return Picture(kept, lines, self._summary(kept, len(lines)), note)

    @staticmethod
    def _summary(kept: dict[str, Node], lines: int) -> str:
        functions = [node for node in kept.values() if node.group == "function"]
        public = sum(node.public for node in functions)
        entries = sum(node.group == "entry" for node in kept.values())
        stores = sum(node.group == "store" for node in kept.values())
        named = f"{plural(len(functions), 'function')}, {public:,} of them public"
        return f"{named}; {plural(entries, 'entry point')}, {plural(stores, 'store')}, {plural(lines, 'connection')}."

    def _add_routes(self) -> None:
        """Routes of an API are labels of its lines.

        Those without one (function URLs, Azure, Google) are entry points of their own, one a function.
        """
        for route in self.inventory.routes:
            api = self.system.target(route.api)
            target = route.function.target if route.function else None
            if isinstance(api, Api):
                if target:
                    self._connect(api.id, target, "triggers", route.label)
                continue
            key = f"route {route.kind} {target or route.id}"
            earlier = self.nodes.get(key)
            details = (*(earlier.details if earlier else ()), route.label)
            public = _open(route) or (earlier is not None and earlier.public)
            name = route.label if earlier is None else plural(len(details), "route")
            self.nodes[key] = Node(route.stack, "entry", name, route.kind, _place(route), details, public=public)
            if target:
                self._connect(key, target, "triggers", route.label)

    def _add_triggers(self) -> None:
        """An event source that was not scanned, or is no thing of its own (a schedule), is drawn as an entry point."""
        for trigger in self.inventory.triggers:
            if self.system.target(trigger.source) is not None or not trigger.function.target:
                continue
            text = trigger.source.text if trigger.source and trigger.source.text else ""
            key = f"trigger {trigger.kind} {text or trigger.function.target} {trigger.stack}"
            name = text.rpartition(":")[2] or trigger.name
            if key not in self.nodes:
                self.nodes[key] = Node(
                    trigger.stack, "entry", name, trigger.kind, _place(trigger), (text,) if text else ()
                )
            self._connect(key, trigger.function.target, "triggers", trigger.kind)

    def _connect(self, source: str, target: str, kind: str, label: str) -> None:
        line = self.lines.setdefault((source, target), _Line())
        line.kinds[kind] = None
        if label:
            line.labels[label] = None

    def _worth_drawing(self, entity: Entity) -> bool:
        return not isinstance(entity, Role) or entity.id in self.shared

    def _node(self, entity: Entity, group: Group) -> Node:
        return Node(
            entity.stack,
            group,
            entity.name,
            self._kind(entity),
            _place(entity),
            tuple(_some(list(self._details(entity)))),
            public=self._public(entity),
        )

    def _kind(self, entity: Entity) -> str:
        match entity:
            case Function():
                return ("container image" if entity.code.image else _text(entity.runtime)) or entity.kind
            case Api():
                count = len(self.system.routes_of_api(entity))
                return f"{entity.kind}, {plural(count, 'route')}" if count else entity.kind
            case StateMachine():
                return "state machine"
            case Authorizer():
                return f"authorizer, {entity.kind}"
            case Pipeline() | UserPool() | Host() | Secret() | Key():
                return str(entity.kind)
            case _:
                return entity.kind_label

    def _public(self, entity: Entity) -> bool:
        match entity:
            case Function():
                return self.system.exposure(entity) == "public"
            case Api():
                return not entity.private.ever(bool) and any(
                    _open(route) for route in self.system.routes_of_api(entity)
                )
            case Store():
                return entity.public is not None and entity.public.ever(bool)
            case _:
                return False

    def _details(self, entity: Entity) -> Iterator[str]:
        match entity:
            case Function():
                yield f"exposure: {self.system.exposure(entity)}"
                if role := self.system.role_of(entity):
                    yield f"role: {role.name}"
            case Api():
                for route in self.system.routes_of_api(entity):
                    auth = " or ".join(route.auth.values()) or "not known"
                    yield f"{route.label} (auth: {auth})"
            case Role():
                yield f"shared by {plural(len(self.inventory.edges_to(entity.id, 'assumes')), 'user')}"
            case Store():
                yield f"service: {entity.service}"
            case _:
                return


def _some(details: list[str]) -> list[str]:
    return [*details[:_TOLD], f"and {len(details) - _TOLD:,} more"] if len(details) > _TOLD else details


def _group(entity: Entity) -> Group | None:
    return next((group for kind, group in _KIND_OF if isinstance(entity, kind)), None)


def _open(route: Route) -> bool:
    """Whether anybody may call it: the same judgement as `System.exposure`."""
    return "none" in route.auth.values() and not route.api_key.ever(bool)


def _text(setting: Setting[str | None]) -> str:
    return " or ".join(dict.fromkeys(value for value in setting.values() if value))


def _place(entity: Entity) -> str:
    return f"{entity.at.path}:{entity.at.start_line}"
