"""Evaluating expressions without executing anything.

What is known becomes a value, what is not becomes `Unknown` with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Text,
    Unknown,
    Value,
    display,
)
from casemate.sources.syntax.hcl_nodes import (
    Broken,
    Call,
    Conditional,
    ListOf,
    Lit,
    Loop,
    MapOf,
    Node,
    Operation,
    Path,
    Splat,
    Step,
    Template,
)
from casemate.sources.terraform import functions
from casemate.sources.terraform.documents import looks_structured, structured
from casemate.sources.terraform.operations import Attributed, attribute, binary, index, kind_of, mapped, truth, unary
from casemate.sources.terraform.text import MAX_CASES, compose, concatenate, without_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Protocol

    from casemate.model.location import Span

    class Names(Protocol):
        """What names mean: a module, seen from its expressions."""

        def named(self, root: str, steps: Sequence[Step], at: Span) -> tuple[Value, int] | None:
            """The value of `root` and the steps it takes up, or None for a name that is none."""

        def words(self, at: Span) -> str:
            """What is written at `at`."""

        def rests_on_default(self, at: Span) -> bool:
            """Whether the expression at `at` names variables of a root module that nobody gave a value."""

        def text_file(self, name: Value, at: Span) -> Value:
            """The text of a file."""

        def template_file(self, name: Value, variables: Value, at: Span) -> Value:
            """A template file with its variables filled in."""

        def exists(self, name: Value, at: Span) -> Value:
            """Whether a file exists."""

        def file_set(self, folder: Value, pattern: Value, at: Span) -> Value:
            """The files of a folder that fit a pattern."""

        def file_digest(self, function: str, name: Value, at: Span) -> Value:
            """`filemd5`, `filebase64sha256` and their kin."""


FILES = frozenset({
    "file", "templatefile", "fileexists", "fileset",
    "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512",
})  # fmt: skip
MAX_DEPTH = 90
MAX_STEPS = 500_000
"""Expressions and list elements evaluated for one root module; nested loops over long lists would go on for ever."""


class Scope:
    """Where an expression stands.

    Its module, and what loops and blocks bind (`each`, `count`, loop variables, iterators).
    """

    __slots__ = ("bindings", "names")

    def __init__(self, names: Names, bindings: Mapping[str, Value]) -> None:
        self.names: Final = names
        self.bindings: Final = bindings

    def binding(self, more: Mapping[str, Value]) -> Scope:
        """This scope with more bound."""
        return Scope(self.names, {**self.bindings, **more})


class Evaluator:
    """Evaluates expressions, within limits that hold for a root module with all that it calls."""

    def __init__(self) -> None:
        self.steps = 0
        self._depth = 0
        self._handlers: dict[type[Node], Callable[..., Value]] = {
            Lit: self._lit,
            Template: self._template,
            Path: self._path,
            Call: self._call,
            Conditional: self._conditional,
            ListOf: self._list,
            MapOf: self._map,
            Loop: self._loop,
            Operation: self._operation,
            Broken: self._broken,
        }

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """The value of an expression. Never raises."""
        self.steps += 1
        if self.steps > MAX_STEPS or self._depth > MAX_DEPTH:
            return Unknown("too much to evaluate", node.at, "error")
        self._depth += 1
        try:
            return self._handlers[type(node)](node, scope)
        finally:
            self._depth -= 1

    # -- simple ------------------------------------------------------------------------------------------------
    def _lit(self, node: Lit, _: Scope) -> Value:
        return Absent(node.at) if node.value is None else Literal(node.value, node.at)

    def _broken(self, node: Broken, _: Scope) -> Value:
        return Unknown("could not be parsed", node.at, "error")

    def _list(self, node: ListOf, scope: Scope) -> Value:
        return Items([self.evaluate(item, scope) for item in node.items], node.at)

    def _map(self, node: MapOf, scope: Scope) -> Value:
        entries: dict[str, Entry] = {}
        for key, value in node.entries:
            name = key.value if type(key) is Lit else display(self.evaluate(key, scope))
            entries[name if isinstance(name, str) else display(Literal(name, key.at))] = Entry(
                key.at, self.evaluate(value, scope)
            )
        return Fields(entries, node.at)

    def _template(self, node: Template, scope: Scope) -> Value:
        parts = [self.evaluate(part, scope) for part in node.parts]
        if len(parts) == 1 and not isinstance(node.parts[0], Lit) and not node.is_heredoc:
            return parts[0]
        first = parts[0] if parts else None
        keep = node.is_heredoc or (isinstance(first, Literal) and looks_structured(display(first)))
        return compose(parts, node.at, keep=keep)

    # -- paths -------------------------------------------------------------------------------------------------
    def _path(self, node: Path, scope: Scope) -> Value:
        root, steps = node.root, node.steps
        if not isinstance(root, str):
            return self._follow(self.evaluate(root, scope), steps, scope, node.at)
        bound = scope.bindings.get(root)
        if bound is not None:
            return self._follow(bound, steps, scope, node.at)
        found = scope.names.named(root, steps, node.at)
        if found is None:
            words = scope.names.words(node.at)
            return Unknown(f"{words} names nothing that is declared", node.at, "error", words)
        value, used = found
        return self._follow(value, steps[used:], scope, node.at) if len(steps) > used else value

    def _follow(self, value: Value, steps: Sequence[Step], scope: Scope, at: Span) -> Value:
        for number, step in enumerate(steps):
            if isinstance(step, str):
                value = attribute(value, step, at)
            elif isinstance(step, Splat):
                if step.is_full:
                    return self._splat(value, (*step.steps, *steps[number + 1 :]), scope, at)
                value = self._splat(value, step.steps, scope, at)
            else:
                value = index(value, self.evaluate(step, scope), at)
        return value

    def _splat(self, value: Value, steps: Sequence[Step], scope: Scope, at: Span) -> Value:
        match value:
            case Items(items=items):
                return Items([self._follow(item, steps, scope, at) for item in items], at)
            case Absent():
                return Items([], at)
            case Reference(attribute=None) | Attributed():
                return Items([self._follow(value, steps, scope, at)], at)
            case Reference(target=target, attribute=name):
                return self._follow(Reference(target, f"{name}.*", at), steps, scope, at)
            case Cases(cases=cases):
                return Cases([(words, self._splat(case, steps, scope, at)) for words, case in cases], at)
            case Unknown(reason=reason, kind=kind, source=source):
                return Unknown(reason, at, kind, f"{source}[*]")
            case _:
                return Items([self._follow(value, steps, scope, at)], at)

    # -- alternatives ------------------------------------------------------------------------------------------
    def _conditional(self, node: Conditional, scope: Scope) -> Value:
        test = self.evaluate(node.test, scope)
        known = truth(test)
        if known is not None and not scope.names.rests_on_default(node.test.at):
            return self.evaluate(node.then if known else node.otherwise, scope)
        then, otherwise = self.evaluate(node.then, scope), self.evaluate(node.otherwise, scope)
        if isinstance(then, Literal) and isinstance(otherwise, Literal) and then.value == otherwise.value:
            return then
        options = without_cases(test)
        if isinstance(test, Cases) and options is not None and all(truth(option) is not None for _, option in options):
            return Cases(
                [(words or "otherwise", then if truth(option) else otherwise) for words, option in options], node.at
            )
        words = scope.names.words(node.test.at)
        return Cases([(f"if {words}", then), (f"else of {words}", otherwise)], node.at)

    def _operation(self, node: Operation, scope: Scope) -> Value:
        right = self.evaluate(node.right, scope)
        if node.left is None:
            return mapped(right, lambda value: unary(node.operator, value, node.at), node.at)
        left = self.evaluate(node.left, scope)
        if isinstance(left, Cases) or isinstance(right, Cases):
            lefts, rights = without_cases(left), without_cases(right)
            if lefts is not None and rights is not None and len(lefts) * len(rights) <= MAX_CASES:
                return Cases(
                    [
                        (
                            " and ".join(dict.fromkeys(words for words in (one, other) if words)),
                            binary(node.operator, a, b, node.at),
                        )
                        for one, a in lefts
                        for other, b in rights
                    ],
                    node.at,
                )
        return binary(node.operator, left, right, node.at)

    # -- loops -------------------------------------------------------------------------------------------------
    def _loop(self, node: Loop, scope: Scope) -> Value:
        return mapped(
            self.evaluate(node.collection, scope), lambda collection: self._over(node, collection, scope), node.at
        )

    def _over(self, node: Loop, collection: Value, scope: Scope) -> Value:
        if not isinstance(collection, Items | Fields | Absent):
            kind = collection.kind if isinstance(collection, Unknown) else "attribute"
            reason = "a loop over a value that exists only after deployment"
            if isinstance(collection, Unknown):
                reason = collection.reason
            return Unknown(reason, node.at, kind, f"for … in {display(collection)}")
        if node.key is None:
            values = [value for _, value in self._rounds(node, collection, scope)]
            return compose(values, node.at, keep=True) if node.joins else Items(values, node.at)
        entries: dict[str, Entry] = {}
        groups: dict[str, list[Value]] = {}
        for inner, value in self._rounds(node, collection, scope):
            name = self.evaluate(node.key, inner)
            if node.grouped:
                groups.setdefault(display(name), []).append(value)
            else:
                entries[display(name)] = Entry(name.at, value)
        if node.grouped:
            return Fields({key: Entry(node.at, Items(values, node.at)) for key, values in groups.items()}, node.at)
        return Fields(entries, node.at)

    def _rounds(self, node: Loop, collection: Items | Fields | Absent, scope: Scope) -> Iterator[tuple[Scope, Value]]:
        """The scope and the value of each round that the loop's `if` lets through, or may let through."""
        for key, item in _pairs(collection, node.at):
            bound = {node.names[0]: item} if len(node.names) == 1 else dict(zip(node.names, (key, item), strict=False))
            inner = scope.binding(bound)
            passes = True if node.test is None else truth(self.evaluate(node.test, inner))
            if passes is False:
                continue
            value = self.evaluate(node.value, inner)
            if passes is None and node.test is not None:
                words = scope.names.words(node.test.at)
                value = Cases([(f"if {words}", value), (f"else of {words}", Absent(value.at))], value.at)
            yield inner, value

    # -- calls -------------------------------------------------------------------------------------------------
    def _call(self, node: Call, scope: Scope) -> Value:
        name = node.name.removeprefix("core::")
        if name in {"try", "can"}:
            return self._attempt(name, node, scope)
        arguments = [self.evaluate(argument, scope) for argument in node.arguments]
        if node.spreads and arguments:
            last = arguments.pop()
            if not isinstance(last, Items):
                return Unknown(f"{name}() of a list that is not known", node.at, kind_of(last), f"{name}(…)")
            arguments.extend(last.items)
        if not arguments:
            return Unknown(f"{name}() is known only when it is applied", node.at, "function", f"{name}()")
        names = scope.names
        if name in FILES:
            return _of_files(name, arguments, names, node.at)
        match name:
            case "jsonencode" | "yamlencode":
                return _encoded(arguments[0], node.at)
            case "jsondecode" | "yamldecode":
                return mapped(arguments[0], lambda value: _decoded(name, value, node.at), node.at)
            case "abspath" | "pathexpand":
                return arguments[0]
            case _:
                result = functions.call(name, arguments, node.at)
                if isinstance(result, Items):
                    self.steps += len(result.items)
                return result

    def _attempt(self, name: str, node: Call, scope: Scope) -> Value:
        """`try` gives the first argument without an error, `can` whether there is none."""
        value: Value = Unknown(f"{name}() needs an argument", node.at, "error")
        for argument in node.arguments:
            value = self.evaluate(argument, scope)
            failed = _has_error(value)
            if name == "can":
                return (
                    Literal(not failed, node.at)
                    if failed or not isinstance(value, Unknown)
                    else Unknown(value.reason, node.at, value.kind)
                )
            if not failed:
                return value
        return value


