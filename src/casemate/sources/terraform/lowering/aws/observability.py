"""Logs, alarms, trails, flow logs and the services that watch an account."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Join, Native, Table

NATIVES: dict[str, Native] = {
    "aws_cloudwatch_log_group": Native(
        "AWS::Logs::LogGroup",
        """
        name=LogGroupName retention_in_days:nonzero deletion_protection_enabled kms_key_id log_group_class
        tags:tags
    """,
    ),
    "aws_cloudwatch_log_resource_policy": Native(
        "AWS::Logs::ResourcePolicy",
        """
        policy_document policy_name
    """,
    ),
    "aws_cloudwatch_log_subscription_filter": Native(
        "AWS::Logs::SubscriptionFilter",
        """
        name=FilterName destination_arn filter_pattern log_group_name distribution role_arn
    """,
    ),
    "aws_cloudwatch_log_metric_filter": Native(
        "AWS::Logs::MetricFilter",
        """
        name=FilterName pattern=FilterPattern metric_transformation=MetricTransformations[ name=MetricName
        namespace=MetricNamespace value=MetricValue default_value unit ] log_group_name
        apply_on_transformed_logs
    """,
    ),
    "aws_cloudwatch_log_destination": Native(
        "AWS::Logs::Destination",
        """
        name=DestinationName role_arn target_arn tags:tags
    """,
    ),
    "aws_cloudwatch_metric_alarm": Native(
        "AWS::CloudWatch::Alarm",
        """
        metric_query=Metrics[ id expression label return_data metric=MetricStat{ metric_name=Metric.MetricName
        namespace=Metric.Namespace dimensions=Metric.Dimensions:pairs period stat unit } ] dimensions:pairs
        insufficient_data_actions ok_actions=OKActions alarm_name comparison_operator evaluation_periods
        actions_enabled alarm_actions alarm_description datapoints_to_alarm extended_statistic metric_name
        namespace period statistic tags:tags threshold threshold_metric_id treat_missing_data unit
    """,
    ),
    "aws_cloudwatch_composite_alarm": Native(
        "AWS::CloudWatch::CompositeAlarm",
        """
        alarm_name alarm_rule actions_enabled alarm_actions alarm_description insufficient_data_actions
        ok_actions=OKActions tags:tags
    """,
    ),
    "aws_cloudwatch_dashboard": Native("AWS::CloudWatch::Dashboard", "dashboard_body dashboard_name"),
    "aws_cloudwatch_metric_stream": Native(
        "AWS::CloudWatch::MetricStream",
        """
        firehose_arn output_format role_arn exclude_filter=ExcludeFilters[ namespace metric_names ]
        include_filter=IncludeFilters[ namespace metric_names ] include_linked_accounts_metrics name
        statistics_configuration=StatisticsConfigurations[ additional_statistics
        include_metric=IncludeMetrics[ metric_name namespace ] ] tags:tags
    """,
    ),
    "aws_cloudtrail": Native(
        "AWS::CloudTrail::Trail",
        """
        name=TrailName enable_logging=IsLogging event_selector=EventSelectors[ include_management_events
        read_write_type exclude_management_event_sources data_resource=DataResources[ type values ] ]
        advanced_event_selector=AdvancedEventSelectors[ name field_selector=FieldSelectors[ field equals
        ends_with not_ends_with not_equals not_starts_with starts_with ] ]
        cloud_watch_logs_group_arn=CloudWatchLogsLogGroupArn kms_key_id=KMSKeyId s3_bucket_name
        cloud_watch_logs_role_arn enable_log_file_validation include_global_service_events
        insight_selector=InsightSelectors[ insight_type ] is_multi_region_trail is_organization_trail
        s3_key_prefix sns_topic_name tags:tags
    """,
        {"IsLogging": True, "IncludeGlobalServiceEvents": True},
    ),
    "aws_xray_encryption_config": Native("AWS::XRay::EncryptionConfig", "type key_id"),
    "aws_xray_group": Native(
        "AWS::XRay::Group",
        """
        filter_expression group_name insights_configuration{ insights_enabled notifications_enabled }
        tags:tags
    """,
    ),
    "aws_xray_sampling_rule": Native(
        "AWS::XRay::SamplingRule",
        """
        rule_name=SamplingRule.RuleName fixed_rate=SamplingRule.FixedRate
    """,
    ),
    "aws_guardduty_detector": Native(
        "AWS::GuardDuty::Detector",
        """
        datasources.s3_logs.enable=DataSources.S3Logs.Enable
        datasources.kubernetes.audit_logs.enable=DataSources.Kubernetes.AuditLogs.Enable enable
        finding_publishing_frequency tags:tags
    """,
    ),
    "aws_securityhub_account": Native(
        "AWS::SecurityHub::Hub",
        """
        auto_enable_controls control_finding_generator enable_default_standards
    """,
    ),
    "aws_inspector2_enabler": Native("AWS::InspectorV2::Enabler", "account_ids resource_types"),
    "aws_macie2_account": Native("AWS::Macie::Session", "finding_publishing_frequency status"),
    "aws_config_configuration_recorder": Native(
        "AWS::Config::ConfigurationRecorder",
        """
        recording_group=RecordingGroup{ all_supported include_global_resource_types resource_types }
        role_arn=RoleARN name recording_mode{ recording_frequency
        recording_mode_override=RecordingModeOverrides[ recording_frequency resource_types description ] }
    """,
    ),
    "aws_config_delivery_channel": Native(
        "AWS::Config::DeliveryChannel",
        """
        s3_kms_key_arn s3_bucket_name name s3_key_prefix sns_topic_arn=SnsTopicARN
    """,
    ),
    "aws_config_config_rule": Native(
        "AWS::Config::ConfigRule",
        """
        name=ConfigRuleName source=Source{ owner source_identifier } description
        evaluation_mode=EvaluationModes[ mode ] input_parameters maximum_execution_frequency scope{
        compliance_resource_id compliance_resource_types tag_key tag_value }
    """,
    ),
    "aws_config_configuration_aggregator": Native(
        "AWS::Config::ConfigurationAggregator",
        """
        name=ConfigurationAggregatorName account_aggregation_source=AccountAggregationSources[ account_ids ]
        organization_aggregation_source{ role_arn } tags:tags
    """,
    ),
    "aws_flow_log": Native(
        "AWS::EC2::FlowLog",
        """
        vpc_id=ResourceId subnet_id=ResourceId eni_id=ResourceId transit_gateway_id=ResourceId
        iam_role_arn=DeliverLogsPermissionArn vpc_id=ResourceType:VPC subnet_id=ResourceType:Subnet
        eni_id=ResourceType:NetworkInterface transit_gateway_id=ResourceType:TransitGateway
        deliver_cross_account_role destination_options{ file_format hive_compatible_partitions
        per_hour_partition } log_destination log_destination_type log_format max_aggregation_interval
        tags:tags traffic_type
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_cloudwatch_log_destination_policy": Join(
        "destination_name",
        ("aws_cloudwatch_log_destination",),
        """
        access_policy=DestinationPolicy
    """,
    ),
    "aws_cloudwatch_log_data_protection_policy": Join(
        "log_group_name",
        ("aws_cloudwatch_log_group",),
        """
        policy_document=DataProtectionPolicy
    """,
    ),
    "aws_guardduty_detector_feature": Join("detector_id", ("aws_guardduty_detector",), "name status", into="Features"),
}

TABLE = Table(natives=NATIVES, joins=JOINS)
