"""A sandbox: a process without network, credentials, home or a way to write, that answers one line at a time.

What holds it: namespaces of its own (user, mount, process, network, messages, host name), a root made of a handful of
read-only folders, an environment of our own, limits on processor time, memory, files and processes, and a wall clock
after which its whole process group is killed. Where the system gives no namespaces, `NoNamespacesError` is raised
unless `weak` is asked for: then limits, environment and the driver's own guards are all there is.

Sources: user_namespaces(7), setrlimit(2); CPython documentation, "sys.addaudithook" (audit hooks are no sandbox, so
the driver's hook is not counted on).
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from casemate.errors import CasemateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

INSIDE = Path(__file__).parent / "inside"
REFUSED = 97
APP, TOOLS, HOME, TEMPORARY = "/var/task", "/opt/casemate", "/home/function", "/tmp"  # noqa: S108 - inside
NOBODY = 65_534
MAX_LINE = 4_000_000
MAX_LINES = 4_000
MAX_ANSWER = 32_000_000
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives",
           "/etc/localtime", "/etc/mime.types", "/nix/store")  # fmt: skip
"""What programs need to start. Not `/etc` as a whole, and nothing of any home."""
Message = dict[str, Any]


class NoNamespacesError(CasemateError):
    """The system does not let this user make namespaces."""


class StoppedError(Exception):
    """The sandbox ended before it answered. `reason`: for people; `timed_out`: by the wall clock."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that one sandbox may use. `seconds`: the wall clock of one answer, and processor time."""

    seconds: float = 10.0
    memory: int = 1 << 30
    file_size: int = 16 << 20
    files: int = 256
    processes: int = 128


