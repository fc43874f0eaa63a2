"""Our expansion of SAM against the real aws-sam-translator: roles, resource types and routes with their authorisation.

The translator's output is read by our own CloudFormation source, so that both sides are compared in one notation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from casemate.model.resource import Resource, Stack
from casemate.model.value import Cases, Fields, Items, Literal, Unknown, Value, display, text_of
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

pytest.importorskip("samtranslator")

Grant = tuple[str, str, str]
Call = tuple[str, str, str, str]

OURS_ONLY = {  # what SAM writes into an OpenAPI body
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Authorizer",
}


# -- the two readings ---------------------------------------------------------------------------------------------------
def read(text: str, name: str = "template.yaml") -> Stack:
    reading = source.read(MemoryTree({name: text.encode()}), (name,), Options())
    return reading.stacks[0]


def translate(text: str) -> str:
    """What aws-sam-translator makes of a template, as JSON."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(text)
    _packaged(template)
    made = Translator({}, Parser()).translate(sam_template=template, parameter_values={})
    return json.dumps(made, default=str)


def _packaged(template: dict[str, Any]) -> None:
    """What `sam package` does: local paths become objects of a bucket."""
    holders = [
        resource.setdefault("Properties", {})
        for resource in template.get("Resources", {}).values()
        if isinstance(resource, dict)
    ]
    holders += [section for section in template.get("Globals", {}).values() if isinstance(section, dict)]
    for properties in holders:
        if isinstance(properties, dict):
            for name in ("CodeUri", "ContentUri", "DefinitionUri"):
                if isinstance(properties.get(name), str) and not properties[name].startswith("s3://"):
                    properties[name] = f"s3://bucket/{re.sub(r'[^a-z0-9]', '', properties[name].lower()) or 'x'}"
    for resource in template.get("Resources", {}).values():
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function":
            properties = resource["Properties"]
            image = (
                properties.get("PackageType", template.get("Globals", {}).get("Function", {}).get("PackageType"))
                == "Image"
            )
            known = {**template.get("Globals", {}).get("Function", {}), **properties}
            if image and "ImageUri" not in known:
                properties["ImageUri"] = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1"
            if not image and "CodeUri" not in known and "InlineCode" not in known:
                properties["CodeUri"] = "s3://bucket/x"
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Application":
            location = resource["Properties"].get("Location")
            resource["Properties"] |= {"TemplateUrl": location} if isinstance(location, str) else {}


# -- what is compared -----------------------------------------------------------------------------------------------------
def grants(stack: Stack) -> dict[str, set[Grant]]:
    """Role -> (effect, action, resource) of its inline policies, and its managed policies as (`Managed`, name, ``)."""
    found: dict[str, set[Grant]] = {}
    for key, resource in stack.resources.items():
        if resource.type == "AWS::IAM::Role":
            policies = [_get(policy, "PolicyDocument") for policy in _leaves(resource.properties.get("Policies"))]
            managed = {
                ("Managed", _name(policy), "") for policy in _leaves(resource.properties.get("ManagedPolicyArns"))
            }
            found[key] = {grant for document in policies for grant in _grants(document)} | managed
        elif (
            resource.type == "AWS::IAM::ManagedPolicy" and resource.implied_by is not None
        ) or resource.type == "AWS::IAM::ManagedPolicy":
            found[key] = set(_grants(resource.properties.get("PolicyDocument")))
    return found


def _grants(document: Value | None) -> Iterator[Grant]:
    for statement in _leaves(_get(document, "Statement")):
        effect = display(_get(statement, "Effect") or Literal("Allow", statement.at))
        for action in _leaves(_get(statement, "Action")):
            for target in _leaves(_get(statement, "Resource")):
                yield effect, display(action).lower(), _plain(display(target))


def _plain(text: str) -> str:
    """`arn:aws:` and `arn:${AWS::Partition}:` are the same for us; both stand in what SAM generates."""
    return text.replace("${AWS::Partition}", "aws")


def _name(value: Value) -> str:
    text = display(value)
    return text.rsplit("/", 1)[-1] if text.startswith("arn:") and text.count("$") <= text.count("AWS::") else text


