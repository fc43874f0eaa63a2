"""A role of its own for one function, written into the template that declares it.

What is written is first read again in memory: the template must still be understood, the function must have a role,
and that role must grant what the code needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.roles import texts
from casemate.edits import applied, mapping
from casemate.edits.layout import Style, is_flow, last_line, step_of, written
from casemate.edits.tree import is_expression, named_at, parse
from casemate.engine.fixing import OverlayTree
from casemate.engine.service_files import resources_in, written_out
from casemate.engine.writing import write
from casemate.errors import EditError, UsageError
from casemate.model.value import Fields, text_of
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.analysis.access.roles.plan import Dialect, RolePlan
    from casemate.analysis.system import System
    from casemate.edits.hcl import Module
    from casemate.edits.tree import Tree
    from casemate.model.finding import Edit
    from casemate.model.function import Function
    from casemate.model.resource import Resource, Stack
    from casemate.model.value import Entry

_OWN_STATEMENTS = ("iamRoleStatements", "iamRoleStatementsInherit", "iamRoleStatementsName", "iam")
"""What a function of serverless.yml may say of its role besides `role`; the framework takes one or the other."""


def write_role(plan: RolePlan, dialect: Dialect, system: System) -> list[str]:
    """Give the function its own role, and say in lines what was changed.

    Raises `UsageError` when the code could not be followed (then what is granted stays) and for a CDK program, and
    `EditError` where the template is written in a form that is not edited.
    """
    function = plan.needs.function
    if function is None or dialect not in _EDITS:
        raise UsageError(f"a role is not written into {dialect}", hint="leave --write out and copy the text")
    if not plan.complete:
        raise UsageError(
            f"the code of {plan.needs.name} could not be followed, so what it is granted stays", hint=plan.gaps[0]
        )
    tree = system.tree
    stack = system.stack_of(function)
    if not isinstance(tree, FolderTree) or stack is None:
        raise UsageError("there is no folder to write to")
    edits = _EDITS[dialect](plan, function, stack, tree.read)
    files: dict[str, bytes] = {}
    for path in dict.fromkeys(edit.path for edit in edits):
        before = tree.read(path) or b""
        after = applied(before, [edit for edit in edits if edit.path == path])
        if after != before:
            files[path] = after
    if not files:
        return [f"{function.at.path}: {plan.needs.name} has a role of its own already, and it is as it should be"]
    _prove(plan, function, system, files)
    for path, data in files.items():
        write(tree.root, path, tree.read(path) or b"", data)
    return [*(f"{path}: {plan.needs.name} has a role of its own" for path in files), *_left(function, system)]


def _left(function: Function, system: System) -> list[str]:
    """What nobody needs any more."""
    role = system.role_of(function)
    if role is None or role.implied or role.resource.implied_by is not None or len(system.functions_of(role)) > 1:
        return []
    return [f"{role.at.path}:{role.at.start_line}: no function uses {role.name} any more"]


def _prove(plan: RolePlan, function: Function, system: System, files: Mapping[str, bytes]) -> None:
    """Read the edited files. Raises `EditError` unless the function has a role there that grants what is needed."""
    from casemate.analysis.access.needs.comparing import compare
    from casemate.analysis.system import System
    from casemate.inventory.build import build
    from casemate.sources.discover import discover
    from casemate.sources.source import Options

    assert system.tree is not None  # noqa: S101 - `write_role` has looked
    overlay = OverlayTree(system.tree, files)
    inventory = build(discover(overlay, Options()).readings)
    after = System(inventory, system.today)
    found = next((one for one in inventory.functions if one.id == function.id), None)
    role = after.role_of(found) if found is not None else None
    before = {(one.code, one.at.path) for one in system.inventory.diagnostics if one.level == "error"}
    broken = [one for one in inventory.diagnostics if one.level == "error" and (one.code, one.at.path) not in before]
    if broken:
        raise EditError(f"the edited file would be wrong: {broken[0].message}")
    if role is None:
        raise EditError(f"{plan.needs.name} would have no role")
    missing = compare(after.grants(role), plan.needs.code.needed).missing
    if missing:
        raise EditError(f"the new role would not grant {missing[0].action}")


# -- SAM and CloudFormation
def is_sam(function: Function, system: System) -> bool:
    """Whether the template declares the function with SAM's own type."""
    stack, tree = system.stack_of(function), system.tree
    if stack is None or tree is None or function.resource.dialect not in {"sam", "cloudformation"}:
        return False
    try:
        _, node = _declaration(function.resource, stack, tree.read)
    except EditError:
        return False
    return (text_of(node.get("Type")) or "") == "AWS::Serverless::Function"


