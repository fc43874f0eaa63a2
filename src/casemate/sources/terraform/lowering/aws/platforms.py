"""Build and delivery, and platforms that run code or models."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_codebuild_project": Native(
        "AWS::CodeBuild::Project",
        """
        encryption_key environment=Environment{ compute_type image type privileged_mode
        image_pull_credentials_type certificate environment_variable=EnvironmentVariables[ name value type ]
        registry_credential=RegistryCredential{ credential credential_provider } }
        build_timeout=TimeoutInMinutes queued_timeout=QueuedTimeoutInMinutes logs_config=LogsConfig{
        cloudwatch_logs=CloudWatchLogs{ status group_name stream_name } s3_logs=S3Logs{ status location
        encryption_disabled } } vpc_config=VpcConfig{ vpc_id subnets security_group_ids } artifacts=Artifacts{
        type location name encryption_disabled path packaging } project_visibility=Visibility name
        service_role source{ type auth{ resource type } buildspec=BuildSpec build_status_config{ context
        target_url } git_clone_depth git_submodules_config{ fetch_submodules } insecure_ssl location
        report_build_status } auto_retry_limit badge_enabled cache{ location modes type }
        concurrent_build_limit description file_system_locations[ identifier location mount_options
        mount_point type ] resource_access_role secondary_artifacts[ artifact_identifier type
        encryption_disabled location name namespace_type override_artifact_name packaging path ]
        secondary_sources[ source_identifier type auth{ resource type } buildspec=BuildSpec
        build_status_config{ context target_url } git_clone_depth git_submodules_config{ fetch_submodules }
        insecure_ssl location report_build_status ] secondary_source_version=SecondarySourceVersions[
        source_identifier source_version ] source_version tags:tags
    """,
    ),
    "aws_codebuild_source_credential": Native(
        "AWS::CodeBuild::SourceCredential",
        """
        username=Username auth_type server_type token user_name=Username
    """,
    ),
    "aws_codepipeline": Native(
        "AWS::CodePipeline::Pipeline",
        """
        artifact_store=ArtifactStore{ location type encryption_key=EncryptionKey{ id type } } stage=Stages[
        name action=Actions[ name category=ActionTypeId.Category owner=ActionTypeId.Owner
        provider=ActionTypeId.Provider version=ActionTypeId.Version configuration role_arn run_order ] ] name
        role_arn execution_mode pipeline_type tags:tags trigger=Triggers[ git_configuration{
        source_action_name pull_request[ branches{ excludes includes } events file_paths{ excludes includes }
        ] push[ branches{ excludes includes } file_paths{ excludes includes } tags ] } provider_type ]
        variable=Variables[ name default_value description ]
    """,
    ),
    "aws_codepipeline_webhook": Native(
        "AWS::CodePipeline::Webhook",
        """
        authentication_configuration=AuthenticationConfiguration{ secret_token allowed_ip_range=AllowedIPRange
        } authentication filter=Filters[ json_path match_equals ] name target_action target_pipeline tags:tags
    """,
    ),
    "aws_codedeploy_app": Native(
        "AWS::CodeDeploy::Application",
        """
        name=ApplicationName compute_platform tags:tags
    """,
    ),
    "aws_codedeploy_deployment_group": Native(
        "AWS::CodeDeploy::DeploymentGroup",
        """
        app_name=ApplicationName deployment_group_name service_role_arn alarm_configuration{ alarms enabled
        ignore_poll_alarm_failure } auto_rollback_configuration{ enabled events }
        autoscaling_groups=AutoScalingGroups deployment_config_name deployment_style{ deployment_option
        deployment_type } ec2_tag_filter=Ec2TagFilters[ key type value ] ecs_service=ECSServices[ cluster_name
        service_name ] on_premises_instance_tag_filter=OnPremisesInstanceTagFilters[ key type value ]
        outdated_instances_strategy tags:tags termination_hook_enabled
        trigger_configuration=TriggerConfigurations[ trigger_events trigger_name trigger_target_arn ]
    """,
    ),
    "aws_codecommit_repository": Native(
        "AWS::CodeCommit::Repository",
        """
        description=RepositoryDescription repository_name kms_key_id tags:tags
    """,
    ),
    "aws_codestarconnections_connection": Native(
        "AWS::CodeStarConnections::Connection",
        """
        name=ConnectionName host_arn provider_type tags:tags
    """,
    ),
    "aws_sagemaker_notebook_instance": Native(
        "AWS::SageMaker::NotebookInstance",
        """
        name=NotebookInstanceName security_groups=SecurityGroupIds volume_size=VolumeSizeInGB instance_type
        role_arn additional_code_repositories default_code_repository direct_internet_access
        instance_metadata_service_configuration{ minimum_instance_metadata_service_version } kms_key_id
        lifecycle_config_name platform_identifier root_access subnet_id tags:tags
    """,
    ),
    "aws_sagemaker_endpoint_configuration": Native(
        "AWS::SageMaker::EndpointConfig",
        """
        name=EndpointConfigName kms_key_arn=KmsKeyId production_variants[
        container_startup_health_check_timeout_in_seconds core_dump_config{ destination_s3_uri kms_key_id }
        enable_ssm_access=EnableSSMAccess inference_ami_version initial_instance_count initial_variant_weight
        instance_type managed_instance_scaling{ max_instance_count min_instance_count status }
        model_data_download_timeout_in_seconds model_name routing_config{ routing_strategy }
        serverless_config{ max_concurrency memory_size_in_mb=MemorySizeInMB provisioned_concurrency }
        variant_name volume_size_in_gb=VolumeSizeInGB ] async_inference_config{ output_config{ s3_output_path
        kms_key_id notification_config{ error_topic include_inference_response_in success_topic }
        s3_failure_path } client_config{ max_concurrent_invocations_per_instance } } data_capture_config{
        capture_options[ capture_mode ] destination_s3_uri initial_sampling_percentage
        capture_content_type_header{ csv_content_types json_content_types } enable_capture kms_key_id }
        execution_role_arn shadow_production_variants[ container_startup_health_check_timeout_in_seconds
        core_dump_config{ destination_s3_uri kms_key_id } enable_ssm_access=EnableSSMAccess
        inference_ami_version initial_instance_count initial_variant_weight instance_type
        managed_instance_scaling{ max_instance_count min_instance_count status }
        model_data_download_timeout_in_seconds model_name routing_config{ routing_strategy }
        serverless_config{ max_concurrency memory_size_in_mb=MemorySizeInMB provisioned_concurrency }
        variant_name volume_size_in_gb=VolumeSizeInGB ] tags:tags
    """,
    ),
    "aws_emr_cluster": Native(
        "AWS::EMR::Cluster",
        """
        name service_role=ServiceRole log_uri security_configuration ec2_attributes=Instances{
        subnet_id=Ec2SubnetId key_name=Ec2KeyName }
    """,
    ),
    "aws_emrserverless_application": Native(
        "AWS::EMRServerless::Application",
        """
        name release_label type architecture auto_start_configuration{ enabled } auto_stop_configuration{
        enabled idle_timeout_minutes } image_configuration{ image_uri } interactive_configuration{
        livy_endpoint_enabled studio_enabled } maximum_capacity{ cpu memory disk } monitoring_configuration{
        cloudwatch_logging_configuration=CloudWatchLoggingConfiguration{ enabled encryption_key_arn
        log_group_name log_stream_name_prefix } managed_persistence_monitoring_configuration{ enabled
        encryption_key_arn } prometheus_monitoring_configuration{ remote_write_url }
        s3_monitoring_configuration{ encryption_key_arn log_uri } } network_configuration{ security_group_ids
        subnet_ids } runtime_configuration[ classification properties ] scheduler_configuration{
        max_concurrent_runs queue_timeout_minutes } tags:tags
    """,
    ),
    "aws_apprunner_service": Native(
        "AWS::AppRunner::Service",
        """
        service_name source_configuration{ authentication_configuration{ access_role_arn connection_arn }
        auto_deployments_enabled code_repository{ repository_url source_code_version{ type value }
        code_configuration{ configuration_source code_configuration_values{ runtime build_command port
        runtime_environment_secrets runtime_environment_variables start_command } } source_directory }
        image_repository{ image_identifier image_repository_type image_configuration{ port
        runtime_environment_secrets runtime_environment_variables start_command } } }
        auto_scaling_configuration_arn encryption_configuration{ kms_key } health_check_configuration{
        healthy_threshold interval path protocol timeout unhealthy_threshold } instance_configuration{ cpu
        instance_role_arn memory } network_configuration{ egress_configuration{ egress_type vpc_connector_arn
        } ingress_configuration{ is_publicly_accessible } ip_address_type } observability_configuration{
        observability_enabled observability_configuration_arn } tags:tags
    """,
    ),
    "aws_amplify_app": Native(
        "AWS::Amplify::App",
        """
        environment_variables:pairs access_token oauth_token basic_auth_credentials=BasicAuthConfig.Password
        enable_basic_auth=BasicAuthConfig.EnableBasicAuth iam_service_role_arn=IAMServiceRole name
        auto_branch_creation_config{ build_spec enable_auto_build enable_performance_mode
        enable_pull_request_preview environment_variables framework pull_request_environment_name stage }
        build_spec cache_config{ type } compute_role_arn custom_headers custom_rule=CustomRules[ source target
        condition status ] description enable_branch_auto_deletion job_config{ build_compute_type } platform
        repository tags:tags
    """,
    ),
    "aws_amplify_branch": Native(
        "AWS::Amplify::Branch",
        """
        environment_variables:pairs basic_auth_credentials=BasicAuthConfig.Password
        enable_basic_auth=BasicAuthConfig.EnableBasicAuth app_id branch_name description enable_auto_build
        enable_performance_mode enable_pull_request_preview enable_skew_protection framework
        pull_request_environment_name stage tags:tags
    """,
    ),
    "aws_lightsail_database": Native(
        "AWS::Lightsail::Database",
        """
        master_password=MasterUserPassword master_database_name master_username relational_database_name
        availability_zone preferred_backup_window preferred_maintenance_window publicly_accessible tags:tags
    """,
    ),
    "aws_directory_service_directory": Native(
        "AWS::DirectoryService::MicrosoftAD",
        """
        password name alias edition enable_sso short_name vpc_settings{ subnet_ids vpc_id }
    """,
    ),
    "aws_elastic_beanstalk_environment": Native(
        "AWS::ElasticBeanstalk::Environment",
        """
        application=ApplicationName name=EnvironmentName setting=OptionSettings[ namespace name=OptionName
        value ] cname_prefix=CNAMEPrefix description platform_arn solution_stack_name tags:tags template_name
        tier version_label
    """,
    ),
    "aws_cloudformation_stack": Native(
        "AWS::CloudFormation::Stack",
        """
        template_url=TemplateURL notification_arns=NotificationARNs parameters tags:tags
        timeout_in_minutes
    """,
    ),
    "aws_appconfig_application": Native("AWS::AppConfig::Application", "name description tags:tags"),
    "aws_bedrock_guardrail": Native(
        "AWS::Bedrock::Guardrail",
        """
        blocked_input_messaging blocked_outputs_messaging name content_policy_config{ filters_config[
        input_strength output_strength type input_action input_enabled input_modalities output_action
        output_enabled output_modalities ] } contextual_grounding_policy_config{ filters_config[ threshold
        type ] } description kms_key_arn sensitive_information_policy_config{ pii_entities_config[ action type
        input_action input_enabled output_action output_enabled ] regexes_config[ action name pattern
        description input_action input_enabled output_action output_enabled ] } tags:tags topic_policy_config{
        topics_config[ definition name type examples ] } word_policy_config{ managed_word_lists_config[ type
        input_action input_enabled output_action output_enabled ] words_config[ text input_action
        input_enabled output_action output_enabled ] }
    """,
    ),
    "aws_bedrockagent_agent": Native(
        "AWS::Bedrock::Agent",
        """
        agent_resource_role_arn agent_name foundation_model agent_collaboration customer_encryption_key_arn
        description guardrail_configuration{ guardrail_identifier guardrail_version }
        idle_session_ttl_in_seconds=IdleSessionTTLInSeconds instruction memory_configuration{
        enabled_memory_types storage_days } prompt_override_configuration{ override_lambda
        prompt_configurations[ base_prompt_template inference_configuration{ stop_sequences temperature top_k
        top_p } parser_mode prompt_creation_mode prompt_state prompt_type ] } tags
    """,
    ),
    "aws_transfer_server": Native(
        "AWS::Transfer::Server",
        """
        invocation_role=IdentityProviderDetails.InvocationRole url=IdentityProviderDetails.Url
        function=IdentityProviderDetails.Function certificate domain endpoint_details{ address_allocation_ids
        security_group_ids subnet_ids vpc_endpoint_id vpc_id } endpoint_type identity_provider_type
        logging_role post_authentication_login_banner pre_authentication_login_banner protocol_details{
        as2_transports passive_ip set_stat_option tls_session_resumption_mode } protocols s3_storage_options{
        directory_listing_optimization } security_policy_name structured_log_destinations tags:tags
        workflow_details{ on_partial_upload[ execution_role workflow_id ] on_upload[ execution_role
        workflow_id ] }
    """,
    ),
    "aws_rbin_rule": Native(
        "AWS::Rbin::Rule",
        """
        resource_type retention_period{ retention_period_unit retention_period_value } description
        exclude_resource_tags[ resource_tag_key resource_tag_value ] resource_tags[ resource_tag_key
        resource_tag_value ] tags:tags
    """,
    ),
    "aws_ram_resource_share": Native(
        "AWS::RAM::ResourceShare",
        """
        name allow_external_principals permission_arns tags:tags
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_codebuild_webhook": Join(
        "project_name",
        ("aws_codebuild_project",),
        """
        filter_group=Triggers.FilterGroups:filter-groups
        build_type=Triggers.BuildType project_name=Triggers.Webhook:true
    """,
    ),
}

TABLE = Table(natives=NATIVES, joins=JOINS)
