"""Who may call a route of a SAM API: the event's own `Auth`, else the API's, and the authorisers that both name.

Source: AWS SAM developer guide, "Controlling API access with your AWS SAM template", "ApiAuth", "HttpApiAuth",
"ApiFunctionAuth".
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.model.record import dataclass
from casemate.model.value import Absent, Entry, Fields, Items, Literal, Reference, Unknown, Value, display
from casemate.sources.sam.writing import each_case, elements, entry, fields, fill, is_true, map_of, value_of

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion

Family = OneOf["rest", "http"]
INVOCATION = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations"


@dataclass(frozen=True, slots=True)
class Access:
    """`Auth` of one API, and how the routes below it read it."""

    family: Family
    api: str
    auth: Fields

    def default(self) -> Entry | None:
        """The name of the authoriser that holds where a route says nothing."""
        return entry(self.auth, "DefaultAuthorizer")

    def authorizer(self, name: str) -> Fields | None:
        """The settings of an authoriser of this API."""
        found = value_of(self.auth, "Authorizers", name)
        return found if isinstance(found, Fields) else None

    def key(self, name: str) -> str:
        """The logical id of an authoriser."""
        return f"{self.api}{name}Authorizer"

    def of_route(self, own: Value | None, at: Span) -> dict[str, Entry | Value | None]:
        """The properties of a method or route that say who may call it. `own`: the event's `Auth`, `at`: the event."""
        if own is not None and not isinstance(own, Fields):
            kept = own if isinstance(own, Unknown) else Unknown("Auth is no map", own.at, "error")
            return {"AuthorizationType": Entry(at, kept)}
        given = own if own is not None else Fields({}, at)
        named = entry(given, "Authorizer") or self.default()
        key_required = entry(given, "ApiKeyRequired") or entry(self.auth, "ApiKeyRequired")
        properties: dict[str, Entry | Value | None] = {
            "ApiKeyRequired": key_required if self.family == "rest" else None
        }
        if named is None:
            return properties
        properties["AuthorizationType"] = Entry(named.key_at, each_case(named.value, self._type))
        name = named.value
        if isinstance(name, Literal) and (settings := self.authorizer(display(name))) is not None:
            properties["AuthorizerId"] = Entry(named.key_at, Reference(self.key(display(name)), None, name.at))
            properties["AuthorizationScopes"] = entry(given, "AuthorizationScopes") or entry(
                settings, "AuthorizationScopes"
            )
        return properties

    def credentials(self, own: Value | None, at: Span) -> Value | None:
        """The role with which a REST API calls the function: the caller's own where AWS_IAM is asked for.

        Unless `InvokeRole` says otherwise.
        """
        given = own if isinstance(own, Fields) else Fields({}, at)
        named = value_of(given, "Authorizer") or value_of(self.auth, "DefaultAuthorizer")
        if named is None or not isinstance(named, Literal) or named.value != "AWS_IAM":
            return None
        role = value_of(given, "InvokeRole") or value_of(self.auth, "InvokeRole")
        if role is None or (isinstance(role, Literal) and role.value == "CALLER_CREDENTIALS"):
            return Literal("arn:aws:iam::*:user/*", named.at)
        return None if isinstance(role, Literal) and role.value == "NONE" else role

    def _type(self, name: Value) -> Value:
        """The `AuthorizationType` for the name of an authoriser."""
        if isinstance(name, Absent):
            return name
        if not isinstance(name, Literal):
            return (
                name
                if isinstance(name, Unknown)
                else Unknown("the name of the authorizer is not known", name.at, "parameter")
            )
        word = display(name)
        settings = self.authorizer(word)
        if settings is not None:
            return Literal(_native_type(self.family, settings), name.at)
        if word in {"NONE", "AWS_IAM"}:
            return name
        return Unknown(f"authorizer {word[:60]} is not defined in the API's Auth", name.at, "error")


def _native_type(family: Family, settings: Fields) -> str:
    if family == "http":
        return "JWT" if value_of(settings, "JwtConfiguration") is not None else "CUSTOM"
    return "COGNITO_USER_POOLS" if value_of(settings, "UserPoolArn") is not None else "CUSTOM"


