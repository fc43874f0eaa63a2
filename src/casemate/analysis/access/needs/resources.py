"""From the parameters of an SDK call to the ARNs that its actions are on.

Parameters come as texts by dotted name (`Bucket`, `Entries.EventBusName`; lists are transparent, and the keys of a map
are under its name with `.keys`). In a text `*` stands for what is not known, and `${…}` for what a template defines
(`${Orders}`, `${Orders.Arn}`): `binding.py` has put that in the place of environment variables.

Patterns of ARNs: Service Authorization Reference, "Resource types defined by …" of each service, through the catalogue.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.access.catalogue import Action
    from casemate.analysis.access.needs.operations import Need

Texts = tuple[str, ...]

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PLACES = {"Partition": "${AWS::Partition}", "Region": "${AWS::Region}", "Account": "${AWS::AccountId}"}
"""Not `*`: the function runs there, and the role should hold nowhere else."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "s3.BucketName": ("Bucket", "S3Bucket"),
    "s3.ObjectName": ("Key", "Delete.Objects.Key", "S3Key"),
    "dynamodb.TableName": (
        "TableName", "TableArn", "RequestItems.keys", "TransactItems.Get.TableName", "TransactItems.Put.TableName",
        "TransactItems.Update.TableName", "TransactItems.Delete.TableName", "TransactItems.ConditionCheck.TableName",
        "StreamArn",
    ),
    "dynamodb.IndexName": ("IndexName",),
    "sqs.QueueName": ("QueueUrl", "QueueName"),
    "sns.TopicName": ("TopicArn", "TargetArn", "Name"),
    "lambda.FunctionName": ("FunctionName",),
    "secretsmanager.SecretId": ("SecretId", "SecretIdList", "Name"),
    "ssm.ParameterNameWithoutLeadingSlash": ("Name", "Names", "Path"),
    "kms.KeyId": ("KeyId",),
    "states.StateMachineName": ("stateMachineArn", "name"),
    "states.StateMachineName.execution": ("executionArn",),
    "events.EventBusName": ("Entries.EventBusName", "EventBusName", "Name"),
    "events.RuleName": ("Name", "Rule"),
    "kinesis.StreamName": ("StreamName", "StreamARN"),
    "firehose.DeliveryStreamName": ("DeliveryStreamName",),
    "logs.LogGroupName": ("logGroupName", "logGroupIdentifier", "logGroupNames"),
    "cognito-idp.UserPoolId": ("UserPoolId",),
    "cognito-identity.IdentityPoolId": ("IdentityPoolId",),
    "rds-data.ResourceId": ("resourceArn",),
    "rds-data.DbClusterInstanceName": ("resourceArn",),
    "rds-db.DbUserName": ("DBUsername", "username"),
    "rds.DbClusterInstanceName": ("resourceArn", "DBClusterIdentifier"),
    "bedrock.ResourceId": ("modelId",),
    "bedrock.GuardrailId": ("guardrailIdentifier", "guardrailConfig.guardrailIdentifier"),
    "bedrock.FlowId": ("flowIdentifier",),
    "bedrock.FlowAliasId": ("flowAliasIdentifier",),
    "appconfig.ApplicationId": ("ApplicationIdentifier",),
    "appconfig.EnvironmentId": ("EnvironmentIdentifier",),
    "appconfig.ConfigurationProfileId": ("ConfigurationProfileIdentifier",),
    "ses.IdentityName": ("Source", "FromEmailAddress"),
    "iot.TopicName": ("topic",),
    "iot.ThingName": ("thingName",),
    "iam.RoleNameWithPath": ("RoleName", "RoleArn"),
    "sts.RoleNameWithPath": ("RoleArn",),
    "glue.JobName": ("JobName",),
    "athena.WorkGroupName": ("WorkGroup",),
    "codebuild.ProjectName": ("projectName",),
    "sagemaker.EndpointName": ("EndpointName",),
    "timestream.DatabaseName": ("DatabaseName",),
    "timestream.TableName": ("TableName",),
    "scheduler.GroupName": ("GroupName",),
    "scheduler.ScheduleName": ("Name",),
    "ecs.TaskDefinitionFamilyName": ("taskDefinition",),
    "ecs.ClusterName": ("cluster",),
    "mobiletargeting.AppId": ("ApplicationId",),
    "geo.PlaceIndexName": ("IndexName",),
}  # fmt: skip
"""`prefix.Variable` of an ARN pattern -> the parameters that hold it, where it is not the variable's own name."""

