"""Queues, topics, streams, brokers and IoT rules."""

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
    "aws_sqs_queue": Native(
        "AWS::SQS::Queue",
        """
        name=QueueName visibility_timeout_seconds=VisibilityTimeout max_message_size=MaximumMessageSize
        message_retention_seconds=MessageRetentionPeriod
        receive_wait_time_seconds=ReceiveMessageWaitTimeSeconds content_based_deduplication
        deduplication_scope delay_seconds fifo_queue fifo_throughput_limit kms_data_key_reuse_period_seconds
        kms_master_key_id redrive_allow_policy redrive_policy sqs_managed_sse_enabled tags:tags
    """,
    ),
    "aws_sqs_queue_policy": Native(
        "AWS::SQS::QueuePolicy",
        """
        queue_url=Queues:list policy=PolicyDocument
    """,
    ),
    "aws_sns_topic": Native(
        "AWS::SNS::Topic",
        """
        name=TopicName tracing_config
        lambda_failure_feedback_role_arn=DeliveryStatusLogging:log-lambda
        sqs_failure_feedback_role_arn=DeliveryStatusLogging:log-sqs
        http_failure_feedback_role_arn=DeliveryStatusLogging:log-http archive_policy
        content_based_deduplication display_name fifo_throughput_scope fifo_topic kms_master_key_id
        signature_version tags:tags
    """,
    ),
    "aws_sns_topic_policy": Native("AWS::SNS::TopicPolicy", "arn=Topics:list policy=PolicyDocument"),
    "aws_sns_topic_subscription": Native(
        "AWS::SNS::Subscription",
        """
        endpoint protocol topic_arn delivery_policy filter_policy filter_policy_scope raw_message_delivery
        redrive_policy replay_policy subscription_role_arn
    """,
    ),
    "aws_kinesis_stream": Native(
        "AWS::Kinesis::Stream",
        """
        retention_period=RetentionPeriodHours encryption_type=StreamEncryption.EncryptionType
        kms_key_id=StreamEncryption.KeyId name arn max_record_size_in_kib=MaxRecordSizeInKiB shard_count
        stream_mode_details{ stream_mode } tags:tags
    """,
    ),
    "aws_kinesis_resource_policy": Native(
        "AWS::Kinesis::ResourcePolicy",
        """
        policy=ResourcePolicy resource_arn
    """,
    ),
    "aws_kinesis_stream_consumer": Native(
        "AWS::Kinesis::StreamConsumer",
        """
        name=ConsumerName stream_arn=StreamARN tags:tags
    """,
    ),
    "aws_kinesis_firehose_delivery_stream": Native(
        "AWS::KinesisFirehose::DeliveryStream",
        """
        name=DeliveryStreamName
        server_side_encryption.key_type=DeliveryStreamEncryptionConfigurationInput.KeyType
        server_side_encryption.enabled=DeliveryStreamEncryptionConfigurationInput.KeyType:aws-owned
        server_side_encryption.key_arn=DeliveryStreamEncryptionConfigurationInput.KeyARN
        kinesis_source_configuration=KinesisStreamSourceConfiguration{ kinesis_stream_arn=KinesisStreamARN
        role_arn=RoleARN } msk_source_configuration=MSKSourceConfiguration{ msk_cluster_arn=MSKClusterARN
        topic_name authentication_configuration{ connectivity role_arn=RoleARN } }
        extended_s3_configuration=ExtendedS3DestinationConfiguration{ bucket_arn=BucketARN role_arn=RoleARN
        prefix error_output_prefix compression_format custom_time_zone file_extension s3_backup_mode
        kms_key_arn=EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name }
        processing_configuration=ProcessingConfiguration{ enabled processors=Processors[ type
        parameters=Parameters[ parameter_name parameter_value ] ] } }
        s3_configuration=S3DestinationConfiguration{ bucket_arn=BucketARN role_arn=RoleARN prefix
        error_output_prefix compression_format
        kms_key_arn=EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name } }
        redshift_configuration=RedshiftDestinationConfiguration{ cluster_jdbcurl=ClusterJDBCURL username
        password role_arn=RoleARN copy_options=CopyCommand.CopyOptions data_table_name=CopyCommand.DataTableName
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name } }
        elasticsearch_configuration=ElasticsearchDestinationConfiguration{ domain_arn=DomainARN index_name
        type_name role_arn=RoleARN cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name
        log_stream_name } } opensearch_configuration=AmazonopensearchserviceDestinationConfiguration{
        domain_arn=DomainARN index_name type_name role_arn=RoleARN
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name } }
        opensearchserverless_configuration=AmazonOpenSearchServerlessDestinationConfiguration{
        collection_endpoint index_name role_arn=RoleARN cloudwatch_logging_options=CloudWatchLoggingOptions{
        enabled log_group_name log_stream_name } } splunk_configuration=SplunkDestinationConfiguration{
        hec_endpoint=HECEndpoint hec_endpoint_type=HECEndpointType hec_token=HECToken
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name } }
        http_endpoint_configuration=HttpEndpointDestinationConfiguration{ url=EndpointConfiguration.Url
        name=EndpointConfiguration.Name access_key=EndpointConfiguration.AccessKey role_arn=RoleARN
        cloudwatch_logging_options=CloudWatchLoggingOptions{ enabled log_group_name log_stream_name } } arn
        tags:tags
    """,
    ),
    "aws_kinesis_analytics_application": Native(
        "AWS::KinesisAnalytics::Application",
        """
        name=ApplicationName code=ApplicationCode
    """,
    ),
    "aws_kinesisanalyticsv2_application": Native(
        "AWS::KinesisAnalyticsV2::Application",
        """
        name=ApplicationName runtime_environment service_execution_role application_mode
    """,
    ),
    "aws_kinesis_video_stream": Native(
        "AWS::KinesisVideo::Stream",
        """
        name data_retention_in_hours device_name kms_key_id media_type tags:tags
    """,
    ),
    "aws_mq_broker": Native(
        "AWS::AmazonMQ::Broker",
        """
        user=Users[ username password console_access groups replication_user ] subnet_ids security_groups
        auto_minor_version_upgrade broker_name engine_type engine_version host_instance_type
        authentication_strategy configuration{ id revision } data_replication_mode
        data_replication_primary_broker_arn deployment_mode encryption_options{ kms_key_id use_aws_owned_key }
        ldap_server_metadata{ hosts role_base role_name role_search_matching role_search_subtree
        service_account_password service_account_username user_base user_role_name user_search_matching
        user_search_subtree } logs{ audit general } maintenance_window_start_time{ day_of_week time_of_day
        time_zone } publicly_accessible storage_type tags:tags
    """,
    ),
    "aws_mq_configuration": Native(
        "AWS::AmazonMQ::Configuration",
        """
        data engine_type engine_version name authentication_strategy description tags:tags
    """,
    ),
    "aws_msk_cluster": Native(
        "AWS::MSK::Cluster",
        """
        encryption_info=EncryptionInfo{ encryption_at_rest_kms_key_arn=EncryptionAtRest.DataVolumeKMSKeyId
        encryption_in_transit=EncryptionInTransit{ client_broker in_cluster } }
        client_authentication=ClientAuthentication{ unauthenticated=Unauthenticated.Enabled
        sasl.iam=Sasl.Iam.Enabled sasl.scram=Sasl.Scram.Enabled tls=Tls{
        certificate_authority_arns=CertificateAuthorityArnList } tls=Tls.Enabled:true }
        logging_info=LoggingInfo{ broker_logs=BrokerLogs{ cloudwatch_logs=CloudWatchLogs{ enabled log_group }
        firehose{ enabled delivery_stream } s3{ enabled bucket prefix } } }
        broker_node_group_info=BrokerNodeGroupInfo{ client_subnets instance_type security_groups
        az_distribution=BrokerAZDistribution connectivity_info=ConnectivityInfo{
        public_access.type=PublicAccess.Type } storage_info=StorageInfo{ ebs_storage_info=EBSStorageInfo{
        volume_size } } } cluster_name kafka_version number_of_broker_nodes configuration_info{ arn revision }
        enhanced_monitoring open_monitoring{ prometheus{ jmx_exporter{ enabled_in_broker } node_exporter{
        enabled_in_broker } } } rebalancing{ status } storage_mode tags
    """,
    ),
    "aws_msk_serverless_cluster": Native(
        "AWS::MSK::ServerlessCluster",
        """
        vpc_config=VpcConfigs[ security_group_ids=SecurityGroups subnet_ids ] client_authentication{ sasl{
        iam{ enabled } } } cluster_name tags
    """,
    ),
    "aws_msk_cluster_policy": Native("AWS::MSK::ClusterPolicy", "cluster_arn policy"),
    "aws_iot_topic_rule": Native(
        "AWS::IoT::TopicRule",
        """
        name=RuleName sql=TopicRulePayload.Sql enabled=TopicRulePayload.RuleDisabled:not
        sql_version=TopicRulePayload.AwsIotSqlVersion lambda=TopicRulePayload.Actions[
        function_arn=Lambda.FunctionArn ] sqs=TopicRulePayload.Actions[ queue_url=Sqs.QueueUrl
        role_arn=Sqs.RoleArn ] sns=TopicRulePayload.Actions[ target_arn=Sns.TargetArn role_arn=Sns.RoleArn ]
        tags:tags
    """,
    ),
    "aws_iot_policy": Native("AWS::IoT::Policy", "name=PolicyName policy=PolicyDocument tags:tags"),
    "aws_ses_identity_policy": Native("AWS::SES::IdentityPolicy", "identity name policy"),
}

JOINS: dict[str, Join] = {
    "aws_sqs_queue_redrive_policy": Join("queue_url", ("aws_sqs_queue",), "redrive_policy"),
    "aws_sqs_queue_redrive_allow_policy": Join("queue_url", ("aws_sqs_queue",), "redrive_allow_policy"),
    "aws_sns_topic_data_protection_policy": Join("arn", ("aws_sns_topic",), "policy=DataProtectionPolicy"),
}


def _queue_policy(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """A policy written on the queue itself."""
    yield from own_policy(raw, arguments, "AWS::SQS::QueuePolicy", "Queues", "PolicyDocument", listed=True)


def _topic_policy(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """A policy written on the topic itself."""
    yield from own_policy(raw, arguments, "AWS::SNS::TopicPolicy", "Topics", "PolicyDocument", listed=True)


TABLE = Table(natives=NATIVES, joins=JOINS, more={"aws_sqs_queue": _queue_policy, "aws_sns_topic": _topic_policy})
