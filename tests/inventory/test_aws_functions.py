from __future__ import annotations

import textwrap
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate.analysis.system import is_public
from casemate.inventory.aws import (
    api,
    api_v2,
    distributions,
    event_hooks,
    events,
    functions,
    graphql,
    iam,
    load_balancers,
)
from casemate.inventory.build import build
from casemate.model.function import Function
from casemate.model.inventory import Inventory
from casemate.model.location import Span
from casemate.model.policy import ResourcePolicy
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.setting import Declared, Defaulted, Unresolved
from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Tagged, Text, Unknown, Value
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def read(resources: str, head: str = "") -> Reading:
    text = f"{textwrap.dedent(head)}Resources:\n{textwrap.indent(textwrap.dedent(resources).lstrip(), '  ')}"
    return source.read(MemoryTree({"t.yaml": text.encode()}), ("t.yaml",), Options())


def inventory(resources: str, head: str = "") -> Inventory:
    built = build([read(resources, head)])
    assert [found for found in built.diagnostics if found.level == "error"] == []
    return built


def one_function(resources: str) -> Function:
    (function,) = inventory(resources).functions
    return function


def line(place: object) -> int:
    return int(place.at.start_line)  # type: ignore[attr-defined]


def test_a_bare_function_has_the_defaults_of_lambda_at_its_name() -> None:
    function = one_function("""
    Hello:
      Type: AWS::Lambda::Function
      Properties: {Handler: app.handler, Runtime: python3.13, Code: src/hello, Role: "arn:aws:iam::1:role/x"}
    """)
    assert (function.id, function.name, function.kind) == ("t.yaml#Hello", "Hello", "lambda")
    assert function.timeout == Defaulted("Timeout", function.at, 3, "Lambda's default")
    assert (function.memory.value, function.reserved_concurrency.value, function.environment_key.value) == (
        128,
        None,
        None,
    )
    for setting in (function.tracing, function.dead_letter, function.in_network, function.code_signing):
        assert isinstance(setting, Defaulted)
        assert (setting.value, setting.at) == (False, function.at)
    assert function.code.uri is not None
    assert function.code.uri.value == "src/hello"
    assert function.role is not None
    assert (function.role.text, function.role.target) == ("arn:aws:iam::1:role/x", None)


def test_declared_settings_stand_at_their_values() -> None:
    function = one_function("""
    Hello:
      Type: AWS::Lambda::Function
      Properties:
        Handler: app.handler
        Runtime: nodejs22.x
        Timeout: "900"
        MemorySize: 256
        ReservedConcurrentExecutions: 5
        KmsKeyArn: !GetAtt Key.Arn
        TracingConfig: {Mode: Active}
        CodeSigningConfigArn: arn:aws:lambda:eu-west-1:1:code-signing-config:csc-1
        DeadLetterConfig: {TargetArn: !GetAtt Failed.Arn}
        VpcConfig:
          SubnetIds: [!Ref Inner, subnet-1]
          SecurityGroupIds: [!Ref Group]
        Environment:
          Variables:
            TABLE: !Ref Table
        Code: {S3Bucket: b, S3Key: k.zip}
        Layers: [!Ref Layer]
        Role: !GetAtt Role.Arn
    Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
    Inner: {Type: AWS::EC2::Subnet}
    Group: {Type: AWS::EC2::SecurityGroup}
    Layer: {Type: AWS::Lambda::LayerVersion}
    Key: {Type: AWS::KMS::Key}
    """)
    assert (function.timeout.value, line(function.timeout)) == (900, 7)
    assert (function.reserved_concurrency.value, function.environment_key.value) == (5, "${Key.Arn}")
    assert (function.tracing.value, line(function.tracing)) == (True, 11)
    assert [setting.value for setting in (function.dead_letter, function.in_network, function.code_signing)] == [
        True
    ] * 3
    assert [(link.text, link.target) for link in function.subnets] == [("${Inner}", "t.yaml#Inner"), ("subnet-1", None)]
    assert [link.target for link in function.security_groups] == ["t.yaml#Group"]
    assert [link.target for link in function.layers] == ["t.yaml#Layer"]
    assert function.role is not None
    assert function.role.target == "t.yaml#Role"
    (variable,) = function.environment
    assert (variable.name, variable.at.start_line) == ("TABLE", 19)
    assert function.code.uri is not None
    assert function.code.uri.value == "k.zip"