_DEFAULTS = {
    "events.EventBusName": "default",
    "scheduler.GroupName": "default",
    "athena.WorkGroupName": "primary",
    "ecs.ClusterName": "default",
    "s3.ObjectName": "*",
    "ecs.TaskDefinitionRevisionNumber": "*",
    "logs.LogStreamName": "*",
    "execute-api.ApiSpecificResourcePath": "@connections/*",
}
"""What the service takes when the parameter is absent."""

_CHOSEN: Mapping[str, str] = {
    "events:PutEvents": "event-bus", "states:StartExecution": "statemachine",
    "states:StartSyncExecution": "statemachine",
    "sns:Publish": "topic", "iot:Publish": "topic", "ses:SendEmail": "identity", "ses:SendRawEmail": "identity",
    "ses:SendTemplatedEmail": "identity", "ses:SendBulkTemplatedEmail": "identity", "ses:SendBulkEmail": "identity",
    "lambda:InvokeFunction": "function", "ssm:GetParameter": "parameter", "ssm:GetParameters": "parameter",
    "ssm:GetParametersByPath": "parameter", "ssm:PutParameter": "parameter", "ssm:DeleteParameter": "parameter",
    "dynamodb:PartiQLSelect": "table", "kinesis:SubscribeToShard": "consumer",
    "bedrock:InvokeModel": "foundation-model",
    "bedrock:InvokeModelWithResponseStream": "foundation-model", "ecs:RunTask": "task-definition",
    "logs:PutLogEvents": "log-stream", "logs:CreateLogStream": "log-group", "logs:FilterLogEvents": "log-group",
    "sagemaker:InvokeEndpoint": "endpoint", "rds-data:ExecuteStatement": "cluster", "kms:Decrypt": "key",
    "kms:Encrypt": "key", "kms:GenerateDataKey": "key", "secretsmanager:GetSecretValue": "Secret",
    "timestream:WriteRecords": "table", "timestream:Select": "table", "events:PutRule": "rule-on-default-event-bus",
    "events:PutTargets": "rule-on-default-event-bus", "events:RemoveTargets": "rule-on-default-event-bus",
    "events:DeleteRule": "rule-on-default-event-bus", "states:DescribeExecution": "execution",
    "states:StopExecution": "execution", "states:GetExecutionHistory": "execution", "iam:PassRole": "role",
    "scheduler:CreateSchedule": "schedule", "scheduler:UpdateSchedule": "schedule",
    "scheduler:DeleteSchedule": "schedule",
    "glue:StartJobRun": "job", "athena:StartQueryExecution": "workgroup", "sts:AssumeRole": "role",
}  # fmt: skip
"""Action -> the one of its resource types that a call is about, where the parameters do not decide it."""

_MAILS = frozenset({"ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail", "ses:SendBulkEmail",
                    "ses:SendBulkTemplatedEmail"})  # fmt: skip
_IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
_BEDROCK = "arn:${AWS::Partition}:bedrock:${AWS::Region}"
_GEOGRAPHIES = frozenset({"us", "eu", "apac", "us-gov", "global", "jp", "au", "ca", "sa"})
_MAX_KINDS = 6
_ANY_OF = frozenset({"bedrock:Retrieve", "bedrock:RetrieveAndGenerate", "ec2:DeleteTags", "resource-groups:Tag"})
"""Actions of whose required types any one will do."""
_BESIDES: Mapping[str, tuple[str, ...]] = {
    "batch:SubmitJob": ("job-definition",), "ssm:SendCommand": ("instance", "managed-instance"),
    "ecs:RunTask": (),
}  # fmt: skip
"""Types that AWS marks as optional and that a call needs all the same."""

