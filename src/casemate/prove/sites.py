"""Sinks that tell what they are given: `os.system(x)` becomes `os.system(_seen_(3, 0, (x)))`.

The copy in the sandbox is changed, never the developer's file. Lines stay where they are, and a value passes through
unchanged, so that the program does what it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.prove.observing import RECEIVER, RESULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node, Parser

    from casemate.model.location import Span

HOOK = "_casemate_seen_"
_WITH_RECEIVER = frozenset({"path"})
_WITH_RESULT = frozenset({"xxe", "deserialization", "code", "ssrf", "path"})


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text put in front of a byte; `order` decides among those at one byte."""

    at: int
    order: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Edits:
    """Insertions and replacements ((start, end, text)) of one file, and the names of each site's arguments."""

    insertions: tuple[Insertion, ...]
    slots: dict[int, tuple[str, ...]]


def parser_for(suffix: str) -> Parser:
    """A parser of the language of a suffix; several may work at once, each with its own."""
    from tree_sitter import Language, Parser

    if suffix == "py":
        import tree_sitter_python

        return Parser(Language(tree_sitter_python.language()))
    if suffix in {"ts", "mts", "cts", "tsx"}:
        import tree_sitter_typescript

        tsx = suffix == "tsx"
        grammar = tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript()
        return Parser(Language(grammar))
    import tree_sitter_javascript

    return Parser(Language(tree_sitter_javascript.language()))


def tree_of(path: str, source: bytes) -> Node:
    """The syntax tree of a file."""
    return parser_for(path.rpartition(".")[2].lower()).parse(source).root_node


def edits(root: Node, source: bytes, sinks: Iterable[tuple[int, str, Span]]) -> Edits:
    """What to insert for these sinks: (number of the site, kind, span). A span that is no expression gives no site."""
    starts = _line_starts(source)
    found: list[Insertion] = []
    slots: dict[int, tuple[str, ...]] = {}
    for number, kind, span in sinks:
        start = _byte(source, starts, span.start_line, span.start_column)
        end = _byte(source, starts, span.end_line, span.end_column)
        node = root.named_descendant_for_byte_range(start, max(start, end))
        if node is None:
            continue
        names: list[str] = []
        for name, inner, prefix in _parts(node, kind):
            place = len(names)
            names.append(name)
            own = inner.type == "generator_expression" and _is_the_call(inner)
            first, last = (inner.start_byte + 1, inner.end_byte - 1) if own else (inner.start_byte, inner.end_byte)
            found.append(Insertion(first, (1, -last), f"{prefix}{HOOK}({number},{place},("))
            found.append(Insertion(last, (0, -first), "))"))
        if names:
            slots[number] = tuple(names)
    return Edits(tuple(found), slots)


def _is_the_call(node: Node) -> bool:
    """Whether the brackets of a generator are those of the call that it is the only argument of."""
    return node.parent is not None and node.parent.type == "call"


def _parts(node: Node, kind: str) -> Iterator[tuple[str, Node, str]]:
    """(name, expression, text before it) of everything that a sink is given; the call itself comes last."""
    if node.type == "expression_statement" and node.named_child_count == 1:
        node = node.named_children[0]
    while node.type in {"parenthesized_expression", "await_expression", "await"} and node.named_child_count == 1:
        node = node.named_children[0]
    if node.type in {"call", "call_expression", "new_expression"}:
        yield from _of_call(node, kind)
    elif node.type == "return_statement":
        yield from (("value", one, "") for one in node.named_children[:1])
    elif node.type in {"assignment", "assignment_expression", "augmented_assignment"}:
        yield from _of_assignment(node)
    elif node.type == "pair":
        value = node.child_by_field_name("value")
        if value is not None:
            yield "value", value, ""
    elif node.type == "shorthand_property_identifier":
        name = (node.text or b"").decode("utf-8", "replace")
        yield "value", node, f"{name}: "
    elif node.type not in {"module", "program", "block", "statement_block", "function_definition", "class_definition"}:
        yield "value", node, ""


def _of_assignment(node: Node) -> Iterator[tuple[str, Node, str]]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    index = None
    if left is not None:
        index = left.child_by_field_name("subscript") or left.child_by_field_name("index")
    if index is not None and index.type != "slice":
        yield "key", index, ""
    if right is not None:
        yield "value", right, ""


def _of_call(node: Node, kind: str) -> Iterator[tuple[str, Node, str]]:
    callee = node.child_by_field_name("function")
    if kind in _WITH_RECEIVER and callee is not None and callee.type in {"attribute", "member_expression"}:
        owner = callee.child_by_field_name("object")
        if owner is not None and owner.type != "super":
            yield RECEIVER, owner, ""
    arguments = node.child_by_field_name("arguments")
    if arguments is not None and arguments.type in {"generator_expression", "template_string"}:
        if arguments.type == "generator_expression":
            yield "0", arguments, ""
    elif arguments is not None:
        yield from _of_arguments(arguments)
    bare = arguments is not None and not any(one.type != "comment" for one in arguments.named_children)
    if kind in _WITH_RESULT or bare:
        yield RESULT, node, ""


def _of_arguments(arguments: Node) -> Iterator[tuple[str, Node, str]]:
    place = 0
    for one in arguments.named_children:
        if one.type == "comment":
            continue
        if one.type == "keyword_argument":
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if name is not None and value is not None:
                yield (name.text or b"").decode("utf-8", "replace"), value, ""
            continue
        if one.type in {"list_splat", "dictionary_splat", "spread_element"}:
            yield f"*{place}", one.named_children[0], ""
            continue
        yield str(place), one, ""
        place += 1


def _line_starts(source: bytes) -> list[int]:
    starts = [0]
    at = source.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find(b"\n", at + 1)
    return starts


def _byte(source: bytes, starts: list[int], line: int, column: int) -> int:
    """The byte of a line and column of code points (both from 1)."""
    if line - 1 >= len(starts):
        return len(source)
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(source)
    text = source[start:end].decode("utf-8", "replace")
    return start + len(text[: column - 1].encode("utf-8", "replace"))


def applied(source: bytes, insertions: Iterable[Insertion], cuts: Iterable[tuple[int, int, str]] = ()) -> bytes:
    """The file with everything inserted and every `(start, end, text)` replaced."""
    pieces: list[bytes] = []
    at = 0
    changes: list[tuple[int, int, tuple[int, int], str]] = [(one.at, one.at, one.order, one.text) for one in insertions]
    changes += [(start, end, (0, 1), text) for start, end, text in cuts]
    for start, end, _, text in sorted(changes, key=lambda one: (one[0], one[2], one[1])):
        if start < at:
            continue
        pieces += (source[at:start], text.encode())
        at = max(at, end)
    pieces.append(source[at:])
    return b"".join(pieces)
