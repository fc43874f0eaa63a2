"""Nested stacks: which local template one reads, in what order, and what its parent passes it.

Source: AWS CloudFormation Template Reference, "AWS::CloudFormation::Stack"; User Guide, "Embed stacks within other
stacks by using nested stacks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Fields, Literal, Reference, Unknown, Value, references, text_of
from casemate.sources.cdk import nested_template as asset_template
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.resource import Stack

NESTED = frozenset({"AWS::CloudFormation::Stack", "AWS::Serverless::Application"})


def nested_template(path: str, body: Value) -> str | None:
    """The local template that a resource of the template at `path` nests, if it is a nested stack."""
    if not isinstance(body, Fields) or text_of(body.get("Type")) not in NESTED:
        return None
    return child_template(path, body.get("Metadata"), body.get("Properties"))


def child_template(path: str, metadata: Value | None, properties: Value | None) -> str | None:
    """The local template of a nested stack: a path that is to be packaged, or the asset of CDK."""
    asset = asset_template(path, metadata)
    if asset is not None or not isinstance(properties, Fields):
        return asset
    location = text_of(properties.get("TemplateURL") or properties.get("Location"))
    return inside(folder_of(path), location) if location and "://" not in location else None


def in_order(children: Mapping[str, str], stack: Stack) -> list[str]:
    """Keys of nested stacks, each after those whose outputs it is given; a circle is entered where it is met."""
    found: dict[str, None] = {}
    busy: set[str] = set()

    def visit(key: str) -> None:
        if key in found or key in busy:
            return
        busy.add(key)
        for reference in references(stack.resources[key].properties):
            if reference.target in children:
                visit(reference.target)
        found[key] = None

    for key in children:
        visit(key)
    return list(found)


def passed(stack: Stack, key: str, read: Mapping[str, Stack], exports: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """(parameter, value) that `stack` gives its nested stack `key`.

    What is written out is passed as it is. Anything else is passed like an import: under a name that only this
    parameter has, `exports` says what it means in the stack that gives it.
    """
    given = stack.resources[key].properties.get("Parameters")
    for name, entry in given.entries.items() if isinstance(given, Fields) else ():
        value = entry.value
        if isinstance(value, Reference) and value.target in read:
            output = read[value.target].outputs.get((value.attribute or "").removeprefix("Outputs."))
            if isinstance(output, Literal):
                value = Literal(output.value, value.at)
        if isinstance(value, Literal) or (isinstance(value, Unknown) and value.kind != "import"):
            yield name, value
        elif not isinstance(value, Absent):
            source = f"{stack.path}#{key}.Parameters.{name}"
            exports[source] = value
            yield name, Unknown(f"parameter {name} is given by {stack.name}", value.at, "import", source)
