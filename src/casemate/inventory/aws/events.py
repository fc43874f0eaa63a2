"""What starts a function, as resources of their own: event source mappings, subscriptions, rules, schedules, pipes.

Triggers that stand in the properties of what events come from (a bucket, a user pool) are in `event_hooks.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.failures import kept, redriven, scanned
from casemate.inventory.aws.linking import function_link, identity, linked, means_function
from casemate.inventory.logic import negated
from casemate.inventory.reading import Props, as_number, word
from casemate.model.entity import Link
from casemate.model.pattern import late
from casemate.model.setting import Defaulted, Setting
from casemate.model.trigger import Trigger, TriggerKind
from casemate.model.value import Fields, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_KINDS: dict[str, TriggerKind] = {
    "AWS::SQS::Queue": "queue", "AWS::Kinesis::Stream": "stream", "AWS::Kinesis::StreamConsumer": "stream",
    "AWS::DynamoDB::Table": "table", "AWS::DynamoDB::GlobalTable": "table",
    "AWS::MSK::Cluster": "kafka", "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::AmazonMQ::Broker": "message-broker", "AWS::DocDB::DBCluster": "document-store",
}  # fmt: skip
_SERVICES: dict[str, TriggerKind] = {
    "sqs": "queue", "kinesis": "stream", "dynamodb": "table", "kafka": "kafka", "mq": "message-broker",
    "rds": "document-store",
}  # fmt: skip
_SERVICE = late(rf":({'|'.join(_SERVICES)}):")
_RULE_ENABLED = word("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


def source_kind(source: Link | None, context: Context) -> TriggerKind | None:
    """The kind of a polled source, from its declaration or its ARN; None when neither tells."""
    if source is None:
        return None
    resource = scanned(source, context)
    if resource is not None and resource.type in _KINDS:
        return _KINDS[resource.type]
    service = _SERVICE.search(source.text)
    return _SERVICES[service[1]] if service is not None else None


def mapping(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Lambda::EventSourceMapping`."""
    props = context.props(resource)
    function = function_link(props.find("FunctionName"), context)
    if function is None:
        return
    source = linked(props.find("EventSourceArn"), context)
    kind = source_kind(source, context) or _kind_by_settings(props)
    keeps = props.present(
        "DestinationConfig.OnFailure.Destination", "records are dropped once they expire or run out of attempts"
    )
    if kind == "queue" and source is not None:
        keeps = redriven(source, context)
    yield Trigger(
        **identity(resource, context),
        kind=kind,
        function=function,
        source=source,
        dead_letter=keeps,
        retries=_attempts(props, "MaximumRetryAttempts"),
        enabled=props.flag("Enabled", True, "mappings are enabled"),
        filters=tuple(
            display(value)
            for section in props.sections("FilterCriteria.Filters")
            if (value := section.find("Pattern")) is not None
        ),
    )


def _kind_by_settings(props: Props) -> TriggerKind:
    """For a source that is a parameter: settings that only one kind of source has."""
    if props.find("DocumentDBEventSourceConfig") is not None:
        return "document-store"
    if props.find("SelfManagedEventSource") is not None or props.find("Topics") is not None:
        return "kafka"
    if props.find("Queues") is not None:
        return "message-broker"
    return "stream" if props.find("StartingPosition") is not None else "queue"


def _attempts(props: Props, path: str) -> Setting[int | None]:
    """A maximum of attempts; -1 means none."""

    def convert(value: Value) -> int | None:
        number = as_number(value)
        return None if number < 0 else number

    return props.read(path, convert, None, "the service's own number of attempts")


