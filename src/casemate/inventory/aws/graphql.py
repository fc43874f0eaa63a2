"""GraphQL APIs of AppSync: one route for each function behind them and each way to sign in that reaches some field.

Source: AWS CloudFormation Template Reference, "AWS::AppSync::GraphQLApi"; AppSync developer guide, "Configuring
authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.api_stages import protected
from casemate.inventory.aws.authentication import authentication
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import function_link, identity, means_function
from casemate.inventory.logic import every, negated
from casemate.inventory.reading import Props, word
from casemate.model.api import Api, AuthKind, Authorizer, Route
from casemate.model.entity import Link
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.value import Literal, Text, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.aws.graphql_schema import RootField
    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource

AUTH: dict[str, AuthKind] = {
    "API_KEY": "api-key",
    "AWS_IAM": "iam",
    "AMAZON_COGNITO_USER_POOLS": "cognito",
    "OPENID_CONNECT": "oidc",
    "AWS_LAMBDA": "lambda",
}


def graphql_api(resource: Resource, context: Context) -> Iterator[Api | Route | Authorizer]:
    """The API, and one route for each function among its data sources (or one, when there is none)."""
    props = context.props(resource)
    at = resource.at
    yield Api(
        **identity(resource, context),
        kind="graphql",
        private=props.read("Visibility", word("PRIVATE"), False, "endpoints are public unless PRIVATE"),
        throttled=Defaulted("ThrottlingRateLimit", at, False, "AppSync has the account's limits only"),
        access_logs=props.present("LogConfig", "requests are not logged"),
        execution_logs=props.text("LogConfig.FieldLogLevel", "OFF", "resolvers are not logged"),
        full_payload_logs=_payloads(props),
        tracing=props.flag("XrayEnabled", False, "requests are not traced"),
        waf=protected(resource, (), context),
        minimum_tls=Defaulted("SecurityPolicy", at, None, "AppSync's own policy"),
        https_only=Defaulted("Protocol", at, True, "AppSync serves HTTPS only"),
        cache_encrypted=_cache(resource, context),
        validation=Defaulted("Schema", at, True, "a GraphQL schema types every request"),
        default_endpoint=Defaulted(
            "DisableExecuteApiEndpoint", at, True, "the default endpoint cannot be switched off"
        ),
        implied=resource.implied_by is not None,
    )
    sources = attachments(resource, context, "AWS::AppSync::DataSource", "ApiId")
    functions = [
        source for source in sources if context.props(source).find("LambdaConfig.LambdaFunctionArn") is not None
    ]
    backends: list[Resource | None] = [*functions] if functions else [None]
    providers = [props, *props.sections("AdditionalAuthenticationProviders")]
    ways = _ways(providers, _fields(resource, context))
    for source in backends:
        for number, auth in ways:
            yield _route(resource, context, source, auth, number)
    for number, provider in enumerate(providers):
        yield from _authorizer(resource, context, provider, number)


def _fields(resource: Resource, context: Context) -> tuple[RootField, ...] | None:
    """The root fields of the API's schema; None where it was not scanned."""
    for schema in attachments(resource, context, "AWS::AppSync::GraphQLSchema", "ApiId"):
        text = schema.properties.get("Definition")
        if isinstance(text, Literal | Text):
            from casemate.inventory.aws.graphql_schema import root_fields

            return root_fields(display(text))
    return None


def _ways(providers: list[Props], fields: tuple[RootField, ...] | None) -> list[tuple[int, Setting[AuthKind]]]:
    """(number of the provider, what it asks for) of each provider that lets clients call some field.

    Fields without a directive take the default provider, the others only what their directives name. Where the schema
    was not scanned, an additional API key may or may not be enough for some field.
    """
    ways: list[tuple[int, Setting[AuthKind]]] = []
    for number, provider in enumerate(providers):
        auth = authentication(provider, "AuthenticationType", AUTH, "api-key", "AuthenticationType is required")
        if fields is not None:
            named = {kind for field in fields for kind in field.kinds}
            by_default = number == 0 and any(not field.kinds for field in fields)
            if by_default or not auth.always(lambda kind, named=named: kind not in named):  # type: ignore[misc]
                ways.append((number, auth))
        elif number == 0:
            ways.append((number, auth))
        elif auth.ever(lambda kind: kind == "api-key"):
            reason = "which fields take the API key stands in a schema that was not scanned"
            ways.append((number, Unresolved(auth.name, auth.at, reason)))
    return ways


def _payloads(props: Props) -> Setting[bool]:
    """Headers, context and evaluated templates are logged at level ALL or DEBUG, unless verbose content is left out."""
    verbose = props.read("LogConfig.FieldLogLevel", word("ALL", "DEBUG", "INFO"), False, "resolvers are not logged")
    left_out = props.flag("LogConfig.ExcludeVerboseContent", False, "verbose content is logged")
    return every(verbose, negated(left_out))


def _cache(resource: Resource, context: Context) -> Setting[bool]:
    for cache in attachments(resource, context, "AWS::AppSync::ApiCache", "ApiId"):
        source = "caches are not encrypted unless asked for"
        return context.props(cache).flag("AtRestEncryptionEnabled", False, source)
    return Defaulted("AtRestEncryptionEnabled", resource.at, True, "no cache")


def _route(
    resource: Resource, context: Context, source: Resource | None, auth: Setting[AuthKind], number: int
) -> Route:
    at = resource.at
    function = None
    if source is not None:
        function = function_link(context.props(source).find("LambdaConfig.LambdaFunctionArn"), context)
    part = "graphql" if source is None else f"graphql {source.key}"
    part = f"{part} {number}" if number else part
    return Route(
        **identity(resource, context, part),
        kind="graphql",
        method="POST",
        path="/graphql",
        auth=auth,
        api_key=Defaulted("ApiKeyRequired", at, False, "keys are a type of authentication here"),
        validated=Defaulted("Schema", at, True, "a GraphQL schema types every request"),
        throttled=Defaulted("ThrottlingRateLimit", at, False, "AppSync has the account's limits only"),
        api=Link(resource.name, at, context.id(resource.key)),
        function=function if means_function(function) else None,
    )


def _authorizer(resource: Resource, context: Context, provider: Props, number: int) -> Iterator[Authorizer]:
    uri = provider.find("LambdaAuthorizerConfig.AuthorizerUri")
    if uri is None:
        return
    function = function_link(uri, context)
    seconds = "LambdaAuthorizerConfig.AuthorizerResultTtlInSeconds"
    yield Authorizer(
        **identity(resource, context, f"authorizer-{number}", provider.key_at("LambdaAuthorizerConfig")),
        kind="lambda",
        api=Link(resource.name, resource.at, context.id(resource.key)),
        cache_seconds=provider.number(seconds, 300, "AppSync's default"),
        function=function if means_function(function) else None,
    )


BUILDERS: dict[str, Builder] = {"AWS::AppSync::GraphQLApi": graphql_api}
