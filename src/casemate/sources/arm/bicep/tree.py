"""Declarations and expressions of a Bicep file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as OneOf

if TYPE_CHECKING:
    from casemate.model.location import Span


@dataclass(frozen=True, slots=True)
class Text:
    """A string: its texts and holes in turn, a text first and last."""

    parts: tuple[str | Node, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, boolean or null."""

    value: int | bool | None
    at: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol."""

    name: str
    at: Span


@dataclass(frozen=True, slots=True)
class Member:
    """`target.name`; `nested`: `target::name`, a resource in a resource."""

    target: Node
    name: str
    at: Span
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """`target[index]`."""

    target: Node
    index: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`, or `target.name(arguments)`."""

    name: str
    arguments: tuple[Node, ...]
    at: Span
    target: Node | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands; `?:` has three."""

    sign: str
    operands: tuple[Node, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`."""

    items: tuple[Node, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Property:
    """One entry of an object."""

    key: Text
    value: Node


@dataclass(frozen=True, slots=True)
class Object:
    """`{a: b}`, with the resources that are declared in it."""

    properties: tuple[Property, ...]
    nested: tuple[Declaration, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Loop:
    """`[for item, index in list: body]`, each only if `condition`."""

    item: str
    index: str | None
    source: Node
    body: Node
    condition: Node | None
    at: Span


@dataclass(frozen=True, slots=True)
class Lambda:
    """`x => …`: only within calls that are not evaluated."""

    at: Span


Node = Text | Plain | Name | Member | Index | Call | Operation | Array | Object | Loop | Lambda


@dataclass(frozen=True, slots=True)
class Declaration:
    """`param`, `var`, `resource`, `module` or `output`.

    `type`: a type of a parameter or output, the quoted type of a resource, the path of a module; `value`: a default, a
    body; `condition`: of a resource or module; `secure`: decorated with `@secure()`.
    """

    kind: OneOf["param", "var", "resource", "module", "output"]
    name: str
    at: Span
    type: str = ""
    value: Node | None = None
    condition: Node | None = None
    existing: bool = False
    secure: bool = False


@dataclass(slots=True)
class File:
    """Everything that a file declares, and what of it could not be read: (what, where)."""

    declarations: list[Declaration] = field(default_factory=list)
    problems: list[tuple[str, Span]] = field(default_factory=list)
