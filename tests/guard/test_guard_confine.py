"""Audit hooks last as long as their process, so each of these runs in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from casemate_guard.confine import like

GUARD = Path(__file__).parents[2] / "guard" / "src"
FRAME = """
import json, sys
sys.path.insert(0, {guard!r})
from casemate_guard import confine
from casemate_guard.policy import SCHEMA, policy_from
told = []
def policy(**allow):
    return policy_from({{"schema": SCHEMA, **allow}})
def tell(rule, detail, mode):
    told.append([rule, detail, mode])
def attempt(way):
    try:
        way()
    except confine.DeniedError:
        return "denied"
    except Exception as error:
        return type(error).__name__
    return "done"
{program}
print(json.dumps({{"found": found, "told": told}}))
"""


def run(program: str) -> dict[str, list[object]]:
    done = subprocess.run(
        [sys.executable, "-c", FRAME.format(guard=str(GUARD), program=program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_addresses_are_matched_through_the_names_that_gave_them() -> None:
    program = """
import socket
genuine = {"good.example": "127.0.0.2", "bad.example": "192.0.2.9", "far.example": "192.0.2.8"}
def getaddrinfo(host, port, *rest, **named):
    sys.audit("socket.getaddrinfo", host, port, 0, 0, 0)  # as the C function does
    return [(2, 1, 6, "", (genuine[host], port))]
socket.getaddrinfo = getaddrinfo
confine.add(policy(allow={"hosts": ["good.example", "*.far.example", "far.example", "198.51.100.0/24"]}), tell)
confine.activate()
def connect(host):
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.connect((host, 9))
    except (BlockingIOError, OSError) as error:
        if isinstance(error, confine.DeniedError): raise
    finally:
        sock.close()
found = [
    attempt(lambda: socket.getaddrinfo("bad.example", 1)),
    attempt(lambda: connect("192.0.2.8")),            # nobody has asked for its name yet
    attempt(lambda: socket.getaddrinfo("far.example", 1)),
    attempt(lambda: connect("192.0.2.8")),            # now somebody has
    attempt(lambda: connect("192.0.2.9")),
    attempt(lambda: connect("198.51.100.7")),
    attempt(lambda: connect("127.0.0.1")),            # the runtime API is there
    attempt(lambda: socket.getaddrinfo("far.example.evil.example", 1)),
]
"""
    answer = run(program)
    assert answer["found"] == ["denied", "denied", "done", "done", "denied", "done", "done", "denied"]
    assert ["limit:hosts", "192.0.2.9", "enforce"] in answer["told"]


def test_sdk_actions_are_checked_by_botocores_events() -> None:
    """Clients made before the guard, in a session made before it, and by an SDK that is imported after it."""
    program = """
import botocore.session, botocore.client
from botocore.stub import Stubber
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-west-1"}
session = botocore.session.get_session()
early = session.create_client("dynamodb", **keys)
confine.add(policy(allow={"actions": ["dynamodb:PutItem", "s3:Get*"]}), tell)
later = session.create_client("dynamodb", **keys)
new = botocore.session.get_session().create_client("s3", **keys)
confine.activate()
def put(client):
    with Stubber(client) as stub:
        stub.add_response("put_item", {})
        client.put_item(TableName="abc", Item={})
def scan(client):
    with Stubber(client) as stub:
        stub.add_response("scan", {})
        client.scan(TableName="abc")
def head():
    with Stubber(new) as stub:
        stub.add_response("head_bucket", {})
        new.head_bucket(Bucket="abc")
found = [attempt(lambda: put(early)), attempt(lambda: put(later)), attempt(lambda: scan(early)), attempt(lambda: scan(later)),
         attempt(head)]
"""
    pytest.importorskip("botocore")
    answer = run(program)
    assert answer["found"] == ["done", "done", "denied", "denied", "denied"]
    assert answer["told"][0] == ["limit:actions", "dynamodb:Scan", "enforce"]


def test_an_sdk_that_is_imported_later_is_heard() -> None:
    program = """
confine.add(policy(allow={"actions": []}), tell)
confine.activate()
import botocore.session
from botocore.stub import Stubber
client = botocore.session.get_session().create_client(
    "sqs", aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
def send():
    with Stubber(client) as stub:
        stub.add_response("list_queues", {})
        client.list_queues()
found = [attempt(send)]
"""
    pytest.importorskip("botocore")
    assert run(program)["found"] == ["denied"]


def test_several_functions_share_what_any_may_and_then_it_is_sealed() -> None:
    program = """
import os
confine.add(policy(allow={"processes": ["true"], "code": []}), tell)
confine.add(policy(allow={"processes": ["false"]}), tell)  # no limit of code: then there is none
before = attempt(lambda: os.posix_spawn("/bin/true", ["true"], {}))
confine.activate()
found = [before, attempt(lambda: os.posix_spawn("/bin/false", ["false"], {})), attempt(lambda: os.system("true")),
         attempt(lambda: eval("1")), attempt(lambda: confine.add(policy(), tell))]
"""
    assert run(program)["found"] == ["done", "done", "denied", "done", "RuntimeError"]


def test_imports_may_make_classes_and_load_libraries(tmp_path: Path) -> None:
    (tmp_path / "lazy.py").write_text("exec('x = 1')\nimport ctypes\ny = lambda: eval('1')\n", encoding="utf-8")
    program = f"""
confine.add(policy(allow={{"code": []}}), tell)
confine.activate()
sys.path.insert(0, {str(tmp_path)!r})
def load():
    import lazy
found = [attempt(load), attempt(lambda: sys.modules["lazy"].y()), attempt(lambda: sys.modules["ctypes"].CDLL(None))]
"""
    assert run(program)["found"] == ["done", "denied", "denied"]


def test_what_the_guard_does_itself_is_not_limited_and_a_bad_listener_changes_nothing(tmp_path: Path) -> None:
    program = f"""
def bad(*_): raise ValueError
confine.add(policy(allow={{"writes": []}}), bad)
confine.activate()
def write(): open({str(tmp_path / "x")!r}, "w").close()
with confine.Exempt():
    first = attempt(write)
found = [first, attempt(write), attempt(lambda: open("/dev/null", "w").close()), attempt(lambda: open(__import__("os").__file__))]
"""
    assert run(program)["found"] == ["done", "denied", "done", "done"]


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("*", "", True),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*a", "a", False),
        ("*.a.*.com", "x.a.y.com", True),
        ("*.a.*.com", "a.y.com", False),
        ("s3.*.amazonaws.com", "s3.eu-west-1.amazonaws.com.evil.example", False),
        ("*b*b*", "ab", False),
    ],
)
def test_patterns(pattern: str, text: str, fits: object) -> None:
    assert like(pattern, text) is fits


def test_patterns_are_linear() -> None:
    assert not like("*a" * 2_000 + "b", "a" * 20_000)
