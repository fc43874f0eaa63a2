"""Values of a template with every expression resolved. Nothing is executed; what needs a deployment stays `Unknown`.

`if()` keeps both branches unless values that the user gave (`--param`, a parameter file) settle its condition: a
parameter's default is what one deployment takes, not what all do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Protocol, TypeVar

from casemate.model.resource import Parameter
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
    text_of,
)
from casemate.sources.arm.expression import Access, BadExpression, Call, Constant, Expression, inner, parse
from casemate.sources.arm.functions import FUNCTIONS, PASSED_THROUGH, from_json, scalar

if TYPE_CHECKING:
    from casemate.model.location import Span

T = TypeVar("T")
MAX_CASES = 8
MAX_COPIES = 64
_MAX_CHAIN = 40
MAX_NODES = 400_000
"""Values that one template may be evaluated to."""

_DEPLOYMENT_TIME = frozenset(
    {
        "resourcegroup",
        "subscription",
        "tenant",
        "managementgroup",
        "deployment",
        "environment",
        "deployer",
        "uniquestring",
        "guid",
        "newguid",
        "utcnow",
        "pickzones",
        "providers",
        "datetimeadd",
        "datetimefromepoch",
        "datetimetoepoch",
    }
)
_CHILD_FUNCTIONS = frozenset(
    {"resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid", "managementgroupresourceid"}
)
parsed = lru_cache(maxsize=4096)(parse)


class Declared(Protocol):
    """What references are resolved against: the resources of the template."""

    def find(self, type_: str, name: str) -> str | None:
        """The key of the resource with this full type and name, case ignored."""

    def named(self, name: str) -> str | None:
        """The key of the resource with this symbolic name, or with this name if only one has it."""

    def output(self, key: str, name: str) -> Value | None:
        """The output of a nested deployment."""


@dataclass(frozen=True, slots=True)
class UserFunction:
    """A function that the template declares."""

    parameters: tuple[str, ...]
    output: Value


@dataclass(slots=True)
class Budget:
    """Bounds the work on one template."""

    left: int = MAX_NODES


@dataclass(slots=True)
class Evaluator:
    """Resolves the values of one template (or nested deployment with its own scope)."""

    parameters: Mapping[str, Parameter]
    given: Mapping[str, Value]
    variables: Fields
    declared: Declared
    user: Mapping[str, UserFunction] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    inherited: Mapping[str, Value] = field(default_factory=dict)
    """Parameter values that a parent deployment passes."""
    copies: dict[str, int | None] = field(default_factory=dict)
    """Index of each enclosing copy loop; `""` is the innermost; None when the count is not known."""
    settled: bool = False
    """Whether only what the user gave counts, no defaults."""
    _known: dict[tuple[str, str, bool], Value] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)

    # -- the walk
    # -------------------------------------------------------------------------------------------------------
    def value(self, value: Value) -> Value:
        """`value` with every expression resolved. Unchanged subtrees are shared."""
        self.budget.left -= 1
        if self.budget.left < 0:
            return Unknown("the template is too large when evaluated", value.at, "error")
        match value:
            case Literal(value=str(text)):
                return self.text(text, value)
            case Literal(value=None):
                return Absent(value.at)
            case Fields():
                return self._fields(value)
            case Items(items=items):
                found = [self.value(item) for item in items]
                return (
                    value if all(new is old for new, old in zip(found, items, strict=True)) else Items(found, value.at)
                )
            case _:
                return value

    def text(self, text: str, value: Value) -> Value:
        """A string that may be an expression."""
        expression = inner(text)
        if expression is None:
            return Literal(text[1:], value.at) if text.startswith("[[") else value
        try:
            return self.expression(parsed(expression), value.at)
        except BadExpression as problem:
            return Unknown(str(problem), value.at, "error", text)

    def _fields(self, value: Fields) -> Value:
        changed = False
        entries: dict[str, Entry] = {}
        for key, entry in value.entries.items():
            if key == "copy" and isinstance(entry.value, Items) and _is_copy(entry.value):
                entries.update(self._property_copies(entry.value))
                changed = True
                continue
            found = self.value(entry.value)
            name = display(self.text(key, Literal(key, entry.key_at))) if key.startswith("[") else key
            changed = changed or found is not entry.value or name != key
            entries[name] = entry if found is entry.value else Entry(entry.key_at, found)
        return Fields(entries, value.at) if changed else value

    def _property_copies(self, copies: Items) -> dict[str, Entry]:
        """`copy: [{name, count, input}]` as the properties it stands for."""
        entries: dict[str, Entry] = {}
        for copy in copies.items:
            if (
                isinstance(copy, Fields)
                and (name := text_of(copy.get("name")))
                and (input_ := copy.get("input")) is not None
            ):
                at = copy.entries["name"].key_at
                entries[name] = Entry(
                    at, Items([self.copied(name, index).value(input_) for index in self.count(copy)], input_.at)
                )
        return entries

    def count(self, copy: Fields) -> list[int | None]:
        """The indexes of a copy loop; [None] when their number is not known."""
        count = copy.get("count")
        found = scalar(self.value(count)) if count is not None else None
        return list(range(min(found, MAX_COPIES))) if isinstance(found, int) else [None]

    def copied(self, name: str, index: int | None) -> Evaluator:
        """This evaluator inside one round of the copy loop `name`."""
        inside = Evaluator(
            self.parameters, self.given, self.variables, self.declared, self.user, self.budget, self.inherited
        )
        inside.copies = {**self.copies, name.lower(): index, "": index}
        inside.settled = self.settled
        inside._known, inside._open = self._known, self._open
        return inside

    # -- expressions
    # ----------------------------------------------------------------------------------------------------
    def expression(self, expression: Expression, at: Span) -> Value:
        """One expression; all that it gives stands at `at`."""
        self.budget.left -= 1
        match expression:
            case Constant(value=constant):
                return Literal(constant, at)
            case Access():
                return self._access(expression, at)
            case Call():
                return self._call(expression, at)

    def _access(self, access: Access, at: Span) -> Value:
        target, index = self.expression(access.target, at), self.expression(access.index, at)
        found = [(words, _member(case, index, access.text, at, self.declared)) for words, case in target.options()]
        return found[0][1] if len(found) == 1 else Cases([(words or "otherwise", case) for words, case in found], at)

    def _call(self, call: Call, at: Span) -> Value:
        name = call.name
        if name == "if":
            return self._if(call, at)
        if name in {"parameters", "variables"}:
            return self._lookup(call, at)
        if name in {"true", "false"}:
            return Literal(name == "true", at)
        if name == "null":
            return Absent(at)
        if name == "copyindex":
            return self._copy_index(call, at)
        arguments = [self.expression(argument, at) for argument in call.arguments]
        if name in _CHILD_FUNCTIONS:
            return self._resource_id(call, arguments, at)
        if name in {"reference", "managementgroup"} or name.startswith("list"):
            return self._runtime(call, arguments, at)
        if name in self.user:
            return self._user(self.user[name], arguments, at)
        if name in _DEPLOYMENT_TIME:
            return Unknown(f"{name}() is known only at deployment", at, "attribute", call.text)
        pure = FUNCTIONS.get(name)
        if pure is None:
            return Unknown(f"{name}() is not evaluated", at, "function", call.text)
        if not pure[0] <= len(arguments) <= pure[1]:
            return Unknown(f"{name}() with {len(arguments)} arguments", at, "error", call.text)
        return _over_cases(arguments, at, lambda chosen: _applied(call, pure[2](chosen, at), chosen, at))

    def _if(self, call: Call, at: Span) -> Value:
        if len(call.arguments) != 3:
            return Unknown("if() needs three arguments", at, "error", call.text)
        condition, yes, no = call.arguments
        judged = self.judge(condition, at)
        if judged is not None:
            return self.expression(yes if judged else no, at)
        words = _words(condition)
        return Cases([(f"if {words}", self.expression(yes, at)), (f"else of {words}", self.expression(no, at))], at)

    def judge(self, condition: Expression, at: Span) -> bool | None:
        """Whether a condition holds by literals and by what the user gave; None when both are possible."""
        before, self.settled = self.settled, True
        try:
            found = scalar(self.expression(condition, at))
        finally:
            self.settled = before
        return found if isinstance(found, bool) else None

    def _lookup(self, call: Call, at: Span) -> Value:
        wanted = text_of(self.expression(call.arguments[0], at)) if call.arguments else None
        if wanted is None:
            return Unknown(f"{call.name}() with a computed name", at, "function", call.text)
        key = (call.name, wanted.lower())
        if key in self._open or len(self._open) > _MAX_CHAIN:
            return Unknown(f"{call.name}('{wanted}') refers to itself", at, "error", call.text)
        self._open.add(key)
        try:
            memo = (*key, self.settled)
            if memo not in self._known:
                known = self._parameter(wanted, at) if call.name == "parameters" else self._variable(wanted, at)
                if not self.copies:
                    self._known[memo] = known
            else:
                known = self._known[memo]
        finally:
            self._open.discard(key)
        if isinstance(known, Literal) and known.at.path != at.path and _ignoring_case(self.inherited, wanted) is known:
            return known  # what another file passes to this one stands there: there it is put right
        return _placed(known, at)

    def _parameter(self, name: str, at: Span) -> Value:
        parameter = _ignoring_case(self.parameters, name)
        if parameter is None:
            return Unknown(f"parameter {name} is not declared", at, "error", name)
        given = _ignoring_case(self.given, name)
        if isinstance(given, Unknown):
            return Unknown(given.reason, at, given.kind, name)
        if parameter.secret:
            return Unknown(f"parameter {name} ({parameter.type}) is given at deployment", at, "secret-parameter", name)
        if given is not None:
            return given
        inherited = _ignoring_case(self.inherited, name)
        if inherited is not None:
            return inherited
        if parameter.default is None or self.settled:
            return Unknown(f"parameter {name} has no default", at, "parameter", name)
        return self.value(parameter.default)

    def _variable(self, name: str, at: Span) -> Value:
        found = _ignoring_case({key: entry.value for key, entry in self.variables.entries.items()}, name)
        if found is not None:
            return self.value(found)
        copies = self.variables.get("copy")
        if isinstance(copies, Items):
            for key, entry in self._property_copies(copies).items():
                if key.lower() == name.lower():
                    return entry.value
        return Unknown(f"variable {name} is not declared", at, "error", name)

    def _copy_index(self, call: Call, at: Span) -> Value:
        constants = [argument.value for argument in call.arguments if isinstance(argument, Constant)]
        name = next((constant.lower() for constant in constants if isinstance(constant, str)), "")
        offset = next((constant for constant in constants if isinstance(constant, int)), 0)
        index = self.copies.get(name)
        if index is None:
            return Unknown("how often this is copied is not known", at, "function", call.text)
        return Literal(index + offset, at)

    # -- resources
    # ------------------------------------------------------------------------------------------------------
    def _resource_id(self, call: Call, arguments: list[Value], at: Span) -> Value:
        """A `Reference` when the template declares the resource, else the id as far as it is known."""
        texts = [display(argument) for argument in arguments]
        start = 0
        if call.name == "extensionresourceid" and len(texts) > 1:
            start = 1
        while start < len(texts) and not ("/" in texts[start] and "." in texts[start].partition("/")[0]):
            start += 1
        if start >= len(texts) or "/subscriptions/" in texts[start]:
            return Unknown("the id of a resource that is not known", at, "attribute", call.text)
        type_, names = texts[start], texts[start + 1 :]
        key = self.declared.find(type_, "/".join(names))
        if key is not None:
            return Reference(key, None, at)
        provider, *kinds = type_.split("/")
        parts: list[Value] = [Literal(f"/providers/{provider}", at)]
        for kind, name in zip(kinds, arguments[start + 1 :], strict=False):
            parts += [Literal(f"/{kind}/", at), name]
        return FUNCTIONS["concat"][2](parts, at) or Unknown(
            "the id of a resource that is not known", at, "attribute", call.text
        )

    def _runtime(self, call: Call, arguments: list[Value], at: Span) -> Value:
        """`reference(…)` and `list…(…)`: attributes of a resource after deployment."""
        first = arguments[0] if arguments else None
        target = first.target if isinstance(first, Reference) else None
        if target is None and first is not None:
            target = self.declared.named(display(first).rpartition("/")[2])
        if target is None:
            return Unknown(
                f"{call.name}() of a resource that this template does not declare", at, "attribute", call.text
            )
        return Reference(target, call.text.partition("(")[0], at)

    def _user(self, function: UserFunction, arguments: list[Value], at: Span) -> Value:
        declared = {
            name: Parameter(name=name, at=at, type=None, default=None, secret=False) for name in function.parameters
        }
        passed = dict(zip(function.parameters, arguments, strict=False))
        inside = Evaluator(declared, {}, Fields({}, at), self.declared, {}, self.budget, passed)
        return _placed(inside.value(function.output), at)


def _is_copy(copies: Items) -> bool:
    return all(isinstance(copy, Fields) and "name" in copy.entries and "input" in copy.entries for copy in copies.items)


def _ignoring_case(table: Mapping[str, T], name: str) -> T | None:
    if name in table:
        return table[name]
    low = name.lower()
    return next((value for key, value in table.items() if key.lower() == low), None)


def _placed(value: Value, at: Span) -> Value:
    """A scalar that stands where it is used; what has parts keeps its own places, which are the exact ones."""
    match value:
        case Literal(value=found):
            return Literal(found, at)
        case Unknown(reason=reason, kind=kind, source=source):
            return Unknown(reason, at, kind, source)
        case Reference(target=target, attribute=attribute):
            return Reference(target, attribute, at)
        case Text(parts=parts):
            return Text(parts, at)
        case Absent():
            return Absent(at)
        case _:
            return value


def _over_cases(arguments: list[Value], at: Span, apply: Callable[[list[Value]], Value]) -> Value:
    if not any(isinstance(argument, Cases) for argument in arguments):
        return apply(arguments)
    options = [list(argument.options()) for argument in arguments]
    size = 1
    for option in options:
        size *= len(option)
    if size > MAX_CASES:
        return Unknown("too many alternatives", at, "conditional")
    found: list[tuple[str, Value]] = []
    for chosen in product(*options):
        words = list(dict.fromkeys(word for word, _ in chosen if word))
        if any(f"else of {word[3:]}" in words for word in words if word.startswith("if ")):
            continue
        found.append((" and ".join(words), apply([value for _, value in chosen])))
    return Cases(found, at)


def _applied(call: Call, found: Value | None, arguments: list[Value], at: Span) -> Value:
    """What a pure function gave, or why it could not."""
    if found is not None:
        return found
    if call.name in PASSED_THROUGH and isinstance(arguments[0], Text | Reference | Unknown):
        return arguments[0]
    blocking = next((argument for argument in arguments if isinstance(argument, Unknown)), None)
    if blocking is None:
        nested = (part for argument in arguments if isinstance(argument, Text) for part in argument.parts)
        blocking = next((part for part in nested if isinstance(part, Unknown)), None)
    if blocking is not None:
        return Unknown(blocking.reason, at, blocking.kind, call.text)
    return Unknown(f"{call.name}() of a value that is not known", at, "function", call.text)


def _member(target: Value, index: Value, text: str, at: Span, declared: Declared) -> Value:
    name = text_of(index)
    match target:
        case Fields(entries=entries) if name is not None:
            entry = _ignoring_case(entries, name)
            return Absent(at) if entry is None else _placed(entry.value, at)
        case Items(items=items) if isinstance(number := scalar(index), int):
            return (
                _placed(items[number], at)
                if -1 < number < len(items)
                else Unknown("an index outside of the list", at, "error", text)
            )
        case Reference(target=key, attribute=attribute):
            if attribute and attribute.lower() == "reference.outputs" and name is not None:
                found = declared.output(key, name)
                if found is not None:
                    return Fields({"value": Entry(at, found)}, at)
            step = f"[{name}]" if isinstance(scalar(index), int) else f".{name}"
            return Reference(key, f"{attribute or ''}{step}".lstrip("."), at)
        case Unknown(reason=reason, kind=kind):
            return Unknown(reason, at, kind, text)
        case _:
            return Unknown("part of a value that is not known", at, "function", text)


def _words(condition: Expression) -> str:
    """A condition as its author wrote it, shortened."""
    text = condition.text if isinstance(condition, Call | Access) else str(condition.value)
    return text if len(text) <= 100 else f"{text[:97]}…"


def decoded(value: Value) -> Value:
    """A JSON text as its value; anything else unchanged."""
    text = text_of(value)
    return (from_json(text, value.at) or value) if text is not None and text.lstrip()[:1] in {"{", "["} else value
