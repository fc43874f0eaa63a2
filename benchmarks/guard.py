"""Speed of casemate-guard: redaction in lines a second (fast and portable), decoding in microseconds an event, import.

    python benchmarks/guard.py [--peer PYTHON]

Beside each run stands the same text through thirteen plain substitutions of `re` on the same machine, so that figures
of two machines can be compared by their ratio. `--peer` is the interpreter of an environment in which scrubadub or
presidio-analyzer is installed; each that is importable there is timed on the same lines. CPU time, best of three.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "guard" / "src"))

CLEAN = (
    "2026-11-24T08:12:{:02d}.{:03d}Z INFO request handled path=/orders/{} status=200 duration={}ms memory={} cold=no",
    "2026-11-24 08:12:{:02d},{:03d} DEBUG worker {} picked a batch of {} from the queue in {} ms; backlog is empty now",
)
# Put together from parts, so that no secret scanner takes this file for a leak.
PRIVATE = (
    "user jane.doe{}@example.com logged in",
    "card 4111 1111 1111 1111 charged {}",
    "ssn 514-69-0360 for {}",
    "auth eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0In0.c2lnbmF0dXJl {}",
    "Authorization: Bearer abcdefghijklmnop1234567{}",
    "key AKIA" + "IOSFODNN7EXAMPLE {}",
    "pay GB82WEST12345698765432 {}",
    "from 203.0.113.{} port 443",
    "call +1-202-555-0143 re {}",
    "password=hunter{}xx next",
    "token ghp_" + "a1B2" * 9 + " {}",
    "slack xoxb-" + "123456789012-" + "a1B2" * 6 + " {}",
    "-----BEGIN RSA " + "PRIVATE KEY----- MIIE {}",
)
PLAIN = [
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]+@[\w-]+\.[\w.]+",
        r"\b(?:\d[ -]?){13,16}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\beyJ[\w-]+\.[\w-]+\.[\w-]+",
        r"(?i)bearer [\w.-]+",
        r"AKIA[A-Z0-9]{16}",
        r"\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
        r"\+?\d{1,2}[ -]\d{3}[ -]\d{3}[ -]\d{4}",
        r"-----BEGIN",
        r"gh[pousr]_\w{36}",
        r"xox[a-z]-[\w-]+",
        r"(?i)(?:password|secret|token)\s*[:=]\s*\S+",
    )
]
PEER = """
import json, sys, time
lines = json.load(sys.stdin)
def timed(name, work):
    start = time.process_time()
    for line in lines: work(line)
    print(name, round(len(lines) / (time.process_time() - start)))
try:
    import scrubadub
    scrubber = scrubadub.Scrubber()
    timed("scrubadub", scrubber.clean)
except ImportError: pass
try:
    from presidio_analyzer.predefined_recognizers import (CreditCardRecognizer, EmailRecognizer, IbanRecognizer,
        IpRecognizer, PhoneRecognizer, UrlRecognizer, UsSsnRecognizer)
    all_of_them = [each() for each in (CreditCardRecognizer, EmailRecognizer, IbanRecognizer, IpRecognizer,
        PhoneRecognizer, UrlRecognizer, UsSsnRecognizer)]
    timed("presidio", lambda line: [each.analyze(line, each.supported_entities, None) for each in all_of_them])
except ImportError: pass
"""


def lines_of(count: int) -> list[str]:
    """Log lines of about 110 characters, every other one with something private."""
    chance = random.Random(1)  # noqa: S311 - a reproducible text
    found = []
    for number in range(count):
        line = chance.choice(CLEAN).format(*(chance.randrange(60) for _ in range(6)))
        private = chance.choice(PRIVATE).format(chance.randrange(200)) if number % 2 == 0 else ""
        found.append(f"{line[: 140 - len(private)]} {private}")
    return found


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def plainly(line: str) -> str:
    """The thirteen substitutions."""
    for pattern in PLAIN:
        line = pattern.sub("x", line)
    return line


def redaction(peer: str | None) -> None:
    """Lines a second of both ways, of plain substitutions, of the peers; the worst line of noise."""
    from casemate_guard.redaction.redactor import Redactor

    lines = lines_of(20_000)
    plain = len(lines[:4000]) / best(lambda: [plainly(line) for line in lines[:4000]])
    print(f"re, 13 substitutions   {plain:10.0f} lines/s")
    chance = random.Random(2)  # noqa: S311 - reproducible noise
    noise = ["".join(chance.choice("0123456789 -.()+@:/=aAeZ_%") for _ in range(4096)) for _ in range(50)]
    for name, redactor in (("fast", Redactor()), ("portable", Redactor(portable=True))):
        rate = len(lines) / best(lambda each=redactor: [each.redact(line) for line in lines])  # type: ignore[misc]
        worst = best(lambda each=redactor: [each.redact(line) for line in noise]) / len(noise) * 1e6  # type: ignore[misc]
        print(f"guard, {name:<15} {rate:10.0f} lines/s ({rate / plain:.1f} x re); noise {worst:.0f} us per 4 KB")
    if peer:
        command = [peer, "-c", PEER]
        print(
            subprocess.run(command, input=json.dumps(lines[:2000]), capture_output=True, text=True, check=True).stdout
        )


def decoding() -> None:
    """Microseconds an event."""
    from casemate_guard.events.decode import decode

    headers = {f"x-header-{number}": f"value {number}" for number in range(20)}
    order = {"items": [{"sku": f"A{number}", "count": number, "note": "please wrap"} for number in range(10)]}
    web = {"version": "2.0", "rawPath": "/orders", "rawQueryString": "a=1&b=2", "headers": headers}
    web |= {"requestContext": {"http": {"method": "POST", "path": "/orders"}}, "body": json.dumps(order)}
    record = {"eventSource": "aws:sqs", "messageId": "1", "body": json.dumps(order), "attributes": {}}
    for name, event in (("http-v2, 1 KB", web), ("sqs, 10 records", {"Records": [record] * 10})):
        each = best(lambda event=event: [decode(event) for _ in range(300)]) / 300 * 1e6  # type: ignore[misc]
        print(f"decode {name:<16} {each:8.0f} us, {len(decode(event).leaves)} leaves")


def importing() -> None:
    """Wall milliseconds that an import adds to a bare interpreter."""
    for module in ("casemate_guard", "casemate_guard.handler", "casemate_guard.redaction.redactor"):
        times = []
        for statement in ("pass", f"import {module}"):
            code = f"import sys; sys.path.insert(0, {str(ROOT / 'guard' / 'src')!r}); {statement}"
            runs = []
            for _ in range(9):
                start = time.perf_counter()
                subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
                runs.append(time.perf_counter() - start)
            times.append(min(runs))
        print(f"import {module:<36} {(times[1] - times[0]) * 1000:6.1f} ms")


def main() -> None:
    """Run all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", metavar="PYTHON", help="interpreter with scrubadub or presidio-analyzer")
    args = parser.parse_args()
    redaction(args.peer)
    decoding()
    importing()


if __name__ == "__main__":
    main()