_NO_RESOURCE = {"sns:Publish": ("PhoneNumber",)}
"""A parameter in whose presence the action has no resource."""

_BEHIND = {  # text that names a resource otherwise than by name or ARN -> the name in it
    "sqs.QueueName": re.compile(r"^https?://[^/]*/[^/]*/(?P<name>[^/]+)$"),
    "lambda.FunctionName": re.compile(r"^(?:\d{12}:function:)?(?P<name>[^:]+)(?::[^:]+)?$"),
    "ssm.ParameterNameWithoutLeadingSlash": re.compile(r"^/?(?P<name>.+)$"),
    "secretsmanager.SecretId": re.compile(r"^(?P<name>.+)$"),
    "ecs.TaskDefinitionFamilyName": re.compile(r"^(?P<name>[^:]+)(?::\d+)?$"),
}


def arns(need: Need, parameters: Mapping[str, Texts]) -> Texts:
    """The ARN patterns of one need; `*` for an action without resources."""
    action = catalogue.action(need.action)
    if action is None:
        return ("*",)
    if catalogue.needs_star([need.action]) or any(name in parameters for name in _NO_RESOURCE.get(need.action, ())):
        return ("*",)
    if need.source:
        return _named_by(action, need, parameters)
    if action.service == "apigateway":
        return ("arn:${AWS::Partition}:apigateway:${AWS::Region}::/*",)
    if need.action in _MAILS:
        named = next((parameters[one] for one in ("Source", "FromEmailAddress", "SourceArn") if one in parameters), ())
        sets = parameters.get("ConfigurationSetName", ())
        return (*_senders(named), *(arn for arn in _filled(action, "configuration-set", parameters) if sets))
    if action.service == "bedrock" and need.action.startswith("bedrock:InvokeModel"):
        return _models(parameters.get("modelId", ("*",)))
    kinds = _kinds(action, parameters)
    if len(kinds) > _MAX_KINDS:
        return ("*",)  # of any of many kinds: what is named says nothing
    found = [arn for kind in kinds for arn in _filled(action, kind, parameters)]
    return tuple(dict.fromkeys(found)) or ("*",)


def _senders(texts: Texts) -> Texts:
    """The address, and its domain: the one of them that is a verified identity is what IAM is asked about.

    Source: Amazon SES developer guide, "Identity and access management in Amazon SES", "Verified identities".
    """
    found: list[str] = []
    for text in texts or ("*",):
        address = re.sub(r"^[^<]*<([^>]+)>\s*$", r"\1", text)
        _, sign, domain = address.rpartition("@")
        if address.startswith("arn:") or _as_arn(address) is not None:
            found.append(address)
            continue
        names = [address] if not sign or domain in {"", "*"} else [address, domain]
        found += [f"{_IDENTITY}{_tidy(one)}" for one in names]
    return tuple(dict.fromkeys(found))