def _leaves(value: Value | None) -> Iterator[Value]:
    for _, option in value.options() if value is not None else ():
        for item in option.items if isinstance(option, Items) else (option,):
            for _, leaf in item.options():
                if display(leaf) != "":
                    yield leaf


def _get(value: Value | None, key: str) -> Value | None:
    return value.get(key) if isinstance(value, Fields) else None


def types(stack: Stack) -> dict[str, int]:
    counted: dict[str, int] = {}
    for resource in stack.resources.values():
        if resource.type not in OURS_ONLY:
            counted[resource.type] = counted.get(resource.type, 0) + 1
    return counted


def api_policies(stack: Stack) -> dict[str, set[str]]:
    """REST API -> the statements of its resource policy."""
    found: dict[str, set[str]] = {}
    for key, resource in stack.resources.items():
        if resource.type == "AWS::ApiGateway::RestApi":
            policy = resource.properties.get("Policy") or _get(
                resource.properties.get("Body"), "x-amazon-apigateway-policy"
            )
            found[key] = {call for statement in _leaves(_get(policy, "Statement")) for call in _calls(statement)}
    return found


def _calls(statement: Value) -> Iterator[str]:
    """One text for each resource of a statement: SAM writes a statement for each path, we write one for all."""
    assert isinstance(statement, Fields)
    rest = _sorted(Fields({key: entry for key, entry in statement.entries.items() if key != "Resource"}, statement.at))
    for target in _leaves(statement.get("Resource")):
        yield f"{rest} on {display(target)}"


_KIND = {"cognito_user_pools": "COGNITO_USER_POOLS", "awsSigv4": "AWS_IAM", "custom": "CUSTOM", "oauth2": "JWT"}


def routes(stack: Stack) -> set[Call]:
    """(API, method, path, authorisation) of every route, those of OpenAPI bodies included."""
    found: set[Call] = set()
    described: set[tuple[str, str, str]] = set()
    for resource in stack.resources.values():
        undescribed = isinstance(
            resource.properties.get("AuthorizationType"), Unknown
        )  # its API's body is not known: SAM adds nothing to it
        if resource.type in {"AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"} and not undescribed:
            found.add(_native_route(resource))
    for key, resource in stack.resources.items():
        body = resource.properties.get("Body")
        if resource.type in {"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"} and isinstance(body, Fields):
            for call in _described(key, body):
                described.add(call[:3])
                found = {known for known in found if known[:3] != call[:3]} | {call}
    return found


def _native_route(resource: Resource) -> Call:
    read_ = resource.properties.get
    api = display(read_("RestApiId") or read_("ApiId") or Literal("", resource.at)).strip("${}")
    key = text_of(read_("RouteKey"))
    if key is not None:
        method, _, path = key.partition(" ")
        method, path = ("ANY", "$default") if key == "$default" else (method, path)
    else:
        method, path = (
            display(read_("HttpMethod") or Literal("", resource.at)),
            display(read_("Path") or Literal("", resource.at)),
        )
    auth = text_of(read_("AuthorizationType")) or "NONE"
    needs_key = (text_of(read_("ApiKeyRequired")) or "").lower() == "true"
    return api, method, path, f"{auth}+key" if needs_key else auth


def _described(api: str, body: Fields) -> Iterator[Call]:
    schemes = _get(body, "securityDefinitions") or _get(_get(body, "components"), "securitySchemes")
    paths = _get(body, "paths")
    for path, item in paths.entries.items() if isinstance(paths, Fields) else ():
        for option in _leaves(item.value):
            for method, operation in option.entries.items() if isinstance(option, Fields) else ():
                if method == "parameters":
                    continue
                for leaf in _leaves(operation.value):
                    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                    yield api, verb, path.removeprefix("/") if path == "/$default" else path, _security(leaf, schemes)


def _security(operation: Value, schemes: Value | None) -> str:
    auth, key = "NONE", False
    for item in _leaves(_get(operation, "security")):
        for name in item.entries if isinstance(item, Fields) else ():
            if name == "api_key":
                key = True
            elif name not in {"NONE", "api_key_false"}:
                scheme = _get(schemes, name)
                kind = text_of(_get(scheme, "x-amazon-apigateway-authtype")) or text_of(_get(scheme, "type")) or name
                detail = text_of(_get(_get(scheme, "x-amazon-apigateway-authorizer"), "type"))
                if detail == "request" and kind != "custom":
                    kind = "custom"
                auth = _KIND.get(kind, name)
    return f"{auth}+key" if key else auth


