"""Warehouses, search, time series, Athena, Glue and migration."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_redshift_cluster": Native(
        "AWS::Redshift::Cluster",
        """
        database_name=DBName master_password=MasterUserPassword master_password_wo=MasterUserPassword
        logging=LoggingProperties{ bucket_name s3_key_prefix } cluster_subnet_group_name
        cluster_parameter_group_name vpc_security_group_ids snapshot_identifier cluster_identifier node_type
        allow_version_upgrade aqua_configuration_status automated_snapshot_retention_period availability_zone
        cluster_type cluster_version elastic_ip encrypted enhanced_vpc_routing iam_roles kms_key_id
        maintenance_track_name manage_master_password manual_snapshot_retention_period
        master_password_secret_kms_key_id master_username multi_az=MultiAZ number_of_nodes owner_account port
        preferred_maintenance_window publicly_accessible snapshot_cluster_identifier tags:tags
    """,
    ),
    "aws_redshift_parameter_group": Native(
        "AWS::Redshift::ClusterParameterGroup",
        """
        name=ParameterGroupName family=ParameterGroupFamily parameter=Parameters[ name=ParameterName
        value=ParameterValue ] description tags:tags
    """,
    ),
    "aws_redshiftserverless_namespace": Native(
        "AWS::RedshiftServerless::Namespace",
        """
        admin_user_password admin_user_password_wo=AdminUserPassword namespace_name
        admin_password_secret_kms_key_id admin_username db_name default_iam_role_arn iam_roles kms_key_id
        log_exports manage_admin_password tags:tags
    """,
    ),
    "aws_redshiftserverless_workgroup": Native(
        "AWS::RedshiftServerless::Workgroup",
        """
        namespace_name workgroup_name base_capacity config_parameter=ConfigParameters[ parameter_key
        parameter_value ] enhanced_vpc_routing max_capacity port price_performance_target{ level }
        publicly_accessible security_group_ids subnet_ids tags:tags track_name
    """,
    ),
    "aws_elasticsearch_domain": Native(
        "AWS::Elasticsearch::Domain",
        """
        cluster_config=ElasticsearchClusterConfig{ instance_type instance_count dedicated_master_enabled
        zone_awareness_enabled } encrypt_at_rest=EncryptionAtRestOptions{ enabled kms_key_id }
        node_to_node_encryption=NodeToNodeEncryptionOptions{ enabled } log_publishing_options:log-options
        domain_endpoint_options=DomainEndpointOptions{ custom_endpoint custom_endpoint_enabled
        enforce_https=EnforceHTTPS tls_security_policy=TLSSecurityPolicy } ebs_options=EBSOptions{
        ebs_enabled=EBSEnabled volume_size volume_type } vpc_options=VPCOptions{ security_group_ids subnet_ids
        } advanced_security_options=AdvancedSecurityOptions{ enabled internal_user_database_enabled
        master_user_options{ master_user_arn=MasterUserARN master_user_name master_user_password } }
        domain_name access_policies advanced_options cognito_options{ identity_pool_id role_arn user_pool_id
        enabled } elasticsearch_version snapshot_options{ automated_snapshot_start_hour } tags:tags
    """,
    ),
    "aws_elasticsearch_domain_policy": Native(
        "AWS::OpenSearchService::DomainPolicy",
        """
        domain_name access_policies
    """,
    ),
    "aws_opensearch_domain": Native(
        "AWS::OpenSearchService::Domain",
        """
        encrypt_at_rest=EncryptionAtRestOptions{ enabled kms_key_id }
        node_to_node_encryption=NodeToNodeEncryptionOptions{ enabled } log_publishing_options:log-options
        vpc_options=VPCOptions{ security_group_ids subnet_ids } domain_name access_policies advanced_options
        advanced_security_options{ enabled anonymous_auth_enabled internal_user_database_enabled
        master_user_options{ master_user_arn=MasterUserARN master_user_name master_user_password } }
        aiml_options=AIMLOptions{ s3_vectors_engine{ enabled } } cluster_config{ cold_storage_options{ enabled
        } dedicated_master_count dedicated_master_enabled dedicated_master_type instance_count instance_type
        multi_az_with_standby_enabled=MultiAZWithStandbyEnabled node_options[ node_config{ count enabled type
        } node_type ] warm_count warm_enabled warm_type zone_awareness_config{ availability_zone_count }
        zone_awareness_enabled } cognito_options{ identity_pool_id role_arn user_pool_id enabled }
        domain_endpoint_options{ custom_endpoint custom_endpoint_certificate_arn custom_endpoint_enabled
        enforce_https=EnforceHTTPS tls_security_policy=TLSSecurityPolicy } ebs_options=EBSOptions{
        ebs_enabled=EBSEnabled iops throughput volume_size volume_type } engine_version
        identity_center_options{ enabled_api_access=EnabledAPIAccess
        identity_center_instance_arn=IdentityCenterInstanceARN roles_key subject_key }
        ip_address_type=IPAddressType off_peak_window_options{ enabled off_peak_window{ window_start_time{
        hours minutes } } } snapshot_options{ automated_snapshot_start_hour } software_update_options{
        auto_software_update_enabled } tags:tags
    """,
    ),
    "aws_opensearch_domain_policy": Native(
        "AWS::OpenSearchService::DomainPolicy",
        """
        domain_name access_policies
    """,
    ),
    "aws_opensearchserverless_collection": Native(
        "AWS::OpenSearchServerless::Collection",
        """
        name description standby_replicas tags:tags type
    """,
    ),
    "aws_opensearchserverless_security_policy": Native(
        "AWS::OpenSearchServerless::SecurityPolicy",
        """
        name policy type description
    """,
    ),
    "aws_opensearchserverless_access_policy": Native(
        "AWS::OpenSearchServerless::AccessPolicy",
        """
        name policy type description
    """,
    ),
    "aws_timestreamwrite_database": Native(
        "AWS::Timestream::Database",
        """
        database_name kms_key_id tags:tags
    """,
    ),
    "aws_timestreamwrite_table": Native(
        "AWS::Timestream::Table",
        """
        database_name table_name magnetic_store_write_properties{ enable_magnetic_store_writes
        magnetic_store_rejected_data_location{ s3_configuration{ bucket_name encryption_option kms_key_id
        object_key_prefix } } } retention_properties{ magnetic_store_retention_period_in_days
        memory_store_retention_period_in_hours } schema{ composite_partition_key[ type enforcement_in_record
        name ] } tags:tags
    """,
    ),
    "aws_qldb_ledger": Native(
        "AWS::QLDB::Ledger",
        """
        permissions_mode deletion_protection kms_key name tags:tags
    """,
    ),
    "aws_keyspaces_table": Native(
        "AWS::Cassandra::Table",
        """
        encryption_specification=EncryptionSpecification{ type=EncryptionType kms_key_identifier }
        point_in_time_recovery.status=PointInTimeRecoveryEnabled keyspace_name table_name default_time_to_live
        tags:tags
    """,
    ),
    "aws_athena_workgroup": Native(
        "AWS::Athena::WorkGroup",
        """
        configuration=WorkGroupConfiguration{ enforce_workgroup_configuration=EnforceWorkGroupConfiguration
        publish_cloudwatch_metrics_enabled=PublishCloudWatchMetricsEnabled
        result_configuration=ResultConfiguration{ output_location
        encryption_configuration=EncryptionConfiguration{ encryption_option kms_key_arn=KmsKey } } } name
        description state tags:tags
    """,
    ),
    "aws_athena_database": Native(
        "AWS::Athena::Database",
        """
        name bucket encryption_configuration{ encryption_option kms_key }
    """,
    ),
    "aws_glue_job": Native(
        "AWS::Glue::Job",
        """
        role_arn=Role glue_version command=Command{ name script_location python_version }
        execution_property=ExecutionProperty{ max_concurrent_runs } name connections default_arguments
        description execution_class job_mode job_run_queuing_enabled maintenance_window max_capacity
        max_retries non_overridable_arguments notification_property{ notify_delay_after } number_of_workers
        security_configuration tags timeout worker_type
    """,
    ),
    "aws_glue_crawler": Native(
        "AWS::Glue::Crawler",
        """
        role security_configuration=CrawlerSecurityConfiguration database_name name classifiers configuration
        description lake_formation_configuration{ account_id use_lake_formation_credentials } recrawl_policy{
        recrawl_behavior } schedule schema_change_policy{ delete_behavior update_behavior } table_prefix tags
    """,
    ),
    "aws_glue_catalog_database": Native("AWS::Glue::Database", "name=DatabaseInput.Name catalog_id"),
    "aws_glue_security_configuration": Native(
        "AWS::Glue::SecurityConfiguration",
        """
        encryption_configuration{ cloudwatch_encryption=CloudWatchEncryption{
        cloudwatch_encryption_mode=CloudWatchEncryptionMode kms_key_arn } job_bookmarks_encryption{
        job_bookmarks_encryption_mode kms_key_arn } s3_encryption=S3Encryptions[ kms_key_arn
        s3_encryption_mode ] } name
    """,
    ),
    "aws_glue_data_catalog_encryption_settings": Native(
        "AWS::Glue::DataCatalogEncryptionSettings",
        """
        data_catalog_encryption_settings{ connection_password_encryption{ return_connection_password_encrypted
        } encryption_at_rest{ catalog_encryption_mode catalog_encryption_service_role sse_aws_kms_key_id } }
        catalog_id
    """,
    ),
    "aws_glue_resource_policy": Native("AWS::Glue::ResourcePolicy", "policy"),
    "aws_glue_connection": Native(
        "AWS::Glue::Connection",
        """
        name=ConnectionInput.Name connection_properties=ConnectionInput.ConnectionProperties
        connection_type=ConnectionInput.ConnectionType catalog_id tags
    """,
    ),
    "aws_dms_endpoint": Native(
        "AWS::DMS::Endpoint",
        """
        endpoint_id=EndpointIdentifier kms_key_arn=KmsKeyId endpoint_type engine_name certificate_arn
        database_name elasticsearch_settings{ endpoint_uri service_access_role_arn error_retry_duration
        full_load_error_percentage } extra_connection_attributes kafka_settings{ broker
        include_control_details include_null_and_empty include_partition_value include_table_alter_operations
        include_transaction_details message_format message_max_bytes no_hex_prefix
        partition_include_schema_table sasl_password sasl_username=SaslUserName security_protocol
        ssl_ca_certificate_arn ssl_client_certificate_arn ssl_client_key_arn ssl_client_key_password topic }
        kinesis_settings{ include_control_details include_null_and_empty include_partition_value
        include_table_alter_operations include_transaction_details message_format
        partition_include_schema_table service_access_role_arn stream_arn } mongodb_settings=MongoDbSettings{
        auth_mechanism auth_source auth_type docs_to_investigate extract_doc_id nesting_level }
        mysql_settings=MySqlSettings{ after_connect_script clean_source_metadata_on_mismatch
        events_poll_interval max_file_size parallel_load_threads server_timezone target_db_type } password
        port redis_settings{ auth_type port server_name auth_password auth_user_name ssl_ca_certificate_arn
        ssl_security_protocol } redshift_settings{ bucket_folder bucket_name encryption_mode
        server_side_encryption_kms_key_id service_access_role_arn } server_name ssl_mode tags:tags username
    """,
    ),
    "aws_dms_replication_instance": Native(
        "AWS::DMS::ReplicationInstance",
        """
        kms_key_arn=KmsKeyId replication_instance_id=ReplicationInstanceIdentifier replication_instance_class
        allocated_storage allow_major_version_upgrade auto_minor_version_upgrade availability_zone
        dns_name_servers engine_version multi_az=MultiAZ network_type preferred_maintenance_window
        publicly_accessible tags:tags vpc_security_group_ids
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_redshift_logging": Join(
        "cluster_identifier",
        ("aws_redshift_cluster",),
        """
        bucket_name=LoggingProperties.BucketName s3_key_prefix=LoggingProperties.S3KeyPrefix
        log_destination_type=LoggingProperties.LogDestinationType log_exports=LoggingProperties.LogExports
    """,
    ),
}

TABLE = Table(natives=NATIVES, joins=JOINS)
