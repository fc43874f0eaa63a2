"""Symbolic resources (`${Orders.Arn}/*`) in the words of CloudFormation, Terraform and a CDK program.

`${Name.Arn}` is the ARN of a resource, whatever its type calls that; `${AWS::Region}` and the like are pseudo
parameters. Sources: CloudFormation template reference, "Return values" of each type; Terraform AWS provider,
"Attribute Reference" of each resource; CDK API reference, `aws-cdk-lib`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.resource import Resource

_REFERENCE = re.compile(r"\$\{([^}!]+)\}")

_REF_IS_ARN = frozenset({
    "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::StepFunctions::Activity", "AWS::Lambda::Alias",
    "AWS::SecretsManager::Secret", "AWS::Lambda::LayerVersion", "AWS::Lambda::Version", "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::MSK::Cluster", "AWS::CertificateManager::Certificate",
    "AWS::Batch::JobDefinition", "AWS::Batch::JobQueue", "AWS::Serverless::StateMachine", "AWS::Location::PlaceIndex",
})  # fmt: skip
_HERE = "${AWS::Region}:${AWS::AccountId}"
_BY_NAME: dict[str, str] = {
    "AWS::Logs::LogGroup": f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:%s",
    "AWS::Cognito::IdentityPool": f"arn:${{AWS::Partition}}:cognito-identity:{_HERE}:identitypool/%s",
    "AWS::Glue::Job": f"arn:${{AWS::Partition}}:glue:{_HERE}:job/%s",
    "AWS::Glue::Database": f"arn:${{AWS::Partition}}:glue:{_HERE}:database/%s",
    "AWS::Athena::WorkGroup": f"arn:${{AWS::Partition}}:athena:{_HERE}:workgroup/%s",
    "AWS::SageMaker::Endpoint": "%s",
    "AWS::Scheduler::ScheduleGroup": f"arn:${{AWS::Partition}}:scheduler:{_HERE}:schedule/%s/*",
}  # fmt: skip
"""Types without an attribute for their ARN: the ARN around what `Ref` gives."""
_ATTRIBUTES = {"AWS::RDS::DBCluster": "DBClusterArn", "AWS::RDS::DBInstance": "DBInstanceArn",
               "AWS::Redshift::Cluster": "ClusterNamespaceArn", "AWS::EKS::Cluster": "Arn",
               "AWS::Bedrock::KnowledgeBase": "KnowledgeBaseArn", "AWS::Bedrock::Guardrail": "GuardrailArn",
               "AWS::Bedrock::Agent": "AgentArn", "AWS::Bedrock::AgentAlias": "AgentAliasArn",
               "AWS::ElastiCache::ServerlessCache": "ARN", "AWS::RDS::DBProxy": "DBProxyArn"}  # fmt: skip


def cloudformation(text: str, resources: Mapping[str, Resource]) -> object:
    """A string, or a map with one intrinsic function in its long form."""
    full = _REFERENCE.sub(lambda match: _substituted(match[1], resources), text)
    whole = _REFERENCE.fullmatch(full)
    if whole is None:
        return {"Fn::Sub": full} if "${" in full else full
    key, dot, attribute = whole[1].rpartition(".")
    if not dot or whole[1] in resources:
        return {"Ref": whole[1]}
    return {"Fn::GetAtt": [key, attribute]}


def _substituted(reference: str, resources: Mapping[str, Resource]) -> str:
    key, _, attribute = reference.rpartition(".")
    resource = resources.get(key)
    if resource is None or attribute != "Arn" or reference in resources:
        return f"${{{reference}}}"
    kind = resource.type
    if kind in _REF_IS_ARN:
        return f"${{{key}}}"
    if kind == "AWS::SSM::Parameter":
        from casemate.model.value import text_of

        slash = "" if (text_of(resource.properties.get("Name")) or "").startswith("/") else "/"
        return f"arn:${{AWS::Partition}}:ssm:{_HERE}:parameter{slash}${{{key}}}"
    if kind in _BY_NAME:
        return _BY_NAME[kind] % f"${{{key}}}"
    return f"${{{key}.{_ATTRIBUTES.get(kind, 'Arn')}}}"


def short_yaml(value: object) -> str:
    """A value of `cloudformation` with the short tags of YAML."""
    if isinstance(value, dict):
        ((name, inner),) = value.items()
        if name == "Fn::GetAtt":
            return f"!GetAtt {'.'.join(inner)}"
        return f"!Ref {inner}" if name == "Ref" else f"!Sub {json.dumps(inner)}"
    return plain_yaml(str(value))


def long_yaml(value: object) -> str:
    """A value of `cloudformation` without tags, as serverless.yml has it, on one line of a list."""
    if isinstance(value, dict):
        ((name, inner),) = value.items()
        return f"{name}: [{', '.join(inner)}]" if name == "Fn::GetAtt" else f"{name}: {json.dumps(inner)}"
    return plain_yaml(str(value))


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/.:*?-]*[A-Za-z0-9_/.*?-]|[A-Za-z]")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def plain_yaml(text: str) -> str:
    """A scalar without quotes where YAML takes it as text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text)


