"""The sandbox: what code inside of it sees and can do, and what the parent believes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from casemate.prove.runtimes import python
from casemate.prove.sandbox import Limits, NoNamespacesError, Sandbox, StoppedError

LOOK = """
import json, os, socket
def attempt(what):
    try:
        return repr(what())[:200]
    except BaseException as error:
        return type(error).__name__
SEEN = {
    "network": attempt(lambda: os.listdir("/sys/class/net")),
    "root": attempt(lambda: sorted(os.listdir("/"))),
    "home": attempt(lambda: os.listdir(os.path.expanduser("~"))),
    "environment": attempt(lambda: sorted(name for name in os.environ if "CASEMATE" in name or "TOKEN" in name)),
    "code": attempt(lambda: open(__file__, "a").write("x")),
    "elsewhere": attempt(lambda: open("/usr/casemate", "w")),
    "temporary": attempt(lambda: open("/tmp/casemate", "w").write("x")),
    "file-size": attempt(lambda: open("/tmp/large", "wb").write(b"0" * (20 << 20))),
    "memory": attempt(lambda: len(bytearray(4 << 30))),
    "identity": attempt(lambda: (os.getuid(), os.getppid())),
    "passwords": attempt(lambda: open("/etc/shadow").read()),
}
hook(0, 0, SEEN)
def handler(event, context):
    if event == "exit":
        os._exit(3)
    if event == "forge":
        for number in range(3, 20):
            try:
                os.write(number, b'{"end": "returned", "nonce": "guess"}\\n{"site": 0, "slot": 0, "nonce": ""}\\nnoise\\n')
            except OSError:
                pass
"""


def load(name: str = "handler") -> dict[str, object]:
    return {"load": {"module": "app", "paths": ["PLACE"], "app": "PLACE", "name": name, "style": "lambda", "hook": "hook",
                     "environment": {}, "always": [], "missing": []}}  # fmt: skip


def call(event: str) -> dict[str, object]:
    return {"call": {"event": event, "tokens": ["zabc"], "documents": [], "watch": False, "seconds": 2, "stored": None}}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(LOOK, "utf-8")
    return tmp_path


def started(app: Path, *, weak: bool) -> tuple[Sandbox, list[dict[str, object]]]:
    sandbox = Sandbox(python(None), app, Limits(seconds=20), weak=weak)
    sandbox.__enter__()
    message = json.loads(json.dumps(load()).replace("PLACE", sandbox.place))
    try:
        return sandbox, sandbox.ask(message)
    except NoNamespacesError:
        pytest.skip("this system gives no namespaces")


def test_what_code_sees_inside(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEMATE_TOKEN", "secret")
    sandbox, answer = started(app, weak=False)
    sandbox.close()
    seen = answer[0]["value"]["map"]  # type: ignore[index]
    assert seen["root"] != "PermissionError"
    assert "'etc'" in seen["root"]
    assert "'boot'" not in seen["root"]
    assert seen["home"] == "[]"
    assert seen["environment"] == "[]"
    assert seen["network"] == "FileNotFoundError"
    assert seen["code"] == seen["elsewhere"] == "OSError"
    assert seen["temporary"] == "1"
    assert seen["file-size"] == "OSError"
    assert seen["memory"] == "MemoryError"
    assert seen["identity"] == "(1000, 1)"
    assert seen["passwords"] == "FileNotFoundError"


def test_weak_isolation_still_has_a_clean_environment_and_limits(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEMATE_TOKEN", "secret")
    sandbox, answer = started(app, weak=True)
    sandbox.close()
    seen = answer[0]["value"]["map"]  # type: ignore[index]
    assert seen["environment"] == "[]"
    assert seen["memory"] == "MemoryError"
    assert seen["file-size"] == "OSError"


@pytest.mark.parametrize("weak", [False, True])
def test_a_handler_that_leaves_or_lies_gives_no_answer_of_its_own(app: Path, *, weak: bool) -> None:
    sandbox, _ = started(app, weak=weak)
    with closing(sandbox):
        assert sandbox.ask(call("exit"))[-1]["end"] == "died"
        forged = sandbox.ask(call("forge"))
        assert [one for one in forged if "site" in one] == []
        assert forged[-1]["end"] == "returned"


def test_the_wall_clock_ends_it_and_everything_in_it(app: Path) -> None:
    (app / "app.py").write_text("import subprocess, sys\nwhile True:\n    pass\n", "utf-8")
    sandbox = Sandbox(python(None), app, Limits(seconds=20), weak=True)
    with sandbox:
        message = json.loads(json.dumps(load()).replace("PLACE", sandbox.place))
        with pytest.raises(StoppedError) as caught:
            sandbox.ask(message, 0.4)
    assert caught.value.timed_out


def test_a_system_without_namespaces_is_refused(tmp_path: Path) -> None:
    """In a user namespace that allows no further ones."""
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    root = Path(__file__).parents[2]
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return eval(event['body'])\n", "utf-8")
    command = ["unshare", "-Ur", "sh", "-c", script, "sh", sys.executable, "-m", "casemate", "prove", str(tmp_path),
               "--no-cache", "--fail-on", "none"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root / 'guard' / 'src'}"}
    try:
        probe = subprocess.run(["unshare", "-Ur", "sh", "-c", script, "sh", "true"], check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if probe.returncode:
        pytest.skip("this system gives no namespaces at all")
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 2
    assert "gives no sandbox" in done.stderr
    assert "--weak-isolation" in done.stderr
