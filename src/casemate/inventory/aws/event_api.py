"""Event APIs of AppSync: channels that clients publish to and subscribe to over HTTP and WebSocket.

Source: AWS CloudFormation Template Reference, "AWS::AppSync::Api", "AWS::AppSync::ChannelNamespace"; AppSync Events
developer guide, "Configuring authorization" (a namespace without modes of its own has the API's defaults), "Channel
namespace handlers" (direct Lambda integration).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.api_stages import protected
from casemate.inventory.aws.authentication import authentication
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.graphql import AUTH
from casemate.inventory.aws.linking import function_link, identity, linked, means_function
from casemate.inventory.reading import Props, word
from casemate.model.api import Api, AuthKind, Authorizer, Route
from casemate.model.entity import Link
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.value import Unknown, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_ACTS = (
    ("PUBLISH", "PublishAuthModes", "DefaultPublishAuthModes", "OnPublish"),
    ("SUBSCRIBE", "SubscribeAuthModes", "DefaultSubscribeAuthModes", "OnSubscribe"),
)
"""What clients do, the namespace's modes for it, the API's defaults, the handler."""


def event_api(resource: Resource, context: Context) -> Iterator[Api | Authorizer]:
    """`AWS::AppSync::Api`. Its routes are those of its namespaces: an API without one has no channel."""
    props = context.props(resource)
    at = resource.at
    verbose = word("ALL", "DEBUG", "INFO")
    yield Api(
        **identity(resource, context),
        kind="events",
        private=Defaulted("Visibility", at, False, "Event APIs have public endpoints only"),
        throttled=Defaulted("ThrottlingRateLimit", at, False, "AppSync has the account's limits only"),
        access_logs=props.present("EventConfig.LogConfig", "requests are not logged"),
        execution_logs=props.text("EventConfig.LogConfig.LogLevel", "OFF", "handlers are not logged"),
        full_payload_logs=props.read("EventConfig.LogConfig.LogLevel", verbose, False, "handlers are not logged"),
        tracing=props.flag("XrayEnabled", False, "requests are not traced"),
        waf=protected(resource, (), context),
        minimum_tls=Defaulted("SecurityPolicy", at, None, "AppSync's own policy"),
        https_only=Defaulted("Protocol", at, True, "AppSync serves TLS only"),
        cache_encrypted=Defaulted("AtRestEncryptionEnabled", at, True, "Event APIs cache nothing"),
        validation=Defaulted("Schema", at, False, "events have no schema"),
        default_endpoint=Defaulted(
            "DisableExecuteApiEndpoint", at, True, "the default endpoint cannot be switched off"
        ),
        implied=resource.implied_by is not None,
    )
    for number, provider in enumerate(props.sections("EventConfig.AuthProviders")):
        uri = provider.find("LambdaAuthorizerConfig.AuthorizerUri")
        if uri is None:
            continue
        function = function_link(uri, context)
        yield Authorizer(
            **identity(resource, context, f"authorizer-{number}", provider.key_at("LambdaAuthorizerConfig")),
            kind="lambda",
            api=Link(resource.name, at, context.id(resource.key)),
            cache_seconds=provider.number(
                "LambdaAuthorizerConfig.AuthorizerResultTtlInSeconds", 300, "AppSync's default"
            ),
            function=function if means_function(function) else None,
        )


def channel_namespace(resource: Resource, context: Context) -> Iterator[Route]:
    """`AWS::AppSync::ChannelNamespace`: one route to publish, one to subscribe."""
    props = context.props(resource)
    declared = context.resource(props.find("ApiId"))
    api = context.props(declared) if declared is not None and declared.type == "AWS::AppSync::Api" else None
    name = props.find("Name")
    for method, own, shared, handler in _ACTS:
        function = _handler(props, handler, declared, context)
        yield Route(
            **identity(resource, context, method.lower()),
            kind="events",
            method=method,
            path=f"/{display(name) if name is not None else resource.name}",
            auth=_auth(props, own, api, shared),
            api_key=Defaulted("ApiKeyRequired", resource.at, False, "keys are a type of authentication here"),
            validated=Defaulted("Schema", resource.at, False, "events have no schema"),
            throttled=Defaulted("ThrottlingRateLimit", resource.at, False, "AppSync has the account's limits only"),
            api=linked(props.find("ApiId"), context),
            function=function if means_function(function) else None,
        )


def _auth(props: Props, own: str, api: Props | None, shared: str) -> Setting[AuthKind]:
    """The weakest of the modes: an API key, where one is enough; else the first."""
    holder, path = (props, own) if props.find(own) is not None else (api, f"EventConfig.{shared}")
    whole = holder.find(path) if holder is not None else None
    if holder is None or whole is None:
        return Unresolved(own, props.at, "the API and its default modes are not declared in what was scanned")
    if isinstance(whole, Unknown):
        return Unresolved(own, whole.at, whole.reason)
    modes = [authentication(mode, "AuthType", AUTH, "none", "a mode names its type") for mode in holder.sections(path)]
    if not modes:
        return Unresolved(own, whole.at, "no mode is named")
    return next((mode for mode in modes if mode.ever(lambda kind: kind == "api-key")), modes[0])


def _handler(props: Props, handler: str, api: Resource | None, context: Context) -> Link | None:
    """The function that a handler calls without code of its own between: its data source."""
    named: Value | None = props.find(f"HandlerConfigs.{handler}.Integration.DataSourceName")
    if named is None or api is None:
        return None
    for source in attachments(api, context, "AWS::AppSync::DataSource", "ApiId"):
        found = context.resource(named)
        written = source.properties.get("Name")
        if found is source or (written is not None and display(written) == display(named)):
            return function_link(context.props(source).find("LambdaConfig.LambdaFunctionArn"), context)
    return None


BUILDERS: dict[str, Builder] = {
    "AWS::AppSync::Api": event_api,
    "AWS::AppSync::ChannelNamespace": channel_namespace,
}
