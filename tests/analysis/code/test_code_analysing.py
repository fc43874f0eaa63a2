"""The code of a scanned system: what enters it decides who can send the data, and what was read is kept by content."""

from __future__ import annotations

from datetime import date
from textwrap import dedent
from typing import TYPE_CHECKING

from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEMPLATE = """
    AWSTemplateFormatVersion: "2010-09-09"
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Open:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.open_handler
          Runtime: python3.12
          Environment:
            Variables:
              TABLE: !Ref Table
          Events:
            Get:
              Type: HttpApi
              Properties: {Path: /a, Method: get}
      Timed:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.timed
          Runtime: python3.12
          Events:
            Tick:
              Type: Schedule
              Properties: {Schedule: rate(1 day)}
      Table:
        Type: AWS::Serverless::SimpleTable
      Inline:
        Type: AWS::Lambda::Function
        Properties:
          Handler: index.handler
          Runtime: python3.12
          Role: !Sub arn:aws:iam::${AWS::AccountId}:role/r
          Code:
            ZipFile: |
              import os
              def handler(event, context):
                  os.system(event["a"])
"""
APP = """
    import os
    import boto3

    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])

    def open_handler(event, context):
        os.system(event["queryStringParameters"]["x"])
        table.put_item(Item={"id": event["body"]})

    def timed(event, context):
        os.system(event["detail"])
        os.system(event["queryStringParameters"]["x"])
"""


class Kept:
    """A cache that counts."""

    def __init__(self) -> None:
        self.items: dict[bytes, bytes] = {}
        self.written = 0

    def get(self, kind: str, key: bytes) -> bytes | None:  # noqa: ARG002
        return self.items.get(key)

    def get_many(self, kind: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:  # noqa: ARG002
        return {key: self.items[key] for key in keys if key in self.items}

    def put_many(self, kind: str, items: Mapping[bytes, bytes]) -> None:  # noqa: ARG002
        self.items.update(items)
        self.written += len(items)

    def close(self) -> None:
        pass


def system(files: dict[str, str], cache: Kept | None = None) -> System:
    tree = MemoryTree({path: dedent(text).lstrip("\n").encode() for path, text in files.items()})
    return System(build(discover(tree, Options()).readings), date(2026, 1, 1), tree=tree, cache=cache)


def test_the_trigger_decides() -> None:
    scanned = system({"template.yaml": TEMPLATE, "src/app.py": APP})
    found = {(flow.at.path, flow.at.start_line): flow for flow in scanned.flows}
    assert [place[0] for place in found] == ["src/app.py", "template.yaml"]
    (flow, inline) = found.values()
    assert (flow.kind, flow.exposure, flow.at.start_line) == ("command", "public", 7)
    assert flow.functions == ("template.yaml#Open",)
    assert [step.at.start_line for step in flow.steps] == [7, 7]
    assert inline.exposure == "internal"
    line = dedent(TEMPLATE).lstrip("\n").split("\n")[inline.at.start_line - 1]
    assert line[inline.at.start_column - 1 : inline.at.end_column - 1] == 'os.system(event["a"])'


def test_calls_of_the_sdk() -> None:
    scanned = system({"template.yaml": TEMPLATE, "src/app.py": APP})
    calls = [call for facts in scanned.code_facts.facts if facts.name == "open_handler" for call in facts.calls]
    assert [(call.service, call.operation, call.tainted) for call in calls] == [("dynamodb", "PutItem", ("Item",))]
    assert calls[0].parameters["TableName"] == {"env": "TABLE"}


def test_what_did_not_change_is_not_walked_again() -> None:
    cache = Kept()
    files = {"template.yaml": TEMPLATE, "src/app.py": APP}
    first = system(files, cache).code
    written = cache.written
    assert system(files, cache).code == first
    assert cache.written == written
    changed = {**files, "src/app.py": APP.replace('os.system(event["query', 'print(event["query')}
    assert len(system(changed, cache).flows) == 1
    assert cache.written > written


def test_what_a_manifest_says_is_walked_again_for_its_language() -> None:
    cache = Kept()
    script = "const yaml = require('js-yaml');\nexports.handler = async (event) => yaml.load(event.body);\n"
    old, new = ('{"dependencies": {"js-yaml": "3.1.0"}}', '{"dependencies": {"js-yaml": "4.1.0"}}')
    files = {"web/index.js": script, "web/package.json": old, "job/app.py": "import os\nos.system('a')\n"}
    assert [flow.kind for flow in system(files, cache).flows] == ["deserialization"]
    before = cache.written
    assert system({**files, "web/package.json": new}, cache).flows == ()
    assert cache.written == before + 1  # the script, and not the Python
    assert [flow.kind for flow in system(files, cache).flows] == ["deserialization"]


def test_routes_of_django_are_part_of_a_view() -> None:
    cache = Kept()
    view = "import os\nfrom django.http import HttpResponse\n\ndef show(request, pk):\n    os.system(f'a {pk}')\n"
    routes = "from django.urls import path\nfrom . import views\nurlpatterns = [path('<int:pk>/', views.show)]\n"
    files = {"shop/views.py": view, "shop/urls.py": routes}
    assert system(files, cache).flows == ()
    free = {**files, "shop/urls.py": routes.replace("int:", "path:")}
    assert [flow.kind for flow in system(free, cache).flows] == ["command"]


def test_what_is_left_out_is_said() -> None:
    scanned = system(
        {
            "a/handler.py": "def handler(event, context):\n    eval(event['body'])\n",
            "a/tests/test_handler.py": "eval(input())\n",
            "a/check.py": "import pytest\n",
            "a/python/requests/__init__.py": "",
            "a/python/requests/api.py": "import os\ndef handler(event, context):\n    os.system(event['body'])\n",
            "a/node_modules/b/index.js": "eval(process.argv[2])",
        }
    )
    said = {one.path: (one.status, one.reason) for one in scanned.code.inputs}
    assert said["a/handler.py"] == ("understood", None)
    assert said["a/tests/test_handler.py"] == ("excluded", "test code")
    assert said["a/check.py"] == ("excluded", "test code")
    assert said["a/python/requests/api.py"] == ("excluded", "vendored")
    assert [flow.at.path for flow in scanned.flows] == ["a/handler.py"]


def test_hostile_code_ends() -> None:
    deep = "x = " + "[" * 3000 + "]" * 3000 + "\n"
    loop = "def handler(event, context):\n    return handler(event, context)\n"
    many = "".join(f"def f{n}(a):\n    return f{n + 1}(a) + f{n + 1}(a + 'b')\n" for n in range(60))
    many += "def f60(a):\n    return a\ndef handler(event, context):\n    eval(f0(event['body']))\n"
    scanned = system({"deep.py": deep, "loop.py": loop, "many.py": many, "bad.py": "def (:\n  ::\n"})
    assert not [one for one in scanned.code.diagnostics if one.code == "code-failed"]
    assert {one.path: one.status for one in scanned.code.inputs}["bad.py"] == "partial"
