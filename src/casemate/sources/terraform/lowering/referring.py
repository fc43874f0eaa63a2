"""Terraform's references in CloudFormation's words: `aws_sqs_queue.q.url` is `!Ref`, `.arn` is `!GetAtt Arn`, `invoke_arn` a text around the ARN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Text, Unknown, Value
from casemate.sources.terraform.lowering.shaping import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.model.location import Span
    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

MAX_ECHO = 4
"""Most references that are followed from argument to argument."""
_ITSELF = frozenset(
    {
        "id",
        "name",
        "bucket",
        "function_name",
        "key_id",
        "url",
        "queue_url",
        "table_name",
        "cluster_identifier",
        "identifier",
        "",
    }
)
_SECRET = frozenset(
    {"value", "secret_string", "password", "master_password", "auth_token", "plaintext", "result", "secret", "token"}
)
"""Arguments that hold secrets: a reference to one stays a reference, so that it is shown once, where it is written."""
_DIGITS = re.compile(r"\.\d+(?=\.|$)|\[\d+\]")
_HOLE = re.compile(r"\$\{([^{}]+)\}")

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
    "aws_db_instance": {"arn": "DBInstanceArn", "address": "Endpoint.Address", "endpoint": "Endpoint.Address", "port": "Endpoint.Port",
                        "resource_id": "DbiResourceId"},
    "aws_rds_cluster": {"arn": "DBClusterArn", "endpoint": "Endpoint.Address", "reader_endpoint": "ReadEndpoint.Address", "port": "Endpoint.Port",
                        "cluster_resource_id": "DBClusterResourceId"},
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
    "aws_instance": {"public_ip": "PublicIp", "private_ip": "PrivateIp", "public_dns": "PublicDnsName", "private_dns": "PrivateDnsName"},
    "aws_kms_alias": {"target_key_arn": None, "target_key_id": None, "arn": None},
    "aws_lambda_alias": {"arn": None, "name": "Name"},
    "aws_lambda_code_signing_config": {"arn": None},
    "aws_lambda_event_source_mapping": {"uuid": None},
    "aws_lambda_function": {"qualified_arn": "Arn", "version": "Version"},
    "aws_lambda_function_url": {"function_url": "FunctionUrl"},
    "aws_lambda_layer_version": {"arn": None, "layer_arn": "LayerArn"},
    "aws_lb": {"arn": None, "dns_name": "DNSName", "arn_suffix": "LoadBalancerFullName", "zone_id": "CanonicalHostedZoneID"},
    "aws_lb_listener": {"arn": None},
    "aws_lb_target_group": {"arn": None, "arn_suffix": "TargetGroupFullName"},
    "aws_mq_broker": {"arn": "Arn"},
    "aws_msk_cluster": {"arn": None},
    "aws_opensearch_domain": {"endpoint": "DomainEndpoint"},
    "aws_elasticsearch_domain": {"endpoint": "DomainEndpoint"},
    "aws_s3_bucket": {"bucket_domain_name": "DomainName", "bucket_regional_domain_name": "RegionalDomainName", "website_endpoint": "WebsiteURL"},
    "aws_secretsmanager_secret": {"arn": None},
    "aws_secretsmanager_secret_version": {"arn": None, "secret_id": None},
    "aws_security_group": {"id": "GroupId"},
    "aws_sfn_state_machine": {"arn": None, "id": None, "name": "Name"},
    "aws_sfn_activity": {"arn": None, "id": None},
    "aws_signer_signing_profile": {"version_arn": "ProfileVersionArn"},
    "aws_sns_topic": {"arn": None, "id": None, "name": "TopicName"},
    "aws_sqs_queue": {"name": "QueueName"},
    "aws_ssm_parameter": {"value": "Value", "arn": None},
    "aws_vpc": {"cidr_block": "CidrBlock", "default_security_group_id": "DefaultSecurityGroup", "default_network_acl_id": "DefaultNetworkAcl"},
    "aws_wafv2_web_acl": {"arn": "Arn"},
}  # fmt: skip
"""Terraform type -> Terraform attribute -> attribute for `Fn::GetAtt`, None for `Ref`.

