"""The types of SAM that stand for one native resource: tables, layers, nested applications, capacity providers.

Source: AWS SAM developer guide, "AWS::Serverless::SimpleTable", "…::LayerVersion", "…::Application",
"…::CapacityProvider".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Value, text_of
from casemate.sources.sam.writing import arn_of, entry, fields, s3_location, tags, texts, trust, value_of

if TYPE_CHECKING:
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion

_ATTRIBUTES = {"String": "S", "Number": "N", "Binary": "B"}


def expand_others(expansion: Expansion) -> None:
    """Every resource of one of the types; other types of SAM, which later versions may bring, stay as they are."""
    for resource in expansion.of_kind("SimpleTable"):
        expansion.become(resource, "AWS::DynamoDB::Table", _table(expansion.properties[resource.key], resource))
    for resource in expansion.of_kind("LayerVersion"):
        properties = expansion.properties[resource.key]
        kept = (text_of(value_of(properties, "RetentionPolicy")) or "Retain").lower() != "delete"
        expansion.become(resource, "AWS::Lambda::LayerVersion", _layer(properties, resource), retained=kept)
    for resource in expansion.of_kind("Application"):
        expansion.become(
            resource, "AWS::CloudFormation::Stack", _application(expansion.properties[resource.key], resource)
        )
    for resource in expansion.of_kind("CapacityProvider"):
        _capacity_provider(expansion, resource, expansion.properties[resource.key])


def _table(properties: Fields, resource: Resource) -> Fields:
    at = resource.at
    key = entry(properties, "PrimaryKey")
    name: Value | str = value_of(properties, "PrimaryKey", "Name") or "id"
    type_ = _ATTRIBUTES.get(text_of(value_of(properties, "PrimaryKey", "Type")) or "String", "S")
    place = at if key is None else key.key_at
    throughput = entry(properties, "ProvisionedThroughput")
    passed = ("TableName", "PointInTimeRecoverySpecification", "SSESpecification")
    return fields(
        at,
        {
            **{item: entry(properties, item) for item in passed},
            "AttributeDefinitions": Items([fields(place, {"AttributeName": name, "AttributeType": type_})], place),
            "KeySchema": Items([fields(place, {"AttributeName": name, "KeyType": "HASH"})], place),
            "ProvisionedThroughput": throughput,
            "BillingMode": "PAY_PER_REQUEST" if throughput is None else None,
            "Tags": tags(value_of(properties, "Tags")),
        },
    )


def _layer(properties: Fields, resource: Resource) -> Fields:
    content = entry(properties, "ContentUri")
    passed = ("Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo")
    return fields(
        resource.at,
        {
            **{name: entry(properties, name) for name in passed},
            "LayerName": entry(properties, "LayerName") or resource.key,
            "Content": None
            if content is None
            else Entry(content.key_at, s3_location(content.value, ("S3Bucket", "S3Key", "S3ObjectVersion"))),
        },
    )


def _application(properties: Fields, resource: Resource) -> Fields:
    """A nested stack. A template is its `TemplateURL`; an application of the repository keeps `Location`.

    With its id and version.
    """
    location = entry(properties, "Location")
    published = location is not None and isinstance(location.value, Fields)
    return fields(
        resource.at,
        {
            **{name: entry(properties, name) for name in ("Parameters", "NotificationARNs", "TimeoutInMinutes")},
            "TemplateURL": None if published else location,
            "Location": location if published else None,
            "Tags": tags(value_of(properties, "Tags")),
        },
    )


def _capacity_provider(expansion: Expansion, resource: Resource, properties: Fields) -> None:
    """Lambda's managed instances. Without `OperatorRole`, SAM makes one that may run the instances."""
    at = resource.at
    network = entry(properties, "VpcConfig")
    role = entry(properties, "OperatorRole")
    key = f"{resource.key}OperatorRole"
    if role is None:
        managed = texts(at, "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator")
        made = fields(at, {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com", at), "ManagedPolicyArns": managed})
        expansion.imply(key, "AWS::IAM::Role", resource, at, made)
    operator: Entry | Value = arn_of(key, at) if role is None else role
    expansion.become(
        resource,
        "AWS::Lambda::CapacityProvider",
        fields(
            at,
            {
                "CapacityProviderName": entry(properties, "CapacityProviderName"),
                "VpcConfig": network,
                "KmsKeyArn": entry(properties, "KmsKeyArn"),
                "PermissionsConfig": fields(at, {"CapacityProviderOperatorRoleArn": operator}),
                "InstanceRequirements": entry(properties, "InstanceRequirements"),
                "CapacityProviderScalingConfig": entry(properties, "ScalingConfig"),
                "Tags": tags(value_of(properties, "Tags")),
            },
        ),
    )
