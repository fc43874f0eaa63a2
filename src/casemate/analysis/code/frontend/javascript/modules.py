"""Modules: ES imports and exports, CommonJS, what compilers make of one out of the other, TypeScript's namespaces.

`exports.name` and `module.exports` are variables with these very names (no program can use them for something else):
assigning one exports it, and the file may call `module.exports.name()` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.javascript import expressions, functions
from casemate.analysis.code.frontend.javascript.functions import property_name
from casemate.analysis.code.ir import (
    Assign,
    Attr,
    ClassDef,
    Const,
    Display,
    Export,
    Expr,
    FunctionDef,
    Import,
    Lambda,
    Logical,
    Name,
    Record,
    Spread,
    Stmt,
)  # fmt: skip

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering
    from casemate.analysis.code.ir import At

_MODULE = "module.exports"
_EXPORTS = "exports."


def _module_text(c: Lowering, node: Node) -> str:
    value = c.expr(node)
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


def import_statement(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`import x, {a as b} from "m"`, `import * as m from "m"`, `import "m"`, `import m = require("m")`."""
    children = node.children
    if len(children) > 1 and children[1].type in {"type", "typeof"}:
        return
    names: list[tuple[str, str]] = []
    source = node.child_by_field_name("source")
    for child in node.named_children:
        if child.type == "import_clause":
            _clause(c, child, names)
            if not names:
                return  # only types
        elif child.type == "import_require_clause":
            inside = child.named_children
            source = child.child_by_field_name("source") or inside[-1]
            names.append(("", c.text(inside[0])))
    if source is None:
        return
    statement = Import(_module_text(c, source), names, node.byte_range)
    expressions.bind(c, statement)
    body.append(statement)


def _clause(c: Lowering, node: Node, names: list[tuple[str, str]]) -> None:
    for child in node.named_children:
        if child.type == "identifier":
            names.append(("default", c.text(child)))
        elif child.type == "namespace_import":
            inside = child.named_children
            if inside:
                names.append(("", c.text(inside[0])))
        elif child.type == "named_imports":
            for specifier in child.named_children:
                if specifier.type != "import_specifier" or specifier.children[0].type in {"type", "typeof"}:
                    continue
                named = specifier.child_by_field_name("name")
                alias = specifier.child_by_field_name("alias") or named
                if named is not None and alias is not None:
                    names.append((_specified(c, named), c.text(alias)))


def _specified(c: Lowering, node: Node) -> str:
    return _module_text(c, node) if node.type == "string" else c.text(node)


def require(c: Lowering, target: Node, value: Node, body: list[Stmt]) -> bool:
    """Add the import that a declaration is, and say whether it is one.

    Forms: `const x = require("m")`, `{a, b: c} = require("m")`, `x = require("m").y`; with `await import("m")` too.
    """
    member: str | None = None
    if value.type == "member_expression":
        inside = value.named_children
        member = c.text(inside[-1])
        value = inside[0]
        while value.type == "parenthesized_expression" and value.named_children:
            value = value.named_children[0]
    if value.type == "call_expression":
        module = expressions.required(c, value)
    elif value.type == "await_expression":
        module = expressions.loaded(c, value)
    else:
        return False
    if module is None:
        return False
    names: list[tuple[str, str]] = []
    if target.type == "identifier":
        names.append((member or "", c.text(target)))
    elif target.type == "object_pattern" and member is None:
        for child in target.named_children:
            if child.type == "comment":
                continue
            pair = _plain_pair(c, child)
            if pair is None:
                return False
            names.append(pair)
    else:
        return False
    statement = Import(module, names, (target.start_byte, value.end_byte))
    expressions.bind(c, statement)
    body.append(statement)
    return True


def _plain_pair(c: Lowering, node: Node) -> tuple[str, str] | None:
    if node.type == "shorthand_property_identifier_pattern":
        name = c.text(node)
        return name, name
    if node.type == "pair_pattern":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and value is not None and key.type == "property_identifier" and value.type == "identifier":
            return c.text(key), c.text(value)
    return None


