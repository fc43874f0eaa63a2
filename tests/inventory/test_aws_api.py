from __future__ import annotations

import textwrap

import pytest

from casemate.analysis.system import is_public
from casemate.inventory.build import build
from casemate.model.api import Api, Route
from casemate.model.inventory import Inventory
from casemate.model.setting import Defaulted, Unresolved
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HELLO = "Hello: {Type: AWS::Lambda::Function, Properties: {FunctionName: hello}}\n"
URI = '!Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations"'


def inventory(resources: str, head: str = "") -> Inventory:
    text = f"{head}Resources:\n{textwrap.indent(HELLO + textwrap.dedent(resources).lstrip(), '  ')}"
    built = build([source.read(MemoryTree({"t.yaml": text.encode()}), ("t.yaml",), Options())])
    assert [found for found in built.diagnostics if found.level == "error"] == []
    assert len({entity.id for entity in built.entities()}) == len(built.entities())
    return built


def one_api(resources: str, head: str = "") -> Api:
    (api,) = inventory(resources, head).apis
    return api


def auths(routes: tuple[Route, ...]) -> dict[str, list[str]]:
    return {route.label: [str(value) for value in route.auth.values()] for route in routes}


# -- REST ---------------------------------------------------------------------------------------------------------------
def test_methods_have_a_path_a_function_and_a_way_to_authenticate() -> None:
    found = inventory(f"""
    Api: {{Type: AWS::ApiGateway::RestApi}}
    Users: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: users}}}}
    User: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !Ref Users, PathPart: "{{id}}"}}}}
    Root: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: get, Integration: {{Type: AWS_PROXY, Uri: {URI}}}}}}}
    Get: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !Ref User, HttpMethod: ANY, AuthorizationType: AWS_IAM, ApiKeyRequired: true}}}}
    Text: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, Path: /text, HttpMethod: POST, AuthorizationType: CUSTOM}}}}
    Pool: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, Path: /pool, HttpMethod: POST, AuthorizationType: COGNITO_USER_POOLS}}}}
    Odd: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, Path: /odd, HttpMethod: POST, AuthorizationType: SOMETHING}}}}
    """)
    assert auths(found.routes) == {
        "GET /": ["none"], "ANY /users/{id}": ["iam"], "POST /text": ["lambda"], "POST /pool": ["cognito"], "POST /odd": [],
    }  # fmt: skip
    root, get, *_ = found.routes
    assert isinstance(root.auth, Defaulted)
    assert root.auth.at == root.at
    assert root.function is not None
    assert root.function.target == "t.yaml#Hello"
    assert root.api is not None
    assert root.api.target == "t.yaml#Api"
    assert (get.function, get.api_key.value) == (None, True)


def test_settings_of_the_stage_count_for_the_api() -> None:
    api = one_api("""
    Api: {Type: AWS::ApiGateway::RestApi, Properties: {EndpointConfiguration: {Types: [PRIVATE]}, DisableExecuteApiEndpoint: true}}
    Stage:
      Type: AWS::ApiGateway::Stage
      Properties:
        RestApiId: !Ref Api
        TracingEnabled: true
        CacheClusterEnabled: true
        AccessLogSetting: {DestinationArn: !GetAtt Logs.Arn}
        MethodSettings:
          - {ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: 10, LoggingLevel: INFO, DataTraceEnabled: true, CachingEnabled: true}
    Wall: {Type: AWS::WAFv2::WebACLAssociation, Properties: {ResourceArn: !Sub "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}", WebACLArn: a}}
    """)
    flags = (api.private, api.tracing, api.access_logs, api.throttled, api.full_payload_logs, api.waf)
    assert [setting.value for setting in flags] == [True] * 6
    assert (api.execution_logs.value, api.cache_encrypted.value, api.default_endpoint.value) == ("INFO", False, False)
    assert api.full_payload_logs.at.start_line == 12


