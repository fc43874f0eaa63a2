"""`DefinitionBody` with an API's `Auth`: SAM writes the authorisers into the description.

And the default one into each operation without its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Value, display, text_of
from casemate.sources.sam.authorization import INVOCATION
from casemate.sources.sam.writing import elements, entry, fields, fill, is_true, map_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.sam.authorization import Access
    from casemate.sources.sam.writing import Content

METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"}
)


def operations(body: Value | None) -> Iterator[tuple[str, str]]:
    """(path, method in lower case) of every operation of an API description."""
    if isinstance(body, Fields):
        for path, item in map_of(body, "paths").entries.items():
            if isinstance(item.value, Fields):
                yield from ((path, method) for method in item.value.entries if method.lower() in METHODS)


def with_auth(body: Value, access: Access) -> Value:
    """The description with the API's authorisers and defaults in it. Unchanged where the API has none."""
    default, key = access.default(), entry(access.auth, "ApiKeyRequired")
    needs_key = key is not None and is_true(key.value)
    authorizers = map_of(access.auth, "Authorizers")
    if not isinstance(body, Fields) or not (default or needs_key or authorizers.entries):
        return body
    names = {"AWS_IAM", "NONE", *authorizers.entries}
    preflight = access.family == "rest" and not _is_false(value_of(access.auth, "AddDefaultAuthorizerToCorsPreflight"))
    paths: dict[str, Entry] = {}
    described = map_of(body, "paths")
    for path, item in described.entries.items():
        operations_ = dict(item.value.entries) if isinstance(item.value, Fields) else {}
        for method, operation in operations_.items():
            if (
                method.lower() in METHODS
                and isinstance(operation.value, Fields)
                and (method.lower() != "options" or preflight)
            ):
                secured = _secured(
                    operation.value, names, default, key if needs_key else None, any_counts=access.family == "http"
                )
                operations_[method] = Entry(operation.key_at, secured)
        paths[path] = Entry(item.key_at, Fields(operations_, item.value.at)) if isinstance(item.value, Fields) else item
    schemes = dict(_schemes(access, authorizers, needs_key=needs_key))
    entries = {**body.entries, "paths": Entry(_key_at(body, "paths"), Fields(paths, described.at))}
    if "swagger" in body.entries:
        entries["securityDefinitions"] = _joined(body, "securityDefinitions", schemes)
    else:
        components = map_of(body, "components")
        inside = Fields(
            {**components.entries, "securitySchemes": _joined(components, "securitySchemes", schemes)}, components.at
        )
        entries["components"] = Entry(_key_at(body, "components"), inside)
    return Fields(entries, body.at)


def _secured(
    operation: Fields, names: set[str], default: Entry | None, key: Entry | None, *, any_counts: bool
) -> Fields:
    """One operation with the default authoriser.

    Unless it names one itself (for an HTTP API any security of its own counts).
    """
    own = list(elements(value_of(operation, "security")))
    named = {name for item in own if isinstance(item, Fields) for name in item.entries}
    added = list(own)
    if default is not None and not (named if any_counts else named & names):
        added.append(fields(default.value.at, {display(default.value): Items([], default.value.at)}))
    if key is not None and not named & {"api_key", "api_key_false"}:
        added.append(fields(key.value.at, {"api_key": Items([], key.value.at)}))
    if len(added) == len(own):
        return operation
    at = added[-1].at
    return Fields(
        {**operation.entries, "security": Entry(_key_at(operation, "security", at), Items(added, at))}, operation.at
    )


def _schemes(access: Access, authorizers: Fields, *, needs_key: bool) -> Iterator[tuple[str, Entry]]:
    at = access.auth.at
    for name, item in authorizers.entries.items():
        if isinstance(item.value, Fields):
            yield name, Entry(item.key_at, _scheme(item.value))
    iam = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}
    yield "AWS_IAM", Entry(at, fields(at, iam))
    if needs_key:
        yield "api_key", Entry(at, fields(at, {"type": "apiKey", "name": "x-api-key", "in": "header"}))


def _scheme(settings: Fields) -> Fields:
    at = settings.at
    pool, function = value_of(settings, "UserPoolArn"), value_of(settings, "FunctionArn")
    if (jwt := entry(settings, "JwtConfiguration")) is not None:
        return fields(
            at,
            {"type": "oauth2", "x-amazon-apigateway-authorizer": fields(at, {"type": "jwt", "jwtConfiguration": jwt})},
        )
    if pool is not None:
        detail: dict[str, Content] = {
            "type": "cognito_user_pools",
            "providerARNs": Items(list(elements(pool)), pool.at),
        }
        kind = "cognito_user_pools"
    else:
        payload = (text_of(value_of(settings, "FunctionPayloadType")) or "").lower()
        uri = None if function is None else fill(INVOCATION, function.at, {"Function": function})
        detail = {"type": payload if payload in {"token", "request"} else "token", "authorizerUri": uri}
        kind = "custom"
    return fields(
        at,
        {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": kind,
            "x-amazon-apigateway-authorizer": fields(at, detail),
        },
    )


def _joined(holder: Fields, name: str, schemes: dict[str, Entry]) -> Entry:
    own = map_of(holder, name)
    return Entry(_key_at(holder, name), Fields({**own.entries, **schemes}, own.at))


def _key_at(holder: Fields, name: str, otherwise: Span | None = None) -> Span:
    found = holder.entries.get(name)
    return found.key_at if found is not None else otherwise or holder.at


def _is_false(value: Value | None) -> bool:
    return value is not None and display(value).lower() == "false"
