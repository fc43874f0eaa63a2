"""Times decoder and engine of one checkout: run by `benchmarks/waf.py --base`, once for each of the two.

    python benchmarks/waf_tree.py CHECKOUT ARTEFACT COUNT

One line of JSON for each kind of event and of long value: CPU microseconds of the thread. `verdicts` is a digest of
what was decided, so that two checkouts can be compared.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from pathlib import Path

from waf_payloads import KINDS, LONG

LENGTH = 1 << 14
"""Bytes of a long value."""


def main() -> None:
    """Time everything."""
    tree, data, count = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), int(sys.argv[3])
    sys.path[:0] = [str(tree / part) for part in ("src", "guard/src", "waf/src")]
    from casemate_guard.events.decode import decode
    from casemate_waf import artefact

    engine = artefact.load(data, seconds=60).engine
    engine.warm()
    for name, make in KINDS.items():
        dice = random.Random(name)  # noqa: S311 - the same payloads each time
        events = [make(dice) for _ in range(count)]
        for event in (make(dice) for _ in range(20)):
            engine.inspect(decode(event), to_the_end=True)
        decoding, judging, digest = [], [], hashlib.sha256()
        for event in events:
            begun = time.thread_time_ns()
            found = decode(event)
            middle = time.thread_time_ns()
            verdict = engine.inspect(found, to_the_end=True)
            judging.append(time.thread_time_ns() - middle)
            decoding.append(middle - begun)
            told = verdict.action, verdict.score, [(one.rule.id, *one[1:]) for one in verdict.matches]
            digest.update(repr(told).encode())
        both = sorted(map(sum, zip(decoding, judging, strict=True)))
        row = {"kind": name, "bytes": len(json.dumps(events[0])), "verdicts": digest.hexdigest()[:12]}
        row |= {"decode": sorted(decoding)[count // 2] / 1e3, "engine": sorted(judging)[count // 2] / 1e3}
        print(json.dumps({**row, "p50": both[count // 2] / 1e3, "p99": both[count * 99 // 100] / 1e3}), flush=True)
    for name, (pieces, gap) in LONG.items():
        dice = random.Random(name)  # noqa: S311
        event = {"a": gap.join(dice.choices(pieces, k=LENGTH))[:LENGTH]}
        times: list[int] = []
        answers: set[str] = set()
        for _ in range(3):
            begun = time.thread_time_ns()
            verdict = engine.inspect(decode(event), to_the_end=True)
            times.append(time.thread_time_ns() - begun)
            answers.add(str((verdict.action, verdict.score, [one.rule.id for one in verdict.matches])))
        each = min(times) / 1e3 / (LENGTH / 1024)
        print(
            json.dumps({"kind": f"a KB of {name}", "verdicts": sorted(answers), "p50": each, "p99": each}), flush=True
        )


if __name__ == "__main__":
    main()
