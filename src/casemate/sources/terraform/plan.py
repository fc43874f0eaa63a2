"""Plans in JSON (`terraform show -json PLAN`).

Values as Terraform itself worked them out, laid over the HCL they were made from.

Values come from the plan where the HCL does not settle them; places come from the HCL where it is there, else from
the plan file.
Source: Terraform documentation, "JSON Output Format".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value, text_of
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.terraform.documents import Settling
from casemate.sources.terraform.raw import RawResource
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.model.location import Span
    from casemate.sources.terraform.loading import Loading
    from casemate.sources.terraform.modules import Module
    from casemate.sources.tree import Tree

KIND = "terraform"
MAX_MODULES_DEEP = 20
_SAME = 0.5
"""Share of a plan's addresses that a root module must declare to be the one it was made from."""
_INDEX = re.compile(r"\[[^\]]*\]")
_NAMESPACES = frozenset({"var", "local", "each", "count", "path", "terraform", "self", "module", "data"})


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A root module (None for a plan by itself) with its resources.

    `path`: of its stack; `root`: the folder code paths are relative to.
    """

    module: Module | None
    path: str
    root: str
    resources: Sequence[RawResource]


def lay_over(loading: Loading, tree: Tree, plans: Sequence[str], evaluated: Sequence[Evaluated]) -> list[Evaluated]:
    """The root modules with the values of the plans; a plan without its HCL is a root module of its own."""
    found = list(evaluated)
    for path in plans:
        planned = _read(loading, tree, path)
        if planned is None:
            continue
        place = _origin(path, planned, found)
        if place is None:
            found.append(Evaluated(None, path, folder_of(path), planned))
        else:
            found[place] = replace(found[place], resources=list(_merged(found[place].resources, planned)))
    return found


def _read(loading: Loading, tree: Tree, path: str) -> list[RawResource] | None:
    data = tree.read(path)
    text, problems = (
        decode(data, path) if data is not None else (None, (Diagnostic("unreadable", "cannot be read", whole(path)),))
    )
    root: Value | None = None
    if text is not None:
        document = json_syntax.parse(text, path)
        root, problems = document.root, document.diagnostics
    loading.diagnostics.extend(problems)
    values = root.get("planned_values") if isinstance(root, Fields) else None
    module = values.get("root_module") if isinstance(values, Fields) else None
    if not isinstance(root, Fields) or not isinstance(module, Fields):
        reason = problems[0].message if problems else "the plan has no planned values"
        loading.inputs[path] = Input(path, KIND, "failed", reason)
        return None
    loading.inputs[path] = Input(path, KIND, "understood")
    configuration = root.get("configuration")
    configured = configuration.get("root_module") if isinstance(configuration, Fields) else None
    return _Plan(configured if isinstance(configured, Fields) else None).resources(module)


class _Plan:
    """One plan, taken apart."""

    def __init__(self, configuration: Fields | None) -> None:
        self._configuration = configuration
        self._addresses: set[str] = set()

    def resources(self, root: Fields) -> list[RawResource]:
        planned = list(_planned(root, 0))
        self._addresses = {text_of(resource.get("address")) or "" for resource in planned}
        return [raw for resource in planned if (raw := self._resource(resource)) is not None]

    def _resource(self, resource: Fields) -> RawResource | None:
        address, type_ = text_of(resource.get("address")), text_of(resource.get("type"))
        values = resource.get("values")
        if address is None or type_ is None:
            return None
        sensitive = resource.get("sensitive_values")
        expressions = self._expressions(address)
        prefix = address[: -len(own)] if (own := _own_address(address)) != address else ""
        known = values if isinstance(values, Fields) else Fields({}, resource.at)
        attributes = self._completed(known, expressions, sensitive, prefix)
        at = resource.entries["address"].value.at
        is_data = text_of(resource.get("mode")) == "data"
        return RawResource(
            mode="data" if is_data else "managed",
            type=type_,
            address=address,
            at=at,
            body=resource.at,
            attributes=Settling().body(attributes),
        )

    def _expressions(self, address: str) -> Fields | None:
        """What the configuration says of the arguments of a resource."""
        own = _INDEX.sub("", address).split(".")
        module = self._configuration
        while len(own) > 2 and own[0] == "module" and module is not None:
            module = _section(_section(_section(module, "module_calls"), own[1]), "module")
            own = own[2:]
        listed = module.get("resources") if module is not None else None
        for resource in listed.items if isinstance(listed, Items) else ():
            if isinstance(resource, Fields) and text_of(resource.get("address")) == ".".join(own):
                return _section(resource, "expressions")
        return None

    def _completed(
        self, values: Fields, expressions: Fields | None, sensitive: Value | None, prefix: str, depth: int = 0
    ) -> Fields:
        """Planned values without empty ones.

        What is known only after it is applied is taken from the configuration's references.
        """
        entries: dict[str, Entry] = {}
        for name, entry in values.entries.items():
            inner = expressions.get(name) if expressions is not None else None
            hidden = sensitive.get(name) if isinstance(sensitive, Fields) else None
            value = entry.value
            if isinstance(hidden, Literal) and hidden.value is True and _refers_to_variable(inner):
                value = Unknown(
                    f"{name} comes from a sensitive variable",
                    value.at,
                    "secret-parameter",
                    _first_reference(inner) or name,
                )
            elif (
                isinstance(value, Items)
                and isinstance(inner, Items)
                and len(value.items) == len(inner.items)
                and depth < MAX_MODULES_DEEP
            ):
                value = Items(
                    [
                        self._element(item, one, prefix, depth)
                        for item, one in zip(value.items, inner.items, strict=True)
                    ],
                    value.at,
                )
            if not _is_empty(value):
                entries[name] = Entry(entry.key_at, value)
        for name, entry in expressions.entries.items() if expressions is not None else ():
            if (
                name not in entries
                and isinstance(entry.value, Fields)
                and (reference := _first_reference(entry.value)) is not None
            ):
                entries[name] = Entry(values.at, self._referred(reference, prefix, values.at))
        return Fields(entries, values.at)

    def _element(self, value: Value, expressions: Value, prefix: str, depth: int) -> Value:
        if isinstance(value, Fields) and isinstance(expressions, Fields):
            return self._completed(value, expressions, None, prefix, depth + 1)
        return value

    def _referred(self, reference: str, prefix: str, at: Span) -> Value:
        parts = reference.split(".")
        if parts[0] in _NAMESPACES or len(parts) < 2:
            return Unknown(
                f"{reference} is known only when it is applied",
                at,
                "parameter" if parts[0] == "var" else "attribute",
                reference,
            )
        target = prefix + ".".join(parts[:2])
        if target not in self._addresses:
            same = [address for address in self._addresses if _INDEX.sub("", address) == _INDEX.sub("", target)]
            target = min(same) if same else target
        return Reference(target, ".".join(parts[2:]) or None, at)


def _planned(module: Fields, depth: int) -> Iterator[Fields]:
    listed = module.get("resources")
    for resource in listed.items if isinstance(listed, Items) else ():
        if isinstance(resource, Fields):
            yield resource
    children = module.get("child_modules")
    for child in children.items if isinstance(children, Items) and depth < MAX_MODULES_DEEP else ():
        if isinstance(child, Fields):
            yield from _planned(child, depth + 1)


def _section(value: Fields | None, name: str) -> Fields | None:
    found = value.get(name) if value is not None else None
    return found if isinstance(found, Fields) else None


def _own_address(address: str) -> str:
    """`aws_x.f[0]` of `module.m["a.b"].aws_x.f[0]`."""
    rest = address
    while (match := re.match(r'module\.[^.\[]+(?:\[(?:"[^"]*"|\d+)\])?\.', rest)) is not None:
        rest = rest[match.end() :]
    return rest


def _first_reference(expression: Value | None) -> str | None:
    references = expression.get("references") if isinstance(expression, Fields) else None
    return text_of(references.items[0]) if isinstance(references, Items) and references.items else None


def _refers_to_variable(expression: Value | None) -> bool:
    return (_first_reference(expression) or "").startswith(("var.", "local.", "module."))


def _is_empty(value: Value) -> bool:
    match value:
        case Literal(value=scalar):
            return scalar is None or scalar == ""
        case Items(items=items):
            return not items
        case Fields(entries=entries):
            return not entries
        case _:
            return isinstance(value, Absent)


# -- together with the HCL -------------------------------------------------------------------------------------
def _origin(path: str, planned: Sequence[RawResource], found: Sequence[Evaluated]) -> int | None:
    """The root module that a plan was made from.

    One that declares most of its addresses, in the plan's folder before elsewhere.
    """
    addresses = {_INDEX.sub("", resource.address) for resource in planned}
    best: tuple[bool, float] | None = None
    place = None
    for number, candidate in enumerate(found):
        if candidate.module is None:
            continue
        declared = {_INDEX.sub("", resource.address) for resource in candidate.resources}
        share = len(addresses & declared) / len(addresses) if addresses else 0.0
        score = (candidate.root == folder_of(path), share)
        if share >= _SAME and (best is None or score > best):
            best, place = score, number
    return place


def _merged(declared: Sequence[RawResource], planned: Sequence[RawResource]) -> Iterator[RawResource]:
    """Every planned resource with the places and references of its block.

    What the plan does not have stays when it is unconditional.
    """
    exact = {resource.address: resource for resource in declared}
    blocks = {_INDEX.sub("", resource.address): resource for resource in declared}
    renamed = _renamed({resource.address for resource in planned})
    seen: set[str] = set()
    for resource in planned:
        block = exact.get(resource.address) or blocks.get(_INDEX.sub("", resource.address))
        if block is None:
            yield resource
            continue
        seen.add(block.address)
        laid = _over(block.attributes, resource.attributes, block.at)
        attributes = _retargeted(laid, renamed) if isinstance(laid, Fields) else block.attributes
        assert isinstance(attributes, Fields)  # noqa: S101 - a map stays a map
        yield replace(resource, at=block.at, body=block.body, attributes=attributes, depends_on=block.depends_on)
    for block in declared:
        if block.address not in seen and (block.mode == "data" or block.condition is None):
            yield block


def _renamed(addresses: set[str]) -> dict[str, str]:
    """Address without index -> the only planned one, for references to blocks whose count was not settled."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(_INDEX.sub("", address), []).append(address)
    return {bare: same[0] for bare, same in found.items() if len(same) == 1 and same[0] != bare}


