"""Settings files -> one stack a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Reading, Scope, Stack
from casemate.model.value import Entry, Fields, text_of
from casemate.sources.syntax.document import Document, decode, whole
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of, inside
from casemate.sources.zappa import KIND
from casemate.sources.zappa.stage import Stage

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

_MAX_EXTENDS = 20


def read_settings(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every settings file."""
    reader = _Reader(tree, options)
    for path in paths:
        reader.read(path)
    return Reading(tuple(reader.stacks), tuple(reader.inputs), tuple(reader.diagnostics))


class _Reader:
    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self._policies: dict[str, Fields | None] = {}
        self.stacks: list[Stack] = []
        self.inputs: list[Input] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, path: str) -> None:
        document = self._document(path)
        self.diagnostics.extend(document.diagnostics)
        root = document.root
        if not isinstance(root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            self.inputs.append(Input(path, KIND, "failed", reason))
            return
        self.inputs.append(Input(path, KIND, "understood"))
        stages = {name: found for name, found in root.entries.items() if isinstance(found.value, Fields)}
        chosen = {name: found for name, found in stages.items() if name == self._options.stage} or stages
        folder = folder_of(path)
        for name, found in chosen.items():
            settings = self._extended(root, name)
            project = text_of(settings.get("project_name")) or folder.rpartition("/")[2] or "app"
            stage = Stage(name, found.key_at, settings, project, lambda file, at: self._policy(folder, file, at))
            self.stacks.append(
                Stack(
                    name=f"{project}-{name}",
                    path=path if len(chosen) == 1 else f"{path}@{name}",
                    root=folder,
                    dialect="zappa",
                    resources=stage.resources(),
                    scopes=tuple(Scope(key, other.key_at.to(other.value.at)) for key, other in stages.items()),
                )
            )

    def _document(self, path: str) -> Document:
        if not path.endswith(".toml"):
            return opened(self._tree, path)
        from casemate.sources.syntax import toml as toml_syntax

        data = self._tree.read(path)
        if data is None:
            return Document(None, (Diagnostic("unreadable", "cannot be read", whole(path)),))
        text, problems = decode(data, path)
        return Document(None, problems) if text is None else toml_syntax.parse(text, path)

    def _extended(self, root: Fields, name: str) -> Fields:
        """A stage over the stages it extends; what a nearer one says of a key counts as a whole."""
        chain: list[Fields] = []
        seen: set[str] = set()
        while name not in seen and len(seen) < _MAX_EXTENDS:
            seen.add(name)
            found = root.get(name)
            if not isinstance(found, Fields):
                break
            chain.append(found)
            base = found.entries.get("extends")
            if base is None:
                break
            name = text_of(base.value) or ""
            if name in seen:
                message = f"stage {name[:60]} extends itself"
                self.diagnostics.append(
                    Diagnostic("extends-circle", message, base.value.at, "warning", "remove one `extends`")
                )
        entries: dict[str, Entry] = {}
        for part in reversed(chain):
            entries.update(part.entries)
        return Fields(entries, chain[0].at if chain else root.at)

    def _policy(self, folder: str, file: str, at: Span) -> Fields | None:
        """A policy document that a setting names, relative to the folder that Zappa is run in."""
        path = inside(folder, file)
        if path is None:
            message = f"{file[:80]} leaves the scanned root; not read"
            self.diagnostics.append(
                Diagnostic("outside-root", message, at, "warning", "scan from a folder that holds it")
            )
            return None
        if path not in self._policies:
            self._policies[path] = self._opened_policy(path, at)
        return self._policies[path]

    def _opened_policy(self, path: str, at: Span) -> Fields | None:
        if self._tree.size(path) is None:
            message = f"the policy file {path[-80:]} is not there, so what it grants was not evaluated"
            self.diagnostics.append(
                Diagnostic("included-file-missing", message, at, "warning", "add it to what is scanned")
            )
            return None
        document = opened(self._tree, path)
        self.diagnostics.extend(document.diagnostics)
        if isinstance(document.root, Fields):
            self.inputs.append(Input(path, KIND, "understood", "a policy"))
            return document.root
        self.inputs.append(Input(path, KIND, "failed", "not a map"))
        return None
