from __future__ import annotations

import pytest
from tests.sources.serverless_reading import HEAD, entry, functions, shown, stack, value

from casemate.model.value import Literal

CORS = "Integration.IntegrationResponses.0.ResponseParameters"


def test_rest_methods() -> None:
    found = functions("""
        hello:
          handler: a.b
          events:
            - http: GET /users/{id}
            - http:
                path: /users
                method: post
                cors: true
                private: true
                authorizer: aws_iam
                request: {schemas: {application/json: {type: object}}}
    """)
    get = found.resources["ApiGatewayMethodUsersIdVarGet"]
    assert (get.name, get.at[1:3], get.implied_by) == ("hello", (9, 9), "HelloLambdaFunction")
    assert shown(found, get.key, "Path") == "/users/{id}"
    assert shown(found, get.key, "AuthorizationType") is None
    assert "HelloLambdaFunction.Arn" in (shown(found, get.key, "Integration.Uri") or "")
    post = "ApiGatewayMethodUsersPost"
    assert shown(found, post, "AuthorizationType") == "AWS_IAM"
    assert shown(found, post, "ApiKeyRequired") == "true"
    origins = value(found, post, CORS)
    assert "Access-Control-Allow-Origin: '*'" in str(shown(found, post, CORS))
    assert origins.at.start_line == 13
    assert shown(found, post, "RequestValidatorId") == "${ApiGatewayShopRequestValidator}"
    assert shown(found, "ApiGatewayResourceUsersIdVar", "ParentId") == "${ApiGatewayResourceUsers}"
    assert shown(found, "HelloLambdaPermissionApiGateway", "Principal") == "apigateway.amazonaws.com"
    assert found.resources["ApiGatewayRestApi"].name == "provider"
    assert found.resources["ApiGatewayRestApi"].at.start_line == 2


@pytest.mark.parametrize(
    ("authorizer", "type_", "made"),
    [
        ("auth", "CUSTOM", "AuthApiGatewayAuthorizer"),
        ("{name: auth, type: request, resultTtlInSeconds: 0}", "CUSTOM", "AuthApiGatewayAuthorizer"),
        ("arn:aws:lambda:us-east-1:1:function:x-gate", "CUSTOM", "GateApiGatewayAuthorizer"),
        ("arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x", "COGNITO_USER_POOLS", None),
        (
            "{name: pool, type: COGNITO_USER_POOLS, arn: !GetAtt Pool.Arn, scopes: [a]}",
            "COGNITO_USER_POOLS",
            "PoolApiGatewayAuthorizer",
        ),
        ("{type: CUSTOM, authorizerId: !Ref Mine}", "CUSTOM", None),
        ("{type: aws_iam}", "AWS_IAM", None),
        ("AWS_IAM", "AWS_IAM", None),
    ],
)
def test_rest_authorizers(authorizer: str, type_: str, made: str | None) -> None:
    found = functions(
        f"auth: {{handler: x.y}}\nf:\n  handler: a.b\n  events:\n    - http: {{path: x, method: any, authorizer: {authorizer}}}\n"
    )
    assert shown(found, "ApiGatewayMethodXAny", "AuthorizationType") == type_
    if made is not None:
        assert made in found.resources
        assert shown(found, "ApiGatewayMethodXAny", "AuthorizerId") == f"${{{made}}}"


def test_the_rest_api_as_the_provider_sets_it() -> None:
    found = stack("""\
service: shop
provider:
  name: aws
  runtime: nodejs22.x
  stage: live
  endpointType: private
  tracing: {apiGateway: true}
  logs: {restApi: {level: ERROR, fullExecutionData: false}}
  apiGateway:
    minimumCompressionSize: 0
    resourcePolicy: [{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: '*'}]
    apiKeys: [plain, {name: named, value: secretvalue}, gold: [third]]
    usagePlan: {throttle: {rateLimit: 5, burstLimit: 10}, quota: {limit: 100, period: DAY}}
plugins: [serverless-api-gateway-throttling, serverless-associate-waf, serverless-domain-manager]
custom:
  apiGatewayThrottling: {maxRequestsPerSecond: 10, maxConcurrentRequests: 5}
  associateWaf: {name: wall}
  customDomain: {domainName: api.example.com, securityPolicy: tls_1_0}
functions: {f: {handler: a.b, events: [http: get x]}}
""")
    for key, path, expected in (
        ("ApiGatewayRestApi", "EndpointConfiguration.Types", "[PRIVATE]"),
        ("ApiGatewayRestApi", "Policy.Statement.0.Principal", "*"),
        ("ApiGatewayStage", "TracingEnabled", "true"),
        ("ApiGatewayStage", "StageName", "live"),
        ("ApiGatewayStage", "AccessLogSetting.DestinationArn", "${ApiGatewayLogGroup.Arn}"),
        ("ApiGatewayStage", "MethodSettings.0.LoggingLevel", "ERROR"),
        ("ApiGatewayStage", "MethodSettings.0.DataTraceEnabled", "false"),
        ("ApiGatewayStage", "MethodSettings.1.ThrottlingRateLimit", "10"),
        ("ApiGatewayApiKey2", "Value", "secretvalue"),
        ("ApiGatewayApiKeyGold3", "Name", "third"),
        ("ApiGatewayUsagePlan", "Throttle.RateLimit", "5"),
        ("CustomDomain0", "SecurityPolicy", "TLS_1_0"),
    ):
        assert shown(found, key, path) == expected, (key, path)
    assert "AssociateWaf" in found.resources


