"""Which projects a function ships: its code's folder, its layers, its image's build context.

A package manager takes the manifest nearest to the code, so the nearest one at or above the handler counts, in the
ecosystem of the runtime; builds that bundle (esbuild, a serverless framework) take the one further up. Manifests of
layers are found below the layer's folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.bundles import handler_file
from casemate.model.value import Fields, text_of
from casemate.sources.lockfiles.formats import ARCHIVES
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.supply.projects import Project
    from casemate.model.dependency import Ecosystem
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.resource import Stack
    from casemate.sources.tree import Tree

_RUNTIMES: tuple[tuple[str, tuple[Ecosystem, ...]], ...] = (
    ("python", ("PyPI",)), ("node", ("npm",)), ("java", ("Maven",)), ("go", ("Go",)), ("dotnet", ("NuGet",)),
    ("ruby", ("RubyGems",)), ("php", ("Packagist",)), ("provided", ("Go", "crates.io")),
)  # fmt: skip
_SUFFIXES: dict[str, tuple[Ecosystem, ...]] = {
    "py": ("PyPI",), "js": ("npm",), "mjs": ("npm",), "cjs": ("npm",), "ts": ("npm",), "mts": ("npm",), "go": ("Go",),
    "java": ("Maven",), "kt": ("Maven",), "cs": ("NuGet",), "fs": ("NuGet",), "rb": ("RubyGems",), "rs": ("crates.io",),
    "php": ("Packagist",),
}  # fmt: skip
EVERY: tuple[Ecosystem, ...] = ("PyPI", "npm", "Maven", "Go", "RubyGems", "NuGet", "crates.io", "Packagist")
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)")
_LAYERS = frozenset({"AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"})


def ecosystems_of(function: Function, handler: str | None = None) -> tuple[Ecosystem, ...]:
    """What a function's runtime takes packages from; all of them when it does not say."""
    for runtime in function.runtime.values():
        for prefix, found in _RUNTIMES:
            if runtime and runtime.lower().startswith(prefix):
                return found
    return _SUFFIXES.get((handler or "").rpartition(".")[2], EVERY)


def shipping(projects: list[Project], inventory: Inventory, tree: Tree) -> dict[int, tuple[str, ...]]:
    """Index of a project -> ids of the functions that ship it."""
    stacks = {stack.path: stack for stack in inventory.stacks}
    found: dict[int, dict[str, None]] = {}
    folders: dict[str, list[int]] = {}
    for number, project in enumerate(projects):
        for folder in _folders(project):
            folders.setdefault(folder, []).append(number)
    for function in inventory.functions:
        stack = stacks.get(function.stack)
        if stack is None:
            continue
        handler = handler_file(function, tree, stack)
        wanted = ecosystems_of(function, handler.path if handler else None)
        for start in _starts(function, stack, handler.path if handler else None):
            for number in _nearest(start, folders, projects, wanted):
                found.setdefault(number, {})[function.id] = None
        for layer in _layer_folders(function, stack):
            for folder, numbers in folders.items():
                if folder == layer or folder.startswith(f"{layer}/"):
                    for number in numbers:
                        found.setdefault(number, {})[function.id] = None
    return {number: tuple(ids) for number, ids in found.items()}


def _folders(project: Project) -> list[str]:
    own = [folder_of(manifest.path) for manifest in project.manifests]
    return list(dict.fromkeys(own or [project.folder]))


def _starts(function: Function, stack: Stack, handler: str | None) -> Iterator[str]:
    """The folders from which a function's manifest is looked for."""
    if handler is not None:
        yield folder_of(handler)
    if function.code.uri is not None:
        for uri in function.code.uri.values():
            path = inside(stack.root, uri) if "${" not in uri and "://" not in uri else None
            if path is not None:
                last = path.rpartition("/")[2]
                yield folder_of(path) if "." in last.strip(".") else path
    context = _text(function.resource.metadata, "DockerContext") or _text(function.resource.metadata, "aws:asset:path")
    if context:
        path = inside(stack.root, context)
        if path is not None:
            yield path
    if handler is None and function.code.inline is None:
        yield stack.root


def _nearest(
    start: str, folders: dict[str, list[int]], projects: list[Project], wanted: tuple[Ecosystem, ...]
) -> Iterator[int]:
    """Of each ecosystem, the projects of the nearest folder at or above."""
    parts = start.split("/") if start else []
    open_ = set(wanted)
    for depth in range(len(parts), -1, -1):
        folder = "/".join(parts[:depth])
        here = [number for number in folders.get(folder, ()) if projects[number].ecosystem in open_]
        yield from here
        open_ -= {projects[number].ecosystem for number in here if _is_product(projects[number])}
        if not open_:
            return


def _is_product(project: Project) -> bool:
    """Whether a project names anything that ships: a `requirements-dev.txt` alone does not end the search."""
    if project.lock is not None:
        return True
    return any(one.scope in {"runtime", "optional"} for manifest in project.manifests for one in manifest.requirements)


def archives_of(function: Function, stack: Stack) -> Iterator[str]:
    """The archives that a function's code and its layers are deployed from, as paths of the tree."""
    if function.code.uri is not None:
        for uri in function.code.uri.values():
            path = inside(stack.root, uri) if "${" not in uri and "://" not in uri else None
            if path is not None and path.endswith(ARCHIVES):
                yield path
    for path in _layer_folders(function, stack):
        if path.endswith(ARCHIVES):
            yield path


def _layer_folders(function: Function, stack: Stack) -> Iterator[str]:
    for link in function.layers:
        match = _REFERENCE.match(link.text)
        resource = stack.resources.get(match[1]) if match else None
        if resource is None or resource.type not in _LAYERS:
            continue
        content = resource.properties.get("ContentUri") or resource.properties.get("Content")
        uri = text_of(content) or _text(resource.metadata, "aws:asset:path")
        path = inside(stack.root, uri) if uri and "://" not in uri else None
        if path:
            yield path


def _text(fields: Fields | None, key: str) -> str | None:
    return text_of(fields.get(key)) if fields is not None else None
