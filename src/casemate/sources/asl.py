"""State machine definitions that stand alone: Amazon States Language in JSON or YAML.

One stack a file, with one `AWS::StepFunctions::StateMachine` that has nothing but its `Definition`; what a definition
cannot say (logging, tracing, role, type) is `Unknown`, so that nothing is claimed of it. A definition that a template
names is part of that template (`casemate.sources.cloudformation.inclusion`) and not read here.

Source: Step Functions Developer Guide, "Using Amazon States Language to define Step Functions workflows".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Unknown
from casemate.sources.openapi import is_top_level
from casemate.sources.syntax.document import whole
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "asl"
_NAMED = re.compile(r"\.asl\.(json|ya?ml)$")
_JSON = re.compile(rb'"StartAt"\s*:\s*"')
_YAML = re.compile(rb"""^["']?StartAt["']?\s*:\s*\S""", re.MULTILINE)
_STATES = re.compile(rb"""["']?States["']?\s*:""")
_SUFFIX = re.compile(r"(\.asl)?\.(json|ya?ml)$")
_ELSEWHERE = "a definition does not say it: declared where the state machine is deployed"
_UNSAID = ("StateMachineType", "LoggingConfiguration", "TracingConfiguration", "EncryptionConfiguration", "RoleArn")


def claims(path: str, data: bytes) -> bool:
    """`StartAt` and `States` at the top level, or the suffix that the AWS Toolkit gives definitions."""
    if _NAMED.search(path):
        return True
    if _STATES.search(data) is None:
        return False
    if path.endswith(".json") or data.lstrip()[:1] == b"{":
        return _JSON.search(data) is not None and is_top_level(data, "StartAt")
    return _YAML.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """Every definition by itself."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        document = opened(tree, path)
        diagnostics.extend(document.diagnostics)
        root = document.root
        if not isinstance(root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            inputs.append(Input(path, KIND, "failed", reason))
        elif not isinstance(root.get("States"), Fields):
            inputs.append(Input(path, KIND, "understood", "it has no States"))
        else:
            inputs.append(Input(path, KIND, "understood"))
            stacks.append(_stack(path, root))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def _stack(path: str, definition: Fields) -> Stack:
    """The machine is named after its file; it stands at the file's first column."""
    at = whole(path)
    properties = {name: Entry(at, Unknown(_ELSEWHERE, at, "attribute")) for name in _UNSAID}
    properties["Definition"] = Entry(definition.at, definition)
    name = _SUFFIX.sub("", path.rpartition("/")[2]) or path
    resource = Resource(
        type="AWS::StepFunctions::StateMachine",
        name=name,
        key=name,
        at=at,
        body=definition.at,
        properties=Fields(properties, definition.at),
        dialect="asl",
    )
    return Stack(name=path, path=path, root=folder_of(path), dialect="asl", resources={name: resource})
