"""Data that was checked on its way in: declared types, models, enums, routes, tokens. Marked lines are unsafe."""

from __future__ import annotations

from textwrap import indent

import pytest
from tests.analysis.code.suite.marked import score
from tests.analysis.code.walking import sinks, walked

from casemate.analysis.code.unit import MAX_SURE

FASTAPI = """
    import os
    from enum import Enum
    from typing import Annotated, Literal, Optional
    from uuid import UUID
    from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path, Query, UploadFile
    from fastapi.responses import HTMLResponse
    from pydantic import BaseModel, EmailStr, Field, field_validator
    app = FastAPI()
"""

APPS = {
    "types of parameters": {
        "app.py": f"""{FASTAPI}
    class Tool(Enum):
        LS = "ls"
        DF = "df"

    Number = Annotated[int, Path(ge=1)]
    Slug = Annotated[str, Path(max_length=20)]

    @app.get("/a/{{tool}}")
    def a(tool: Tool, sort: Literal["up", "down"], ident: UUID, count: Optional[int] = None, n: Number = 1):
        os.system(f"{{tool.value}} {{sort}} {{ident}} {{count}} {{n}}")

    @app.get("/b")
    def b(word: str, slug: Slug, name: str = Query("x", pattern="^[a-z]+$"), loose: str = Query("x", pattern="[a-z]+")):
        os.system("a " + name)
        os.system("a " + loose)  # !command
        os.system("a " + word)  # !command
        os.system("a " + slug)  # !command

    @app.get("/c")
    def c(words: list[str], numbers: list[int], key: str = Header()):
        for one in numbers:
            os.system(f"a {{one}}")
        for one in words:
            os.system(f"a {{one}}")  # !command
        os.system(key)  # !command

    @app.get("/d")
    def d(left: str, right: str):
        if left not in ("x", "y"):
            raise HTTPException(400)
        os.system(left)
        os.system(right)  # !command
    """
    },
    "models": {
        "app.py": f"""{FASTAPI}
    class Owner(BaseModel):
        name: str
        age: int

    class Item(BaseModel):
        title: str = Field(pattern=r"^[\\w-]+$")
        price: float
        owner: Owner
        tags: list[str] = []
        kind: str
        mail: EmailStr = "a@b.c"
        code: str = Field(alias="c")

        @field_validator("kind")
        @classmethod
        def known(cls, value):
            if value not in {{"book", "film"}}:
                raise ValueError("unknown")
            return value

    @app.post("/a")
    def a(item: Item):
        os.system(f"{{item.title}} {{item.price}} {{item.kind}} {{item.owner.age}}")
        os.system(item.owner.name)  # !command
        os.system(item.tags[0])  # !command
        os.system(item.code)  # !command
        os.system(item.mail)  # !command
        os.system(str(item.model_dump()["price"]))
        os.system(item.model_dump()["code"])  # !command
    """
    },
    "models of events": {
        "app.py": """
    import json
    import os
    from pydantic import BaseModel, ValidationError

    class Job(BaseModel):
        width: int
        name: str

    def handler(event, context):
        data = json.loads(event["body"])
        try:
            job = Job(**data)
        except ValidationError:
            return {"statusCode": 400}
        os.system(str(job.width) + data["width"])
        os.system(job.name)  # !command
        os.system(data["name"])  # !command
        os.system(data["other"])  # !command
        other = Job.model_validate_json(event["headers"]["x-job"])
        os.system(f"{other.width}")
        os.system(other.name)  # !command
    """
    },
    "envelopes of Powertools": {
        "app.py": """
    import os
    from aws_lambda_powertools.utilities.parser import BaseModel, event_parser, parse
    from aws_lambda_powertools.utilities.parser.envelopes import SqsEnvelope

    class Job(BaseModel):
        width: int
        name: str

    @event_parser(model=Job, envelope=SqsEnvelope)
    def handler(event: list[Job], context):
        for job in event:
            os.system(f"{job.width}")
            os.system(job.name)  # !command
    """
    },
    "conversions that raise": {
        "app.py": """
    import os
    import uuid

    def handler(event, context):
        x = event["pathParameters"]["x"]
        try:
            uuid.UUID(x)
        except ValueError:
            return None
        os.system(x)
        y = event["pathParameters"]["y"]
        try:
            int(y)
        except ValueError:
            pass
        os.system(y)  # !command
    """
    },
    "a guard and a default": {
        "app.py": """
    from flask import Flask, redirect, request
    app = Flask(__name__)
    HOSTS = {"/a", "/b"}

    @app.get("/a")
    def a():
        to = request.args["to"]
        if to not in HOSTS:
            to = "/"
        return redirect(to)

    @app.get("/b")
    def b():
        to = request.args["to"]
        if to in HOSTS:
            to = "/"
        return redirect(to)  # !redirect

    @app.get("/c")
    def c():
        to = request.args.get("to", "")
        if not to.startswith("/") or to.startswith("//"):
            to = "/"
        return redirect(to)

    @app.get("/d")
    def d():
        to = request.args.get("to", "")
        if not to.startswith("/"):
            to = "/"
        return redirect(to)  # !redirect
    """
    },
    "pages": {
        "app.py": f"""{FASTAPI}
    @app.get("/a", response_class=HTMLResponse)
    def a(n: str):
        return f"<p>{{n}}</p>"  # !xss

    @app.get("/b")
    def b(n: str):
        return f"<p>{{n}}</p>"

    @app.post("/c")
    def c(file: UploadFile):
        open("/srv/" + file.filename, "wb")  # !path
    """
    },
    "headers written afterwards": {
        "app.py": """
    from flask import Flask, Response, make_response, request
    app = Flask(__name__)

    @app.get("/a")
    def a():
        made = make_response(request.args["x"])
        made.headers["Content-Type"] = "text/plain"
        return made

    @app.get("/b")
    def b():
        one = make_response("ok")
        one.mimetype = "text/plain"
        other = make_response(request.args["x"])  # !xss
        return other

    @app.get("/c")
    def c():
        def pieces():
            yield "<p>"
            yield request.args["x"]
        return Response(pieces(), mimetype="text/html")  # !xss
    """
    },
    "keyed hashes": {
        "app.py": """
    import hmac
    import os
    import pickle

    KEY = os.environ["KEY"].encode()

    def handler(event, context):
        blob = event["body"]
        pickle.loads(blob)  # !deserialization
        if not hmac.compare_digest(hmac.new(KEY, blob, "sha256").hexdigest(), event["headers"]["x-mac"]):
            return None
        pickle.loads(blob)
        os.system(blob)  # !command
        other = event["queryStringParameters"]["o"]
        if hmac.new(KEY, b"fixed", "sha256").hexdigest() == event["headers"]["x-mac"]:
            pickle.loads(other)  # !deserialization
    """
    },
    "schemas": {
        "app.py": """
    import json
    import os
    import jsonschema

    SCHEMA = {"type": "object", "properties": {"a": {"enum": ["x"]}, "b": {"type": "integer"}, "c": {"type": "string"}}}

    def handler(event, context):
        data = json.loads(event["body"])
        jsonschema.validate(data, SCHEMA)
        os.system(data["a"] + str(data["b"]))
        os.system(data["c"])  # !command
    """
    },
    "operators of MongoDB": {
        "app.py": """
    import json
    import os
    from pymongo import MongoClient

    db = MongoClient(os.environ["M"]).shop

    def handler(event, context):
        data = json.loads(event["body"])
        db.users.find_one({"name": str(data["name"]), "mail": event["queryStringParameters"]["m"]})
        db.users.find_one({"name": data["name"]})  # !nosql
    """
    },
    "reduced": {
        "app.py": """
    import os
    from functools import reduce

    def handler(event, context):
        parts = event["queryStringParameters"]["p"].split(",")
        os.system(str(reduce(lambda found, part: found + len(part), parts, 0)))
        os.system(reduce(lambda found, part: found + part, parts, "a"))  # !command
    """
    },
    "models that keep what they do not declare": {
        "app.py": f"""{FASTAPI}
    from pydantic import ConfigDict

    class Loose(BaseModel):
        model_config = ConfigDict(extra="allow")
        number: int

    @app.post("/a")
    def a(loose: Loose):
        os.system(str(loose.number))
        os.system(loose.model_dump()["command"])  # !command
        os.system(loose.command)  # !command
    """
    },
    "finally runs in any case": {
        "app.py": """
    import os
    import uuid

    def handler(event, context):
        x = event["pathParameters"]["x"]
        try:
            uuid.UUID(x)
        finally:
            os.system(x)  # !command
        os.system(x)
    """
    },
    "what is written after everything": {
        "app.py": """
    import json
    import os

    def handler(event, context):
        body = json.loads(event["body"])
        first = {**body, "role": "user"}
        os.system(first["role"])
        os.system(first["name"])  # !command
        os.system(dict(body, role="user")["role"])
        found = {}
        found.update(body)
        found["role"] = "user"
        os.system(found["role"])
        found.update(body)
        os.system(found["role"])  # !command
    """
    },
    "characters that are escaped": {
        "app.py": """
    import ldap3
    import re

    def clean(value):
        for one in "\\\\*()":
            value = value.replace(one, f"\\\\{ord(one):02x}")
        return value

    def handler(event, context):
        name = event["pathParameters"]["name"]
        found = ldap3.Connection("ldap://x")
        found.search("dc=x", f"(uid={clean(name)})")
        found.search("dc=x", f"(uid={re.sub('[()*]', '', name)})")
        found.search("dc=x", f"(uid={re.sub('[()]', '', name)})")  # !ldap
    """
    },
    "a server of the standard library": {
        "app.py": """
    import json
    import os
    from http.server import BaseHTTPRequestHandler
    from urllib.parse import parse_qs, urlparse

    class Handler(BaseHTTPRequestHandler):
        def answer(self, kind, body):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)  # !xss

        def do_GET(self):
            query = parse_qs(urlparse(self.path).query)
            self.answer("text/html", b"<p>" + query["n"][0].encode())

        def do_POST(self):
            os.system(self.headers["x"])  # !command
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps({"path": self.path}).encode())
    """
    },
    "cookies written by hand": {
        "app.py": """
    def handler(event, context):
        ident = context.aws_request_id
        if event["rawPath"] == "/a":
            return {"statusCode": 200, "headers": {"Set-Cookie": f"sid={ident}; HttpOnly; Secure"}}
        if event["rawPath"] == "/b":
            return {"statusCode": 200, "headers": {"Set-Cookie": "sid=; Max-Age=0"}}
        return {"statusCode": 200, "cookies": [f"sid={ident}; HttpOnly"]}  # !cookie
    """
    },
}


