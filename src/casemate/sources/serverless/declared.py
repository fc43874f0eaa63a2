"""The `resources` of a service: CloudFormation, merged over what the framework makes, with `extensions`.

Source: Serverless Framework documentation, "AWS infrastructure resources" (override, `extensions`), and the plugin
serverless-pseudo-parameters (`#{AWS::Region}`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.resource import Resource
from casemate.model.value import Cases, Entry, Fields, Items, Literal, Text, Unknown, Value, display, text_of
from casemate.sources.cloudformation.intrinsics import Resolver, concatenate
from casemate.sources.cloudformation.template import template
from casemate.sources.serverless.values import maps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.location import Span
    from casemate.sources.cloudformation.template import Template

_PSEUDO = re.compile(r"#\{([A-Za-z0-9:.]{1,200})\}")
MAX_MERGE = 40


class ServiceResolver(Resolver):
    """CloudFormation's functions where a service may write them.

    Variables have been replaced before, so texts may already have parts that are not known.
    """

    pseudo = False

    def resolve(self, value: Value) -> Value:
        """`value` with every function resolved, also inside of alternatives."""
        match value:
            case Cases(cases=cases):
                return Cases([(words, self.resolve(case)) for words, case in cases], value.at)
            case Text(parts=parts):
                return concatenate([self.resolve(part) for part in parts], value.at)
            case _:
                return super().resolve(value)

    def _literal(self, value: Literal) -> Value:
        if self.pseudo and isinstance(value.value, str) and "#{" in value.value:
            return concatenate(list(self._hashes(value.value, value.at)), value.at)
        return super()._literal(value)

    def _hashes(self, text: str, at: Span) -> Iterator[Value]:
        last = 0
        for match in _PSEUDO.finditer(text):
            yield Literal(text[last : match.start()], at)
            name, _, attribute = match[1].partition(".")
            yield self.reference(name, at) if not attribute else self._get_attribute(Literal(match[1], at), at)
            last = match.end()
        yield Literal(text[last:], at)

    def _substitute(self, argument: Value, at: Span) -> Value:
        listed = argument.items if isinstance(argument, Items) and argument.items else (argument,)
        head, rest = listed[0], listed[1:]
        if isinstance(head, Cases):
            return Cases(
                [
                    (words or "", self._substitute(Items([case, *rest], argument.at), at))
                    for words, case in head.options()
                ],
                at,
            )
        if not isinstance(head, Text):
            return (
                Unknown(head.reason, at, head.kind, head.source)
                if isinstance(head, Unknown)
                else super()._substitute(argument, at)
            )
        given = rest[0].entries if rest and isinstance(rest[0], Fields) else {}
        names: dict[str, Entry] = dict(given)
        text = ""
        for number, part in enumerate(head.parts):
            if isinstance(part, Literal):
                text += display(part)
            else:
                names[f"variable{number}"] = Entry(part.at, part)
                text += f"${{variable{number}}}"
        return super()._substitute(Items([Literal(text, head.at), Fields(names, head.at)], at), at)


def declared_template(resources: Value | None, at: Span) -> Template:
    """The user's template.

    `resources` as a map or a list of maps, merged section by section, keys of later maps over those of earlier ones.
    """
    merged: dict[str, Entry] = {}
    for part in maps(resources):
        for key, entry in part.entries.items():
            if key in merged and isinstance(entry.value, Fields) and isinstance(merged[key].value, Fields):
                merged[key] = Entry(merged[key].key_at, overlay(merged[key].value, entry.value))
            else:
                merged[key] = entry
    for section in ("Resources", "Outputs", "Conditions", "Mappings", "Parameters", "extensions"):
        if section in merged:  # a section may itself be a list of maps: `Resources: [${file(a.yml)}, …]`
            joined = joined_maps(merged[section].value)
            if joined is not None:
                merged[section] = Entry(merged[section].key_at, joined)
    return template(Fields(merged, at))


def joined_maps(value: Value) -> Fields | None:
    """One map of a list of maps; None when there is no map in it."""
    found: Fields | None = None
    for part in maps(value):
        found = part if found is None else Fields({**found.entries, **part.entries}, found.at)
    return found


def overlay(below: Value, above: Value, depth: int = 0) -> Value:
    """A deep merge as the framework does it: maps by key, lists one after the other, else what lies above."""
    if depth < MAX_MERGE and isinstance(below, Fields) and isinstance(above, Fields):
        entries = dict(below.entries)
        for key, entry in above.entries.items():
            known = entries.get(key)
            entries[key] = entry if known is None else Entry(entry.key_at, overlay(known.value, entry.value, depth + 1))
        return Fields(entries, above.at)
    return above


def merged_resources(made: Mapping[str, Resource], parsed: Template, resolver: ServiceResolver) -> dict[str, Resource]:
    """What the framework makes and what the user declares, in one table; the user's properties lie above."""
    found = dict(made)
    for key, entry in parsed.resources.entries.items():
        resource = _declared(key, entry, resolver, found.get(key))
        if resource is not None:
            found[key] = resource
    extensions = parsed.root.get("extensions")
    for key, entry in extensions.entries.items() if isinstance(extensions, Fields) else ():
        below = found.get(key)
        above = entry.value.get("Properties") if isinstance(entry.value, Fields) else None
        if below is not None and above is not None:
            found[key] = _changed(below, overlay(below.properties, resolver.resolve(above)))
    return found


