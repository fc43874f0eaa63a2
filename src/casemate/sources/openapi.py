"""API descriptions that stand alone: OpenAPI 2 and 3, with or without the extensions of API Gateway.

One stack a file, with one resource whose `Body` is the description: `AWS::ApiGateway::RestApi`, or
`AWS::ApiGatewayV2::Api` where an integration names a payload format (only HTTP APIs have one). What stands outside of
a description (endpoint, stage) is `Unknown`.

A description says who may call an operation; whether anything of the user's serves it, only an integration says.
Without one it may as well describe somebody else's API: operations that ask for authentication are listed, what asks
for none is not judged.

Sources: OpenAPI Specification 2.0, 3.0 and 3.1; API Gateway developer guide, "OpenAPI extensions for API Gateway";
Google Cloud documentation, "OpenAPI extensions" (`x-google-backend`).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Items, Tagged, Text, Unknown, Value, text_of
from casemate.sources.syntax.document import whole
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "openapi"
INTEGRATIONS = frozenset({"x-amazon-apigateway-integration", "x-amazon-apigateway-integrations", "x-google-backend"})
_YAML = re.compile(rb"""^["']?(?:openapi|swagger)["']?\s*:\s*["']?[23](?:\.\d|["'\s])""", re.MULTILINE)
_YAML_PATHS = re.compile(rb"""^["']?(?:paths|components|definitions|webhooks)["']?\s*:""", re.MULTILINE)
_JSON = re.compile(rb'"(?:openapi|swagger)"\s*:\s*"[23]\.')
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_MAX_NODES = 200_000
_ELSEWHERE = "an API description does not say it: declared where the API is deployed"
_UNSAID = {
    "AWS::ApiGateway::RestApi": ("EndpointConfiguration", "DisableExecuteApiEndpoint", "SecurityPolicy"),
    "AWS::ApiGatewayV2::Api": ("DisableExecuteApiEndpoint",),
}


def claims(path: str, data: bytes) -> bool:
    """`openapi` or `swagger` with a version at the top level."""
    if path.endswith(".json") or data.lstrip()[:1] == b"{":
        return _JSON.search(data) is not None and is_top_level(data, "openapi", "swagger")
    return _YAML.search(data) is not None and _YAML_PATHS.search(data) is not None


def is_top_level(data: bytes, *keys: str) -> bool:
    """Whether a JSON text is a map with one of `keys`. A text that the strict parser refuses is taken at its word."""
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        return True
    return isinstance(root, dict) and any(key in root for key in keys)


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """Every description by itself."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        document = opened(tree, path)
        diagnostics.extend(document.diagnostics)
        if not isinstance(document.root, Fields):
            problem = document.diagnostics[0].message if document.diagnostics else "not a map"
            inputs.append(Input(path, KIND, "failed", problem))
            continue
        body, reason = judged(document.root)
        inputs.append(Input(path, KIND, "understood", reason))
        if body is not None:
            stacks.append(_stack(path, body))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def judged(root: Fields) -> tuple[Fields | None, str | None]:
    """What of a description is to be taken into the inventory, and why not more. None: nothing."""
    if any(key in INTEGRATIONS for key, _ in _keys(root)):
        return root, None
    secured = any(isinstance(entry.value, Items) and entry.value.items for _, entry in _securities(root))
    if not secured:
        return None, "it names no integration and asks for no authentication: what serves it, and for whom, is not said"
    return _without_open(root), "it names no integration: operations that ask for no authentication are not judged"


# -- what a description says
def _keys(root: Value) -> Iterator[tuple[str, Entry]]:
    """Every key at any depth; a bounded walk."""
    stack: list[Value] = [root]
    seen = 0
    while stack and seen < _MAX_NODES:
        node = stack.pop()
        seen += 1
        match node:
            case Fields(entries=entries):
                yield from entries.items()
                stack.extend(entry.value for entry in entries.values())
            case Items(items=items) | Text(parts=items):
                stack.extend(items)
            case Tagged(value=inner):
                stack.append(inner)
            case _:
                pass


def _operations(root: Fields) -> Iterator[tuple[str, str, Fields]]:
    paths = root.get("paths")
    for path, item in paths.entries.items() if isinstance(paths, Fields) else ():
        for method, operation in item.value.entries.items() if isinstance(item.value, Fields) else ():
            if method.lower() in _METHODS and isinstance(operation.value, Fields):
                yield path, method, operation.value


def _securities(root: Fields) -> Iterator[tuple[str, Entry]]:
    if "security" in root.entries:
        yield "", root.entries["security"]
    for path, _, operation in _operations(root):
        if "security" in operation.entries:
            yield path, operation.entries["security"]


def _without_open(root: Fields) -> Fields:
    """The same description, where `security` is unknown for each operation that asks for nothing."""
    default = root.get("security")
    paths: dict[str, Entry] = {}
    described = root.get("paths")
    for path, item in described.entries.items() if isinstance(described, Fields) else ():
        if not isinstance(item.value, Fields):
            paths[path] = item
            continue
        made: dict[str, Entry] = {}
        for method, operation in item.value.entries.items():
            made[method] = operation
            if method.lower() in _METHODS and isinstance(operation.value, Fields):
                own = operation.value.get("security") or default
                if not (isinstance(own, Items) and own.items):
                    reason = "the description names no integration: what serves this operation is not said"
                    unknown = Entry(operation.key_at, Unknown(reason, operation.key_at, "attribute"))
                    changed = Fields({**operation.value.entries, "security": unknown}, operation.value.at)
                    made[method] = Entry(operation.key_at, changed)
        paths[path] = Entry(item.key_at, Fields(made, item.value.at))
    if not isinstance(described, Fields):
        return root
    entry = root.entries["paths"]
    return Fields({**root.entries, "paths": Entry(entry.key_at, Fields(paths, described.at))}, root.at)


# -- the resource
def _stack(path: str, body: Fields) -> Stack:
    """The API is named by its title, as API Gateway names it."""
    info = body.get("info")
    titled = info.entries.get("title") if isinstance(info, Fields) else None
    title = text_of(titled.value) if titled is not None else None
    at = titled.value.at if titled is not None and title else whole(path)
    type_ = "AWS::ApiGatewayV2::Api" if _is_http_api(body) else "AWS::ApiGateway::RestApi"
    properties: dict[str, Entry] = {"Body": Entry(body.at, body)}
    for name in _UNSAID[type_]:
        properties[name] = Entry(at, Unknown(_ELSEWHERE, at, "attribute"))
    if type_ == "AWS::ApiGatewayV2::Api" and (cors := _cors(body)) is not None:
        properties["CorsConfiguration"] = cors
    resource = Resource(
        type=type_,
        name=(title or path.rpartition("/")[2])[:120],
        key="Api",
        at=at,
        body=body.at,
        properties=Fields(properties, body.at),
        dialect="openapi",
    )
    return Stack(name=path, path=path, root=folder_of(path), dialect="openapi", resources={"Api": resource})


def _is_http_api(body: Fields) -> bool:
    """HTTP APIs take OpenAPI 3 only, where Lambda integrations have a payload format version; only they have CORS."""
    if "openapi" in body.entries and "x-amazon-apigateway-cors" in body.entries:
        return True
    return "openapi" in body.entries and any(
        key == "payloadFormatVersion" and text_of(entry.value) == "2.0" for key, entry in _keys(body)
    )


_CORS = {
    "allowOrigins": "AllowOrigins", "allowCredentials": "AllowCredentials", "allowHeaders": "AllowHeaders",
    "allowMethods": "AllowMethods", "exposeHeaders": "ExposeHeaders", "maxAge": "MaxAge",
}  # fmt: skip


def _cors(body: Fields) -> Entry | None:
    """`x-amazon-apigateway-cors`, as the resource spells it."""
    entry = body.entries.get("x-amazon-apigateway-cors")
    if entry is None or not isinstance(entry.value, Fields):
        return None
    renamed = {_CORS.get(key, key): inner for key, inner in entry.value.entries.items()}
    return Entry(entry.key_at, Fields(renamed, entry.value.at))
