"""The evaluator against a second, naive one on random cases. `make fuzz` runs more: tests/fuzz/iam_decisions.py."""

from __future__ import annotations

import json
import random
from collections import Counter

from tests.analysis.access.evaluation import naive_iam
from tests.analysis.access.evaluation.random_cases import case

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.evaluate import decide


def disagreements(seed: int, count: int) -> tuple[list[str], Counter[str]]:
    """The cases on which the two differ, as JSON, and how often each answer came."""
    rng = random.Random(seed)  # noqa: S311 - cases that can be had again
    found: list[str] = []
    answers: Counter[str] = Counter()
    for _ in range(count):
        made = case(rng)
        fast, slow = decide(*case_from_json(made)).answer, naive_iam.decide(made)
        answers[fast] += 1
        if fast != slow:
            found.append(json.dumps({"fast": fast, "naive": slow, "case": made}))
    return found, answers


def test_random_cases_get_the_naive_answer() -> None:
    found, answers = disagreements(seed=20261124, count=2000)
    assert found == []
    assert all(answers[answer] > 100 for answer in ("allowed", "explicit-deny", "implicit-deny"))
