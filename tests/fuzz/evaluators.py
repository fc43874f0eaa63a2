"""The evaluators of expressions, held against one another: plain, generated Python behind the engine's search, SQL.

    python tests/fuzz/evaluators.py [--pairs N] [--seed N]

A pair is one random expression and one random record. Prints how many were compared, how many SQL can say, and every
disagreement; ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from random import Random

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import each
from casemate.authoring.query import All, Expression, Field, Known, Leaf, Not, Some
from casemate.model.finding import HIGH
from casemate.monitor.events.decoding import decode
from casemate.monitor.events.registry import fields_of
from casemate.monitor.hunt.dialects import DUCKDB
from casemate.monitor.hunt.exact import exact
from casemate.monitor.hunt.querying import connected, fill
from casemate.monitor.knowledge import Knowledge, networks, relation
from casemate.monitor.matching.engine import Engine
from casemate.monitor.matching.plain import holds

RECORDS = 1000
"""Records that an expression is asked of."""
FIELDS = [
    Field(("eventName",)), Field(("userIdentity", "userName")), Field(("requestParameters", "names")), Field(("n",)),
    Field(("userIdentity",)), Field(("requestParameters",)), Field(("a", "b", "c")), Field(("errorCode",)),
    Field(("requestParameters", "policy"), inside=("Statement", "Effect")),
    *(Field((name,), canonical=True) for name in (
        "action", "actor", "actor_type", "actor_name", "role", "session", "address", "agent", "outcome", "error",
        "service", "resource", "foreign", "target_account", "function", "read_only", "via", "region",
    )),
]  # fmt: skip
WORDS = [
    "CreateUser", "createuser", "Alice", "li", "", "5", "true", "ä", 'a"b', "x/y", "Allow", "success", "*", "a*b", "?",
    "null", "iam", "arn:aws:iam::1:user/Alice", "a.b", "%", "_", "back\\slash", "it's", "{", "[1]", "1e3", "-7", "é\u2028",
    ":i-", "a:i-1", "10.1.2.3", "2001:db8::1",
]  # fmt: skip
KNOWLEDGE = Knowledge(
    {"one": relation([("alice",), ("x/y",)]), "two": relation([("alice", "5")])},
    {"net": networks(["10.0.0.0/8", "2001:db8::/32"])},
    {"one": (("crea*",),)},
)


def expression(chance: Random, depth: int = 3) -> Expression:
    """A random expression."""
    kind = chance.random()
    if depth and kind < 0.4:
        parts = tuple(expression(chance, depth - 1) for _ in range(chance.randint(0, 3)))
        return All(parts) if chance.random() < 0.5 else Some(parts)
    if depth and kind < 0.5:
        return Not(expression(chance, depth - 1))
    if kind < 0.55:
        name, many = chance.choice([("one", 1), ("two", 2), ("net", 1)])
        return Known(name, tuple(chance.sample(FIELDS, many)), every=chance.random() < 0.2)
    field = chance.choice(FIELDS)
    if kind < 0.62:
        return Leaf(field, chance.choice(["lt", "lte", "gt", "gte"]), (chance.choice([5, 4.5, -1, 1000]),))
    if kind < 0.68:
        return Leaf(
            field, "regex", (chance.choice(["^Create", "er$", "li|5", "a.b", "(?i)ALICE", "[A-Z]{2}"]),), cased=True
        )
    if kind < 0.72:
        return Leaf(
            field, chance.choice(["same", "same_start", "same_end", "same_part"]), (), other=chance.choice(FIELDS)
        )
    return Leaf(
        field,
        chance.choice(["equals", "contains", "startswith", "endswith", "like", "exists", "missing", "present"]),
        tuple(chance.choice(WORDS) for _ in range(chance.randint(1, 3))),
        every=chance.random() < 0.2,
        cased=chance.random() < 0.2,
    )


def value(chance: Random, depth: int = 2) -> object:
    """A random JSON value."""
    kind = chance.random()
    if depth and kind < 0.15:
        return [value(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    if depth and kind < 0.3:
        return {chance.choice(["userName", "names", "b", "c", "arn", "type"]): value(chance, depth - 1) for _ in "ab"}
    found = chance.choice([*WORDS, 5, 5.0, -7, 1e16, True, False, None])
    # Text beyond ASCII makes a row odd, which SQL does not judge: it must stay rare to leave something to compare.
    return found if not isinstance(found, str) or found.isascii() or chance.random() < 0.1 else "Alice"


def record(chance: Random, number: int) -> dict[str, object]:
    """A random record, of CloudTrail's outer form."""
    made: dict[str, object] = {
        "eventID": str(number),
        "eventSource": chance.choice(["iam.amazonaws.com", "s3.amazonaws.com"]),
    }
    made["eventName"] = chance.choice(["CreateUser", "CreateUser20150331v2", "Other"])
    for name in ("n", "errorCode", "sourceIPAddress", "userAgent", "readOnly", "resources", "awsRegion"):
        if chance.random() < 0.4:
            made[name] = value(chance)
    made["userIdentity"] = {
        name: value(chance, 1)
        for name in ("userName", "arn", "type", "principalId", "invokedBy")
        if chance.random() < 0.5
    }
    made["requestParameters"] = chance.choice([
        None, value(chance), {"names": value(chance), "policy": '{"Statement": [{"Effect": "Allow"}]}'},
    ])  # fmt: skip
    if chance.random() < 0.3:
        made["a"] = {"b": chance.choice([{"c": value(chance)}, [{"c": value(chance)}, value(chance)], value(chance)])}
    if chance.random() < 0.02:
        made["a.b.c"] = value(chance, 0)
    return made


