"""Large numbers of random policy pairs: 100,000 against enumeration, 2,000 against z3 with a second each.

`python tests/fuzz/proofs.py [PAIRS [SOLVER_PAIRS]]`; exit code 1 at the first disagreement, after printing it.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.analysis.access.proving.differential import by_solver, disagreement, pair, proof


def enumerated(pairs: int) -> bool:
    """Whether the engine agrees with enumeration on that many pairs."""
    verdicts: Counter[str] = Counter()
    for seed in range(pairs):
        given = pair(Random(seed))  # noqa: S311 - repeatable, not secret
        wrong = disagreement(given)
        if wrong is not None:
            print(f"seed {seed}: {wrong}\n{given}")
            return False
        verdicts[proof(given).verdict] += 1
    print(f"{pairs} pairs against enumeration: 0 disagreements; {dict(verdicts)}")
    return True


def solved(pairs: int) -> bool:
    """Whether the engine agrees with z3 on that many pairs, where z3 knows."""
    open_ = 0
    for seed in range(1_000_000, 1_000_000 + pairs):
        given = pair(Random(seed), sets=False)  # noqa: S311 - repeatable, not secret
        answer = by_solver(given)
        if answer not in {proof(given).verdict, "unknown"}:
            print(f"seed {seed}: z3 says {answer}\n{given}")
            return False
        open_ += answer == "unknown"
    print(f"{pairs} pairs against z3: 0 disagreements; z3 left {open_} open")
    return True


def main(arguments: list[str]) -> int:
    """Both comparisons."""
    pairs, solver_pairs = (*map(int, arguments), *(100_000, 2_000)[len(arguments) :])[:2]
    return 0 if enumerated(pairs) and solved(solver_pairs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
