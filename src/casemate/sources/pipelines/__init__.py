"""Delivery pipelines: GitHub Actions, GitLab CI, CodeBuild build specifications, Azure Pipelines.

A pipeline has no native description in a cloud, so its own document is its `Resource`: type
`Casemate::Pipeline::<Kind>`, properties the parsed file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.model.resource import Dialect, Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Items, Literal, Tagged, Value, display
from casemate.sources.commands import Piece, declared, in_scalar
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "pipelines"
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[bytes], Dialect], ...] = (
    (
        re.compile(r"(^|/)\.github/workflows/[^/]+\.ya?ml$"),
        re.compile(rb"^\s*[\"']?jobs[\"']?\s*:", re.MULTILINE),
        "github-actions",
    ),
    (
        re.compile(r"(^|/)action\.ya?ml$"),
        re.compile(rb"^\s*[\"']?using[\"']?\s*:\s*[\"']?composite\b", re.MULTILINE),
        "github-actions",
    ),
    (re.compile(r"(^|/)\.gitlab-ci\.ya?ml$"), re.compile(rb"^[\w.\"' -]+\s*:", re.MULTILINE), "gitlab-ci"),
    (re.compile(r"buildspec[^/]*\.ya?ml$"), re.compile(rb"^\s*phases\s*:", re.MULTILINE), "codebuild"),
    (
        re.compile(r"azure-pipelines[^/]*\.ya?ml$"),
        re.compile(rb"^\s*-?\s*(steps|stages|jobs|extends)\s*:", re.MULTILINE),
        "azure-pipelines",
    ),
)
TYPES: dict[Dialect, str] = {
    "github-actions": "Casemate::Pipeline::GitHubActions",
    "gitlab-ci": "Casemate::Pipeline::GitLabCI",
    "codebuild": "Casemate::Pipeline::BuildSpec",
    "azure-pipelines": "Casemate::Pipeline::AzurePipelines",
}

_SCRIPT_KEYS = frozenset(
    {
        "run", "script", "before_script", "after_script", "commands", "finally", "bash", "pwsh", "powershell",
        "inlineScript",
    }
)  # fmt: skip
"""Keys below which each system writes what a shell runs."""
MAX_DEPTH = 30


def claims(path: str, data: bytes) -> bool:
    """By its path, which is fixed by each system, and a key that every such file has."""
    return _dialect(path, data) is not None


def _dialect(path: str, data: bytes) -> Dialect | None:
    return next((dialect for name, mark, dialect in _KINDS if name.search(path) and mark.search(data)), None)


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - the interface of a source
    """Each file is a stack of one resource."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        data = tree.read(path) or b""
        dialect = _dialect(path, data) or "github-actions"
        text, problems = decode(data, path)
        document = yaml_syntax.parse(text, path) if text is not None else None
        diagnostics.extend(document.diagnostics if document is not None else problems)
        root = document.root if document is not None else None
        if not isinstance(root, Fields):
            inputs.append(Input(path, dialect, "failed", "not valid YAML"))
            continue
        stacks.append(_stack(path, dialect, root))
        inputs.append(Input(path, dialect, "understood"))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def _stack(path: str, dialect: Dialect, root: Fields) -> Stack:
    root = _as_workflow(root)
    named = root.entries.get("name")
    at = _first(root)
    name = path.rsplit("/", 1)[-1]
    if named is not None and isinstance(named.value, Literal):
        name, at = display(named.value), named.value.at
    resource = Resource(
        type=TYPES[dialect],
        name=name,
        key="pipeline",
        at=at,
        body=whole(path).to(root.at),
        properties=root,
        dialect=dialect,
    )
    resources = {"pipeline": resource, **declared(_scripts(root), dialect)}
    return Stack(name=name, path=path, root=folder_of(path), dialect=dialect, resources=resources)


def _as_workflow(root: Fields) -> Fields:
    """A composite action as a workflow of one job: it has no token of its own to limit."""
    runs = root.get("runs")
    if not isinstance(runs, Fields) or "steps" not in runs.entries or "jobs" in root.entries:
        return root
    job = Fields({"steps": runs.entries["steps"]}, runs.at)
    jobs = Fields({"composite": Entry(root.entries["runs"].key_at, job)}, runs.at)
    nothing = Fields({}, runs.at)
    added = {"jobs": Entry(runs.at, jobs), "permissions": Entry(runs.at, nothing)}
    return Fields({**{key: entry for key, entry in root.entries.items() if key != "runs"}, **added}, root.at)


def _scripts(root: Fields) -> Iterator[Piece]:
    """Every script of the document, in order. Values are shared by aliases: each is taken once."""
    stack: list[tuple[Value, bool, int]] = [(root, False, 0)]
    seen: set[int] = set()
    while stack:
        value, wanted, depth = stack.pop()
        value = value.value if isinstance(value, Tagged) else value
        if id(value) in seen or depth > MAX_DEPTH:
            continue
        seen.add(id(value))
        if isinstance(value, Fields):
            stack += [
                (entry.value, key in _SCRIPT_KEYS, depth + 1) for key, entry in reversed(list(value.entries.items()))
            ]
        elif isinstance(value, Items):
            stack += [(item, wanted, depth + 1) for item in reversed(value.items)]
        elif isinstance(value, Literal) and wanted and isinstance(value.value, str):
            yield in_scalar(value)


def _first(root: Fields) -> Span:
    entry: Entry | None = next(iter(root.entries.values()), None)
    return entry.key_at if entry is not None else root.at
