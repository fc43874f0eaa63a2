"""Buckets, file systems, volumes, registries and vaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Entry, Fields, Items, Literal, Value, display
from casemate.sources.terraform.lowering.blocks import blocks, own_policy
from casemate.sources.terraform.lowering.converting import fields
from casemate.sources.terraform.lowering.shaping import place
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_s3_object": Native("Casemate::S3::Object", "bucket key acl=AccessControl:acl"),
    "aws_s3_bucket_object": Native("Casemate::S3::Object", "bucket key acl=AccessControl:acl"),
    "aws_s3_object_copy": Native("Casemate::S3::Object", "bucket key acl=AccessControl:acl"),
    "aws_s3_bucket": Native(
        "AWS::S3::Bucket",
        """
        bucket=BucketName acl=AccessControl:acl versioning.enabled=VersioningConfiguration.Status:Enabled
        server_side_encryption_configuration.rule=BucketEncryption.ServerSideEncryptionConfiguration[
        apply_server_side_encryption_by_default=ServerSideEncryptionByDefault{ sse_algorithm=SSEAlgorithm
        kms_master_key_id=KMSMasterKeyID } bucket_key_enabled ] logging=LoggingConfiguration{
        target_bucket=DestinationBucketName target_prefix=LogFilePrefix } website=WebsiteConfiguration{
        index_document error_document redirect_all_requests_to=RedirectAllRequestsTo.HostName }
        cors_rule=CorsConfiguration.CorsRules[ allowed_headers allowed_methods allowed_origins
        expose_headers=ExposedHeaders max_age_seconds=MaxAge ] lifecycle_rule=LifecycleConfiguration.Rules[ id
        enabled=Status:Enabled prefix expiration.days=ExpirationInDays
        noncurrent_version_expiration.days=NoncurrentVersionExpiration.NoncurrentDays
        abort_incomplete_multipart_upload_days=AbortIncompleteMultipartUpload.DaysAfterInitiation ]
        object_lock_enabled
        object_lock_configuration.object_lock_enabled=ObjectLockConfiguration.ObjectLockEnabled
        object_lock_configuration.rule.default_retention=ObjectLockConfiguration.Rule.DefaultRetention{ mode
        days years } replication_configuration=ReplicationConfiguration{ role rules=Rules[ id status prefix
        destination{ bucket storage_class replica_kms_key_id=EncryptionConfiguration.ReplicaKmsKeyID } ] }
        acceleration_status=AccelerateConfiguration.AccelerationStatus tags:tags
    """,
    ),
    "aws_s3_bucket_policy": Native("AWS::S3::BucketPolicy", "policy=PolicyDocument bucket"),
    "aws_s3_account_public_access_block": Native(
        "AWS::S3::AccountPublicAccessBlock",
        """
        block_public_acls block_public_policy ignore_public_acls restrict_public_buckets
    """,
    ),
    "aws_s3_access_point": Native(
        "AWS::S3::AccessPoint",
        """
        public_access_block_configuration{ block_public_acls block_public_policy ignore_public_acls
        restrict_public_buckets } bucket name bucket_account_id policy tags:tags vpc_configuration{
        vpc_id }
    """,
    ),
    "aws_s3control_access_point_policy": Native(
        "AWS::S3::AccessPointPolicy",
        """
        access_point_arn=AccessPoint policy=PolicyDocument
    """,
    ),
    "aws_s3_directory_bucket": Native(
        "AWS::S3Express::DirectoryBucket",
        """
        bucket=BucketName data_redundancy tags:tags
    """,
    ),
    "aws_s3control_object_lambda_access_point": Native(
        "AWS::S3ObjectLambda::AccessPoint",
        """
        configuration=ObjectLambdaConfiguration{ allowed_features cloud_watch_metrics_enabled
        supporting_access_point transformation_configuration=TransformationConfigurations[ actions
        content_transformation.aws_lambda=ContentTransformation.AwsLambda{ function_arn function_payload } ] }
        name
    """,
    ),
    "aws_s3control_object_lambda_access_point_policy": Native(
        "AWS::S3ObjectLambda::AccessPointPolicy",
        """
        name=ObjectLambdaAccessPoint policy=PolicyDocument
    """,
    ),
    "aws_efs_file_system": Native(
        "AWS::EFS::FileSystem",
        """
        tags=FileSystemTags:tags availability_zone_name encrypted kms_key_id performance_mode
        provisioned_throughput_in_mibps throughput_mode
    """,
    ),
    "aws_efs_file_system_policy": Native("AWS::EFS::FileSystemPolicy", "file_system_id policy"),
    "aws_efs_access_point": Native(
        "AWS::EFS::AccessPoint",
        """
        tags=AccessPointTags:tags root_directory=RootDirectory{ path creation_info{ owner_gid owner_uid
        permissions } } file_system_id posix_user{ gid uid secondary_gids }
    """,
    ),
    "aws_efs_mount_target": Native(
        "AWS::EFS::MountTarget",
        """
        file_system_id subnet_id ip_address ip_address_type ipv6_address security_groups
    """,
    ),
    "aws_fsx_lustre_file_system": Native(
        "AWS::FSx::FileSystem",
        """
        subnet_ids backup_id file_system_type_version kms_key_id security_group_ids storage_capacity
        storage_type tags:tags
    """,
    ),
    "aws_fsx_windows_file_system": Native(
        "AWS::FSx::FileSystem",
        """
        self_managed_active_directory=WindowsConfiguration.SelfManagedActiveDirectoryConfiguration{
        domain_name password username=UserName dns_ips file_system_administrators_group
        organizational_unit_distinguished_name } subnet_ids backup_id kms_key_id security_group_ids
        storage_capacity storage_type tags:tags
    """,
    ),
    "aws_fsx_ontap_file_system": Native(
        "AWS::FSx::FileSystem",
        """
        fsx_admin_password=OntapConfiguration.FsxAdminPassword storage_capacity subnet_ids kms_key_id
        security_group_ids storage_type tags:tags
    """,
    ),
    "aws_ebs_volume": Native(
        "AWS::EC2::Volume",
        """
        type=VolumeType availability_zone encrypted iops kms_key_id multi_attach_enabled outpost_arn size
        snapshot_id tags:tags throughput volume_initialization_rate
    """,
    ),
    "aws_ecr_repository": Native(
        "AWS::ECR::Repository",
        """
        name=RepositoryName encryption_configuration{ encryption_type kms_key } image_scanning_configuration{
        scan_on_push } image_tag_mutability tags:tags
    """,
    ),
    "aws_ecrpublic_repository": Native("AWS::ECR::PublicRepository", "repository_name tags:tags"),
    "aws_ecr_repository_policy": Native(
        "AWS::ECR::RepositoryPolicy",
        """
        repository=RepositoryName policy=RepositoryPolicyText
    """,
    ),
    "aws_ecr_registry_policy": Native("AWS::ECR::RegistryPolicy", "policy=PolicyText"),
    "aws_codeartifact_domain": Native(
        "AWS::CodeArtifact::Domain",
        """
        domain=DomainName encryption_key tags:tags
    """,
    ),
    "aws_codeartifact_repository": Native(
        "AWS::CodeArtifact::Repository",
        """
        repository=RepositoryName domain=DomainName description domain_owner tags:tags
    """,
    ),
    "aws_backup_vault": Native(
        "AWS::Backup::BackupVault",
        """
        name=BackupVaultName kms_key_arn=EncryptionKeyArn tags=BackupVaultTags
    """,
    ),
    "aws_backup_vault_policy": Native(
        "AWS::Backup::BackupVaultPolicy",
        """
        backup_vault_name policy=AccessPolicy
    """,
    ),
    "aws_backup_plan": Native(
        "AWS::Backup::BackupPlan",
        """
        name=BackupPlan.BackupPlanName rule=BackupPlan.BackupPlanRule[ rule_name
        target_vault_name=TargetBackupVault schedule=ScheduleExpression lifecycle{
        delete_after=DeleteAfterDays cold_storage_after=MoveToColdStorageAfterDays } ]
    """,
    ),
    "aws_backup_selection": Native(
        "AWS::Backup::BackupSelection",
        """
        plan_id=BackupPlanId name=BackupSelection.SelectionName iam_role_arn=BackupSelection.IamRoleArn
        resources=BackupSelection.Resources
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_s3_bucket_versioning": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        versioning_configuration.status=VersioningConfiguration.Status
    """,
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        rule=BucketEncryption.ServerSideEncryptionConfiguration[
        apply_server_side_encryption_by_default=ServerSideEncryptionByDefault{ sse_algorithm=SSEAlgorithm
        kms_master_key_id=KMSMasterKeyID } bucket_key_enabled ]
    """,
    ),
    "aws_s3_bucket_logging": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        target_bucket=LoggingConfiguration.DestinationBucketName
        target_prefix=LoggingConfiguration.LogFilePrefix
    """,
    ),
    "aws_s3_bucket_public_access_block": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        block_public_acls=PublicAccessBlockConfiguration.BlockPublicAcls
        block_public_policy=PublicAccessBlockConfiguration.BlockPublicPolicy
        ignore_public_acls=PublicAccessBlockConfiguration.IgnorePublicAcls
        restrict_public_buckets=PublicAccessBlockConfiguration.RestrictPublicBuckets
    """,
    ),
    "aws_s3_bucket_acl": Join("bucket", ("aws_s3_bucket",), "acl=AccessControl:acl"),
    "aws_s3_bucket_website_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        index_document.suffix=WebsiteConfiguration.IndexDocument
        error_document.key=WebsiteConfiguration.ErrorDocument
        redirect_all_requests_to=WebsiteConfiguration.RedirectAllRequestsTo{ host_name protocol }
    """,
    ),
    "aws_s3_bucket_cors_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        cors_rule=CorsConfiguration.CorsRules[ id allowed_headers allowed_methods allowed_origins
        expose_headers=ExposedHeaders max_age_seconds=MaxAge ]
    """,
    ),
    "aws_s3_bucket_lifecycle_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        rule=LifecycleConfiguration.Rules[ id status prefix filter.prefix=Prefix
        expiration.days=ExpirationInDays
        noncurrent_version_expiration.noncurrent_days=NoncurrentVersionExpiration.NoncurrentDays
        abort_incomplete_multipart_upload.days_after_initiation=AbortIncompleteMultipartUpload.DaysAfterInitiation
        transition=Transitions[ days=TransitionInDays storage_class ] ]
    """,
    ),
    "aws_s3_bucket_ownership_controls": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        rule=OwnershipControls.Rules[ object_ownership ]
    """,
    ),
    "aws_s3_bucket_object_lock_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        object_lock_enabled=ObjectLockConfiguration.ObjectLockEnabled
        rule.default_retention=ObjectLockConfiguration.Rule.DefaultRetention{ mode days years }
    """,
    ),
    "aws_s3_bucket_replication_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        role=ReplicationConfiguration.Role rule=ReplicationConfiguration.Rules[ id status prefix destination{
        bucket storage_class account encryption_configuration{ replica_kms_key_id=ReplicaKmsKeyID } } ]
    """,
    ),
    "aws_s3_bucket_accelerate_configuration": Join(
        "bucket",
        ("aws_s3_bucket",),
        """
        status=AccelerateConfiguration.AccelerationStatus
    """,
    ),
    "aws_efs_backup_policy": Join(
        "file_system_id",
        ("aws_efs_file_system",),
        """
        backup_policy.status=BackupPolicy.Status
    """,
    ),
    "aws_ecr_lifecycle_policy": Join(
        "repository",
        ("aws_ecr_repository",),
        """
        policy=LifecyclePolicy.LifecyclePolicyText
    """,
    ),
    "aws_codeartifact_domain_permissions_policy": Join(
        "domain",
        ("aws_codeartifact_domain",),
        """
        policy_document=PermissionsPolicyDocument
    """,
    ),
    "aws_codeartifact_repository_permissions_policy": Join(
        "repository",
        ("aws_codeartifact_repository",),
        """
        policy_document=PermissionsPolicyDocument
    """,
    ),
    "aws_backup_vault_lock_configuration": Join(
        "backup_vault_name",
        ("aws_backup_vault",),
        """
        min_retention_days=LockConfiguration.MinRetentionDays
        max_retention_days=LockConfiguration.MaxRetentionDays
        changeable_for_days=LockConfiguration.ChangeableForDays
    """,
    ),
}