def test_http_api() -> None:
    found = stack(
        HEAD
        + """\
  httpApi:
    cors: true
    authorizers:
      token: {type: jwt, identitySource: $request.header.Authorization, issuerUrl: https://i, audience: [a]}
      own: {type: request, functionName: auth}
  logs: {httpApi: true}
functions:
  auth: {handler: a.b}
  f:
    handler: a.b
    events:
      - httpApi: '*'
      - httpApi: GET /a
      - httpApi: {method: post, path: /b, authorizer: {name: token, scopes: [x]}}
      - httpApi: {method: '*', path: /c, authorizer: own}
      - httpApi: {method: put, path: /d, authorizer: {type: aws_iam}}
"""
    )
    assert shown(found, "HttpApi", "CorsConfiguration.AllowOrigins") == "[*]"
    assert value(found, "HttpApi", "CorsConfiguration.AllowOrigins").at.start_line == 6
    assert shown(found, "HttpApiRouteDefault", "RouteKey") == "$default"
    assert shown(found, "HttpApiRouteGetA", "AuthorizationType") is None
    assert shown(found, "HttpApiRoutePostB", "AuthorizationType") == "JWT"
    assert shown(found, "HttpApiRoutePostB", "AuthorizerId") == "${HttpApiAuthorizerToken}"
    assert shown(found, "HttpApiRouteAnyC", "AuthorizationType") == "CUSTOM"
    assert shown(found, "HttpApiRoutePutD", "AuthorizationType") == "AWS_IAM"
    assert shown(found, "HttpApiStage", "AccessLogSettings.DestinationArn") == "${HttpApiLogGroup.Arn}"
    assert shown(found, "HttpApiRouteGetA", "Target") == "integrations/${HttpApiIntegrationF}"


def test_websockets() -> None:
    found = functions("""
        auth: {handler: x.y}
        f:
          handler: a.b
          events:
            - websocket: $disconnect
            - websocket: {route: $connect, authorizer: auth}
    """)
    assert shown(found, "SdisconnectWebsocketsRoute", "AuthorizationType") == "NONE"
    assert shown(found, "SconnectWebsocketsRoute", "AuthorizationType") == "CUSTOM"
    assert "AuthLambdaFunction" in (shown(found, "AuthWebsocketsAuthorizer", "AuthorizerUri") or "")
    assert shown(found, "WebsocketsApi", "ProtocolType") == "WEBSOCKET"