def _over(declared: Value, planned: Value, at: Span) -> Value:
    """What the HCL says, completed by what the plan knows."""
    match declared, planned:
        case ((Unknown() | Cases()), _):
            return planned if isinstance(planned, Reference | Unknown) else _moved(planned, declared.at)
        case Fields(), Fields():
            entries = {
                name: Entry(
                    entry.key_at,
                    _over(entry.value, other, at) if (other := planned.get(name)) is not None else entry.value,
                )
                for name, entry in declared.entries.items()
            }
            for name, entry in planned.entries.items():
                if name not in entries and isinstance(entry.value, Literal | Fields | Items):
                    entries[name] = Entry(at, _moved(entry.value, at))
            return Fields(entries, declared.at)
        case Items(items=items), Items(items=others):
            if len(items) == len(others):
                return Items([_over(item, other, at) for item, other in zip(items, others, strict=True)], declared.at)
            return (
                _moved(planned, declared.at) if any(isinstance(item, Unknown | Cases) for item in items) else declared
            )
        case Text(parts=parts), Literal() if any(isinstance(part, Unknown | Cases) for part in parts):
            return _moved(planned, declared.at)
        case _:
            return declared


def _moved(value: Value, at: Span) -> Value:
    """A tree as if all of it stood at one place."""
    match value:
        case Literal(value=scalar):
            return Literal(scalar, at)
        case Items(items=items):
            return Items([_moved(item, at) for item in items], at)
        case Fields(entries=entries):
            return Fields({name: Entry(at, _moved(entry.value, at)) for name, entry in entries.items()}, at)
        case Reference(target=target, attribute=attribute):
            return Reference(target, attribute, at)
        case _:
            return value


def _retargeted(value: Value, renamed: Mapping[str, str]) -> Value:
    if not renamed:
        return value
    match value:
        case Reference(target=target, attribute=attribute) if target in renamed:
            return Reference(renamed[target], attribute, value.at)
        case Text(parts=parts):
            return Text([_retargeted(part, renamed) for part in parts], value.at)
        case Items(items=items):
            return Items([_retargeted(item, renamed) for item in items], value.at)
        case Fields(entries=entries):
            return Fields(
                {name: Entry(entry.key_at, _retargeted(entry.value, renamed)) for name, entry in entries.items()},
                value.at,
            )
        case Cases(cases=cases):
            return Cases([(words, _retargeted(case, renamed)) for words, case in cases], value.at)
        case _:
            return value