def test_images_and_inline_code() -> None:
    found = inventory("""
    Image: {Type: AWS::Lambda::Function, Properties: {PackageType: Image, Code: {ImageUri: "1.dkr.ecr/x:1"}}}
    Inline: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: index.h, Code: {ZipFile: "def h(e, c): pass"}}}
    """)
    image, inline = found.functions
    assert image.runtime.value is None
    assert image.code.image is not None
    assert image.code.image.value == "1.dkr.ecr/x:1"
    assert image.code.handler is None
    assert inline.code.inline is not None
    assert (inline.code.uri, inline.code.image) == (None, None)


def test_failures_are_kept_by_an_event_invoke_config_through_an_alias() -> None:
    function = one_function("""
    Hello: {Type: AWS::Lambda::Function, Properties: {FunctionName: hello}}
    Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Hello}}
    Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Hello, FunctionVersion: !GetAtt Version.Version, Name: live}}
    Config:
      Type: AWS::Lambda::EventInvokeConfig
      Properties:
        FunctionName: !Ref Live
        Qualifier: live
        DestinationConfig: {OnFailure: {Destination: !GetAtt Queue.Arn}}
    """)
    assert isinstance(function.dead_letter, Declared)
    assert function.dead_letter.value is True


def test_log_groups_belong_by_name() -> None:
    found = inventory("""
    One: {Type: AWS::Lambda::Function}
    Two: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub "${AWS::StackName}-two"}}
    Three: {Type: AWS::Lambda::Function, Properties: {LoggingConfig: {LogGroup: !Ref Shared}}}
    Four: {Type: AWS::Lambda::Function}
    Shared: {Type: AWS::Logs::LogGroup}
    OneLogs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/lambda/${One}"}}
    TwoLogs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/lambda/${AWS::StackName}-two"}}
    """)
    targets = [None if function.log_group is None else function.log_group.target for function in found.functions]
    assert targets == ["t.yaml#OneLogs", "t.yaml#TwoLogs", "t.yaml#Shared", None]


def test_a_function_url_is_a_setting_and_a_route() -> None:
    found = inventory("""
    Hello: {Type: AWS::Lambda::Function}
    Url:
      Type: AWS::Lambda::Url
      Properties:
        TargetFunctionArn: !GetAtt Hello.Arn
        AuthType: NONE
        Cors:
          AllowOrigins: ["*"]
          AllowCredentials: true
    """)
    (function,) = found.functions
    assert function.url is not None
    assert (function.url.auth.value, line(function.url.auth)) == ("NONE", 7)
    assert function.url.cors is not None
    assert [(origin.value, line(origin)) for origin in function.url.cors.origins] == [("*", 9)]
    assert function.url.cors.credentials.value is True
    (route,) = found.routes
    assert (route.kind, route.label, route.auth.value) == ("function-url", "ANY /", "none")
    assert route.function is not None
    assert route.function.target == function.id


def test_the_type_of_a_url_may_be_unknown_missing_or_conditional() -> None:
    found = inventory(
        """
    Hello: {Type: AWS::Lambda::Function}
    A: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Hello, AuthType: !Ref Auth}}
    B: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Hello}}
    C: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Hello, AuthType: !If [Dev, NONE, AWS_IAM]}}
    """,
        "Parameters: {Auth: {Type: String}, Stage: {Type: String}}\nConditions: {Dev: !Equals [!Ref Stage, dev]}\n",
    )
    first, second, third = (route.auth for route in found.routes)
    assert isinstance(first, Unresolved)
    assert isinstance(second, Unresolved)
    assert [(words, getattr(leaf, "value", None)) for words, leaf in third.leaves()] == [
        ("if Dev", "none"),
        ("else of Dev", "iam"),
    ]


