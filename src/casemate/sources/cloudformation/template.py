"""A template taken apart into its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass
from casemate.model.resource import Parameter
from casemate.model.value import Fields, Items, Literal, Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span

SAM_TRANSFORM = "AWS::Serverless"


@dataclass(frozen=True, slots=True)
class Template:
    """The sections of a template, unresolved. Missing sections are empty `Fields`."""

    root: Fields
    parameters: dict[str, Parameter]
    mappings: Fields
    conditions: Fields
    resources: Fields
    outputs: Fields
    globals: Fields | None
    transforms: tuple[str, ...]

    @property
    def is_sam(self) -> bool:
        """Whether the SAM transform is asked for, or needed.

        A fragment may leave it to the template that includes it.
        """
        if any(name.startswith(SAM_TRANSFORM) for name in self.transforms):
            return True
        bodies = (entry.value for entry in self.resources.entries.values())
        return any(
            (text_of(body.get("Type")) or "").startswith(f"{SAM_TRANSFORM}::")
            for body in bodies
            if isinstance(body, Fields)
        )


def template(root: Fields) -> Template:
    """Take a parsed template apart."""
    parameters = section(root, "Parameters")
    globals_ = root.get("Globals")
    return Template(
        root=root,
        parameters={name: _parameter(name, entry.key_at, entry.value) for name, entry in parameters.entries.items()},
        mappings=section(root, "Mappings"),
        conditions=section(root, "Conditions"),
        resources=section(root, "Resources"),
        outputs=section(root, "Outputs"),
        globals=globals_ if isinstance(globals_, Fields) else None,
        transforms=tuple(_transforms(root.get("Transform"))),
    )


def section(root: Fields, name: str) -> Fields:
    """A section of the template as `Fields`, empty when it is absent or no map."""
    found = root.get(name)
    return found if isinstance(found, Fields) else Fields({}, root.at)


def _parameter(name: str, at: Span, value: Value) -> Parameter:
    body = value if isinstance(value, Fields) else Fields({}, value.at)
    secret = (text_of(body.get("NoEcho")) or "").lower() == "true"
    return Parameter(name=name, at=at, type=text_of(body.get("Type")), default=body.get("Default"), secret=secret)


def _transforms(value: Value | None) -> Iterator[str]:
    match value:
        case Literal():
            yield display(value)
        case Items(items=items):
            for item in items:
                yield from _transforms(item)
        case Fields():
            yield text_of(value.get("Name")) or ""
        case _:
            return
