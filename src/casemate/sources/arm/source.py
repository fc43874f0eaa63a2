"""ARM templates and their parameter files -> stacks.

One stack a root template; nested and linked deployments are part of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Dialect, Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown, Value, text_of
from casemate.sources.arm.declare import Declaration, Walker, link_path, section
from casemate.sources.arm.expression import inner
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.diagnostic import InputStatus
    from casemate.sources.arm.evaluate import Evaluator
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "arm"
_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"[^"]*/([A-Za-z]*)deployment(Template|Parameters)\.json', re.IGNORECASE)
_RESOURCE = re.compile(rb'"type"\s*:\s*"microsoft\.[a-z.]+/', re.IGNORECASE)
_FRAME = re.compile(rb'"(?:contentVersion|apiVersion)"\s*:')
_ROOT = re.compile(rb'"(?:resources|parameters)"\s*:')


def claims(path: str, data: bytes) -> bool:
    """A template or parameters file by its `$schema`, or by resources of `Microsoft.` types; any `.bicep`."""
    if path.endswith((".bicep", ".bicepparam")):
        return True
    if not path.endswith((".json", ".jsonc")):
        return False
    if b"schema.management.azure.com" in data and _SCHEMA.search(data):
        return True
    return (
        b"icrosoft." in data
        and b'"resources"' in data
        and _FRAME.search(data) is not None
        and _RESOURCE.search(data) is not None
    )


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every template; a linked one is read with its parent's values, not a second time by itself."""
    return _Reader(tree, options).read(paths)


