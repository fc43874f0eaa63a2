"""`AWS::Serverless::StateMachine` -> the state machine, its role, version and alias, and what its events imply.

A local file in `DefinitionUri` stays under that name: the definition is read where definitions are read. Source: AWS
SAM developer guide, "AWS::Serverless::StateMachine".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Literal, Reference, text_of
from casemate.sources.sam.events import expand_events
from casemate.sources.sam.roles import RoleDraft, role_of
from casemate.sources.sam.writing import entry, fields, is_true, s3_location, tags, trust, value_of

if TYPE_CHECKING:
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion

_RENAMED = {
    "Name": "StateMachineName",
    "Type": "StateMachineType",
    "Logging": "LoggingConfiguration",
    "Tracing": "TracingConfiguration",
    "Definition": "Definition",
    "DefinitionSubstitutions": "DefinitionSubstitutions",
    "EncryptionConfiguration": "EncryptionConfiguration",
}


def expand_state_machines(expansion: Expansion) -> None:
    """Every state machine of the type."""
    for resource in expansion.of_kind("StateMachine"):
        _state_machine(expansion, resource, expansion.properties[resource.key])


def _state_machine(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    role_value, role_condition = role_of(resource, properties, "Role")
    role = RoleDraft(resource, properties, trust("states.amazonaws.com", resource.at))
    if is_true(value_of(properties, "Tracing", "Enabled")):
        role.manage("AWSXrayWriteOnlyAccess")
    given = entry(properties, "Role")
    location = entry(properties, "DefinitionUri")
    local = (
        location is not None
        and isinstance(location.value, Literal)
        and not (text_of(location.value) or "").startswith("s3://")
    )
    remote = (
        None
        if location is None or local
        else Entry(location.key_at, s3_location(location.value, ("Bucket", "Key", "Version")))
    )
    expansion.become(
        resource,
        "AWS::StepFunctions::StateMachine",
        fields(
            resource.at,
            {
                **{new: entry(properties, old) for old, new in _RENAMED.items()},
                "RoleArn": Entry(resource.at if given is None else given.key_at, role_value),
                "DefinitionUri": location if local else None,
                "DefinitionS3Location": remote,
                "Tags": tags(value_of(properties, "Tags")),
            },
        ),
    )
    alias = entry(properties, "AutoPublishAlias")
    if alias is not None and (name := text_of(alias.value)):
        at, version = alias.key_at, f"{resource.key}Version"
        machine = fields(at, {"StateMachineArn": Reference(resource.key, None, at)})
        expansion.imply(version, "AWS::StepFunctions::StateMachineVersion", resource, at, machine)
        expansion.imply(
            f"{resource.key}Alias{name}",
            "AWS::StepFunctions::StateMachineAlias",
            resource,
            at,
            fields(
                at,
                {
                    "Name": alias,
                    "DeploymentPreference": fields(at, {"StateMachineVersionArn": Reference(version, None, at)}),
                },
            ),
        )
        expansion.referable(resource.key, "Version", version)
        expansion.referable(resource.key, "Alias", f"{resource.key}Alias{name}")
    expand_events(expansion, resource, properties, role)
    if role_condition is not None:
        policies = entry(properties, "Policies")
        at = resource.at if policies is None else policies.key_at
        expansion.imply(role.key, "AWS::IAM::Role", resource, at, role.properties(), condition=role_condition or None)
