"""Every intrinsic function of CloudFormation, resolved to `Value`s; what needs a deployment stays `Unknown`.

Nothing is executed. `Fn::If` always keeps both branches, unless its condition is settled by values the user gave
(`--param`): a parameter's default is what one deployment takes, not what all do. Source: AWS CloudFormation Template
Reference Guide, "Intrinsic functions", "Pseudo parameters", "Dynamic references".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING

from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Tagged,
    Text,
    Unknown,
    UnknownKind,
    Value,
    display,
    text_of,
)
from casemate.sources.cloudformation.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.location import Span
    from casemate.model.resource import Parameter
    from casemate.sources.cloudformation.template import Template

MAX_CASES = 8
"""Most alternatives that a string put together from conditional parts is written out for."""
MAX_REGIONS = 12
_SUBSTITUTION = re.compile(r"\$\{(!?)([^{}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:(ssm-secure|ssm|secretsmanager):([^{}]*)\}\}")
_DYNAMIC_START = re.compile(r"\{\{resolve:(ssm-secure|ssm|secretsmanager):")
_DYNAMIC_KINDS: dict[str, UnknownKind] = {
    "ssm": "parameter-store",
    "ssm-secure": "secret-store",
    "secretsmanager": "secret-store",
}
_SHORT = {"!Ref": "Ref", "!Condition": "Condition"}


class Resolver:
    """Resolves the values of one template.

    `parameters`: what the user gave (`--param`, samconfig.toml, parameter files), by name; `bindings` the
    variables of enclosing `Fn::ForEach` loops.
    """

    def __init__(
        self, template: Template, parameters: Mapping[str, str], inherited: Mapping[str, Value] | None = None
    ) -> None:
        self._template = template
        self._given: dict[str, str] = dict(parameters)
        self._inherited: dict[str, Value] = dict(inherited or {})
        self.conditions = Conditions(template, self)
        self.bindings: dict[str, Value] = {}
        self.rounds = 0
        self._functions: dict[str, Callable[[Value, Span], Value]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_attribute,
            "Fn::Sub": self._substitute,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Base64": lambda value, _: self.resolve(value),
            "Fn::ToJsonString": lambda value, _: self.resolve(value),
            "Fn::ImportValue": self._import_value,
            "Fn::Length": self._length,
            "Fn::GetAZs": lambda _, at: Unknown(
                "availability zones are known only after deployment", at, "function", "AWS::AZs"
            ),
            "Fn::Cidr": lambda _, at: Unknown("Fn::Cidr is not evaluated", at, "function", "Fn::Cidr"),
            "Fn::Transform": lambda _, at: Unknown(
                "a macro or Fn::Transform is not evaluated", at, "program", "Fn::Transform"
            ),
            "Fn::GetStackOutput": lambda _, at: Unknown(
                "an output of another stack", at, "import", "Fn::GetStackOutput"
            ),
        }

    @property
    def given(self) -> Mapping[str, str]:
        """The parameter values that the user gave."""
        return self._given

    # -- the walk
    # -------------------------------------------------------------------------------------------------------
    def resolve(self, value: Value) -> Value:
        """`value` with every function resolved. Unchanged subtrees are shared."""
        match value:
            case Literal():
                return self._literal(value)
            case Fields(entries=entries):
                if len(entries) == 1:
                    key, entry = next(iter(entries.items()))
                    if key == "Ref" or key.startswith("Fn::"):
                        return self.call(key, entry.value, value.at)
                return self._fields(value)
            case Items(items=items):
                resolved = [self.resolve(item) for item in items]
                return (
                    value
                    if all(new is old for new, old in zip(resolved, items, strict=True))
                    else Items(resolved, value.at)
                )
            case Tagged(tag=tag, value=inner):
                return self.call(_SHORT.get(tag) or f"Fn::{tag.lstrip('!')}", inner, value.at)
            case _:
                return value

    def call(self, name: str, argument: Value, at: Span) -> Value:
        """One function applied to its unresolved argument. `at`: the whole call."""
        function = self._functions.get(name)
        if function is not None:
            return function(argument, at)
        if name.startswith("Fn::") and name[4:] in {"Equals", "And", "Or", "Not"}:
            settled = self.conditions.judge(Fields({name: Entry(at, argument)}, at))
            return Unknown("depends on a condition", at, "conditional") if settled is None else Literal(settled, at)
        return Unknown(f"{name} is not a function of CloudFormation that can be evaluated", at, "function", name)

    def _fields(self, value: Fields) -> Value:
        changed = False
        entries: dict[str, Entry] = {}
        for key, entry in value.entries.items():
            if key.startswith("Fn::ForEach::"):
                from casemate.sources.cloudformation.loops import unroll

                entries.update(unroll(self, entry.value))
                changed = True
                continue
            resolved = self.resolve(entry.value)
            if resolved is entry.value:
                entries[key] = entry
            else:
                entries[key] = Entry(entry.key_at, resolved)
                changed = True
        return Fields(entries, value.at) if changed else value

    def _literal(self, value: Literal) -> Value:
        text = value.value
        if not isinstance(text, str):
            return value
        if self.bindings and "{" in text:
            text = self.bind(text)
        if "{{resolve:" not in text:
            return value if text is value.value else Literal(text, value.at)
        parts: list[Value] = []
        last = 0
        for match in _DYNAMIC.finditer(text):
            parts.append(Literal(text[last : match.start()], value.at))
            reason = f"a dynamic reference into {match[1]}"
            parts.append(Unknown(reason, value.at, _DYNAMIC_KINDS[match[1]], match[0]))
            last = match.end()
        parts.append(Literal(text[last:], value.at))
        return concatenate(parts, value.at)

    def bind(self, text: str) -> str:
        """Loop variables in plain text, `${Name}` and `&{Name}`."""
        for name, bound in self.bindings.items():
            known = text_of(bound)
            if known is not None:
                text = text.replace(f"${{{name}}}", known)
                text = text.replace(f"&{{{name}}}", re.sub(r"[^A-Za-z0-9]", "", known))
        return text

    # -- references
    # -----------------------------------------------------------------------------------------------------
    def _ref(self, argument: Value, at: Span) -> Value:
        name = text_of(argument)
        return self.reference(name, at) if name else Unknown("Ref needs a name", at, "error")

    def reference(self, name: str, at: Span) -> Value:
        """What `Ref` gives for a name: pseudo parameter, loop variable, parameter, or resource."""
        if self.bindings:
            name = self.bind(name)
            if name in self.bindings:
                return self.bindings[name]
        if name == "AWS::NoValue":
            return Absent(at)
        parameter = self._template.parameters.get(name)
        if parameter is not None:
            return self._parameter(parameter, at)
        return Reference(name, None, at)

    def _parameter(self, parameter: Parameter, at: Span) -> Value:
        name, type_ = parameter.name, parameter.type or "String"
        if parameter.secret:
            return Unknown(f"parameter {name} (NoEcho) is given at deployment", at, "secret-parameter", name)
        if name in self._given:
            return _typed_parameter(self._given[name], type_, at)
        if name in self._inherited:
            return self._inherited[name]
        if type_.startswith("AWS::SSM::Parameter::"):
            return Unknown(f"parameter {name} is read from the parameter store", at, "parameter-store", name)
        default = parameter.default
        if isinstance(default, Literal) and default.value is not None:
            return _typed_parameter(display(default), type_, at)
        return Unknown(f"parameter {name} has no default", at, "parameter", name)

    def _get_attribute(self, argument: Value, at: Span) -> Value:
        if isinstance(argument, Items):
            parts = [text_of(self.resolve(item)) for item in argument.items]
            if not parts or any(part is None for part in parts):
                return Unknown("Fn::GetAtt with a computed name", at, "attribute")
            name = ".".join(part for part in parts if part is not None)
        else:
            name = text_of(argument) or ""
        target, _, attribute = self.bind(name).partition(".")
        return Reference(target, attribute or None, at) if target else Unknown("Fn::GetAtt needs a name", at, "error")

    def _import_value(self, argument: Value, at: Span) -> Value:
        name = display(self.resolve(argument))
        return Unknown(f"imported from another stack ({name})", at, "import", name)

    # -- strings and lists
    # ----------------------------------------------------------------------------------------------
    def _substitute(self, argument: Value, at: Span) -> Value:
        variables: dict[str, Value] = {}
        if isinstance(argument, Items) and argument.items:
            template = argument.items[0]
            if len(argument.items) > 1 and isinstance(argument.items[1], Fields):
                variables = {key: self.resolve(entry.value) for key, entry in argument.items[1].entries.items()}
        else:
            template = argument
        if not isinstance(template, Literal):
            return Unknown("Fn::Sub needs a text", at, "error")
        text, place = display(template), template.at
        parts: list[Value] = []
        last = 0
        for match in _SUBSTITUTION.finditer(text):
            parts.append(Literal(text[last : match.start()], place))
            last = match.end()
            if match[1]:
                parts.append(Literal(f"${{{match[2]}}}", place))
                continue
            name = match[2].strip()
            if name in variables:
                parts.append(variables[name])
            elif "." in name and name not in self._template.parameters:
                target, _, attribute = self.bind(name).partition(".")
                parts.append(Reference(target, attribute, place))
            else:
                parts.append(self.reference(name, place))
        parts.append(Literal(text[last:], place))
        flat = [self._literal(part) if isinstance(part, Literal) else part for part in parts]
        return concatenate(flat, place)

    def _join(self, argument: Value, at: Span) -> Value:
        if not isinstance(argument, Items) or len(argument.items) != 2:
            return Unknown("Fn::Join needs a delimiter and a list", at, "error")
        delimiter = text_of(self.resolve(argument.items[0])) or ""
        listed = self.resolve(argument.items[1])
        if isinstance(listed, Cases):
            return Cases([(words, self._joined(delimiter, case, at)) for words, case in listed.options() if words], at)
        return self._joined(delimiter, listed, at)

    def _joined(self, delimiter: str, listed: Value, at: Span) -> Value:
        if not isinstance(listed, Items):
            return (
                listed
                if isinstance(listed, Unknown | Literal)
                else Unknown("Fn::Join of a list that is not known", at, "function")
            )
        parts: list[Value] = []
        for item in listed.items:
            if isinstance(item, Absent):
                continue
            if parts:
                parts.append(Literal(delimiter, at))
            parts.append(item)
        return concatenate(parts, at)

    def _split(self, argument: Value, at: Span) -> Value:
        if not isinstance(argument, Items) or len(argument.items) != 2:
            return Unknown("Fn::Split needs a delimiter and a text", at, "error")
        delimiter = text_of(self.resolve(argument.items[0]))
        source = self.resolve(argument.items[1])
        if not delimiter:
            return Unknown("Fn::Split needs a delimiter", at, "error")
        pieces: list[list[Value]] = [[]]
        for part in source.parts if isinstance(source, Text) else (source,):
            text = text_of(part)
            if text is None:
                pieces[-1].append(part)
                continue
            first, *rest = text.split(delimiter)
            pieces[-1].append(Literal(first, part.at))
            pieces.extend([Literal(piece, part.at)] for piece in rest)
        if isinstance(source, Unknown | Reference | Cases):
            return Unknown("Fn::Split of a text that is not known", at, "function")
        return Items([concatenate(piece, at) for piece in pieces], at)

    def _select(self, argument: Value, at: Span) -> Value:
        if not isinstance(argument, Items) or len(argument.items) != 2:
            return Unknown("Fn::Select needs an index and a list", at, "error")
        index = text_of(self.resolve(argument.items[0]))
        listed = self.resolve(argument.items[1])
        if index is not None and index.isdigit() and isinstance(listed, Items):
            position = int(index)
            if position < len(listed.items):
                return listed.items[position]
            return Unknown(f"Fn::Select index {position} is outside of the list", at, "error")
        if isinstance(listed, Unknown):
            return Unknown(listed.reason, at, listed.kind, listed.source)
        return Unknown("Fn::Select of a list that is not known", at, "function")

    def _length(self, argument: Value, at: Span) -> Value:
        listed = self.resolve(argument)
        return (
            Literal(len(listed.items), at)
            if isinstance(listed, Items)
            else Unknown("Fn::Length of an unknown list", at, "function")
        )

    # -- alternatives
    # ---------------------------------------------------------------------------------------------------
    def _if(self, argument: Value, at: Span) -> Value:
        if not isinstance(argument, Items) or len(argument.items) != 3:
            return Unknown("Fn::If needs a condition and two values", at, "error")
        name = text_of(argument.items[0]) or "?"
        settled = self.conditions.named(name)
        if settled is not None:
            return self.resolve(argument.items[1 if settled else 2])
        return Cases(
            [(f"if {name}", self.resolve(argument.items[1])), (f"else of {name}", self.resolve(argument.items[2]))], at
        )

    def _find_in_map(self, argument: Value, at: Span) -> Value:
        if not isinstance(argument, Items) or len(argument.items) < 3:
            return Unknown("Fn::FindInMap needs a map and two keys", at, "error")
        name, top, second = (self.resolve(item) for item in argument.items[:3])
        table = self._template.mappings.get(text_of(name) or "")
        if not isinstance(table, Fields):
            return Unknown(f"mapping {display(name)} is not declared", at, "error")
        key, inner = text_of(top), text_of(second)
        if inner is None:
            return Unknown("Fn::FindInMap with a key that is not known", at, "function")
        if key is not None:
            row = table.get(key)
            found = row.get(inner) if isinstance(row, Fields) else None
            return found if found is not None else self._map_default(argument, at)
        options: dict[str, tuple[str, Value]] = {}
        for row_key, entry in table.entries.items():
            found = entry.value.get(inner) if isinstance(entry.value, Fields) else None
            if found is not None:
                options.setdefault(display(found), (f"for {row_key}", found))
        if len(options) == 1:
            return next(iter(options.values()))[1]
        if 1 < len(options) <= MAX_REGIONS:
            return Cases(list(options.values()), at)
        return Unknown(f"mapping {display(name)} by {display(top)}", at, "function")

    def _map_default(self, argument: Items, at: Span) -> Value:
        extra = argument.items[3] if len(argument.items) > 3 else None
        default = extra.get("DefaultValue") if isinstance(extra, Fields) else None
        return self.resolve(default) if default is not None else Unknown("the mapping has no such key", at, "error")


def concatenate(parts: Sequence[Value], at: Span) -> Value:
    """The parts as one string: `Literal` when all are known, `Cases` when a few parts are conditional, else `Text`."""
    flat: list[Value] = []
    for part in parts:
        match part:
            case Absent():
                continue
            case Text(parts=inner):
                flat.extend(inner)
            case Literal() if flat and isinstance(flat[-1], Literal):
                flat[-1] = Literal(display(flat[-1]) + display(part), at)
            case Literal(value=""):
                continue
            case _:
                flat.append(part)
    if any(isinstance(part, Cases) for part in flat) and (cases := _alternatives(flat, at)) is not None:
        return cases
    if any(isinstance(part, Literal) and "{{resolve:" in str(part.value) for part in flat):
        flat = list(_joined_dynamic(flat, at))
    if not flat:
        return Literal("", at)
    if len(flat) == 1:
        only = flat[0]
        if isinstance(only, Literal):
            return Literal(display(only), at)
        return only
    return Text(flat, at)


def _alternatives(parts: Sequence[Value], at: Span) -> Cases | None:
    """Every combination of the conditional parts, unless there are too many."""
    choices = [list(part.options()) if isinstance(part, Cases) else [(None, part)] for part in parts]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_CASES:
        return None
    found: list[tuple[str, Value]] = []
    for combination in product(*choices):
        words = dict.fromkeys(words for words, _ in combination if words)
        found.append((" and ".join(words), concatenate([value for _, value in combination], at)))
    return Cases(found, at)


def _joined_dynamic(parts: Sequence[Value], at: Span) -> Iterator[Value]:
    """The parts, with each dynamic reference that is itself put together as one unknown.

    As in `!Sub "{{resolve:secretsmanager:${Secret}}}"`.
    """
    held: list[Value] = []
    for part in parts:
        text = text_of(part)
        if held:
            before, closed, rest = (text or "").partition("}}")
            if not closed:
                held.append(part)
                continue
            written = "".join(display(piece) for piece in held) + before + "}}"
            held = []
            found = _DYNAMIC_START.match(written)
            service = found[1] if found is not None else ""
            yield Unknown(f"a dynamic reference into {service}", at, _DYNAMIC_KINDS.get(service, "function"), written)
            text, part = rest, Literal(rest, part.at)  # noqa: PLW2901 - what stands behind the reference
        before, opened, rest = (text or "").rpartition("{{resolve:")
        if not opened or "}}" in rest:
            if text != "":
                yield part
            continue
        if before:
            yield Literal(before, part.at)
        held = [Literal(opened + rest, part.at)]
    yield from held


def _typed_parameter(text: str, type_: str, at: Span) -> Value:
    if type_ == "CommaDelimitedList" or type_.startswith("List<"):
        return Items([Literal(piece.strip(), at) for piece in text.split(",") if piece.strip()], at)
    if type_ == "Number" and re.fullmatch(r"-?\d{1,18}", text):
        return Literal(int(text), at)
    return Literal(text, at)