class _Reader:
    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self._templates: dict[str, Fields] = {}
        self._parameter_files: dict[str, Fields] = {}
        self._visited: set[str] = set()
        self.diagnostics: list[Diagnostic] = []
        self.inputs: list[Input] = []
        self.stacks: list[Stack] = []

    def read(self, paths: tuple[str, ...]) -> Reading:
        known = frozenset(paths)
        for path in paths:
            if path.endswith(".bicepparam"):
                self._bicep_parameters(path)
            elif path.endswith(".bicep"):
                self._bicep(path, known)
            else:
                self._load(path)
        for path, root in self._templates.items():
            self._note_missing(path, root)
        linked = {child for path in self._templates for child in self._links(path)}
        for path in self._templates:
            if path not in linked:
                self._stack(path)
        for path in self._templates:  # only reachable in a circle of links
            if path not in self._visited:
                self._stack(path)
        return Reading(tuple(self.stacks), tuple(self.inputs), tuple(self.diagnostics))

    def _bicep(self, path: str, known: frozenset[str]) -> None:
        compiled = f"{path.removesuffix('.bicep')}.json"
        if compiled in known:
            self.inputs.append(Input(path, "bicep", "excluded", f"its compiled form {compiled} is read instead"))
            return
        root = self._lowered(path)
        if root is not None:
            self._templates[path] = root

    def _bicep_parameters(self, path: str) -> None:
        """A `.bicepparam`: what it computes is known only when it is deployed."""
        root = self._lowered(path)
        given: dict[str, Entry] = {}
        for name, entry in section(root, "parameters").entries.items() if root is not None else ():
            value = entry.value.get("defaultValue") if isinstance(entry.value, Fields) else None
            if value is not None:
                held = Fields({"value": Entry(value.at, _written(value))}, value.at)
                given[name] = Entry(entry.key_at, held)
        self._parameter_files[path] = Fields(given, whole(path))

    def _lowered(self, path: str) -> Fields | None:
        """A Bicep file as a template, with what is wrong in it told."""
        data = self._tree.read(path)
        unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
        text, problems = decode(data, path) if data is not None else (None, unreadable)
        self.diagnostics.extend(problems)
        if text is None:
            self.inputs.append(Input(path, "bicep", "failed", problems[0].message))
            return None
        from casemate.sources.arm import bicep
        from casemate.sources.arm.bicep.lexing import BadBicep

        try:
            root, wrong = bicep.template(text, path)
        except BadBicep as problem:
            root, wrong = None, [(str(problem), problem.at)]
        except RecursionError:  # limits of depth should prevent it
            root, wrong = None, [("nested too deeply", whole(path))]
        hint = f"see what the compiler says: az bicep build --file {path.rpartition('/')[2]}"
        self.diagnostics.extend(
            Diagnostic("bicep-syntax", f"not read: {what}", at, "error", hint) for what, at in wrong
        )
        status: InputStatus = "failed" if root is None else "partial" if wrong else "understood"
        self.inputs.append(Input(path, "bicep", status, wrong[0][0] if wrong else None))
        return root

    def _note_missing(self, path: str, root: Fields) -> None:
        """Modules of a Bicep file that are of a registry, or not among what is scanned."""
        resources = root.get("resources") if path.endswith(".bicep") else None
        for name, entry in resources.entries.items() if isinstance(resources, Fields) else ():
            body = entry.value if isinstance(entry.value, Fields) else Fields({}, entry.value.at)
            link = section(section(body, "properties"), "templateLink").get("relativePath")
            written = text_of(link)
            if written is None or inside(folder_of(path), written) in self._templates:
                continue
            hint = "what it makes is not judged; scan its source, or the compiled template (az bicep build)"
            self.diagnostics.append(
                Diagnostic("module-not-scanned", f"module {name} ({written}) was not read", entry.key_at, "note", hint)
            )

    def _load(self, path: str) -> None:
        data = self._tree.read(path)
        text, problems = (
            decode(data, path)
            if data is not None
            else (None, (Diagnostic("unreadable", "cannot be read", whole(path)),))
        )
        if text is None:
            self.diagnostics.extend(problems)
            self.inputs.append(Input(path, KIND, "failed", problems[0].message))
            return
        document = json_syntax.parse(text, path)
        self.diagnostics.extend(document.diagnostics)
        if not isinstance(document.root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            self.inputs.append(Input(path, KIND, "failed", reason))
            return
        self.inputs.append(Input(path, KIND, "understood"))
        if "resources" in document.root.entries:
            self._templates[path] = document.root
        elif "parameters" in document.root.entries:
            self._parameter_files[path] = section(document.root, "parameters")

    # -- values given from outside
    # ----------------------------------------------------------------------------------------
    def _given(self, path: str) -> dict[str, Value]:
        """`--param` wins over `--var-file` wins over the parameters file beside the template."""
        given: dict[str, Value] = {}
        beside = self._beside(path)
        for file in (*([beside] if beside else []), *self._options.var_files):
            given.update(_parameter_values(self._parameter_file(file)))
        given.update({name: Literal(_scalar(text), whole(path)) for name, text in self._options.parameters.items()})
        return given

    def _beside(self, path: str) -> str | None:
        stem = re.sub(r"\.(?:jsonc?|bicep)$", "", path)
        for exact in (f"{stem}.bicepparam", f"{stem}.parameters.json"):
            if exact in self._parameter_files:
                return exact
        folder = folder_of(path)
        alone = [other for other in self._templates if folder_of(other) == folder] == [path]
        files = [file for file in self._parameter_files if folder_of(file) == folder]
        return files[0] if alone and len(files) == 1 else None

    def _parameter_file(self, path: str) -> Fields:
        if path not in self._parameter_files:
            data = self._tree.read(path) if path.endswith((".json", ".jsonc")) else None
            text, _ = decode(data, path) if data is not None else (None, ())
            root = json_syntax.parse(text, path).root if text is not None else None
            self._parameter_files[path] = (
                section(root, "parameters") if isinstance(root, Fields) else Fields({}, whole(path))
            )
        return self._parameter_files[path]

    # -- links
    # --------------------------------------------------------------------------------------------------------------
    def _local(self, path: str, properties: Fields, scope: Evaluator) -> str | None:
        relative = link_path(properties, scope)
        found = inside(folder_of(path), relative) if relative else None
        return found if found in self._templates and found != path else None

    def _links(self, path: str) -> Iterator[str]:
        """Templates that the deployments of this one link to."""
        found: list[str] = []

        def linked(properties: Fields, scope: Evaluator) -> None:
            child = self._local(path, properties, scope)
            if child is not None:
                found.append(child)

        try:
            Walker(linked).template(self._templates[path], {})
        except RecursionError:
            return
        yield from found

    # -- a stack
    # --------------------------------------------------------------------------------------------------------------
    def _stack(self, path: str) -> None:
        root = self._templates[path]
        chain = [path]

        def linked(properties: Fields, scope: Evaluator) -> Fields | None:
            child = self._local(chain[-1], properties, scope) or self._local(path, properties, scope)
            if child is None or child in chain[:-1]:
                return None
            self._visited.add(child)
            return self._templates[child]

        self._visited.add(path)
        try:
            walker = Walker(linked)
            scope = walker.template(root, self._given(path))
            resources = {key: _resource(walker, declaration) for key, declaration in walker.index.declarations.items()}
            outputs = {
                name: scope.value(value)
                for name, entry in section(root, "outputs").entries.items()
                if isinstance(entry.value, Fields) and (value := entry.value.get("value")) is not None
            }
        except RecursionError:
            self.diagnostics.append(Diagnostic("too-deep", "expressions refer to one another too deep", whole(path)))
            self.inputs = [
                Input(path, KIND, "failed", "too deep") if entry.path == path else entry for entry in self.inputs
            ]
            return
        stack = Stack(
            name=path,
            path=path,
            root=folder_of(path),
            dialect=_dialect(path),
            resources=resources,
            outputs=outputs,
            parameters=walker.parameters,
        )
        self.stacks.append(stack)


def _dialect(path: str) -> Dialect:
    return "bicep" if path.endswith(".bicep") else "arm"


_OUTSIDE = frozenset({"$symbol", "type", "copy", "condition", "dependsOn", "resources", "comments"})
"""Keys of a resource that are no properties: their meaning is in other fields of `Resource`."""


def _resource(walker: Walker, declaration: Declaration) -> Resource:
    entries: dict[str, Entry] = {}
    for key, entry in declaration.body.entries.items():
        if key in _OUTSIDE or (declaration.type == "Microsoft.Resources/deployments" and key == "properties"):
            continue
        value = declaration.scope.value(entry.value)
        entries[key] = entry if value is entry.value else Entry(entry.key_at, value)
    parent = walker.parent_of(declaration)
    if parent is not None and parent != declaration.key:
        entries["parent"] = Entry(declaration.at, Reference(parent, None, declaration.at))
    named = declaration.body.entries.get("name")
    if named is not None:
        short = declaration.full.rpartition("/")[2] if declaration.full else ""
        entries["name"] = Entry(named.key_at, Literal(short, declaration.at))
    return Resource(
        type=declaration.type,
        name=declaration.name,
        key=declaration.key,
        at=declaration.at,
        body=declaration.body.at,
        properties=Fields(entries, declaration.body.at),
        dialect=_dialect(declaration.at.path),
        condition=declaration.condition,
        metadata=_metadata(declaration.body),
        depends_on=tuple(walker.depends_on(declaration)),
    )


def _metadata(body: Fields) -> Fields | None:
    found = body.get("metadata")
    return found if isinstance(found, Fields) else None


def _parameter_values(parameters: Fields) -> Mapping[str, Value]:
    """`{name: {value}}` or `{name: {reference: {keyVault, secretName}}}`; a null value (as exports have it) is none."""
    found: dict[str, Value] = {}
    for name, entry in parameters.entries.items():
        if not isinstance(entry.value, Fields):
            continue
        value = entry.value.get("value")
        if value is not None and _SUBSTITUTED.search(text_of(value) or "") is not None:
            found[name] = Unknown(f"parameter {name} is put in by azd", value.at, "environment", text_of(value) or "")
        elif value is not None and not (isinstance(value, Literal) and value.value is None):
            found[name] = value
        elif isinstance(reference := entry.value.get("reference"), Fields):
            secret = text_of(reference.get("secretName")) or name
            found[name] = Unknown(f"parameter {name} is read from a key vault", reference.at, "secret-store", secret)
    return found


_SUBSTITUTED = re.compile(r"\$\{[A-Za-z_][^}]{0,200}\}")
"""What the Azure Developer CLI puts in: `${AZURE_ENV_NAME}`, `${NAME=default}`."""


def _written(value: Value) -> Value:
    """A value of a parameter file; an expression is not evaluated there."""
    match value:
        case Literal(value=str(text)) if inner(text) is not None:
            return Unknown("computed when the parameters are read", value.at, "environment", text)
        case Fields(entries=entries):
            return Fields({key: Entry(one.key_at, _written(one.value)) for key, one in entries.items()}, value.at)
        case Items(items=items):
            return Items([_written(item) for item in items], value.at)
        case _:
            return value


def _scalar(text: str) -> str | int | bool:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text