def imply_authorizers(expansion: Expansion, access: Access, cause: Resource, body: Value | None) -> None:
    """The authorisers of an API as resources, unless its `body` describes them.

    And the permissions to call their functions.
    """
    for name, item in map_of(access.auth, "Authorizers").entries.items():
        if not isinstance(item.value, Fields):
            continue
        at, settings = item.key_at, item.value
        function = value_of(settings, "FunctionArn")
        uri = None if function is None else fill(INVOCATION, function.at, {"Function": function})
        build = _rest_authorizer if access.family == "rest" else _http_authorizer
        type_ = "AWS::ApiGateway::Authorizer" if access.family == "rest" else "AWS::ApiGatewayV2::Authorizer"
        if not isinstance(body, Fields):
            expansion.imply(access.key(name), type_, cause, at, build(access, name, settings, at, uri), name=name)
        if function is not None and _lets_api_call(access.family, settings):
            arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/*"
            expansion.imply(
                f"{access.api}{name}AuthorizerPermission",
                "AWS::Lambda::Permission",
                cause,
                at,
                fields(
                    at,
                    {
                        "Action": "lambda:InvokeFunction",
                        "FunctionName": Entry(at, function),
                        "Principal": "apigateway.amazonaws.com",
                        "SourceArn": fill(arn, at, {"Api": Reference(access.api, None, at)}),
                    },
                ),
            )


def _lets_api_call(family: Family, settings: Fields) -> bool:
    if family == "rest":
        return not is_true(value_of(settings, "DisableFunctionDefaultPermissions"))
    return is_true(value_of(settings, "EnableFunctionDefaultPermissions"))


def _rest_authorizer(access: Access, name: str, settings: Fields, at: Span, uri: Value | None) -> Fields:
    pool = entry(settings, "UserPoolArn")
    identity = map_of(settings, "Identity")
    payload = value_of(settings, "FunctionPayloadType")
    return fields(
        at,
        {
            "Name": name,
            "RestApiId": Reference(access.api, None, at),
            "Type": "COGNITO_USER_POOLS" if pool is not None else payload if payload is not None else "TOKEN",
            "ProviderARNs": None
            if pool is None
            else Entry(pool.key_at, Items(list(elements(pool.value)), pool.value.at)),
            "AuthorizerUri": uri,
            "AuthorizerCredentials": _invoke_role(settings),
            "IdentitySource": _sources(identity, at) or _usual_source(pool, payload, at),
            "IdentityValidationExpression": entry(identity, "ValidationExpression"),
            "AuthorizerResultTtlInSeconds": entry(identity, "ReauthorizeEvery"),
        },
    )


def _http_authorizer(access: Access, name: str, settings: Fields, at: Span, uri: Value | None) -> Fields:
    jwt = value_of(settings, "JwtConfiguration")
    identity = map_of(settings, "Identity")
    if jwt is not None:
        # Written in either case of the first letter; the native names begin with a capital.
        config: Value = jwt
        if isinstance(jwt, Fields):
            config = Fields({key[:1].upper() + key[1:]: item for key, item in jwt.entries.items()}, jwt.at)
        source = value_of(settings, "IdentitySource")
        return fields(
            at,
            {
                "Name": name,
                "ApiId": Reference(access.api, None, at),
                "AuthorizerType": "JWT",
                "JwtConfiguration": config,
                "IdentitySource": None if source is None else Items(list(elements(source)), source.at),
            },
        )
    return fields(
        at,
        {
            "Name": name,
            "ApiId": Reference(access.api, None, at),
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": uri,
            "AuthorizerCredentialsArn": _invoke_role(settings),
            "IdentitySource": _http_sources(identity, at),
            "AuthorizerPayloadFormatVersion": entry(settings, "AuthorizerPayloadFormatVersion"),
            "EnableSimpleResponses": entry(settings, "EnableSimpleResponses"),
            "AuthorizerResultTtlInSeconds": entry(identity, "ReauthorizeEvery"),
        },
    )


def _invoke_role(settings: Fields) -> Entry | None:
    role = entry(settings, "FunctionInvokeRole")
    return None if role is not None and isinstance(role.value, Literal) and role.value.value == "NONE" else role


_SOURCES = {
    "Headers": "method.request.header.",
    "QueryStrings": "method.request.querystring.",
    "StageVariables": "stageVariables.",
    "Context": "context.",
}


def _usual_source(pool: Entry | None, payload: Value | None, at: Span) -> Value | None:
    """The header that SAM takes for a user pool or a token authoriser when `Identity` names none.

    Source: `_get_identity_header` of aws-sam-translator.
    """
    is_token = payload is None or (isinstance(payload, Literal) and payload.value == "TOKEN")
    return Literal("method.request.header.Authorization", at) if pool is not None or is_token else None


_HTTP_SOURCES = {
    "Headers": "$request.header.",
    "QueryStrings": "$request.querystring.",
    "StageVariables": "$stageVariables.",
    "Context": "$context.",
}


def _http_sources(identity: Fields, at: Span) -> Value | None:
    """The same for an HTTP API, which spells sources as selection expressions, each an item of a list."""
    found: list[Value] = [
        Literal(f"{prefix}{display(item)}", item.at)
        for name, prefix in _HTTP_SOURCES.items()
        for item in elements(value_of(identity, name))
    ]
    return Items(found, at) if found else None


def _sources(identity: Fields, at: Span) -> Value | None:
    """What a decision is keyed by: `Identity.Header`, or the lists of `Identity`."""
    header = value_of(identity, "Header")
    if header is not None:
        return Literal(f"method.request.header.{display(header)}", header.at)
    found = [
        f"{prefix}{display(item)}" for name, prefix in _SOURCES.items() for item in elements(value_of(identity, name))
    ]
    return Literal(", ".join(found), at) if found else None