@dataclass(frozen=True, slots=True)
class Program:
    """What runs inside. `argv`: the interpreter first; `needs`: folders of the host that it reads, at the same place.

    `addresses`: whether memory is limited by address space (V8 reserves more than it uses).
    """

    argv: tuple[str, ...]
    needs: tuple[str, ...]
    addresses: bool = True
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Sandbox:
    """One process. Use as a context manager; `ask` sends a line and gives what comes back until the answer's end.

    `app`: a folder of the host that becomes the code inside, read-only; `weak`: without namespaces.
    """

    program: Program
    app: Path
    limits: Limits
    weak: bool = False
    _process: subprocess.Popen[bytes] | None = None
    _folder: Path | None = None
    _results: int = -1
    _buffer: bytes = b""
    _nonce: str = field(default_factory=lambda: os.urandom(16).hex())

    @property
    def place(self) -> str:
        """Where the code is, as the process inside sees it."""
        return str(self.app) if self.weak else APP

    @property
    def tools(self) -> str:
        """Where the drivers are, as the process inside sees it."""
        return str(INSIDE.parent) if self.weak else TOOLS

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        if os.name != "posix":
            raise NoNamespacesError("handlers are called on POSIX systems only", hint="use a container or WSL")
        folder = self._folder = Path(tempfile.mkdtemp(prefix="casemate-prove-"))
        (folder / "root").mkdir()
        (folder / "home").mkdir()
        home = str(folder / "home") if self.weak else HOME
        temporary = home if self.weak else TEMPORARY
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "TMPDIR": temporary, "LANG": "C.UTF-8", "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1",
            **dict(self.program.environment),
        }  # fmt: skip
        argv = [part.replace("{tools}", self.tools) for part in self.program.argv]
        limits = self.limits
        config = {
            "argv": argv, "environment": environment, "cwd": self.place, "isolate": not self.weak,
            "root": str(folder / "root"), "scratch": [TEMPORARY, HOME],
            "nobody": _nobody((*self.program.needs, argv[0], str(INSIDE), str(self.app))),
            "binds": _binds(self.app, self.program.needs),
            "limits": {
                "AS" if self.program.addresses else "DATA": limits.memory, "CPU": int(limits.seconds * 6) + 2,
                "FSIZE": limits.file_size, "NOFILE": limits.files, "NPROC": limits.processes + _running(), "CORE": 0,
            },
        }  # fmt: skip
        reading, writing = os.pipe()
        stage = str(INSIDE / "stage.py")
        with (folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", stage, json.dumps(config)], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=errors, pass_fds=(writing,), start_new_session=True,
                env={"PATH": "/usr/bin:/bin", "CASEMATE_PIPE": str(writing)}, cwd="/", close_fds=True,
            )  # fmt: skip
        os.close(writing)
        self._results = reading
        os.set_blocking(reading, False)
        self.send({"nonce": self._nonce, "pipe": writing, "app": self.place, "tools": self.tools})

    def send(self, message: Message) -> None:
        """One line to the process inside; a process that has ended is noticed when an answer is waited for."""
        process = self._process
        if process is None or process.stdin is None:
            raise StoppedError("it did not start")
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except (BrokenPipeError, OSError):
            pass

    def ask(self, message: Message, seconds: float | None = None) -> list[Message]:
        """What comes back until `{"end": …}`, which is last. Raises `StoppedError` and `NoNamespacesError`."""
        self.send(message)
        return self.answer(seconds)

    def answer(self, seconds: float | None = None) -> list[Message]:
        """The messages up to the next end of an answer."""
        until = time.monotonic() + (seconds or self.limits.seconds)
        found: list[Message] = []
        with selectors.DefaultSelector() as selector:
            selector.register(self._results, selectors.EVENT_READ)
            total = 0
            while len(found) < MAX_LINES and total < MAX_ANSWER:
                for one in self._complete():
                    found.append(one)
                    if "end" in one:
                        return found
                left = until - time.monotonic()
                if left <= 0:
                    self._stop(found, f"no answer within {seconds or self.limits.seconds:g} seconds", timed_out=True)
                if not selector.select(left):
                    continue
                data = os.read(self._results, 1 << 16)
                if not data:
                    self._stop(found, "", timed_out=False)
                self._buffer += data
                total += len(data)
                if len(self._buffer) > MAX_LINE:
                    self._stop(found, "it sent too much", timed_out=False)
        self._stop(found, "it sent too much", timed_out=False)
        return found

    def _complete(self) -> Iterable[Message]:
        """Whole lines that carry the nonce: what else is written into the pipe is nobody's word."""
        while b"\n" in self._buffer:
            line, _, self._buffer = self._buffer.partition(b"\n")
            try:
                one = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(one, dict) and one.pop("nonce", None) == self._nonce:
                yield one

    def _stop(self, found: list[Message], reason: str, *, timed_out: bool) -> None:
        self.close(keep=True)
        code = self._process.returncode if self._process is not None else None
        said = self._errors()
        self._remove()
        if code == REFUSED:
            raise NoNamespacesError(
                f"this system gives no sandbox: {said[:200]}",
                hint="allow user namespaces, or say --weak-isolation in a machine that you can throw away",
            )
        stopped = StoppedError(
            reason or said.strip().rpartition("\n")[2][:200] or f"it ended with {code}", timed_out=timed_out
        )
        stopped.args = (*stopped.args, found)
        raise stopped

    def _errors(self) -> str:
        try:
            return (self._folder / "errors").read_bytes()[-2_000:].decode("utf-8", "replace") if self._folder else ""
        except OSError:
            return ""

    def close(self, *, keep: bool = False) -> None:
        """Kill the process group, and with its first process everything in the namespace."""
        process = self._process
        if process is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if process is not None:
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        if self._results >= 0:
            os.close(self._results)
            self._results = -1
        if not keep:
            self._remove()

    def _remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _nobody(paths: Iterable[str]) -> int | None:
    """Whom the superuser becomes: somebody without rights, if he can read what he needs. None for everybody else."""
    if os.geteuid() != 0:
        return None
    readable = all(os.stat(path).st_mode & 0o005 == 0o005 for path in paths if Path(path).exists())  # noqa: PTH116
    return NOBODY if readable else None


def _running() -> int:
    """How many processes this user has: older kernels count them together with those in the sandbox."""
    own = os.getuid()
    count = 0
    for entry in os.scandir("/proc") if Path("/proc/self").exists() else ():
        with contextlib.suppress(OSError):
            count += entry.name.isdigit() and entry.stat().st_uid == own
    return count


def _binds(app: Path, needs: Sequence[str]) -> list[list[str]]:
    """[source, target] of everything that is visible inside, outer folders before inner ones."""
    wanted = {path for path in (*_SYSTEM, *needs) if os.path.lexists(path)}
    found: list[list[str]] = []
    covered: list[str] = []
    for path in sorted(wanted):
        if not any(path == one or path.startswith(f"{one}/") for one in covered):
            found.append([path, path])
            if not Path(path).is_symlink():
                covered.append(path)
    return [*found, [str(app), APP], [str(INSIDE), f"{TOOLS}/inside"]]