# -- pushes ------------------------------------------------------------------------------------------------------------
def subscription(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::SNS::Subscription` of a function."""
    props = context.props(resource)
    function = function_link(props.find("Endpoint"), context)
    protocol = props.text("Protocol", "")
    if function is None or not (protocol.ever(lambda name: name.lower() == "lambda") or function.target is not None):
        return
    policy = props.find("FilterPolicy")
    yield Trigger(
        **identity(resource, context),
        kind="topic",
        function=function,
        source=linked(props.find("TopicArn"), context),
        dead_letter=kept(function, context, props.present("RedrivePolicy")),
        retries=_service_attempts(resource),
        enabled=_enabled(resource),
        filters=() if policy is None else (display(policy),),
    )


def rule(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Events::Rule`: a trigger for each target that is a function."""
    props = context.props(resource)
    pattern = props.find("EventPattern")
    bus = linked(props.find("EventBusName"), context)
    for number, target in enumerate(props.sections("Targets")):
        function = function_link(target.find("Arn"), context)
        if not means_function(function):
            continue
        own = Props(target.value, resource.at, f"Targets[{number}]")
        yield Trigger(
            **identity(resource, context, f"target-{number}" if number else ""),
            kind="schedule" if props.find("ScheduleExpression") is not None and pattern is None else "bus",
            function=function,
            source=None if pattern is None else bus or Link("default", resource.at),
            dead_letter=kept(function, context, own.present("DeadLetterConfig.Arn")),
            retries=_attempts(own, "RetryPolicy.MaximumRetryAttempts"),
            enabled=props.read("State", _RULE_ENABLED, True, "rules are enabled"),
            filters=() if pattern is None else (display(pattern),),
        )


def schedule(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Scheduler::Schedule` of a function, also through the universal target `aws-sdk:lambda:invoke`."""
    props = context.props(resource)
    target = props.find("Target.Arn")
    function = function_link(target, context)
    if function is not None and "aws-sdk:lambda:" in function.text:
        function = _universal(tree(props.find("Target.Input")), context) or function
    if not means_function(function):
        return
    yield Trigger(
        **identity(resource, context),
        kind="schedule",
        function=function,
        source=None,
        dead_letter=kept(function, context, props.present("Target.DeadLetterConfig.Arn")),
        retries=_attempts(props, "Target.RetryPolicy.MaximumRetryAttempts"),
        enabled=props.read("State", word("ENABLED"), True, "schedules are enabled"),
    )


def _universal(payload: Value | None, context: Context) -> Link | None:
    return function_link(payload.get("FunctionName"), context) if isinstance(payload, Fields) else None


def pipe(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Pipes::Pipe`: the functions that it calls, as target or to enrich events."""
    props = context.props(resource)
    source = linked(props.find("Source"), context)
    kind = source_kind(source, context)
    for part, path in (("", "Target"), ("enrichment", "Enrichment")):
        function = function_link(props.find(path), context)
        if not means_function(function):
            continue
        keeps = _pipe_dead_letter(props)
        if kind == "queue" and source is not None:
            keeps = redriven(source, context)
        yield Trigger(
            **identity(resource, context, part),
            kind=kind or "other",
            function=function,
            source=source,
            dead_letter=keeps,
            retries=_pipe_attempts(props, resource),
            enabled=props.read("DesiredState", word("RUNNING"), True, "pipes run"),
            filters=tuple(
                display(value)
                for section in props.sections("SourceParameters.FilterCriteria.Filters")
                if (value := section.find("Pattern")) is not None
            ),
        )


def _pipe_dead_letter(props: Props) -> Setting[bool]:
    for name, _, _ in props.items("SourceParameters"):
        found = props.present(f"SourceParameters.{name}.DeadLetterConfig.Arn")
        if found.declared:
            return found
    return props.present("SourceParameters.DeadLetterConfig.Arn", "failed events are dropped once they expire")


def _pipe_attempts(props: Props, resource: Resource) -> Setting[int | None]:
    for name, _, _ in props.items("SourceParameters"):
        if props.find(f"SourceParameters.{name}.MaximumRetryAttempts") is not None:
            return _attempts(props, f"SourceParameters.{name}.MaximumRetryAttempts")
    return _service_attempts(resource)


def subscription_filter(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Logs::SubscriptionFilter` whose destination is a function."""
    props = context.props(resource)
    function = function_link(props.find("DestinationArn"), context)
    if not means_function(function):
        return
    pattern = props.find("FilterPattern")
    text = "" if pattern is None else display(pattern)
    yield Trigger(
        **identity(resource, context),
        kind="logs",
        function=function,
        source=linked(props.find("LogGroupName"), context),
        dead_letter=kept(function, context),
        retries=_service_attempts(resource),
        enabled=_enabled(resource),
        filters=(text,) if text else (),
    )


def topic_rule(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::IoT::TopicRule`: the functions among its actions."""
    props = context.props(resource)
    payload = props.section("TopicRulePayload")
    sql = payload.find("Sql")
    for number, action in enumerate(payload.sections("Actions")):
        function = function_link(action.find("Lambda.FunctionArn"), context)
        if function is None:
            continue
        yield Trigger(
            **identity(resource, context, f"action-{number}" if number else ""),
            kind="iot",
            function=function,
            source=None,
            dead_letter=kept(function, context, payload.present("ErrorAction")),
            retries=_service_attempts(resource),
            enabled=negated(payload.flag("RuleDisabled", False, "rules are enabled")),
            filters=() if sql is None else (display(sql),),
        )


def receipt_rule(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::SES::ReceiptRule`: incoming mail."""
    props = context.props(resource)
    for number, action in enumerate(props.sections("Rule.Actions")):
        function = function_link(action.find("LambdaAction.FunctionArn"), context)
        if function is None:
            continue
        yield Trigger(
            **identity(resource, context, f"action-{number}" if number else ""),
            kind="mail",
            function=function,
            source=None,
            dead_letter=kept(function, context),
            retries=_service_attempts(resource),
            enabled=props.flag("Rule.Enabled", False, "rules are disabled unless asked for"),
            filters=tuple(display(value) for _, value in props.each("Rule.Recipients")),
        )


def config_rule(resource: Resource, context: Context) -> Iterator[Trigger]:
    """`AWS::Config::ConfigRule` whose logic is a function."""
    props = context.props(resource)
    function = function_link(props.find("Source.SourceIdentifier"), context)
    owner = props.text("Source.Owner", "")
    if function is None or not owner.ever(lambda text: text.upper() == "CUSTOM_LAMBDA"):
        return
    yield Trigger(
        **identity(resource, context),
        kind="config",
        function=function,
        source=None,
        dead_letter=kept(function, context),
        retries=_service_attempts(resource),
        enabled=_enabled(resource),
        filters=tuple(display(value) for _, value in props.each("Scope.ComplianceResourceTypes")),
    )


def _service_attempts(resource: Resource) -> Setting[int | None]:
    return Defaulted("MaximumRetryAttempts", resource.at, None, "the service's own number of attempts")


def _enabled(resource: Resource) -> Setting[bool]:
    return Defaulted("Enabled", resource.at, True, "always enabled")


BUILDERS: dict[str, Builder] = {
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::SNS::Subscription": subscription,
    "AWS::Events::Rule": rule,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::Pipes::Pipe": pipe,
    "AWS::Logs::SubscriptionFilter": subscription_filter,
    "AWS::IoT::TopicRule": topic_rule,
    "AWS::SES::ReceiptRule": receipt_rule,
    "AWS::Config::ConfigRule": config_rule,
}
