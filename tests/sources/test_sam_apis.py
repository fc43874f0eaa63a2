"""Routes of SAM APIs: which authorisation holds, and where it was written."""

from __future__ import annotations

import pytest

from casemate.model.location import Span
from casemate.model.resource import Resource, Stack
from casemate.model.value import Fields, Unknown, Value, display
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HEAD = "Transform: AWS::Serverless-2016-10-31\n"
FUNCTION = "    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.13\n      CodeUri: src/\n"


def read(text: str) -> Stack:
    return source.read(MemoryTree({"t.yaml": (HEAD + text).encode()}), ("t.yaml",), Options()).stacks[0]


def word(text: str, at: Span) -> str:
    line = (HEAD + text).splitlines()[at.start_line - 1]
    return line[at.start_column - 1 : at.end_column - 1]


def get(resource: Resource, *path: str) -> Value | None:
    value: Value | None = resource.properties
    for key in path:
        value = value.get(key) if isinstance(value, Fields) else None
    return value


def shown(resource: Resource, *path: str) -> str | None:
    value = get(resource, *path)
    return None if value is None else display(value)


API = (
    """
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth:
        DefaultAuthorizer: Users
        Authorizers:
          Users: {UserPoolArn: arn:aws:cognito-idp:eu-west-1:123456789012:userpool/p}
  Fn:
"""
    + FUNCTION
    + """
      Events:
        Get:
          Type: Api
          Properties:
            Path: /a
            Method: get
            RestApiId: !Ref Api
"""
)


def test_the_default_authorizer_holds_at_its_own_place() -> None:
    method = read(API).resources["FnGetMethod"]
    assert (shown(method, "HttpMethod"), shown(method, "Path"), shown(method, "AuthorizationType")) == (
        "GET",
        "/a",
        "COGNITO_USER_POOLS",
    )
    assert shown(method, "AuthorizerId") == "${ApiUsersAuthorizer}"
    auth = get(method, "AuthorizationType")
    assert auth is not None
    assert word(API, auth.at) == "Users"
    assert (method.name, method.implied_by, word(API, method.at)) == ("Fn", "Fn", "Get")
    assert "${Fn.Arn}" in (shown(method, "Integration", "Uri") or "")


def test_an_event_that_opens_its_route_is_the_place() -> None:
    text = API + "            Auth: {Authorizer: NONE}\n"
    method = read(text).resources["FnGetMethod"]
    auth = get(method, "AuthorizationType")
    assert auth is not None
    assert (display(auth), word(text, auth.at)) == ("NONE", "NONE")
    assert get(method, "AuthorizerId") is None


def test_without_any_auth_nothing_is_declared() -> None:
    stack = read(
        "\nResources:\n  Fn:\n" + FUNCTION + "      Events: {Get: {Type: Api, Properties: {Path: /a, Method: any}}}\n"
    )
    method = stack.resources["FnGetMethod"]
    assert get(method, "AuthorizationType") is None
    assert shown(method, "HttpMethod") == "ANY"
    api, stage = stack.resources["ServerlessRestApi"], stack.resources["ServerlessRestApiProdStage"]
    assert (api.type, api.name, api.implied_by) == ("AWS::ApiGateway::RestApi", "ServerlessRestApi", "Fn")
    assert shown(stage, "StageName") == "Prod"
    assert "FnGetPermissionProd" in stack.resources


@pytest.mark.parametrize(
    ("authorizer", "kind"),
    [("FunctionArn: !GetAtt Fn.Arn", "CUSTOM"), ("UserPoolArn: arn", "COGNITO_USER_POOLS")],
)
def test_kinds_of_rest_authorizers(authorizer: str, kind: str) -> None:
    method = read(
        API.replace("UserPoolArn: arn:aws:cognito-idp:eu-west-1:123456789012:userpool/p", authorizer)
    ).resources["FnGetMethod"]
    assert shown(method, "AuthorizationType") == kind


def test_an_authorizer_that_is_not_defined_is_unknown() -> None:
    method = read(API + "            Auth: {Authorizer: Missing}\n").resources["FnGetMethod"]
    assert isinstance(get(method, "AuthorizationType"), Unknown)


def test_a_parameter_without_default_leaves_the_authorization_unknown() -> None:
    text = API + "            Auth: {Authorizer: !Ref Which}\nParameters: {Which: {Type: String}}\n"
    assert isinstance(get(read(text).resources["FnGetMethod"], "AuthorizationType"), Unknown)


def test_a_body_that_is_not_known_leaves_the_authorization_unknown() -> None:
    text = API.replace(
        "      Auth:\n        DefaultAuthorizer: Users\n        Authorizers:\n          Users: {UserPoolArn: arn:aws:cognito-idp:eu-west-1:123456789012:userpool/p}\n",
        "      DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: x.yaml}}}\n",
    )
    assert isinstance(get(read(text).resources["FnGetMethod"], "AuthorizationType"), Unknown)


