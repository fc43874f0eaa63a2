"""SAM policy templates: `S3ReadPolicy: {BucketName: …}` -> the statements that SAM writes for it.

The data is compiled by `scripts/build_sam_data.py` from AWS's own definition of the templates. Source: AWS SAM
developer guide, "Policy template table".
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from casemate.model.value import Fields, Items, Literal, Unknown, Value
from casemate.sources.sam.writing import document, fields, fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.location import Span

ORIGIN = "SAM policy template "
"""What the name of a policy that comes from a template starts with; the template's name follows."""

Json = str | list["Json"] | dict[str, "Json"]


class Template(TypedDict):
    """One policy template."""

    parameters: list[str]
    statements: list[dict[str, Json]]


@lru_cache(maxsize=1)
def policy_templates() -> Mapping[str, Template]:
    """Every policy template by name. Read when the first is used."""
    raw = Path(__file__).with_name("data").joinpath("policy_templates.json").read_bytes()
    found: dict[str, Template] = json.loads(raw)["data"]
    return found


def template_policy(name: str, given: Value, at: Span) -> Fields:
    """The policy of a role that a template stands for. `at`: the template's name as it was written."""
    template = policy_templates().get(name)
    if template is None:
        return fields(
            at,
            {
                "PolicyName": ORIGIN + name,
                "PolicyDocument": Unknown(f"SAM has no policy template {name[:80]}", at, "error"),
            },
        )
    variables: dict[str, Value] = {}
    for parameter in template["parameters"]:
        value = given.get(parameter) if isinstance(given, Fields) else None
        variables[parameter] = value if value is not None else Unknown(f"{name} needs {parameter}", at, "error")
    statements = [written(statement, at, variables) for statement in template["statements"]]
    return fields(at, {"PolicyName": ORIGIN + name, "PolicyDocument": document(at, statements)})


def written(value: Json, at: Span, variables: Mapping[str, Value]) -> Value:
    """Data with its placeholders filled: each text at the span of the first value in it, else at `at`."""
    if isinstance(value, dict):
        return fields(at, {key: written(inner, at, variables) for key, inner in value.items()})
    if isinstance(value, list):
        return Items([written(item, at, variables) for item in value], at)
    if "${" not in value:
        return Literal(value, at)
    used = next((variables[name] for name in variables if f"${{{name}}}" in value), None)
    return fill(value, at if used is None else used.at, variables)
