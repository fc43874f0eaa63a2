"""Azure Functions of the v1 programming model: `<Name>/function.json`, `host.json`, `local.settings.json`.

One stack an app (the folder of its `host.json`, else the folder above the functions). Resource types, beside ARM's
own:

`Casemate::AzureFunction`, one a function.json, named after its folder. Its properties are those of the file
(`bindings`, `disabled`, `scriptFile`, `entryPoint`), and `host`: the app's host.json, where there is one.

`Casemate::AzureLocalSettings`, one a local.settings.json: its properties are those of the file (`IsEncrypted`,
`Values`, `ConnectionStrings`). These settings are never deployed; they are read because a secret in a committed file
is a secret that leaked.

`Casemate::AzureCodeFunction`, one a function that code below a host.json declares (`azurecode`).

Source: Azure documentation, "Azure Functions developer guide", "host.json reference", "Code and test Azure Functions
locally".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Items, Value
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.azurecode import CodeFunction
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "functionjson"
_FUNCTION = re.compile(rb'"(?:bindings|generatedBy)"\s*:')
_HOST = re.compile(
    rb'"(?:version|extensionBundle|extensions|functionTimeout|managedDependency|logging|http|queues|concurrency|functions)"\s*:'
)
_LOCAL = re.compile(rb'"(?:IsEncrypted|Values)"\s*:')


def claims(path: str, data: bytes) -> bool:
    """By the three file names, each with a key that only Azure Functions gives it."""
    name = path.rpartition("/")[2]
    if name == "function.json":
        return _FUNCTION.search(data) is not None
    if name == "host.json":
        return _HOST.search(data) is not None or data.strip() == b"{}"
    return name == "local.settings.json" and _LOCAL.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """Every app that has one of the files."""
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    roots: dict[str, Fields] = {}
    for path in paths:
        root = _parsed(tree, path, inputs, diagnostics)
        if root is not None:
            roots[path] = root
    hosts = {folder_of(path): root for path, root in roots.items() if path.rpartition("/")[2] == "host.json"}
    apps: dict[str, dict[str, Resource]] = {folder: {} for folder in hosts}
    for path, root in roots.items():
        name = path.rpartition("/")[2]
        if name == "host.json":
            continue
        folder = folder_of(path)
        app = _app(folder if name == "local.settings.json" else folder_of(folder), hosts)
        resources = apps.setdefault(app, {})
        if name == "local.settings.json":
            short = path.removeprefix(f"{app}/") if app else path
            resources[short] = _resource("Casemate::AzureLocalSettings", "local.settings.json", short, path, root)
        else:
            key = folder.removeprefix(f"{app}/") if app else folder
            resources[key or "function"] = _resource(
                "Casemate::AzureFunction",
                folder.rpartition("/")[2] or "function",
                key or "function",
                path,
                _with_host(root, hosts.get(app)),
            )
    for folder, code in _code_by_app(tree, hosts).items():
        _declared_in_code(tree, folder, code, hosts.get(folder), apps[folder])
        if len(code) > MAX_CODE:
            message = f"only the first {MAX_CODE} code files of this app were searched for functions"
            at = whole(_path(folder, hosts))
            diagnostics.append(
                Diagnostic("too-many-code-files", message, at, "note", "scan the app's own folder, or exclude others")
            )
    stacks = tuple(
        Stack(name=folder or ".", path=_path(folder, hosts), root=folder, dialect="functionjson", resources=resources)
        for folder, resources in apps.items()
    )
    return Reading(stacks, tuple(inputs), tuple(diagnostics))


MAX_CODE = 5_000
"""Code files of one app that are looked at."""
MAX_FILE = 500_000
"""Bytes of a code file; larger ones are bundles."""
_LEFT_OUT = re.compile(
    r"(^|/)(node_modules|\.venv|venv|\.python_packages|site-packages|bin|obj|dist|target|test|tests|__tests__)/"
)


def _code_by_app(tree: Tree, hosts: dict[str, Fields]) -> dict[str, list[str]]:
    """The code files of each app that has a host.json, from one walk over the tree."""
    found: dict[str, list[str]] = {}
    if hosts:
        from casemate.sources.azurecode import SUFFIXES

        suffixes = tuple(SUFFIXES)
        for path in tree.paths(lambda path: path.endswith(suffixes)):
            folder = _app(folder_of(path), hosts)
            if folder in hosts and _LEFT_OUT.search(path.removeprefix(f"{folder}/")) is None:
                found.setdefault(folder, []).append(path)
    return found


def _declared_in_code(
    tree: Tree, folder: str, code: list[str], host: Fields | None, resources: dict[str, Resource]
) -> None:
    """The functions that code of one app declares, beside those of its function.json files."""
    from casemate.sources.azurecode import SUFFIXES, declared

    base = f"{folder}/" if folder else ""
    known = {resource.name for resource in resources.values()}
    level: Value | None = None
    found: list[tuple[str, CodeFunction]] = []
    for path in code[:MAX_CODE]:
        data = tree.read(path)
        if data is None or len(data) > MAX_FILE or not SUFFIXES[path[path.rindex(".") :]](data):
            continue
        text, _ = decode(data, path)
        functions, asked = declared(text, path) if text is not None else ([], None)
        level = level or asked
        found += [(path, function) for function in functions]
    for path, function in found:
        if function.name in known:
            continue
        key = function.name if function.name not in resources else f"{path.removeprefix(base)}:{function.name}"
        binding = function.binding
        if function.inherits and level is not None:
            entry = Entry(level.at, level)
            binding = Fields({**binding.entries, "authLevel": entry}, binding.at)
        entries = {"bindings": Entry(binding.at, Items([binding], binding.at))}
        root = _with_host(Fields(entries, function.body), host)
        resources[key] = Resource(
            type="Casemate::AzureCodeFunction",
            name=function.name,
            key=key,
            at=function.at,
            body=function.body,
            properties=root,
            dialect="functionjson",
        )


def _path(folder: str, hosts: dict[str, Fields]) -> str:
    """The app's host.json, else its folder."""
    if folder not in hosts:
        return folder or "."
    return f"{folder}/host.json" if folder else "host.json"


def _parsed(tree: Tree, path: str, inputs: list[Input], diagnostics: list[Diagnostic]) -> Fields | None:
    data = tree.read(path)
    unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
    text, problems = decode(data, path) if data is not None else (None, unreadable)
    if text is not None:
        document = json_syntax.parse(text, path)
        problems = document.diagnostics
        if isinstance(document.root, Fields):
            diagnostics.extend(problems)
            inputs.append(Input(path, KIND, "understood"))
            return document.root
    diagnostics.extend(problems)
    inputs.append(Input(path, KIND, "failed", problems[0].message if problems else "not a map"))
    return None


def _app(folder: str, hosts: dict[str, Fields]) -> str:
    """The folder of the nearest host.json at or above `folder`, else `folder` itself."""
    above = folder
    while above not in hosts:
        if not above:
            return folder
        above = above.rpartition("/")[0]
    return above


def _with_host(root: Fields, host: Fields | None) -> Fields:
    if host is None:
        return root
    return Fields({**root.entries, "host": Entry(host.at, host)}, root.at)


def _resource(type_: str, name: str, key: str, path: str, root: Fields) -> Resource:
    """The name is that of a folder or file, so it is located at the file's first column."""
    return Resource(
        type=type_, name=name, key=key, at=whole(path), body=root.at, properties=root, dialect="functionjson"
    )
