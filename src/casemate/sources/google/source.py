"""Reads the YAML files; one stack a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.record import replace
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Fields, Items
from casemate.sources.google import commands, manifests
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "google"
_MANIFEST = re.compile(
    rb"^\s*apiVersion:\s*[\"']?(?:serving\.knative\.dev/|[a-z0-9.]*cnrm\.cloud\.google\.com/)"
    rb"|^\s*-?\s*type:\s*[\"']?(?:gcp-types/|cloudfunctions\.v|storage\.v1\.|pubsub\.v1\.)",
    re.MULTILINE,
)
_APP = re.compile(r"(^|/)app[^/]*\.ya?ml$")
_RUNTIME = re.compile(rb"^runtime\s*:\s*[a-z]", re.MULTILINE)
_OF_APP = re.compile(
    rb"^(?:handlers|env_variables|instance_class|entrypoint|automatic_scaling|basic_scaling|manual_scaling|env|service"
    rb"|service_account|inbound_services|vpc_access_connector|runtime_config|app_engine_apis)\s*:",
    re.MULTILINE,
)
_BUILD = re.compile(r"(^|/)cloudbuild[^/]*\.ya?ml$")
_STEPS = re.compile(rb"^steps\s*:", re.MULTILINE)
_DEPLOY = re.compile(
    rb"\b(?:run|functions)\b[\"'\s,\-\\]*\b(?:deploy|update)\b|\badd-iam-policy-binding\b|\bfirewall-rules\b"
)


def claims(path: str, data: bytes) -> bool:
    """A Knative, Config Connector or Deployment Manager manifest, or a Cloud Build file that deploys something."""
    if not path.endswith((".yaml", ".yml")):
        return False
    if _MANIFEST.search(data):
        return True
    if _APP.search(path) and _RUNTIME.search(data) is not None and _OF_APP.search(data) is not None:
        return True
    if _BUILD.search(path) and _STEPS.search(data) is not None:
        return True
    return b"gcloud" in data and _STEPS.search(data) is not None and _DEPLOY.search(data) is not None


def _commanded(root: Fields) -> list[Resource]:
    """What the steps of a Cloud Build configuration deploy and change, and the pipeline that they are."""
    if not isinstance(root.get("steps"), Items):
        return []
    from casemate.sources.commands.reading import declared, in_scalar

    pieces = [in_scalar(script) for script in commands.scripts(root)]
    steps = root.entries["steps"]
    pipeline = Resource(
        type="Casemate::Pipeline::CloudBuild",
        name=steps.key_at.path.rpartition("/")[2],
        key="pipeline",
        at=steps.key_at,
        body=root.at,
        properties=root,
        dialect="google",
    )
    return [*declared(pieces, "google", direct=commands.steps(root)).values(), pipeline]


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """Every document of every file."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        data = tree.read(path)
        unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
        text, problems = decode(data, path) if data is not None else (None, unreadable)
        found: dict[str, Resource] = {}
        parsed = 0
        for document in yaml_syntax.documents(text, path) if text is not None else ():
            problems = (*problems, *document.diagnostics)
            if isinstance(document.root, Fields):
                parsed += 1
                for resource in (*manifests.resources(document.root), *_commanded(document.root)):
                    key, number = resource.key, 1
                    while key in found:
                        number += 1
                        key = f"{resource.key}#{number}"
                    found[key] = resource if key == resource.key else replace(resource, key=key)
        diagnostics.extend(problems)
        broken = next((problem.message for problem in problems if problem.level == "error"), None)
        if broken is None:
            inputs.append(Input(path, KIND, "understood"))
        else:
            inputs.append(Input(path, KIND, "partial" if parsed else "failed", broken))
        if found:
            stacks.append(Stack(name=path, path=path, root=folder_of(path), dialect="google", resources=found))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))
