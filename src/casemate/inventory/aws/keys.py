"""KMS keys, secrets of the secret manager, parameters of the parameter store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.encryption import key_owner
from casemate.inventory.aws.entity import about, attachments
from casemate.inventory.aws.resource_policies import standing
from casemate.inventory.reading import word
from casemate.model.secret import Key, Secret
from casemate.model.setting import Declared, Defaulted, Setting, convert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource


def key(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::KMS::Key`.

    KMS rotates only symmetric encryption keys whose material is its own (KMS Developer Guide, "Rotate AWS KMS keys").
    """
    props = context.props(resource)
    own = props.read("Origin", word("AWS_KMS"), True, "AWS::KMS::Key Origin: AWS_KMS by default")
    rotation = props.flag("EnableKeyRotation", False, "AWS::KMS::Key EnableKeyRotation: false by default")
    yield Key(
        **about(resource, context),
        kind="key",
        rotation=rotation if own.ever(bool) or not own.values() else None,
        symmetric=_symmetric(props),
        deletion_days=props.number("PendingWindowInDays", 30, "AWS::KMS::Key PendingWindowInDays: 30 by default"),
    )
    yield from standing(resource, context, "KeyPolicy", "key")


def _symmetric(props: Props) -> Setting[bool]:
    path = "KeySpec" if props.find("KeySpec") is not None else "CustomerMasterKeySpec"
    return props.read(path, word("SYMMETRIC_DEFAULT"), True, "AWS::KMS::Key KeySpec: SYMMETRIC_DEFAULT by default")


def replica_key(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::KMS::ReplicaKey`: rotated with its primary key."""
    props = context.props(resource)
    yield Key(
        **about(resource, context),
        kind="key",
        rotation=None,
        symmetric=Defaulted("KeySpec", resource.at, True, "as the primary key is"),
        deletion_days=props.number(
            "PendingWindowInDays", 30, "AWS::KMS::ReplicaKey PendingWindowInDays: 30 by default"
        ),
    )
    yield from standing(resource, context, "KeyPolicy", "key")


def secret(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::SecretsManager::Secret`.

    `value` is what the template writes (`SecretString`); a generated secret has none.
    """
    props = context.props(resource)
    schedule = next(attachments(resource, context, "AWS::SecretsManager::RotationSchedule", "SecretId"), None)
    rotated: Setting[bool]
    if schedule is None:
        rotated = Defaulted("RotationSchedule", resource.at, False, "no rotation schedule is declared")
    else:
        rotated = Declared("RotationSchedule", schedule.at, True)
    yield Secret(
        **about(resource, context),
        kind="secret",
        value=props.find("SecretString"),
        encrypted=Defaulted("KmsKeyId", resource.at, True, "Secrets Manager encrypts every secret"),
        customer_key=_customer_key(props, "KmsKeyId"),
        rotated=rotated,
    )


def parameter(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::SSM::Parameter`.

    CloudFormation itself makes only `String` and `StringList`; other dialects also `SecureString`.
    """
    props = context.props(resource)
    plain = "AWS::SSM::Parameter Type: stored as plain text"
    yield Secret(
        **about(resource, context),
        kind="parameter",
        value=props.find("Value"),
        encrypted=props.read("Type", word("SecureString"), False, plain),
        customer_key=_customer_key(props, "KeyId"),
    )


def _customer_key(props: Props, path: str) -> Setting[bool]:
    source = "the service's own key unless another is named"
    return convert(props.present(path, source), lambda present: present and key_owner(props.find(path)) == "customer")


BUILDERS: dict[str, Builder] = {
    "AWS::KMS::Key": key,
    "AWS::KMS::ReplicaKey": replica_key,
    "AWS::SecretsManager::Secret": secret,
    "AWS::SSM::Parameter": parameter,
}