EVENTS = """
f:
  handler: a.b
  events:
    - s3: photos
    - s3: {bucket: other, event: 's3:ObjectRemoved:*', existing: true, rules: [{suffix: .jpg}]}
    - schedule: rate(10 minutes)
    - schedule: {rate: [cron(0 1 * * ? *)], enabled: false}
    - sns: topic
    - sns: {arn: arn:aws:sns:us-east-1:1:far, filterPolicy: {a: [b]}, redrivePolicy: {deadLetterTargetRef: Dead}}
    - sqs: {arn: !GetAtt Jobs.Arn, batchSize: 5, maximumConcurrency: 2}
    - stream: {type: dynamodb, arn: !GetAtt Table.StreamArn, maximumRetryAttempts: 3, destinations: {onFailure: arn:aws:sqs:us-east-1:1:d}}
    - msk: {arn: arn:aws:kafka:us-east-1:1:cluster/c/x, topic: t}
    - kafka: {topic: t, bootstrapServers: [h:9092], accessConfigurations: {saslScram512Auth: arn:aws:secretsmanager:us-east-1:1:secret:s}}
    - rabbitmq: {arn: arn:aws:mq:us-east-1:1:broker:b:x, queue: q, basicAuthArn: arn:aws:secretsmanager:us-east-1:1:secret:s}
    - activemq: {arn: arn:aws:mq:us-east-1:1:broker:b:x, queue: q, basicAuthArn: arn:aws:secretsmanager:us-east-1:1:secret:s}
    - eventBridge: {eventBus: orders, pattern: {source: [a]}, deadLetterQueueArn: !GetAtt Dead.Arn}
    - cloudwatchEvent: {event: {source: [aws.ec2]}}
    - cloudwatchLog: /aws/lambda/other
    - cognitoUserPool: {pool: People, trigger: PreSignUp}
    - alexaSkill
    - alexaSmartHome: amzn1.ask.skill.x
    - iot: {sql: SELECT * FROM 'x'}
    - iotFleetProvisioning: {templateBody: '{}', provisioningRoleArn: arn:aws:iam::1:role/r}
    - alb: {listenerArn: !Ref Listener, priority: 1, conditions: {path: /x}}
"""