def test_absent_settings_of_a_stage_stand_at_its_name_and_several_stages_are_cases() -> None:
    api = one_api("""
    Api: {Type: AWS::ApiGateway::RestApi}
    Dev: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: dev}}
    Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod, TracingEnabled: true}}
    """)
    assert [(words, getattr(leaf, "value", None)) for words, leaf in api.tracing.leaves()] == [
        ("in stage dev", False),
        ("in stage prod", True),
    ]
    assert [leaf.at.start_line for _, leaf in api.access_logs.leaves()] == [4, 5]
    assert api.waf.value is False


def test_a_deployment_may_bring_the_stage_and_none_is_not_known() -> None:
    deployed = one_api("""
    Api: {Type: AWS::ApiGateway::RestApi}
    D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1, StageDescription: {LoggingLevel: ERROR, ThrottlingBurstLimit: 5}}}
    """)
    assert (deployed.execution_logs.value, deployed.throttled.value, deployed.tracing.value) == ("ERROR", True, False)
    bare = one_api("Api: {Type: AWS::ApiGateway::RestApi}")
    assert isinstance(bare.throttled, Unresolved)
    assert isinstance(bare.access_logs, Unresolved)


def test_limits_of_a_usage_plan_and_of_a_single_method() -> None:
    found = inventory("""
    Api: {Type: AWS::ApiGateway::RestApi}
    Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: v1}], Throttle: {RateLimit: 5}}}
    Other: {Type: AWS::ApiGateway::RestApi}
    Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Other, MethodSettings: [{ResourcePath: /~1a, HttpMethod: GET, ThrottlingRateLimit: 1}]}}
    A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Other, Path: /a, HttpMethod: GET}}
    B: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Other, Path: /b, HttpMethod: GET}}
    """)
    assert [api.throttled.value for api in found.apis] == [True, False]
    assert [route.throttled.value for route in found.routes] == [True, False]


def test_an_openapi_body_gives_routes_authorisers_and_a_policy() -> None:
    found = inventory(f"""
    Api:
      Type: AWS::ApiGateway::RestApi
      Properties:
        Policy: {{Statement: [{{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "*"}}]}}
        Body:
          openapi: 3.0.1
          x-amazon-apigateway-request-validators: {{all: {{validateRequestBody: true, validateRequestParameters: false}}}}
          components:
            securitySchemes:
              Sig: {{type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}}
              Own: {{type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {{type: token, authorizerUri: {URI}, authorizerResultTtlInSeconds: 0}}}}
              Pool: {{type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools}}
              Key: {{type: apiKey, name: x-api-key, in: header}}
          paths:
            /open:
              get: {{x-amazon-apigateway-integration: {{type: aws_proxy, uri: {URI}}}}}
            /sig:
              post: {{security: [{{Sig: []}}], x-amazon-apigateway-request-validator: all}}
            /own:
              x-amazon-apigateway-any-method: {{security: [{{Own: []}}, {{Key: []}}]}}
            /pool:
              put: {{security: [{{Pool: []}}]}}
            /none:
              get: {{security: []}}
            /key:
              get: {{security: [{{Key: []}}]}}
            /odd:
              get: {{security: [{{Missing: []}}]}}
    """)
    assert auths(found.routes) == {
        "GET /open": ["none"], "POST /sig": ["iam"], "ANY /own": ["lambda"], "PUT /pool": ["cognito"], "GET /none": ["none"],
        "GET /key": ["none"], "GET /odd": [],
    }  # fmt: skip
    by_label = {route.label: route for route in found.routes}
    assert by_label["GET /open"].function is not None
    assert by_label["GET /open"].at.start_line == 18
    assert [by_label[label].api_key.value for label in ("ANY /own", "GET /key", "GET /open")] == [True, True, False]
    assert by_label["POST /sig"].validated.value is True
    assert [(made.name, made.kind, made.cache_seconds.value) for made in found.authorizers] == [("Api", "lambda", 0)]
    (policy,) = found.policies
    assert (policy.subject, is_public(policy.statements[0])) == ("api", True)
    assert policy.target is not None
    assert policy.target.target == "t.yaml#Api"
    assert found.apis[0].validation.value is True


