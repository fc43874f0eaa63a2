"""XML of build tools, read safely: no document type, no entity of its own, bounded depth and size; places kept.

A small tree instead of `xml.etree`, which keeps no places. Namespaces are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 100
MAX_NODES = 200_000


class Node:
    """One element. `at`: its start tag's name, `text_at`: where its text starts (exact for text on one line)."""

    __slots__ = ("at", "attributes", "children", "tag", "text", "text_at")

    def __init__(self, tag: str, at: Span, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.at = at
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""
        self.text_at: Span | None = None

    def child(self, tag: str) -> Node | None:
        """The first child with this name."""
        return next((node for node in self.children if node.tag == tag), None)

    def find(self, *tags: str) -> Iterator[Node]:
        """Every descendant along a path of names."""
        if not tags:
            yield self
            return
        for node in self.children:
            if node.tag == tags[0]:
                yield from node.find(*tags[1:])

    def walk(self, tag: str) -> Iterator[Node]:
        """Every descendant with this name."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            if node.tag == tag:
                yield node
            waiting.extend(reversed(node.children))

    def value(self, tag: str) -> str:
        """The stripped text of a child, empty when there is none."""
        node = self.child(tag)
        return node.text.strip() if node else ""


class _Refused(Exception):  # noqa: N818 - a signal inside this module
    pass


def parse(path: str, data: bytes) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The root element, or None and why."""
    reader = _Reader(path, data)
    try:
        return reader.read(), ()
    except _Refused as refused:
        message = str(refused)
    except (expat.ExpatError, ValueError, LookupError) as error:
        message = f"not valid XML: {error}"
    line = max(reader.line, 1)
    return None, (Diagnostic("xml-syntax", message, Span(path, line, 1, line, 1), "warning"),)


class _Reader:
    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        self._rows = data.split(b"\n")
        self._stack: list[Node] = []
        self._root: Node | None = None
        self._nodes = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = False  # so that each text is told with its own place
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartDoctypeDeclHandler = self._doctype

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def read(self) -> Node | None:
        self._parser.Parse(self._data, True)
        return self._root

    def _place(self, length: int, skip: int) -> Span:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + skip
        row = self._rows[line - 1] if line <= len(self._rows) else b""
        start = len(row[:column].decode("utf-8", "replace")) + 1
        return Span(self._path, line, start, line, start + length)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._stack) >= MAX_DEPTH or self._nodes > MAX_NODES:
            raise _Refused(f"deeper than {MAX_DEPTH} levels or more than {MAX_NODES:,} elements; not read")
        tag = name.rpartition(" ")[2]
        node = Node(tag, self._place(len(tag), 1), {key.rpartition(" ")[2]: text for key, text in attributes.items()})
        if self._stack:
            self._stack[-1].children.append(node)
        else:
            self._root = node
        self._stack.append(node)

    def _end(self, _: str) -> None:
        self._stack.pop()

    def _text(self, text: str) -> None:
        if self._stack:
            node = self._stack[-1]
            if node.text_at is None and text.strip():
                lead = len(text) - len(text.lstrip())
                node.text_at = self._place(len(text.strip()), lead if "\n" not in text[:lead] else 0)
            node.text += text

    def _entity(self, *_: object) -> None:
        raise _Refused("declares entities of its own; not read")

    def _doctype(self, *_: object) -> None:
        raise _Refused("has a document type; not read")
