"""The syntax tree of HCL: what was written, with exact spans, before anything is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.diagnostic import Diagnostic
    from casemate.model.location import Span


class Node:
    """An expression. Plain slotted classes, not dataclasses: a repository has hundreds of thousands of them."""

    __slots__ = ("at",)

    def __init__(self, at: Span) -> None:
        self.at = at


class Lit(Node):
    """A number, boolean, `null`, or a string (or one line of a template) without interpolation."""

    __slots__ = ("value",)

    def __init__(self, value: str | float | bool | None, at: Span) -> None:  # noqa: FBT001 - a scalar
        self.value: Final = value
        self.at = at


class Template(Node):
    """A quoted string or heredoc with parts.

    Lines of a heredoc are separate `Lit`s, so that each character's place is known.
    """

    __slots__ = ("is_heredoc", "parts")

    def __init__(self, parts: Sequence[Node], at: Span, *, is_heredoc: bool = False) -> None:
        self.parts: Final = parts
        self.is_heredoc: Final = is_heredoc
        self.at = at


class Splat:
    """`[*]` or `.*` with the attributes that are applied to each element.

    `is_full`: `[*]`, for which everything that follows is, too.
    """

    __slots__ = ("is_full", "steps")

    def __init__(self, steps: Sequence[Step], *, is_full: bool) -> None:
        self.steps: Final = steps
        self.is_full: Final = is_full


Step = str | Node | Splat
"""One step of a path: an attribute by name, an index expression, or a splat."""


class Path(Node):
    """A root (a name, or any expression) followed by steps: `var.x`, `aws_s3_bucket.b[0].arn`, `f(x)[*].id`."""

    __slots__ = ("root", "steps")

    def __init__(self, root: str | Node, steps: Sequence[Step], at: Span) -> None:
        self.root: Final = root
        self.steps: Final = steps
        self.at = at


class Call(Node):
    """A function call; `spreads`: its last argument ends in `...`."""

    __slots__ = ("arguments", "name", "spreads")

    def __init__(self, name: str, arguments: Sequence[Node], at: Span, *, spreads: bool = False) -> None:
        self.name: Final = name
        self.arguments: Final = arguments
        self.spreads: Final = spreads
        self.at = at


class Conditional(Node):
    """`test ? then : otherwise`, also as `%{ if }` in a template."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Node, then: Node, otherwise: Node, at: Span) -> None:
        self.test: Final = test
        self.then: Final = then
        self.otherwise: Final = otherwise
        self.at = at


class ListOf(Node):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Node], at: Span) -> None:
        self.items: Final = items
        self.at = at


class MapOf(Node):
    """`{ a = b }`; a bare name as key is a `Lit`."""

    __slots__ = ("entries",)

    def __init__(self, entries: Sequence[tuple[Node, Node]], at: Span) -> None:
        self.entries: Final = entries
        self.at = at


class Loop(Node):
    """A for expression. `key`.

    None for a list; `grouped`: `...` after the value; `joins`: it is a `%{ for }` of a template.
    """

    __slots__ = ("collection", "grouped", "joins", "key", "names", "test", "value")

    def __init__(
        self,
        names: Sequence[str],
        collection: Node,
        key: Node | None,
        value: Node,
        test: Node | None,
        at: Span,
        *,
        grouped: bool = False,
        joins: bool = False,
    ) -> None:
        self.names: Final = names
        self.collection: Final = collection
        self.key: Final = key
        self.value: Final = value
        self.test: Final = test
        self.grouped: Final = grouped
        self.joins: Final = joins
        self.at = at


class Operation(Node):
    """`left operator right`, or `operator right` when left is None."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, left: Node | None, operator: str, right: Node, at: Span) -> None:
        self.left: Final = left
        self.operator: Final = operator
        self.right: Final = right
        self.at = at


class Broken(Node):
    """An expression that could not be parsed; a Diagnostic says where."""

    __slots__ = ()


class Argument:
    """`name = value`."""

    __slots__ = ("key_at", "value")

    def __init__(self, key_at: Span, value: Node) -> None:
        self.key_at: Final = key_at
        self.value: Final = value


class Body:
    """Arguments by name and blocks in order."""

    __slots__ = ("arguments", "blocks")

    def __init__(self) -> None:
        self.arguments: dict[str, Argument] = {}
        self.blocks: list[Block] = []


class Block:
    """`type "label" "label" { … }`. `type_at`: the keyword; `at`: the whole block."""

    __slots__ = ("at", "body", "labels", "type", "type_at")

    def __init__(self, type_: str, labels: Sequence[tuple[str, Span]], body: Body, type_at: Span, at: Span) -> None:
        self.type: Final = type_
        self.labels: Final = labels
        self.body: Final = body
        self.type_at: Final = type_at
        self.at = at


class File:
    """A parsed file. `is_partial`: something in it could not be parsed, the rest is here."""

    __slots__ = ("body", "diagnostics", "is_partial", "lines", "path")

    def __init__(self, path: str, text: str, body: Body, diagnostics: Sequence[Diagnostic]) -> None:
        self.path: Final = path
        self.lines: Final = text.split("\n")
        self.body: Final = body
        self.diagnostics: Final = tuple(diagnostics)
        self.is_partial: Final = any(diagnostic.level == "error" for diagnostic in diagnostics)

    def words(self, at: Span) -> str:
        """What is written at `at`, on one line, for conditions in words."""
        if at.path != self.path or at.end_line > len(self.lines):
            return "?"
        lines = self.lines[at.start_line - 1 : at.end_line]
        lines[-1] = lines[-1][: at.end_column - 1]
        lines[0] = lines[0][at.start_column - 1 :]
        text = " ".join(" ".join(lines).split())
        return text if len(text) <= MAX_WORDS else f"{text[: MAX_WORDS - 1]}…"


MAX_WORDS = 120
"""Longer expressions are cut where they are quoted."""