_EVERYBODY = {
    "http://acs.amazonaws.com/groups/global/AllUsers": ("PublicRead", "PublicReadWrite"),
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": ("AuthenticatedRead", "PublicReadWrite"),
}
"""Groups that an ACL may grant to -> the canned ACL that says the same for reading, and for more.

Source: S3 User Guide, "ACL overview".
"""


def _bucket(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """The policy and the grants of provider versions before 4, where they stood on the bucket itself."""
    yield from own_policy(raw, arguments, "AWS::S3::BucketPolicy", "Bucket", "PolicyDocument")
    for grant in blocks(arguments.get("grant")):
        permissions = grant.get("permissions")
        found = _granted(grant.get("uri"), permissions)
        if found is not None:
            yield raw.address, found


def _acl(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """`access_control_policy` with a grant to everybody, as the canned ACL that says the same."""
    for policy in blocks(arguments.get("access_control_policy")):
        for grant in blocks(policy.get("grant")):
            for grantee in blocks(grant.get("grantee")):
                found = _granted(grantee.get("uri"), grant.get("permission"))
                if found is not None:
                    for bucket in declared.named_by(raw.attributes.get("bucket"), ("aws_s3_bucket",)):
                        yield bucket.address, found


def _granted(uri: Value | None, permission: Value | None) -> Fields | None:
    if not isinstance(uri, Literal) or permission is None:
        return None
    words = _EVERYBODY.get(str(uri.value))
    if words is None:
        return None
    asked = {display(value).upper() for value in (permission.items if isinstance(permission, Items) else (permission,))}
    return fields(uri.at, AccessControl=words[0] if asked <= {"READ", "READ_ACP"} else words[1])


_NOTIFIED = {
    "lambda_function": ("LambdaConfigurations", "lambda_function_arn", "Function"),
    "queue": ("QueueConfigurations", "queue_arn", "Queue"),
    "topic": ("TopicConfigurations", "topic_arn", "Topic"),
}


def _notification(raw: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """CloudFormation has one entry an event, Terraform one for several."""
    tree: dict[str, Entry] = {}
    for block, (path, argument, name) in _NOTIFIED.items():
        for one in blocks(arguments.get(block)):
            target = one.entries.get(argument)
            events = one.get("events")
            if target is None or events is None:
                continue
            for event in events.items if isinstance(events, Items) else (events,):
                entry = {"Event": Entry(event.at, event), name: target, **_filter(one)}
                place(tree, ("NotificationConfiguration", path), Entry(one.at, Items([Fields(entry, one.at)], one.at)))
    bridge = arguments.entries.get("eventbridge")
    if bridge is not None:
        place(tree, ("NotificationConfiguration", "EventBridgeConfiguration", "EventBridgeEnabled"), bridge)
    for bucket in declared.named_by(raw.attributes.get("bucket"), ("aws_s3_bucket",)):
        yield bucket.address, Fields(tree, raw.at)


def _filter(block: Fields) -> dict[str, Entry]:
    rules: list[Value] = []
    for argument, name in (("filter_prefix", "prefix"), ("filter_suffix", "suffix")):
        value = block.get(argument)
        if value is not None and not isinstance(value, Absent):
            rules.append(fields(value.at, Name=name, Value=value))
    if not rules:
        return {}
    return {"Filter": Entry(block.at, fields(block.at, S3Key=fields(block.at, Rules=Items(rules, block.at))))}


TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    more={"aws_s3_bucket": _bucket, "aws_s3_bucket_acl": _acl, "aws_s3_bucket_notification": _notification},
)
