"""What code must not do is not done, and said: programs are not started, hosts not reached, code of a token noted.

The audit hook (CPython documentation, "Audit events table") is the second line behind the fakes; neither is what
holds hostile code, the sandbox around is.
"""
# ruff: noqa: ANN401 - values of others

from __future__ import annotations

import asyncio
import builtins
import io
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from .stubs import Stub

Tell = Callable[[dict[str, Any]], None]
_BLOCKED = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "socket.connect", "os.fork",
            "os.forkpty", "pty.spawn", "ctypes.dlopen", "os.kill", "os.killpg")  # fmt: skip
_PATHS = ("open", "os.listdir", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "shutil.copyfile", "os.scandir")
_LOOKS = ("pickle.find_class", "import", "urllib.Request", "socket.getaddrinfo", "http.client.connect")


class Guards:
    """The tokens of the call that is under way, and whether code of the user runs."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.tokens: list[str] = []
        self.active = False

    def holds(self, text: object) -> bool:
        """Whether a token is in it."""
        if isinstance(text, (bytes, bytearray)):
            text = bytes(text).decode("utf-8", "replace")
        if isinstance(text, os.PathLike):
            text = os.fspath(text)
        return isinstance(text, str) and (any(token in text for token in self.tokens) or "inside/canary.txt" in text)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        if not self.active:
            return
        if event in _LOOKS or event in _PATHS:
            found = [str(one)[:2_000] for one in arguments[:3] if self.holds(one)]
            if found:
                self.tell({"seen": event, "values": found})
        if event in _BLOCKED:
            if event == "ctypes.dlopen" and arguments[:1] == (None,):
                return
            raise PermissionError(f"{event} is not done in a proof")


class FakeProcess(subprocess.Popen):  # type: ignore[type-arg]
    """A program that ended well and said nothing."""

    def __init__(self, args: Any, *_: Any, text: Any = None, universal_newlines: Any = None, encoding: Any = None,
                 **keywords: Any) -> None:  # fmt: skip
        self.args = args
        self.returncode = 0
        self.pid = 4_194_304
        words = bool(text or universal_newlines or encoding)
        self._empty: Any = "" if words else b""
        self._child_created = False
        self._input = None
        self._communication_started = False
        self.text_mode = words
        stream = io.StringIO if words else io.BytesIO
        self.stdin: Any = stream() if keywords.get("stdin") is not None else None
        self.stdout: Any = stream() if keywords.get("stdout") is not None else None
        self.stderr: Any = stream() if keywords.get("stderr") is not None else None

    def poll(self) -> int:
        """Ended."""
        return 0

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002 - as its parent's
        """Ended."""
        return 0

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:  # noqa: A002, ARG002
        """Nothing."""
        return (self._empty if self.stdout is not None else None, self._empty if self.stderr is not None else None)

    def kill(self) -> None:
        """Nothing."""

    terminate = kill

    def send_signal(self, sig: int) -> None:
        """Nothing."""

    def __del__(self, *_: Any) -> None:
        """Nothing was started."""


def install(guards: Guards) -> None:
    """Put the fakes and the hook in place."""
    subprocess.Popen = FakeProcess  # type: ignore[misc]
    os.system = lambda *_: 0
    for name in ("execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp", "execlpe"):
        setattr(os, name, lambda *_: None)
    for name in ("spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe", "posix_spawn",
                 "posix_spawnp"):  # fmt: skip
        setattr(os, name, lambda *_, **__: 0)
    reading = urllib.request.urlopen
    urllib.request.urlopen = lambda url, *more, **named: (
        reading(url, *more, **named) if str(url).startswith("file:") else Stub("response")
    )
    for name in ("create_subprocess_exec", "create_subprocess_shell"):
        setattr(asyncio, name, _async_process)
    original = builtins.open

    def lenient(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        """A file at a place that a token names is there, and empty: what comes after it can be seen, too."""
        try:
            return original(file, mode, *arguments, **keywords)
        except OSError:
            if not guards.active or not guards.holds(file):
                raise
            return io.BytesIO() if "b" in str(mode) else io.StringIO()

    builtins.open = lenient
    sys.addaudithook(guards.hook)


async def _async_process(*_: Any, **__: Any) -> Any:
    return Stub("process")


def name_tokens(guards: Guards, tokens: Iterable[str]) -> None:
    """A token is a function that says that it was called: code of the attacker ran."""
    guards.tokens = list(tokens)
    for token in guards.tokens:
        if token.isidentifier():
            setattr(builtins, token, _called(guards, token))


def _called(guards: Guards, token: str) -> Callable[..., Any]:
    def called(*_: Any, **__: Any) -> Any:
        guards.tell({"seen": "called", "values": [token]})
        return Stub(token)

    return called
