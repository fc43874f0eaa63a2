"""Speed of the WAF engine: microseconds an event and a request on distinct payloads, load time, memory, size.

    python benchmarks/waf.py --rules DIR [--setup FILE] [--paranoia N] [--artefact FILE] [--count N] [--peer PYTHON]

`--rules` is a SecLang rule set such as a release of the OWASP CRS; `--artefact` what `casemate waf compile` made of it,
else it is compiled now, which is timed too. Every payload is different. CPU time of the thread: p50, p90, p99 and the
worst. The plain executor runs beside it on some of the same payloads, and any difference of verdicts is an error.
`--peer` is the interpreter of an environment with libmodsecurity or ddtrace (which holds libddwaf): each that is there
judges the same events, see `waf_peers.py`. `per KB` is a value of 64 KB of each hostile kind.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "guard" / "src"))

from casemate_guard.events.decode import decode  # noqa: E402 - the path comes first
from casemate_waf import artefact  # noqa: E402
from casemate_waf.executor import Transaction, Verdict  # noqa: E402
from casemate_waf.fast import Fast  # noqa: E402
from casemate_waf.loading import load  # noqa: E402
from casemate_waf.message import Request  # noqa: E402
from casemate_waf.scanning import HyperscanFinder, misses  # noqa: E402

_TEXT = (
    "please deliver the parcel after noon thank you very much for the quick answer our customer called about order "
    "number and asked whether invoices can be sent by mail instead of paper best regards from the north office"
)
WORDS = _TEXT.split()
NOISE = "\"'<>();=|&$`{}[]\\ %+abcdefghijk"
_ATTACKS = (
    "select union from where or and 1=1 ' -- <script alert( onerror= ; ls cat /etc/passwd $(id) `id` && || ../../ "
    "http:// javascript: eval( base64_decode system( %27 &#39; \\x41"
)
ATTACKS = _ATTACKS.split()


def order(dice: random.Random) -> dict[str, object]:
    """An order of about 1 KB as a shop's queue has it."""
    return {
        "orderId": f"ORD-{dice.randrange(10**9)}",
        "customer": {"name": dice.choice(WORDS).title(), "email": f"user{dice.randrange(10**6)}@example.com"},
        "items": [
            {
                "sku": f"SKU-{dice.randrange(10**6)}",
                "qty": dice.randrange(9),
                "name": " ".join(dice.choices(WORDS, k=3)),
            }
            for _ in range(5)
        ],
        "created": f"2026-{dice.randrange(1, 12):02}-11T10:11:12Z",
        "note": " ".join(dice.choices(WORDS, k=60)),
        "link": f"https://shop.example.com/orders/{dice.randrange(10**9)}",
    }


def queued(dice: random.Random) -> dict[str, object]:
    """The order in a record of a queue."""
    return {"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(order(dice))}]}


def hostile(pieces: str | list[str], gap: str, count: int) -> Callable[[random.Random], dict[str, object]]:
    """A KB of pieces."""
    return lambda dice: {"a": gap.join(dice.choices(pieces, k=count))[:1000]}


KINDS: dict[str, Callable[[random.Random], dict[str, object]]] = {
    "order": order,
    "order in a queue": queued,
    "noise": hostile(NOISE, "", 1000),
    "attacks": hostile(ATTACKS, " ", 140),
}


def spread(times: list[float]) -> str:
    """p50, p90, p99 and the worst, in microseconds."""
    times = sorted(times)
    return " ".join(f"{name} {times[int(len(times) * share)] * 1e6:,.0f}" for name, share in
                    (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 0.9999)))  # fmt: skip


def told(verdict: Verdict) -> object:
    """What has to be the same."""
    return verdict._replace(matches=()), [(match.rule.id, *match[1:]) for match in verdict.matches]


