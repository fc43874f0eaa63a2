"""Gives every `${…}` of a service its value, as far as the scanned files tell it.

A value that is taken over whole keeps the place where it is written (also in another file), so that what is wrong in
`custom` or `provider` is one finding there; a text put together from parts stands where it is put together. Nothing
is read from the environment, nothing runs, and files are read only inside of the root.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Tagged, Text, Unknown, Value, display
from casemate.sources.cloudformation.intrinsics import concatenate
from casemate.sources.serverless import expressions
from casemate.sources.serverless.expressions import Constant, Syntax
from casemate.sources.serverless.lookups import Lookups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

MAX_DEPTH = 400
"""Steps that one value may be away from what it refers to: readers recurse."""
MAX_SUBSTITUTED = 400_000
"""Nodes that variables of one service may bring in, all copies counted (values that double at each step)."""
MAX_BRANCHES = 8
HOLE = "\0"
"""Stands in an address for a part that is not known."""
_HOP = 8


class Variables:
    """The variables of one service. `root`: the parsed file; `path`: where it stands in the tree."""

    def __init__(self, tree: Tree, path: str, root: Fields, options: Options, syntax: Syntax | None = None) -> None:
        self.root = root
        self.syntax = syntax or Syntax()
        self.diagnostics: list[Diagnostic] = []
        self.lookups = Lookups(self, tree, path, options)
        self._done: dict[int, tuple[Value, Value]] = {}
        self._sizes: dict[int, tuple[Value, int]] = {}
        self._active: set[int] = set()
        self._depth = 0
        self._substituted = 0

    def report(self, code: str, message: str, at: Span, hint: str | None = None) -> None:
        """Note a problem, once for each place."""
        found = Diagnostic(code, message, at, "warning", hint)
        if found not in self.diagnostics:
            self.diagnostics.append(found)

    # -- the walk
    # -------------------------------------------------------------------------------------------------------
    def resolve(self, value: Value) -> Value:
        """`value` with every variable in it replaced. Unchanged parts are shared."""
        if isinstance(value, Literal):
            text = value.value
            if not isinstance(text, str) or self.syntax.opening not in text:
                return value
        elif not isinstance(value, Fields | Items | Tagged):
            return value
        known = self._done.get(id(value))
        if known is not None:
            return known[1]
        if id(value) in self._active and isinstance(value, Literal):
            return self._cycle(value)
        if self._depth > MAX_DEPTH:
            self.report("too-deep", "variables refer to one another too deeply", value.at)
            return Unknown("variables refer to one another too deeply", value.at, "error")
        step = _HOP if isinstance(value, Literal) else 2
        self._depth += step
        self._active.add(id(value))
        found = self._resolved(value)
        self._active.discard(id(value))
        self._depth -= step
        self._done[id(value)] = (value, found)
        return found

    def _resolved(self, value: Value) -> Value:
        match value:
            case Literal(value=str(text)):
                return self._text(text, value.at, value)
            case Fields(entries=entries):
                changed = {
                    key: new for key, entry in entries.items() if (new := self.resolve(entry.value)) is not entry.value
                }
                if not changed:
                    return value
                return Fields(
                    {key: Entry(entry.key_at, changed.get(key, entry.value)) for key, entry in entries.items()},
                    value.at,
                )
            case Items(items=items):
                resolved = [self.resolve(item) for item in items]
                return (
                    value
                    if all(new is old for new, old in zip(resolved, items, strict=True))
                    else Items(resolved, value.at)
                )
            case Tagged(tag=tag, value=inner):
                new = self.resolve(inner)
                return value if new is inner else Tagged(tag, new, value.at)
            case _:
                return value

    def _cycle(self, value: Literal) -> Unknown:
        message = f"the variable refers to itself: {display(value)[:80]}"
        self.report("variable-cycle", message, value.at, "break the circle")
        return Unknown(message, value.at, "error", display(value)[:200])

    # -- texts
    # ----------------------------------------------------------------------------------------------------------
    def _text(self, text: str, at: Span, written: Value) -> Value:
        found = list(expressions.pieces(text, self.syntax))
        if len(found) == 1 and found[0].expression is not None:
            value = self._expression(found[0].expression, at)
            return written if value is None else self._substitute(value, at)
        parts: list[Value] = []
        for piece in found:
            value = None if piece.expression is None else self._expression(piece.expression, at)
            if value is None:
                parts.append(Literal(piece.text, at))
            elif isinstance(value, Fields | Items | Tagged):
                parts.append(Unknown("a list, map or function inside of a text", at, "error", piece.text[:200]))
            else:
                parts.append(self._substitute(value, at))
        whole = concatenate(parts, at)
        if isinstance(whole, Literal) and whole.value == text:
            return written
        return self._substitute(whole, at)

    def _substitute(self, value: Value, at: Span) -> Value:
        """`value`, unless the service has brought in too much already."""
        self._substituted += self._size(value)
        if self._substituted <= MAX_SUBSTITUTED:
            return value
        self.report(
            "variable-bomb",
            f"variables expand to more than {MAX_SUBSTITUTED:,} values",
            at,
            "replace the nested variables by plain values",
        )
        return Unknown("variables expand to too much", at, "error")

    def _size(self, value: Value) -> int:
        match value:
            case Literal(value=str(text)):
                return 1 + len(text) // 32
            case Fields(entries=entries):
                children = [entry.value for entry in entries.values()]
            case Items(items=items):
                children = list(items)
            case Text(parts=parts):
                children = list(parts)
            case Cases(cases=cases):
                children = [case for _, case in cases]
            case Tagged(value=inner):
                children = [inner]
            case _:
                return 1
        known = self._sizes.get(id(value))
        if known is not None:
            return known[1]
        size = 1 + sum(self._size(child) for child in children)
        self._sizes[id(value)] = (value, size)
        return size

    # -- expressions
    # ----------------------------------------------------------------------------------------------------
    def _expression(self, expression: str, at: Span) -> Value | None:
        """The value of what stands between the delimiters; None when it is no variable of the framework."""
        cases: list[tuple[str, Value]] = []
        missing: Value | None = None
        for number, part in enumerate(expressions.alternatives(expression, self.syntax)):
            nested = list(expressions.pieces(part, self.syntax))
            if number and len(nested) == 1 and nested[0].expression is not None:
                value = self._expression(nested[0].expression, at)
                if value is not None and not (
                    isinstance(value, Unknown) and value.kind in {"parameter", "environment", "error"}
                ):
                    return _with(cases, value, at)
                missing = missing or value
                continue
            outcome = self._alternative(nested, at, first=number == 0)
            if outcome is None:
                return None
            value, certainty = outcome
            if certainty == "found":
                return _with(cases, value, at)
            if certainty == "deployed":
                cases.append((f"if {part[:60]} exists", value))
            else:
                missing = missing or value
        if cases:
            return cases[0][1] if len(cases) == 1 else Cases(cases, at)
        if isinstance(missing, Unknown) and missing.kind == "error":
            self.report("unresolved-variable", missing.reason, at)
        return missing

    def _alternative(self, nested: list[expressions.Piece], at: Span, *, first: bool) -> tuple[Value, str] | None:
        """(value, certainty) of one alternative, once for each text that its nested expressions may give."""
        options = list(self._written_out(nested, at))
        if len(options) == 1:
            return self._look_up(options[0][1], at, options[0][2], first=first)
        found = [(condition, self._look_up(text, at, unknown, first=first)) for condition, text, unknown in options]
        cases = [(condition, outcome[0]) for condition, outcome in found if outcome is not None]
        return (Cases(cases, at), "found") if cases else None

    def _look_up(self, text: str, at: Span, unknown: Unknown | None, *, first: bool) -> tuple[Value, str] | None:
        attempt = expressions.attempt(text, first=first)
        if attempt is None:
            return None
        if isinstance(attempt, Constant):
            return Literal(attempt.value, at), "found"
        if unknown is not None and not self.lookups.bears_hole(attempt):
            return Unknown(unknown.reason, at, unknown.kind, text.replace(HOLE, "?")), "missing"
        return self.lookups.find(attempt, at)

    def _written_out(self, nested: list[expressions.Piece], at: Span) -> Iterator[tuple[str, str, Unknown | None]]:
        """(condition, text, what is not known in it) of each text that the pieces may give together."""
        options: list[tuple[str, str, Unknown | None]] = [("", "", None)]
        for piece in nested:
            value = None if piece.expression is None else self._expression(piece.expression, at)
            if value is None:
                options = [(words, text + piece.text, unknown) for words, text, unknown in options]
                continue
            choices = [(words or "", leaf) for words, leaf in value.options()]
            if len(choices) * len(options) > MAX_BRANCHES:
                choices = [("", Unknown("one of many values", at, "conditional"))]
            options = [
                (" and ".join(word for word in (before, words) if word), text + _plain(leaf), unknown or _gap(leaf, at))
                for before, text, unknown in options
                for words, leaf in choices
            ]
        yield from options


def _with(cases: list[tuple[str, Value]], value: Value, at: Span) -> Value:
    return Cases([*cases, ("otherwise", value)], at) if cases else value


def _plain(value: Value) -> str:
    return display(value) if isinstance(value, Literal | Reference) else HOLE


def _gap(value: Value, at: Span) -> Unknown | None:
    if isinstance(value, Literal | Reference):
        return None
    return value if isinstance(value, Unknown) else Unknown("a part of the variable is not known", at, "function")
