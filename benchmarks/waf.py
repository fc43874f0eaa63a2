"""Speed of the WAF engine: microseconds an event and a request on distinct payloads, load time, memory, size.

    python benchmarks/waf.py --rules DIR [--setup FILE] [--paranoia N] [--artefact FILE] [--count N] [--peer PYTHON]
                             [--base CHECKOUT --base-artefact FILE]

`--rules` is a SecLang rule set such as a release of the OWASP CRS; `--artefact` what `casemate waf compile` made of it,
else it is compiled now, which is timed too. Every payload is different. CPU time of the thread: p50, p90, p99 and the
worst. The plain executor runs beside it on some of the same payloads, and any difference of verdicts is an error.
`--peer` is the interpreter of an environment with libmodsecurity or ddtrace (which holds libddwaf): each that is there
judges the same events, see `waf_peers.py`. `per KB` is a value of 64 KB of each hostile kind. `--base` is another
checkout of this repository with an artefact that it compiled itself: both take the same events by turns, and the best
of three rounds of each is shown with its ratio, since a machine that others use too is not equally fast all the time.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from waf_payloads import ATTACKS, KINDS, NOISE

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
sys.path.insert(0, str(ROOT / "guard" / "src"))

from casemate_guard.events.decode import decode  # noqa: E402 - the path comes first
from casemate_waf import artefact  # noqa: E402
from casemate_waf.executor import Transaction, Verdict  # noqa: E402
from casemate_waf.fast import Fast  # noqa: E402
from casemate_waf.loading import load  # noqa: E402
from casemate_waf.message import Request  # noqa: E402
from casemate_waf.scanning import HyperscanFinder, misses  # noqa: E402


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


def by_turns(args: argparse.Namespace, data: bytes) -> None:
    """Time this checkout and another one by turns, and say how they compare."""
    own = args.artefact
    if own is None:
        own = Path(tempfile.mkdtemp()) / "rules.waf"
        own.write_bytes(data)
    best: dict[str, dict[bool, dict[str, float]]] = {}
    for _ in range(ROUNDS):
        for is_base, tree, artefact_file in ((True, args.base, args.base_artefact), (False, ROOT, own)):
            script = str(Path(__file__).with_name("waf_tree.py"))
            command = [sys.executable, script, str(tree), str(artefact_file), str(args.count)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            for line in done.stdout.splitlines():
                row = json.loads(line)
                known = best.setdefault(row["kind"], {}).setdefault(is_base, row)
                known.update(
                    {name: min(known[name], row[name]) for name in ("decode", "engine", "p50", "p99") if name in row}
                )
    for kind, rows in best.items():
        old, new = rows[True], rows[False]
        parts = f" (decode {new['decode']:,.0f}, engine {new['engine']:,.0f})" if "decode" in new else ""
        same = "" if old["verdicts"] == new["verdicts"] else "; other verdicts"
        print(
            f"{kind}: p50 {old['p50']:,.0f} -> {new['p50']:,.0f}{parts}, {old['p50'] / new['p50']:.2f} x; "
            f"p99 {old['p99']:,.0f} -> {new['p99']:,.0f}, {old['p99'] / new['p99']:.2f} x{same}"
        )


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=Path, required=True)
    parser.add_argument("--setup", type=Path)
    parser.add_argument("--paranoia", type=int, default=1)
    parser.add_argument("--artefact", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--peer", metavar="PYTHON", help="interpreter with libmodsecurity or ddtrace")
    parser.add_argument("--base", type=Path, metavar="CHECKOUT", help="another checkout, to be compared by turns")
    parser.add_argument("--base-artefact", type=Path, metavar="FILE", help="what that checkout compiled")
    args = parser.parse_args()
    if (args.base is None) is not (args.base_artefact is None):
        parser.error("--base and --base-artefact go together")
    return args


def main() -> int:
    """Run it; 1 where a verdict differs from the plain executor's."""
    args = asked()
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
    if args.base:
        by_turns(args, data)
    beside(args, ours)
    print(f"verdicts that differ: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
