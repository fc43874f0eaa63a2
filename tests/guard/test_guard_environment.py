from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casemate_guard.envelope import Envelope, EnvelopeError
from casemate_guard.environment import KEK, MARK, opened, sealed

GUARD = Path(__file__).parents[2] / "guard" / "src"
PROGRAM = """
import os, subprocess, sys
from casemate_guard import guard
value = os.environ["TOKEN"]  # as modules do, before there is a handler
@guard(redactor=None, inspect=None)
def handler(event, context):
    child = subprocess.run([sys.executable, "-c", "import os; print(os.environ['TOKEN'][:15])"], capture_output=True, text=True)
    return [os.environ["TOKEN"], os.getenv("TOKEN"), os.environ.get("NONE"), value, child.stdout.strip(), "TOKEN" in os.environ]
print(handler({"a": 1}, None))
"""


@pytest.fixture
def kek(tmp_path: Path) -> str:
    path = tmp_path / "key"
    path.write_bytes(os.urandom(32))
    path.chmod(0o600)
    return f"file://{path}"


def test_a_variable_is_opened_when_it_is_read(kek: str) -> None:
    text = sealed(Envelope(kek, context={"function": "Shop"}), "Shop", "TOKEN", "grüße")
    assert text.startswith(f"{MARK}Shop:")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={
            **os.environ,
            "PYTHONPATH": str(GUARD),
            "TOKEN": text,
            KEK: kek,
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == str(["grüße", "grüße", None, "grüße", MARK, True])


def test_it_opens_for_its_function_and_its_name_only(kek: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEK, kek)
    text = sealed(Envelope(kek, context={"function": "A"}), "A", "ONE", "value")
    assert opened("ONE", text) == "value"
    for name, other in (("TWO", text), ("ONE", text.replace(":A:", ":B:")), ("ONE", text[:-8]), ("ONE", f"{MARK}A:%%")):
        with pytest.raises(EnvelopeError):
            opened(name, other)
    monkeypatch.delenv(KEK)
    with pytest.raises(EnvelopeError, match="CASEMATE_KEK names no key"):
        opened("X", text.replace(":A:", ":C:"))
