"""Values as a template states them: the tree between a parsed file and the typed inventory.

Parsers build `Literal`, `Items`, `Fields` and `Tagged` (syntax that a dialect still has to interpret); dialects replace
what they interpret by `Reference`, `Text`, `Cases` and `Unknown`. Nodes are shared, never changed after they are built.
Every node knows its span, so whatever is read from it can be shown and edited exactly.

These are plain slotted classes, not dataclasses: a large repository has millions of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from typing import Literal as OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.model.location import Span

UnknownKind = OneOf[
    "parameter",  # a template parameter, variable or option that has no default
    "secret-parameter",  # the same, declared sensitive (NoEcho, sensitive = true)
    "secret-store",  # a dynamic reference into a secret manager: {{resolve:secretsmanager:…}} and its like
    "parameter-store",  # a dynamic reference into plain configuration: {{resolve:ssm:…}}
    "import",  # an export of a stack, output of a module or remote state that was not scanned
    "environment",  # an environment variable of the deploying machine
    "attribute",  # an attribute of a declared resource whose value exists only after deployment
    "function",  # a function or expression that is not evaluated
    "program",  # something a program would have to be run for: ${file(config.js)}
    "conditional",  # exists only under a condition that is not known
    "error",  # the input is wrong here; a Diagnostic says how
]


class Value:
    """One node. Abstract: use the subclasses."""

    __slots__ = ("at",)

    def __init__(self, at: Span) -> None:
        self.at = at

    def options(self) -> Iterator[tuple[str | None, Value]]:
        """Each (condition, value) this value may have; one with condition None unless it is `Cases`."""
        yield None, self


class Literal(Value):
    """A scalar that is written out. `value` is typed as its dialect types it."""

    __slots__ = ("value",)

    def __init__(self, value: str | float | bool | None, at: Span) -> None:  # noqa: FBT001 - a JSON scalar
        self.value: Final = value
        self.at = at

    def __repr__(self) -> str:
        return f"Literal({self.value!r})"


class Items(Value):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Value], at: Span) -> None:
        self.items: Final = items
        self.at = at

    def __repr__(self) -> str:
        return f"Items({list(self.items)!r})"


class Entry:
    """One key of `Fields`: the key's own span, and its value."""

    __slots__ = ("key_at", "value")

    def __init__(self, key_at: Span, value: Value) -> None:
        self.key_at: Final = key_at
        self.value: Final = value

    def __repr__(self) -> str:
        return repr(self.value)


class Fields(Value):
    """A map, in the order it was written."""

    __slots__ = ("entries",)

    def __init__(self, entries: Mapping[str, Entry], at: Span) -> None:
        self.entries: Final = entries
        self.at = at

    def get(self, key: str) -> Value | None:
        """The value under `key`, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def __repr__(self) -> str:
        return f"Fields({dict(self.entries)!r})"


class Tagged(Value):
    """A YAML node with a tag of its own (`!Sub …`), before its dialect has interpreted it."""

    __slots__ = ("tag", "value")

    def __init__(self, tag: str, value: Value, at: Span) -> None:
        self.tag: Final = tag
        self.value: Final = value
        self.at = at

    def __repr__(self) -> str:
        return f"Tagged({self.tag!r}, {self.value!r})"


class Reference(Value):
    """A reference to a declared resource.

    `target` is its name in the same stack, `attribute` as CloudFormation names it (`Arn`), or None for the resource
    itself (`!Ref`).
    """

    __slots__ = ("attribute", "target")

    def __init__(self, target: str, attribute: str | None, at: Span) -> None:
        self.target: Final = target
        self.attribute: Final = attribute
        self.at = at

    def __repr__(self) -> str:
        return f"Reference({self.target}.{self.attribute})"


class Text(Value):
    """A string put together from parts, of which at least one is not a `Literal` (else it would be a `Literal`)."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Value], at: Span) -> None:
        self.parts: Final = parts
        self.at = at

    def __repr__(self) -> str:
        return f"Text({list(self.parts)!r})"


class Cases(Value):
    """One of several values, each under a condition in words (`if IsProd`, `else of IsProd`)."""

    __slots__ = ("cases",)

    def __init__(self, cases: Sequence[tuple[str, Value]], at: Span) -> None:
        self.cases: Final = cases
        self.at = at

    def options(self) -> Iterator[tuple[str | None, Value]]:
        """Each case, nested ones flattened and their conditions joined by ' and '."""
        for condition, value in self.cases:
            for inner, leaf in value.options():
                yield (condition if inner is None else f"{condition} and {inner}"), leaf

    def __repr__(self) -> str:
        return f"Cases({list(self.cases)!r})"


class Absent(Value):
    """Explicitly nothing: `AWS::NoValue`, `null` in Terraform. Read as if the setting were not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Absent()"


class Unknown(Value):
    """A value that cannot be known from the files: why, of which kind, and the expression as it was written."""

    __slots__ = ("kind", "reason", "source")

    def __init__(self, reason: str, at: Span, kind: UnknownKind = "parameter", source: str = "") -> None:
        self.reason: Final = reason
        self.kind: Final[UnknownKind] = kind
        self.source: Final = source
        self.at = at

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


def display(value: Value) -> str:
    """A value as one line of text for messages and for symbolic ARNs: references as `${Name.Attribute}`."""
    if isinstance(value, Literal):  # nearly always
        scalar = value.value
        if isinstance(scalar, bool):
            return "true" if scalar else "false"
        return "" if scalar is None else str(scalar)
    match value:
        case Reference(target=target, attribute=attribute):
            return f"${{{target}}}" if attribute is None else f"${{{target}.{attribute}}}"
        case Text(parts=parts):
            return "".join(display(part) for part in parts)
        case Unknown(source=source, reason=reason):
            return f"${{{source or reason}}}"
        case Cases(cases=cases):
            return " or ".join(display(case) for _, case in cases)
        case Items(items=items):
            return "[" + ", ".join(display(item) for item in items) + "]"
        case Fields(entries=entries):
            return "{" + ", ".join(f"{key}: {display(entry.value)}" for key, entry in entries.items()) + "}"
        case _:
            return ""


def references(value: Value) -> Iterator[Reference]:
    """Every `Reference` inside `value`, in order, duplicates kept."""
    stack = [value]
    while stack:
        node = stack.pop()
        kind = type(node)  # quicker than a match: every property of every resource comes by here
        if kind is Literal:
            continue
        if isinstance(node, Fields):
            stack.extend([entry.value for entry in reversed(list(node.entries.values()))])
        elif isinstance(node, Reference):
            yield node
        elif isinstance(node, Items):
            stack.extend(reversed(node.items))
        elif isinstance(node, Text):
            stack.extend(reversed(node.parts))
        elif isinstance(node, Cases):
            stack.extend([case for _, case in reversed(node.cases)])
        elif isinstance(node, Tagged):
            stack.append(node.value)


def text_of(value: Value | None) -> str | None:
    """The string of a fully known scalar, else None."""
    if isinstance(value, Literal) and value.value is not None:
        return display(value)
    return None
