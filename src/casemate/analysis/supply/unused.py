"""Packages that a project asks for and nothing uses: code that ships, is attacked, and does nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.supply.weighing import BY_NAME, is_alone
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.analysis.system import System
    from casemate.model.dependency import Dependency
    from casemate.sources.tree import Tree

_TOOLS = re.compile(
    r"^@types/|(?:^|[/@-])(?:eslint|prettier|jest|mocha|webpack|babel|rollup|vite|esbuild|parcel|typescript|ts-node|"
    r"tsx|nodemon|husky|serverless|sls|aws-cdk|cdk|sst|pulumi|plugin|preset|loader|config|cli|polyfill|types|mypy|stubs|"
    r"pytest|flake8|black|ruff|gunicorn|uvicorn|awscli|zappa|chalice)(?:$|[/-])"
)
"""Tools, plugins and types: used by their names in files that are no code."""
_TEXTS = re.compile(
    r"\.(?:json|ya?ml|toml|cfg|ini|[cm]?[jt]s|sh|txt|md)$|(?:^|/)(?:Dockerfile|Makefile|Procfile|\.\w+rc)$"
)
_LOCKS = re.compile(r"(?:lock|shrinkwrap)[^/]*$", re.IGNORECASE)
_MAX_FILES = 200
_MAX_BYTES = 300_000


def is_unused(dependency: Dependency, system: System) -> bool:
    """Whether it is known that nothing uses a package that a person asked for.

    No code that any function loads imports it, nor does any other source of the project; no other package of the lock
    needs it; it is no tool, plugin or driver that is used by its name; and its name stands in no other file of the
    project.
    """
    if dependency.scope != "runtime" or dependency.manifest is None or not dependency.functions:
        return False
    name = dependency.package.name
    if not is_alone(dependency) or name in BY_NAME or _TOOLS.search(name) or dependency.source != "registry":
        return False
    reach, tree = system.reach, system.tree
    if reach is None or tree is None:
        return False
    reached = reach.of(dependency, ())
    if reached.state != "absent" or not reached.whole:
        return False
    folder = folder_of(dependency.manifest)
    return reach.is_imported_below(folder, dependency) is False and not _is_named(dependency, folder, tree)


def _is_named(dependency: Dependency, folder: str, tree: Tree) -> bool:
    """Whether the name stands in a file beside the manifest, or twice in the manifest (a script, an override)."""
    spelled = dependency.name.encode()
    word = re.compile(rb"(?<![\w-])" + re.escape(spelled) + rb"(?![\w-])", re.IGNORECASE)
    beside = [
        path for path in tree.paths(lambda path: folder_of(path) == folder and _TEXTS.search(path) is not None)
        if not _LOCKS.search(path)
    ]  # fmt: skip
    if len(beside) > _MAX_FILES:
        return True
    for path in beside:
        data = tree.head(path, _MAX_BYTES) or b""
        allowed = 1 if path == dependency.manifest else 0
        if len(word.findall(data)) > allowed:
            return True
    return False
