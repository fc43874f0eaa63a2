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
from casemate.model.value import Entry, Fields, Literal, display
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "pipelines"
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[bytes], Dialect], ...] = (
    (
        re.compile(r"(^|/)\.github/workflows/[^/]+\.ya?ml$"),
        re.compile(rb"^\s*[\"']?jobs[\"']?\s*:", re.MULTILINE),
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
    return Stack(name=name, path=path, root=folder_of(path), dialect=dialect, resources={"pipeline": resource})


def _first(root: Fields) -> Span:
    entry: Entry | None = next(iter(root.entries.values()), None)
    return entry.key_at if entry is not None else root.at
