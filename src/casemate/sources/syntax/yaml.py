"""YAML text -> `Value`s, through libyaml's event parser.

Scalars are typed by the YAML 1.2 core schema, narrowly: `true`/`false`/`null` and canonical integers. `on`, `yes`,
`012`, `3.10` and dates stay text, so
that no account id, version or key is mangled. Spans: libyaml counts code points; the end of a block is trimmed to its
last child.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Tagged, Value
from casemate.sources.syntax.document import MAX_DEPTH, MAX_EXPANDED, Document

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_SCALAR, _MAPPING_END, _SEQUENCE_END = yaml.ScalarEvent, yaml.MappingEndEvent, yaml.SequenceEndEvent
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_OF_INTEGERS = frozenset("-0123456789")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_CORE_TAG = "tag:yaml.org,2002:"
_MAX_INTEGER_DIGITS = 18
_new = tuple.__new__  # a Span without the detour through its own __new__
_TEMPLATE = re.compile(r"^\s*\{\{[-%{ ]|^\s*\{%|<%", re.MULTILINE)


class _Refused(Exception):  # noqa: N818 - a signal inside this module
    def __init__(self, code: str, message: str, at: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, at, "error", hint)


def _bomb(at: Span) -> _Refused:
    hint = "replace the nested aliases by plain text"
    return _Refused("alias-bomb", f"aliases expand to more than {MAX_EXPANDED:,} nodes", at, hint)


def parse(text: str, path: str) -> Document:
    """The first document of a YAML text. Never raises."""
    return next(documents(text, path))


def documents(text: str, path: str) -> Iterator[Document]:
    """Every document of a YAML stream (at least one); stops at the first that cannot be parsed."""
    found = False
    try:
        reader = _Reader(text, path)
        while (root := reader.document()) is not None:
            found = True
            yield Document(root, tuple(reader.diagnostics))
            reader.diagnostics.clear()
    except _Refused as refused:
        yield Document(None, (refused.diagnostic,))
        return
    except UnicodeEncodeError:  # half of a surrogate pair, which no file decodes to
        yield Document(None, (Diagnostic("yaml-syntax", "not valid Unicode", Span(path, 1, 1, 1, 1)),))
        return
    except yaml.YAMLError as error:
        yield Document(None, (_syntax_error(error, text, path),))
        return
    except RecursionError:
        yield Document(
            None, (Diagnostic("too-deep", f"nested deeper than {MAX_DEPTH} levels", Span(path, 1, 1, 1, 1)),)
        )
        return
    if not found:
        yield Document(
            None, (Diagnostic("empty-document", "the file holds no document", Span(path, 1, 1, 1, 1), "warning"),)
        )


def _syntax_error(error: yaml.YAMLError, text: str, path: str) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    hint = "correct the YAML; nothing in this file was evaluated"
    if _TEMPLATE.search(text):
        hint = "this looks like a template (Jinja, Helm, ERB): scan what it renders to"
    return Diagnostic(
        "yaml-syntax", f"not valid YAML: {problem}", Span(path, line, column, line, column + 1), "error", hint
    )


class _Reader:
    """Builds one `Value` tree a document from libyaml's events."""

    def __init__(self, text: str, path: str) -> None:
        self._parser = _LOADER(text)
        self._path = path
        self._anchors: dict[str, tuple[Value, int]] = {}
        self.diagnostics: list[Diagnostic] = []

    def document(self) -> Value | None:
        next_event = self._parser.get_event
        event = next_event()
        while event is not None and not isinstance(event, yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return None
            event = next_event()
        if event is None:
            return None
        self._anchors = {}
        value, _ = self._node(next_event(), 0)
        next_event()
        return value

    def _node(self, event: Any, depth: int) -> tuple[Value, int]:  # noqa: ANN401 - an event of libyaml, untyped
        """The value that starts with `event`, and how many nodes it stands for with aliases expanded."""
        kind = type(event)
        if kind is _SCALAR:
            value: Value = self._scalar(event)
            size = 1
        elif kind is yaml.AliasEvent:
            if event.anchor not in self._anchors:
                raise _Refused("yaml-alias", f"alias *{event.anchor} has no anchor before it", self._span(event))
            return self._anchors[event.anchor]
        elif depth > MAX_DEPTH:
            raise _Refused("too-deep", f"nested deeper than {MAX_DEPTH} levels", self._span(event))
        elif kind is yaml.MappingStartEvent:
            value, size = self._mapping(event, depth)
        else:
            value, size = self._sequence(event, depth)
        if size > MAX_EXPANDED:
            raise _bomb(self._span(event))
        tag = event.tag
        if tag is not None and tag != "!" and not tag.startswith(_CORE_TAG):
            start = event.start_mark
            value = Tagged(
                tag, value, Span(self._path, start.line + 1, start.column + 1, value.at.end_line, value.at.end_column)
            )
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, size)
        return value, size

    def _scalar(self, event: Any) -> Literal:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        line, last, column = start.line + 1, end.line + 1, end.column + 1
        if column == 1 and last > line:  # a block scalar's mark runs to the next token
            last, column = last - 1, 1_000_000
        return Literal(_typed(event), _new(Span, (self._path, line, start.column + 1, last, column)))

    def _mapping(self, event: Any, depth: int) -> tuple[Value, int]:  # noqa: ANN401
        next_event = self._parser.get_event
        entries: dict[str, Entry] = {}
        merges: list[Value] = []
        size = 1
        last: Span | None = None
        item = next_event()
        while type(item) is not _MAPPING_END:
            key_node, key_size = self._node(item, depth + 1)
            value, value_size = self._node(next_event(), depth + 1)
            size += key_size + value_size
            last = value.at if type(value) is not Literal or value.value is not None else key_node.at
            key = _key(key_node)
            if key == "<<":
                merges.append(value)
            else:
                if key in entries:
                    message = f"key {key[:60]!r} stands twice; the last one counts"
                    self.diagnostics.append(
                        Diagnostic("duplicate-key", message, key_node.at, "warning", "remove one of them")
                    )
                entries[key] = Entry(key_node.at, value)
            item = next_event()
        if merges and size > MAX_EXPANDED:  # before the work is done, not after
            raise _bomb(self._span(event))
        for merged in merges:
            for source in merged.items if isinstance(merged, Items) else (merged,):
                if isinstance(source, Fields):
                    for key, entry in source.entries.items():
                        entries.setdefault(key, entry)
        return Fields(entries, self._block(event, item, last)), size

    def _sequence(self, event: Any, depth: int) -> tuple[Value, int]:  # noqa: ANN401
        next_event = self._parser.get_event
        items: list[Value] = []
        size = 1
        item = next_event()
        while type(item) is not _SEQUENCE_END:
            value, value_size = self._node(item, depth + 1)
            items.append(value)
            size += value_size
            item = next_event()
        return Items(items, self._block(event, item, items[-1].at if items else None)), size

    def _block(self, start_event: Any, end_event: Any, last: Span | None) -> Span:  # noqa: ANN401
        """A flow collection ends at its bracket; a block one where its last child ends."""
        start = start_event.start_mark
        line = start.line + 1
        if start_event.flow_style or last is None or last.end_line < line:
            end = end_event.end_mark
            return _new(Span, (self._path, line, start.column + 1, end.line + 1, end.column + 1))
        return _new(Span, (self._path, line, start.column + 1, last.end_line, last.end_column))

    def _span(self, event: Any) -> Span:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        return Span(self._path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _typed(event: Any) -> str | int | bool | None:  # noqa: ANN401
    text: str = event.value
    if not event.implicit[0]:
        if event.tag == f"{_CORE_TAG}int" and _INTEGER.fullmatch(text):
            return int(text)
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _OF_INTEGERS and _INTEGER.fullmatch(text) and len(text.lstrip("-")) <= _MAX_INTEGER_DIGITS:
        return int(text)
    return text


def _key(node: Value) -> str:
    if not isinstance(node, Literal):
        return "?"
    value = node.value
    if type(value) is str:
        return value
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
