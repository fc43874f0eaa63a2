"""Relational, document, graph and key-value databases, and caches."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_dynamodb_table": Native(
        "AWS::DynamoDB::Table",
        """
        name=TableName attribute=AttributeDefinitions[ name=AttributeName type=AttributeType ]
        hash_key=KeySchema:hash range_key=KeySchema:range stream_view_type=StreamSpecification.StreamViewType
        ttl=TimeToLiveSpecification{ attribute_name enabled }
        point_in_time_recovery.enabled=PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled
        server_side_encryption=SSESpecification{ enabled=SSEEnabled kms_key_arn=KMSMasterKeyId }
        server_side_encryption.kms_key_arn=SSESpecification.SSEType:KMS
        read_capacity=ProvisionedThroughput.ReadCapacityUnits
        write_capacity=ProvisionedThroughput.WriteCapacityUnits global_secondary_index=GlobalSecondaryIndexes[
        name=IndexName hash_key=KeySchema:hash range_key=KeySchema:range
        projection_type=Projection.ProjectionType non_key_attributes=Projection.NonKeyAttributes ]
        local_secondary_index=LocalSecondaryIndexes[ name=IndexName range_key=KeySchema:range
        projection_type=Projection.ProjectionType non_key_attributes=Projection.NonKeyAttributes ]
        billing_mode deletion_protection_enabled on_demand_throughput{ max_read_request_units
        max_write_request_units } table_class tags:tags warm_throughput{ read_units_per_second
        write_units_per_second }
    """,
    ),
    "aws_dynamodb_resource_policy": Native(
        "AWS::DynamoDB::ResourcePolicy",
        """
        resource_arn policy=PolicyDocument
    """,
    ),
    "aws_dax_cluster": Native(
        "AWS::DAX::Cluster",
        """
        server_side_encryption.enabled=SSESpecification.SSEEnabled iam_role_arn=IAMRoleARN cluster_name
        node_type replication_factor availability_zones cluster_endpoint_encryption_type description
        notification_topic_arn=NotificationTopicARN parameter_group_name security_group_ids subnet_group_name
        tags
    """,
    ),
    "aws_db_instance": Native(
        "AWS::RDS::DBInstance",
        """
        identifier=DBInstanceIdentifier username=MasterUsername password=MasterUserPassword
        password_wo=MasterUserPassword instance_class=DBInstanceClass db_name=DBName name=DBName
        multi_az=MultiAZ vpc_security_group_ids=VPCSecurityGroups backup_window=PreferredBackupWindow
        maintenance_window=PreferredMaintenanceWindow snapshot_identifier=DBSnapshotIdentifier
        replicate_source_db=SourceDBInstanceIdentifier performance_insights_enabled=EnablePerformanceInsights
        performance_insights_kms_key_id=PerformanceInsightsKMSKeyId
        iam_database_authentication_enabled=EnableIAMDatabaseAuthentication
        enabled_cloudwatch_logs_exports=EnableCloudwatchLogsExports parameter_group_name=DBParameterGroupName
        ca_cert_identifier=CACertificateIdentifier master_user_secret_kms_key_id=MasterUserSecret.KmsKeyId
        db_subnet_group_name=DBSubnetGroupName
        restore_to_point_in_time.source_db_instance_identifier=SourceDBInstanceIdentifier allocated_storage
        allow_major_version_upgrade apply_immediately auto_minor_version_upgrade availability_zone
        backup_retention_period backup_target character_set_name copy_tags_to_snapshot
        custom_iam_instance_profile=CustomIAMInstanceProfile database_insights_mode dedicated_log_volume
        delete_automated_backups deletion_protection domain domain_auth_secret_arn domain_dns_ips domain_fqdn
        domain_iam_role_name=DomainIAMRoleName domain_ou engine engine_lifecycle_support engine_version iops
        kms_key_id license_model manage_master_user_password max_allocated_storage monitoring_interval
        monitoring_role_arn nchar_character_set_name network_type option_group_name
        performance_insights_retention_period port publicly_accessible replica_mode storage_encrypted
        storage_throughput storage_type tags:tags timezone
    """,
        {"BackupRetentionPeriod": 0},
    ),
    "aws_rds_cluster": Native(
        "AWS::RDS::DBCluster",
        """
        cluster_identifier=DBClusterIdentifier master_password=MasterUserPassword
        master_password_wo=MasterUserPassword vpc_security_group_ids
        enabled_cloudwatch_logs_exports=EnableCloudwatchLogsExports
        iam_database_authentication_enabled=EnableIAMDatabaseAuthentication
        db_cluster_parameter_group_name=DBClusterParameterGroupName enable_http_endpoint
        serverlessv2_scaling_configuration=ServerlessV2ScalingConfiguration{ max_capacity min_capacity }
        master_user_secret_kms_key_id=MasterUserSecret.KmsKeyId replication_source_identifier
        restore_to_point_in_time.source_cluster_identifier=SourceDBClusterIdentifier engine allocated_storage
        availability_zones backtrack_window backup_retention_period cluster_scalability_type
        copy_tags_to_snapshot database_insights_mode database_name
        db_cluster_instance_class=DBClusterInstanceClass
        db_instance_parameter_group_name=DBInstanceParameterGroupName db_subnet_group_name=DBSubnetGroupName
        db_system_id=DBSystemId delete_automated_backups deletion_protection domain
        domain_iam_role_name=DomainIAMRoleName enable_global_write_forwarding enable_local_write_forwarding
        engine_lifecycle_support engine_mode engine_version global_cluster_identifier iops kms_key_id
        manage_master_user_password master_username monitoring_interval monitoring_role_arn network_type
        performance_insights_enabled performance_insights_kms_key_id performance_insights_retention_period
        port preferred_backup_window preferred_maintenance_window scaling_configuration{ auto_pause
        max_capacity min_capacity seconds_before_timeout seconds_until_auto_pause timeout_action }
        snapshot_identifier source_region storage_encrypted storage_type tags:tags
    """,
    ),
    "aws_rds_cluster_instance": Native(
        "AWS::RDS::DBInstance",
        """
        identifier=DBInstanceIdentifier cluster_identifier=DBClusterIdentifier instance_class=DBInstanceClass
        performance_insights_enabled=EnablePerformanceInsights
        performance_insights_kms_key_id=PerformanceInsightsKMSKeyId engine apply_immediately
        auto_minor_version_upgrade availability_zone copy_tags_to_snapshot
        custom_iam_instance_profile=CustomIAMInstanceProfile db_parameter_group_name=DBParameterGroupName
        db_subnet_group_name=DBSubnetGroupName engine_version monitoring_interval monitoring_role_arn
        performance_insights_retention_period preferred_backup_window preferred_maintenance_window
        promotion_tier publicly_accessible tags:tags
    """,
    ),
    "aws_rds_global_cluster": Native(
        "AWS::RDS::GlobalCluster",
        """
        global_cluster_identifier deletion_protection engine engine_lifecycle_support engine_version
        source_db_cluster_identifier=SourceDBClusterIdentifier storage_encrypted tags:tags
    """,
    ),
    "aws_db_subnet_group": Native(
        "AWS::RDS::DBSubnetGroup",
        """
        name=DBSubnetGroupName description=DBSubnetGroupDescription subnet_ids tags:tags
    """,
    ),
    "aws_db_parameter_group": Native(
        "AWS::RDS::DBParameterGroup",
        """
        name=DBParameterGroupName family parameter=Parameters:named-values description tags:tags
    """,
    ),
    "aws_rds_cluster_parameter_group": Native(
        "AWS::RDS::DBClusterParameterGroup",
        """
        name=DBClusterParameterGroupName family parameter=Parameters:named-values description tags:tags
    """,
    ),
    "aws_db_proxy": Native(
        "AWS::RDS::DBProxy",
        """
        name=DBProxyName auth=Auth[ auth_scheme iam_auth=IAMAuth secret_arn client_password_auth_type description ]
        engine_family role_arn vpc_subnet_ids debug_logging default_auth_scheme
        idle_client_timeout require_tls=RequireTLS tags:tags vpc_security_group_ids
    """,
    ),
    "aws_neptune_cluster": Native(
        "AWS::Neptune::DBCluster",
        """
        cluster_identifier=DBClusterIdentifier iam_database_authentication_enabled=IamAuthEnabled
        enable_cloudwatch_logs_exports=EnableCloudwatchLogsExports neptune_subnet_group_name=DBSubnetGroupName
        neptune_cluster_parameter_group_name=DBClusterParameterGroupName backup_retention_period
        preferred_backup_window kms_key_arn=KmsKeyId
        serverless_v2_scaling_configuration=ServerlessScalingConfiguration{ max_capacity min_capacity }
        availability_zones copy_tags_to_snapshot deletion_protection engine_version global_cluster_identifier
        port preferred_maintenance_window snapshot_identifier storage_encrypted tags:tags
        vpc_security_group_ids
    """,
    ),
    "aws_neptune_cluster_instance": Native(
        "AWS::Neptune::DBInstance",
        """
        identifier=DBInstanceIdentifier cluster_identifier=DBClusterIdentifier instance_class=DBInstanceClass
        neptune_subnet_group_name=DBSubnetGroupName publicly_accessible auto_minor_version_upgrade
        availability_zone port preferred_maintenance_window tags:tags
    """,
    ),
    "aws_neptune_cluster_parameter_group": Native(
        "AWS::Neptune::DBClusterParameterGroup",
        """
        family parameter=Parameters:named-values description name tags:tags
    """,
    ),
    "aws_docdb_cluster": Native(
        "AWS::DocDB::DBCluster",
        """
        cluster_identifier=DBClusterIdentifier master_password=MasterUserPassword
        master_password_wo=MasterUserPassword enabled_cloudwatch_logs_exports=EnableCloudwatchLogsExports
        db_cluster_parameter_group_name=DBClusterParameterGroupName availability_zones backup_retention_period
        db_subnet_group_name=DBSubnetGroupName deletion_protection engine_version global_cluster_identifier
        kms_key_id manage_master_user_password master_username network_type port preferred_backup_window
        preferred_maintenance_window serverless_v2_scaling_configuration{ max_capacity min_capacity }
        snapshot_identifier storage_encrypted storage_type tags:tags vpc_security_group_ids
    """,
    ),
    "aws_docdb_cluster_instance": Native(
        "AWS::DocDB::DBInstance",
        """
        identifier=DBInstanceIdentifier cluster_identifier=DBClusterIdentifier instance_class=DBInstanceClass
        ca_cert_identifier=CACertificateIdentifier auto_minor_version_upgrade availability_zone
        enable_performance_insights preferred_maintenance_window tags:tags
    """,
    ),
    "aws_docdb_cluster_parameter_group": Native(
        "AWS::DocDB::DBClusterParameterGroup",
        """
        family parameter=Parameters:named-values description name tags:tags
    """,
    ),
    "aws_docdbelastic_cluster": Native(
        "AWS::DocDBElastic::Cluster",
        """
        name=ClusterName admin_user_name admin_user_password auth_type shard_capacity shard_count
        backup_retention_period kms_key_id preferred_backup_window preferred_maintenance_window subnet_ids
        tags:tags vpc_security_group_ids
    """,
    ),
    "aws_elasticache_cluster": Native(
        "AWS::ElastiCache::CacheCluster",
        """
        cluster_id=ClusterName node_type=CacheNodeType num_cache_nodes subnet_group_name=CacheSubnetGroupName
        parameter_group_name=CacheParameterGroupName security_group_ids=VpcSecurityGroupIds
        maintenance_window=PreferredMaintenanceWindow auto_minor_version_upgrade az_mode=AZMode engine
        engine_version ip_discovery log_delivery_configuration=LogDeliveryConfigurations[ destination_type
        log_format log_type ] network_type notification_topic_arn port preferred_availability_zones
        snapshot_arns snapshot_name snapshot_retention_limit snapshot_window tags:tags
        transit_encryption_enabled
    """,
    ),
    "aws_elasticache_replication_group": Native(
        "AWS::ElastiCache::ReplicationGroup",
        """
        description=ReplicationGroupDescription replication_group_description=ReplicationGroupDescription
        node_type=CacheNodeType subnet_group_name=CacheSubnetGroupName
        parameter_group_name=CacheParameterGroupName num_cache_clusters number_cache_clusters=NumCacheClusters
        replication_group_id at_rest_encryption_enabled auth_token automatic_failover_enabled
        auto_minor_version_upgrade cluster_mode data_tiering_enabled engine engine_version
        global_replication_group_id ip_discovery kms_key_id
        log_delivery_configuration=LogDeliveryConfigurations[ destination_type log_format log_type ]
        multi_az_enabled=MultiAZEnabled network_type node_group_configuration[ node_group_id
        primary_availability_zone replica_availability_zones replica_count slots ] notification_topic_arn
        num_node_groups port preferred_cache_cluster_azs=PreferredCacheClusterAZs replicas_per_node_group
        security_group_ids snapshot_arns snapshot_name snapshot_retention_limit snapshot_window tags:tags
        transit_encryption_enabled transit_encryption_mode user_group_ids
    """,
    ),
    "aws_elasticache_serverless_cache": Native(
        "AWS::ElastiCache::ServerlessCache",
        """
        name=ServerlessCacheName engine cache_usage_limits{ data_storage{ unit maximum minimum }
        ecpu_per_second=ECPUPerSecond{ maximum minimum } } daily_snapshot_time description kms_key_id
        major_engine_version security_group_ids snapshot_arns_to_restore snapshot_retention_limit subnet_ids
        tags:tags user_group_id
    """,
    ),
    "aws_elasticache_user": Native(
        "AWS::ElastiCache::User",
        """
        authentication_mode=AuthenticationMode{ type passwords } access_string engine user_id user_name
        no_password_required passwords tags:tags
    """,
    ),
    "aws_elasticache_user_group": Native(
        "AWS::ElastiCache::UserGroup",
        """
        engine user_group_id tags:tags user_ids
    """,
    ),
    "aws_elasticache_subnet_group": Native(
        "AWS::ElastiCache::SubnetGroup",
        """
        name=CacheSubnetGroupName subnet_ids description tags:tags
    """,
    ),
    "aws_memorydb_cluster": Native(
        "AWS::MemoryDB::Cluster",
        """
        name=ClusterName acl_name=ACLName tls_enabled=TLSEnabled kms_key_arn=KmsKeyId node_type
        auto_minor_version_upgrade data_tiering description engine engine_version final_snapshot_name
        maintenance_window multi_region_cluster_name num_replicas_per_shard num_shards parameter_group_name
        port security_group_ids snapshot_arns snapshot_name snapshot_retention_limit snapshot_window
        sns_topic_arn subnet_group_name tags:tags
    """,
    ),
    "aws_memorydb_user": Native(
        "AWS::MemoryDB::User",
        """
        authentication_mode=AuthenticationMode{ type passwords } access_string user_name tags:tags
    """,
    ),
    "aws_memorydb_acl": Native("AWS::MemoryDB::ACL", "name=ACLName tags:tags user_names"),
}

JOINS: dict[str, Join] = {
    "aws_dynamodb_kinesis_streaming_destination": Join(
        "table_name",
        ("aws_dynamodb_table",),
        """
        stream_arn=KinesisStreamSpecification.StreamArn
    """,
    ),
}

TABLE = Table(natives=NATIVES, joins=JOINS)