def beside(args: argparse.Namespace, ours: dict[str, float]) -> None:
    """Run the peers, and say how many times our microseconds (decoding included) they take."""
    if not args.peer:
        print("no peer was run: give --peer the interpreter of an environment with libmodsecurity or ddtrace")
        return
    dice = random.Random(2)  # noqa: S311 - reproducible
    lines = [json.dumps({"kind": name, "event": make(dice)}) for name, make in KINDS.items() for _ in range(100)]
    command = [args.peer, "-I", str(Path(__file__).with_name("waf_peers.py")), str(args.rules), str(args.paranoia)]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines() or ["{}"]:
        row = json.loads(line)
        if not row:
            print(f"{args.peer} has neither libmodsecurity nor ddtrace")
            continue
        times = row["p50"] / ours[row["kind"]]
        print(
            f"{row['peer']}, {row['kind']}: p50 {row['p50']:,.0f} p99 {row['p99']:,.0f} ({times:.1f} x ours), "
            f"hostile {row['hostile']}/{row['events']}"
        )


def ready(data: bytes) -> Fast:
    """Load the engine, and say what it takes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    engine, health = artefact.load(data, seconds=60)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"loaded in {(time.process_time() - begun) * 1e3:.0f} ms; {grown // 1024} MB more {health}")
    finders = [
        finder
        for kind in (True, False)
        for part in engine.plan(event=kind).phases.values()
        for one in part.scanner.families
        for finder in (one.finder, one.plain)
        if isinstance(finder, HyperscanFinder)
    ]
    print(f"{len(finders)} databases, {sum(one.database.size() for one in finders):,} bytes in memory")
    return engine


def main() -> int:
    """Run it; 1 where a verdict differs from the plain executor's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=Path, required=True)
    parser.add_argument("--setup", type=Path)
    parser.add_argument("--paranoia", type=int, default=1)
    parser.add_argument("--artefact", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--peer", metavar="PYTHON", help="interpreter with libmodsecurity or ddtrace")
    args = parser.parse_args()
    rules = load(args.rules, setup=args.setup, paranoia=args.paranoia)
    begun = time.process_time()
    data = args.artefact.read_bytes() if args.artefact else artefact.save(rules)
    print(f"hyperscan: {misses() or 'yes'}; compiled in {time.process_time() - begun:.1f} s; {len(data):,} bytes")
    engine = ready(data)
    dice, wrong, body = random.Random(1), 0, b""  # noqa: S311 - the same payloads each time
    ours: dict[str, float] = {}
    for name, make in KINDS.items():
        decoding, judging, asking, plain = [], [], [], []
        for number in range(args.count):
            event = make(dice)
            clocks = [time.thread_time()]
            found = decode(event)
            clocks.append(time.thread_time())
            verdict = engine.inspect(found, to_the_end=True)
            clocks.append(time.thread_time())
            body = json.dumps(event).encode()
            fields = ((b"Host", b"a.example"), (b"Content-Type", b"application/json"), (b"Accept", b"*/*"))
            request = Request(b"POST", b"/orders", headers=(*fields, (b"User-Agent", b"bench")), body=body)
            middle = time.thread_time()
            engine.run(request, to_the_end=True)
            asking.append(time.thread_time() - middle)
            decoding.append(clocks[1] - clocks[0])
            judging.append(clocks[2] - clocks[1])
            if number < 20:
                middle = time.thread_time()
                expected = Transaction(rules, to_the_end=True).inspect(found)
                plain.append(time.thread_time() - middle)
                wrong += told(expected) != told(verdict)
        print(
            f"{name}, {args.count} of about {len(body)} bytes\n  decode {spread(decoding)}\n  event {spread(judging)}"
        )
        print(f"  request {spread(asking)}\n  plain executor, event {spread(plain)}")
        ours[name] = sorted(map(sum, zip(decoding, judging, strict=True)))[args.count // 2] * 1e6
    for name, pieces, gap in (("noise", NOISE, ""), ("attacks", ATTACKS, " ")):
        found = decode({"a": gap.join(dice.choices(pieces, k=1 << 16))[: 1 << 16]})
        engine.inspect(found, to_the_end=True)
        begun = time.thread_time()
        engine.inspect(found, to_the_end=True)
        print(f"{name}, 64 KB: {(time.thread_time() - begun) * 1e6 / 64:,.0f} microseconds per KB")
    beside(args, ours)
    print(f"verdicts that differ: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
