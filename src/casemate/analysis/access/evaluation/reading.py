"""JSON text as plain values, with the place of every element: for policies that people keep in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.model.location import Span
from casemate.model.value import Fields, Items, Literal
from casemate.sources.syntax import json as json_syntax

if TYPE_CHECKING:
    from casemate.model.value import Value


@dataclass(frozen=True, slots=True)
class Text:
    """A JSON text. `plain`: its decoded value."""

    plain: object
    root: Value

    def locate(self, path: tuple[str | int, ...]) -> Span:
        """The place of an element, else of the innermost around it."""
        value, at = self.root, self.root.at
        for step in path:
            if isinstance(value, Fields) and isinstance(step, str) and step in value.entries:
                entry = value.entries[step]
                value, at = entry.value, entry.key_at.to(entry.value.at)
            elif isinstance(value, Items) and isinstance(step, int) and step < len(value.items):
                value = value.items[step]
                at = value.at
            else:
                break
        return at


def read_text(text: str, path: str) -> Text:
    """Parse a JSON text; `path` stands in its places. Raises `UsageError` where it is no JSON or a key stands twice."""
    document = json_syntax.parse(text, path)
    for diagnostic in document.diagnostics:
        raise UsageError(diagnostic.message, hint=diagnostic.hint, at=diagnostic.at)
    if document.root is None:
        raise UsageError("the file holds no JSON", hint="give one JSON object", at=Span(path, 1, 1, 1, 1))
    return Text(_plain(document.root), document.root)


def _plain(value: Value) -> object:
    """Depth is bounded by the parser."""
    match value:
        case Fields(entries=entries):
            return {key: _plain(entry.value) for key, entry in entries.items()}
        case Items(items=items):
            return [_plain(item) for item in items]
        case Literal(value=scalar):
            return scalar
        case _:
            return None
