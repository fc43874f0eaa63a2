"""The IAM evaluator against the naive one of the tests, on many random cases: `python tests/fuzz/iam_decisions.py [--count N] [--seed S]`.

The first disagreement is printed as a case that `casemate access decide --cases -` takes; exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.analysis.access.evaluation.test_iam_differential import disagreements

COUNT = 100_000
_BATCH = 5_000


def run(count: int = COUNT, seed: int = 1) -> int:
    """How many of `count` random cases the two evaluators disagree on; batches have seeds `seed`, `seed + 1`, …"""
    for number, start in enumerate(range(0, count, _BATCH)):
        found, answers = disagreements(seed + number, min(_BATCH, count - start))
        print(f"seed {seed + number}: {dict(answers)}")
        if found:
            print(len(found), "disagreements; the first:", found[0])
            return len(found)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(1 if run(options.count, options.seed) else 0)
