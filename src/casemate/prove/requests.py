"""Requests as web frameworks get them, from a tree of areas: query, form, json, headers, params and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from casemate.prove.events import Doc, flat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.prove.events import Node, Path

BOUNDARY = "casemate0boundary"


def empty() -> dict[str, Any]:
    """A request with nothing in it."""
    return {"query": {}, "form": {}, "json": {}, "raw": None, "raw_query": None, "headers": {}, "cookies": {},
    "params": {}, "files": {},
            "path": None, "method": None}  # fmt: skip


def request_of(
    tree: Mapping[str, Any], routes: Sequence[Mapping[str, Any]], documents: list[tuple[str, Path]]
) -> dict[str, Any]:
    """The request for the first route that takes what the tree has."""
    has_body = bool(tree["form"] or tree["json"] or tree["raw"] or tree["files"])
    route = _route(routes, has_body=has_body, method=tree["method"])
    path, parameters = _path(tree, route)
    headers = {
        "Host": "localhost",
        "User-Agent": "casemate",
        **{name: _text(one) for name, one in tree["headers"].items()},
    }
    if tree["cookies"]:
        headers["Cookie"] = "; ".join(f"{name}={_cookie(_text(one))}" for name, one in tree["cookies"].items())
    body = ""
    if tree["files"]:
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        body = _multipart(tree["form"], tree["files"])
    elif tree["raw"] is not None:
        headers.setdefault("Content-Type", "application/octet-stream" if tree["raw"] else "text/plain")
        body = _text(tree["raw"])
        documents.append((body, ("request", "raw")))
    elif tree["form"]:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode([(name, _text(one)) for name, one in tree["form"].items()])
    elif tree["json"]:
        headers["Content-Type"] = "application/json"
        flat(tree["json"], ("request", "json"), documents)
        body = tree["json"] if isinstance(tree["json"], str) else Doc(tree["json"]).encoded()
        documents.append((body, ("request", "json")))
    for name, one in (*tree["query"].items(), *tree["form"].items()):
        if isinstance(one, (str, Doc)):
            area = "query" if name in tree["query"] else "form"
            documents.append((one.text() if isinstance(one, Doc) else one, ("request", area, name)))
    query = [pair for name, one in tree["query"].items() for pair in _pairs(name, one)]
    made = {"method": tree["method"] or _method(route, has_body=has_body), "path": path, "query": query,
            "headers": [[name, _line(one)] for name, one in headers.items()], "body": body,
            "parameters": parameters, "route": str(route.get("path") or path)}  # fmt: skip
    if tree["raw_query"] is not None:
        raw = quote(_text(tree["raw_query"]), safe="!$&'()*+,-./:;<=>?@[]^_`{|}~\"")
        return {**made, "query": [], "raw_query": raw}
    return made


def _pairs(name: str, value: Node) -> list[list[str]]:
    """`{"$ne": 1}` of a field is `field[$ne]=1`, as extended parsers of query strings read it."""
    if isinstance(value, dict):
        return [[f"{name}[{key}]", _text(one)] for key, one in value.items()]
    if isinstance(value, list):
        return [[name, _text(one)] for one in value]
    return [[name, _text(value)]]


def _text(value: Node) -> str:
    if isinstance(value, Doc):
        return value.encoded()
    return value if isinstance(value, str) else "" if value is None else Doc(value).encoded()


def _line(text: str) -> str:
    """A header's value: a line break would end the request, so it is none of an attacker's."""
    return text.replace("\r", " ").replace("\n", " ")


def _cookie(text: str) -> str:
    return quote(text, safe="!#$&'()*+/:<=>?@[]^`{|}~") if re.search(r'[;,"\\\s]', text) else text


def _route(routes: Sequence[Mapping[str, Any]], *, has_body: bool, method: str | None) -> Mapping[str, Any]:
    for route in routes:
        methods = {str(one).upper() for one in route.get("methods") or ("GET",)}
        if method is not None and method in methods:
            return route
        if method is None and (not has_body or methods & {"POST", "PUT", "PATCH", "ANY", "ALL", "DELETE"}):
            return route
    return routes[0] if routes else {"path": "/", "methods": ["POST" if has_body else "GET"]}


def _method(route: Mapping[str, Any], *, has_body: bool) -> str:
    methods = [str(one).upper() for one in route.get("methods") or ("GET",)]
    if has_body:
        return next(
            (one for one in methods if one in {"POST", "PUT", "PATCH"}), "POST" if "ANY" in methods else methods[0]
        )
    return "GET" if {"GET", "ANY", "ALL"} & set(methods) else methods[0]


def _path(tree: Mapping[str, Any], route: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    """The path with its parameters filled in; a payload that is the path itself follows the route's own."""
    parameters: list[list[str]] = []
    typed = route.get("typed") or {}

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        value = _text(tree["params"].get(name, typed.get(name, "1")))
        parameters.append([name, value])
        return value

    path = re.sub(r"\{(\w+)\}", filled, str(route.get("path") or "/"))
    known = {name for name, _ in parameters}
    parameters += [[name, _text(one)] for name, one in tree["params"].items() if name not in known]
    if tree["path"] is not None:
        path = f"{path.rstrip('/')}/{_text(tree['path'])}"
    return path, parameters


def _multipart(form: Mapping[str, Any], files: Mapping[str, Any]) -> str:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{_text(one)}\r\n'
             for name, one in form.items()]  # fmt: skip
    for name, one in files.items():
        text, content = _text(one), "content"
        if "ustar" in text:  # an archive: it is what is in the file
            text, content = "upload.tar", text
        file = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n{content}\r\n"
        )
    return "".join(parts) + f"--{BOUNDARY}--\r\n"