MAX_LOOKED_AT = 2000
"""Parts of one value that are looked at for an error."""


def _has_error(value: Value) -> bool:
    """Whether evaluating it fails: an error in any part is one of the whole (`try([each.value.x], [])`)."""
    stack, seen = [value], 0
    while stack and seen < MAX_LOOKED_AT:
        seen += 1
        match stack.pop():
            case Unknown(kind="error"):
                return True
            case Items(items=items):
                stack.extend(items)
            case Fields(entries=entries):
                stack.extend(entry.value for entry in entries.values())
            case Text(parts=parts):
                stack.extend(parts)
            case _:
                pass
    return False


def _of_files(name: str, arguments: list[Value], names: Names, at: Span) -> Value:
    """A function that looks at files."""
    match name:
        case "file":
            return names.text_file(arguments[0], at)
        case "templatefile":
            return names.template_file(arguments[0], arguments[1] if len(arguments) > 1 else Fields({}, at), at)
        case "fileexists":
            return names.exists(arguments[0], at)
        case "fileset":
            return names.file_set(arguments[0], arguments[-1], at)
        case _:
            return names.file_digest(name, arguments[0], at)


def _pairs(collection: Items | Fields | Absent, at: Span) -> Iterator[tuple[Value, Value]]:
    """(key or number, element) of each element."""
    if isinstance(collection, Items):
        for number, item in enumerate(collection.items):
            yield Literal(number, at), item
    elif isinstance(collection, Fields):
        for key, entry in collection.entries.items():
            yield Literal(key, entry.key_at), entry.value


def _encoded(value: Value, at: Span) -> Value:
    """Structured values stay structured: whoever reads the text would parse it again."""
    if isinstance(value, Literal) and isinstance(value.value, str):
        return concatenate([Literal('"', at), value, Literal('"', at)], at)
    return value


def _decoded(name: str, value: Value, at: Span) -> Value:
    if isinstance(value, Unknown):
        return Unknown(value.reason, at, value.kind, f"{name}({value.source})")
    found = structured(value, yaml=name == "yamldecode")
    return Unknown(f"{name}() of a text that is not known", at, "function", f"{name}(…)") if found is None else found