def test_a_body_with_security_at_its_root() -> None:
    found = inventory("""
    Api:
      Type: AWS::ApiGateway::RestApi
      Properties:
        Body:
          swagger: "2.0"
          security: [{Sig: []}]
          securityDefinitions: {Sig: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}}
          paths: {/a: {get: {}}, /b: {get: {security: []}}}
    """)
    assert auths(found.routes) == {"GET /a": ["iam"], "GET /b": ["none"]}


def test_cors_of_a_mock_method_and_of_error_responses() -> None:
    found = inventory("""
    Api: {Type: AWS::ApiGateway::RestApi}
    Options:
      Type: AWS::ApiGateway::Method
      Properties:
        RestApiId: !Ref Api
        Path: /a
        HttpMethod: OPTIONS
        Integration:
          Type: MOCK
          IntegrationResponses:
            - ResponseParameters:
                method.response.header.Access-Control-Allow-Origin: "'*'"
                method.response.header.Access-Control-Allow-Credentials: "'true'"
                method.response.header.Access-Control-Allow-Methods: "'GET,POST'"
    Errors: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseParameters: {gatewayresponse.header.Access-Control-Allow-Origin: "'https://a.example'"}}}
    """)
    cors = found.routes[0].cors
    assert cors is not None
    assert ([origin.value for origin in cors.origins], cors.credentials.value, cors.methods) == (
        ["*"],
        True,
        ("GET", "POST"),
    )
    assert cors.origins[0].at.start_line == 14
    assert found.apis[0].cors is not None
    assert found.apis[0].cors.origins[0].value == "https://a.example"


def test_authorisers_and_validators() -> None:
    found = inventory(f"""
    Api: {{Type: AWS::ApiGateway::RestApi}}
    Auth: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: !Ref Api, Type: REQUEST, IdentitySource: "method.request.header.A, context.identity.sourceIp", AuthorizerUri: {URI}}}}}
    Check: {{Type: AWS::ApiGateway::RequestValidator, Properties: {{RestApiId: !Ref Api, ValidateRequestBody: true}}}}
    A: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, Path: /a, HttpMethod: POST, RequestValidatorId: !Ref Check}}}}
    """)
    (authorizer,) = found.authorizers
    assert (authorizer.kind, authorizer.cache_seconds.value) == ("lambda", 300)
    assert authorizer.identity_sources == ("method.request.header.A", "context.identity.sourceIp")
    assert authorizer.function is not None
    assert authorizer.function.target == "t.yaml#Hello"
    assert (found.routes[0].validated.value, found.apis[0].validation.value) == (True, True)


def test_client_certificates_are_a_way_to_authenticate_when_they_are_the_only_way_in() -> None:
    template = """
    Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{DisableExecuteApiEndpoint: {off}}}}}
    Domain: {{Type: AWS::ApiGateway::DomainName, Properties: {{SecurityPolicy: TLS_1_2, MutualTlsAuthentication: {{TruststoreUri: s3://b/k}}}}}}
    Map: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{RestApiId: !Ref Api, DomainName: !Ref Domain}}}}
    A: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, Path: /a, HttpMethod: POST, AuthorizationType: NONE}}}}
    """
    closed, open_ = (inventory(template.format(off=off)) for off in ("true", "false"))
    assert [closed.routes[0].auth.value, open_.routes[0].auth.value] == ["mtls", "none"]
    assert closed.apis[0].minimum_tls.value == "TLS_1_2"


# -- HTTP and WebSocket -------------------------------------------------------------------------------------------------
def test_http_apis() -> None:
    found = inventory("""
    Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ["*"], AllowMethods: [GET]}}}
    Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, DefaultRouteSettings: {ThrottlingBurstLimit: 5}, AccessLogSettings: {DestinationArn: a}}}
    To: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Hello.Arn}}
    Get: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /a, Target: !Sub "integrations/${To}"}}
    Rest: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $default, AuthorizationType: JWT, AuthorizerId: !Ref Jwt}}
    Jwt: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Api, AuthorizerType: JWT, IdentitySource: [$request.header.Authorization]}}
    """)
    (api,) = found.apis
    assert (api.kind, api.throttled.value, api.access_logs.value, api.https_only.value) == ("http", True, True, True)
    assert api.cors is not None
    assert [origin.value for origin in api.cors.origins] == ["*"]
    assert auths(found.routes) == {"GET /a": ["none"], "ANY $default": ["jwt"]}
    assert found.routes[0].function is not None
    assert found.routes[0].function.target == "t.yaml#Hello"
    assert found.routes[0].throttled.value is True
    assert [(made.kind, made.identity_sources) for made in found.authorizers] == [
        ("jwt", ("$request.header.Authorization",))
    ]


