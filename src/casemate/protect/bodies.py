"""Schemas of request bodies, from the descriptions of APIs: OpenAPI 2 and 3 in templates, models of REST APIs.

A schema that is not wholly known (a reference outside of the description, an unresolved part) is left out and told:
half a schema would refuse right requests. Sources: OpenAPI Specification 3.1 "Schema Object" (2020-12), 3.0
(`nullable`, boolean `exclusiveMinimum`), 2.0 (body parameters); API Gateway developer guide, "Data models for REST
APIs" (draft 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from casemate.inventory.aws.embedded import tree
from casemate.inventory.openapi import operations
from casemate.model.value import Absent, Fields, Items, Literal, Reference, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.system import System
    from casemate.model.api import Route
    from casemate.model.function import Function

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_MAX_DEPTH = 60
_MAX_NODES = 20_000
_JSON_TYPES = ("application/json", "*/*")
_DROPPED = frozenset(
    {
        "example",
        "examples",
        "xml",
        "externalDocs",
        "discriminator",
        "readOnly",
        "writeOnly",
        "deprecated",
        "$schema",
        "id",
    }
)


class UnknownPartError(Exception):
    """A part of a schema is not known; `str(self)` says which."""


def bodies_of(function: Function, system: System) -> tuple[dict[str, dict[str, Json]], tuple[str, ...]]:
    """`POST /orders` -> the schema of its body, for each route of the function that has one; and what was left out."""
    found: dict[str, dict[str, Json]] = {}
    lost: list[str] = []
    for route in system.routes_of(function):
        for label, schema, root in _candidates(route, system):
            try:
                found[label] = converted(schema, root)
            except UnknownPartError as error:
                lost.append(f"{schema.at.path}:{schema.at.start_line}: the schema of {label} is not used: {error}")
    return found, tuple(dict.fromkeys(lost))


def _candidates(route: Route, system: System) -> Iterator[tuple[str, Value, Value]]:
    """(label, schema, the description that its references are of)."""
    api = system.target(route.api)
    body = tree(api.resource.properties.get("Body")) if api is not None else None
    if body is not None:
        for operation in operations(body):
            if operation.path == route.path and operation.method == route.method:
                schema = _of_operation(operation.body.value, body)
                if schema is not None:
                    yield route.label, schema, body
    schema = _of_model(_member(route.resource.properties.get("RequestModels"), "application/json"), route, system)
    if schema is not None:
        yield route.label, schema, schema


def _of_model(model: Value | None, route: Route, system: System) -> Value | None:
    """The schema behind a method's model: by reference, by name, or (serverless.yml) written in its place."""
    stack = system.stack_of(route)
    if isinstance(model, Fields):
        return model.get("schema") or model
    if stack is None or model is None:
        return None
    found = stack.resources.get(model.target) if isinstance(model, Reference) else None
    name = text_of(model)
    for resource in stack.resources.values() if name else ():
        if resource.type == "AWS::ApiGateway::Model":
            named = text_of(resource.properties.get("Name"))
            if named == name or (named is None and resource.key.endswith(f"{name}Model")):  # as SAM calls them
                found = resource
    return tree(found.properties.get("Schema")) if found is not None else None


def _of_operation(operation: Value | None, root: Value) -> Value | None:
    """The schema of a body in JSON; with others beside it nothing is said about a body."""
    content = _member(_resolved(_member(operation, "requestBody"), root), "content")
    if isinstance(content, Fields):
        if not all(name in _JSON_TYPES or name.endswith("+json") for name in content.entries):
            return None
        return next((schema for one in content.entries.values() if (schema := _member(one.value, "schema"))), None)
    parameters = _member(operation, "parameters")
    for one in parameters.items if isinstance(parameters, Items) else ():
        parameter = _resolved(one, root)
        if text_of(_member(parameter, "in")) == "body":
            return _member(parameter, "schema")
    return None


def _member(value: Value | None, name: str) -> Value | None:
    return value.get(name) if isinstance(value, Fields) else None


def _resolved(value: Value | None, root: Value) -> Value | None:
    reference = text_of(_member(value, "$ref"))
    return value if reference is None else _behind(reference, root)


def _behind(reference: str, root: Value) -> Value | None:
    if not reference.startswith("#/"):
        return None
    found: Value | None = root
    for part in reference[2:].split("/"):
        found = _member(found, part.replace("~1", "/").replace("~0", "~"))
    return found


def converted(schema: Value, root: Value) -> dict[str, Json]:
    """A schema of a description as JSON Schema 2020-12; what it refers to stands under `$defs`.

    Raises `UnknownPartError`.
    """
    converter = _Converter(root)
    body = converter.value(schema, 0)
    if not isinstance(body, dict):
        raise UnknownPartError("it is no object")
    if converter.definitions:
        body["$defs"] = cast("Json", converter.definitions)
    return body


class _Converter:
    def __init__(self, root: Value) -> None:
        self.root = root
        self.definitions: dict[str, Json] = {}
        self._nodes = 0

    def value(self, value: Value, depth: int, *, is_schema: bool = True) -> Json:
        self._nodes += 1
        if depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            raise UnknownPartError("it is too large")
        if isinstance(value, Literal):
            return value.value
        if isinstance(value, Absent):
            return None
        if isinstance(value, Items):
            return [self.value(one, depth + 1, is_schema=is_schema) for one in value.items]
        if not isinstance(value, Fields):
            raise UnknownPartError(f"line {value.at.start_line} is not known")
        reference = text_of(value.get("$ref")) if is_schema else None
        if reference is not None:
            return {"$ref": self._reference(reference, depth)}
        found: dict[str, Json] = {}
        for name, entry in value.entries.items():
            if is_schema and (name in _DROPPED or name.startswith("x-")):
                continue
            inner = not is_schema or name not in {"enum", "const", "default", "required"}
            found[name] = (
                self.value(entry.value, depth + 1, is_schema=is_schema and inner)
                if name not in _TABLES
                else {key: self.value(one.value, depth + 1) for key, one in _entries(entry.value)}
            )
        return _modern(found) if is_schema else found

    def _reference(self, reference: str, depth: int) -> Json:
        name = reference.rpartition("/")[2]
        if name not in self.definitions:
            target = _behind(reference, self.root)
            if target is None:
                raise UnknownPartError(f"{reference} is not in the description")
            self.definitions[name] = {}  # before its parts: it may refer to itself
            self.definitions[name] = self.value(target, depth + 1)
        return f"#/$defs/{name}"


_TABLES = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})


def _entries(value: Value) -> Iterator[tuple[str, _Entry]]:
    if not isinstance(value, Fields):
        raise UnknownPartError(f"line {value.at.start_line} is not known")
    yield from value.entries.items()


def _modern(schema: dict[str, Json]) -> dict[str, Json]:
    """Older spellings as 2020-12 spells them."""
    if schema.pop("nullable", False) is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*cast("list[Json]", schema["enum"]), None]
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and limit in schema:
                schema[exclusive] = schema.pop(limit)
    if isinstance(schema.get("items"), list):
        schema["prefixItems"] = schema.pop("items")
        if "additionalItems" in schema:
            schema["items"] = schema.pop("additionalItems")
    if "definitions" in schema:
        schema["$defs"] = schema.pop("definitions")
    return schema


if TYPE_CHECKING:
    from casemate.model.value import Entry as _Entry
