"""The driver of Python code: it imports the developer's file, calls the entry with events, and says what it saw.

Lines in: first `{"nonce", "pipe", "app", "tools"}`, then `{"load": …}`, then any number of `{"call": …}`. Lines out,
each with the nonce: observations, and `{"end": …}` after each answer. Each call runs in a fork of the loaded program,
so that one does not see what another left behind.
"""
# ruff: noqa: ANN401 - values of others

from __future__ import annotations

import asyncio
import builtins
import importlib
import inspect
import json
import os
import signal
import sys
import time
from typing import Any

from . import calling, stubs, watching, web
from . import guards as guarding

MAX_HITS = 12
MAX_MESSAGE = 400
DEMANDED = "casemate-default"
"""What a variable holds that nobody declared: as many bytes as keys of common ciphers have."""


class Environment(os._Environ):  # type: ignore[type-arg]  # noqa: SLF001 - what `os.environ` is
    """The function's variables: one that the code demands and nobody declared has a value that means nothing."""

    app = "/"

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            asker = sys._getframe(1).f_code.co_filename  # noqa: SLF001 - libraries look for what is not there
            name = os.fsdecode(key) if isinstance(key, (str, bytes)) else ""
            if name.isidentifier() and asker.startswith(self.app):
                return DEMANDED.encode() if isinstance(key, bytes) else DEMANDED
            raise


class Context:
    """What Lambda hands over beside the event."""

    function_name = "casemate"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:casemate"
    memory_limit_in_mb = "128"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    log_group_name = "/aws/lambda/casemate"
    log_stream_name = "2026/01/01/[$LATEST]00000000000000000000000000000000"
    identity = None
    client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Some seconds."""
        return 5_000


class Driver:
    """The state of one sandbox."""

    def __init__(self, start: dict[str, Any]) -> None:
        self._nonce = start["nonce"]
        self._pipe = int(start["pipe"])
        self.app = str(start["app"])
        self.guards = guarding.Guards(self.tell)
        self.watch: watching.Watch | None = None
        self.unknown: list[str] = []
        self.module: Any = None
        self.job: dict[str, Any] = {}
        self._hits: dict[tuple[int, int], int] = {}

    def tell(self, message: dict[str, Any]) -> None:
        """One line out."""
        active, self.guards.active = self.guards.active, False
        try:
            line = json.dumps({"nonce": self._nonce, **message}, default=str).encode() + b"\n"
            while line:
                line = line[os.write(self._pipe, line[: 1 << 15]) :]
        finally:
            self.guards.active = active

    def seen(self, site: int, slot: int, value: Any) -> Any:
        """What an argument of a sink was: the code calls this, and gets the value back."""
        count = self._hits.get((site, slot), 0)
        if count < MAX_HITS:
            self._hits[site, slot] = count + 1
            active, self.guards.active = self.guards.active, False
            try:
                self.tell({"site": site, "slot": slot, "value": watching.rendered(value)})
            finally:
                self.guards.active = active
        return value

    # -- loading
    def load(self, job: dict[str, Any]) -> None:
        """Import the file, and say what it offers."""
        self.job = job
        for path in reversed(job["paths"]):
            sys.path.insert(0, path)
        os.environ.update(job["environment"])
        Environment.app = self.app
        os.environ, os.environb = _demanding(os.environ), _demanding(os.environb)
        stubs.GIVEN.append(lambda package: self.tell({"foreign": package}))
        stubs.install(
            frozenset(job["always"]), frozenset(job["missing"]), frozenset(job.get("foreign", ())), self.unknown
        )
        setattr(builtins, job["hook"], self.seen)
        watching.patch_readers(lambda: self.watch)
        guarding.install(self.guards)
        try:
            self.guards.active = True
            self.module = importlib.import_module(job["module"])
            self.guards.active = False
            routes = web.routes(job)
        except BaseException as error:  # noqa: BLE001 - code of others may raise anything, and may exit
            self.guards.active = False
            package = self._package(error)
            self.tell({"end": "failed", "error": _words(error), "package": package})
            return
        self.tell({"end": "loaded", "routes": routes})

    def _package(self, error: BaseException) -> str | None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            first = error.name.partition(".")[0]
            file = getattr(sys.modules.get(first), "__file__", None) or ""
            return error.name if file.startswith(self.app) else first
        return None

    # -- calling
    def call(self, job: dict[str, Any]) -> None:
        """One event, in a process of its own."""
        child = os.fork()
        if not child:
            code = 1
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                self._one(job)
                code = 0
            finally:
                os._exit(code)
        until = time.monotonic() + float(job["seconds"])
        while time.monotonic() < until:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                if status:
                    self.tell({"end": "died", "error": f"the process ended with {os.waitstatus_to_exitcode(status)}"})
                return
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.tell({"end": "late", "error": f"no answer within {float(job['seconds']):g} seconds"})

    def _one(self, job: dict[str, Any]) -> None:
        guarding.name_tokens(self.guards, job["tokens"])
        stubs.CONTENT[0] = job.get("stored") or "1"
        stubs.FAILING[0] = job.get("failing")
        stubs.SUCCEEDING[0] = job.get("succeeding", 0)
        stubs.TOKENS[:] = job["tokens"]
        documents = {text: tuple(path) for text, path in job["documents"]}
        self.watch = watching.Watch(self.tell, documents, job["tokens"])
        self.watch.on = bool(job["watch"])
        end: dict[str, Any] = {}
        self.guards.active = True
        try:
            answer = self._answer(job)
            self.guards.active = False
            if answer is not None:
                self.tell({"response": answer})
            end = {"end": "returned"}
        except BaseException as error:  # noqa: BLE001 - as above
            self.guards.active = False
            key = getattr(error, "args", (None,))[:1]
            if type(error).__name__ == "BadRequestKeyError" and key:
                self.tell({"missed": ["request", str(key[0])], "how": "item"})
            end = {"end": "raised", "error": _words(error), "package": self._package(error)}
        self.tell(end)

    def _answer(self, job: dict[str, Any]) -> Any:
        style = self.job["style"]
        if style != "lambda":
            return calling.call(self.module, self.job, job, self.watch)
        function: Any = self.module
        for name in self.job["name"].split("."):
            function = getattr(function, name)
        assert self.watch is not None  # noqa: S101 - set by the caller
        event = self.watch.wrap(job["event"], ("event",))
        arguments = [event, Context()]
        count = _positions(function)
        result = function(*arguments[: count if count is not None and count < 2 else 2])
        if inspect.isawaitable(result):
            result = asyncio.run(_awaited(result))
        return {"kind": "value", "value": watching.rendered(result)}


async def _awaited(result: Any) -> Any:
    return await result


def _positions(function: Any) -> int | None:
    """How many arguments a function takes by position; None when that is not known or not bounded."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return None
    return sum(one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD} for one in parameters)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_MESSAGE]


def _demanding(old: Any) -> Any:
    """The same variables, in a map that gives something for what is not there."""
    return Environment(vars(old)["_data"], old.encodekey, old.decodekey, old.encodevalue, old.decodevalue)


def main() -> None:
    """Answer until standard input ends."""
    lines = iter(sys.stdin.readline, "")
    driver = Driver(json.loads(next(lines)))
    for line in lines:
        message = json.loads(line)
        if "load" in message:
            driver.load(message["load"])
        elif "call" in message:
            driver.call(message["call"])
