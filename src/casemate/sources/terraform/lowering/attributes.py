"""How CloudFormation names what Terraform calls attributes of a resource."""

from __future__ import annotations

ATTRIBUTES: dict[str, dict[str, str | None]] = {
    "aws_api_gateway_rest_api": {"root_resource_id": "RootResourceId", "arn": None},
    "aws_apigatewayv2_api": {"api_endpoint": "ApiEndpoint", "arn": None},
    "aws_api_gateway_stage": {"stage_name": None, "arn": None},
    "aws_apigatewayv2_stage": {"arn": None},
    "aws_api_gateway_deployment": {"stage_name": "StageName"},
    "aws_cloudfront_distribution": {"domain_name": "DomainName", "arn": None},
    "aws_cloudfront_origin_access_identity": {"iam_arn": "IamArn", "s3_canonical_user_id": "S3CanonicalUserId"},
    "aws_cloudwatch_event_api_destination": {"arn": "Arn"},
    "aws_cognito_user_pool": {"endpoint": "ProviderURL", "arn": "Arn"},
    "aws_cognito_user_pool_client": {"client_secret": "ClientSecret"},
    "aws_db_instance": {
        "arn": "DBInstanceArn",
        "address": "Endpoint.Address",
        "endpoint": "Endpoint.Address",
        "port": "Endpoint.Port",
        "resource_id": "DbiResourceId",
    },
    "aws_rds_cluster": {
        "arn": "DBClusterArn",
        "endpoint": "Endpoint.Address",
        "reader_endpoint": "ReadEndpoint.Address",
        "port": "Endpoint.Port",
        "cluster_resource_id": "DBClusterResourceId",
        "cluster_identifier": None,
    },
    "aws_db_proxy": {"arn": "DBProxyArn", "endpoint": "Endpoint"},
    "aws_dynamodb_table": {"stream_arn": "StreamArn"},
    "aws_ecr_repository": {"repository_url": "RepositoryUri"},
    "aws_ecs_task_definition": {"arn": None, "arn_without_revision": None, "family": None},
    "aws_eks_cluster": {"endpoint": "Endpoint"},
    "aws_iam_policy": {"arn": None, "id": None},
    "aws_iam_openid_connect_provider": {"arn": None},
    "aws_iam_saml_provider": {"arn": None},
    "aws_iam_role": {"unique_id": "RoleId"},
    "aws_iam_access_key": {"secret": "SecretAccessKey"},
    "aws_instance": {
        "public_ip": "PublicIp",
        "private_ip": "PrivateIp",
        "public_dns": "PublicDnsName",
        "private_dns": "PrivateDnsName",
    },
    "aws_kms_alias": {"target_key_arn": None, "target_key_id": None, "arn": None},
    "aws_lambda_alias": {"arn": None, "name": "Name"},
    "aws_lambda_code_signing_config": {"arn": None},
    "aws_lambda_event_source_mapping": {"uuid": None},
    "aws_lambda_function": {"qualified_arn": "Arn", "version": "Version"},
    "aws_lambda_function_url": {"function_url": "FunctionUrl"},
    "aws_lambda_layer_version": {"arn": None, "layer_arn": "LayerArn"},
    "aws_lb": {
        "arn": None,
        "dns_name": "DNSName",
        "arn_suffix": "LoadBalancerFullName",
        "zone_id": "CanonicalHostedZoneID",
    },
    "aws_lb_listener": {"arn": None},
    "aws_lb_target_group": {"arn": None, "arn_suffix": "TargetGroupFullName"},
    "aws_mq_broker": {"arn": "Arn"},
    "aws_msk_cluster": {"arn": None},
    "aws_opensearch_domain": {"endpoint": "DomainEndpoint", "domain_name": None},
    "aws_elasticsearch_domain": {"endpoint": "DomainEndpoint", "domain_name": None},
    "aws_s3_bucket": {
        "bucket_domain_name": "DomainName",
        "bucket_regional_domain_name": "RegionalDomainName",
        "website_endpoint": "WebsiteURL",
    },
    "aws_secretsmanager_secret": {"arn": None},
    "aws_secretsmanager_secret_version": {"arn": None, "secret_id": None},
    "aws_security_group": {"id": "GroupId"},
    "aws_sfn_state_machine": {"arn": None, "id": None, "name": "Name"},
    "aws_sfn_activity": {"arn": None, "id": None},
    "aws_signer_signing_profile": {"version_arn": "ProfileVersionArn"},
    "aws_sns_topic": {"arn": None, "id": None, "name": "TopicName"},
    "aws_sqs_queue": {"name": "QueueName"},
    "aws_ssm_parameter": {"value": "Value", "arn": None},
    "aws_vpc": {
        "cidr_block": "CidrBlock",
        "default_security_group_id": "DefaultSecurityGroup",
        "default_network_acl_id": "DefaultNetworkAcl",
    },
    "aws_wafv2_web_acl": {"arn": "Arn"},
}
"""Terraform type -> Terraform attribute -> attribute for `Fn::GetAtt`, None for `Ref`.

Elsewhere `arn` is `Arn`, and names and ids are `Ref`.
"""