def exported_name(target: Expr) -> str | None:
    """The name that assigning `target` exports (`""`: the module itself), or None."""
    if type(target) is not Name:
        return None
    if target.id in {_MODULE, "exports"}:
        return ""
    return target.id[len(_EXPORTS) :] if target.id.startswith(_EXPORTS) else None


def export_of(target: Expr, value: Expr, at: At, body: list[Stmt]) -> None:
    """What an assignment to `module.exports` or `exports.name` exports."""
    name = exported_name(target)
    if name is None or not isinstance(target, Name) or (target.id == "exports" and not isinstance(value, Record)):
        return
    body.append(Export(name, Name(target.id, target.at), at))
    if name or not isinstance(value, Record):
        return
    for key, entry in value.entries:
        if isinstance(key, Const) and isinstance(key.value, str):
            local = Name(f"{_EXPORTS}{key.value}", key.at)
            given: Expr = entry if isinstance(entry, Name) else Attr(Name(target.id, target.at), key.value, key.at)
            body.append(Assign(local, given, key.at))
            body.append(Export(key.value, Name(local.id, key.at), key.at))


def is_undefined(node: Node) -> bool:
    """`void 0`, `undefined`."""
    return node.type == "undefined" or (node.type == "unary_expression" and node.children[0].type == "void")


def star_export(c: Lowering, node: Node, body: list[Stmt]) -> bool:
    """`__exportStar(require("m"), exports)`, `Object.defineProperty(exports, "name", {get: …})`."""
    function = node.named_children[0]
    if function.type not in {"identifier", "member_expression"}:
        return False
    name = c.text(function)
    if name.rpartition(".")[2] in {"__exportStar", "__export"}:
        arguments = node.named_children[-1].named_children
        module = expressions.required(c, arguments[0]) if arguments else None
        if module is not None:
            body.append(Export("*", Name("*", node.byte_range), node.byte_range, module))
            return True
        return False
    return name == "Object.defineProperty" and _defined(c, node, body)


def _defined(c: Lowering, node: Node, body: list[Stmt]) -> bool:
    arguments = node.named_children[-1].named_children
    if len(arguments) != 3 or c.text(arguments[0]) not in {"exports", _MODULE}:
        return False
    name = _module_text(c, arguments[1])
    descriptor = c.expr(arguments[2])
    at = node.byte_range
    if not isinstance(descriptor, Record) or name == "__esModule":
        return name == "__esModule"
    for key, value in descriptor.entries:
        if isinstance(key, Const) and key.value in {"get", "value"}:
            given: Expr = value
            if key.value == "get":
                if not isinstance(value, Lambda) or len(value.function.body) != 1:
                    return False
                returned = getattr(value.function.body[0], "value", None)
                if returned is None:
                    return False
                given = returned
            body.append(Export(name, given, at))
            return True
    return False