_DATA = {
    "AWS::Partition": "data.aws_partition.%s.partition", "AWS::Region": "data.aws_region.%s.name",
    "AWS::AccountId": "data.aws_caller_identity.%s.account_id",
}  # fmt: skip
DATA_SOURCES = {
    "AWS::Partition": "aws_partition", "AWS::Region": "aws_region", "AWS::AccountId": "aws_caller_identity",
}  # fmt: skip
"""Pseudo parameter -> the data source of Terraform that says the same."""


def terraform(text: str, suffix: str, module: str = "") -> str:
    """An expression of HCL. `suffix`: the name of the data sources; `module`: the prefix of addresses to leave out.

    What lies in another module cannot be named from here, and becomes `*`.
    """
    whole = _REFERENCE.fullmatch(text)
    if whole is not None and not whole[1].startswith("AWS::"):
        address = _address(whole[1], module)
        return address if address is not None else '"*"'
    quoted = json.dumps(text, ensure_ascii=False)

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if name in _DATA:
            return f"${{{_DATA[name] % suffix}}}"
        address = None if name.startswith("AWS::") else _address(name, module)
        return f"${{{address}}}" if address is not None else "*"

    return _REFERENCE.sub(replaced, quoted)


def _address(reference: str, module: str) -> str | None:
    key, dot, attribute = reference.rpartition(".")
    if dot and attribute[:1].isupper():
        name = {"Arn": "arn", "StreamArn": "stream_arn"}.get(attribute) or _snake(attribute)
    else:
        key, name = reference, "id"
    if module and key.startswith(f"{module}."):
        key = key[len(module) + 1 :]
    if key.startswith("module.") or key.count(".") < 1 or "*" in key:
        return None
    return f"{key}.{name}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


_MEMBERS = {
    "AWS::DynamoDB::Table": "tableArn", "AWS::DynamoDB::GlobalTable": "tableArn", "AWS::S3::Bucket": "bucketArn",
    "AWS::SQS::Queue": "queueArn", "AWS::SNS::Topic": "topicArn", "AWS::Lambda::Function": "functionArn",
    "AWS::SecretsManager::Secret": "secretArn", "AWS::StepFunctions::StateMachine": "stateMachineArn",
    "AWS::Kinesis::Stream": "streamArn", "AWS::KMS::Key": "keyArn", "AWS::Events::EventBus": "eventBusArn",
    "AWS::SSM::Parameter": "parameterArn", "AWS::Cognito::UserPool": "userPoolArn", "AWS::IAM::Role": "roleArn",
    "AWS::Logs::LogGroup": "logGroupArn", "AWS::RDS::DBCluster": "clusterArn",
}  # fmt: skip
_CDK_PSEUDO = {"AWS::Partition": "Aws.PARTITION", "AWS::Region": "Aws.REGION", "AWS::AccountId": "Aws.ACCOUNT_ID",
               "AWS::StackName": "Aws.STACK_NAME", "AWS::URLSuffix": "Aws.URL_SUFFIX"}  # fmt: skip


def cdk(text: str, resources: Mapping[str, Resource]) -> str:
    """An expression of TypeScript: constructs are called by their ids in camel case."""
    whole = _REFERENCE.fullmatch(text)
    if whole is not None:
        return _construct(whole[1], resources)
    if "${" not in text:
        return json.dumps(text, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace("`", "\\`")
    return "`" + _REFERENCE.sub(lambda match: f"${{{_construct(match[1], resources)}}}", escaped) + "`"


def _construct(reference: str, resources: Mapping[str, Resource]) -> str:
    if reference in _CDK_PSEUDO:
        return _CDK_PSEUDO[reference]
    key, dot, attribute = reference.rpartition(".")
    if not dot or reference in resources:
        key, attribute = reference, ""
    resource = resources.get(key)
    name = variable(resource.name if resource is not None else key)
    if attribute == "Arn":
        return f"{name}.{_MEMBERS.get(resource.type if resource else '', 'attrArn')}"
    if attribute == "StreamArn":
        return f"{name}.tableStreamArn!"
    return f"{name}.attr{attribute}" if attribute else f"{name}.ref"


def variable(name: str) -> str:
    """What a program would call a construct: its id in camel case."""
    parts = [part for part in name.split("/") if part not in {"Resource", "Default"}]
    words = re.findall(r"[A-Za-z0-9]+", parts[-1] if parts else name)
    if not words:
        return "construct"
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return (joined[:1].lower() + joined[1:]) if not joined[:1].isdigit() else f"c{joined}"