@pytest.mark.parametrize("name", APPS)
def test_what_checks_leave(name: str) -> None:
    outcome = score({name: APPS[name]})
    assert (outcome.misses, outcome.alarms) == ([], [])


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("class E(enum.Enum):\n    A = 'a'\nos.system(E(x).value)\nos.system(x)", []),
        ("try:\n    float(x)\nexcept ValueError:\n    x = '1'\nos.system(x)", []),
        ("try:\n    float(x)\nexcept ValueError:\n    print(1)\nos.system(x)", [5]),
        ("if re.match(r'^/[^/]', x):\n    os.system(x)", [2]),
    ],
)
def test_small_checks(body: str, lines: list[int]) -> None:
    assert sinks(body, "command", head="import enum") == lines


def test_a_verified_token_is_an_issuers_word() -> None:
    body = "t = jwt.decode(event['headers']['a'], KEY, algorithms=['RS256'])\nos.system(t['sub'])\nos.system(t['name'])"
    assert sinks(body, "command", head="import jwt\nKEY = os.environ['K']") == [3]
    unverified = body.replace("KEY, ", "KEY, options={'verify_signature': False}, ")
    assert sinks(unverified, "command", head="import jwt\nKEY = os.environ['K']") == [2, 3]


def test_one_piece_of_data_in_very_many_places() -> None:
    lines = "\n".join(f"open(x + '{number}')" for number in range(9))
    body = f"def handler(event, context):\n    x = event['queryStringParameters']['x']\n{indent(lines, '    ')}\n"
    (facts,) = walked({"app.py": body}).facts
    assert [flow.confidence for flow in facts.flows if flow.kind == "path"] == ["high"] * MAX_SURE + ["low"] * 3
