"""Events by time, bus, log line, device and voice.

`schedule`, `eventBridge`, `cloudwatchEvent`, `cloudwatchLog`, `iot`, `iotFleetProvisioning`, `alexaSkill`,
`alexaSmartHome`.

Source: Serverless Framework documentation, the pages of these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Items, Literal, Reference, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.messages import short_name, source_of
from casemate.sources.serverless.roles import role_of
from casemate.sources.serverless.values import Shape, fields, fields_of, is_false, is_true, items_of, regional

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Declared, Event, Service


def add_rules(service: Service) -> None:
    """Everything for these events of all functions."""
    for function, event in service.events("schedule"):
        _schedule(service, function, event)
    for function, event in service.events("cloudwatchEvent"):
        pattern = event.entry("event")
        shape = (
            Shape(event.at)
            .take("EventPattern", pattern)
            .take("State", event.entry("enabled"), _state)
            .take("Name", event.entry("name"))
        )
        _rule(service, function, event, f"EventsRuleCloudWatchEvent{event.number}", shape)
    for function, event in service.events("eventBridge"):
        _event_bridge(service, function, event)
    for function, event in service.events("cloudwatchLog"):
        _log_line(service, function, event)
    for function, event in service.events("iot", "iotFleetProvisioning"):
        _device(service, function, event)
    for function, event in service.events("alexaSkill", "alexaSmartHome"):
        _voice(service, function, event)


def _state(value: Value) -> Value:
    return (
        Literal("DISABLED", value.at) if is_false(value) else Literal("ENABLED", value.at) if is_true(value) else value
    )


def _target(function: Declared, event: Event) -> Shape:
    target = (
        Shape(event.at)
        .put("Arn", function.arn(event.at))
        .put("Id", function.name)
        .copy(event.value, Input="input", InputPath="inputPath")
    )
    target.take("DeadLetterConfig", event.entry("deadLetterQueueArn"), lambda value: fields(value.at, Arn=value))
    retry = event.entry("retryPolicy")
    if retry is not None:
        policy = Shape(retry.value.at).copy(
            retry.value, MaximumRetryAttempts="maximumRetryAttempts", MaximumEventAgeInSeconds="maximumEventAge"
        )
        target.put("RetryPolicy", policy.fields(), retry.key_at)
    return target


def _rule(
    service: Service, function: Declared, event: Event, suffix: str, shape: Shape, path: tuple[Value | str, ...] = ()
) -> None:
    """A rule with the function as its target, and the permission for exactly this rule."""
    key = f"{naming.normalized(function.name)}{suffix}"
    shape.put("Targets", Items([_target(function, event).fields()], event.at))
    service.add("AWS::Events::Rule", key, shape, name=function.name, at=event.at, implied_by=function.key)
    source: Value = regional(event.at, "events", "rule/", *path) if path else Reference(key, "Arn", event.at)
    service.permit(
        function, naming.permission(function.name, suffix), "events.amazonaws.com", event.at, SourceArn=source
    )


def _schedule(service: Service, function: Declared, event: Event) -> None:
    described = fields_of(event.value)
    rates = items_of(event.get("rate")) if described is not None else [event.value]
    for number, rate in enumerate(rates):
        suffix = f"{event.number}" if not number else f"{event.number}x{number}"
        shape = (
            Shape(event.at)
            .put("ScheduleExpression", rate)
            .take("State", event.entry("enabled"), _state)
            .take("Name", event.entry("name"))
        )
        if event.text("method") == "scheduler":
            target = (
                Shape(event.at)
                .put("Arn", function.arn(event.at))
                .put("RoleArn", role_of(service, function))
                .take("Input", event.entry("input"))
            )
            shape.put("Target", target.fields()).put("FlexibleTimeWindow", fields(event.at, Mode="OFF"))
            shape.take("ScheduleExpressionTimezone", event.entry("timezone"))
            key = f"{naming.normalized(function.name)}SchedulerSchedule{suffix}"
            service.add(
                "AWS::Scheduler::Schedule", key, shape, name=function.name, at=event.at, implied_by=function.key
            )
        else:
            _rule(service, function, event, f"EventsRuleSchedule{suffix}", shape)


def _event_bridge(service: Service, function: Declared, event: Event) -> None:
    at, bus = event.at, event.entry("eventBus")
    shape = Shape(at).copy(
        event.value, EventPattern="pattern", ScheduleExpression="schedule", Description="description", Name="name"
    )
    shape.take("State", event.entry("enabled"), _state)
    path: tuple[Value | str, ...] = ()
    if bus is not None:
        name = text_of(bus.value)
        target: Value = bus.value
        if name is not None and name != "default" and not name.startswith("arn:"):
            key = f"{naming.normalized(name)}EventBridgeEventBus"
            service.add(
                "AWS::Events::EventBus",
                key,
                fields(bus.value.at, Name=bus.value),
                name=name,
                at=bus.value.at,
                implied_by=function.key,
            )
            target = Reference(key, None, bus.value.at)
        shape.put("EventBusName", target, bus.key_at)
        path = (bus.value if name is None or not name.startswith("arn:") else short_name(bus.value), "/*")
    _rule(service, function, event, f"EventBridgeRule{event.number}", shape, path)


def _log_line(service: Service, function: Declared, event: Event) -> None:
    at, group = event.at, source_of(event, "logGroup")
    shape = (
        Shape(at)
        .put("LogGroupName", group)
        .put("FilterPattern", "")
        .take("FilterPattern", event.entry("filter"))
        .put("DestinationArn", function.arn(at))
    )
    key = f"{naming.normalized(function.name)}LogsSubscriptionFilterCloudWatchLog{event.number}"
    service.add("AWS::Logs::SubscriptionFilter", key, shape, name=function.name, at=at, implied_by=function.key)
    source = regional(at, "logs", "log-group:", group if group is not None else "*", ":*")
    word = "LogsSubscriptionFilterCloudWatchLog"
    service.permit(function, naming.permission(function.name, word), "logs.amazonaws.com", at, SourceArn=source)


def _device(service: Service, function: Declared, event: Event) -> None:
    at = event.at
    if event.kind == "iot":
        action = fields(at, Lambda=fields(at, FunctionArn=function.arn(at)))
        payload = (
            Shape(at).copy(event.value, Sql="sql", AwsIotSqlVersion="sqlVersion").put("Actions", Items([action], at))
        )
        payload.put("RuleDisabled", Literal(is_false(event.get("enabled")), at))
        key = f"{naming.normalized(function.name)}IotTopicRule{event.number}"
        shape = Shape(at).put("TopicRulePayload", payload.fields()).take("RuleName", event.entry("name"))
        service.add("AWS::IoT::TopicRule", key, shape, name=function.name, at=at, implied_by=function.key)
        source: Value = regional(at, "iot", "rule/", Reference(key, None, at))
        service.permit(
            function,
            naming.permission(function.name, f"IotTopicRule{event.number}"),
            "iot.amazonaws.com",
            at,
            SourceArn=source,
        )
        return
    key = f"{naming.normalized(function.name)}IotProvisioningTemplate"
    shape = Shape(at).copy(
        event.value,
        TemplateBody="templateBody",
        ProvisioningRoleArn="provisioningRoleArn",
        TemplateName="templateName",
        Enabled="enabled",
    )
    shape.put("PreProvisioningHook", fields(at, TargetArn=function.arn(at)))
    service.add("AWS::IoT::ProvisioningTemplate", key, shape, name=function.name, at=at, implied_by=function.key)
    source = regional(at, "iot", "provisioningtemplate/*")
    service.permit(
        function, naming.permission(function.name, "IotProvisioningTemplate"), "iot.amazonaws.com", at, SourceArn=source
    )


def _voice(service: Service, function: Declared, event: Event) -> None:
    """The permission is all there is; without a skill's id, every skill may call."""
    skill = event.kind == "alexaSkill"
    token = event.get("appId") if fields_of(event.value) is not None else event.value
    if is_true(token):
        token = None
    principal = "alexa-appkit.amazon.com" if skill else "alexa-connectedhome.amazon.com"
    key = naming.permission(function.name, f"{'AlexaSkill' if skill else 'AlexaSmartHome'}{event.number}")
    shape = (
        Shape(event.at)
        .put("FunctionName", function.arn(event.at))
        .put("Action", "lambda:InvokeFunction")
        .put("Principal", principal)
    )
    shape.put("EventSourceToken", token)
    implied = function.key if token is not None else None  # who leaves the id out has decided that every skill may call
    service.add("AWS::Lambda::Permission", key, shape, name=function.name, at=event.at, implied_by=implied)