Elsewhere `arn` is `Arn`, and names and ids are `Ref`.
"""

_ARNS: dict[str, str | None] = {
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

TEXTS: dict[tuple[str, str], str] = {
    ("aws_lambda_function", "invoke_arn"):
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${self.Arn}/invocations",
    ("aws_lambda_function", "qualified_invoke_arn"):
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${self.Arn}/invocations",
    ("aws_lambda_alias", "invoke_arn"): "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${self}/invocations",
    ("aws_api_gateway_rest_api", "execution_arn"): "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${self}",
    ("aws_api_gateway_stage", "execution_arn"):
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${rest_api_id}/${stage_name}",
    ("aws_api_gateway_deployment", "execution_arn"):
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${rest_api_id}/${stage_name}",
    ("aws_apigatewayv2_stage", "execution_arn"): "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api_id}/${name}",
    ("aws_apigatewayv2_api", "execution_arn"): "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${self}",
    ("aws_kinesis_firehose_delivery_stream", "name"): "${self}",
}  # fmt: skip
"""Attributes that CloudFormation has not, as the text that its users write instead. `self` is the resource."""

ALIASES: dict[tuple[str, str], str] = {
    ("aws_lambda_alias", "function_name"): "function_name",
    ("aws_secretsmanager_secret_version", "arn"): "secret_id",
    ("aws_secretsmanager_secret_version", "secret_id"): "secret_id",
    ("aws_secretsmanager_secret_version", "id"): "secret_id",
    ("aws_kms_alias", "target_key_arn"): "target_key_id",
    ("aws_kms_alias", "target_key_id"): "target_key_id",
    ("aws_cloudwatch_event_target", "rule"): "rule",
}
"""Attributes that pass on what an argument of the resource refers to: (type, attribute) -> argument."""


class Referring:
    """Rewrites values.

    `spelled`: provider -> native spelling of an attribute that no table names; references to other providers keep
    their attributes. `joined_by`: the argument by which a resource of a type names the one it is joined to, so that a
    reference to the former is one to the latter.
    """

    def __init__(
        self,
        declared: Declared,
        spelled: Mapping[str, Callable[[str], str | None]],
        joined_by: Callable[[str], str | None],
    ) -> None:
        self._declared = declared
        self._spelled = spelled
        self._joined_by = joined_by

    def rewrite(self, value: Fields) -> Fields:
        """All arguments of a resource. Unchanged subtrees are shared."""
        entries = {key: Entry(entry.key_at, self.value(entry.value)) for key, entry in value.entries.items()}
        return Fields(entries, value.at)

    def value(self, value: Value, depth: int = 0) -> Value:
        """One value."""
        match value:
            case Literal():
                return value
            case Reference():
                return self._reference(value, depth)
            case Text(parts=parts):
                return Text(flat(self.value(part, depth) for part in parts), value.at)
            case Items(items=items):
                return Items([self.value(item, depth) for item in items], value.at)
            case Fields(entries=entries):
                return Fields(
                    {key: Entry(entry.key_at, self.value(entry.value, depth)) for key, entry in entries.items()},
                    value.at,
                )
            case Cases(cases=cases):
                return Cases([(words, self.value(case, depth)) for words, case in cases], value.at)
            case _:
                return value

    def _reference(self, reference: Reference, depth: int) -> Value:
        found = self._declared.at(reference.target)
        if found is None or reference.target.startswith("AWS::"):
            return reference
        attribute = _DIGITS.sub("", reference.attribute or "")
        if found.mode == "data":
            return self._data(found, attribute, reference, depth)
        text = TEXTS.get((found.type, attribute))
        if text is not None:
            return self._filled(text, found, reference.at, depth)
        passed = ALIASES.get((found.type, attribute)) or (self._joined_by(found.type) if attribute in _ITSELF else None)
        if passed is not None and depth < MAX_ECHO and (value := found.attributes.get(passed)) is not None:
            return moved(self.value(value, depth + 1), reference.at)
        spelled = self._spelled.get(found.type.partition("_")[0])
        if spelled is None:
            return Reference(found.address, reference.attribute, reference.at)
        known = ATTRIBUTES.get(found.type.replace("aws_alb", "aws_lb", 1), {})
        if attribute == "arn" and found.type in _ARNS:
            return Reference(found.address, _ARNS[found.type], reference.at)
        if attribute in known:
            return Reference(found.address, known[attribute], reference.at)
        if attribute in _ITSELF:
            return Reference(found.address, None, reference.at)
        return self._echo(found, attribute, reference, depth) or Reference(
            found.address, spelled(attribute), reference.at
        )

    def _filled(self, pattern: str, found: RawResource, at: Span, depth: int) -> Value:
        """A text with `${…}` in it: `self` is the resource, a name in lower case one of its arguments, others are pseudo parameters."""
        parts: list[Value] = []
        last = 0
        for hole in _HOLE.finditer(pattern):
            if hole.start() > last:
                parts.append(Literal(pattern[last : hole.start()], at))
            name, _, attribute = hole[1].partition(".")
            if name == "self":
                parts.append(Reference(found.address, attribute or None, at))
            elif name.islower():
                argument = found.attributes.get(name)
                known = None if argument is None or depth >= MAX_ECHO else self.value(argument, depth + 1)
                parts.append(
                    Unknown(f"{found.address} does not say {name}", at, "attribute")
                    if known is None
                    else moved(known, at)
                )
            else:
                parts.append(Reference(hole[1], None, at))
            last = hole.end()
        if last < len(pattern):
            parts.append(Literal(pattern[last:], at))
        return parts[0] if len(parts) == 1 else Text(flat(parts), at)

    def _echo(self, found: RawResource, attribute: str, reference: Reference, depth: int) -> Value | None:
        """What the argument of that name says: `aws_cloudwatch_event_rule.r.schedule_expression`."""
        if depth >= MAX_ECHO or _SECRET & set(attribute.split(".")):
            return None
        entry = lookup(found.attributes, tuple(attribute.split(".")))
        if entry is None or isinstance(entry.value, Unknown):
            return None
        return moved(self.value(entry.value, depth + 1), reference.at)

    def _data(self, found: RawResource, attribute: str, reference: Reference, depth: int) -> Value:
        if found.type == "aws_iam_policy" and attribute in {"arn", "id"} and "arn" not in found.attributes.entries:
            name = found.attributes.get("name")
            if isinstance(name, Literal) and isinstance(name.value, str) and name.value.startswith(_MANAGED):
                return Text([Literal("arn:", reference.at), Reference("AWS::Partition", None, reference.at),
                             Literal(f":iam::aws:policy/{name.value}", reference.at)], reference.at)  # fmt: skip
        kind = {
            "aws_secretsmanager_secret_version": "secret_string",
            "aws_ssm_parameter": "value",
            "azurerm_key_vault_secret": "value",
        }
        if attribute and attribute == kind.get(found.type):
            store = "parameter-store" if found.type == "aws_ssm_parameter" else "secret-store"
            return Unknown(
                f"read from {found.address} at deployment", reference.at, store, f"{reference.target}.{attribute}"
            )  # type: ignore[arg-type]
        return self._echo(found, attribute, reference, depth) or reference


_MANAGED = (
    "AWS",
    "Amazon",
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "IAMFullAccess",
    "SecurityAudit",
    "CloudWatch",
)
"""How the names of AWS managed policies begin, for `data "aws_iam_policy"` by name alone."""


def moved(value: Value, at: Span) -> Value:
    """A scalar or reference as if it stood at `at`; trees keep their spans."""
    match value:
        case Literal(value=scalar):
            return Literal(scalar, at)
        case Reference(target=target, attribute=attribute):
            return Reference(target, attribute, at)
        case Text(parts=parts):
            return Text(parts, at)
        case _:
            return value


def flat(parts: object) -> list[Value]:
    """Parts of a text with texts inside of it opened."""
    opened: list[Value] = []
    for part in parts:  # type: ignore[attr-defined]
        opened.extend(part.parts if isinstance(part, Text) else [part])
    return opened
