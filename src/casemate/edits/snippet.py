"""A change as a few lines in the user's own dialect, for where no edit can be made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.edits.layout import Style, nested, written
from casemate.edits.scalars import fields_of
from casemate.edits.target import COMPANIONS
from casemate.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.entity import Entity
    from casemate.model.finding import Change

_BLOCK = Style("block", "\n", "", "  ")
_SERVERLESS_TYPES = {
    "AWS::Lambda::Function": "AWS::Serverless::Function",
    "AWS::Lambda::Url": "AWS::Serverless::Function",
    "AWS::ApiGateway::RestApi": "AWS::Serverless::Api",
    "AWS::ApiGateway::Stage": "AWS::Serverless::Api",
    "AWS::ApiGatewayV2::Stage": "AWS::Serverless::HttpApi",
    "AWS::StepFunctions::StateMachine": "AWS::Serverless::StateMachine",
}


def snippet(change: Change, entity: Entity) -> str:
    """The setting as it would be written in the entity's dialect; in a CDK program, as an override on its construct."""
    resource = entity.resource
    type_, path = _meant(resource.type, change.path)
    if change.op == "remove":
        return f"remove {'.'.join(path)}"
    match resource.dialect:
        case "terraform":
            return _terraform(type_, resource.key, path, change.value)
        case "cdk":
            dotted = ".".join(path)
            value = json.dumps(change.value)
            return f'{_variable(entity.name)}.node.defaultChild.addPropertyOverride("{dotted}", {value})'
        case "arm":
            return json.dumps(nested(path, change.value), indent=2, ensure_ascii=False)
        case "bicep":
            return "\n".join(_bicep(nested(path, change.value)))
        case "serverless":
            return _serverless(type_, path, change.value)
        case "sam":
            return _yaml(_sam(type_, path), change.value)
        case _:
            return _yaml(path, change.value)


def _meant(type_: str, path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for companion in COMPANIONS:
        if companion.owner == type_ and path[0] in (companion.paths or {companion.section}):
            return companion.type, path[1:] if companion.section else path
    return type_, path


def _yaml(path: tuple[str, ...], value: object) -> str:
    return written(nested(path, value), _BLOCK).strip("\n")


def _bicep(value: object) -> Iterator[str]:
    """A map as the properties of a Bicep object."""
    for key, part in (fields_of(value) or {}).items():
        if fields_of(part) is not None:
            yield f"{key}: {{"
            yield from (f"  {line}" for line in _bicep(part))
            yield "}"
        elif isinstance(part, str):
            quoted = part.replace("'", "\\'")
            yield f"{key}: '{quoted}'"
        else:
            yield f"{key}: {json.dumps(part)}"


def _sam(type_: str, path: tuple[str, ...]) -> tuple[str, ...]:
    from casemate.edits.cloudformation import sam_path

    try:
        return sam_path(_SERVERLESS_TYPES[type_], type_, path)
    except (EditError, KeyError):
        return path


def _serverless(type_: str, path: tuple[str, ...], value: object) -> str:
    from casemate.edits.serverless import said

    try:
        return _yaml(*said(type_, path, value))
    except EditError:
        return _yaml(path, value)


def _terraform(type_: str, key: str, path: tuple[str, ...], value: object) -> str:
    from casemate.edits.hcl import snippet_of
    from casemate.edits.terraform import arguments_for, spelled
    from casemate.sources.terraform.lowering.lowered import table_of

    own = key.partition("[")[0].rpartition(".")[0].rpartition(".")[2]
    table = table_of(own.partition("_")[0])
    if table is not None and table.natives.get(own) is not None and table.natives[own].type != type_:
        own = next((name for name, native in table.natives.items() if native.type == type_), own)
    tree: dict[str, object] = {}
    for found, part in _leaves(path, value):
        argument = next(arguments_for(own, found), None)
        names = found if argument is None else argument.path
        try:
            spelling = part if argument is None else spelled(argument.convert, part)
        except EditError:
            spelling = part
        section = tree
        for name in names[:-1]:
            inner = section.setdefault(name, {})
            section = inner if isinstance(inner, dict) else section
        section[names[-1]] = spelling
    return "\n".join(snippet_of((name,), part) for name, part in tree.items())


def _leaves(path: tuple[str, ...], value: object) -> list[tuple[tuple[str, ...], object]]:
    fields = fields_of(value)
    if fields is None:
        return [(path, value)]
    return [leaf for key, part in fields.items() for leaf in _leaves((*path, key), part)]


def _variable(name: str) -> str:
    """The construct's id as a program would call it."""
    word = "".join(character for character in name.rpartition("/")[2] if character.isalnum())
    return (word[:1].lower() + word[1:]) or "construct"
