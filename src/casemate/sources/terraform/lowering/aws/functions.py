"""Functions, their URLs, permissions, triggers, layers and code signing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Literal, Value, display
from casemate.sources.terraform.lowering.converting import fields
from casemate.sources.terraform.lowering.referring import moved
from casemate.sources.terraform.lowering.shaping import place
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_lambda_function": Native(
        "AWS::Lambda::Function",
        """
        filename=Code s3_bucket=Code.S3Bucket s3_key=Code.S3Key s3_object_version=Code.S3ObjectVersion
        image_uri=Code.ImageUri source_kms_key_arn=Code.SourceKMSKeyArn
        reserved_concurrent_executions:positive function_name role architectures capacity_provider_config{
        lambda_managed_instances_capacity_provider_config{ capacity_provider_arn
        execution_environment_memory_gib_per_vcpu=ExecutionEnvironmentMemoryGiBPerVCpu
        per_execution_environment_max_concurrency } } code_signing_config_arn dead_letter_config{ target_arn }
        description durable_config{ execution_timeout } environment{ variables } ephemeral_storage{ size }
        file_system_config=FileSystemConfigs[ arn local_mount_path ] handler image_config{ command entry_point
        working_directory } kms_key_arn layers logging_config{ log_format application_log_level log_group
        system_log_level } memory_size package_type runtime snap_start{ apply_on } tags:tags tenancy_config{
        tenant_isolation_mode } timeout tracing_config{ mode } vpc_config{ security_group_ids subnet_ids
        ipv6_allowed_for_dual_stack }
    """,
    ),
    "aws_lambda_alias": Native(
        "AWS::Lambda::Alias",
        """
        function_name function_version name description routing_config{ additional_version_weights }
    """,
    ),
    "aws_lambda_permission": Native(
        "AWS::Lambda::Permission",
        """
        action function_name principal event_source_token function_url_auth_type
        principal_org_id=PrincipalOrgID source_account source_arn
    """,
    ),
    "aws_lambda_event_source_mapping": Native(
        "AWS::Lambda::EventSourceMapping",
        """
        destination_config.on_failure.destination_arn=DestinationConfig.OnFailure.Destination
        filter_criteria=FilterCriteria{ filter=Filters[ pattern ] } maximum_record_age_in_seconds
        maximum_retry_attempts function_name amazon_managed_kafka_event_source_config{ consumer_group_id
        schema_registry_config{ access_config=AccessConfigs[ type uri=URI ] event_record_format
        schema_registry_uri=SchemaRegistryURI schema_validation_config=SchemaValidationConfigs[ attribute ] }
        } batch_size bisect_batch_on_function_error
        document_db_event_source_config=DocumentDBEventSourceConfig{ database_name collection_name
        full_document } enabled event_source_arn function_response_types kms_key_arn
        maximum_batching_window_in_seconds metrics_config{ metrics } parallelization_factor
        provisioned_poller_config{ maximum_pollers minimum_pollers } queues scaling_config{
        maximum_concurrency } self_managed_event_source{ endpoints } self_managed_kafka_event_source_config{
        consumer_group_id schema_registry_config{ access_config=AccessConfigs[ type uri=URI ]
        event_record_format schema_registry_uri=SchemaRegistryURI
        schema_validation_config=SchemaValidationConfigs[ attribute ] } }
        source_access_configuration=SourceAccessConfigurations[ type uri=URI ] starting_position
        starting_position_timestamp tags:tags topics tumbling_window_in_seconds
    """,
    ),
    "aws_lambda_function_url": Native(
        "AWS::Lambda::Url",
        """
        function_name=TargetFunctionArn authorization_type=AuthType cors{ allow_credentials allow_headers
        allow_methods allow_origins expose_headers max_age } invoke_mode qualifier
    """,
    ),
    "aws_lambda_function_event_invoke_config": Native(
        "AWS::Lambda::EventInvokeConfig",
        """
        destination_config.on_failure.destination=DestinationConfig.OnFailure.Destination
        destination_config.on_success.destination=DestinationConfig.OnSuccess.Destination function_name
        maximum_event_age_in_seconds maximum_retry_attempts qualifier
    """,
        {"Qualifier": "$LATEST"},
    ),
    "aws_lambda_layer_version": Native(
        "AWS::Lambda::LayerVersion",
        """
        filename=Content s3_bucket=Content.S3Bucket s3_key=Content.S3Key
        s3_object_version=Content.S3ObjectVersion layer_name compatible_architectures compatible_runtimes
        description license_info
    """,
    ),
    "aws_lambda_layer_version_permission": Native(
        "AWS::Lambda::LayerVersionPermission",
        """
        layer_name=LayerVersionArn action principal organization_id
    """,
    ),
    "aws_lambda_code_signing_config": Native(
        "AWS::Lambda::CodeSigningConfig",
        """
        policies.untrusted_artifact_on_deployment=CodeSigningPolicies.UntrustedArtifactOnDeployment
        allowed_publishers{ signing_profile_version_arns } description tags:tags
    """,
    ),
    "aws_lambda_capacity_provider": Native(
        "AWS::Lambda::CapacityProvider",
        """
        name=CapacityProviderName capacity_provider_scaling_config{ max_vcpu_count=MaxVCpuCount scaling_mode
        scaling_policies[ predefined_metric_type target_value ] } instance_requirements{
        allowed_instance_types architectures excluded_instance_types } kms_key_arn permissions_config{
        capacity_provider_operator_role_arn } tags:tags vpc_config{ security_group_ids subnet_ids }
    """,
    ),
    "aws_signer_signing_profile": Native(
        "AWS::Signer::SigningProfile",
        """
        name=ProfileName platform_id signature_validity_period{ type value } tags:tags
    """,
    ),
    "aws_signer_signing_profile_permission": Native(
        "AWS::Signer::ProfilePermission",
        """
        action principal profile_name profile_version statement_id
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_lambda_provisioned_concurrency_config": Join(
        "qualifier",
        ("aws_lambda_alias",),
        """
        provisioned_concurrent_executions=ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions
    """,
    ),
}