def _declaration(resource: Resource, stack: Stack, read: Callable[[str], bytes | None]) -> tuple[Tree, Fields]:
    owner = stack.resources.get(resource.implied_by) if resource.implied_by is not None else None
    place = (owner or resource).at
    data = read(place.path)
    if data is None:
        raise EditError(f"{place.path} cannot be read")
    tree = parse(place.path, data)
    node = named_at(tree.root, place)
    if not isinstance(node, Fields) or is_expression(node):
        raise EditError(f"the declaration of {resource.name} is not written out in a file")
    return tree, node


def _sam(plan: RolePlan, function: Function, stack: Stack, read: Callable[[str], bytes | None]) -> list[Edit]:
    tree, node = _declaration(function.resource, stack, read)
    properties = node.get("Properties")
    if not isinstance(properties, Fields):
        raise EditError(f"{plan.needs.name} has no properties")
    value: list[object] = [*plan.managed, texts.document(plan, stack.resources)] if plan.statements else [*plan.managed]
    edits = [_set(tree, properties, "Policies", list(texts.policies_lines(plan, stack.resources)), value)]
    if properties.entries.get("Role") is not None:
        edits += mapping.remove(tree, properties, ("Role",))
    return edits


def _cloudformation(
    plan: RolePlan, function: Function, stack: Stack, read: Callable[[str], bytes | None]
) -> list[Edit]:
    tree, node = _declaration(function.resource, stack, read)
    properties = node.get("Properties")
    every = tree.root.get("Resources") if isinstance(tree.root, Fields) else None
    if not isinstance(properties, Fields) or not isinstance(every, Fields):
        raise EditError(f"{plan.needs.name} has no properties")
    key = _own_key(plan, function, stack)
    role = _set(tree, properties, "Role", [f"!GetAtt {key}.Arn"], {"Fn::GetAtt": [key, "Arn"]})
    lines = list(texts.role_lines(plan, stack.resources, tags=True))
    return [role, _set(tree, every, key, lines[1:], texts.role_resource(plan, stack.resources), dedent=True)]


def _own_key(plan: RolePlan, function: Function, stack: Stack) -> str:
    """The logical id of the function's own role; one that it has already is written anew."""
    key = texts.role_key(plan)
    if key in stack.resources and (function.role is None or function.role.target != f"{stack.path}#{key}"):
        raise EditError(f"{key} is declared already, and is not the role of {plan.needs.name}")
    return key


def _set(tree: Tree, holder: Fields, key: str, lines: list[str], value: object, *, dedent: bool = False) -> Edit:
    """A key with what stands in `lines` (of a block) or `value` (in brackets), in place of what it has or as a new one.

    A single line stands behind the key. `dedent`: the lines are indented once already.
    """
    source = tree.source
    entry = holder.entries.get(key)
    if source.syntax == "json" or is_flow(source, holder):
        if entry is None:
            return mapping.put(tree, holder, (key,), value)[0]
        outer = source.indent_of(entry.key_at.start_line)
        style = (
            Style("json", source.newline, outer, step_of(source))
            if source.syntax == "json"
            else Style("flow", source.newline, "", "")
        )
        return source.edit(source.start(entry.value.at), source.end(entry.value.at), written(value, style))
    own = [one for one in holder.entries.values() if one.key_at.path == holder.at.path]
    if not own:
        raise EditError("the section is empty or shared through an alias")
    indent = " " * (min(one.key_at.start_column for one in own) - 1)
    text = _lines(indent, key, lines, "" if dedent else step_of(source), source.newline)
    if entry is not None:
        end = source.end_of_line(_last(tree, entry, holder))
        return source.edit(source.start_of_line(entry.key_at.start_line), end, text)
    last = max(own, key=lambda one: (one.key_at.start_line, one.key_at.start_column))
    at = source.end_of_line(_last(tree, last, holder))
    return source.edit(at, at, source.newline + text)


def _last(tree: Tree, entry: Entry, holder: Fields) -> int:
    return last_line(tree.source, entry, holder)