def test_a_quick_create_is_an_open_route() -> None:
    found = inventory(
        "Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt Hello.Arn, RouteKey: POST /hook}}"
    )
    (route,) = found.routes
    assert (route.label, route.auth.value) == ("POST /hook", "none")
    assert route.function is not None
    assert route.function.target == "t.yaml#Hello"
    assert found.apis[0].throttled.value is False


def test_websockets_authenticate_once_when_connecting() -> None:
    found = inventory("""
    Open: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
    OpenSend: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Open, RouteKey: send}}
    Shut: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
    Connect: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Shut, RouteKey: $connect, AuthorizationType: CUSTOM}}
    ShutSend: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Shut, RouteKey: send, AuthorizationType: NONE}}
    """)
    assert [(route.name, route.kind, route.auth.value) for route in found.routes] == [
        ("OpenSend", "websocket", "none"), ("Connect", "websocket", "lambda"), ("ShutSend", "websocket", "lambda"),
    ]  # fmt: skip
    assert found.routes[0].auth.at == found.apis[0].at
    assert found.routes[2].auth.at == found.routes[1].auth.at


# -- other front doors --------------------------------------------------------------------------------------------------
def test_graphql_apis() -> None:
    found = inventory("""
    Api: {Type: AWS::AppSync::GraphQLApi, Properties: {AuthenticationType: API_KEY, XrayEnabled: true, LogConfig: {FieldLogLevel: ALL}}}
    Source: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt Api.ApiId, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt Hello.Arn}}}
    """)
    (api,) = found.apis
    assert (api.kind, api.tracing.value, api.execution_logs.value, api.full_payload_logs.value) == (
        "graphql",
        True,
        "ALL",
        True,
    )
    (route,) = found.routes
    assert (route.kind, route.auth.value) == ("graphql", "api-key")
    assert route.function is not None
    assert route.function.target == "t.yaml#Hello"


HTTP_BODY = """
    Api:
      Type: AWS::ApiGatewayV2::Api
      Properties:
        Body:
          openapi: 3.0.1
          x-amazon-apigateway-cors: {allowOrigins: ["*"], allowCredentials: true, allowMethods: [GET]}
          paths:
            /a: {get: {}}
            /$default: {x-amazon-apigateway-any-method: {}}
            /b: {get: {}}
"""


def test_the_body_of_an_http_api_has_limits_and_cors() -> None:
    stage = "    Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, RouteSettings: {GET /a: {ThrottlingRateLimit: 5}, $default: {ThrottlingBurstLimit: 1}}}}\n"
    found = inventory(HTTP_BODY + stage)
    assert [route.throttled.value for route in found.routes] == [True, True, False]
    for cors in (found.apis[0].cors, *(route.cors for route in found.routes)):
        assert cors is not None
        assert ([origin.value for origin in cors.origins], cors.credentials.value, cors.methods) == (
            ["*"],
            True,
            ("GET",),
        )
    whole = inventory(
        HTTP_BODY
        + "    Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, DefaultRouteSettings: {ThrottlingRateLimit: 5}}}\n"
    )
    assert [route.throttled.value for route in whole.routes] == [True, True, True]
    assert all(isinstance(route.throttled, Unresolved) for route in inventory(HTTP_BODY).routes)


@pytest.mark.parametrize("name", ['"api.example.com"', "var.name"])
def test_a_domain_of_terraform_is_found_by_its_name(name: str) -> None:
    from casemate.sources.terraform.source import read

    text = f"""
    variable "name" {{}}
    resource "aws_api_gateway_rest_api" "a" {{
      name = "a"
    }}
    resource "aws_api_gateway_domain_name" "d" {{
      domain_name     = {name}
      security_policy = "TLS_1_0"
    }}
    resource "aws_api_gateway_base_path_mapping" "m" {{
      api_id      = aws_api_gateway_rest_api.a.id
      domain_name = aws_api_gateway_domain_name.d.domain_name
    }}
    """
    (api,) = build([read(MemoryTree({"main.tf": text.encode()}), ("main.tf",), Options())]).apis
    assert api.minimum_tls.value == "TLS_1_0"