def policies(resources: str) -> tuple[ResourcePolicy, ...]:
    return inventory(
        "Hello: {Type: AWS::Lambda::Function, Properties: {FunctionName: hello}}\n" + textwrap.dedent(resources)
    ).policies


def test_permissions_become_statements_with_conditions() -> None:
    public, pinned, service, url, organisation, account = policies("""
    Public: {Type: AWS::Lambda::Permission, Properties: {FunctionName: hello, Action: "lambda:*", Principal: "*"}}
    Pinned: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunction, Principal: "*", SourceAccount: !Ref AWS::AccountId}}
    Service: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt Hello.Arn, Action: lambda:InvokeFunction, Principal: !Sub "apigateway.${AWS::URLSuffix}", SourceArn: !Sub "arn:aws:execute-api:${AWS::Region}:1:x/*"}}
    Url: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunctionUrl, Principal: "*", FunctionUrlAuthType: AWS_IAM}}
    Org: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunction, Principal: "*", PrincipalOrgID: o-1}}
    Account: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunction, Principal: "123456789012"}}
    """)
    everything = (public, pinned, service, url, organisation, account)
    assert [is_public(policy.statements[0]) for policy in everything] == [True, False, False, False, False, False]
    assert [policy.subject for policy in everything] == ["function"] * 6
    assert {policy.target.target for policy in everything if policy.target} == {"t.yaml#Hello"}
    assert [policy.statements[0].principals[0].type for policy in everything] == ["*", "*", "Service", "*", "*", "AWS"]
    assert [(found.operator, found.key) for found in service.statements[0].conditions] == [("ArnLike", "aws:SourceArn")]
    assert public.statements[0].actions[0].text == "lambda:*"


def test_layers_can_be_shared_with_an_organisation_or_with_everybody() -> None:
    everybody, organisation = policies("""
    Layer: {Type: AWS::Lambda::LayerVersion}
    All: {Type: AWS::Lambda::LayerVersionPermission, Properties: {LayerVersionArn: !Ref Layer, Action: lambda:GetLayerVersion, Principal: "*"}}
    Org: {Type: AWS::Lambda::LayerVersionPermission, Properties: {LayerVersionArn: !Ref Layer, Action: lambda:GetLayerVersion, Principal: "*", OrganizationId: o-1}}
    """)
    assert [policy.subject for policy in (everybody, organisation)] == ["layer", "layer"]
    assert [is_public(policy.statements[0]) for policy in (everybody, organisation)] == [True, False]


def test_edge_functions_are_told_by_their_distribution() -> None:
    function = one_function("""
    Hello: {Type: AWS::Lambda::Function}
    Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Hello}}
    Cdn:
      Type: AWS::CloudFront::Distribution
      Properties:
        DistributionConfig:
          DefaultCacheBehavior:
            LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref Version}]
    """)
    assert function.kind == "edge"


def test_what_a_framework_implies_is_called_after_its_cause() -> None:
    reading = read("""
    Hello: {Type: AWS::Lambda::Function}
    HelloPermission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunction, Principal: s3.amazonaws.com}}
    """)
    (stack,) = reading.stacks
    implied = replace(stack.resources["HelloPermission"], implied_by="Hello")
    changed = replace(stack, resources={**stack.resources, "HelloPermission": implied})
    (policy,) = build([replace(reading, stacks=(changed,))]).policies
    assert (policy.name, policy.at) == ("Hello", implied.at)
    assert policy.statements[0].implied


