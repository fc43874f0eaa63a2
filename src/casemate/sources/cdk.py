"""AWS CDK: what a cloud assembly (`cdk.out`) says beside its templates, which the CloudFormation source reads.

`manifest.json` names the stacks; its metadata, or that in the `additionalMetadataFile` of newer versions, gives each
logical id its construct path, also where templates carry none. A `cdk.json` without an assembly is a program: it is
named as an input that was not evaluated, and what to run.

Where the metadata says which line of the program made a resource (`trace` of `aws:cdk:logicalId`, or
`aws:cdk:creationStack` of newer versions) and that file is scanned too, the resource knows its `origin`.

Helpers that the construct library adds by itself (the function that empties a bucket, that sets a log group's
retention, …) are told by their construct paths: nobody wrote them, nobody can change them, so no rule speaks of them
(`Resource.generated`); they stay in the inventory.

Source: the cloud assembly schema (`ArtifactManifest`), and the construct library's own identifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.pattern import late
from casemate.model.record import dataclass, field
from casemate.model.resource import Reading
from casemate.model.value import Fields, Items, Value, text_of
from casemate.sources.cdk_programs import Programs
from casemate.sources.syntax.document import whole
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.cloudformation.template import Template
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "cdk"
_APP = late(rb'"app"\s*:')
_ARTIFACTS = late(rb'"artifacts"\s*:')
_ASSEMBLY = late(rb'"(?:aws:cloudformation:stack|cdk:cloud-assembly|cdk:tree|cdk:asset-manifest)"')
_STACK = "aws:cloudformation:stack"
_LOGICAL_ID = "aws:cdk:logicalId"
_CREATION = "aws:cdk:creationStack"
_PATH = "aws:cdk:path"
_ASSET = "aws:asset:path"

_HASH = r"[0-9a-fA-F]{32}"
_HELPER = late(
    rf"(?:BucketNotificationsHandler|LogRetention){_HASH}|AWS679f53fac002430cb0da5b7982bd2287|Custom::.+|@aws-cdk--.+"
    r"|.*CustomResourceProvider|framework-(?:onEvent|isComplete|onTimeout)|waiter-state-machine|AwsCliLayer|CDKMetadata"
)
"""Parts of construct paths that only the construct library makes: its singletons, providers of custom resources, and
the provider framework."""
_HELPER_ID = late(
    rf"(?:BucketNotificationsHandler|LogRetention){_HASH}.*|AWS679f53fac002430cb0da5b7982bd2287.*"
    r"|Custom\w+CustomResourceProvider(?:Handler|Role)\w*"
)
"""The same by logical id, for templates without paths."""
_OF_USERS = late(r"(?:^|/)AWS679f53fac002430cb0da5b7982bd2287/ServiceRole(?:/|$)")
"""The role of `AwsCustomResource`: its statements are those that the user asked for."""


def claims(path: str, data: bytes) -> bool:
    """An assembly's manifest, or the settings of an application."""
    name = path.rpartition("/")[2]
    if name == "cdk.json":
        return _APP.search(data) is not None
    return name == "manifest.json" and _ARTIFACTS.search(data) is not None and _ASSEMBLY.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """An account of every application and assembly; the templates are read where templates are read."""
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        if path.endswith("cdk.json") and b'"output"' not in (tree.read(path) or b""):  # the rest of it is the program's
            inputs.append(_application(tree, path, None))
            continue
        document = opened(tree, path)
        diagnostics.extend(document.diagnostics)
        if not isinstance(document.root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            inputs.append(Input(path, KIND, "failed", reason))
        elif path.endswith("cdk.json"):
            inputs.append(_application(tree, path, document.root))
        else:
            inputs.append(_assembly(tree, path, document.root, diagnostics))
    return Reading((), tuple(inputs), tuple(diagnostics))


def _application(tree: Tree, path: str, root: Fields | None) -> Input:
    named = text_of(root.get("output")) if root is not None else None
    output = inside(folder_of(path), named or "cdk.out")
    if output is not None and tree.size(f"{output}/manifest.json") is not None:
        return Input(path, KIND, "understood", f"synthesised in {output}")
    return Input(path, KIND, "excluded", "a program that makes templates: run `cdk synth`, then scan its cdk.out")


def _assembly(tree: Tree, path: str, root: Fields, diagnostics: list[Diagnostic]) -> Input:
    named = 0
    missing: list[str] = []
    for _, template, _ in _stacks(root, folder_of(path)):
        named += 1
        if tree.size(template) is None:
            missing.append(template)
            message = f"the template {template[-80:]} of this assembly is not there"
            diagnostics.append(
                Diagnostic("included-file-missing", message, whole(path), "warning", "run `cdk synth` again")
            )
    reason = f"{named} stack{'' if named == 1 else 's'}" + (f", {len(missing)} without a template" if missing else "")
    return Input(path, KIND, "partial" if missing else "understood", reason)


def _stacks(manifest: Fields, folder: str) -> Iterator[tuple[str, str, Fields]]:
    """(id, path of the template, artifact) of every stack of a manifest."""
    artifacts = manifest.get("artifacts")
    for id_, entry in artifacts.entries.items() if isinstance(artifacts, Fields) else ():
        artifact = entry.value
        if not isinstance(artifact, Fields) or text_of(artifact.get("type")) != _STACK:
            continue
        properties = artifact.get("properties")
        file = text_of(properties.get("templateFile")) if isinstance(properties, Fields) else None
        template = inside(folder, file) if file else None
        if template is not None:
            yield id_, template, artifact


# -- names of constructs
@dataclass(slots=True)
class Naming:
    """How the resources of one template are called.

    `stack`: the construct path of the deployed stack; `paths`: by logical id, from metadata; `origins`: where the
    program made a construct, by its full path.
    """

    stack: str
    paths: dict[str, str] = field(default_factory=dict)
    origins: dict[str, Span] = field(default_factory=dict)

    def origin(self, key: str, metadata: Value | None) -> Span | None:
        """The line of the program that made a resource, or the construct around it."""
        path = (self._written(key, metadata) or "").strip("/")
        return (self.origins.get(path) or self.origins.get(path.rpartition("/")[0])) if path else None

    def _written(self, key: str, metadata: Value | None) -> str | None:
        written = text_of(metadata.get(_PATH)) if isinstance(metadata, Fields) else None
        return written or self.paths.get(key)

    def path(self, key: str, metadata: Value | None) -> str | None:
        """The construct path below its stack, without the trailing `/Resource`; None where nothing says it."""
        written = self._written(key, metadata)
        if not written:
            return None
        parts = written.strip("/").split("/")
        own = self.stack.split("/") if self.stack else []
        if own and parts[: len(own)] == own and len(parts) > len(own):
            parts = parts[len(own) :]
        if len(parts) > 1 and parts[-1] in {"Resource", "Default"}:
            parts = parts[:-1]
        return "/".join(parts)


def is_helper(key: str, path: str | None) -> bool:
    """Whether the construct library added a resource by itself."""
    if path is None:
        return _HELPER_ID.fullmatch(key) is not None
    return any(_HELPER.fullmatch(part) for part in path.split("/")) and _OF_USERS.search(path) is None


class Assemblies:
    """The manifests beside templates, each read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folders: dict[str, dict[str, Naming]] = {}
        self._programs = Programs(tree)

    def naming(self, path: str, parsed: Template, parent: Naming | None = None) -> Naming | None:
        """How a template's resources are called; None for one that CDK did not make.

        A nested stack's are named from its parent's stack on.
        """
        known = self._manifest(folder_of(path)).get(path) if path.endswith(".json") else None
        if known is not None:
            return known
        paths = list(_written(parsed))
        if parent is not None:
            return Naming(parent.stack, parent.paths if not paths else {}, parent.origins)
        if not paths and "BootstrapVersion" not in parsed.parameters:
            return None
        return Naming(_common(paths))

    def _manifest(self, folder: str) -> dict[str, Naming]:
        if folder not in self._folders:
            self._folders[folder] = self._stacks_of(folder)
        return self._folders[folder]

    def _stacks_of(self, folder: str) -> dict[str, Naming]:
        path = f"{folder}/manifest.json" if folder else "manifest.json"
        if self._tree.size(path) is None:
            return {}
        root = opened(self._tree, path).root
        if not isinstance(root, Fields):
            return {}
        found: dict[str, Naming] = {}
        for id_, template, artifact in _stacks(root, folder):
            paths = dict(self._ids(artifact, folder))
            stack = text_of(artifact.get("displayName")) or _common(list(paths.values())) or id_
            found[template] = Naming(stack.split(" ")[0], paths, dict(self._origins(artifact, folder)))
        return found

    def _ids(self, artifact: Fields, folder: str) -> Iterator[tuple[str, str]]:
        """(logical id, construct path) of an artifact's metadata. Ids that nested stacks share stand for neither."""
        places: dict[str, str | None] = {}
        for metadata in self._metadata(artifact, folder):
            for path, entry in metadata.entries.items():
                for item in entry.value.items if isinstance(entry.value, Items) else ():
                    if isinstance(item, Fields) and text_of(item.get("type")) == _LOGICAL_ID:
                        id_ = text_of(item.get("data")) or ""
                        places[id_] = None if id_ in places and places[id_] != path else path
        yield from ((id_, path.strip("/")) for id_, path in places.items() if id_ and path)

    def _origins(self, artifact: Fields, folder: str) -> Iterator[tuple[str, Span]]:
        """(construct path, line of the program) for every construct whose trace leads into a scanned file."""
        for metadata in self._metadata(artifact, folder):
            for path, entry in metadata.entries.items():
                frames = next(_traces(entry.value), None)
                origin = None if frames is None else self._programs.place(frames, folder_of(folder))
                if origin is not None:
                    yield path.strip("/"), origin

    def _metadata(self, artifact: Fields, folder: str) -> Iterator[Fields]:
        own = artifact.get("metadata")
        if isinstance(own, Fields):
            yield own
        file = text_of(artifact.get("additionalMetadataFile"))
        path = inside(folder, file) if file else None
        if path is not None and self._tree.size(path) is not None:
            root = opened(self._tree, path).root
            if isinstance(root, Fields):
                yield root


def _traces(entries: Value) -> Iterator[Items]:
    """The traces in the metadata of one construct; that of the logical id first, as the toolkit prefers it."""
    found: list[tuple[bool, Items]] = []
    for item in entries.items if isinstance(entries, Items) else ():
        if not isinstance(item, Fields):
            continue
        kind = text_of(item.get("type"))
        trace = item.get("trace") if kind == _LOGICAL_ID else item.get("data") if kind == _CREATION else None
        if isinstance(trace, Items):
            found.append((kind != _LOGICAL_ID, trace))
    yield from (trace for _, trace in sorted(found, key=lambda pair: pair[0]))


def _written(parsed: Template) -> Iterator[str]:
    for entry in parsed.resources.entries.values():
        metadata = entry.value.get("Metadata") if isinstance(entry.value, Fields) else None
        path = text_of(metadata.get(_PATH)) if isinstance(metadata, Fields) else None
        if path:
            yield path


def _common(paths: list[str]) -> str:
    """The path of the stack that all these constructs are in.

    `CDKMetadata` is its child; without that, no more than the first part is known to be the stack's.
    """
    split = [path.strip("/").split("/") for path in paths]
    for parts in split:
        if "CDKMetadata" in parts[1:]:
            return "/".join(parts[: parts.index("CDKMetadata")])
    return split[0][0] if split and all(parts[0] == split[0][0] for parts in split) else ""


def nested_template(path: str, metadata: Value | None) -> str | None:
    """The template of a nested stack that CDK wrote beside its parent's, by the metadata of its resource."""
    file = text_of(metadata.get(_ASSET)) if isinstance(metadata, Fields) else None
    return inside(folder_of(path), file) if file else None
