"""One entry of the code, ready to be called: what it is called with, and a session of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casemate.prove.controllers import parameters_of
from casemate.prove.hints import Hints, hints_of
from casemate.prove.runtimes import NODE_ALWAYS, NODE_MISSING, PYTHON_ALWAYS, PYTHON_MISSING, node, python
from casemate.prove.sandbox import Limits
from casemate.prove.session import Session
from casemate.prove.sites import HOOK
from casemate.prove.staging import stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System
    from casemate.model.flow import Flow
    from casemate.prove.sandbox import Program
    from casemate.sources.tree import Tree

_PYTHON_STYLES = frozenset({"lambda", "flask", "fastapi", "django", "chalice", "chalice-event", "aiohttp", "azure",
"request",
                            "cloud-event", "route"})  # fmt: skip
_NODE_STYLES = frozenset({"lambda", "express", "koa", "fastify", "azure-js", "azure-v1", "cloud-event", "typed"})
_OWN = {"aiohttp": "aiohttp", "django": "sqlite3", "route": "aws_lambda_powertools"}
"""What an entry's framework needs itself, so that it is not stood in for."""
_VARIABLES = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "casemate",
              "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_EXECUTION_ENV": "AWS_Lambda",
              "POWERTOOLS_TRACE_DISABLED": "1",
              "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How proofs are made. `seconds`: of one call; `each`: of one finding; `python`, `node`: interpreters."""

    seconds: float = 5.0
    each: float = 45.0
    weak: bool = False
    python: str | None = None
    node: str | None = None


class NotCallableError(Exception):
    """An entry that cannot be called. `reason`: why, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Entered:
    """`session`: not opened yet; `kinds`: what starts the entry; `beside`: keys of all that it reads from outside."""

    session: Session
    kinds: tuple[str, ...]
    hints: Hints
    beside: tuple[str, ...]

    def close(self) -> None:
        """End the process, and delete the copy."""
        self.session.close()
        self.session.staged.remove()


def entered(entry: CodeFacts, sites: Sequence[tuple[int, Flow]], system: System, settings: Settings) -> Entered:
    """An entry with these sinks watched. Raises `NotCallableError`."""
    tree = system.tree
    language = sites[0][1].language
    reason = _refused(entry, language)
    if reason is not None:
        raise NotCallableError(reason)
    if tree is None:
        raise NotCallableError("there is no tree of files")
    program = _program(language, settings)
    if program is None:
        raise NotCallableError("Node.js is not installed")
    files = [path for path in dict.fromkeys((entry.path, *entry.files)) if tree.size(path) is not None]
    staged = stage(tree, files, sites)
    program = replace(program, needs=(*program.needs, *staged.needs))
    load = _load(entry, language, system, files)
    if entry.style == "typed":
        load["typed"] = _typed(entry, tree, files)
    session = Session(program, staged, Limits(seconds=settings.seconds), load, entry.style, settings.weak)
    beside = tuple(dict.fromkeys(origin for flow in entry.flows for origin in flow.origins))
    return Entered(session, kinds_of(entry, system), hints_of(tree.read(path) or b"" for path in files), beside)


def _typed(entry: CodeFacts, tree: Tree, files: Sequence[str]) -> list[dict[str, Any]]:
    """What fills the parameters of a controller's method. Raises `NotCallableError`."""
    found = parameters_of(entry.path, tree.read(entry.path) or b"", entry.name)
    if found is None:
        raise NotCallableError(f"what the parameters of {entry.name} are filled with is not known")
    text = b"".join(tree.read(path) or b"" for path in (*files, _manifest(entry.path, tree)))
    if any(one["shaped"] for one in found) and re.search(rb"class-validator|nestjs-zod|UsePipes|ValidationPipe", text):
        raise NotCallableError("whether the validation of the framework lets the data through is not known")
    return found


def _manifest(path: str, tree: Tree) -> str:
    """The nearest package.json above a file."""
    folder = path.rpartition("/")[0]
    while folder and tree.size(f"{folder}/package.json") is None:
        folder = folder.rpartition("/")[0]
    return f"{folder}/package.json".lstrip("/")


def _refused(entry: CodeFacts, language: str) -> str | None:
    """Why an entry cannot be called, None when it can."""
    if "#" in entry.path:
        return "the code stands inside of a template"
    styles = (
        _PYTHON_STYLES if language == "python" else _NODE_STYLES if language in {"javascript", "typescript"} else None
    )
    if styles is None:
        return f"handlers in {language} are not called yet"
    if entry.style == "loose":
        return f"{entry.name} is called by no entry"
    return None if entry.style in styles else f"entries of the form {entry.style} are not called yet"


def _program(language: str, settings: Settings) -> Program | None:
    return python(settings.python) if language == "python" else node(settings.node)


def kinds_of(entry: CodeFacts, system: System) -> tuple[str, ...]:
    """What starts the functions of an entry."""
    found: dict[str, None] = {}
    for function in system.inventory.functions:
        if function.id in entry.functions:
            found.update(
                dict.fromkeys("graphql" if one.kind == "graphql" else "http" for one in system.routes_of(function))
            )
            found.update(dict.fromkeys(one.kind for one in system.triggers_of(function)))
    return tuple(found)


def _load(entry: CodeFacts, language: str, system: System, files: list[str]) -> dict[str, Any]:
    """What the driver is told: names, folders, variables, packages."""
    environment = dict(_VARIABLES)
    for function in system.inventory.functions:
        if function.id in entry.functions:
            from casemate.model.value import text_of

            environment |= {one.name: text_of(one.value) or standing_for(one.name) for one in function.environment}
    load: dict[str, Any] = {
        "file": f"{{app}}/{entry.path}", "app": "{app}", "name": entry.name, "style": entry.style, "hook": HOOK,
        "environment": {name: value for name, value in environment.items() if not name.startswith("LD_")},
    }  # fmt: skip
    if language != "python":
        return {**load, "always": list(NODE_ALWAYS), "missing": list(NODE_MISSING)}
    known = set(files)
    folder, module = _module(entry.path, known, system)
    parts = folder.split("/") if folder else []
    roots = ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
    others = (_module(path, known, system)[0] for path in files if path.endswith(".py"))
    paths = [f"{{app}}/{root}".rstrip("/") for root in dict.fromkeys((*roots, *others))]
    own = _OWN.get(entry.style)
    always = [name for name in PYTHON_ALWAYS if name != own]
    missing = [name for name in PYTHON_MISSING if name != own]
    return {**load, "module": module, "paths": paths, "always": always, "missing": missing}


def standing_for(variable: str) -> str:
    """What a variable holds whose value is only known once the system is deployed; no two hold the same."""
    return f"casemate-{variable.lower().replace('_', '-')}"


def _module(path: str, known: set[str], system: System) -> tuple[str, str]:
    """(folder from which it is imported, name) of a Python file: packages have an `__init__.py`."""
    folder, _, file = path.rpartition("/")
    names = [file.removesuffix(".py")]
    if names == ["__init__"]:
        folder, _, name = folder.rpartition("/")
        names = [name]
    while folder and (
        f"{folder}/__init__.py" in known
        or (system.tree is not None and system.tree.size(f"{folder}/__init__.py") is not None)
    ):
        folder, _, name = folder.rpartition("/")
        names.insert(0, name)
    return folder, ".".join(names)