def export_statement(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`export const a = 1`, `export {a as b}`, `export * from "m"`, `export default …`, `export = …`."""
    at = node.byte_range
    field = node.child_by_field_name
    source = field("source")
    kinds = [child.type for child in node.children]
    if len(kinds) > 1 and kinds[1] == "type":
        return
    declaration = field("declaration")
    if source is not None:
        _re_export(c, node, _module_text(c, source), body)
    elif declaration is not None:
        _declared(c, node, declaration, "default" in kinds, body)
    elif "default" in kinds or "=" in kinds:
        value = field("value") or node.named_children[-1]
        result = functions.named_value(c, value, "default")
        c.flush(body)
        if "=" in kinds:
            target = Name(_MODULE, at)
            body.append(Assign(target, result, at))
            export_of(target, result, at, body)
        else:
            body.append(Export("default", result, at))
    else:
        for clause in node.named_children:
            if clause.type == "export_clause":
                for local, name, place in _specifiers(c, clause):
                    body.append(Export(name, Name(local, place), place))


def _specifiers(c: Lowering, clause: Node) -> list[tuple[str, str, At]]:
    found: list[tuple[str, str, At]] = []
    for specifier in clause.named_children:
        if specifier.type != "export_specifier" or specifier.children[0].type == "type":
            continue
        named = specifier.child_by_field_name("name")
        alias = specifier.child_by_field_name("alias") or named
        if named is not None and alias is not None:
            found.append((_specified(c, named), _specified(c, alias), specifier.byte_range))
    return found


def _re_export(c: Lowering, node: Node, module: str, body: list[Stmt]) -> None:
    at = node.byte_range
    for child in node.named_children:
        if child.type == "export_clause":
            for local, name, place in _specifiers(c, child):
                body.append(Export(name, Name(local, place), place, module))
            return
        if child.type == "namespace_export":
            inside = child.named_children
            body.append(Export(_specified(c, inside[0]), Name("", at), at, module))
            return
    body.append(Export("*", Name("*", at), at, module))


def _declared(c: Lowering, node: Node, declaration: Node, default: bool, body: list[Stmt]) -> None:  # noqa: FBT001
    at = node.byte_range
    kind = declaration.type
    if kind in functions.CLASSES:
        decorators = [functions.decorator(c, child) for child in node.children if child.type == "decorator"]
        named = declaration.child_by_field_name("name")
        name = c.temporary("class") if named is None else c.text(named)
        found = functions.class_(c, declaration, name, decorators)
        c.flush(body)
        body += [found, Export("default" if default else name, Name(name, at), at)]
        return
    inside = c.block([declaration])
    body.extend(inside)
    for name in _names(inside):
        body.append(Export("default" if default else name, Name(name, at), at))


def _names(statements: list[Stmt]) -> list[str]:
    """What a declaration declares."""
    names: list[str] = []
    for statement in statements:
        if isinstance(statement, FunctionDef):
            names.append(statement.function.name)
        elif isinstance(statement, ClassDef):
            names.append(statement.name)
        elif isinstance(statement, Import):
            names.extend(local for _name, local in statement.names)
        elif isinstance(statement, Assign):
            _targets(statement.target, names)
    return names


def _targets(target: Expr, names: list[str]) -> None:
    stack = [target]
    while stack:
        current = stack.pop()
        if isinstance(current, Name):
            if current.id:
                names.append(current.id)
        elif isinstance(current, Record):
            stack.extend(value for _key, value in current.entries)
        elif isinstance(current, Display):
            stack.extend(current.items)
        elif isinstance(current, Logical):
            stack.append(current.left)
        elif isinstance(current, Spread):
            stack.append(current.value)


def enum(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`enum Color {Red, Green = "g"}`: an object."""
    named = node.child_by_field_name("name")
    inside = node.child_by_field_name("body")
    if named is None or inside is None:
        return
    entries: list[tuple[Expr | None, Expr]] = []
    following: int | None = 0
    for child in inside.named_children:
        at = child.byte_range
        if child.type == "comment":
            continue
        if child.type == "enum_assignment":
            key = property_name(c, child.named_children[0])
            value = c.expr(child.child_by_field_name("value"))
            number = value.value if isinstance(value, Const) else None
            following = number + 1 if type(number) is int else None
        else:
            key = property_name(c, child)
            value = Const(following, at)
            following = None if following is None else following + 1
        entries.append((key, value))
    at = node.byte_range
    body.append(Assign(Name(c.text(named), named.byte_range), Record(entries, at), at))


def namespace(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`namespace A {…}`: its statements, and an object with what it exports. `declare module "m"` declares types."""
    named = node.child_by_field_name("name")
    inside = node.child_by_field_name("body")
    if named is None or inside is None or named.type == "string":
        return
    at = node.byte_range
    entries: list[tuple[Expr | None, Expr]] = []
    for statement in c.block(functions.in_order(inside.named_children)):
        if isinstance(statement, Export):
            entries.append((Const(statement.name, statement.at), statement.value))
        else:
            body.append(statement)
    body.append(Assign(Name(c.text(named), named.byte_range), Record(entries, at), at))


def alias(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """`import A = B.C`."""
    inside = node.named_children
    if len(inside) > 1:
        at = node.byte_range
        body.append(Assign(c.expr(inside[0]), c.expr(inside[-1]), at))
