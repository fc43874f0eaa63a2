"""`AWS::Serverless::Connector`, and `Connectors` of any resource -> permissions between source and destination.

The profiles are compiled by `scripts/build_sam_data.py` from AWS's own. Source: AWS SAM developer guide, "Managing
resource permissions with AWS SAM connectors", "AWS SAM connector reference".
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from casemate.model.record import dataclass
from casemate.model.value import Fields, Items, Literal, Reference, Unknown, Value, display, text_of
from casemate.sources.sam.policy_templates import written
from casemate.sources.sam.writing import document, elements, entry, fields, map_of, name_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion
    from casemate.sources.sam.policy_templates import Json

_NATIVE = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
}
_ARN_BY_REF = frozenset(
    {"AWS::StepFunctions::StateMachine", "AWS::SNS::Topic", "AWS::AppSync::GraphQLApi", "AWS::AppSync::DataSource"}
)
"""Types whose `Ref` is the ARN."""
_ROLES = {
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
    "AWS::AppSync::DataSource": "ServiceRoleArn",
}


class Profile(TypedDict):
    """What a connector between two types grants, by kind of access."""

    kind: str
    holder: str
    access: dict[str, Json]


@lru_cache(maxsize=1)
def profiles() -> Mapping[str, Mapping[str, Profile]]:
    """Source type -> destination type -> profile."""
    raw = Path(__file__).with_name("data").joinpath("connectors.json").read_bytes()
    found: dict[str, dict[str, Profile]] = json.loads(raw)["data"]
    return found


@dataclass(frozen=True, slots=True)
class End:
    """Source or destination of a connector. `role`: how its role is referred to."""

    type: str
    key: str | None
    arn: Value
    name: Value
    url: Value
    id: Value
    qualifier: Value
    role: Value | None


def expand_connectors(expansion: Expansion) -> None:
    """Every connector of the template, after all other resources of SAM: it needs their roles."""
    for resource in expansion.of_kind("Connector"):
        properties = expansion.properties[resource.key]
        expansion.drop(resource.key)
        for source in elements(value_of(properties, "Source")):
            connect(expansion, resource, resource.key, source, properties, resource.at)
    for key, attributes in expansion.attributes.items():
        if key not in expansion.declared:
            continue
        for name, item in map_of(attributes, "Connectors").entries.items():
            if isinstance(item.value, Fields):
                properties = map_of(item.value, "Properties")
                reference = map_of(properties, "SourceReference")
                source = Fields({**fields(item.key_at, {"Id": key}).entries, **reference.entries}, item.key_at)
                connect(expansion, expansion.declared[key], f"{key}{name}", source, properties, item.key_at)


def connect(expansion: Expansion, cause: Resource, key: str, source: Value, properties: Fields, at: Span) -> None:
    """One connector from one source to each of its destinations."""
    accesses = [display(item) for item in elements(value_of(properties, "Permissions"))]
    targets = list(elements(value_of(properties, "Destination")))
    for number, target in enumerate(targets):
        if not isinstance(source, Fields) or not isinstance(target, Fields):
            continue
        from_, to = _end(expansion, source, target, at), _end(expansion, target, source, at)
        profile = profiles().get(from_.type, {}).get(to.type)
        if profile is None:
            continue
        suffix = f"Destination{number}" if len(targets) > 1 else ""
        held = from_ if profile["holder"] == "source" else to
        variables = _variables(from_, to)
        place = entry(properties, "Permissions")
        _grant(expansion, cause, key, suffix, profile, held, accesses, variables, at if place is None else place.key_at)


def _variables(source: End, destination: End) -> dict[str, Value]:
    return {
        f"{side}.{name}": value
        for side, end in (("Source", source), ("Destination", destination))
        for name, value in (("Arn", end.arn), ("Name", end.name), ("ResourceId", end.id), ("Qualifier", end.qualifier))
    }


def _grant(  # noqa: PLR0913, PLR0917 - one call, all of it needed
    expansion: Expansion,
    cause: Resource,
    key: str,
    suffix: str,
    profile: Profile,
    held: End,
    accesses: list[str],
    variables: Mapping[str, Value],
    at: Span,
) -> None:
    granted = [(name, profile["access"][name]) for name in profile["access"] if name in accesses]
    if not granted:
        return
    if profile["kind"] == "permission":
        for name, body in granted:
            properties = {
                "FunctionName": held.arn,
                **{item: written(text, at, variables) for item, text in _items(body)},
            }
            expansion.imply(
                f"{key}{name}LambdaPermission{suffix}", "AWS::Lambda::Permission", cause, at, fields(at, properties)
            )
        return
    policy = document(at, [written(statement, at, variables) for _, body in granted for statement in _listed(body)])
    if profile["kind"] == "identity":
        roles = None if held.role is None else Items([held.role], at)
        made = fields(at, {"PolicyDocument": policy, "Roles": roles})
        expansion.imply(f"{key}Policy{suffix}", "AWS::IAM::ManagedPolicy", cause, at, made)
    elif profile["kind"] == "queue":
        made = fields(at, {"PolicyDocument": policy, "Queues": Items([held.url], at)})
        expansion.imply(f"{key}QueuePolicy{suffix}", "AWS::SQS::QueuePolicy", cause, at, made)
    else:
        made = fields(at, {"PolicyDocument": policy, "Topics": Items([held.arn], at)})
        expansion.imply(f"{key}TopicPolicy{suffix}", "AWS::SNS::TopicPolicy", cause, at, made)


def _items(body: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(body, dict):
        yield from body.items()


def _listed(body: Json) -> Iterator[Json]:
    if isinstance(body, list):
        yield from body


def _end(expansion: Expansion, written_: Fields, other: Fields, at: Span) -> End:
    """One end: `Id` of a resource of the template, or its type, ARN and the rest written out."""
    key = text_of(written_.get("Id"))
    if key is None:
        type_ = text_of(written_.get("Type")) or ""
        missing = Unknown("the connector does not say", at, "error")
        arn = value_of(written_, "Arn") or missing
        found = {name: value_of(written_, name) or missing for name in ("Name", "QueueUrl", "ResourceId", "Qualifier")}
        return End(
            _NATIVE.get(type_, type_),
            None,
            arn,
            found["Name"],
            found["QueueUrl"],
            found["ResourceId"],
            found["Qualifier"],
            value_of(written_, "RoleName"),
        )
    made = expansion.made.get(key) or expansion.declared.get(key)
    type_ = "" if made is None else made.type
    place = written_.entries["Id"].value.at
    reference = Reference(key, None, place)
    graph = type_ == "AWS::AppSync::GraphQLApi"
    return End(
        type=type_,
        key=key,
        arn=reference if type_ in _ARN_BY_REF else Reference(key, "Arn", place),
        name=Reference(key, "Name", place),
        url=reference,
        id=Reference(key, "ApiId", place) if graph else reference,
        qualifier=value_of(written_, "Qualifier") or Literal("*", place),
        role=None if made is None else _role(made, other),
    )


def _role(made: Resource, other: Fields) -> Value | None:
    """A reference to the role of a resource. A rule has one a target: the one that the other end is."""
    role = value_of(made.properties, _ROLES.get(made.type, "")) if made.type in _ROLES else None
    if made.type == "AWS::Events::Rule":
        wanted = text_of(other.get("Id"))
        for target in elements(value_of(made.properties, "Targets")):
            if isinstance(target, Fields) and name_of(target.get("Arn")) == wanted:
                role = target.get("RoleArn")
    key = name_of(role) if not isinstance(role, Literal) else None
    return role if key is None or role is None else Reference(key, None, role.at)
