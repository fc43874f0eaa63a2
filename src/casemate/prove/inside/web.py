"""Web frameworks: which applications there are, and which of their routes lead to a function.

Sources: the documentation of Flask, FastAPI, Starlette, Bottle, Chalice and Powertools for AWS Lambda.
"""
# ruff: noqa: ANN401 - values of others

from __future__ import annotations

import inspect
import sys
from typing import Any

_WSGI = ("flask.", "bottle", "apiflask.", "falcon.")
ASGI = ("fastapi.", "starlette.", "quart.", "litestar.")


def routes(job: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes whose function is the wanted one: `{"path", "methods", "query", "body"}`; `{name}` stands in paths."""
    style = job["style"]
    if style == "django":
        return _django(job)
    if style in {"lambda", "request", "cloud-event", "aiohttp", "azure", "chalice-event"}:
        return []
    found = _routes(job)
    if not found and style in {"flask", "fastapi"} and _adopt(job):
        found = _routes(job)
    return found


def _django(job: dict[str, Any]) -> list[dict[str, Any]]:
    """What the URL gives a view: the parameters behind the request (Django documentation, "URL dispatcher")."""
    function: Any = sys.modules.get(job.get("module", ""))
    for part in job["name"].split("."):
        function = getattr(function, part, None)
    try:
        names = [one.name for one in inspect.signature(function).parameters.values()
                 if one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty]  # fmt: skip
    except (TypeError, ValueError):
        return []
    verb = job["name"].rpartition(".")[2].upper()
    behind = names[2:] if "." in job["name"] else names[1:]
    methods = [verb] if "." in job["name"] and verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} else ["POST"]
    return [{"path": "/" + "/".join(f"{{{name}}}" for name in behind), "methods": methods, "query": [], "body": {}}]


_ADOPTED: list[Any] = []
"""Applications made for parts that no application of the code takes in."""


def _adopt(job: dict[str, Any]) -> bool:
    """Put blueprints and routers into an application of their own; whether there were any."""
    parts = {id(one): one for one in _values(job) if type(one).__name__ in {"Blueprint", "APIBlueprint", "APIRouter"}}
    for part in parts.values():
        if type(part).__name__ == "APIRouter":
            import fastapi  # type: ignore[import-not-found, unused-ignore]

            app = fastapi.FastAPI()
            app.include_router(part)
        else:
            import flask  # type: ignore[import-not-found, unused-ignore]

            app = flask.Flask("casemate")
            app.register_blueprint(part)
        _ADOPTED.append(app)
    return bool(parts)


def _values(job: dict[str, Any]) -> list[Any]:
    """The values of the user's own modules."""
    return [
        value
        for module in list(sys.modules.values())
        if (getattr(module, "__file__", None) or "").startswith(job["app"])
        for value in list(vars(module).values())
    ]


def _routes(job: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = job["name"].rpartition(".")[2]
    found: list[dict[str, Any]] = []
    for app in applications(job):
        kind = type(app).__module__
        if hasattr(app, "url_map") and hasattr(app, "view_functions"):
            found.extend(_flask(app, wanted, job))
        elif kind.startswith(ASGI) and hasattr(app, "routes"):
            found.extend(_starlette(app.routes, wanted))
        elif kind.startswith("bottle"):
            found.extend({"path": _braces(one.rule), "methods": [one.method], "query": [], "body": {}}
                         for one in app.routes if _named(one.callback, wanted))  # fmt: skip
        elif kind.startswith("chalice"):
            for path, methods in app.routes.items():
                found.extend({"path": path, "methods": [method], "query": [], "body": {}}
                             for method, entry in methods.items() if _named(entry.view_function, wanted))  # fmt: skip
        elif kind.startswith("aws_lambda_powertools"):
            for one in [*getattr(app, "_static_routes", ()), *getattr(app, "_dynamic_routes", ())]:
                if _named(one.func, wanted):
                    path = getattr(one, "path", "") or one.rule.pattern.strip("^$")
                    found.append({"path": _braces(path), "methods": [*_texts(one.method)], "query": [], "body": {}})
    return found


def applications(job: dict[str, Any]) -> list[Any]:
    """Application objects in the user's own modules."""
    found: dict[int, Any] = {id(one): one for one in _ADOPTED}
    for value in _values(job):
        kind = type(value).__module__
        ours = kind.startswith((*_WSGI, *ASGI, "chalice", "aws_lambda_powertools")) and not inspect.isclass(value)
        if ours and any(hasattr(value, name) for name in ("url_map", "routes", "_dynamic_routes")):
            found[id(value)] = value
    bottle = sys.modules.get("bottle")
    if bottle is not None and hasattr(bottle, "default_app"):
        app = bottle.default_app()
        found.setdefault(id(app), app)
    return list(found.values())


def _named(function: Any, wanted: str) -> bool:
    for _ in range(8):
        if getattr(function, "__name__", None) == wanted:
            return True
        inner = getattr(function, "__wrapped__", None) or getattr(function, "func", None)
        if inner is None:
            return False
        function = inner
    return False


def _flask(app: Any, wanted: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    owner = job["name"].rpartition(".")[0]
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        cls = getattr(view, "view_class", None)
        hooks = [
            one
            for table in (app.before_request_funcs, app.after_request_funcs)
            for ones in table.values()
            for one in ones
        ]
        mine = (
            _named(view, wanted)
            or (cls is not None and cls.__name__ == owner)
            or any(_named(one, wanted) for one in hooks)
        )
        if not mine or rule.endpoint == "static":
            continue
        methods = [one for one in sorted(rule.methods) if one not in {"HEAD", "OPTIONS"}]
        if cls is not None and wanted.upper() in methods:
            methods = [wanted.upper()]
        converters = rule._converters.items()  # noqa: SLF001 - werkzeug tells it nowhere else
        numbers = [name for name, one in converters if type(one).__name__ != "UnicodeConverter"]
        found.append({"path": _braces(rule.rule), "methods": methods, "query": [], "body": {}, "numbers": numbers})
    return found


def _starlette(routes: Any, wanted: str, prefix: str = "") -> list[dict[str, Any]]:
    found = []
    for one in routes:
        path = prefix + getattr(one, "path", "")
        if getattr(one, "routes", None):
            found.extend(_starlette(one.routes, wanted, path))
            continue
        if not _named(getattr(one, "endpoint", None), wanted):
            continue
        made: dict[str, Any] = {"path": _braces(path), "methods": sorted(getattr(one, "methods", None) or ["GET"])}
        dependant = getattr(one, "dependant", None)
        typed = {}
        for field in (*_fields(dependant, "path_params"), *_fields(dependant, "query_params")):
            typed[field.name] = _example(_kind(field))
        made["typed"] = {name: value for name, value in typed.items() if value is not None}
        made["query"] = [field.alias for field in _fields(dependant, "query_params")]
        made["headers"] = [field.alias for field in _fields(dependant, "header_params")]
        body = {}
        fields = list(getattr(dependant, "body_params", ()))
        for field in fields:
            model = _kind(field)
            inner = getattr(model, "model_fields", None) or getattr(model, "__fields__", None)
            values = {name: _example(getattr(entry, "annotation", None)) for name, entry in (inner or {}).items()}
            if inner and len(fields) == 1:
                body = values
            else:
                body[field.alias] = values if inner else _example(model)
        made["body"] = body
        found.append(made)
    return found


def _fields(dependant: Any, area: str, depth: int = 0) -> list[Any]:
    """The parameters of a route and of what it depends on."""
    found = {field.alias: field for field in getattr(dependant, area, ())}
    for one in getattr(dependant, "dependencies", ()) if depth < 6 else ():
        for field in _fields(one, area, depth + 1):
            found.setdefault(field.alias, field)
    return list(found.values())


def _kind(field: Any) -> Any:
    """The type of a parameter, in whichever version of FastAPI."""
    return getattr(getattr(field, "field_info", None), "annotation", None) or getattr(field, "type_", None)


def _example(kind: Any) -> Any:
    """A value of a type, None for a text."""
    name = getattr(kind, "__name__", str(kind))
    return {"int": 1, "float": 1.5, "bool": True, "UUID": "00000000-0000-4000-8000-000000000000", "list": [],
            "dict": {}, "date": "2026-01-01", "datetime": "2026-01-01T00:00:00"}.get(name)  # fmt: skip


def _braces(path: str) -> str:
    """`/a/<int:b>`, `/a/{b:path}`, `/a/(?P<b>…)` -> `/a/{b}`."""
    import re

    path = re.sub(r"\(\?P<(\w+)>[^)]*\)\)?", r"{\1}", path)
    path = re.sub(r"<(?:[^<>:]*:)?(\w+)(?::[^<>]*)?>", r"{\1}", path)
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