def test_a_described_api_has_its_defaults_in_the_description_and_its_routes_once() -> None:
    text = API.replace(
        "      StageName: v1\n",
        "      StageName: v1\n      DefinitionBody: {openapi: 3.0.1, paths: {/a: {get: {summary: x}}, /b: {get: {security: [{Other: []}]}}}}\n",
    )
    stack = read(text)
    assert "FnGetMethod" not in stack.resources
    assert "ApiUsersAuthorizer" not in stack.resources
    paths = get(stack.resources["Api"], "Body", "paths")
    assert paths is not None
    assert (
        display(paths)
        == "{/a: {get: {summary: x, security: [{Users: []}]}}, /b: {get: {security: [{Other: []}, {Users: []}]}}}"
    )
    assert (
        shown(stack.resources["Api"], "Body", "components", "securitySchemes", "Users", "x-amazon-apigateway-authtype")
        == "cognito_user_pools"
    )


def test_cors_adds_a_preflight_route_at_its_place() -> None:
    text = API.replace("      StageName: v1\n", "      StageName: v1\n      Cors: \"'*'\"\n")
    preflight = read(text).resources["ApiPreflight1"]
    assert (shown(preflight, "HttpMethod"), shown(preflight, "Path"), word(text, preflight.at)) == (
        "OPTIONS",
        "/a",
        "Cors",
    )
    integration = get(preflight, "Integration")
    assert integration is not None
    assert "Access-Control-Allow-Origin: '*'" in display(integration)


def test_a_resource_policy_is_a_policy_of_the_api() -> None:
    text = API.replace(
        "        DefaultAuthorizer: Users\n", "        ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}\n"
    )
    policy = shown(read(text).resources["Api"], "Policy")
    assert policy is not None
    assert "Effect: Allow, Principal: *" in policy
    assert "Effect: Deny, Principal: *" in policy
    assert "NotIpAddress: {aws:SourceIp: [10.0.0.0/8]}" in policy


def test_settings_of_the_api_stand_on_its_stage() -> None:
    text = API.replace(
        "      StageName: v1\n",
        "      StageName: v1\n      TracingEnabled: true\n      AccessLogSetting: {DestinationArn: arn}\n      EndpointConfiguration: PRIVATE\n",
    )
    stack = read(text)
    assert shown(stack.resources["Apiv1Stage"], "TracingEnabled") == "true"
    assert shown(stack.resources["Apiv1Stage"], "AccessLogSetting", "DestinationArn") == "arn"
    assert shown(stack.resources["Api"], "EndpointConfiguration") == "{Types: [PRIVATE]}"


HTTP = (
    """
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: true
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {JwtConfiguration: {issuer: i, audience: [a]}, IdentitySource: $request.header.Authorization}
  Fn:
"""
    + FUNCTION
    + """
      Events:
        Get: {Type: HttpApi, Properties: {Path: /a, Method: get, ApiId: !Ref Api}}
        Open: {Type: HttpApi, Properties: {Path: /o, Method: get, ApiId: !Ref Api, Auth: {Authorizer: NONE}}}
        Flight: {Type: HttpApi, Properties: {Path: /a, Method: options, ApiId: !Ref Api}}
        Other: {Type: HttpApi}
"""
)


def test_routes_of_an_http_api() -> None:
    resources = read(HTTP).resources
    route = resources["FnGetRoute"]
    assert (shown(route, "RouteKey"), shown(route, "AuthorizationType"), shown(route, "Target")) == (
        "GET /a",
        "JWT",
        "integrations/${FnGetIntegration}",
    )
    assert shown(resources["FnOpenRoute"], "AuthorizationType") == "NONE"
    assert shown(resources["FnFlightRoute"], "AuthorizationType") is None
    assert shown(resources["Api"], "CorsConfiguration", "AllowOrigins") == "[*]"
    assert shown(resources["ApiApiGatewayDefaultStage"], "StageName") == "$default"


def test_the_implicit_http_api() -> None:
    resources = read(HTTP).resources
    assert resources["ServerlessHttpApi"].type == "AWS::ApiGatewayV2::Api"
    assert shown(resources["FnOtherRoute"], "RouteKey") == "$default"
    assert shown(resources["ServerlessHttpApiApiGatewayDefaultStage"], "ApiId") == "${ServerlessHttpApi}"


def test_the_implicit_api_has_a_condition_only_if_each_of_its_functions_has_one() -> None:
    conditional = FUNCTION.replace("    Properties:", "    Condition: Prod\n    Properties:")
    event = "      Events: {Get: {Type: Api, Properties: {Path: /%s, Method: get}}}\n"
    one = read("\nResources:\n  A:\n" + conditional + event % "a")
    two = read("\nResources:\n  A:\n" + conditional + event % "a" + "  B:\n" + FUNCTION + event % "b")
    assert one.resources["ServerlessRestApi"].condition == "if Prod"
    assert two.resources["ServerlessRestApi"].condition is None
