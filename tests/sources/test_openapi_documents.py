from __future__ import annotations

from tests.sources.described_reading import inputs, inventory, text_at

from casemate.model.setting import Unresolved

REST = """
openapi: 3.0.1
info:
  title: Orders
  version: "1"
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:list/invocations
        httpMethod: POST
        type: aws_proxy
    post:
      security:
        - token: []
      x-amazon-apigateway-integration: {uri: x, httpMethod: POST, type: aws_proxy}
components:
  securitySchemes:
    token:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer: {type: token, authorizerUri: arn:aws:lambda:us-east-1:123456789012:function:auth}
"""


def test_integrations_make_an_api_with_routes_and_authorisers() -> None:
    files = {"api.yaml": REST}
    found = inventory(files)
    (api,) = found.apis
    assert (api.kind, api.name, text_at(files, api.at)) == ("rest", "Orders", "Orders")
    assert {route.label: route.auth.value for route in found.routes} == {
        "GET /orders": "none",
        "POST /orders": "lambda",
    }
    assert [authorizer.kind for authorizer in found.authorizers] == ["lambda"]
    assert inputs(found)["api.yaml"].status == "understood"


def test_what_a_description_cannot_say_is_not_claimed() -> None:
    (api,) = inventory({"api.yaml": REST}).apis
    assert isinstance(api.private, Unresolved)
    assert isinstance(api.default_endpoint, Unresolved)
    assert isinstance(api.access_logs, Unresolved)


def test_a_payload_format_makes_it_an_http_api() -> None:
    document = """
    {"openapi": "3.0.1", "info": {"title": "Shop"}, "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "allowCredentials": true},
     "paths": {"/x": {"x-amazon-apigateway-any-method": {
       "x-amazon-apigateway-integration": {"payloadFormatVersion": "2.0", "type": "aws_proxy", "uri": "u"}}}}}
    """
    (api,) = inventory({"api.json": document}).apis
    assert api.kind == "http"
    assert api.cors is not None
    assert [origin.value for origin in api.cors.origins] == ["*"]
    assert api.cors.credentials.value is True


def test_somebody_elses_api_has_no_routes() -> None:
    found = inventory({"client/petstore.yaml": "swagger: '2.0'\ninfo: {title: Pets}\npaths:\n  /pets:\n    get: {}\n"})
    assert not found.apis
    assert not found.routes
    assert "names no integration" in (inputs(found)["client/petstore.yaml"].reason or "")


def test_without_integrations_only_what_asks_for_authentication_is_judged() -> None:
    document = """
    openapi: 3.1.0
    info: {title: Mixed}
    paths:
      /me:
        get: {security: [{jwt: []}]}
      /login:
        post: {}
    components: {securitySchemes: {jwt: {type: http, scheme: bearer}}}
    """
    routes = {route.label: route.auth for route in inventory({"api.yaml": document}).routes}
    assert routes["GET /me"].value == "jwt"
    assert isinstance(routes["POST /login"], Unresolved)


def test_google_backends_count_as_integrations() -> None:
    document = """
    swagger: "2.0"
    info: {title: G}
    paths:
      /hello:
        get:
          x-google-backend: {address: https://europe-west1-p.cloudfunctions.net/hello}
    """
    (route,) = inventory({"openapi.yaml": document}).routes
    assert route.auth.value == "none"


def test_a_document_that_a_template_includes_is_part_of_it() -> None:
    files = {
        "template.yaml": """
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties:
              StageName: prod
              DefinitionBody:
                Fn::Transform:
                  Name: AWS::Include
                  Parameters: {Location: ./spec/api.yaml}
          Lister:
            Type: AWS::Lambda::Function
            Properties: {Runtime: python3.13, Handler: app.handler}
        """,
        "spec/api.yaml": """
        openapi: 3.0.1
        info: {title: Inner}
        paths:
          /orders:
            get:
              x-amazon-apigateway-integration:
                type: aws_proxy
                uri:
                  Fn::Sub: arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Lister.Arn}/invocations
        """,
    }
    found = inventory(files)
    (api,) = found.apis
    (route,) = found.routes
    assert api.name == "Api"
    assert route.function is not None
    assert route.function.target == "template.yaml#Lister"
    assert (route.at.path, text_at(files, route.at)) == ("spec/api.yaml", "get")
    assert inputs(found)["spec/api.yaml"].reason == "part of template.yaml"


def test_local_paths_in_place_of_a_bucket_are_read() -> None:
    files = {
        "a/template.yaml": """
        Resources:
          Rest:
            Type: AWS::ApiGateway::RestApi
            Properties: {BodyS3Location: ../api.yaml}
        """,
        "api.yaml": REST,
    }
    found = inventory(files)
    assert [api.name for api in found.apis] == ["Rest"]
    assert {route.path for route in found.routes} == {"/orders"}


def test_a_file_outside_of_the_root_or_missing_is_told() -> None:
    template = """
    Resources:
      A: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: ../../etc/passwd}}
      B: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: nowhere.yaml}}
      C: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: s3://bucket/api.yaml}}
    """
    codes = [
        (diagnostic.code, diagnostic.at.start_line) for diagnostic in inventory({"template.yaml": template}).diagnostics
    ]
    assert codes == [("outside-root", 2), ("included-file-missing", 3)]


def test_a_broken_document_fails_and_the_rest_is_read() -> None:
    found = inventory({"bad.json": '{"openapi": "3.0.0", "paths": {', "good.yaml": REST})
    assert inputs(found)["bad.json"].status == "failed"
    assert found.routes


def test_a_nested_key_named_openapi_claims_nothing() -> None:
    assert not inventory({"config.json": '{"plugins": {"openapi": "3.0"}, "paths": {}}'}).inputs
