"""Bicep expressions as expressions of ARM templates, in text, the way Bicep's own compiler writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

from casemate.sources.arm.bicep.tree import (
    Array,
    Call,
    Declaration,
    Index,
    Member,
    Name,
    Node,
    Object,
    Operation,
    Plain,
    Text,
)

MODULE = "Microsoft.Resources/deployments"
_FUNCTIONS = {
    "==": "equals({})", "!=": "not(equals({}))", "&&": "and({})", "||": "or({})", "<": "less({})",
    "<=": "lessOrEquals({})", ">": "greater({})", ">=": "greaterOrEquals({})", "+": "add({})", "-": "sub({})",
    "*": "mul({})", "/": "div({})", "%": "mod({})", "??": "coalesce({})", "?:": "if({})",
}  # fmt: skip
_NAMESPACES = frozenset({"az", "sys"})
_DIRECT = frozenset({"id", "name", "type", "apiVersion"})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A resource or module by its symbol.

    `type`: full; `names`: an expression for each part of its name, parents first.
    """

    declaration: Declaration
    type: str
    version: str
    names: tuple[str, ...]

    @property
    def id(self) -> str:
        """The expression for its id."""
        return f"resourceId({', '.join((quoted(self.type), *self.names))})"


@dataclass(slots=True)
class Symbols:
    """What names mean: the resources by symbol, those inside of resources by path `a::b`, loop variables by name."""

    parameters: frozenset[str]
    variables: frozenset[str]
    resources: dict[str, Symbol] = field(default_factory=dict)
    loops: dict[str, str] = field(default_factory=dict)

    def within(self, loops: dict[str, str]) -> Symbols:
        """The same inside of a loop."""
        return Symbols(self.parameters, self.variables, self.resources, {**self.loops, **loops})


def quoted(text: str) -> str:
    """A text as ARM quotes it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def written(node: Node, symbols: Symbols) -> str:  # noqa: C901 - one case a kind of node
    """The expression, without the brackets around it."""
    match node:
        case Text():
            return _text(node, symbols)
        case Plain(value=None):
            return "null()"
        case Plain(value=bool(flag)):
            return "true()" if flag else "false()"
        case Plain(value=number):
            return str(number)
        case Name(name=name):
            return _name(name, symbols)
        case Member() | Index():
            return _access(node, symbols)
        case Call():
            return _call(node, symbols)
        case Operation(sign="!", operands=(operand,)):
            return f"not({written(operand, symbols)})"
        case Operation(sign="-", operands=(operand,)):
            return f"sub(0, {written(operand, symbols)})"
        case Operation(sign="=~" | "!~" as sign, operands=operands):
            lowered = ", ".join(f"toLower({written(operand, symbols)})" for operand in operands)
            return f"equals({lowered})" if sign == "=~" else f"not(equals({lowered}))"
        case Operation(sign=sign, operands=operands):
            return _FUNCTIONS[sign].format(", ".join(written(operand, symbols) for operand in operands))
        case Array(items=items):
            return f"createArray({', '.join(written(item, symbols) for item in items)})"
        case Object(properties=properties):
            pairs = (f"{_text(one.key, symbols)}, {written(one.value, symbols)}" for one in properties)
            return f"createObject({', '.join(pairs)})"
        case _:
            return "bicepExpression()"


def _text(node: Text, symbols: Symbols) -> str:
    if len(node.parts) == 1:
        return quoted(str(node.parts[0]))
    template = ""
    arguments: list[str] = []
    for part in node.parts:
        if isinstance(part, str):
            template += part.replace("{", "{{").replace("}", "}}")
        else:
            template += f"{{{len(arguments)}}}"
            arguments.append(written(part, symbols))
    return f"format({', '.join((quoted(template), *arguments))})"


def _name(name: str, symbols: Symbols) -> str:
    if name in symbols.loops:
        return symbols.loops[name]
    if name in symbols.resources:
        return symbols.resources[name].id
    if name in symbols.parameters:
        return f"parameters({quoted(name)})"
    if name in symbols.variables:
        return f"variables({quoted(name)})"
    return f"bicepSymbol({quoted(name)})"


def symbol_of(node: Node, symbols: Symbols) -> Symbol | None:
    """The resource that an expression names: `app`, `app::settings`, `apps[0]`."""
    match node:
        case Name(name=name) if name not in symbols.loops:
            return symbols.resources.get(name)
        case Member(target=target, name=name, nested=True):
            above = symbol_of(target, symbols)
            return symbols.resources.get(f"{above.declaration.name}::{name}") if above is not None else None
        case Index(target=target):
            return symbol_of(target, symbols)
        case _:
            return None


def _access(node: Member | Index, symbols: Symbols) -> str:
    steps: list[str] = []
    current: Node = node
    while isinstance(current, Member | Index):
        found = symbol_of(current, symbols)
        if found is not None:
            return _of_resource(found, steps[::-1])
        if isinstance(current, Member):
            steps.append(f".{current.name}")
        else:
            steps.append(f"[{written(current.index, symbols)}]")
        current = current.target
    found = symbol_of(current, symbols)
    if found is not None:
        return _of_resource(found, steps[::-1])
    if isinstance(current, Name) and current.name in _NAMESPACES and steps:
        return f"bicepSymbol({quoted(current.name)})"
    return written(current, symbols) + "".join(steps[::-1])


def _of_resource(found: Symbol, steps: list[str]) -> str:
    """An attribute of a resource: known before the deployment, or read after it."""
    first = steps[0].removeprefix(".") if steps else "id"
    rest = "".join(steps[1:])
    if first in _DIRECT:
        direct = {
            "id": found.id,
            "name": found.names[-1],
            "type": quoted(found.type),
            "apiVersion": quoted(found.version),
        }
        return direct[first] + rest
    if first == "outputs" and len(steps) > 1:
        return f"reference({found.id}).outputs{steps[1]}.value{''.join(steps[2:])}"
    if first == "properties":
        return f"reference({found.id}){rest}"
    return f"reference({found.id}, {quoted(found.version)}, 'full').{first}{rest}"


def _call(node: Call, symbols: Symbols) -> str:
    arguments = [written(argument, symbols) for argument in node.arguments]
    target = node.target
    if target is None or (isinstance(target, Name) and target.name in _NAMESPACES):
        return f"{node.name}({', '.join(arguments)})"
    found = symbol_of(target, symbols)
    if found is None:
        return f"bicepFunction({quoted(node.name)})"
    if node.name == "getSecret":
        return f"bicepSecret({', '.join(arguments)})"
    return f"{node.name}({', '.join((found.id, *(arguments or [quoted(found.version)])))})"