# -- hostile input ------------------------------------------------------------------------------------------------------
AT = Span("t.yaml", 1, 1, 1, 2)
MODULES = (functions, iam, api, api_v2, graphql, load_balancers, distributions, events)
TYPES = sorted({type_ for module in MODULES for type_ in module.BUILDERS} | set(event_hooks.SOURCES))
KEYS = (
    "Code", "S3Key", "FunctionName", "TargetFunctionArn", "AuthType", "Principal", "Action", "Policies", "PolicyDocument", "Statement", "Roles",
    "ManagedPolicyArns", "PermissionsBoundary", "Body", "paths", "/a", "get", "security", "securityDefinitions", "type", "RestApiId", "ResourceId",
    "ParentId", "ApiId", "RouteKey", "Target", "MethodSettings", "DefaultRouteSettings", "RouteSettings", "Targets", "Arn", "Source", "Rule",
    "Actions", "Lambda", "FunctionArn", "Cors", "AllowOrigins", "LambdaConfig", "NotificationConfiguration", "LambdaConfigurations", "Function",
    "Filter", "S3Key", "Rules", "Subscription", "Endpoint", "Protocol", "ServiceToken", "DistributionConfig", "Origins", "CustomOriginConfig",
    "DefaultCacheBehavior", "LambdaFunctionAssociations", "LambdaFunctionARN", "Listeners", "DefaultActions", "Type", "LoadBalancerArn",
    "TargetGroupArn", "Integration", "Uri", "IntegrationResponses", "ResponseParameters", "method.response.header.Access-Control-Allow-Origin",
    "DeadLetterConfig", "DestinationConfig", "OnFailure", "FilterCriteria", "Filters", "Pattern", "MaximumRetryAttempts", "TopicRulePayload",
    "LoggingConfig", "LogGroup", "Environment", "Variables", "Layers", "VpcConfig", "SubnetIds", "x-amazon-apigateway-integration", "uri", "$ref",
)  # fmt: skip
LEAVES: st.SearchStrategy[Value] = st.one_of(
    st.sampled_from(
        ["", "true", "-1", "*", "{", '{"Statement": 5}', "#/paths//a", "nan", "arn:aws:lambda:::function:R"]
    ).map(lambda text: Literal(text, AT)),
    st.one_of(st.none(), st.booleans(), st.integers(-2, 70_000)).map(lambda scalar: Literal(scalar, AT)),
    st.sampled_from(["R", "S", "Other", "AWS::Region"]).map(lambda name: Reference(name, None, AT)),
    st.sampled_from([Unknown("no default", AT), Absent(AT), Text([Literal("a", AT), Unknown("b", AT)], AT)]),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Items(items, AT)),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=5).map(
            lambda found: Fields({key: Entry(AT, value) for key, value in found.items()}, AT)
        ),
        st.tuples(inner, inner).map(lambda pair: Cases([("if A", pair[0]), ("else of A", pair[1])], AT)),
        inner.map(lambda value: Tagged("!X", value, AT)),
    ),
    max_leaves=14,
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), st.sampled_from(TYPES))
def test_no_property_breaks_a_builder(properties: dict[str, Value], other: str) -> None:
    given_ = Fields({key: Entry(AT, value) for key, value in properties.items()}, AT)
    for type_ in TYPES:
        resources = {
            key: Resource(
                type=made,
                name=key,
                key=key,
                at=AT,
                body=AT,
                properties=given_,
                dialect="cloudformation",
                implied_by="R",
            )
            for key, made in (("R", type_), ("S", other))
        }
        stack = Stack(name="s", path="t.yaml", root="", dialect="cloudformation", resources=resources)
        built = build([Reading((stack,))])
        assert [found.message for found in built.diagnostics] == []


def test_circles_of_aliases_and_paths_end() -> None:
    found = inventory("""
    A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref B}}
    B: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref A}}
    Rule: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !Ref A}]}}
    Part: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !Ref Part, PathPart: a}}
    Method: {Type: AWS::ApiGateway::Method, Properties: {ResourceId: !Ref Part, HttpMethod: GET}}
    """)
    assert found.triggers == ()
    assert found.routes[0].path.startswith("/a/a")