def _declared(key: str, entry: Entry, resolver: ServiceResolver, made: Resource | None) -> Resource | None:
    body = entry.value
    if not isinstance(body, Fields):
        return None
    type_ = text_of(body.get("Type")) or (made.type if made is not None else None)
    condition = text_of(body.get("Condition"))
    if type_ is None or (condition is not None and resolver.conditions.named(condition) is False):
        return None
    raw = body.get("Properties")
    resolved = resolver.resolve(raw) if raw is not None else None
    properties = resolved if isinstance(resolved, Fields) else Fields({}, body.at)
    if made is not None and made.type == type_:
        merged = overlay(made.properties, properties)
        return _changed(made, merged)
    metadata = body.get("Metadata")
    return Resource(
        type=type_,
        name=key,
        key=key,
        at=entry.key_at,
        body=entry.key_at.to(body.at) if body.at.path == entry.key_at.path else entry.key_at,
        properties=properties,
        dialect="serverless",
        condition=None if condition is None else f"if {condition}",
        metadata=metadata if isinstance(metadata, Fields) else None,
        depends_on=tuple(_names(body.get("DependsOn"))),
        retained=(text_of(body.get("DeletionPolicy")) or "Delete") != "Delete",
    )


def _changed(resource: Resource, properties: Value) -> Resource:
    from dataclasses import replace

    return replace(resource, properties=properties) if isinstance(properties, Fields) else resource


def _names(value: Value | None) -> Iterator[str]:
    for item in value.items if isinstance(value, Items) else (value,):
        name = text_of(item)
        if name is not None:
            yield name


def declared_outputs(
    parsed: Template, resolver: ServiceResolver, stack: str
) -> tuple[dict[str, Value], dict[str, Value]]:
    """(outputs, exports). An output can also be imported as `${cf:STACK.OUTPUT}`.

    It is exported under that name too.
    """
    outputs: dict[str, Value] = {}
    exports: dict[str, Value] = {}
    for name, entry in parsed.outputs.entries.items():
        value = entry.value.get("Value") if isinstance(entry.value, Fields) else None
        if value is None or not isinstance(entry.value, Fields):
            continue
        outputs[name] = exports[f"{stack}.{name}"] = resolver.resolve(value)
        export = entry.value.get("Export")
        if isinstance(export, Fields) and (named := export.get("Name")) is not None:
            exports[display(resolver.resolve(named))] = outputs[name]
    return outputs, exports