def _models(texts: Texts) -> Texts:
    """A foundation model; a profile for inference across regions needs the model in all of them as well.

    Source: Amazon Bedrock user guide, "Prerequisites for inference profiles".
    """
    found: list[str] = []
    for text in texts or ("*",):
        if text.startswith("arn:"):
            found.append(text)
            if ":inference-profile/" in text:
                model = text.rpartition("/")[2].partition(".")[2]
                found.append(f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{model or '*'}")
        elif text.partition(".")[0] in _GEOGRAPHIES:
            found.append(f"{_BEDROCK}:${{AWS::AccountId}}:inference-profile/{text}")
            found.append(f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{text.partition('.')[2]}")
        elif text.startswith("*"):
            found.append(f"{_BEDROCK}:${{AWS::AccountId}}:inference-profile/*")
            found.append("arn:${AWS::Partition}:bedrock:*::foundation-model/*")
        else:
            found.append(f"{_BEDROCK}::foundation-model/{text}")
    return tuple(dict.fromkeys(found))


def _named_by(action: Action, need: Need, parameters: Mapping[str, Texts]) -> Texts:
    """The resource stands in a parameter of its own: an ARN, or what a copy copies from."""
    source = need.source or ""
    texts = [text for name, values in parameters.items() if name == source for text in values]
    if action.service == "s3":
        inner = {
            "Bucket": [text for name, values in parameters.items() if name == f"{source}.Bucket" for text in values],
            "Key": [
                text
                for name, values in parameters.items()
                if name in {f"{source}.Key", f"{source}.Name"}
                for text in values
            ],
        }
        for text in texts:
            bucket, _, key = text.removeprefix("s3://").removeprefix("/").partition("/")
            inner["Bucket"].append(bucket or "*")
            inner["Key"].append(key or "*")
        given = {name: tuple(values) for name, values in inner.items() if values}
        return tuple(arn for kind in _kinds(action, given) for arn in _filled(action, kind, given))
    own = next(iter(NAMES.get(_key(action, _first_variable(action)), ("",))))
    return tuple(
        arn for kind in _kinds(action, {own: tuple(texts)}) for arn in _filled(action, kind, {own: tuple(texts)})
    )


def _first_variable(action: Action) -> str:
    types = catalogue.resource_types(action.service)
    kind = _CHOSEN.get(action.full_name) or (action.required_types or action.resource_types)[0]
    pattern = types[kind].arn if kind in types else ""
    return next((name for name in _VARIABLE.findall(pattern) if name not in _PLACES), "")


def _kinds(action: Action, parameters: Mapping[str, Texts]) -> tuple[str, ...]:
    """The resource types that a call is about."""
    chosen = _CHOSEN.get(action.full_name)
    available = action.required_types or action.resource_types
    if chosen in action.resource_types:
        return (chosen,)
    if action.service == "s3":
        return (
            ("object",)
            if "object" in action.resource_types
            else ("bucket",)
            if "bucket" in action.resource_types
            else available
        )
    if action.service == "dynamodb":
        if "IndexName" in parameters and "index" in action.resource_types:
            return ("index",)
        return ("table",) if "table" in action.resource_types else available
    if action.required_types and action.full_name not in _ANY_OF:
        return (*action.required_types, *_BESIDES.get(action.full_name, ()))
    types = catalogue.resource_types(action.service)
    named = tuple(kind for kind in available if kind in types and _is_named(action, types[kind].arn, parameters))
    return named or available


def _is_named(action: Action, pattern: str, parameters: Mapping[str, Texts]) -> bool:
    names = [name for name in _VARIABLE.findall(pattern) if name not in _PLACES]
    return bool(names) and all(_texts(action, name, parameters) for name in names)


def _key(action: Action, variable: str) -> str:
    return f"{action.service}.{variable}"


def _texts(action: Action, variable: str, parameters: Mapping[str, Texts]) -> Texts:
    key = _key(action, variable)
    names = NAMES.get(key)
    if names is None:
        lowered = {name.lower(): name for name in parameters}
        wanted = variable.lower()
        stems = (wanted, wanted.removesuffix("name"), wanted.removesuffix("id"), f"{wanted.removesuffix('name')}arn",
                 f"{wanted.removesuffix('id')}arn", f"{wanted.removesuffix('name')}identifier")  # fmt: skip
        names = tuple(lowered[stem] for stem in stems if stem in lowered)
        if not names:  # `agentRuntimeArn` for the `RuntimeId` of a runtime
            ends = tuple(f"{wanted.removesuffix(tail)}arn" for tail in ("name", "id") if wanted.endswith(tail))
            names = tuple(given for name, given in lowered.items() if ends and name.endswith(ends) and "." not in name)
    if action.service == "dynamodb":  # of a transaction every table counts
        return tuple(text for name in names for text in parameters.get(name, ()))
    return next((parameters[name] for name in names if parameters.get(name)), ())


def _filled(action: Action, kind: str, parameters: Mapping[str, Texts]) -> Iterable[str]:
    """The pattern of a resource type with the parameters in it."""
    types = catalogue.resource_types(action.service)
    if kind not in types:
        yield "*"
        return
    pattern = types[kind].arn.partition(", ")[0]
    variables = [name for name in _VARIABLE.findall(pattern) if name not in _PLACES]
    if not variables:
        yield _VARIABLE.sub(lambda match: _PLACES.get(match[1], "*"), pattern)
        return
    for last in reversed(variables[1:]):  # the whole is named by what stands last in it: a table within its database
        wholes = [text for text in _texts(action, last, parameters) if _as_arn(text) is not None]
        if wholes and kind not in {"object", "index"}:
            yield from wholes
            return
    first = variables[0]
    texts = _texts(action, first, parameters) or (_DEFAULTS.get(_key(action, first), "*"),)
    for text in texts:
        whole = _as_arn(text)
        if whole is not None:
            yield from _with_rest(action, kind, whole, pattern, variables, parameters)
            continue
        name = _name_in(_key(action, first), text)
        for rest in _rests(action, variables[1:], parameters):
            yield from _suffixed(action, _put(pattern, {**_PLACES, first: name, **rest}))


def _put(pattern: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], "*"), pattern)


