"""Findings in generated templates also name the line of the program that made the resource (CDK)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.location import Location
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.finding import Finding
    from casemate.model.inventory import Inventory
    from casemate.model.resource import Resource

LABEL = "made by the program here"


def with_origins(findings: Iterable[Finding], inventory: Inventory) -> list[Finding]:
    """The findings; those inside of a resource that knows its `origin` have it as a related location."""
    made: dict[str, list[Resource]] = {}
    for stack in inventory.stacks:
        if stack.dialect == "cdk":
            for resource in stack.resources.values():
                if resource.origin is not None:
                    made.setdefault(resource.body.path, []).append(resource)
    return [_with_origin(finding, made) for finding in findings] if made else list(findings)


def _with_origin(finding: Finding, made: dict[str, list[Resource]]) -> Finding:
    span = finding.primary.span
    if span is None:
        return finding
    owner = next((resource for resource in made.get(span.path, ()) if resource.body.covers(span)), None)
    if owner is None or owner.origin is None or any(place.span == owner.origin for place in finding.related):
        return finding
    return replace(finding, related=(Location(owner.origin, kind="related", label=LABEL), *finding.related))
