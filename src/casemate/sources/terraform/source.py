"""The Terraform source: one `Stack` a root module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.resource import Parameter, Reading, Resource, Scope, Stack
from casemate.sources.terraform.evaluate import outputs, parameters_of, raw_resources
from casemate.sources.terraform.loading import KIND, TFVARS, Loading
from casemate.sources.terraform.modules import Module, Project
from casemate.sources.terraform.plan import Evaluated, lay_over
from casemate.sources.terraform.remote import exported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.sources.source import Options
    from casemate.sources.terraform.folders import Folder
    from casemate.sources.terraform.raw import RawResource
    from casemate.sources.tree import Tree

__all__ = ["KIND", "claims", "evaluated", "read"]

_MODULE = (".tf", ".tf.json")
_VERSION = re.compile(rb'"format_version"\s*:')


def claims(path: str, data: bytes) -> bool:
    """Terraform's own suffixes, and JSON that `terraform show -json` printed."""
    if path.endswith((*_MODULE, *TFVARS)):
        return not path.endswith(".terraform.lock.hcl")
    return path.endswith(".json") and is_plan(data)


def is_plan(data: bytes) -> bool:
    """Whether a JSON text is a plan (or state) in Terraform's JSON output format."""
    return b'"planned_values"' in data and _VERSION.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every root module with what it calls; plans are laid over the module they were made from."""
    from casemate.sources.terraform.lowering import lower

    loading = Loading(tree, options)
    project, roots = evaluated(loading, tree, paths)
    plans = [path for path in paths if path.endswith(".json") and not path.endswith((*_MODULE, *TFVARS))]
    found = [Evaluated(root, root.folder.path or ".", root.folder.path, resources) for root, resources in roots]
    if plans:
        found = lay_over(loading, tree, plans, found)
    stacks = [_stack(entry, {resource.key: resource for resource in lower(entry.resources)}) for entry in found]
    inputs = tuple(loading.inputs[path] for path in sorted(loading.inputs))
    return Reading(tuple(stacks), inputs, (*loading.diagnostics, *project.diagnostics))


def evaluated(
    loading: Loading, tree: Tree, paths: Sequence[str]
) -> tuple[Project, list[tuple[Module, list[RawResource]]]]:
    """Every root module with its resources as Terraform has them, before they are translated."""
    tfvars = [path for path in paths if path.endswith(TFVARS)]
    folders = loading.folders([path for path in paths if path.endswith(_MODULE)])
    project = Project(tree, folders)
    called = {path for folder in folders.values() for path in folder.local_sources() if path != folder.path}
    roots = [_root(project, folder, loading, tfvars) for folder in folders.values() if folder.path not in called]
    for folder in folders.values():  # modules that only call one another in a circle
        if folder.path not in project.evaluated and not _is_reached(
            folder.path, folders, {root.folder.path for root, _ in roots}
        ):
            roots.append(_root(project, folder, loading, tfvars))
    loading.leave_out(tfvars)
    return project, roots


def _is_reached(path: str, folders: Mapping[str, Folder], roots: set[str]) -> bool:
    """Whether a chain of calls leads from a root to this folder, even one that is switched off by `count = 0`."""
    seen = set(roots)
    pending = list(roots)
    while pending:
        folder = folders.get(pending.pop())
        for called in folder.local_sources() if folder is not None else ():
            if called not in seen:
                seen.add(called)
                pending.append(called)
    return path in seen


def _root(
    project: Project, folder: Folder, loading: Loading, tfvars: Sequence[str]
) -> tuple[Module, list[RawResource]]:
    project.evaluator.steps = project.modules = 0  # the limits hold for each root module
    given = loading.given(folder, tfvars, project.evaluator)
    module = Module(project, folder, given=given)
    return module, list(raw_resources(module))


def _stack(entry: Evaluated, resources: Mapping[str, Resource]) -> Stack:
    module, path, root = entry.module, entry.path, entry.root
    if module is None:
        return Stack(name=path, path=path, root=root, dialect="terraform", resources=resources)
    parameters = tuple(_parameters(module))
    scopes = [Scope(f"provider.{block.labels[0][0]}", block.at) for block in module.folder.providers]
    scopes += [Scope(f"var.{name}", block.at) for name, block in module.folder.variables.items()]
    found = outputs(module)
    shared = module.folder.path in module.project.shared
    return Stack(
        name=path,
        path=path,
        root=root,
        dialect="terraform",
        resources=resources,
        scopes=tuple(scopes),
        outputs=found,
        exports={exported(module.folder.path, name): value for name, value in found.items()} if shared else {},
        parameters=parameters,
    )


def _parameters(module: Module) -> Iterator[Parameter]:
    for name, block, default in parameters_of(module):
        type_ = block.body.arguments.get("type")
        yield Parameter(
            name=name,
            at=block.labels[0][1],
            type=None if type_ is None else module.words(type_.value.at),
            default=default,
            secret=module.is_sensitive(block),
        )