def _rests(action: Action, variables: list[str], parameters: Mapping[str, Texts]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{}]
    for variable in variables[:3]:
        texts = _texts(action, variable, parameters) or (_DEFAULTS.get(_key(action, variable), "*"),)
        found = [{**one, variable: _tidy(text)} for one in found for text in texts[:20]]
    return found


def _tidy(text: str) -> str:
    """A text that may stand inside of an ARN: references to things nobody can name there become `*`."""
    return re.sub(r"\*+", "*", text) or "*"


def _as_arn(text: str) -> str | None:
    """The text itself when it is an ARN already, or a reference that gives one."""
    if text.startswith("arn:"):
        return text
    match = re.fullmatch(r"\$\{([^}!]+)\}(?::\*)?", text)
    if match is None or match[1].startswith("AWS::"):
        return None
    return text if match[1].endswith((".Arn", ".arn", ".TopicArn", ".StreamArn")) else None


def _with_rest(
    action: Action, kind: str, arn: str, pattern: str, variables: list[str], parameters: Mapping[str, Texts]
) -> Iterable[str]:
    """An ARN of the resource, with what the pattern has behind its name (`/index/I`, `/key`)."""
    if kind in {"object", "index", "log-stream"} or (kind == "log-group" and action.service == "logs"):
        tail = pattern.partition("${" + variables[0] + "}")[2]
        if "*" in arn.rpartition(":")[2] and kind == "object" and "/" in arn.rpartition(":")[2]:
            yield arn
            return
        for rest in _rests(action, variables[1:], parameters):
            yield arn + _put(tail, rest)
        return
    yield arn


def _name_in(key: str, text: str) -> str:
    """The name in a URL, a partial ARN or a path."""
    expression = _BEHIND.get(key)
    match = expression.match(text) if expression else None
    if key == "kms.KeyId" and text.startswith("alias/"):
        return "*"  # IAM compares the key's own ARN; an alias cannot stand there
    return _tidy(match["name"] if match else text)


def _suffixed(action: Action, arn: str) -> Texts:
    """Secrets Manager adds six characters to the names of secrets.

    A path of parameters is asked for as it is given, with or without its last slash.
    """
    if action.service == "secretsmanager" and not arn.endswith("*"):
        return (arn + "-??????",)
    if action.full_name == "ssm:GetParametersByPath" and not arn.endswith("*"):
        return (arn.rstrip("/"), arn.rstrip("/") + "/*")
    return (arn,)
