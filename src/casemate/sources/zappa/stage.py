"""One stage of Zappa -> the resources that it deploys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown, Value, display, text_of
from casemate.sources.sam.writing import arn_of, document, elements, entry, fields, is_true, map_of, texts, value_of
from casemate.sources.zappa.policies import ORIGIN, assumed, attached, extended, mounting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.model.location import Span
    from casemate.sources.sam.writing import Content

_TIMEOUT, _MEMORY = 30, 512
_HANDLER = "handler.lambda_handler"
"""Zappa's own handler, which calls the application (`app_function`, `django_settings`)."""
_WARM = "rate(4 minutes)"
ROLE, API, URL = "role", "api", "url"
_POLLED = ("dynamodb", "kinesis", "sqs", "kafka")
_MISSING = "the policy file {} is not there"


class Stage:
    """The settings of one stage, `extends` resolved.

    `policy`: reads a policy file that a setting names; None when it is not there. The function is named like its
    stage; everything else is implied by it.
    """

    def __init__(
        self, name: str, at: Span, settings: Fields, project: str, policy: Callable[[str, Span], Fields | None]
    ) -> None:
        self._name = name
        self._at = at
        self._settings = settings
        self._project = project
        self._policy = policy
        self._made: dict[str, Resource] = {}

    def resources(self) -> dict[str, Resource]:
        """Every resource, by key."""
        self._function()
        if self._says("manage_roles", default=True):
            self._role()
        if self._says("use_apigateway", default=True) and self._says("apigateway_enabled", default=True):
            if text_of(self._value("apigateway_version")) == "v2":
                self._http_api()
            else:
                self._rest_api()
        if self._says("function_url_enabled", default=False):
            self._url()
        self._events()
        return self._made

    # -- settings
    def _entry(self, *path: str) -> Entry | None:
        return entry(self._settings, *path)

    def _value(self, *path: str) -> Value | None:
        return value_of(self._settings, *path)

    def _says(self, name: str, *, default: bool) -> bool:
        found = self._value(name)
        return default if found is None else is_true(found)

    def _key_at(self, name: str) -> Span:
        found = self._entry(name)
        return self._at if found is None else found.key_at

    def _add(self, type_: str, key: str, at: Span, content: dict[str, Content], *, own: bool = False) -> None:
        app = self._entry("app_function") or self._entry("django_settings")
        self._made[key] = Resource(
            type=type_,
            name=key,
            key=key,
            at=at,
            body=self._at.to(self._settings.at) if own and self._settings.at.path == self._at.path else at,
            properties=fields(at, content),
            dialect="zappa",
            implied_by=None if own else self._name,
            metadata=Fields({"application": app}, app.value.at) if own and app is not None else None,
        )

    def _function_arn(self, at: Span) -> Value:
        return arn_of(self._name, at)

    # -- the function and its role
    def _function(self) -> None:
        at = self._at
        variables = {
            **map_of(self._settings, "aws_environment_variables").entries,
            **map_of(self._settings, "environment_variables").entries,
        }
        tracing, failed, network = (
            self._entry("xray_tracing"),
            self._entry("dead_letter_arn"),
            self._entry("vpc_config"),
        )
        self._add("AWS::Lambda::Function", self._name, at, {
            "FunctionName": f"{self._project}-{self._name}",
            "Handler": self._entry("lambda_handler") or _HANDLER,
            "Code": ".",
            "Runtime": self._entry("runtime") or Unknown("the Python that runs zappa", at, "environment"),
            "Timeout": self._entry("timeout_seconds") or _TIMEOUT,
            "MemorySize": self._entry("memory_size") or _MEMORY,
            "ReservedConcurrentExecutions": self._entry("lambda_concurrency"),
            "Environment": fields(self._key_at("environment_variables"), {"Variables": Fields(variables, at)}),
            "KmsKeyArn": self._entry("aws_kms_key_arn"),
            "TracingConfig": fields(at, {"Mode": _spelled(tracing, "Active", "PassThrough")}) if tracing else None,
            "DeadLetterConfig": fields(at, {"TargetArn": failed}) if failed else None,
            "VpcConfig": network,
            "Layers": self._entry("layers"),
            "Role": arn_of(ROLE, at) if self._says("manage_roles", default=True) else self._given_role(),
        }, own=True)  # fmt: skip

    def _given_role(self) -> Content:
        given = self._entry("role_arn") or self._entry("role_name")
        return given or Unknown("manage_roles is false, and no role is named", self._key_at("manage_roles"), "error")

    def _role(self) -> None:
        attach = self._entry("attach_policy")
        at = self._at if attach is None else attach.key_at
        extra = list(elements(self._value("extra_permissions")))
        mounts = self._entry("efs_config")
        if mounts is not None and not _is_false(mounts.value):
            extra.append(mounting(mounts.key_at))
        granted: Value
        name = "zappa-permissions" if attach is not None else ORIGIN
        if attach is None:
            granted = document(self._at, [*attached(self._at), *extra])
        else:
            file = text_of(attach.value) or ""
            found = self._policy(file, attach.value.at)
            missing = Unknown(_MISSING.format(file[:80]), attach.value.at, "error")
            granted = document(at, [missing, *extra]) if found is None else extended(found, extra)
        assume = self._entry("assume_policy")
        trusted: Value = assumed(self._at)
        if assume is not None:
            file = text_of(assume.value) or ""
            trusted = self._policy(file, assume.value.at) or Unknown(
                _MISSING.format(file[:80]), assume.value.at, "error"
            )
        self._add("AWS::IAM::Role", ROLE, at, {
            "RoleName": self._entry("role_name"),
            "AssumeRolePolicyDocument": trusted,
            "Policies": Items([fields(at, {"PolicyName": name, "PolicyDocument": granted})], at),
        })  # fmt: skip

    # -- front doors
    def _rest_api(self) -> None:
        at, api = self._at, Reference(API, None, self._at)
        policy = self._entry("apigateway_policy")
        found = self._policy(text_of(policy.value) or "", policy.value.at) if policy is not None else None
        endpoint = self._entry("endpoint_configuration")
        self._add("AWS::ApiGateway::RestApi", API, at, {
            "Name": f"{self._project}-{self._name}",
            "EndpointConfiguration": fields(at, {"Types": endpoint}) if endpoint else None,
            "Policy": None if policy is None or found is None else Entry(policy.key_at, found),
        })  # fmt: skip
        integration = fields(at, {"Type": "AWS_PROXY", "Uri": self._function_arn(at)})
        auth = self._authorization()
        self._add("AWS::ApiGateway::Method", "methods", at, {
            "RestApiId": api, "HttpMethod": "ANY", "Path": "/{proxy+}", "Integration": integration,
            "AuthorizationType": auth, "ApiKeyRequired": self._entry("api_key_required"),
        })  # fmt: skip
        self._authorizer(api)
        self._preflight(api)
        level = self._entry("cloudwatch_log_level")
        settings = fields(at, {
            "ResourcePath": "/*", "HttpMethod": "*",
            "LoggingLevel": level or "OFF",
            "DataTraceEnabled": self._entry("cloudwatch_data_trace"),
            "MetricsEnabled": self._entry("cloudwatch_metrics_enabled"),
            "CachingEnabled": self._entry("cache_cluster_enabled"),
            "CacheDataEncrypted": self._entry("cache_cluster_encrypted"),
        })  # fmt: skip
        self._add("AWS::ApiGateway::Stage", "stage", at, {
            "RestApiId": api, "StageName": self._name, "MethodSettings": Items([settings], at),
            "CacheClusterEnabled": self._entry("cache_cluster_enabled"), "TracingEnabled": self._entry("xray_tracing"),
        })  # fmt: skip

    def _authorization(self) -> Entry | None:
        """`iam_authorization` wins over an authoriser; nothing of both leaves every method open."""
        iam = self._entry("iam_authorization")
        if iam is not None and is_true(iam.value):
            return _spelled(iam, "AWS_IAM", "NONE")
        own = self._entry("authorizer")
        if own is not None and isinstance(own.value, Fields) and own.value.entries:
            cognito = (text_of(own.value.get("type")) or "").upper() == "COGNITO_USER_POOLS"
            return Entry(own.key_at, Literal("COGNITO_USER_POOLS" if cognito else "CUSTOM", own.key_at))
        return None if iam is None else _spelled(iam, "AWS_IAM", "NONE")

    def _authorizer(self, api: Value) -> None:
        own = self._entry("authorizer")
        if (
            own is None
            or not isinstance(own.value, Fields)
            or not own.value.entries
            or self._says("iam_authorization", default=False)
        ):
            return
        settings, at = own.value, own.key_at
        header = text_of(settings.get("token_header")) or "Authorization"
        type_ = (text_of(settings.get("type")) or "TOKEN").upper()
        self._add("AWS::ApiGateway::Authorizer", "authorizer", at, {
            "RestApiId": api,
            "Name": entry(settings, "name") or "ZappaAuthorizer",
            "Type": type_,
            "IdentitySource": f"method.request.header.{header}",
            "AuthorizerResultTtlInSeconds": entry(settings, "result_ttl"),
            "AuthorizerUri": entry(settings, "arn") or self._function_arn(at),
            "ProviderARNs": entry(settings, "provider_arns"),
        })  # fmt: skip

    def _preflight(self, api: Value) -> None:
        """`cors`: a method OPTIONS that answers for every origin unless one is named."""
        cors = self._entry("cors")
        if cors is None or _is_false(cors.value):
            return
        named = entry(cors.value, "allowed_origin") if isinstance(cors.value, Fields) else None
        place = cors.value.at if named is None else named.value.at
        origin = "*" if named is None else display(named.value)
        headers = fields(place, {"method.response.header.Access-Control-Allow-Origin": Literal(f"'{origin}'", place)})
        response = fields(place, {"StatusCode": "200", "ResponseParameters": headers})
        self._add("AWS::ApiGateway::Method", "preflight", cors.key_at, {
            "RestApiId": api, "HttpMethod": "OPTIONS", "Path": "/{proxy+}", "AuthorizationType": "NONE",
            "Integration": fields(place, {"Type": "MOCK", "IntegrationResponses": Items([response], place)}),
        })  # fmt: skip

    def _http_api(self) -> None:
        """Version 2: Zappa sets IAM or nothing there; an `authorizer` and `api_key_required` have no effect."""
        at, api = self._at, Reference(API, None, self._at)
        cors = self._entry("cors")
        shared: Content = None
        if cors is not None and not _is_false(cors.value):
            own = cors.value if isinstance(cors.value, Fields) else Fields({}, cors.value.at)
            shared = Entry(cors.key_at, fields(cors.value.at, {
                "AllowOrigins": entry(own, "allowed_origins") or Items([Literal("*", cors.value.at)], cors.value.at),
                "AllowMethods": entry(own, "allowed_methods"), "AllowHeaders": entry(own, "allowed_headers"),
                "AllowCredentials": entry(own, "allow_credentials"),
            }))  # fmt: skip
        self._add("AWS::ApiGatewayV2::Api", API, at, {
            "Name": f"{self._project}-{self._name}", "ProtocolType": "HTTP", "CorsConfiguration": shared,
        })  # fmt: skip
        self._add("AWS::ApiGatewayV2::Integration", "integration", at, {
            "ApiId": api, "IntegrationType": "AWS_PROXY",
            "IntegrationUri": self._function_arn(at), "PayloadFormatVersion": "2.0",
        })  # fmt: skip
        iam = self._entry("iam_authorization")
        self._add("AWS::ApiGatewayV2::Route", "route", at, {
            "ApiId": api, "RouteKey": "$default", "Target": Reference("integration", None, at),
            "AuthorizationType": None if iam is None else _spelled(iam, "AWS_IAM", "NONE"),
        })  # fmt: skip
        self._add("AWS::ApiGatewayV2::Stage", "stage", at, {"ApiId": api, "StageName": self._name})

    def _url(self) -> None:
        """Unless the settings say otherwise, everybody may call it, from every origin."""
        at = self._key_at("function_url_enabled")
        cors = self._entry("function_url_config", "cors")
        shared: Content = None
        if cors is None or not _is_false(cors.value):
            place = at if cors is None else cors.key_at
            own = cors.value if cors is not None and isinstance(cors.value, Fields) else Fields({}, place)
            shared = Entry(place, fields(place, {
                "AllowOrigins": entry(own, "allowedOrigins") or texts(place, "*"),
                "AllowMethods": entry(own, "allowedMethods") or texts(place, "*"),
                "AllowHeaders": entry(own, "allowedHeaders") or texts(place, "*"),
                "AllowCredentials": entry(own, "allowCredentials"),
            }))  # fmt: skip
        self._add("AWS::Lambda::Url", URL, at, {
            "TargetFunctionArn": self._function_arn(at),
            "AuthType": self._entry("function_url_config", "authorizer") or "NONE",
            "Cors": shared,
        })  # fmt: skip

    # -- events
    def _events(self) -> None:
        warm = self._entry("keep_warm")
        if warm is None or is_true(warm.value):
            at = self._at if warm is None else warm.key_at
            self._schedule("keep-warm", at, self._entry("keep_warm_expression") or _WARM)
        for number, event in enumerate(elements(self._value("events"))):
            if not isinstance(event, Fields):
                continue
            at = event.entries["function"].value.at if "function" in event.entries else event.at
            for index, (expression, place) in enumerate(_expressions(event)):
                self._schedule(f"event-{number}-{index}", place, expression)
            source = event.get("event_source")
            if isinstance(source, Fields):
                self._source(f"event-{number}", at, source)

    def _schedule(self, key: str, at: Span, expression: Content) -> None:
        target = fields(at, {"Arn": self._function_arn(at), "Id": key})
        self._add(
            "AWS::Events::Rule",
            key,
            at,
            {"ScheduleExpression": expression, "State": "ENABLED", "Targets": Items([target], at)},
        )

    def _source(self, key: str, at: Span, source: Fields) -> None:
        arn = entry(source, "arn")
        if arn is None:
            return
        service = [*display(arn.value).split(":"), "", "", ""][2]
        function = self._function_arn(at)
        if service in _POLLED:
            self._add("AWS::Lambda::EventSourceMapping", key, at, {
                "EventSourceArn": arn, "FunctionName": function, "StartingPosition": entry(source, "starting_position"),
                "BatchSize": entry(source, "batch_size"), "Enabled": entry(source, "enabled"),
            })  # fmt: skip
        elif service == "sns":
            self._add("AWS::SNS::Subscription", key, at, {"TopicArn": arn, "Protocol": "lambda", "Endpoint": function})
        elif service in {"s3", "events"}:
            self._add("AWS::Lambda::Permission", key, at, {
                "FunctionName": function, "Action": "lambda:InvokeFunction",
                "Principal": f"{service}.amazonaws.com", "SourceArn": arn,
            })  # fmt: skip


def _expressions(event: Fields) -> Iterator[tuple[Entry | Value, Span]]:
    single = entry(event, "expression")
    if single is not None:
        yield single, single.key_at
    for value in elements(value_of(event, "expressions")):
        yield value, value.at


def _spelled(flag: Entry, yes: str, no: str) -> Entry:
    """A boolean as the cloud spells it."""
    return Entry(flag.key_at, Literal(yes if is_true(flag.value) else no, flag.value.at))


def _is_false(value: Value) -> bool:
    return isinstance(value, Literal) and (value.value is None or display(value).lower() in {"false", ""})
