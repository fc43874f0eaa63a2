"""What an application of Chalice says in `app.py` and `chalicelib`: its routes with their authorisers, read as text.

Nothing is run. A route without `authorizer` asks nobody; what an authoriser is, where its name is assigned in the same
files. Source: Chalice documentation, "Routing", "Authorization", "CORSConfig", "AWS Lambda Functions".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.model.value import Items, Literal, Unknown, Value
from casemate.sources.syntax.calls import Argument, Source
from casemate.sources.syntax.document import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.tree import Tree

MAX_FILES = 100
_DECORATOR = re.compile(r"^[ \t]*@(\w{1,60})\.(route|lambda_function)[ \t]*(\()", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w{1,200})", re.MULTILINE)
_ASSIGNED = re.compile(r"^(\w{1,60})[ \t]*=[ \t]*(?:\w{1,60}\.){0,3}(\w{1,60})[ \t]*(\()", re.MULTILINE)
_KINDS = {"IAMAuthorizer": "AWS_IAM", "CognitoUserPoolAuthorizer": "COGNITO_USER_POOLS", "CustomAuthorizer": "CUSTOM"}


@dataclass(frozen=True, slots=True)
class Route:
    """`name`: the Python function behind it; `auth`: as API Gateway spells it; `cors`: the origin it answers with."""

    name: str
    path: str
    methods: tuple[str, ...]
    at: Span
    auth: Value
    api_key: Value
    cors: Value | None


@dataclass(frozen=True, slots=True)
class App:
    """The routes, and the functions beside the one that serves them (name, place)."""

    routes: tuple[Route, ...]
    functions: tuple[tuple[str, Span], ...]


def application(tree: Tree, folder: str) -> App | None:
    """What the program in `folder` declares; None where there is no `app.py`, or it declares no route."""
    base = f"{folder}/" if folder else ""
    if tree.size(f"{base}app.py") is None:
        return None
    library = list(tree.paths(lambda path: path.startswith(f"{base}chalicelib/") and path.endswith(".py")))
    sources: list[Source] = []
    for path in [f"{base}app.py", *library[:MAX_FILES]]:
        data = tree.read(path)
        text = decode(data, path)[0] if data is not None and b"chalice" in data else None
        if text is not None:
            sources.append(Source(text, path, hash_comments=True))
    made = {(source.path, match[1]): (source, match) for source in sources for match in _ASSIGNED.finditer(source.code)}
    routes: list[Route] = []
    functions: list[tuple[str, Span]] = []
    for source in sources:
        for match in _DECORATOR.finditer(source.code):
            if match[2] == "route":
                routes.extend(_route(source, match, made))
            elif (function := _function(source, match)) is not None:
                functions.append(function)
    return App(tuple(routes), tuple(functions)) if routes else None


_Made = dict[tuple[str, str], tuple[Source, "re.Match[str]"]]


def _route(source: Source, match: re.Match[str], made: _Made) -> Iterator[Route]:
    arguments = source.arguments(match.start(3))
    named = {argument.name: argument for argument in arguments if argument.name is not None}
    first = named.get("path") or next((one for one in arguments if one.name is None), None)
    path = source.string(first) if first is not None else None
    if path is None:
        return
    at = source.span(match.start(1) - 1, (source.closing(match.start(3)) or match.end()) + 1)
    methods = tuple(word.upper() for word, _, _ in source.strings(named["methods"])) if "methods" in named else ("GET",)
    asked = named.get("authorizer")
    auth: Value = Literal("NONE", at)
    if asked is not None and source.words(asked) != "None":
        auth = _authorizer(source, asked, made)
    key = source.words(named["api_key_required"]) if "api_key_required" in named else "False"
    api_key: Value = (
        Literal(key == "True", at)
        if key in {"True", "False"}
        else Unknown("whether a key is asked for is computed", at, "program")
    )
    defined = _DEFINED.search(source.code, match.end(), match.end() + 5000)
    name = path if defined is None else defined[1]
    yield Route(name, path, methods or ("GET",), at, auth, api_key, _cors(source, named.get("cors"), made))


def _authorizer(source: Source, asked: Argument, made: _Made) -> Value:
    """Some authoriser for certain; which one where the call that makes it is seen."""
    at = source.span(asked.start, asked.end)
    word = source.words(asked)
    found = made.get((source.path, word))
    name = found[1][2] if found is not None else word.partition("(")[0].rpartition(".")[2]
    return Literal(_KINDS.get(name, "CUSTOM"), at)


def _cors(source: Source, asked: Argument | None, made: _Made) -> Value | None:
    """`True` is any origin; a `CORSConfig` says its own, any unless it does."""
    if asked is None or source.words(asked) in {"False", "None"}:
        return None
    at = source.span(asked.start, asked.end)
    if source.words(asked) == "True":
        return Literal("*", at)
    found = made.get((source.path, source.words(asked)))
    if found is None or found[1][2] != "CORSConfig":
        return Unknown("the origins are made elsewhere", at, "program")
    holder, match = found
    named = {argument.name: argument for argument in holder.arguments(match.start(3))}
    origin = named.get("allow_origin")
    if origin is None:
        return Literal("*", at)
    place = holder.span(origin.start, origin.end)
    written = holder.string(origin)
    return Unknown("the origins are computed", place, "program") if written is None else Literal(written, place)


def _function(source: Source, match: re.Match[str]) -> tuple[str, Span] | None:
    """A function that no route leads to, by its `name` or that of its definition."""
    named = {argument.name: argument for argument in source.arguments(match.start(3))}
    if "name" in named and (written := source.string(named["name"])) is not None:
        return written, source.span(named["name"].start, named["name"].end)
    defined = _DEFINED.search(source.code, match.end(), match.end() + 2000)
    return None if defined is None else (defined[1], source.span(defined.start(1), defined.end(1)))


def responses(cors: Value) -> Items:
    """The answer to a preflight, as API Gateway describes it."""
    from casemate.sources.sam.writing import fields

    name = "method.response.header.Access-Control-Allow-Origin"
    origin: Value = Literal(f"'{cors.value}'", cors.at) if isinstance(cors, Literal) else cors
    return Items([fields(cors.at, {"ResponseParameters": fields(cors.at, {name: origin})})], cors.at)
