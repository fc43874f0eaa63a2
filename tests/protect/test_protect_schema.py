"""The shipped JSON Schema of policies and the guard's own loader accept and refuse the same."""

from __future__ import annotations

import copy
import json
import random
from importlib.resources import files

import jsonschema
import pytest

from casemate_guard.policy import SCHEMA, PolicyError, policy_from

DOCUMENT = json.loads(
    files("casemate.protect").joinpath("casemate-guard-policy-1.schema.json").read_text(encoding="utf-8")
)
FULL = {
    "function": "Orders",
    "mode": "enforce",
    "rules": {"limit:hosts": "observe", "sqli": "off"},
    "budgets": {"depth": 64, "keys": 1, "leaves": 1, "size": 1, "layers": 0, "growth": 1, "seconds": 0.5, "time": 3, "response": 9, "hops": 2},
    "triggers": {"sqs": {"event": None, "record": {"type": "object"}, "body": True, "routes": {"POST /": {}}}, "s3": {}},
    "allow": {"hosts": ["a"], "actions": None, "processes": [], "writes": ["/tmp/*"], "code": ["jinja2"]},
    "also": {"hosts": ["b"]},
    "redaction": {"style": "stars"},
    "responses": True,
    "sinks": {"events": ["stdout"], "quarantine": "env:Q", "seconds": 0.5, "tell": "all"},
    "waf": {"rules": "starter", "paranoia": 2, "threshold": 5},
    "because": {"hosts": ["x"]},
}  # fmt: skip
OTHERS: tuple[object, ...] = (None, True, False, 0, -1, 1.5, 10**12, "x", "", [], ["x"], [1], {}, {"x": 1}, "observe")


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path]
    if isinstance(value, dict):
        for name, one in value.items():
            found += places(one, (*path, name))
    return found


def changed(document: dict[str, object], chance: random.Random) -> dict[str, object]:
    result = copy.deepcopy(document)
    for _ in range(chance.randint(1, 2)):
        *way, last = chance.choice([path for path in places(result) if path])
        holder: object = result
        for name in way:
            holder = holder[name]  # type: ignore[index]
        if not isinstance(holder, dict):
            continue
        how = chance.randrange(3)
        if how == 0:
            del holder[last]
        elif how == 1:
            holder[last] = copy.deepcopy(chance.choice(OTHERS))
        else:
            holder[chance.choice(("extra", "hosts", "mode", "schema"))] = copy.deepcopy(chance.choice(OTHERS))
    return result


def accepted(document: object) -> bool:
    """By the loader, of every function that the document names: each reads its own only."""
    functions = document.get("functions") if isinstance(document, dict) else None
    try:
        for name in functions if isinstance(functions, dict) and functions else ["app.handler"]:
            policy_from(document, name)
    except PolicyError:
        return False
    return True


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)


@pytest.mark.parametrize("several", [False, True])
def test_both_accept_and_refuse_the_same(several: object) -> None:
    whole: dict[str, object] = {"schema": SCHEMA, **FULL}
    document: dict[str, object] = {"schema": SCHEMA, "functions": {"app.handler": FULL}} if several else whole
    validator = jsonschema.Draft202012Validator(DOCUMENT)
    assert validator.is_valid(document)
    assert accepted(document)
    seen = {True: 0, False: 0}
    for number in range(600):
        other = changed(document, random.Random(number))  # noqa: S311 - a reproducible mixture, no secret
        functions = other.get("functions")
        if several and isinstance(functions, dict) and "app.handler" not in functions:
            continue  # that there is a policy of the handler is for the loader to say
        verdict = accepted(other)
        assert validator.is_valid(other) == verdict, json.dumps(other)
        seen[verdict] += 1
    assert min(seen.values()) > 50
