"""How an event is made for a call, and what changes when the code shows that it wants another one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from casemate.prove.events import JSON, Doc
from casemate.prove.positions import STORED

if TYPE_CHECKING:
    from casemate.prove.events import Node, Path

BENIGN = "1"
"""What a field holds that the code wants and the attack does not need: a text that is a number, too."""
FILLER = "casemate"


@dataclass(slots=True)
class Shape:
    """How an event is made. `slots`: where the payload stands; `open`: documents in which code looks for it."""

    slots: tuple[Path, ...]
    values: dict[Path, object] = field(default_factory=dict)
    ways: tuple[tuple[Path, str], ...] = ()
    open: tuple[Path, ...] = ()
    prefix: str = ""
    suffix: str = ""
    separator: str = ""
    second: bool = False

    def copy(self, **changes: str | bool) -> Shape:
        """The same with something else."""
        return replace(self, values=dict(self.values), **changes)  # type: ignore[arg-type]

    def holding(self, values: dict[Path, object]) -> Shape:
        """The same with fields that hold something else."""
        return replace(self, values={**self.values, **values})

    @property
    def key(self) -> str:
        """Equal for equal shapes."""
        return repr((self.slots, sorted(self.values.items(), key=repr), self.ways, self.open, self.prefix, self.suffix,
                     self.separator, self.second))  # fmt: skip


_ONLY_TEXTS = frozenset({"queryStringParameters", "pathParameters", "headers", "rawPath", "path", "cookies",
"rawQueryString",
                         "multiValueQueryStringParameters", "multiValueHeaders", "requestContext"})  # fmt: skip


def holds_documents(path: Path, style: str) -> bool:
    """Whether a value that is no text can stand at a place: in a document, or where Express reads `a[b]` of a query."""
    if path[:1] == ("event",):
        return len(path) > 1 and path[1] not in _ONLY_TEXTS
    return path[:2] == ("request", "json") or (
        path[:2] in {("request", "query"), ("request", "form")} and style == "express"
    )


def parsed(shape: Shape, way: str) -> bool:
    """A text of the attacker's is read as a document: the payload goes inside of it."""
    for path in shape.slots:
        if path == STORED or path[-1] == JSON:
            continue
        if way == "base64" and (path, way) not in shape.ways:
            shape.ways = (*shape.ways, (path, way))
            return True
        if way == "json":
            inner = (*path, JSON)
            shape.slots = (*(one for one in shape.slots if one != path), inner)
            shape.open = (*shape.open, inner)
            return True
    return False


def wrapped(shape: Shape, path: Path) -> bool:
    """What was a map must be a text: the document that says it."""
    wanted = bare(path)
    count = len(wanted)

    def within(one: Path) -> Path:
        plain = bare(one)
        return (*plain[:count], JSON, *plain[count:]) if plain[:count] == wanted and len(plain) > count else one

    slots, values = tuple(map(within, shape.slots)), {within(one): value for one, value in shape.values.items()}
    if slots == shape.slots and values == shape.values:
        return False
    shape.slots, shape.values = slots, values
    return True


def bare(path: Path) -> Path:
    """The path as origins name it."""
    return tuple(step for step in path if step != JSON)


def deeper(shape: Shape, path: Path, key: str) -> bool:
    """What was a text must be a map."""
    wanted = bare(path)
    if key and any(bare(one) == wanted for one in shape.slots):
        shape.slots = tuple((*one, key) if bare(one) == wanted else one for one in shape.slots)
        return True
    held = next((one for one in shape.values if bare(one) == wanted), None)
    if held is None:
        return False
    del shape.values[held]
    shape.values[(*held, key or FILLER)] = BENIGN
    return True


def mirror(event: Node) -> None:
    """Fields of an HTTP event that say the same twice."""
    if not isinstance(event, dict):
        return
    query = event.get("queryStringParameters")
    raw = event.get("rawQueryString")
    if isinstance(query, dict) and query:
        if "multiValueQueryStringParameters" in event and not event["multiValueQueryStringParameters"]:
            event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
        if isinstance(raw, Doc) and not raw.value:
            raw.value = dict(query)
