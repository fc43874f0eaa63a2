"""What the guard costs a function: import, start with a policy, and each event, beside jsonschema for the schema part.

    python benchmarks/guard_overhead.py [ROUNDS]

Milliseconds and microseconds of wall time on this machine; the ratios matter. Import and start are of fresh
interpreters, the median of several.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "guard" / "src"))

from casemate_guard.handler import Guard  # noqa: E402 - as a script, this file has to say where things are
from casemate_guard.policy import SCHEMA, policy_from  # noqa: E402
from casemate_guard.schema import compiled  # noqa: E402

FRESH = """
import sys, time
import enum, functools, json, logging, os, re, threading  # the runtime client has them loaded
sys.path.insert(0, {guard!r})
begin = time.perf_counter()
from casemate_guard import guard
imported = time.perf_counter()
{start}
started = time.perf_counter()
print(1e3 * (imported - begin), 1e3 * (started - imported))
"""
START = """
from casemate_guard.policy import policy_from, SCHEMA
policy = policy_from({{"schema": SCHEMA, "waf": {waf}, "redaction": {redaction}}})
guard(policy=policy)(lambda event, context: None)({{"a": "b"}}, None)
"""
ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "text": {"type": "string", "maxLength": 2000},
        "items": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "n": {"type": "integer", "minimum": 0}},
            },
        },
    },
}
BODY = json.dumps(
    {
        "id": "7f9c2f0e-1c1c-4a52-9a48-1d5a1f7f9c2f",
        "text": "Please deliver to the side entrance, thank you. " * 10,
        "items": [{"sku": f"A-{number}", "n": number} for number in range(16)],
    }
)
HTTP = {
    "httpMethod": "POST",
    "resource": "/orders",
    "path": "/orders",
    "headers": {"content-type": "application/json", "user-agent": "bench"},
    "requestContext": {"httpMethod": "POST", "identity": {"sourceIp": "192.0.2.1"}},
    "body": BODY,
    "isBase64Encoded": False,
}
SQS = {
    "Records": [
        {
            "messageId": f"m{number}",
            "receiptHandle": "r",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:orders",
            "body": BODY,
        }
        for number in range(10)
    ]
}


def fresh(start: str, rounds: int) -> tuple[float, float]:
    """Median of import and of the rest, in milliseconds."""
    found: list[list[float]] = []
    program = FRESH.format(guard=str(ROOT / "guard" / "src"), start=start)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            command = [sys.executable, "-c", program]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
            found.append([float(part) for part in done.stdout.split()[-2:]])
    first, second = zip(*found, strict=True)
    return statistics.median(first), statistics.median(second)


def each(name: str, policy: dict[str, object], event: object, rounds: int) -> None:
    """p50 and p99 of one event through the whole guard, in microseconds."""
    handler = Guard(policy=policy_from({"schema": SCHEMA, "redaction": None, **policy})).protect(lambda *_given: None)
    handler(event, None)
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        handler(event, None)
        times.append((time.perf_counter() - begin) * 1e6)
    times.sort()
    print(f"{name:34} p50 {times[rounds // 2]:7.0f} µs   p99 {times[rounds * 99 // 100]:7.0f} µs")


def main(rounds: int) -> None:
    """Print the table."""
    imported, _ = fresh("", max(5, rounds // 100))
    print(f"{'import':34} {imported:7.1f} ms")
    for name, waf, redaction in (
        ("alone", None, None),
        ("with starter rules", {}, None),
        ("with redaction too", {}, {}),
    ):
        _, started = fresh(START.format(waf=waf, redaction=redaction), max(5, rounds // 100))
        print(f"{'policy and first event, ' + name:34} {started:7.1f} ms")
    http, sqs = {"http-v1": {"routes": {"POST /orders": ORDER}}}, {"sqs": {"body": ORDER}}
    each(f"HTTP {len(BODY)} B, schema", {"waf": None, "triggers": http}, HTTP, rounds)
    each(f"HTTP {len(BODY)} B, schema, starter", {"triggers": http}, HTTP, rounds)
    each("SQS of 10, schema", {"waf": None, "triggers": sqs}, SQS, rounds)
    each("SQS of 10, schema, starter", {"triggers": sqs}, SQS, rounds)
    value = json.loads(BODY)
    ours, theirs = compiled(ORDER, portable=True), jsonschema.Draft202012Validator(ORDER).is_valid
    costs = []
    for check in (ours, theirs):
        begin = time.perf_counter()
        for _ in range(rounds):
            check(value)
        costs.append((time.perf_counter() - begin) / rounds * 1e6)
    print(
        f"{'schema alone':34} {costs[0]:7.0f} µs   jsonschema {costs[1]:.0f} µs = {costs[1] / costs[0]:.1f} times ours"
    )


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1000"])[0]))
