"""A Bicep file as the template that it compiles to."""

from __future__ import annotations

from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.arm.bicep.expressions import MODULE, Symbol, Symbols, quoted, symbol_of, written
from casemate.sources.arm.bicep.parsing import parse
from casemate.sources.arm.bicep.tree import Array, Declaration, File, Loop, Name, Node, Object, Plain, Property, Text

SYMBOL = "$symbol"
"""Key of a resource's body that holds its symbol, at the place where it is declared."""
_SECURE = {"object": "secureObject"}
_KNOWN_TYPES = frozenset({"string", "int", "bool", "object", "array"})


def template(text: str, path: str) -> tuple[Fields, list[tuple[str, Span]]]:
    """The template, and what could not be read: (what, where). Raises `BadBicep` where nothing can be."""
    file = parse(text, path)
    return _Lowering(file).template(), file.problems


class _Lowering:
    def __init__(self, file: File) -> None:
        self._file = file
        of = {kind: frozenset(one.name for one in file.declarations if one.kind == kind) for kind in ("param", "var")}
        self._symbols = Symbols(of["param"], of["var"])
        for declaration in file.declarations:
            if declaration.kind in {"resource", "module"}:
                self._symbol(declaration, None)

    # -- symbols
    # ----------------------------------------------------------------------------------------------------------------
    def _symbol(self, declaration: Declaration, above: Symbol | None) -> Symbol:
        """Registers a resource with those inside of it. A parent that is declared later is looked up when it is met."""
        key = f"{above.declaration.name}::{declaration.name}" if above is not None else declaration.name
        known = self._symbols.resources.get(key)
        if known is not None:
            return known
        body, loops = _body(declaration, self._symbols)
        symbols = self._symbols.within(loops)
        type_, _, version = declaration.type.partition("@")
        if declaration.kind == "module":
            type_, version = MODULE, "2022-09-01"
        named = _property(body, "name")
        name = written(named, symbols) if named is not None else quoted(declaration.name)
        names: tuple[str, ...] = (name,)
        if above is not None:
            type_ = type_ if type_.lower().startswith(f"{above.type.lower()}/") else f"{above.type}/{type_}"
            names = (*above.names, name)
        elif (parent := self._parent(body)) is not None:
            names = (*parent.names, name)
        found = self._symbols.resources[key] = Symbol(declaration, type_, version or "latest", names)
        self._symbols.resources.setdefault(declaration.name, found)
        for child in body.nested if body is not None else ():
            self._symbol(child, found)
        return found

    def _parent(self, body: Object | None) -> Symbol | None:
        node = _property(body, "parent")
        if node is None:
            return None
        if isinstance(node, Name):
            for declaration in self._file.declarations:
                if declaration.name == node.name and declaration.kind == "resource":
                    return self._symbol(declaration, None)
        return symbol_of(node, self._symbols)

    # -- sections
    # ---------------------------------------------------------------------------------------------------------------
    def template(self) -> Fields:
        """All of it."""
        at = self._file.declarations[0].at if self._file.declarations else None
        parameters: dict[str, Entry] = {}
        variables: dict[str, Entry] = {}
        resources: dict[str, Entry] = {}
        outputs: dict[str, Entry] = {}
        copies: list[Value] = []
        for one in self._file.declarations:
            match one.kind:
                case "param":
                    parameters[one.name] = Entry(one.at, self._parameter(one))
                case "var" if isinstance(one.value, Loop):
                    copies.append(self._copy(one.name, one.value, one.at, self._symbols))
                case "var" if one.value is not None:
                    variables[one.name] = Entry(one.at, self._value(one.value, self._symbols))
                case "output" if one.value is not None and not isinstance(one.value, Loop):
                    type_ = Literal("secureString" if one.secure else one.type, one.at)
                    value = self._value(one.value, self._symbols)
                    said = {"type": Entry(one.at, type_)}
                    if not one.secure:
                        said["value"] = Entry(value.at, value)
                    outputs[one.name] = Entry(one.at, Fields(said, one.at))
                case "resource" | "module":
                    resources[one.name] = Entry(one.at, self._resource(one, None))
                case _:
                    pass
        if copies:
            variables["copy"] = Entry(copies[0].at, Items(copies, copies[0].at))
        if at is None:
            return Fields({}, Span("", 1, 1, 1, 1))
        return Fields(
            {
                "parameters": Entry(at, Fields(parameters, at)),
                "variables": Entry(at, Fields(variables, at)),
                "resources": Entry(at, Fields(resources, at)),
                "outputs": Entry(at, Fields(outputs, at)),
            },
            at,
        )

    def _parameter(self, one: Declaration) -> Fields:
        plain = one.type if one.type in _KNOWN_TYPES else "string"
        type_ = _SECURE.get(plain, "secureString") if one.secure else plain
        entries = {"type": Entry(one.at, Literal(type_, one.at))}
        if one.value is not None:
            value = self._value(one.value, self._symbols)
            entries["defaultValue"] = Entry(value.at, value)
        return Fields(entries, one.at)

    # -- resources
    # --------------------------------------------------------------------------------------------------------------
    def _resource(self, one: Declaration, above: Symbol | None) -> Fields:
        key = f"{above.declaration.name}::{one.name}" if above is not None else one.name
        symbol = self._symbols.resources[key]
        body, loops = _body(one, self._symbols)
        symbols = self._symbols.within(loops)
        at = one.at
        entries: dict[str, Entry] = {
            SYMBOL: Entry(at, Literal(one.name, at)),
            "type": Entry(at, Literal(symbol.type if above is None else symbol.type.rpartition("/")[2], at)),
            "apiVersion": Entry(at, Literal(symbol.version, at)),
        }
        if one.existing:
            entries["existing"] = Entry(at, Literal(True, at))
        named = _property(body, "name")
        place = named.at if named is not None else at
        if above is not None or len(symbol.names) == 1:
            name: Value = self._value(named, symbols) if named is not None else Literal(one.name, at)
        else:
            holes = "/".join(f"{{{number}}}" for number in range(len(symbol.names)))
            name = Literal(f"[format({', '.join((quoted(holes), *symbol.names))})]", place)
        entries["name"] = Entry(place, name)
        loop = one.value if isinstance(one.value, Loop) else None
        condition = one.condition or (loop.condition if loop is not None else None)
        if condition is not None:
            entries["condition"] = Entry(condition.at, self._value(condition, symbols))
        if loop is not None:
            counted = {"name": Literal(one.name, at), "count": _count(loop, self._symbols)}
            entries["copy"] = Entry(
                loop.at, Fields({word: Entry(loop.at, item) for word, item in counted.items()}, loop.at)
            )
        if one.kind == "module":
            entries["properties"] = Entry(at, self._deployment(one, body, symbols))
        else:
            for part in body.properties if body is not None else ():
                self._part(part, entries, symbols)
        nested = [self._resource(child, symbol) for child in (body.nested if body is not None else ())]
        if nested:
            entries["resources"] = Entry(nested[0].at, Items(nested, nested[0].at))
        return Fields(entries, body.at if body is not None else at)

    def _part(self, part: Property, entries: dict[str, Entry], symbols: Symbols) -> None:
        """One property of a resource's body, as it stands there."""
        key = _key(part.key, symbols)
        if key not in {"name", "parent"}:
            entries[key] = Entry(part.key.at, self._value(part.value, symbols))

    def _deployment(self, one: Declaration, body: Object | None, symbols: Symbols) -> Fields:
        """What a module gets, and where its file is."""
        at = one.at
        given = _property(body, "params")
        passed: dict[str, Entry] = {}
        for part in given.properties if isinstance(given, Object) else ():
            value = self._value(part.value, symbols)
            passed[_key(part.key, symbols)] = Entry(part.key.at, Fields({"value": Entry(value.at, value)}, value.at))
        link = Fields({"relativePath": Entry(at, Literal(one.type, at))}, at)
        return Fields({"templateLink": Entry(at, link), "parameters": Entry(at, Fields(passed, at))}, at)

    # -- values
    # -----------------------------------------------------------------------------------------------------------------
    def _value(self, node: Node, symbols: Symbols) -> Value:
        match node:
            case Text(parts=(str(text),), at=at):
                return Literal(f"[{text}" if text.startswith("[") else text, at)
            case Plain(value=value, at=at):
                return Literal(value, at)
            case Array(items=items, at=at):
                return Items([self._value(item, symbols) for item in items], at)
            case Object(properties=properties, at=at):
                return self._object(properties, at, symbols)
            case _:
                return Literal(f"[{written(node, symbols)}]", node.at)

    def _object(self, properties: tuple[Property, ...], at: Span, symbols: Symbols) -> Fields:
        entries: dict[str, Entry] = {}
        copies: list[Value] = []
        for part in properties:
            key = _key(part.key, symbols)
            if isinstance(part.value, Loop):
                copies.append(self._copy(key, part.value, part.key.at, symbols))
            else:
                entries[key] = Entry(part.key.at, self._value(part.value, symbols))
        if copies:
            entries["copy"] = Entry(copies[0].at, Items(copies, copies[0].at))
        return Fields(entries, at)

    def _copy(self, name: str, loop: Loop, at: Span, symbols: Symbols) -> Fields:
        inside = symbols.within(_variables(loop, name, symbols))
        return Fields(
            {
                "name": Entry(at, Literal(name, at)),
                "count": Entry(loop.at, _count(loop, symbols)),
                "input": Entry(loop.body.at, self._value(loop.body, inside)),
            },
            loop.at,
        )


def _body(declaration: Declaration, symbols: Symbols) -> tuple[Object | None, dict[str, str]]:
    """The body of a resource, and what its loop variables mean in it."""
    value = declaration.value
    if isinstance(value, Loop):
        body = value.body if isinstance(value.body, Object) else None
        return body, _variables(value, declaration.name, symbols)
    return (value if isinstance(value, Object) else None), {}


def _variables(loop: Loop, name: str, symbols: Symbols) -> dict[str, str]:
    index = f"copyIndex({quoted(name)})"
    found = {loop.item: f"{written(loop.source, symbols)}[{index}]"}
    if loop.index is not None:
        found[loop.index] = index
    return found


def _count(loop: Loop, symbols: Symbols) -> Literal:
    return Literal(f"[length({written(loop.source, symbols)})]", loop.source.at)


def _key(key: Text, symbols: Symbols) -> str:
    return str(key.parts[0]) if len(key.parts) == 1 else f"[{written(key, symbols)}]"


def _property(body: Object | None, name: str) -> Node | None:
    for part in body.properties if body is not None else ():
        if part.key.parts == (name,):
            return part.value
    return None
