"""Files that a template takes in.

`AWS::Include`, and API or state machine descriptions that stand in a file of their own.

`aws cloudformation package` and `sam deploy` upload such a file and write its address into the template; here its
content
takes the place of the path, with its own spans. Source: AWS CLI Command Reference, "cloudformation package" (the list
of
properties that may name a local file); CloudFormation Template Reference Guide, "AWS::Include transform".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Items, Literal, Tagged, Value, text_of
from casemate.sources.syntax.document import decode
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from casemate.sources.tree import Tree

_ASKS = re.compile(rb"AWS::Include|DefinitionUri|BodyS3Location|DefinitionS3Location|SchemaUri")
DESCRIBED: dict[str, tuple[str, str]] = {
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::StateMachine": ("DefinitionUri", "Definition"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "Body"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "Definition"),
}
"""Type -> (property that may name a local file, property that holds the same content)."""
TEXTS: dict[str, tuple[str, str]] = {
    "AWS::Serverless::GraphQLApi": ("SchemaUri", "SchemaInline"),
    "AWS::AppSync::GraphQLSchema": ("DefinitionS3Location", "Definition"),
}
"""The same for files whose text is taken as it is."""
_TRANSFORM = "Fn::Transform"
_MAX_FILES = 200


class Inclusion:
    """What the templates of one scan take in; each file is read once, and told once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._documents: dict[str, Fields | None] = {}
        self._texts: dict[str, Literal | None] = {}
        self.inputs: list[Input] = []
        self.diagnostics: list[Diagnostic] = []

    def into(self, root: Fields, path: str, data: bytes) -> Fields:
        """The template at `path` with the content of every local file that it names."""
        if _ASKS.search(data) is None:
            return root
        if b"AWS::Include" in data:
            filled = self._filled(root, path)
            root = filled if isinstance(filled, Fields) else root
        resources = root.get("Resources")
        if not isinstance(resources, Fields):
            return root
        described = {
            key: Entry(entry.key_at, self._described(entry.value, path)) for key, entry in resources.entries.items()
        }
        entry = root.entries["Resources"]
        return Fields({**root.entries, "Resources": Entry(entry.key_at, Fields(described, resources.at))}, root.at)

    # -- descriptions of APIs and state machines
    def _described(self, body: Value, path: str) -> Value:
        properties = body.get("Properties") if isinstance(body, Fields) else None
        if not isinstance(body, Fields) or not isinstance(properties, Fields):
            return body
        type_ = text_of(body.get("Type")) or ""
        names = DESCRIBED.get(type_) or TEXTS.get(type_)
        entry = properties.entries.get(names[0]) if names is not None else None
        if names is None or entry is None or names[1] in properties.entries:
            return body
        content = (
            self._content(entry.value, path) if type_ in DESCRIBED else self._text(entry.value, path)
        )  # fmt: skip
        if content is None:
            return body
        others = {key: other for key, other in properties.entries.items() if key != names[0]}
        filled = Fields({**others, names[1]: Entry(entry.key_at, content)}, properties.at)
        written = body.entries["Properties"]
        return Fields({**body.entries, "Properties": Entry(written.key_at, filled)}, body.at)

    # -- AWS::Include
    def _filled(self, value: Value, path: str) -> Value:
        match value:
            case Fields(entries=entries):
                made: dict[str, Entry] = {}
                for key, entry in entries.items():
                    content = self._snippet(entry.value, path) if key == _TRANSFORM else None
                    if content is None:
                        made[key] = Entry(entry.key_at, self._filled(entry.value, path))
                    else:
                        made.update({name: found for name, found in content.entries.items() if name not in entries})
                return Fields(made, value.at)
            case Items(items=items):
                return Items([self._filled(item, path) for item in items], value.at)
            case Tagged(tag="!Transform", value=inner):
                return self._snippet(inner, path) or value
            case _:
                return value

    def _snippet(self, value: Value, path: str) -> Fields | None:
        """What `AWS::Include` stands for, or None for another macro or a file that is not here."""
        if not isinstance(value, Fields) or text_of(value.get("Name")) != "AWS::Include":
            return None
        parameters = value.get("Parameters")
        location = parameters.get("Location") if isinstance(parameters, Fields) else None
        return None if location is None else self._content(location, path)

    def _named(self, location: Value, path: str) -> str | None:
        """The path in the tree of the file that `location` names, seen from the template at `path`."""
        written = (text_of(location) or "").strip()
        if not isinstance(location, Literal) or not written or "://" in written or "${" in written:
            return None
        found = inside(folder_of(path), written)
        if found is None:
            message = f"{written[:80]} leaves the scanned root; not read"
            self.diagnostics.append(
                Diagnostic("outside-root", message, location.at, "warning", "scan from a folder that holds it")
            )
        return found

    def _text(self, location: Value, path: str) -> Literal | None:
        """The text of the file that `location` names, placed where it stands."""
        found = self._named(location, path)
        if found is None or len(self._texts) >= _MAX_FILES:
            return None
        if found not in self._texts:
            data = self._tree.read(found)
            text, problems = decode(data, found) if data is not None else (None, ())
            if text is None:
                self._missing(found, location)
            else:
                self.inputs.append(Input(found, "graphql", "understood", f"part of {path}"))
            self.diagnostics.extend(problems)
            lines = 0 if text is None else text.count("\n")
            self._texts[found] = None if text is None else Literal(text, Span(found, 1, 1, lines + 2, 1))
        return self._texts[found]

    def _missing(self, file: str, location: Value) -> None:
        message = f"{file[-80:]} is not there, so what it describes was not evaluated"
        hint = "file names are case-sensitive; generated files must be built before the scan"
        self.diagnostics.append(Diagnostic("included-file-missing", message, location.at, "warning", hint))

    def _content(self, location: Value, path: str) -> Fields | None:
        """The map in the file that `location` names, seen from the template at `path`."""
        found = self._named(location, path)
        if found is None:
            return None
        if found not in self._documents:
            if len(self._documents) >= _MAX_FILES:
                return None
            self._documents[found] = self._document(found, location, path)
        return self._documents[found]

    def _document(self, file: str, location: Value, path: str) -> Fields | None:
        if self._tree.size(file) is None:
            self._missing(file, location)
            return None
        document = opened(self._tree, file)
        self.diagnostics.extend(document.diagnostics)
        root = document.root
        if not isinstance(root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            self.inputs.append(Input(file, "cloudformation", "failed", reason))
            return None
        kind = (
            "openapi"
            if root.get("openapi") or root.get("swagger")
            else "asl"
            if root.get("StartAt")
            else "cloudformation"
        )
        self.inputs.append(Input(file, kind, "understood", f"part of {path}"))
        return root
