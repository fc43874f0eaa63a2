"""One entry of the code in a sandbox: loaded once, called many times, started again when it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casemate.prove.observing import Seen, collect
from casemate.prove.sandbox import Sandbox, StoppedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.prove.sandbox import Limits, Program
    from casemate.prove.staging import Staged

WEB = frozenset({"flask", "fastapi", "django", "chalice", "aiohttp", "azure", "request", "route", "express", "koa",
"fastify",
                 "azure-js", "azure-v1", "typed"})  # fmt: skip
"""Styles of entries that are called with a request."""


MAX_FOREIGN = 12
NEVER = frozenset({
    "flask", "fastapi", "starlette", "django", "chalice", "aiohttp", "bottle", "azure", "functions_framework",
    "werkzeug", "quart", "falcon", "litestar", "express", "koa", "fastify", "@koa/router", "koa-router", "restify",
    "polka", "router", "pydantic", "marshmallow", "zod", "joi", "@hapi/joi", "yup", "ajv", "validator", "jsonschema",
    "express-validator", "rest_framework", "ninja", "pyramid", "sanic", "tornado", "cherrypy", "hono", "@hapi/hapi",
})  # fmt: skip
"""Frameworks that call the code, and packages that decide whether data is let through: nothing stands in for these."""
LOADING = 20.0
"""Seconds that importing the code may take at least: packages are large, and machines busy."""


class NotLoadedError(Exception):
    """The code could not be loaded. `reason`: why, for people; `package`: what was missing."""

    def __init__(self, reason: str, package: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.package = package


@dataclass(slots=True)
class Session:
    """`load`: what the driver is told first; `routes`: what it said of the entry; `at_load`: what was seen then.

    `foreign`: packages that are not installed and of which nothing is known. The code is loaded with something in
    their place; a call in which one of them gets the data proves nothing.
    """

    program: Program
    staged: Staged
    limits: Limits
    load: dict[str, Any]
    style: str
    weak: bool = False
    routes: Sequence[Mapping[str, Any]] = ()
    at_load: Seen = field(default_factory=Seen)
    foreign: list[str] = field(default_factory=list)
    _sandbox: Sandbox | None = field(default=None)

    @property
    def slots(self) -> Mapping[int, tuple[str, ...]]:
        """Names of the arguments of each site."""
        return self.staged.slots

    @property
    def seconds(self) -> float:
        """How long one call may take."""
        return self.limits.seconds

    @property
    def web(self) -> bool:
        """Whether the entry is called with a request."""
        return self.style in WEB

    @property
    def place(self) -> str:
        """Where the code is, as it sees it."""
        return self._opened().place

    @property
    def tools(self) -> str:
        """Where the drivers are, as the code sees them."""
        return self._opened().tools

    def open(self) -> None:
        """Load the code. Raises `NotLoadedError`, and `NoNamespacesError` where there is no sandbox."""
        while True:
            try:
                self._open()
            except NotLoadedError as error:
                known = error.package is None or error.package in {*self.foreign, *NEVER}
                if known or error.package is None or len(self.foreign) >= MAX_FOREIGN:
                    raise
                self.close()
                self.foreign.append(error.package)
            else:
                return

    def _open(self) -> None:
        sandbox = Sandbox(self.program, self.staged.folder, self.limits, weak=self.weak)
        self._sandbox = sandbox
        sandbox.__enter__()
        load = {key: _placed(value, sandbox.place) for key, value in self.load.items()} | {"foreign": self.foreign}
        try:
            messages = sandbox.ask({"load": load}, max(LOADING, self.limits.seconds * 2))
        except StoppedError as stopped:
            raise NotLoadedError(f"loading the code: {stopped.reason}") from stopped
        answer = messages[-1]
        self.at_load = collect(messages, self.slots)
        if answer.get("end") != "loaded":
            package = answer.get("package")
            if isinstance(package, str) and package:
                raise NotLoadedError(not_there(package), package)
            raise NotLoadedError(f"loading the code: {answer.get('error') or 'it failed'}"[:300])
        self.routes = [one for one in answer.get("routes") or () if isinstance(one, dict)]

    def call(self, job: Mapping[str, Any]) -> Seen:
        """One call. Raises `StoppedError` when there was no answer; the next call starts anew."""
        sandbox = self._opened()
        try:
            messages = sandbox.ask({"call": dict(job)}, self.limits.seconds + 2)
        except StoppedError:
            self.close()
            raise
        return collect(messages, self.slots)

    def _opened(self) -> Sandbox:
        if self._sandbox is None:
            self.open()
        assert self._sandbox is not None  # noqa: S101 - `open` set it
        return self._sandbox

    def close(self) -> None:
        """End the process."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


def not_there(package: str) -> str:
    """The words for a package, or file, that the code wants and that is not there."""
    return f"the file {package} is not there" if package.startswith(".") else f"the package {package} is not installed"


def _placed(value: object, place: str) -> object:
    """`{app}` in what the driver is told is where the code is."""
    if isinstance(value, str):
        return value.replace("{app}", place)
    if isinstance(value, list):
        return [_placed(one, place) for one in value]
    return value
