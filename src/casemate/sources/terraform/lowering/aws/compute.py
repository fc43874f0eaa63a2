"""Instances, launch templates, containers and batch."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Native, Table

NATIVES: dict[str, Native] = {
    "aws_instance": Native(
        "AWS::EC2::Instance",
        """
        ami=ImageId iam_instance_profile key_name vpc_security_group_ids=SecurityGroupIds security_groups
        ebs_block_device=BlockDeviceMappings[ device_name delete_on_termination=Ebs.DeleteOnTermination
        encrypted=Ebs.Encrypted kms_key_id=Ebs.KmsKeyId snapshot_id=Ebs.SnapshotId volume_size=Ebs.VolumeSize
        volume_type=Ebs.VolumeType ] root_block_device=BlockDeviceMappings[ device_name
        delete_on_termination=Ebs.DeleteOnTermination encrypted=Ebs.Encrypted kms_key_id=Ebs.KmsKeyId
        volume_size=Ebs.VolumeSize volume_type=Ebs.VolumeType ] metadata_options=MetadataOptions{
        http_endpoint http_tokens http_put_response_hop_limit }
        associate_public_ip_address=NetworkInterfaces:public-address monitoring
        user_data user_data_base64=UserData network_interface=NetworkInterfaces[ device_index
        network_interface_id delete_on_termination ] disable_api_termination availability_zone cpu_options{
        core_count threads_per_core } credit_specification{ cpu_credits=CPUCredits } ebs_optimized
        enclave_options{ enabled } host_id host_resource_group_arn instance_initiated_shutdown_behavior
        instance_type ipv6_address_count ipv6_addresses launch_template{ version } private_dns_name_options{
        enable_resource_name_dns_aaaa_record=EnableResourceNameDnsAAAARecord enable_resource_name_dns_a_record
        hostname_type } private_ip source_dest_check subnet_id tags:tags tenancy
    """,
    ),
    "aws_launch_template": Native(
        "AWS::EC2::LaunchTemplate",
        """
        name=LaunchTemplateName image_id=LaunchTemplateData.ImageId
        instance_type=LaunchTemplateData.InstanceType key_name=LaunchTemplateData.KeyName
        user_data=LaunchTemplateData.UserData vpc_security_group_ids=LaunchTemplateData.SecurityGroupIds
        security_group_names=LaunchTemplateData.SecurityGroups
        iam_instance_profile=LaunchTemplateData.IamInstanceProfile{ arn name }
        metadata_options=LaunchTemplateData.MetadataOptions{ http_endpoint http_tokens
        http_put_response_hop_limit } monitoring=LaunchTemplateData.Monitoring{ enabled }
        network_interfaces=LaunchTemplateData.NetworkInterfaces[ associate_public_ip_address device_index
        security_groups=Groups subnet_id ] block_device_mappings=LaunchTemplateData.BlockDeviceMappings[
        device_name ebs=Ebs{ encrypted kms_key_id snapshot_id volume_size volume_type delete_on_termination }
        ]
    """,
    ),
    "aws_launch_configuration": Native(
        "AWS::AutoScaling::LaunchConfiguration",
        """
        name=LaunchConfigurationName image_id instance_type key_name security_groups user_data
        associate_public_ip_address iam_instance_profile metadata_options=MetadataOptions{ http_endpoint
        http_tokens http_put_response_hop_limit } ebs_block_device=BlockDeviceMappings[ device_name
        encrypted=Ebs.Encrypted snapshot_id=Ebs.SnapshotId volume_size=Ebs.VolumeSize
        volume_type=Ebs.VolumeType ] root_block_device=BlockDeviceMappings[ encrypted=Ebs.Encrypted
        volume_size=Ebs.VolumeSize volume_type=Ebs.VolumeType ]
    """,
    ),
    "aws_autoscaling_group": Native(
        "AWS::AutoScaling::AutoScalingGroup",
        """
        name=AutoScalingGroupName min_size max_size desired_capacity vpc_zone_identifier=VPCZoneIdentifier
        launch_configuration=LaunchConfigurationName launch_template=LaunchTemplate{ id=LaunchTemplateId
        name=LaunchTemplateName version } target_group_arns=TargetGroupARNs load_balancers=LoadBalancerNames
    """,
    ),
    "aws_volume_attachment": Native(
        "AWS::EC2::VolumeAttachment",
        """
        device_name=Device instance_id volume_id
    """,
    ),
    "aws_key_pair": Native("AWS::EC2::KeyPair", "public_key=PublicKeyMaterial key_name tags:tags"),
    "aws_ecs_cluster": Native(
        "AWS::ECS::Cluster",
        """
        name=ClusterName setting=ClusterSettings[ name value ] configuration=Configuration{
        execute_command_configuration=ExecuteCommandConfiguration{ kms_key_id logging
        log_configuration=LogConfiguration{ cloud_watch_encryption_enabled cloud_watch_log_group_name
        s3_bucket_name s3_bucket_encryption_enabled=S3EncryptionEnabled s3_key_prefix } } }
        service_connect_defaults{ namespace } tags:tags
    """,
    ),
    "aws_ecs_task_definition": Native(
        "AWS::ECS::TaskDefinition",
        """
        container_definitions:containers volume=Volumes[ name host_path=Host.SourcePath
        efs_volume_configuration=EFSVolumeConfiguration{ file_system_id=FilesystemId root_directory
        transit_encryption transit_encryption_port authorization_config=AuthorizationConfig{ access_point_id
        iam=IAM } } ] family cpu enable_fault_injection ephemeral_storage{ size_in_gib=SizeInGiB }
        execution_role_arn ipc_mode memory network_mode pid_mode placement_constraints[ type expression ]
        proxy_configuration{ container_name type } requires_compatibilities runtime_platform{ cpu_architecture
        operating_system_family } tags:tags task_role_arn
    """,
    ),
    "aws_ecs_service": Native(
        "AWS::ECS::Service",
        """
        name=ServiceName iam_role=Role network_configuration=NetworkConfiguration.AwsvpcConfiguration{
        assign_public_ip:ENABLED security_groups subnets } availability_zone_rebalancing
        capacity_provider_strategy[ capacity_provider base weight ] cluster deployment_configuration{
        bake_time_in_minutes canary_configuration{ canary_bake_time_in_minutes canary_percent }
        lifecycle_hook=LifecycleHooks[ hook_target_arn lifecycle_stages role_arn hook_details ]
        linear_configuration{ step_bake_time_in_minutes step_percent } strategy } deployment_controller{ type
        } desired_count enable_ecs_managed_tags=EnableECSManagedTags enable_execute_command
        force_new_deployment health_check_grace_period_seconds launch_type load_balancer=LoadBalancers[
        container_name container_port advanced_configuration{ alternate_target_group_arn
        production_listener_rule role_arn test_listener_rule } target_group_arn ] placement_constraints[ type
        expression ] platform_version propagate_tags scheduling_strategy service_connect_configuration{
        enabled log_configuration{ log_driver options secret_option=SecretOptions[ name value_from ] }
        namespace service=Services[ port_name discovery_name ingress_port_override timeout{
        idle_timeout_seconds per_request_timeout_seconds } tls{ kms_key role_arn } ] } service_registries[
        registry_arn container_name container_port port ] tags:tags task_definition
        volume_configuration=VolumeConfigurations[ managed_ebs_volume=ManagedEBSVolume{ role_arn encrypted
        file_system_type=FilesystemType iops kms_key_id snapshot_id tag_specifications[ resource_type
        propagate_tags tags:tags ] throughput volume_initialization_rate volume_type } name ]
        vpc_lattice_configurations[ port_name role_arn target_group_arn ]
    """,
    ),
    "aws_ecs_task_set": Native("AWS::ECS::TaskSet", "cluster service task_definition"),
    "aws_eks_cluster": Native(
        "AWS::EKS::Cluster",
        """
        vpc_config=ResourcesVpcConfig{ endpoint_private_access endpoint_public_access public_access_cidrs
        security_group_ids subnet_ids } enabled_cluster_log_types=Logging.ClusterLogging.EnabledTypes:types
        encryption_config=EncryptionConfig[ resources provider.key_arn=Provider.KeyArn ] name role_arn
        access_config{ authentication_mode bootstrap_cluster_creator_admin_permissions }
        bootstrap_self_managed_addons compute_config{ enabled node_pools node_role_arn }
        control_plane_scaling_config{ tier } deletion_protection kubernetes_network_config{
        elastic_load_balancing{ enabled } ip_family service_ipv4_cidr } outpost_config{
        control_plane_instance_type outpost_arns control_plane_placement{ group_name } }
        remote_network_config{ remote_node_networks[ cidrs ] remote_pod_networks[ cidrs ] } storage_config{
        block_storage{ enabled } } tags:tags upgrade_policy{ support_type } version zonal_shift_config{
        enabled }
    """,
    ),
    "aws_eks_node_group": Native(
        "AWS::EKS::Nodegroup",
        """
        node_group_name=NodegroupName node_role_arn=NodeRole subnet_ids=Subnets remote_access=RemoteAccess{
        ec2_ssh_key source_security_group_ids=SourceSecurityGroups } cluster_name scaling_config{ desired_size
        max_size min_size } ami_type capacity_type disk_size instance_types labels launch_template{ version id
        name } node_repair_config{ enabled max_parallel_nodes_repaired_count
        max_parallel_nodes_repaired_percentage max_unhealthy_node_threshold_count
        max_unhealthy_node_threshold_percentage node_repair_config_overrides[ min_repair_wait_time_mins
        node_monitoring_condition node_unhealthy_reason repair_action ] } release_version tags taint=Taints[
        effect key value ] update_config{ max_unavailable max_unavailable_percentage } version
    """,
    ),
    "aws_eks_fargate_profile": Native(
        "AWS::EKS::FargateProfile",
        """
        subnet_ids=Subnets cluster_name fargate_profile_name pod_execution_role_arn selector=Selectors[
        namespace labels ] tags:tags
    """,
    ),
    "aws_eks_addon": Native(
        "AWS::EKS::Addon",
        """
        addon_name cluster_name addon_version configuration_values
        pod_identity_association=PodIdentityAssociations[ role_arn service_account ] service_account_role_arn
        tags:tags
    """,
    ),
    "aws_batch_job_definition": Native(
        "AWS::Batch::JobDefinition",
        """
        name=JobDefinitionName container_properties type ecs_properties eks_properties{ pod_properties{
        containers[ image args command env[ name value ] image_pull_policy name resources{ limits requests }
        security_context{ privileged read_only_root_file_system=ReadOnlyRootFilesystem run_as_group
        run_as_non_root run_as_user } volume_mounts[ mount_path name read_only ] ] dns_policy host_network
        image_pull_secret=ImagePullSecrets[ name ] init_containers[ image args command env[ name value ]
        image_pull_policy name resources{ limits requests } security_context{ privileged
        read_only_root_file_system=ReadOnlyRootFilesystem run_as_group run_as_non_root run_as_user }
        volume_mounts[ mount_path name read_only ] ] metadata{ labels } service_account_name
        share_process_namespace volumes[ empty_dir{ size_limit medium } host_path{ path } name secret{
        secret_name optional } ] } } node_properties parameters platform_capabilities propagate_tags
        retry_strategy{ attempts evaluate_on_exit[ action on_exit_code on_reason on_status_reason ] }
        scheduling_priority tags timeout{ attempt_duration_seconds }
    """,
    ),
    "aws_batch_compute_environment": Native(
        "AWS::Batch::ComputeEnvironment",
        """
        name=ComputeEnvironmentName type compute_resources{ max_vcpus=MaxvCpus subnets type
        allocation_strategy bid_percentage desired_vcpus=DesiredvCpus ec2_configuration[ image_id_override
        image_kubernetes_version image_type ] ec2_key_pair image_id instance_role launch_template{
        launch_template_id launch_template_name version } min_vcpus=MinvCpus placement_group
        security_group_ids spot_iam_fleet_role tags } eks_configuration{ eks_cluster_arn kubernetes_namespace
        } service_role state tags update_policy{ job_execution_timeout_minutes terminate_jobs_on_update }
    """,
    ),
    "aws_batch_job_queue": Native(
        "AWS::Batch::JobQueue",
        """
        name=JobQueueName priority state compute_environment_order[ compute_environment order ]
        job_state_time_limit_action=JobStateTimeLimitActions[ action max_time_seconds reason state ]
        scheduling_policy_arn tags
    """,
    ),
}

TABLE = Table(natives=NATIVES)