def _local_code(raw: RawResource, arguments: Fields, declared: Declared) -> Fields:
    """The folder or file that `data "archive_file"` packs, also when it goes by way of an object in a bucket."""
    entry = arguments.entries.get("filename")
    packed: Value | None = None
    if entry is not None:
        packed = _archived(entry.value, raw.attributes.get("filename"), declared)
    elif (key := raw.attributes.get("s3_key")) is not None:
        for thing in declared.named_by(key, ("aws_s3_object", "aws_s3_bucket_object")):
            source = thing.attributes.get("source")
            packed = None if source is None else _archived(source, source, declared)
    if packed is None:
        return arguments
    kept = {
        name: value
        for name, value in arguments.entries.items()
        if name not in {"filename", "s3_bucket", "s3_key", "s3_object_version"}
    }
    return Fields({"filename": Entry(packed.at, packed), **kept}, arguments.at)


def _archived(value: Value, written: Value | None, declared: Declared) -> Value | None:
    """What the archive at this path is made of, if an `archive_file` makes it."""
    found = next(iter(declared.named_by(written, ("archive_file",))), None)
    if found is None:
        path = display(value)
        archives = (
            data
            for data in declared.of_type("archive_file")
            if display(data.attributes.get("output_path") or value) == path
        )
        found = next((data for data in archives if data.attributes.get("output_path") is not None), None)
    if found is None:
        return None
    source = next(
        (entry for name in ("source_dir", "source_file") if (entry := found.attributes.get(name)) is not None), None
    )
    return None if source is None else moved(source, value.at)


def _open_url(_: RawResource, arguments: Fields, __: Declared) -> Iterator[Addition | Extra]:
    """The provider itself adds the permission for everybody to a URL without authentication.

    Source: Terraform AWS provider, `aws_lambda_function_url`, "authorization_type"; its code adds the statement
    `FunctionURLAllowPublicAccess`.
    """
    auth, function = arguments.get("authorization_type"), arguments.get("function_name")
    if isinstance(auth, Literal) and auth.value == "NONE" and function is not None:
        public = fields(
            auth.at, FunctionName=function, Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
        )
        yield Extra("AWS::Lambda::Permission", "permission", public)


def _provisioned(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """Provisioned concurrency is a property of the alias or, where there is none, of the version."""
    count = arguments.entries.get("provisioned_concurrent_executions")
    if count is None:
        return
    tree: dict[str, Entry] = {}
    place(tree, ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"), count)
    aliases = list(declared.named_by(raw.attributes.get("qualifier"), ("aws_lambda_alias",)))
    for alias in aliases:
        yield alias.address, Fields(tree, count.key_at)
    if not aliases and (function := arguments.entries.get("function_name")) is not None:
        yield Extra("AWS::Lambda::Version", "", Fields({"FunctionName": function, **tree}, arguments.at))


TABLE = Table(
    natives=NATIVES,
    more={"aws_lambda_function_url": _open_url, "aws_lambda_provisioned_concurrency_config": _provisioned},
    prepare={"aws_lambda_function": _local_code, "aws_lambda_layer_version": _local_code},
)
