"""Fuzzes what the guard does with an event: decode, checks, judge, refuse. Never an exception, never unbounded time.

    python tests/fuzz/guard_events.py [ROUNDS] [SEED]

Events are those of every trigger, changed: members dropped, doubled, replaced by values of other types, strings by nested
JSON, base64, gzip bombs, control characters, broken escapes. Time is counted in clock ticks that the decoder asks for and in
leaves, not in seconds, so a slow machine finds the same.
"""

from __future__ import annotations

import base64
import copy
import gzip
import json
import random
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "guard" / "src")]

from tests.guard.guard_events import EVENTS  # noqa: E402 - as a script, this file has to say where things are

from casemate_guard.batch import RejectedError, divide, response  # noqa: E402
from casemate_guard.checks import Checks, payload  # noqa: E402
from casemate_guard.decision import judge  # noqa: E402
from casemate_guard.events.budgets import Budgets  # noqa: E402
from casemate_guard.events.decode import decode  # noqa: E402
from casemate_guard.handler import refusal  # noqa: E402
from casemate_guard.policy import SCHEMA, policy_from  # noqa: E402

TEXTS = (
    "",
    "\0",
    "\ud800",
    "%",
    "%u",
    "%zz%00%u0000",
    "[" * 2000,
    '{"a":' * 500,
    '"' * 50,
    "-" * 3000,
    "a=b&" * 500,
    "=?utf-8?b?",
    "1e999",
    "NaN",
    "9" * 5000,
    base64.b64encode(gzip.compress(b"x" * 300_000)).decode(),
    base64.b64encode(gzip.compress(b"[" * 5000)[:-9]).decode(),
    "H4sI" + "A" * 40,
    "--boundary\r\n" * 200,
    "\u202e\u0301" * 100,
)
OTHERS: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    [],
    {},
    [[]],
    {"": {"": []}},
    [None] * 50,
)
POLICY = policy_from(
    {
        "schema": SCHEMA,
        "budgets": {"hops": 3},
        "triggers": {
            name: {
                "event": {"type": "object", "unevaluatedProperties": True},
                "record": {"type": "object", "patternProperties": {"^[a-z]*$": {}}},
                "body": {"anyOf": [{"type": "object"}, {"type": "string", "pattern": "^[^<]{0,64}$"}]},
            }
            for name in EVENTS
        },
    }
)
CHECKS = Checks(POLICY)
BUDGETS = Budgets(seconds=10_000)
MOST_TICKS = 20_000
"""Readings of the clock: one each 64 leaves and one a record; far beyond what the budgets let an event have."""


class Ticks:
    """A clock that counts how often it is read, and so what an event costs."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> float:
        self.read += 1
        return float(self.read)


def changed(value: object, chance: random.Random, depth: int = 0) -> object:
    """A copy of an event with a few things wrong."""
    dice = chance.random()
    if dice < 0.02:
        return chance.choice(OTHERS)
    if dice < 0.04:
        return chance.choice(TEXTS)
    if isinstance(value, dict):
        found = {name: changed(one, chance, depth + 1) for name, one in value.items() if chance.random() > 0.03}
        if chance.random() < 0.05:
            found[chance.choice(TEXTS)] = chance.choice(OTHERS)
        return found
    if isinstance(value, list):
        found_items = [changed(one, chance, depth + 1) for one in value]
        if value and chance.random() < 0.2:
            found_items += [changed(chance.choice(value), chance, depth + 1) for _ in range(chance.randint(1, 12))]
        return found_items
    if isinstance(value, str) and dice > 0.9:
        return chance.choice(
            (
                json.dumps({"a": value}),
                base64.b64encode(value.encode("utf-8", "replace")).decode(),
                value[: len(value) // 2],
                value + chance.choice(TEXTS),
            )
        )
    return value


def one_round(event: object) -> None:
    """All that the guard does with one event; raises AssertionError, or whatever a defect raises."""
    before = copy.deepcopy(event)
    clock = Ticks()
    found = decode(event, BUDGETS, clock)
    assert not [one.budget for one in found.excesses if one.budget.startswith("defect")], found.excesses[0].budget
    assert clock.read < MOST_TICKS, f"{clock.read} ticks"
    assert len(found.leaves) <= BUDGETS.leaves * (len(found.records) + 1) + 1
    decision = judge(found, None, more=lambda: CHECKS.reasons(found, event), mode_of=POLICY.own_mode)
    assert decision.verdict in {"allow", "quarantine", "reject"}
    assert not any(reason.what.startswith("engine-failure") for reason in decision.reasons), [
        reason.what for reason in decision.reasons
    ]
    for record in found.records or [event]:
        payload(found.trigger, record)
    try:
        if found.records and decision.refused:
            division = divide(found.trigger, event, found.records, decision)
            sorted_places = sorted((*division.delivered, *division.quarantined, *division.failed))
            assert sorted_places == list(range(len(found.records))), "a record was lost or doubled"
            assert not decision.refused & set(division.delivered), "something hostile was delivered"
            response(division, None)
        elif decision.verdict == "reject":
            refusal(found.trigger, decision)
    except RejectedError:
        pass
    assert repr(before) == repr(event), "the event was changed"


def main(rounds: int, seed: int) -> int:
    """Run the rounds; the seed and the event of the first defect are printed."""
    names = sorted(EVENTS)
    for number in range(rounds):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - a reproducible mixture, no secret
        event = changed(EVENTS[chance.choice(names)], chance)
        try:
            one_round(event)
        except Exception as error:
            print(f"round {number} of seed {seed}: {error!r}\n{event!r:.2000}")
            raise
    print(f"{rounds} rounds, seed {seed}: no exception, no event beyond its budgets")
    return 0


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["20000"])[0]), int((sys.argv[2:] or ["1"])[0])))