@pytest.mark.parametrize(
    ("key", "type_", "path", "expected"),
    [
        (
            "S3BucketPhotos",
            "AWS::S3::Bucket",
            "NotificationConfiguration.LambdaConfigurations.0.Function",
            "${FLambdaFunction.Arn}",
        ),
        (
            "FCustomS32",
            "Custom::S3BucketNotifications",
            "NotificationConfiguration.LambdaFunctionConfigurations.0.Events",
            "[s3:ObjectRemoved:*]",
        ),
        ("FLambdaPermissionPhotosS3", "AWS::Lambda::Permission", "SourceAccount", "${AWS::AccountId}"),
        ("FEventsRuleSchedule3", "AWS::Events::Rule", "ScheduleExpression", "rate(10 minutes)"),
        ("FEventsRuleSchedule4", "AWS::Events::Rule", "State", "DISABLED"),
        ("SNSTopicTopic", "AWS::SNS::Topic", "TopicName", "topic"),
        ("FSnsSubscriptionFar", "AWS::SNS::Subscription", "RedrivePolicy.deadLetterTargetArn", "${Dead.Arn}"),
        ("FEventSourceMappingSQSJobs", "AWS::Lambda::EventSourceMapping", "EventSourceArn", "${Jobs.Arn}"),
        (
            "FEventSourceMappingDynamodbTable",
            "AWS::Lambda::EventSourceMapping",
            "DestinationConfig.OnFailure.Destination",
            "arn:aws:sqs:us-east-1:1:d",
        ),
        ("FEventSourceMappingMSKCT", "AWS::Lambda::EventSourceMapping", "Topics", "[t]"),
        (
            "FEventSourceMappingKafkaT",
            "AWS::Lambda::EventSourceMapping",
            "SelfManagedEventSource.Endpoints.KafkaBootstrapServers",
            "[h:9092]",
        ),
        ("FEventSourceMappingRabbitMQQ", "AWS::Lambda::EventSourceMapping", "Queues", "[q]"),
        (
            "FEventSourceMappingActiveMQQ",
            "AWS::Lambda::EventSourceMapping",
            "SourceAccessConfigurations.0.Type",
            "BASIC_AUTH",
        ),
        ("FEventBridgeRule13", "AWS::Events::Rule", "EventBusName", "${OrdersEventBridgeEventBus}"),
        ("FEventBridgeRule13", "AWS::Events::Rule", "Targets.0.DeadLetterConfig.Arn", "${Dead.Arn}"),
        ("FEventsRuleCloudWatchEvent14", "AWS::Events::Rule", "EventPattern.source", "[aws.ec2]"),
        (
            "FLogsSubscriptionFilterCloudWatchLog15",
            "AWS::Logs::SubscriptionFilter",
            "LogGroupName",
            "/aws/lambda/other",
        ),
        ("CognitoUserPoolPeople", "AWS::Cognito::UserPool", "LambdaConfig.PreSignUp", "${FLambdaFunction.Arn}"),
        ("FLambdaPermissionAlexaSkill17", "AWS::Lambda::Permission", "Principal", "alexa-appkit.amazon.com"),
        ("FLambdaPermissionAlexaSmartHome18", "AWS::Lambda::Permission", "EventSourceToken", "amzn1.ask.skill.x"),
        ("FIotTopicRule19", "AWS::IoT::TopicRule", "TopicRulePayload.Sql", "SELECT * FROM 'x'"),
        (
            "FIotProvisioningTemplate",
            "AWS::IoT::ProvisioningTemplate",
            "PreProvisioningHook.TargetArn",
            "${FLambdaFunction.Arn}",
        ),
        ("FAlbListenerRule1", "AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", "${Listener}"),
        ("FAlbTargetGroupListener", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetType", "lambda"),
    ],
)
def test_every_event_becomes_its_resources(key: str, type_: str, path: str, expected: str) -> None:
    found = functions(EVENTS)
    assert found.resources[key].type == type_
    assert shown(found, key, path) == expected


def test_permissions_name_their_source_where_the_framework_does() -> None:
    found = functions(EVENTS)
    for resource in found.resources.values():
        if resource.type == "AWS::Lambda::Permission":
            named = "SourceArn" in resource.properties.entries or "EventSourceToken" in resource.properties.entries
            assert named == (resource.key != "FLambdaPermissionAlexaSkill17"), resource.key
            assert (resource.implied_by is None) == (not named), resource.key


def test_functions_at_the_edge() -> None:
    found = functions("""
        f:
          handler: a.b
          environment: {A: b}
          events:
            - cloudFront: {eventType: viewer-request, origin: s3://bucket.s3.amazonaws.com/x, behavior: {ViewerProtocolPolicy: https-only}}
            - cloudFront: {eventType: origin-request, pathPattern: /api/*, origin: https://api.example.com}
    """)
    assert (
        shown(found, "CloudFrontDistribution", "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy")
        == "https-only"
    )
    assert shown(found, "CloudFrontDistribution", "DistributionConfig.CacheBehaviors.0.PathPattern") == "/api/*"
    assert shown(found, "FLambdaFunction", "Environment") is None
    assert shown(found, "FLambdaFunction", "Timeout") == "5"
    assert "edgelambda.amazonaws.com" in (shown(found, "IamRoleLambdaExecution", "AssumeRolePolicyDocument") or "")


def test_state_machines_of_the_plugin() -> None:
    found = stack(
        HEAD
        + """\
plugins: [serverless-step-functions]
functions: {work: {handler: a.b}}
stepFunctions:
  stateMachines:
    flow:
      loggingConfig: {level: ALL, includeExecutionData: true, destinations: [!GetAtt G.Arn]}
      definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt work.Arn, End: true}}}
      events: [http: {path: start, method: post}, schedule: rate(1 day)]
"""
    )
    key = "FlowStepFunctionsStateMachine"
    assert shown(found, key, "Definition.States.A.Resource") == "${WorkLambdaFunction.Arn}"
    assert shown(found, key, "LoggingConfiguration.IncludeExecutionData") == "true"
    assert shown(found, key, "RoleArn") == f"${{{key}Role.Arn}}"
    assert "WorkLambdaFunction" in (shown(found, f"{key}Role", "Policies.0.PolicyDocument.Statement.0.Resource") or "")
    assert found.resources["ApiGatewayMethodStartPost"].name == "flow"


def test_service_proxies_are_methods_without_a_function() -> None:
    found = stack(
        HEAD
        + "plugins: [serverless-apigateway-service-proxy]\ncustom:\n  apiGatewayServiceProxies:\n    - sqs: {path: /jobs, method: post, queueName: jobs, authorizationType: AWS_IAM}\n    - sns: {path: /open, method: post, topicName: t, cors: true}\n"
    )
    assert shown(found, "ApiGatewayMethodJobsPost", "AuthorizationType") == "AWS_IAM"
    assert shown(found, "ApiGatewayMethodOpenPost", "AuthorizationType") is None
    assert entry(found, "ApiGatewayMethodOpenPost", CORS) is not None


def test_the_deployment_bucket_is_encrypted() -> None:
    found = functions("f: {handler: a.b}")
    assert (
        shown(
            found,
            "ServerlessDeploymentBucket",
            "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
        )
        == "AES256"
    )
    assert found.resources["ServerlessDeploymentBucket"].implied_by == "FLambdaFunction"
    given = stack(HEAD + "  deploymentBucket: mine\nfunctions: {f: {handler: a.b}}\n")
    assert "ServerlessDeploymentBucket" not in given.resources


def test_odd_events_are_passed_over() -> None:
    found = functions(
        "f: {handler: a.b, events: [http: , unknown: 1, 3, [http: get x], {http: {path: 1, method: [2]}}]}"
    )
    assert isinstance(value(found, "FLambdaFunction", "Handler"), Literal)