UNLIKE = {  # SAM: a tag of its own, OpenAPI bodies, a hash in a name, the alias instead of the function
    "Tags",
    "Body",
    "BodyS3Location",
    "DeploymentId",
    "Parameters",
    "StageName",
    "PolicyName",
    "Policy",
    "ProtocolType",
    "CorsConfiguration",
    "Description",
    "Name",
    "DisableExecuteApiEndpoint",
    "FailOnWarnings",
    "Definition",
    "DefinitionString",
    "DefinitionSubstitutions",
    "DefinitionUri",
    "DefinitionS3Location",
    "FunctionVersion",
    "Layers",
    "RecordSets",
    "Qualifier",
}


def settings(stack: Stack) -> dict[str, dict[str, str]]:
    """Logical id -> property -> value as text, of everything but roles and what is made differently on purpose."""
    found: dict[str, dict[str, str]] = {}
    for key, resource in stack.resources.items():
        if resource.type in OURS_ONLY or resource.type.startswith("AWS::IAM::"):
            continue
        entries = {
            name: display_(entry.value) for name, entry in resource.properties.entries.items() if name not in UNLIKE
        }
        if "s3" in entries.get("Code", "").lower() or not entries.get("Code", "").startswith("{"):
            entries.pop("Code", None)  # packaged for the translator
        found[key] = {name: value for name, value in entries.items() if value not in {"", "[]", "{}"}}
    return found


def display_(value: Value) -> str:
    return re.sub(r"arn:\$\{AWS::Partition\}", "arn:aws", _sorted(value))


def _sorted(value: Value) -> str:
    match value:
        case Fields(entries=entries):
            kept = {
                key: entry.value
                for key, entry in sorted(entries.items())
                if display(entry.value) != "" and key != "Version"
            }
            return "{" + ", ".join(f"{key}: {_sorted(inner)}" for key, inner in kept.items()) + "}"
        case Items(items=[single]):  # IAM takes either, and so do we
            return _sorted(single)
        case Items(items=items):
            return "[" + ", ".join(_sorted(item) for item in items) + "]"
        case Cases(cases=cases):
            return " or ".join(_sorted(case) for _, case in cases)
        case _:
            return display(value)


def differences(ours: Stack, theirs: Stack) -> dict[str, Any]:
    """What the two do not agree on, by subject; empty when all is equal."""
    found: dict[str, Any] = {}
    mine, real = grants(ours), grants(theirs)
    for role in sorted(real.keys() | mine.keys()):
        if mine.get(role) != real.get(role):
            missing, extra = (
                real.get(role, set()) - mine.get(role, set()),
                mine.get(role, set()) - real.get(role, set()),
            )
            found[f"role {role}"] = {
                "missing": sorted(missing),
                "extra": sorted(extra),
                "absent": role not in mine,
                "unknown": role not in real,
            }
    counted, expected = types(ours), types(theirs)
    for type_ in sorted(counted.keys() | expected.keys()):
        if counted.get(type_, 0) != expected.get(type_, 0):
            found[f"type {type_}"] = (counted.get(type_, 0), expected.get(type_, 0))
    made, real_ = settings(ours), settings(theirs)
    for key in sorted(made.keys() & real_.keys()):
        for name in sorted(made[key].keys() | real_[key].keys()):
            if made[key].get(name) != real_[key].get(name):
                found[f"setting {key}.{name}"] = (made[key].get(name), real_[key].get(name))
    if api_policies(ours) != api_policies(theirs):
        found["policies"] = (api_policies(ours), api_policies(theirs))
    calls, wanted = routes(ours), routes(theirs)
    if calls != wanted:
        found["routes"] = {"missing": sorted(wanted - calls), "extra": sorted(calls - wanted)}
    return found


