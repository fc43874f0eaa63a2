"""Events: a value at a path, whatever is wrapped around it; and where an origin stands."""

from __future__ import annotations

import base64
import json

import pytest

from casemate.prove import requests
from casemate.prove.events import Node, event_for, flat, place, recode
from casemate.prove.positions import places


def made(kinds: tuple[str, ...], path: tuple[str, ...], value: object = "v", *, second: bool = False) -> Node:
    tree = {"event": event_for(kinds, [path], second=second)}
    place(tree, path, value)
    return flat(tree["event"], ("event",), [])


def test_a_body_becomes_a_document_when_the_path_goes_on() -> None:
    assert made(("http",), ("event", "body"))["body"] == "v"
    assert json.loads(made(("http",), ("event", "body", "a", "0", "b"))["body"]) == {"a": [{"b": "v"}]}


def test_messages_streams_and_objects() -> None:
    queue = made(("queue",), ("event", "Records", "0", "body", "name"))
    assert json.loads(queue["Records"][0]["body"]) == {"name": "v"}
    stream = made(("stream",), ("event", "Records", "0", "kinesis", "data", "a"))
    assert json.loads(base64.b64decode(stream["Records"][0]["kinesis"]["data"])) == {"a": "v"}
    bucket = made(("bucket",), ("event", "Records", "0", "s3", "object", "key"), "a b;c/d")
    assert bucket["Records"][0]["s3"]["object"]["key"] == "a+b%3Bc/d"


def test_a_document_in_a_document() -> None:
    path = ("event", "Records", "0", "body", "<json>", "Message", "<json>", "file")
    inner = json.loads(made(("queue",), path)["Records"][0]["body"])
    assert json.loads(inner["Message"]) == {"file": "v"}


def test_the_paths_decide_among_several_triggers() -> None:
    both = ("queue", "http")
    assert "httpMethod" in made(both, ("event", "queryStringParameters", "a"))
    assert "Records" in made(both, ("event", "Records", "0", "body"))
    assert made(("http",), ("event", "rawPath"), second=True)["version"] == "2.0"
    assert made((), ("event", "detail", "a"))["detail"] == {"a": "v"}


def test_documents_are_known_by_what_they_say() -> None:
    tree = {"event": event_for(("stream",), [("event", "Records", "0", "kinesis", "data")])}
    place(tree, ("event", "Records", "0", "kinesis", "data"), "text")
    documents: list[tuple[str, tuple[str, ...]]] = []
    flat(tree["event"], ("event",), documents)
    assert ("text", ("event", "Records", "0", "kinesis", "data")) in documents


def test_one_more_encoding() -> None:
    tree = {"event": {"a": "text"}}
    assert recode(tree, ("event", "a"), "base64")
    assert flat(tree["event"], ("event",), []) == {"a": base64.b64encode(b"text").decode()}
    assert not recode(tree, ("event", "a"), "base64")


@pytest.mark.parametrize(
    ("origin", "style", "wanted"),
    [
        ("event.Records[].body.name", "lambda", ("event", "Records", "0", "body", "name")),
        ("flask.request.args.a", "flask", ("request", "query", "a")),
        ("flask.request.json.a.b.0", "flask", ("request", "json", "a", "b", "0")),
        ("flask.request.get_data", "flask", ("request", "raw")),
        ("flask.request.headers.X-A", "flask", ("request", "headers", "X-A")),
        ("express.Request.params.name", "express", ("request", "params", "name")),
        ("azure.functions.HttpRequest.params.name", "azure", ("request", "query", "name")),
        ("stored:a.py:12.Item", "lambda", ("stored",)),
    ],
)
def test_origins(origin: str, style: str, wanted: tuple[str, ...]) -> None:
    assert places(origin, style, [])[0].paths[0] == wanted


def test_parameters_of_a_route() -> None:
    route = {
        "path": "/a/{id}/{n}",
        "methods": ["POST"],
        "numbers": ["n"],
        "query": ["q"],
        "body": {"name": None, "count": 1},
    }
    found = places("f.parameters", "fastapi", [route])[0].paths
    assert found == (("request", "params", "id"), ("request", "query", "q"), ("request", "json", "name"))


def test_a_request() -> None:
    tree = {"request": requests.empty()}
    place(tree, ("request", "params", "id"), "a/b")
    place(tree, ("request", "json", "name"), "v")
    found = requests.request_of(tree["request"], [{"path": "/x/{id}", "methods": ["GET", "POST"]}], [])
    assert (found["method"], found["path"], found["body"]) == ("POST", "/x/a/b", '{"name": "v"}')
    assert ["Content-Type", "application/json"] in found["headers"]
