"""Resource policies of AWS: documents that stand on a thing and say who may reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import about, attachments
from casemate.inventory.aws.linking import linked
from casemate.inventory.policies import statements
from casemate.inventory.reading import Props
from casemate.model.entity import Link
from casemate.model.policy import Condition, Principal, ResourcePolicy, Statement
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.value import Literal, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.policy import PolicySubject
    from casemate.model.resource import Resource
    from casemate.model.value import Value


def standing(
    resource: Resource,
    context: Context,
    path: str,
    subject: PolicySubject,
    *,
    part: str = "policy",
    within: Props | None = None,
) -> Iterator[ResourcePolicy]:
    """The policy that `resource` carries in its own property `path` (of the section `within`), if it has one."""
    document = tree((within or context.props(resource)).find(path))
    if document is None:
        return
    found = tuple(statements(document, context, owner=resource.name, origin=path))
    target = Link(resource.name, resource.at, context.id(resource.key))
    yield ResourcePolicy(**about(resource, context, part), subject=subject, target=target, statements=found)


def _separate(subject: PolicySubject, document_path: str, target_path: str = "") -> Builder:
    """A builder for a resource that is only a policy on the things that `target_path` names (one entity each)."""

    def build(resource: Resource, context: Context) -> Iterator[ResourcePolicy]:
        props = context.props(resource)
        document = tree(props.find(document_path))
        origin = f"{resource.type} {resource.name}"
        found = tuple(statements(document, context, owner=resource.name, origin=origin))
        targets: list[Value | None] = [value for _, value in props.each(target_path)] if target_path else []
        for number, target in enumerate(targets or [None], 1):
            part = "" if number == 1 else str(number)
            link = linked(target, context)
            yield ResourcePolicy(**about(resource, context, part), subject=subject, target=link, statements=found)

    return build


def event_bus_policy(resource: Resource, context: Context) -> Iterator[ResourcePolicy]:
    """`AWS::Events::EventBusPolicy`: a `Statement`, or the older `Action`, `Principal` and `Condition`."""
    props = context.props(resource)
    origin = f"{resource.type} {resource.name}"
    bus = props.find("EventBusName")
    target = linked(bus, context) or Link("default", resource.at)
    found: tuple[Statement, ...]
    if "Statement" in resource.properties.entries:
        found = tuple(statements(tree(props.find("Statement")), context, owner=resource.name, origin=origin))
    else:
        found = (_short_statement(props, context, resource, origin),)
    yield ResourcePolicy(**about(resource, context), subject="bus", target=target, statements=found)


def _short_statement(props: Props, context: Context, resource: Resource, origin: str) -> Statement:
    principal = props.find("Principal")
    condition = props.find("Condition")
    limits: tuple[Condition, ...] = ()
    if condition is not None:
        parts = props.section("Condition")
        operator, key = (display(parts.find(name) or Literal("?", condition.at)) for name in ("Type", "Key"))
        limits = (
            Condition(operator, key, tuple(context.term(value) for _, value in parts.each("Value")), condition.at),
        )
    whom = (
        () if principal is None else (Principal("*" if display(principal) == "*" else "AWS", context.term(principal)),)
    )
    return Statement(
        effect="Allow",
        at=resource.at if principal is None else principal.at,
        owner=resource.name,
        origin=origin,
        actions=tuple(context.term(value) for _, value in props.each("Action")),
        principals=whom,
        conditions=limits,
    )


def refuses_plain_http(resource: Resource, context: Context, *policies: tuple[str, str]) -> Setting[bool]:
    """Whether a policy on `resource` denies requests without TLS (`aws:SecureTransport` false).

    `policies`: (type, path of its target) of the policy resources to look at. Source: S3 User Guide, "Amazon S3
    security best practices".
    """
    name = "aws:SecureTransport"
    for type_, path in policies:
        for other in attachments(resource, context, type_, path):
            document = tree(context.props(other).find("PolicyDocument"))
            for statement in statements(document, context, owner=other.name, origin=type_):
                if statement.effect == "Deny" and any(_plain_http(condition) for condition in statement.conditions):
                    return Declared(name, statement.at, True)
    return Defaulted(name, resource.at, False, "no policy denies requests without TLS")


def _plain_http(condition: Condition) -> bool:
    values = {term.text.lower() for term in condition.values}
    return (
        condition.key.lower() == "aws:securetransport"
        and condition.operator.lower().startswith("bool")
        and values == {"false"}
    )


BUILDERS: dict[str, Builder] = {
    "AWS::S3::BucketPolicy": _separate("bucket", "PolicyDocument", "Bucket"),
    "AWS::S3Express::BucketPolicy": _separate("bucket", "PolicyDocument", "Bucket"),
    "AWS::S3::AccessPointPolicy": _separate("access-point", "PolicyDocument", "AccessPoint"),
    "AWS::S3::MultiRegionAccessPointPolicy": _separate("access-point", "Policy", "MrapName"),
    "AWS::S3ObjectLambda::AccessPointPolicy": _separate("access-point", "PolicyDocument", "ObjectLambdaAccessPoint"),
    "AWS::S3Tables::TableBucketPolicy": _separate("bucket", "ResourcePolicy", "TableBucketARN"),
    "AWS::SQS::QueuePolicy": _separate("queue", "PolicyDocument", "Queues"),
    "AWS::SQS::QueueInlinePolicy": _separate("queue", "PolicyDocument", "Queue"),
    "AWS::SNS::TopicPolicy": _separate("topic", "PolicyDocument", "Topics"),
    "AWS::SNS::TopicInlinePolicy": _separate("topic", "PolicyDocument", "TopicArn"),
    "AWS::SecretsManager::ResourcePolicy": _separate("secret", "ResourcePolicy", "SecretId"),
    "AWS::Kinesis::ResourcePolicy": _separate("stream", "ResourcePolicy", "ResourceArn"),
    "AWS::DynamoDB::ResourcePolicy": _separate("table", "PolicyDocument", "ResourceArn"),
    "AWS::Logs::ResourcePolicy": _separate("log-group", "PolicyDocument"),
    "AWS::ECR::RegistryPolicy": _separate("registry", "PolicyText"),
    "AWS::EventSchemas::RegistryPolicy": _separate("registry", "Policy", "RegistryName"),
    "AWS::MSK::ClusterPolicy": _separate("stream", "Policy", "ClusterArn"),
    "AWS::KMS::KeyPolicy": _separate("key", "KeyPolicy", "KeyId"),
    "AWS::EFS::FileSystemPolicy": _separate("file-system", "Policy", "FileSystemId"),
    "AWS::OpenSearchService::DomainPolicy": _separate("search-domain", "AccessPolicies", "DomainName"),
    "AWS::ECR::RepositoryPolicy": _separate("repository", "RepositoryPolicyText", "RepositoryName"),
    "AWS::Backup::BackupVaultPolicy": _separate("vault", "AccessPolicy", "BackupVaultName"),
    "AWS::VpcLattice::AuthPolicy": _separate("other", "Policy", "ResourceIdentifier"),
    "AWS::Events::EventBusPolicy": event_bus_policy,
}
"""Some types here are not CloudFormation's: what Terraform has as separate resources (`aws_kms_key_policy`,
`aws_ecr_repository_policy`, `aws_efs_file_system_policy`, `aws_elasticsearch_domain_policy`,
`aws_backup_vault_policy`) stands here in the same shape, for its source to use."""