# -- templates of our own: every policy template, event, authoriser, connector ----------------------------------------------
HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def every_policy_template() -> str:
    from casemate.sources.sam.policy_templates import policy_templates

    lines = [HEAD, "Resources:", "  Fn:", "    Type: AWS::Serverless::Function", "    Properties:"]
    lines += ["      Runtime: python3.13", "      Handler: app.handler", "      CodeUri: src/", "      Policies:"]
    for name, template in policy_templates().items():
        given = ", ".join(f"{parameter}: !Ref Some{parameter}" for parameter in template["parameters"])
        lines.append(f"        - {name}: {{{given}}}")
    names = sorted({parameter for template in policy_templates().values() for parameter in template["parameters"]})
    lines += ["Parameters:", *(f"  Some{name}: {{Type: String}}" for name in names)]
    return "\n".join(lines)


FUNCTION = """
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src/
"""

TEMPLATES = {
    "globals": HEAD
    + """
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 10
    Tracing: Active
    Environment: {Variables: {A: one, B: two}}
    Layers: [!Ref SharedLayer]
    VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
    Architectures: [arm64]
    AssumeRolePolicyDocument:
      Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
  SimpleTable:
    SSESpecification: {SSEEnabled: true}
  Api:
    TracingEnabled: true
    Cors: "'https://example.com'"
    MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", LoggingLevel: INFO}]
Resources:
  SharedLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
  Own:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      CodeUri: x/
      Timeout: 20
      Architectures: [x86_64]
      Environment: {Variables: {B: three}}
      VpcConfig: {SubnetIds: [subnet-2]}
      Layers: ["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]
      Events: {Get: {Type: Api, Properties: {Path: /a, Method: get}}}
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: pk, Type: Number}}}
""",
    "policies": HEAD
    + """
Conditions: {Prod: !Equals [!Ref "AWS::Region", eu-west-1]}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Given:"""
    + FUNCTION
    + """
      Role: !GetAtt Role.Arn
  Mixed:"""
    + FUNCTION
    + """
      PermissionsBoundary: arn:aws:iam::123456789012:policy/boundary
      RolePath: /app/
      Policies:
        - AmazonDynamoDBReadOnlyAccess
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
        - !Sub "arn:${AWS::Partition}:iam::123456789012:policy/own"
        - Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]
        - Version: "2012-10-17"
          Statement: {Effect: Deny, Action: ["s3:DeleteObject"], Resource: !Sub "arn:aws:s3:::${AWS::AccountId}-x/*"}
        - S3ReadPolicy: {BucketName: !If [Prod, live, test]}
  One:"""
    + FUNCTION
    + """
      Policies: AmazonS3ReadOnlyAccess
  Map:"""
    + FUNCTION
    + """
      Policies: {Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}
""",
    "function": HEAD
    + """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Fn:"""
    + FUNCTION
    + """
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn}
      KmsKeyArn: arn:aws:kms:us-east-1:123456789012:key/k
      ReservedConcurrentExecutions: 5
      CodeSigningConfigArn: arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-1
      EphemeralStorage: {Size: 1024}
      LoggingConfig: {LogFormat: JSON}
      SnapStart: {ApplyOn: PublishedVersions}
      FileSystemConfigs: [{Arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-1", LocalMountPath: /mnt/x}]
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"]}, InvokeMode: RESPONSE_STREAM}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnSuccess: {Type: SNS}, OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}}
      Events: {Timer: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}
  Private:"""
    + FUNCTION
    + """
      FunctionUrlConfig: {AuthType: AWS_IAM}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: EventBridge, Destination: "arn:aws:events:us-east-1:123456789012:event-bus/b"}}}
  Image: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1"}}
  Inline: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: index.h, InlineCode: "def h(e, c): pass"}}
Outputs: {Alias: {Value: !Ref Fn.Alias}}
""",
    "push": HEAD
    + """
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic}
  Fifo: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  Queue: {Type: AWS::SQS::Queue}
  Pool: {Type: AWS::Cognito::UserPool}
  Group: {Type: AWS::Logs::LogGroup}
  Fn:"""
    + FUNCTION
    + """
      Events:
        Upload: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}
        Note: {Type: SNS, Properties: {Topic: !Ref Topic, FilterPolicy: {kind: [a]}}}
        Through: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
        Ordered: {Type: SNS, Properties: {Topic: !Ref Fifo, SqsSubscription: true}}
        Known: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: {QueueArn: !GetAtt Queue.Arn, QueueUrl: !Ref Queue, BatchSize: 5}}}
        Timer: {Type: Schedule, Properties: {Schedule: rate(5 minutes), Enabled: false, Input: "{}", DeadLetterConfig: {Type: SQS}, RetryPolicy: {MaximumRetryAttempts: 3}}}
        Timer2: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes), DeadLetterConfig: {Type: SQS}}}
        Timer3: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes), RoleArn: "arn:aws:iam::123456789012:role/r", OmitName: true}}
        Bus: {Type: EventBridgeRule, Properties: {EventBusName: own, Pattern: {source: [app]}, State: DISABLED, InputPath: $.detail, DeadLetterConfig: {Arn: !GetAtt Queue.Arn}}}
        Old: {Type: CloudWatchEvent, Properties: {Pattern: {source: [aws.ec2]}, Target: {Id: mine}}}
        Logs: {Type: CloudWatchLogs, Properties: {LogGroupName: !Ref Group, FilterPattern: ERROR}}
        Thing: {Type: IoTRule, Properties: {Sql: everything, AwsIotSqlVersion: "2016-03-23"}}
        Skill: {Type: AlexaSkill, Properties: {SkillId: amzn1.ask.skill.1}}
        AnySkill: {Type: AlexaSkill}
        SignUp: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: [PreSignUp, PostConfirmation]}}
""",
    "pull": HEAD
    + """
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Failed: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  Stream: {Type: AWS::Kinesis::Stream}
  Fn:"""
    + FUNCTION
    + """
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures], FilterCriteria: {Filters: [{Pattern: "{}"}]}}}
        D: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}}}}
        K: {Type: Kinesis, Properties: {Stream: !GetAtt Stream.Arn, StartingPosition: TRIM_HORIZON, MaximumRetryAttempts: 3, BisectBatchOnFunctionError: true, DestinationConfig: {OnFailure: {Type: S3, Destination: "arn:aws:s3:::b"}}}}
        M: {Type: MSK, Properties: {Stream: "arn:aws:kafka:us-east-1:123456789012:cluster/c/1", StartingPosition: LATEST, Topics: [t], ConsumerGroupId: g, SourceAccessConfigurations: [{Type: CLIENT_CERTIFICATE_TLS_AUTH, URI: "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"}]}}
        B: {Type: MQ, Properties: {Broker: "arn:aws:mq:us-east-1:123456789012:broker:b:1", Queues: [q], SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: "arn:aws:secretsmanager:us-east-1:123456789012:secret:m"}], SecretsManagerKmsKeyId: k1}}
        S: {Type: SelfManagedKafka, Properties: {KafkaBootstrapServers: ["a:9092"], Topics: [t], SourceAccessConfigurations: [{Type: SASL_SCRAM_512_AUTH, URI: "arn:aws:secretsmanager:us-east-1:123456789012:secret:k"}, {Type: VPC_SUBNET, URI: "subnet:s1"}, {Type: VPC_SECURITY_GROUP, URI: "security_group:g1"}]}}
        C: {Type: DocumentDB, Properties: {Cluster: "arn:aws:rds:us-east-1:123456789012:cluster:c", DatabaseName: d, SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: "arn:aws:secretsmanager:us-east-1:123456789012:secret:d"}]}}
""",
    "rest": HEAD
    + """
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Guard:"""
    + FUNCTION
    + """
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      EndpointConfiguration: {Type: REGIONAL}
      Cors: {AllowOrigin: "'*'", AllowHeaders: "'X'"}
      AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:g", Format: "{}"}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      TracingEnabled: true
      Models: {Order: {type: object}}
      Auth:
        DefaultAuthorizer: Users
        AddDefaultAuthorizerToCorsPreflight: false
        ApiKeyRequired: true
        Authorizers:
          Users: {UserPoolArn: !GetAtt Pool.Arn}
          Token: {FunctionArn: !GetAtt Guard.Arn, Identity: {Header: X-Token, ReauthorizeEvery: 30}}
          Request: {FunctionPayloadType: REQUEST, FunctionArn: !GetAtt Guard.Arn, Identity: {QueryStrings: [t]}}
        UsagePlan: {CreateUsagePlan: PER_API, Throttle: {RateLimit: 10, BurstLimit: 20}}
        ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8], SourceVpcBlacklist: [vpc-1, vpce-2], AwsAccountWhitelist: ["123456789012"]}
  Fn:"""
    + FUNCTION
    + """
      Events:
        Default: {Type: Api, Properties: {Path: /default, Method: get, RestApiId: !Ref Api}}
        Open: {Type: Api, Properties: {Path: /open, Method: GET, RestApiId: !Ref Api, Auth: {Authorizer: NONE, ApiKeyRequired: false}}}
        Mine: {Type: Api, Properties: {Path: /mine, Method: GET, RestApiId: !Ref Api, Auth: {ResourcePolicy: {IpRangeBlacklist: [192.0.2.0/24], CustomStatements: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/x"}]}}}}
        Iam: {Type: Api, Properties: {Path: "/iam/{proxy+}", Method: any, RestApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}
        Custom: {Type: Api, Properties: {Path: /custom, Method: post, RestApiId: !Ref Api, Auth: {Authorizer: Token}, RequestModel: {Model: Order, ValidateBody: true}, RequestParameters: [method.request.header.X, method.request.querystring.q: {Required: true}]}}
        Asked: {Type: Api, Properties: {Path: /asked, Method: put, RestApiId: !Ref Api, Auth: {Authorizer: Request}}}
""",
    "implicit-rest": HEAD
    + """
Globals: {Api: {Auth: {DefaultAuthorizer: AWS_IAM}, Domain: {DomainName: api.example.com, CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/c", BasePath: [v1], Route53: {HostedZoneId: Z1}}}}
Resources:
  A:"""
    + FUNCTION
    + """
      Events: {One: {Type: Api, Properties: {Path: /a, Method: get}}, Two: {Type: Api, Properties: {Path: /a, Method: post, Auth: {Authorizer: NONE}}}}
  B:"""
    + FUNCTION
    + """
      Events: {One: {Type: Api, Properties: {Path: /b, Method: any}}}
      Environment: {Variables: {URL: !Sub "https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/${ServerlessRestApi.Stage}"}}
""",
    "described-rest": HEAD
    + """
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref AWS::StackName
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /b: {post: {security: [{Users: []}]}, put: {security: [{NONE: []}]}}
      Auth: {DefaultAuthorizer: Users, Authorizers: {Users: {UserPoolArn: !GetAtt Pool.Arn}}}
  Fn:"""
    + FUNCTION
    + """
      Events: {Get: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}}
""",
    "http": HEAD
    + """
Resources:
  Guard:"""
    + FUNCTION
    + """
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      FailOnWarnings: true
      CorsConfiguration: {AllowOrigins: ["https://example.com"], AllowMethods: [GET]}
      DefaultRouteSettings: {ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50}
      AccessLogSettings: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:g", Format: "{}"}
      Auth:
        DefaultAuthorizer: Jwt
        EnableIamAuthorizer: true
        Authorizers:
          Jwt: {AuthorizationScopes: [s], JwtConfiguration: {issuer: "https://i.example.com", audience: [a]}, IdentitySource: $request.header.Authorization}
          Guard: {FunctionArn: !GetAtt Guard.Arn, AuthorizerPayloadFormatVersion: "2.0", Identity: {Headers: [X]}, EnableFunctionDefaultPermissions: true}
  Fn:"""
    + FUNCTION
    + """
      Events:
        Default: {Type: HttpApi, Properties: {Path: /default, Method: get, ApiId: !Ref Api, RouteSettings: {ThrottlingRateLimit: 5}}}
        Open: {Type: HttpApi, Properties: {Path: /open, Method: GET, ApiId: !Ref Api, Auth: {Authorizer: NONE}}}
        Iam: {Type: HttpApi, Properties: {Path: "/iam/{id}", Method: any, ApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}
        Custom: {Type: HttpApi, Properties: {Path: /custom, Method: post, ApiId: !Ref Api, PayloadFormatVersion: "1.0", TimeoutInMillis: 3000, Auth: {Authorizer: Guard}}}
  Other:"""
    + FUNCTION
    + """
      Events: {Get: {Type: HttpApi, Properties: {Path: /x, Method: get}}}
  Whole:"""
    + FUNCTION
    + """
      Events: {All: {Type: HttpApi}}
""",
    "state-machine": HEAD
    + """
Resources:
  Fn:"""
    + FUNCTION
    + """
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
      Type: EXPRESS
      Tracing: {Enabled: true}
      Logging: {Level: ALL, IncludeExecutionData: true}
      PermissionsBoundary: arn:aws:iam::123456789012:policy/boundary
      Policies: [LambdaInvokePolicy: {FunctionName: !Ref Fn}, AWSStepFunctionsFullAccess]
      Events:
        Timer: {Type: Schedule, Properties: {Schedule: rate(1 hour), DeadLetterConfig: {Type: SQS}}}
        Timer2: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour)}}
        Bus: {Type: EventBridgeRule, Properties: {Pattern: {source: [app]}, State: ENABLED}}
        Call: {Type: Api, Properties: {Path: /start, Method: post}}
  Given:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: m.asl.json, Role: "arn:aws:iam::123456789012:role/r"}
""",
    "connectors": HEAD
    + """
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic}
  Queue: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::Serverless::SimpleTable}
  Http: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionBody: {openapi: 3.0.1, paths: {}}}}
  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Id: q, Arn: !GetAtt Queue.Arn}]}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: a.b, CodeUri: src/}
    Connectors:
      Store: {Properties: {Destination: {Id: Bucket}, Permissions: [Read, Write]}}
      Many: {Properties: {Destination: [{Id: Queue}, {Id: Topic}], Permissions: [Write]}}
  ToTable: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Fn}, Destination: {Id: Table}, Permissions: [Read]}}
  ToMachine: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Fn}, Destination: {Id: Machine}, Permissions: [Read, Write]}}
  FromApi: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Http}, Destination: {Id: Fn}, Permissions: [Write]}}
  FromTopic: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Topic}, Destination: {Id: Queue}, Permissions: [Write]}}
  FromQueue: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Queue}, Destination: {Id: Fn}, Permissions: [Read, Write]}}
  FromRule: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Rule}, Destination: {Id: Topic}, Permissions: [Write]}}
  FromBucket: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Bucket}, Destination: {Id: Fn}, Permissions: [Write]}}
  Outside: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Machine}, Destination: {Type: "AWS::Lambda::Function", Arn: "arn:aws:lambda:us-east-1:123456789012:function:f"}, Permissions: [Write]}}
""",
    "graphql": HEAD
    + """
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Guard:"""
    + FUNCTION
    + """
  Fn:"""
    + FUNCTION
    + """
  Graph:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      SchemaInline: "type Query { a: String }"
      XrayEnabled: true
      Auth: {Type: API_KEY, Additional: [{Type: AWS_LAMBDA, LambdaAuthorizer: {AuthorizerUri: !GetAtt Guard.Arn}}, {Type: AWS_IAM}]}
      ApiKeys: {Key: {ExpiresOn: 1893456000}}
      DataSources:
        DynamoDb: {Items: {TableName: !Ref Table, TableArn: !GetAtt Table.Arn, Permissions: [Read]}}
        Lambda: {Call: {FunctionArn: !GetAtt Fn.Arn}}
      Functions: {get: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, DataSource: Items, InlineCode: x}, none: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, DataSource: none, InlineCode: x}}
      Resolvers: {Query: {a: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, InlineCode: y, Pipeline: [get, none]}}}
""",
    "conditions": HEAD
    + """
Conditions: {Prod: !Equals [!Ref "AWS::Region", eu-west-1]}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn:
    Type: AWS::Serverless::Function
    Condition: Prod
    Properties:
      Runtime: python3.13
      Handler: a.b
      CodeUri: src/
      Role: !If [Prod, !GetAtt Role.Arn, !Ref "AWS::NoValue"]
      Events: {Get: {Type: Api, Properties: {Path: /a, Method: get}}}
""",
    "others": HEAD
    + """
Resources:
  Local: {Type: AWS::Serverless::Application, Properties: {Location: child/template.yaml, Parameters: {A: b}}}
  Plain: {Type: AWS::Serverless::SimpleTable}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://bucket/key, RetentionPolicy: Delete, CompatibleRuntimes: [python3.13]}}
  Native: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Code: {ZipFile: x}, Role: arn}}
""",
}


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*TEMPLATES, "every policy template"])
def test_expansion_is_what_the_translator_makes(name: str) -> None:
    text = TEMPLATES.get(name) or every_policy_template()
    found = differences(read(text), read(translate(text)))
    assert found == {}
