"""Files of the Serverless Framework -> stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input, InputStatus
from casemate.model.resource import Reading, Resource, Scope, Stack
from casemate.model.value import Entry, Fields, Literal, Unknown, Value, text_of
from casemate.sources.serverless import COMPOSE, KIND, PROGRAM
from casemate.sources.serverless.declared import declared_outputs, merged_resources
from casemate.sources.serverless.expressions import syntax_of
from casemate.sources.serverless.plugins import unknown_plugins
from casemate.sources.serverless.service import Service
from casemate.sources.serverless.values import is_set
from casemate.sources.serverless.variables import Variables
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import Document, decode, is_json, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

_SCOPES = ("provider", "custom", "params", "stages")
_KNOWN_CLOUDS = {"aws", "google", "azure"}


def read_services(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every service among `paths`."""
    reader = _Reader(tree, options)
    for path in paths:
        try:
            reader.read(path)
        except RecursionError:
            reader.refuse(path, "too-deep", "nested too deeply")
    claimed = {known.path for known in reader.inputs}
    included = [known for path, known in reader.included.items() if path not in claimed]
    return Reading(tuple(reader.stacks), (*reader.inputs, *included), tuple(dict.fromkeys(reader.diagnostics)))


class _Reader:
    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self.stacks: list[Stack] = []
        self.inputs: list[Input] = []
        self.included: dict[str, Input] = {}
        self.diagnostics: list[Diagnostic] = []

    def refuse(self, path: str, code: str, message: str) -> None:
        """A file that was not understood."""
        self.diagnostics.append(Diagnostic(code, message, whole(path)))
        self.inputs.append(Input(path, KIND, "failed", message))

    def read(self, path: str) -> None:
        if PROGRAM.search(path):
            message = "a configuration that is a program; it is not run"
            hint = "scan what `serverless print` or `serverless package` writes"
            self.diagnostics.append(Diagnostic("program-not-run", message, whole(path), "note", hint))
            self.inputs.append(Input(path, KIND, "excluded", message))
            return
        data = self._tree.read(path)
        if data is None:
            self.refuse(path, "unreadable", "cannot be read")
            return
        text, problems = decode(data, path)
        document = Document(None, problems)
        if text is not None:
            document = json_syntax.parse(text, path) if is_json(text, path) else yaml_syntax.parse(text, path)
        self.diagnostics.extend(document.diagnostics)
        root = document.root
        if not isinstance(root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            if root is not None:
                self.diagnostics.append(Diagnostic("not-a-map", "the file holds no map", whole(path)))
            self.inputs.append(Input(path, KIND, "failed", reason))
        elif COMPOSE.search(path):
            self.inputs.append(Input(path, KIND, "understood", "names services; each is read by itself"))
        elif "provider" not in root.entries and "functions" not in root.entries:
            self.inputs.append(Input(path, KIND, "excluded", "no provider: a component or another tool's file"))
        else:
            self._service(path, root)

    def _service(self, path: str, root: Fields) -> None:
        provider = root.get("provider")
        pattern = text_of(provider.get("variableSyntax")) if isinstance(provider, Fields) else None
        variables = Variables(self._tree, path, root, self._options, syntax_of(pattern) if pattern else None)
        service = Service(path, variables, self._options)
        if service.cloud == "aws":
            from casemate.sources.serverless.aws import lower

            lower(service)
        elif service.cloud == "google":
            from casemate.sources.serverless.google import lower

            lower(service)
        elif service.cloud == "azure":
            from casemate.sources.serverless.azure import lower

            lower(service)
        resources = merged_resources(service.made, service.template, service.resolver)
        self._notes_on_resources(service)
        self._stack(path, root, service, resources)
        self._input(path, service)

    def _stack(self, path: str, root: Fields, service: Service, resources: dict[str, Resource]) -> None:
        outputs, exports = declared_outputs(service.template, service.resolver, service.stack_name)
        self.stacks.append(
            Stack(
                name=path,
                path=path,
                root=folder_of(path),
                dialect="serverless",
                resources=resources,
                scopes=tuple(_scopes(root, service)),
                outputs=outputs,
                exports=exports,
                parameters=tuple(service.template.parameters.values()),
            )
        )

    @staticmethod
    def _notes_on_resources(service: Service) -> None:
        for part in _parts(
            service.variables.resolve(service.variables.root.get("resources") or Literal(None, service.provider_at))
        ):
            if isinstance(part, Unknown):
                service.notes.append(f"resources are not known: {part.reason}")

    def _input(self, path: str, service: Service) -> None:
        self.diagnostics.extend(service.variables.diagnostics)
        notes = list(dict.fromkeys(service.notes))
        status: InputStatus = "partial" if notes else "understood"
        if service.cloud not in _KNOWN_CLOUDS:
            status = "excluded"
            notes.insert(0, f"provider {service.cloud[:40]} is not known")
        plugins = unknown_plugins(service)
        if plugins:
            notes.append(f"plugins whose effect is not known: {', '.join(plugins)[:200]}")
        self.inputs.append(Input(path, KIND, status, "; ".join(notes)[:500] or None))
        for note in notes if status == "partial" else ():
            self.diagnostics.append(Diagnostic("not-resolved", note, service.provider_at, "note"))
        for included, problem in service.variables.lookups.included.items():
            self.included.setdefault(
                included, Input(included, KIND, "failed" if problem else "understood", problem or f"included by {path}")
            )


def _parts(value: Value) -> list[Value]:
    from casemate.model.value import Items

    if isinstance(value, Items):
        return list(value.items)
    if isinstance(value, Fields):
        return [value, *(entry.value for entry in value.entries.values())]
    return [value]


def _scopes(root: Fields, service: Service) -> list[Scope]:
    """The blocks that decide settings of many functions; where one is included from a file, its stretch there."""
    found: list[Scope] = []
    for name in _SCOPES:
        entry: Entry | None = root.entries.get(name)
        if entry is None or not is_set(entry.value):
            continue
        at = entry.value.at
        found.append(Scope(name, entry.key_at.to(at) if at.path == entry.key_at.path else entry.key_at))
        if name == "provider" and service.provider.at.path != entry.key_at.path:
            found.append(Scope(name, service.provider.at))
    return found