def _lines(indent: str, key: str, lines: list[str], step: str, newline: str) -> str:
    if len(lines) == 1 and not lines[0].startswith("- "):
        return f"{indent}{key}: {lines[0]}"
    if not lines:
        return f"{indent}{key}: []"
    return newline.join([f"{indent}{key}:", *(f"{indent}{step}{line}" for line in lines)])


# -- serverless.yml
def _serverless(plan: RolePlan, function: Function, stack: Stack, read: Callable[[str], bytes | None]) -> list[Edit]:
    service = parse(stack.path, read(stack.path) or b"")
    root = service.root
    if not isinstance(root, Fields) or root.get("provider") is None:
        raise EditError(f"{stack.path} is no service")
    tree, node = _function_of(function.resource, service, read)
    key = _own_key(plan, function, stack)
    edits = [_set(tree, node, "role", [key], key)]
    for name in _OWN_STATEMENTS:
        if node.entries.get(name) is not None:
            edits += mapping.remove(tree, node, (name,))
    lines = list(texts.role_lines(plan, stack.resources, tags=False))
    resource = texts.role_resource(plan, stack.resources)
    found = resources_in(service, stack.path, read)
    if found is None:
        inner = [f"{step_of(service.source)}{line}" for line in lines]
        edits.append(_set(service, root, "resources", ["Resources:", *inner], {"Resources": {key: resource}}))
        return edits
    holder, every = found
    edits.append(_set(holder, every, key, lines[1:], resource, dedent=True))
    return edits


def _function_of(resource: Resource, service: Tree, read: Callable[[str], bytes | None]) -> tuple[Tree, Fields]:
    """The function's own section, in the service's file or in one that it names."""
    place = resource.at
    tree = service if place.path == service.source.path else parse(place.path, read(place.path) or b"")
    try:
        tree, node = written_out(tree, named_at(tree.root, place), service.source.path, read)
    except EditError as error:
        raise EditError(f"the declaration of {resource.name}: {error.message}") from None
    if not isinstance(node, Fields) or is_expression(node):
        raise EditError(f"the declaration of {resource.name} is not written out in a file")
    return tree, node


# -- Terraform
def _terraform(plan: RolePlan, function: Function, stack: Stack, read: Callable[[str], bytes | None]) -> list[Edit]:
    from casemate.edits.hcl import Module

    del stack
    path = function.resource.at.path
    if not path.endswith(".tf"):
        raise EditError(f"{path} is generated; change what it was made from")
    module = Module(path, read(path) or b"")
    block = module.block_of(function.resource.at)
    argument = block.body.arguments.get("role") if block is not None else None
    if block is None or argument is None:
        raise EditError(f"the role of {plan.needs.name} is not written out")
    name = f"{texts.hcl_name(plan)}_own"
    source = module.source
    value = argument.value.at
    text = source.newline.join(["", "", *texts.hcl_lines(plan)])
    if any([label for label, _ in one.labels] == ["aws_iam_role", name] for one in module.body.blocks):
        return _rewritten(module, name, text, plan)
    at = source.end_of_line(block.at.end_line)
    return [
        source.edit(source.start(value), source.end(value), f"aws_iam_role.{name}.arn"),
        source.edit(at, at, text),
    ]


def _rewritten(module: Module, name: str, text: str, plan: RolePlan) -> list[Edit]:
    """The blocks of the role that the function has already, written anew when they are as they were written here."""
    role = plan.needs.function.role if plan.needs.function is not None else None
    if role is None or role.target is None or not role.target.endswith(f"aws_iam_role.{name}"):
        raise EditError(f"aws_iam_role.{name} is declared already, and is not the role of {plan.needs.name}")
    source = module.source
    own = [one for one in module.body.blocks if any(name in label for label, _ in one.labels)]
    first, last = min(one.at.start_line for one in own), max(one.at.end_line for one in own)
    if any(first < one.at.start_line < last and one not in own for one in module.body.blocks):
        raise EditError(f"the blocks of aws_iam_role.{name} do not stand together: change them by hand")
    return [source.edit(source.start_of_line(first), source.end_of_line(last), text.lstrip())]


_EDITS: dict[str, Callable[[RolePlan, Function, Stack, Callable[[str], bytes | None]], list[Edit]]] = {
    "sam": _sam, "cloudformation": _cloudformation, "serverless": _serverless, "terraform": _terraform,
}  # fmt: skip
