"""CloudFormation, SAM and CDK templates -> stacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Dialect, Reading, Resource, Scope, Stack
from casemate.model.value import Entry, Fields, Items, Literal, Value, display, text_of
from casemate.sources.cdk import Assemblies, is_helper
from casemate.sources.cloudformation.inclusion import Inclusion
from casemate.sources.cloudformation.intrinsics import Resolver
from casemate.sources.cloudformation.nesting import NESTED, child_template, in_order, nested_template, passed
from casemate.sources.cloudformation.parameters import given_parameters
from casemate.sources.cloudformation.template import Template, template
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import Document, decode, is_json, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.sources.cdk import Naming
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "cloudformation"
_SUFFIXES = (".yaml", ".yml", ".json", ".template", ".cfn")
_SECTION = re.compile(rb"Resources[\"']?\s*:")
_IN_ONE_LINE = re.compile(rb"\s*\{[^{}]*\bResources\s*:")
_TYPE = re.compile(rb"""Type["']?\s*:\s*["']?(?:AWS|Alexa|Custom|Casemate)::""")
_SERVERLESS = re.compile(rb"^(?:service|frameworkVersion)\s*:", re.MULTILINE)
_PROVIDER = re.compile(rb"^provider\s*:", re.MULTILINE)
_MAX_NESTING = 6
_LOOK_BACK = 256


def claims(path: str, data: bytes) -> bool:
    """A `Resources` section with a resource type of AWS, and not a serverless.yml."""
    if not path.endswith(_SUFFIXES):
        return False
    if not any(prefix in data for prefix in (b"AWS::", b"Alexa::", b"Custom::")):
        return False  # a plain search first: the expressions below are a hundred times dearer
    if _TYPE.search(data) is None or not _has_section(data):
        return False
    return not (b"provider" in data and _PROVIDER.search(data) and _SERVERLESS.search(data))


def _has_section(data: bytes) -> bool:
    """Whether `Resources` is a key: at the start of a line, or, in quotes, where a key of a map may stand."""
    for found in _SECTION.finditer(data):
        before = data[max(0, found.start() - _LOOK_BACK) : found.start()]
        quoted = before.endswith((b'"', b"'"))
        before = before[:-1] if quoted else before
        line = before.rpartition(b"\n")[2]
        if not line or (quoted and (not line.strip() or before.rstrip().endswith((b"{", b",")))):
            return True
    return _IN_ONE_LINE.match(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every template; a nested stack whose template is among the files is read with its parent's values.

    Not a second time by itself.
    """
    return _Reader(tree, options).read(paths)


class _Reader:
    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self._templates: dict[str, Template] = {}
        self._inclusion = Inclusion(tree)
        self._assemblies = Assemblies(tree)
        self.diagnostics: list[Diagnostic] = []
        self.inputs: list[Input] = []
        self.stacks: list[Stack] = []

    def read(self, paths: tuple[str, ...]) -> Reading:
        for path in paths:
            self._load(path)
        nested = {child for path in self._templates for child in self._children(path)}
        for path in self._templates:
            if path not in nested:
                self._stack(path, path, {}, 0)
        done = {stack.path.partition("@")[0] for stack in self.stacks}
        for path in self._templates:  # only reachable in a circle of nested stacks
            if path not in done:
                self._stack(path, path, {}, _MAX_NESTING)
        claimed = frozenset(paths)
        included = [known for known in self._inclusion.inputs if known.path not in claimed]
        diagnostics = (*self.diagnostics, *self._inclusion.diagnostics)
        return Reading(tuple(self.stacks), (*self.inputs, *included), diagnostics)

    def _load(self, path: str) -> None:
        data = self._tree.read(path)
        text, problems = (
            decode(data, path)
            if data is not None
            else (None, (Diagnostic("unreadable", "cannot be read", whole(path)),))
        )
        document = Document(None, problems)
        if text is not None:
            document = json_syntax.parse(text, path) if is_json(text, path) else yaml_syntax.parse(text, path)
        self.diagnostics.extend(document.diagnostics)
        if not isinstance(document.root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            self.inputs.append(Input(path, KIND, "failed", reason))
            return
        self._templates[path] = template(self._inclusion.into(document.root, path, data or b""))

    def _children(self, path: str) -> Iterator[str]:
        for entry in self._templates[path].resources.entries.values():
            if (child := nested_template(path, entry.value)) in self._templates and child is not None:
                yield child

    def _stack(
        self, path: str, id_: str, inherited: Mapping[str, Value], depth: int, parent: Naming | None = None
    ) -> Stack:
        parsed = self._templates[path]
        resolver = Resolver(parsed, given_parameters(self._tree, path, self._options), inherited)
        naming = None if parsed.is_sam else self._assemblies.naming(path, parsed, parent)
        dialect: Dialect = "sam" if parsed.is_sam else "cloudformation" if naming is None else "cdk"
        resources = {resource.key: resource for resource in self._resources(parsed, resolver, dialect, naming)}
        scopes: list[Scope] = []
        outputs, exports = _outputs(parsed, resolver)
        nested: dict[str, str] = {}
        if parsed.is_sam:
            from casemate.sources.sam import expand

            globals_ = resolver.resolve(parsed.globals) if parsed.globals is not None else None
            resources = expand(
                resources, globals_ if isinstance(globals_, Fields) else None, _sam_attributes(parsed, resolver)
            )
            if parsed.globals is not None:
                scopes = [
                    Scope(f"Globals.{kind}", entry.key_at.to(entry.value.at))
                    for kind, entry in parsed.globals.entries.items()
                ]
        scopes += [Scope(f"Parameters.{parameter.name}", parameter.at) for parameter in parsed.parameters.values()]
        root = folder_of(path)
        stack = Stack(
            name=path,
            path=id_,
            root=root,
            dialect=dialect,
            resources=resources,
            scopes=tuple(scopes),
            outputs=outputs,
            exports=exports,
            parameters=tuple(parsed.parameters.values()),
            nested=nested,
        )
        if path == id_ or not any(known.path == path for known in self.inputs):
            self.inputs.append(Input(path, dialect, "understood"))
        self.stacks.append(stack)
        if depth < _MAX_NESTING:
            self._nested(stack, exports, nested, depth, naming)
        return stack

    def _nested(
        self, stack: Stack, exports: dict[str, Value], nested: dict[str, str], depth: int, naming: Naming | None
    ) -> None:
        """The stacks inside of `stack`; what they pass one another goes through `exports` of the stack around them."""
        path = stack.name
        children: dict[str, str] = {}
        for resource in stack.resources.values():
            child = child_template(path, resource.metadata, resource.properties) if resource.type in NESTED else None
            if child is not None and child in self._templates and child != path:
                children[resource.key] = child
        read: dict[str, Stack] = {}
        for key in in_order(children, stack):
            child = children[key]
            taken = any(other.path == child for other in self.stacks)
            nested[key] = child_id = f"{child}@{stack.path}.{key}" if taken else child
            inherited = dict(passed(stack, key, read, exports))
            read[key] = self._stack(child, child_id, inherited, depth + 1, naming)

    def _resources(
        self, parsed: Template, resolver: Resolver, dialect: Dialect, naming: Naming | None
    ) -> Iterator[Resource]:
        from casemate.sources.cloudformation.loops import unroll

        for key, entry in parsed.resources.entries.items():
            if key.startswith("Fn::ForEach::"):
                for name, unrolled in unroll(resolver, entry.value, resolve=False):
                    if (resource := self._resource(name, unrolled, resolver, dialect, naming)) is not None:
                        yield resource
            elif (resource := self._resource(key, entry, resolver, dialect, naming)) is not None:
                yield resource

    def _resource(
        self, key: str, entry: Entry, resolver: Resolver, dialect: Dialect, naming: Naming | None
    ) -> Resource | None:
        body = entry.value
        type_ = text_of(body.get("Type")) if isinstance(body, Fields) else None
        if not isinstance(body, Fields) or type_ is None:
            message = f"resource {key} has no Type"
            self.diagnostics.append(
                Diagnostic("resource-without-type", message, entry.key_at, "warning", "give it a Type or remove it")
            )
            return None
        condition = text_of(body.get("Condition"))
        if condition is not None and resolver.conditions.named(condition) is False:
            return None
        raw = body.get("Properties")
        properties = resolver.resolve(raw) if raw is not None else None
        metadata = body.get("Metadata")
        depends = body.get("DependsOn")
        construct = None if naming is None else naming.path(key, metadata)
        return Resource(
            type=type_,
            name=construct or key,
            key=key,
            at=entry.key_at,
            body=entry.key_at.to(body.at),
            properties=properties if isinstance(properties, Fields) else Fields({}, body.at),
            dialect=dialect,
            condition=None if condition is None else f"if {condition}",
            metadata=metadata if isinstance(metadata, Fields) else None,
            depends_on=tuple(_texts(depends)),
            retained=(text_of(body.get("DeletionPolicy")) or "Delete") != "Delete",
            generated=naming is not None and is_helper(key, construct),
            origin=None if naming is None else naming.origin(key, metadata),
        )


def _sam_attributes(parsed: Template, resolver: Resolver) -> dict[str, Fields]:
    """What resources say beside their properties that only SAM reads, by logical id."""
    found: dict[str, Fields] = {}
    for key, entry in parsed.resources.entries.items():
        if isinstance(entry.value, Fields):
            said = {
                name: entry.value.entries[name]
                for name in ("Connectors", "IgnoreGlobals")
                if name in entry.value.entries
            }
            if said and isinstance(resolved := resolver.resolve(Fields(said, entry.value.at)), Fields):
                found[key] = resolved
    return found


def _outputs(parsed: Template, resolver: Resolver) -> tuple[dict[str, Value], dict[str, Value]]:
    outputs: dict[str, Value] = {}
    exports: dict[str, Value] = {}
    for name, entry in parsed.outputs.entries.items():
        if not isinstance(entry.value, Fields) or (value := entry.value.get("Value")) is None:
            continue
        outputs[name] = resolver.resolve(value)
        export = entry.value.get("Export")
        if isinstance(export, Fields) and (named := export.get("Name")) is not None:
            exports[display(resolver.resolve(named))] = outputs[name]
    return outputs, exports


def _texts(value: Value | None) -> Iterator[str]:
    if isinstance(value, Literal):
        yield display(value)
    elif isinstance(value, Items):
        yield from (display(item) for item in value.items if isinstance(item, Literal))
