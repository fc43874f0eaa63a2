"""Triggers declared by what events come from: a bucket's notifications, a user pool's triggers, custom resources.

Those things have builders of their own; so the function's builder gives these triggers, from an index that is made
once a stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.inventory.aws.failures import kept
from casemate.inventory.aws.linking import function_link, identity, linked
from casemate.model.entity import Link
from casemate.model.record import dataclass
from casemate.model.setting import Defaulted
from casemate.model.trigger import Trigger, TriggerKind
from casemate.model.value import Fields, display

if TYPE_CHECKING:
    from casemate.inventory.context import Context
    from casemate.inventory.reading import Props
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value


@dataclass(frozen=True, slots=True)
class _Hook:
    """One function that a resource's properties name as what to call. `part`: tells hooks of one resource apart."""

    kind: TriggerKind
    function: Value
    at: Span
    part: str
    source: Link | None
    filters: tuple[str, ...] = ()


def hooks(function: Resource, context: Context) -> Iterator[Trigger]:
    """The triggers of `function` that stand in the properties of other resources of its stack."""
    for resource, hook in _index(context).get(context.id(function.key), ()):
        link = function_link(hook.function, context)
        if link is not None:
            yield _trigger(resource, context, hook, link)


def alexa(permission: Resource, context: Context, function: Link) -> Trigger:
    """The permission for an Alexa skill, which is all that a template says of such a trigger."""
    token = permission.properties.get("EventSourceToken")
    filters = () if token is None else (display(token),)
    hook = _Hook("alexa", permission.properties, permission.at, "alexa", None, filters)
    return _trigger(permission, context, hook, function)


def _trigger(resource: Resource, context: Context, hook: _Hook, function: Link) -> Trigger:
    return Trigger(
        **identity(resource, context, hook.part, hook.at),
        kind=hook.kind,
        function=function,
        source=hook.source,
        dead_letter=kept(function, context),
        retries=Defaulted("MaximumRetryAttempts", resource.at, None, "the service's own number of attempts"),
        enabled=Defaulted("Enabled", resource.at, True, "always enabled"),
        filters=hook.filters,
    )


@lru_cache(maxsize=8)
def _index(context: Context) -> Mapping[str, Sequence[tuple[Resource, _Hook]]]:
    table: dict[str, list[tuple[Resource, _Hook]]] = {}
    for resource in context.stack.resources.values():
        find = SOURCES.get(resource.type)
        if find is None and "ServiceToken" in resource.properties.entries:
            find = _custom_resource
        if find is None:
            continue
        for hook in find(resource, context):
            link = function_link(hook.function, context)
            if link is not None and link.target is not None:
                table.setdefault(link.target, []).append((resource, hook))
    return table


# -- what to look for, by type -----------------------------------------------------------------------------------------
def _bucket(resource: Resource, context: Context) -> Iterator[_Hook]:
    """Notifications of a bucket."""
    props = context.props(resource)
    source = Link(resource.name, resource.at, context.id(resource.key))
    yield from _notifications(props, "NotificationConfiguration.LambdaConfigurations", "Function", source)


def _cdk_notifications(resource: Resource, context: Context) -> Iterator[_Hook]:
    """CDK sets notifications through a custom resource, whose own function they are not the triggers of."""
    props = context.props(resource)
    source = linked(props.find("BucketName"), context)
    yield from _notifications(
        props, "NotificationConfiguration.LambdaFunctionConfigurations", "LambdaFunctionArn", source
    )
    yield from _custom_resource(resource, context)


def _notifications(props: Props, path: str, key: str, source: Link | None) -> Iterator[_Hook]:
    for number, section in enumerate(props.sections(path)):
        function = section.find(key)
        if function is None:
            continue
        rules = [*section.sections("Filter.S3Key.Rules"), *section.sections("Filter.Key.FilterRules")]
        filters = tuple(f"{_word(found, 'Name').lower()}={_word(found, 'Value')}" for found in rules)
        yield _Hook("bucket", function, section.at, f"notification-{number}", source, filters)


def _word(props: Props, key: str) -> str:
    value = props.find(key)
    return "" if value is None else display(value)


def _topic(resource: Resource, context: Context) -> Iterator[_Hook]:
    """Subscriptions within a topic."""
    source = Link(resource.name, resource.at, context.id(resource.key))
    for number, section in enumerate(context.props(resource).sections("Subscription")):
        function = section.find("Endpoint")
        if function is not None and _word(section, "Protocol").lower() == "lambda":
            yield _Hook("topic", function, section.at, f"subscription-{number}", source)


def _user_pool(resource: Resource, context: Context) -> Iterator[_Hook]:
    """`LambdaConfig` of a user pool, also of one that a custom resource of the Serverless Framework configures.

    The name of each trigger is its filter; newer triggers are a map with `LambdaArn` and a version.
    """
    props = context.props(resource)
    source = Link(resource.name, resource.at, context.id(resource.key))
    named = linked(props.find("UserPoolName"), context) if resource.type.startswith("Custom::") else None
    for name, at, value in props.items("LambdaConfig"):
        function = value.get("LambdaArn") if isinstance(value, Fields) else value
        if function is not None and name != "KMSKeyID":
            yield _Hook("user-pool", function, at, name, named or source, (name.removesuffix("Config"),))


def _rotation(resource: Resource, context: Context) -> Iterator[_Hook]:
    """The function that rotates a secret."""
    props = context.props(resource)
    function = props.find("RotationLambdaARN")
    if function is not None:
        yield _Hook("other", function, resource.at, "rotation", linked(props.find("SecretId"), context))


def _alarm(resource: Resource, context: Context) -> Iterator[_Hook]:
    """Actions of an alarm."""
    props = context.props(resource)
    source = Link(resource.name, resource.at, context.id(resource.key))
    for path in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for number, (_, value) in enumerate(props.each(path)):
            yield _Hook("alarm", value, value.at, f"{path}-{number}", source)


def _pipeline(resource: Resource, context: Context) -> Iterator[_Hook]:
    """Actions of a pipeline that invoke a function."""
    source = Link(resource.name, resource.at, context.id(resource.key))
    for stage in context.props(resource).sections("Stages"):
        for action in stage.sections("Actions"):
            function = action.find("Configuration.FunctionName")
            if function is not None and _word(action, "ActionTypeId.Provider").lower() == "lambda":
                yield _Hook("pipeline", function, action.at, _word(action, "Name"), source)


def _custom_resource(resource: Resource, context: Context) -> Iterator[_Hook]:
    """A resource whose life cycle a function takes care of."""
    function = context.props(resource).find("ServiceToken")
    if function is not None:
        yield _Hook("custom-resource", function, resource.at, "service", None, (resource.type,))


SOURCES: dict[str, Callable[[Resource, Context], Iterator[_Hook]]] = {
    "AWS::S3::Bucket": _bucket,
    "Custom::S3BucketNotifications": _cdk_notifications,
    "AWS::SNS::Topic": _topic,
    "AWS::Cognito::UserPool": _user_pool,
    "Custom::CognitoUserPool": _user_pool,
    "AWS::SecretsManager::RotationSchedule": _rotation,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _alarm,
    "AWS::CodePipeline::Pipeline": _pipeline,
}
"""Type of what events come from -> what it says of functions. Beside these, every resource with a `ServiceToken`."""