def main() -> int:
    """Compare, and say what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = Random(args.seed)  # noqa: S311 - a fuzzer is to be repeatable
    compared = said = wrong = 0
    while compared < args.pairs:
        lines = [
            json.dumps(record(chance, number), ensure_ascii=chance.random() < 0.5).encode() for number in range(RECORDS)
        ]
        events = [decode(line) for line in lines]
        block = b"\n".join(lines) + b"\n"
        connection = connected()
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "events.ndjson"
            source.write_bytes(block)
            fill(connection, [str(source)])
        odd = {name for (name,) in connection.execute("SELECT id FROM events WHERE odd").fetchall()}
        for _ in range(20):
            asked = expression(chance)
            plain = {one.id for one in events if holds(asked, one, fields_of(one.source), KNOWLEDGE)}
            answers = {
                "engine": _engine(asked, block, portable=False),
                "portable": _engine(asked, block, portable=True),
            }
            for name, found in answers.items():
                wrong += _differ(name, asked, plain, found)
            sql = exact(asked, DUCKDB, KNOWLEDGE)
            if sql is not None:
                said += RECORDS - len(odd)
                rows_met = connection.execute(f"SELECT id FROM events WHERE {sql}").fetchall()  # noqa: S608 - made by `exact`
                wrong += _differ("sql", asked, plain - odd, {name for (name,) in rows_met} - odd)
            compared += RECORDS
        connection.close()
    print(json.dumps({"pairs": compared, "in SQL": said, "disagreements": wrong}))
    return 1 if wrong else 0


def _engine(asked: Expression, block: bytes, *, portable: bool) -> set[str]:
    pattern = each(asked)
    one = Detection("x", "x", HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern))
    engine = Engine([one], KNOWLEDGE, portable=portable)
    return {
        str(body["eventID"])
        for line, slots in engine.candidates(block)
        for body, _, _, met in engine.events(line, slots)
        if met
    }


def _differ(name: str, asked: Expression, plain: set[str], found: set[str]) -> int:
    if plain == found:
        return 0
    print(f"{name}: {asked}\n  only plain: {sorted(plain - found)[:3]}, only {name}: {sorted(found - plain)[:3]}")
    return len(plain ^ found)


if __name__ == "__main__":
    sys.exit(main())
