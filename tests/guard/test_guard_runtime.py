"""The guard in the runtime that Lambda runs: the real client, a real socket, real processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.guard.guard_events import MARK
from tests.guard.runtime_api import invoke

pytest.importorskip("awslambdaric")
pytestmark = pytest.mark.slow

SCHEMA = "casemate-guard-policy/1"


def function(folder: Path, source: str, policy: dict[str, object]) -> Path:
    (folder / "app.py").write_text(source, encoding="utf-8")
    document = {"schema": SCHEMA, "functions": {"app.handler": {"function": "Shop", **policy}}}
    (folder / "guard-policy.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


ECHO = """
from casemate_guard import guard

@guard()
def handler(event, context):
    return {"seen": [one["messageId"] for one in event.get("Records", [])], "id": context.aws_request_id}
"""


def sqs(*texts: str) -> dict[str, object]:
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:r:1:q",
                "receiptHandle": "r",
                "body": json.dumps({"text": text}),
            }
            for number, text in enumerate(texts)
        ]
    }


def test_batches_requests_and_strangers(tmp_path: Path) -> None:
    folder = function(
        tmp_path,
        ECHO,
        {
            "triggers": {
                "sqs": {"body": {"type": "object", "properties": {"text": {"type": "string", "maxLength": 60}}}},
                "http-v1": {},
            }
        },
    )
    hostile = {
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {"q": "1' UNION SELECT password FROM users--"},
    }
    run = invoke(folder, "app.handler", [sqs("fine", MARK, "x" * 100, "good"), hostile, {"anything": 1}, sqs("a")])
    batch, request, stranger, last = run.answers
    assert batch.body == {
        "seen": ["m0", "m3"],
        "id": "request-0",
        "batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}],
    }
    assert isinstance(request.body, dict)
    assert (request.kind, request.body["statusCode"]) == ("response", 403)
    assert stranger.kind == "error"
    assert isinstance(stranger.body, dict)
    assert stranger.body["errorType"] == "RejectedError"
    assert last.body == {"seen": ["m0"], "id": "request-3"}
    assert [one["trigger"] for one in run.told] == ["sqs", "http-v1", "direct"]
    assert [one["disposition_id"] for one in run.told] == [3, 2, 2]
    assert [one["metadata"]["correlation_uid"] for one in run.told] == [f"request-{n}" for n in range(3)]  # type: ignore[index]
    assert MARK not in run.output


LIMITS = """
import os, pickle, socket, subprocess, sys, urllib.request
from casemate_guard import guard

WAYS = {
    "shell": lambda: os.system("true"),
    "other": lambda: subprocess.run(["id"], check=False),
    "allowed": lambda: subprocess.run(["true"], check=False).returncode,
    "fork": lambda: os.fork(),
    "write": lambda: open(os.environ["FORBIDDEN"], "w"),
    "create": lambda: os.open(os.environ["FORBIDDEN"], os.O_CREAT | os.O_WRONLY),
    "rename": lambda: os.rename(__file__, os.environ["FORBIDDEN"]),
    "link": lambda: os.symlink(os.environ["FORBIDDEN"], os.environ["ALLOWED"] + "/l") or open(os.environ["ALLOWED"] + "/l", "w"),
    "written": lambda: open(os.environ["ALLOWED"] + "/x", "w").write("x"),
    "name": lambda: socket.getaddrinfo("evil.example", 443),
    "url": lambda: urllib.request.urlopen("http://evil.example/"),
    "address": lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    "packet": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    "eval": lambda: eval("1 + 1"),
    "exec": lambda: exec("x = 1"),
    "pickle": lambda: pickle.loads(b"cos\\nsystem\\n(S'true'\\ntR."),
    "native": lambda: __import__("ctypes").CDLL(None),
    "library": lambda: __import__("collections").namedtuple("A", "b")(1).b,
    "seal": lambda: __import__("casemate_guard.confine").confine.add(None, None),
}

@guard()
def handler(event, context):
    found = {}
    for name, way in WAYS.items():
        try:
            found[name] = str(way())
        except Exception as error:
            found[name] = type(error).__name__ if not isinstance(error, OSError) or "casemate" not in str(error) else "DeniedError"
    return found
