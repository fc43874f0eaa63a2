from __future__ import annotations

import json
from pathlib import Path

import pytest

from casemate_guard import guard
from casemate_guard.policy import FILE, SCHEMA, Policy, PolicyError, policy_from, read_policy


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "policy: is a JSON object"),
        ({}, "policy: has no schema"),
        ({"schema": "casemate-guard-policy/2"}, "schema: is one of casemate-guard-policy/1"),
        ({"schema": SCHEMA, "mod": "off"}, "policy: unknown key 'mod'; one of schema, function, mode"),
        ({"schema": SCHEMA, "mode": "on"}, "mode: is one of off, observe, enforce, not 'on'"),
        ({"schema": SCHEMA, "mode": []}, "mode: is one of off, observe, enforce"),
        ({"schema": SCHEMA, "rules": {"a": "block"}}, "rules['a']: is one of off"),
        ({"schema": SCHEMA, "budgets": {"depth": 0}}, "budgets.depth: is a number from 1 to 200"),
        ({"schema": SCHEMA, "budgets": {"depth": True}}, "budgets.depth: is a number"),
        ({"schema": SCHEMA, "budgets": {"seconds": float("nan")}}, "budgets.seconds: is a number"),
        ({"schema": SCHEMA, "triggers": {"sqs": {"bodies": {}}}}, "triggers['sqs']: unknown key 'bodies'"),
        ({"schema": SCHEMA, "triggers": {"sqs": {"body": "x"}}}, "triggers['sqs'].body: is a JSON Schema"),
        ({"schema": SCHEMA, "allow": {"hosts": "a"}}, "allow.hosts: is a list of strings"),
        ({"schema": SCHEMA, "allow": {"hosts": [1]}}, "allow.hosts: is a list of strings"),
        ({"schema": SCHEMA, "sinks": {"tell": "none"}}, "sinks.tell: is one of refused, all"),
        ({"schema": SCHEMA, "responses": 1}, "responses: is true or false"),
        ({"schema": SCHEMA, "functions": {}, "mode": "off"}, "policy: unknown key 'mode' beside functions"),
        ({"schema": SCHEMA, "functions": {"b.h": {}}}, "policy: has no policy of 'a.h'; there are b.h"),
        ({"schema": SCHEMA, "functions": {"a.h": {"x": 1}}}, "functions['a.h']: unknown key 'x'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: object, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policy_from(document, "a.h")
    assert str(raised.value).startswith(message)


def test_defaults_protect() -> None:
    policy = policy_from({"schema": SCHEMA})
    assert policy.mode == "enforce"
    assert policy.allow.hosts is None
    assert policy.triggers is None
    assert policy.budgets.depth == 64
    assert policy.waf is not None
    assert policy.redaction == {}


def test_a_policy_does_not_change() -> None:
    policy = Policy()
    with pytest.raises(AttributeError):
        policy.mode = "off"
    with pytest.raises(AttributeError):
        del policy.allow.hosts


@pytest.mark.parametrize(
    ("rules", "function", "rule", "mode"),
    [
        ({}, "enforce", "limit:hosts", "enforce"),
        ({"limit": "observe"}, "enforce", "limit:hosts", "observe"),
        ({"limit": "observe", "limit:hosts": "enforce"}, "enforce", "limit:hosts", "enforce"),
        ({"limit:hosts": "enforce"}, "observe", "limit:hosts", "observe"),
        ({"sqli": "off"}, "enforce", "sqli-union", "off"),
        ({}, "enforce", "text:not-normalised", "observe"),
        ({}, "enforce", "text:duplicate-key", "enforce"),
        ({"text": "off"}, "enforce", "text:duplicate-key", "off"),
    ],
)
def test_the_mode_of_a_rule(rules: dict[str, str], function: str, rule: str, mode: str) -> None:
    assert policy_from({"schema": SCHEMA, "mode": function, "rules": rules}).mode_of(rule) == mode


def test_a_key_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(f'{{"schema": "{SCHEMA}", "mode": "enforce", "mode": "off"}}', encoding="utf-8")
    with pytest.raises(PolicyError, match="the key 'mode' stands twice"):
        read_policy(str(path))
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(PolicyError, match="is not valid JSON"):
        read_policy(str(path))


def loaded(folder: Path, source: str) -> object:
    """The handler of a module, which is compiled with its real path: the policy is looked for beside it."""
    path = folder / "app.py"
    path.write_text(source, encoding="utf-8")
    names: dict[str, object] = {"guard": guard}
    exec(compile(source, str(path), "exec"), names)  # noqa: S102 - our own text
    return names["handler"]


def test_guard_reads_the_policy_beside_the_handler(tmp_path: Path) -> None:
    document = {"schema": SCHEMA, "functions": {"app.handler": {"mode": "off"}}}
    (tmp_path / FILE).write_text(json.dumps(document), encoding="utf-8")
    handler = loaded(tmp_path, "@guard()\ndef handler(event, context): ...")
    assert not hasattr(handler, "__wrapped__")  # off: it is the handler itself


def test_a_missing_policy_is_said_and_the_defaults_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler = loaded(tmp_path, "@guard(redactor=None)\ndef handler(event, context): ...")
    assert capsys.readouterr().err == ""  # keywords: nobody asked for a file
    assert hasattr(handler, "__wrapped__")


def test_a_policy_and_keywords_do_not_contradict() -> None:
    with pytest.raises(TypeError, match="are the policy's"):
        guard(policy=Policy(), mode="observe")(lambda event, context: (event, context))


def test_a_named_policy_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        loaded(tmp_path, f"@guard(policy={str(tmp_path / 'other.json')!r})\ndef handler(event, context): ...")
