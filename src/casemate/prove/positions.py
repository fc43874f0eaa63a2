"""From the origin of a flow to the places of an event or request where its data stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.prove.events import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.prove.events import Path

STORED: Path = ("stored",)
"""What a call of an SDK gives back."""
_AREAS = {
    "args": "query", "query": "query", "GET": "query", "query_params": "query", "values": "query", "params": "query",
    "query_string": "raw_query", "rawQueryString": "raw_query", "querystring": "raw_query",
    "get_query_string_value": "query", "query_string_parameters": "query", "queries": "query",
    "form": "form", "POST": "form", "forms": "form", "post": "form",
    "json": "json", "get_json": "json", "json_body": "json", "body": "json",
    "data": "raw", "get_data": "raw", "stream": "raw", "raw_body": "raw", "rawBody": "raw", "get_body": "raw",
    "text": "raw",
    "headers": "headers", "get_header_value": "headers", "header": "headers", "META": "headers",
    "cookies": "cookies", "COOKIES": "cookies", "cookie": "cookies", "files": "files", "FILES": "files",
    "path": "path", "full_path": "path", "url": "path", "originalUrl": "path",
    "match_info": "params", "path_params": "params", "view_args": "params", "uri_params": "params",
    "path_parameters": "params",
    "route_params": "params",
}  # fmt: skip
_PARAMS_IN_PATH = ("express", "koa", "fastify", "hono", "restify", "polka", "@azure")
_MANY = re.compile(r"\[\]$")


_WHOLE: dict[str, Path] = {
    "http": ("event", "body"), "queue": ("event", "Records", "0", "body"), "graphql": ("event", "arguments", "a"),
    "topic": ("event", "Records", "0", "Sns", "Message"), "bus": ("event", "detail", "a"),
    "bucket": ("event", "Records", "0", "s3", "object", "key"), "user-pool": ("event", "userName"),
    "table": ("event", "Records", "0", "dynamodb", "NewImage", "a", "S"), "iot": ("event", "a"),
    "stream": ("event", "Records", "0", "kinesis", "data"), "state-machine": ("event", "a"),
}  # fmt: skip
"""Where somebody outside chooses a text in an event, by what starts the function."""


class Place(NamedTuple):
    """Where a payload is put: every path at once."""

    paths: tuple[Path, ...]


def places(
    origin: str,
    style: str,
    routes: Sequence[Mapping[str, object]],
    names: Sequence[str] = (),
    kinds: Sequence[str] = (),
) -> list[Place]:
    """The ways to read an origin, the likeliest first.

    `routes`: what the driver says of the entry's routes; `names`: fields that the code reads anywhere, for origins that
    name none; `kinds`: what starts the function, for data that is the whole event.
    """
    if origin.startswith("stored:"):
        return [Place((STORED,))]
    parts = _parts(origin)
    if style == "typed":
        return _of_controller(parts, style, names)
    if parts[:1] == ["event"] and len(parts) > 1:
        return _of_event(tuple(parts))
    if parts == ["event"]:
        return [Place((path,)) for kind in kinds or ("http",) if (path := _WHOLE.get(kind)) is not None]
    if "parameters" in parts[1:]:
        inner = parts[parts.index("parameters", 1) + 1 :]
        if style in {"cloud-event", "chalice-event", "azure"}:
            return _of_argument(inner, style)
        return _of_parameters(routes)
    for at, part in enumerate(parts[:-1] or parts):
        area = _area(part, parts, at)
        if area is not None and at > 0:
            return _of_area(area, parts[at + 1 :], style, names)
    last = parts[-1] if parts else ""
    area = _area(last, parts, len(parts) - 1)
    if area is not None:
        return _of_area(area, [], style, names)
    return []


_FILLED = {"Param": "params", "Query": "query", "Headers": "headers", "Body": "json"}


def _of_controller(parts: Sequence[str], style: str, names: Sequence[str]) -> list[Place]:
    """A parameter of a Nest controller: by the name in its decorator, or a field of the variable that has them all."""
    area = _FILLED.get(parts[0])
    if area is None:
        inner = next((at for at, part in enumerate(parts) if _area(part, parts, at) is not None), None)
        found = _area(parts[inner], parts, inner) if inner is not None else None
        return _of_area(found, parts[inner + 1 :], style, names) if found and inner is not None else []
    return [place for rest in (parts[2:], parts[1:]) if rest for place in _of_area(area, rest, style, names)]


def _parts(origin: str) -> list[str]:
    found: list[str] = []
    for part in origin.split("."):
        if part.endswith("[]") and part != "[]":
            found += [part.removesuffix("[]"), "0"]
        else:
            found.append(part)
    return found


def _area(part: str, parts: Sequence[str], at: int) -> str | None:
    area = _AREAS.get(part)
    if part == "params" and parts[0].startswith(_PARAMS_IN_PATH):
        return "params"
    if part == "body" and at == len(parts) - 1 and parts[0].startswith(("django", "starlette", "fastapi")):
        return "raw"
    return area


def _of_event(path: Path) -> list[Place]:
    if path[-1] == "[]":
        inner = tuple("0" if step == "[]" else step for step in path)
        return [Place((path[:-1],)), Place((inner,)), Place(((*path[:-1], KEY),))]
    path = tuple("0" if step == "[]" else step for step in path)
    found = [Place((path,))]
    if {"NewImage", "OldImage", "Keys"} & set(path) and path[-1] not in {"S", "N", "B"}:
        found.append(Place(((*path, "S"),)))
    return found


def _of_area(area: str, rest: Sequence[str], style: str, names: Sequence[str]) -> list[Place]:
    if area in {"path", "raw_query"} and not rest:
        return [Place((("request", area),))]
    if area == "raw_query":
        area = "query"
    if area == "raw":
        return [Place((("request", "raw"),)), Place((("request", "json", *rest),))] if rest else [
            Place((("request", "raw"),))]  # fmt: skip
    steps = tuple("0" if one == "[]" else one for one in rest)
    if area == "json":
        found = [Place((("request", "json", *steps),))]
        if len(steps) == 1 and style in {"express", "koa", "fastify", "azure-js"}:
            found.append(Place((("request", "form", *steps),)))
        return found
    if area == "files":
        return [Place((("request", "files", steps[0] if steps and rest[0] != "[]" else "f"),))]
    if not rest or rest[0] == "[]":
        return [Place((("request", area, KEY), *(("request", area, name) for name in names[:12])))]
    paths: tuple[Path, ...] = (("request", area, rest[0]),)
    if area == "query" and style in {"flask", "django"}:
        return [Place(paths), Place((("request", "form", rest[0]),))]
    return [Place(paths)]


_RECORDS = {"key": ("s3", "object", "key"), "body": ("body",), "message": ("Sns", "Message"), "subject": ("Sns",
"Subject"),
            "data": ("kinesis", "data"), "new_image": ("dynamodb", "NewImage")}  # fmt: skip


def _of_argument(inner: Sequence[str], style: str) -> list[Place]:
    """What the object that a function is given says."""
    if style == "chalice-event":
        record = _RECORDS.get(inner[-1]) if inner else None
        return [Place((("event", "Records", "0", *record),))] if record else []
    steps = tuple(inner) or ("body",)
    return [Place((("event", *steps),)), Place((("event", "data", *steps),))]


def _of_parameters(routes: Sequence[Mapping[str, object]]) -> list[Place]:
    """Everything that a route hands to its function."""
    found: list[Path] = []
    for route in routes:
        typed = route.get("typed")
        numbers = route.get("numbers")
        skipped = {*(typed if isinstance(typed, dict) else ()), *(numbers if isinstance(numbers, list) else ())}
        names = re.findall(r"\{(\w+)\}", str(route.get("path") or ""))
        found += [("request", "params", name) for name in names if name not in skipped]
        query = route.get("query")
        found += (
            [("request", "query", str(name)) for name in query if name not in skipped]
            if isinstance(query, list)
            else []
        )
        body = route.get("body")
        found += _fields(body, ("request", "json")) if isinstance(body, dict) else []
    return [Place(tuple(dict.fromkeys(found)))] if found else []


def fixed(routes: Sequence[Mapping[str, object]]) -> dict[Path, object]:
    """What the parameters of routes that are no texts can hold."""
    found: dict[Path, object] = {}
    for route in routes:
        typed, query = route.get("typed"), route.get("query")
        for name, value in typed.items() if isinstance(typed, dict) else ():
            area = "query" if isinstance(query, list) and name in query else "params"
            found["request", area, str(name)] = value
        waiting: list[tuple[Path, object]] = [(("request", "json"), route.get("body"))]
        while waiting:
            path, one = waiting.pop()
            if isinstance(one, dict):
                waiting += [((*path, str(name)), value) for name, value in one.items()]
            elif one is not None:
                found[path] = one
    return found


def _fields(body: Mapping[str, object], path: Path) -> list[Path]:
    found: list[Path] = []
    for name, value in body.items():
        if isinstance(value, dict):
            found += _fields(value, (*path, name))
        elif value is None:
            found.append((*path, name))
    return found
