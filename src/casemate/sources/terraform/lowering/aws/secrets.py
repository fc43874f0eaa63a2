"""Keys, secrets, parameters and certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Fields
from casemate.sources.terraform.lowering.blocks import own_policy
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_kms_key": Native(
        "AWS::KMS::Key",
        """
        policy=KeyPolicy is_enabled=Enabled customer_master_key_spec=KeySpec
        deletion_window_in_days=PendingWindowInDays rotation_period_in_days bypass_policy_lockout_safety_check
        description enable_key_rotation key_usage multi_region tags:tags
    """,
    ),
    "aws_kms_replica_key": Native(
        "AWS::KMS::ReplicaKey",
        """
        policy=KeyPolicy deletion_window_in_days=PendingWindowInDays primary_key_arn description enabled
        tags:tags
    """,
    ),
    "aws_kms_external_key": Native(
        "AWS::KMS::Key",
        """
        policy=KeyPolicy bypass_policy_lockout_safety_check description enabled key_spec key_usage
        multi_region tags:tags
    """,
    ),
    "aws_kms_alias": Native("AWS::KMS::Alias", "name=AliasName target_key_id"),
    "aws_kms_key_policy": Native("AWS::KMS::KeyPolicy", "key_id policy=KeyPolicy"),
    "aws_secretsmanager_secret": Native(
        "AWS::SecretsManager::Secret",
        """
        replica=ReplicaRegions[ region kms_key_id ] description kms_key_id name tags:tags
    """,
    ),
    "aws_secretsmanager_secret_policy": Native(
        "AWS::SecretsManager::ResourcePolicy",
        """
        secret_arn=SecretId policy=ResourcePolicy block_public_policy
    """,
    ),
    "aws_secretsmanager_secret_rotation": Native(
        "AWS::SecretsManager::RotationSchedule",
        """
        rotation_rules{ automatically_after_days duration schedule_expression } secret_id
        rotation_lambda_arn=RotationLambdaARN
    """,
    ),
    "aws_ssm_parameter": Native(
        "AWS::SSM::Parameter",
        """
        key_id value insecure_value=Value value_wo=Value name type allowed_pattern data_type description tags
        tier
    """,
    ),
    "aws_ssm_document": Native("AWS::SSM::Document", "content name document_type document_format"),
    "aws_acm_certificate": Native(
        "AWS::CertificateManager::Certificate",
        """
        certificate_authority_arn domain_name key_algorithm subject_alternative_names tags:tags
        validation_method
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_secretsmanager_secret_version": Join(
        "secret_id",
        ("aws_secretsmanager_secret",),
        """
        secret_string secret_string_wo=SecretString secret_binary=SecretString
    """,
    ),
}


def _secret_policy(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """A policy written on the secret itself: CloudFormation has it as a resource of its own."""
    yield from own_policy(raw, arguments, "AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy")


TABLE = Table(natives=NATIVES, joins=JOINS, more={"aws_secretsmanager_secret": _secret_policy})