def test_load_balancers() -> None:
    found = inventory("""
    Plain: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
    Safe: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, LoadBalancerAttributes: [{Key: access_logs.s3.enabled, Value: "true"}]}}
    Http: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Plain, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}}
    Redirect: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Safe, Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS, StatusCode: HTTP_301}}]}}
    Tls: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Safe, Protocol: HTTPS, SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, DefaultActions: [{Type: fixed-response}]}}
    Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Hello.Arn}]}}
    Rule: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Tls, Conditions: [{Field: path-pattern, Values: [/in/*]}], Actions: [{Type: authenticate-oidc}, {Type: forward, TargetGroupArn: !Ref Group}]}}
    Old: {Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {Listeners: [{Protocol: HTTP, LoadBalancerPort: "80", InstancePort: "80"}]}}
    """)
    plain, safe, old = found.apis
    assert [api.https_only.value for api in (plain, safe, old)] == [False, True, False]
    assert plain.https_only.at.start_line == 5
    assert (plain.private.value, safe.private.value, plain.access_logs.value, safe.access_logs.value) == (
        False,
        True,
        False,
        True,
    )
    assert (plain.minimum_tls.value, safe.minimum_tls.value) == (None, "ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert [(route.name, route.path, route.auth.value, route.api and route.api.target) for route in found.routes] == [
        ("Http", "/*", "none", "t.yaml#Plain"), ("Rule", "/in/*", "oidc", "t.yaml#Safe"),
    ]  # fmt: skip


def test_distributions() -> None:
    plain, safe = inventory("""
    Plain:
      Type: AWS::CloudFront::Distribution
      Properties:
        DistributionConfig:
          DefaultCacheBehavior: {ViewerProtocolPolicy: redirect-to-https}
          CacheBehaviors: [{PathPattern: /a, ViewerProtocolPolicy: allow-all}]
          Origins: [{Id: a, DomainName: a.example, CustomOriginConfig: {OriginProtocolPolicy: match-viewer}}, {Id: b, DomainName: b, S3OriginConfig: {}}]
          ViewerCertificate: {AcmCertificateArn: arn}
    Safe:
      Type: AWS::CloudFront::Distribution
      Properties:
        DistributionConfig:
          DefaultCacheBehavior: {ViewerProtocolPolicy: https-only}
          Origins: [{Id: a, DomainName: a.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
          ViewerCertificate: {CloudFrontDefaultCertificate: true}
          Logging: {Bucket: b}
          WebACLId: w
    """).apis
    assert [(api.https_only.value, api.access_logs.value, api.waf.value) for api in (plain, safe)] == [
        (False, False, False),
        (True, True, True),
    ]
    assert plain.https_only.at.start_line == 8
    assert [[origin.value for origin in api.origins_https] for api in (plain, safe)] == [[False], [True]]
    assert [api.minimum_tls.value for api in (plain, safe)] == ["TLSv1", None]


def test_unknown_parts_are_neither_safe_nor_weak() -> None:
    found = inventory(
        """
    Api: {Type: AWS::ApiGateway::RestApi, Properties: {EndpointConfiguration: {Types: [!Ref Any]}}}
    A: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, Path: /a, HttpMethod: GET, AuthorizationType: !Ref Any}}
    B: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Any, ResourceId: !Ref Any, HttpMethod: GET, AuthorizationType: NONE}}
    Cdn: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: !Ref Any}}}}
    """,
        "Parameters: {Any: {Type: String}}\n",
    )
    assert isinstance(found.routes[0].auth, Unresolved)
    assert isinstance(found.apis[0].private, Unresolved)
    assert isinstance(found.apis[1].https_only, Unresolved)
    assert (found.routes[1].path, found.routes[1].api and found.routes[1].api.target) == ("/${Any}", None)
