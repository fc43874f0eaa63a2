"""Azure functions that code declares: what each language says, its default level, and what is no function."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.sources.azurecode import declared
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HOST = {"host.json": '{"version": "2.0"}'}


def inventory(files: dict[str, str]) -> Inventory:
    tree = MemoryTree({path: textwrap.dedent(text).encode() for path, text in {**HOST, **files}.items()})
    found = build(discover(tree, Options()).readings)
    assert not [entry for entry in found.diagnostics if entry.level == "error"]
    return found


def routes(files: dict[str, str]) -> dict[str, tuple[str, str | None, int]]:
    """Function -> (label, authentication, line of the level)."""
    return {route.name: (route.label, route.auth.value, route.auth.at.start_line) for route in inventory(files).routes}


PYTHON = """\
import azure.functions as func
app = func.FunctionApp({level})
@app.route(route="users/{{id}}", methods=["POST"])
def users(req: func.HttpRequest): ...
# @app.route(route="commented", auth_level=func.AuthLevel.ANONYMOUS)
@app.function_name(name="Admin")
@app.route(
    route="admin",
    auth_level=func.AuthLevel.ADMIN,
)
async def admin(req): ...
text = \"\"\"
@app.route(auth_level=func.AuthLevel.ANONYMOUS)
def in_a_text(req): ...
\"\"\"
@app.route(auth_level=LEVELS[0])
def computed(req): ...
def helper(): ...
@app.queue_trigger(arg_name="m", queue_name="jobs", connection="C")
def work(m): ...
@app.schedule(schedule="0 * * * * *", arg_name="t")
def tick(t): ...
"""


def test_python_decorators_with_the_level_of_the_app() -> None:
    found = routes({"function_app.py": PYTHON.format(level="http_auth_level=func.AuthLevel.ANONYMOUS")})
    assert found == {
        "users": ("POST /api/users/{id}", "none", 2),
        "Admin": ("ANY /api/admin", "admin-key", 9),
        "computed": ("ANY /api/computed", None, 16),
    }
    assert routes({"function_app.py": PYTHON.format(level="")})["users"][1] == "function-key", "Python's default"
    triggers = inventory({"function_app.py": PYTHON.format(level="")}).triggers
    assert [(one.kind, one.source.text if one.source else None) for one in triggers] == [
        ("queue", "jobs"),
        ("timer", "0 * * * * *"),
    ]


def test_a_blueprint_in_another_file_takes_the_level_of_the_app() -> None:
    blueprint = 'import azure.functions as func\nbp = func.Blueprint()\n@bp.route(route="x")\ndef x(req): ...\n'
    app = (
        "import azure.functions as func\napp = func.FunctionApp(func.AuthLevel.ANONYMOUS)\napp.register_functions(bp)\n"
    )
    assert routes({"blue.py": blueprint, "function_app.py": app})["x"][:2] == ("ANY /api/x", "none")


def test_node_registers_functions_that_are_anonymous_unless_they_say_otherwise() -> None:
    found = routes(
        {
            "src/functions/all.ts": """\
            import { app } from '@azure/functions';
            app.http('open', { methods: ['GET', 'POST'], handler: async (r) => ({ body: '}' }) });
            app.http('safe', {
                methods: ['GET'],
                authLevel: 'function', // 'anonymous'
                route: 'v1/safe',
                handler,
            });
            app.get('short', async () => ({}));
            app.storageQueue('work', { queueName: 'jobs', handler });
            /* app.http('commented', { authLevel: 'anonymous' }); */
            """,
            "src/server.js": "const app = require('express')();\napp.get('page', handler);\n",
        }
    )
    assert found == {
        "open": ("ANY /api/open", "none", 2),
        "safe": ("GET /api/v1/safe", "function-key", 5),
        "short": ("GET /api/short", "none", 9),
    }


def test_a_long_handler_does_not_hide_its_function() -> None:
    body = "console.log('x');\n" * 3000
    text = f"const {{ app }} = require('@azure/functions');\napp.http('long', {{ authLevel: 'admin', handler: () => {{\n{body}}} }});\n"
    assert routes({"src/long.js": text})["long"][:2] == ("ANY /api/long", "admin-key")


def test_attributes_of_dotnet_and_java() -> None:
    found = routes(
        {
            "Orders.cs": """\
            public class Orders {
              [Function(nameof(Create))]
              public object Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequestData r) => null;
              [FunctionName("Safe")]
              public object Safe([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest r) => null;
              [Function("Silent")]
              public object Silent([HttpTrigger] HttpRequest r) => null;
              [Function("Work")]
              public void Work([QueueTrigger("jobs", Connection = "C")] string m) {}
              // [Function("Old")] public object Old([HttpTrigger(AuthorizationLevel.Anonymous)] object r) => null;
            }
            """,
            "src/main/java/Hello.java": """\
            public class Hello {
                @FunctionName("hello")
                public Object run(@HttpTrigger(name = "req", methods = {HttpMethod.GET}, authLevel = AuthorizationLevel.ANONYMOUS) Object r) { return null; }
            }
            """,
        }
    )
    assert found == {
        "Create": ("POST /api/orders", "none", 3),
        "Safe": ("GET /api/Safe", "function-key", 5),
        "Silent": ("ANY /api/Silent", "function-key", 7),
        "hello": ("GET /api/hello", "none", 3),
    }


def test_without_a_host_json_or_in_packages_nothing_is_taken() -> None:
    text = PYTHON.format(level="")
    tree = MemoryTree({"function_app.py": text.encode()})
    assert build(discover(tree, Options()).readings).functions == ()
    assert inventory({"node_modules/x/index.js": "require('@azure/functions'); app.http('x', {})"}).functions == ()


def test_a_function_json_of_the_same_name_is_told_once() -> None:
    file = '{"bindings": [{"type": "httpTrigger", "authLevel": "function", "direction": "in", "name": "r"}]}'
    found = inventory({"users/function.json": file, "function_app.py": PYTHON.format(level="")})
    assert [function.name for function in found.functions].count("users") == 1


@pytest.mark.parametrize("suffix", ["py", "ts", "cs"])
@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from([
            "@app.route(", "def f", "app.http('a', {", "[Function(", '"x"', ")]", "})", "'", '"""', "/*", "#", "\\", "\n", "`",
            "HttpTrigger(", "AuthorizationLevel.Anonymous", ", ", "@azure/functions", "nameof(", "{", "(",
        ]),
        max_size=60,
    )
)  # fmt: skip
def test_any_text_ends_and_places_lie_inside(suffix: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    functions, _ = declared(text, f"a.{suffix}")
    lines = text.count("\n") + 1
    for function in functions:
        assert 1 <= function.at.start_line <= function.at.end_line <= lines
        assert function.binding.get("type") is not None


def test_headers_that_host_json_adds_are_the_cors_of_every_route() -> None:
    host = '{"version": "2.0", "extensions": {"http": {"customHeaders": {"Access-Control-Allow-Origin": "*"}}}}'
    text = PYTHON.format(level="")
    found = inventory({"host.json": host, "function_app.py": text}).routes
    assert {origin.value for route in found if route.cors is not None for origin in route.cors.origins} == {"*"}
    assert all(route.cors is None for route in inventory({"function_app.py": text}).routes)