ARNS: dict[str, str | None] = {
    "aws_batch_job_definition": None,
    "aws_batch_compute_environment": None,
    "aws_batch_job_queue": None,
    "aws_acm_certificate": None,
    "aws_docdbelastic_cluster": None,
    "aws_lb_listener_rule": None,
    "aws_dms_endpoint": None,
    "aws_appsync_datasource": None,
    "aws_appsync_resolver": None,
    "aws_sagemaker_notebook_instance": None,
    "aws_sagemaker_endpoint_configuration": None,
    "aws_networkfirewall_firewall": None,
    "aws_schemas_registry": None,
    "aws_ecs_service": None,
    "aws_kinesis_stream_consumer": None,
    "aws_codestarconnections_connection": None,
    "aws_api_gateway_domain_name": "DomainNameArn",
    "aws_apigatewayv2_domain_name": "DomainNameArn",
    "aws_autoscaling_group": "AutoScalingGroupARN",
    "aws_rds_cluster_instance": "DBInstanceArn",
    "aws_db_subnet_group": "DBSubnetGroupArn",
    "aws_db_parameter_group": "DBParameterGroupArn",
    "aws_elasticache_serverless_cache": "ARN",
    "aws_memorydb_cluster": "ARN",
    "aws_cloudfront_function": "FunctionARN",
    "aws_rolesanywhere_profile": "ProfileArn",
    "aws_rolesanywhere_trust_anchor": "TrustAnchorArn",
    "aws_ec2_transit_gateway": "TransitGatewayArn",
    "aws_lightsail_database": "DatabaseArn",
    "aws_bedrock_guardrail": "GuardrailArn",
    "aws_bedrockagent_agent": "AgentArn",
    "aws_backup_vault": "BackupVaultArn",
    "aws_backup_plan": "BackupPlanArn",
    "aws_apprunner_service": "ServiceArn",
    "aws_redshiftserverless_namespace": "Namespace.NamespaceArn",
    "aws_redshiftserverless_workgroup": "Workgroup.WorkgroupArn",
}
"""Types whose ARN is `Ref` (None), or has a name of its own, though nothing else of them is special."""

_INVOKE = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
TEXTS: dict[str, dict[str, str]] = {
    "aws_lambda_function": {
        "invoke_arn": _INVOKE + "${self.Arn}/invocations",
        "qualified_invoke_arn": _INVOKE + "${self.Arn}/invocations",
    },
    "aws_lambda_alias": {"invoke_arn": _INVOKE + "${self}/invocations"},
    "aws_api_gateway_rest_api": {"execution_arn": _EXECUTE + "${self}"},
    "aws_api_gateway_stage": {"execution_arn": _EXECUTE + "${rest_api_id}/${stage_name}"},
    "aws_api_gateway_deployment": {"execution_arn": _EXECUTE + "${rest_api_id}/${stage_name}"},
    "aws_apigatewayv2_api": {"execution_arn": _EXECUTE + "${self}"},
    "aws_apigatewayv2_stage": {"execution_arn": _EXECUTE + "${api_id}/${name}"},
}
"""Attributes that CloudFormation has not, as the text that its users write instead.
`self` is the resource, a name in lower case one of its arguments, every other one a pseudo parameter."""

ALIASES: dict[str, dict[str, str]] = {
    "aws_lambda_alias": {"function_name": "function_name"},
    "aws_secretsmanager_secret_version": {"arn": "secret_id"},
    "aws_kms_alias": {"target_key_arn": "target_key_id", "target_key_id": "target_key_id"},
}
"""Attributes that pass on what an argument of the resource refers to: type -> attribute -> argument."""