"""


def test_the_limits_hold_from_the_first_invocation_on(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    folder = function(
        tmp_path,
        LIMITS,
        {
            "allow": {
                "hosts": [],
                "processes": ["true"],
                "writes": [f"{allowed.resolve()}/*"],
                "code": [],
                "actions": [],
            }
        },
    )
    environment = {"ALLOWED": str(allowed), "FORBIDDEN": str(tmp_path / "forbidden")}
    run = invoke(folder, "app.handler", [{}], environment)
    found = run.answers[0].body
    assert isinstance(found, dict), run.output
    let = {name: answer for name, answer in found.items() if answer != "DeniedError"}
    assert let == {"allowed": "0", "written": "1", "library": "1", "seal": "RuntimeError"}
    assert not (tmp_path / "forbidden").exists()
    rules = {one["unmapped"]["reasons"][0]["rule"] for one in run.told}  # type: ignore[index]
    assert rules == {"limit:hosts", "limit:processes", "limit:writes", "limit:code"}


def test_observed_limits_tell_and_let(tmp_path: Path) -> None:
    source = ECHO.replace('return {"seen"', 'eval("1"); return {"seen"')
    folder = function(tmp_path, source, {"allow": {"code": []}, "rules": {"limit:code": "observe"}})
    run = invoke(folder, "app.handler", [sqs("a")])
    assert run.answers[0].body == {"seen": ["m0"], "id": "request-0"}
    assert [one["disposition_id"] for one in run.told] == [15]


@pytest.mark.parametrize("policy", [{"mod": "off"}, {"triggers": {"sqs": {"body": {"type": "nothing"}}}}])
def test_a_policy_that_is_wrong_stops_the_start(tmp_path: Path, policy: dict[str, object]) -> None:
    run = invoke(function(tmp_path, ECHO, policy), "app.handler", [sqs("a")])
    assert run.answers[0].kind == "init-error"
    assert "guard-policy.json" in json.dumps(run.answers[0].body)


def test_secrets_stay_out_of_logs_and_errors(tmp_path: Path) -> None:
    secret = "AKIA" + "ABCDEFGHIJKLMNOP"
    source = ECHO.replace(
        'return {"seen"',
        'import logging, os; s = os.environ["SECRET"]; print(s); logging.error(s); raise ValueError(s); {"seen"',
    )
    run = invoke(function(tmp_path, source, {}), "app.handler", [sqs("a")], {"SECRET": secret})
    assert run.answers[0].kind == "error"
    assert secret not in run.output + json.dumps(run.answers[0].body)
    assert run.output.count("[redacted:aws-access-key-id]") >= 2


POWERTOOLS = """
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from casemate_guard import guard

logger, tracer = Logger(service="shop"), Tracer(service="shop", disabled=True)
processor = BatchProcessor(event_type=EventType.SQS)

def one(record):
    logger.info("record", extra={"mail": "jane@example.com"})
    if "bad" in record.body:
        raise ValueError("bad")

%s
def handler(event, context):
    logger.append_keys(order="o-1")
    logger.info("batch of %%s for jane@example.com", len(event["Records"]))
    return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
"""
OURS, LOGS, TRACES = "@guard()", "@logger.inject_lambda_context(log_event=True)", "@tracer.capture_lambda_handler"


@pytest.mark.parametrize("order", [(OURS, LOGS, TRACES), (LOGS, TRACES, OURS), (TRACES, OURS, LOGS)])
def test_powertools_beside_it_in_any_order(tmp_path: Path, order: tuple[str, ...]) -> None:
    pytest.importorskip("aws_lambda_powertools")
    folder = function(tmp_path, POWERTOOLS % "\n".join(order), {})
    run = invoke(folder, "app.handler", [sqs("fine", MARK, "bad"), sqs("fine")], {"POWERTOOLS_SERVICE_NAME": "shop"})
    first, second = run.answers
    assert isinstance(first.body, dict), run.output
    assert first.body["batchItemFailures"] == [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]
    assert second.body == {"batchItemFailures": []}
    assert "jane@example.com" not in run.output
    lines = [json.loads(line) for line in run.output.splitlines() if line.startswith('{"level"')]
    ours = [line for line in lines if str(line["message"]).startswith("batch of")]
    assert [(line["order"], line["function_request_id"]) for line in ours] == [
        ("o-1", "request-0"),
        ("o-1", "request-1"),
    ]
