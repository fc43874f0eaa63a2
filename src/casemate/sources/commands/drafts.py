"""Resources as commands build them up: what is said of one by several commands is one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import replace
from casemate.model.resource import Dialect, Resource
from casemate.model.value import Entry, Fields, Items, Value
from casemate.sources.partial import Rest

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.commands.words import Placed


class Draft:
    """One resource. `whole`: the command says all there is (a firewall rule, a binding), so that defaults hold."""

    def __init__(self, type_: str, name: Placed, *, whole: bool) -> None:
        self.type = type_
        self.name = name
        self.whole = whole
        self.body = name.at
        self._tree: dict[str, object] = {}

    def set(self, path: str, value: Value | None) -> None:
        """Puts a value at a dotted path; None says nothing. The last command wins, as it does in the cloud."""
        if value is None:
            return
        *above, last = path.split(".")
        tree = self._tree
        for key in above:
            below = tree.setdefault(key, {})
            if not isinstance(below, dict):
                return
            tree = below
        tree[last] = value

    def add(self, path: str, value: Value) -> None:
        """Appends to the list at a dotted path."""
        *above, last = path.split(".")
        tree = self._tree
        for key in above:
            below = tree.setdefault(key, {})
            if not isinstance(below, dict):
                return
            tree = below
        listed = tree.get(last)
        items = listed.items if isinstance(listed, Items) else ()
        tree[last] = Items([*items, value], items[0].at if items else value.at)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is said."""
        return not self._tree

    def resource(self, key: str, dialect: Dialect) -> Resource:
        """The resource as far as it is said."""
        return Resource(
            type=self.type,
            name=self.name.text,
            key=key,
            at=self.name.at,
            body=self.body,
            properties=self._fields(self._tree),
            dialect=dialect,
        )

    def _fields(self, tree: dict[str, object]) -> Fields:
        at = self.name.at
        said: dict[str, Entry] = {}
        for key, below in tree.items():
            value = self._fields(below) if isinstance(below, dict) else below
            assert isinstance(value, Value)  # noqa: S101 - `set` and `add` take nothing else
            said[key] = Entry(value.at, value)
        first = next(iter(said.values()), None)
        place = first.key_at if first is not None else at
        return Fields(said if self.whole else Rest(said, at), place)


class Drafts:
    """What the commands of one file declare, in the order of its first mention."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int], Draft | Resource] = {}

    def part(self, type_: str, name: Placed, body: Span) -> Draft:
        """The resource of this type and name, of which a command says a part."""
        draft = self._found.setdefault((type_, name.text, 0), Draft(type_, name, whole=False))
        assert isinstance(draft, Draft)  # noqa: S101 - finished resources have other numbers
        draft.body = draft.body if draft.body.end_line >= body.end_line else body
        return draft

    def whole(self, type_: str, name: Placed, body: Span) -> Draft:
        """A new resource of which the command says everything."""
        draft = Draft(type_, name, whole=True)
        draft.body = body
        self._found[type_, name.text, len(self._found) + 1] = draft
        return draft

    def finished(self, resource: Resource) -> None:
        """A resource that another reader made of a command."""
        self._found[resource.type, resource.key, len(self._found) + 1] = resource

    def resources(self, dialect: Dialect) -> dict[str, Resource]:
        """All of them by keys of their own."""
        made: dict[str, Resource] = {}
        for found in self._found.values():
            if isinstance(found, Draft) and found.is_empty:
                continue
            wanted = found.key if isinstance(found, Resource) else f"{found.type}/{found.name.text}"
            key, number = wanted, 1
            while key in made:
                number += 1
                key = f"{wanted}#{number}"
            made[key] = (
                replace(found, key=key, dialect=dialect)
                if isinstance(found, Resource)
                else found.resource(key, dialect)
            )
        return made
