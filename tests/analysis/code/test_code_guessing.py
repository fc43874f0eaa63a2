"""Random numbers that can be guessed: what they are used for decides how sure a finding is."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import walked

HEAD = "import random, string\nfrom flask import Flask, session, make_response\napp = Flask(__name__)\n"


def trusts(body: str, path: str = "app.py") -> list[str]:
    """The confidences of what is found of a handler's body."""
    if path.endswith(".py"):
        text = f"{HEAD}@app.route('/x')\ndef show():\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    else:
        text = f"exports.handler = async (event) => {{ {body} }};\n"
    return [flow.confidence for facts in walked({path: text}).facts for flow in facts.flows
            if flow.kind == "weak-randomness"]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "value = random.random()\nrememberMeKey = str(value)[2:]",
        "otp = random.randint(100000, 999999)",
        "session['n'] = str(random.getrandbits(8))",
        "make_response('').set_cookie('n', str(random.random()))",
        "letters = ''.join(random.choice(string.ascii_letters) for _ in range(9))\npassword = letters",
        "item = {'sessionId': int(random.random() * 10 ** 6)}",
    ],
)
def test_a_secret_is_sure(body: str) -> None:
    assert {*trusts(body)} <= {"high", "medium"}
    assert trusts(body)


@pytest.mark.parametrize(
    "body", ["share = random.random() * 3", "page_token_count = random.randint(1, 9)", "x = [random.random()]"]
)
def test_other_numbers_are_not(body: str) -> None:
    assert trusts(body) == ["low"]


@pytest.mark.parametrize(
    "body", ["delay = random.random() * 3", "time.sleep(random.uniform(1, 2))", "retryJitter = random.randint(1, 9)"]
)
def test_how_long_to_wait_is_no_secret(body: str) -> None:
    assert trusts(f"import time\n{body}") == []


def test_scripts() -> None:
    assert trusts("const otp = Math.floor(100000 + Math.random() * 900000);", "app.js") == ["high"]
    assert trusts("return { token: Math.random().toString(36).substring(2) };", "app.js") == ["medium"]
    assert trusts("const share = Math.random() * 3;", "app.js") == ["low"]
    assert trusts("const wait = Math.random() * 3;", "app.js") == []
    assert trusts("setTimeout(() => 1, Math.random() * 3);", "app.js") == []
