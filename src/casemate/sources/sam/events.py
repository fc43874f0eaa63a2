"""Events that a service pushes -> its native resource, and the permission (or role) to call what the event starts.

Source: AWS SAM developer guide, "EventSource"; the logical ids are those that SAM generates ("Generated
CloudFormation resources").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from casemate.model.record import replace
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, display, text_of
from casemate.sources.sam.expansion import Event
from casemate.sources.sam.http_api import http_event
from casemate.sources.sam.mappings import SOURCES, mapping
from casemate.sources.sam.rest_routes import rest_event
from casemate.sources.sam.writing import (
    arn_of,
    document,
    elements,
    entry,
    fields,
    fill,
    is_true,
    map_of,
    statement,
    trust,
    value_of,
)

if TYPE_CHECKING:
    from casemate.model.resource import Resource
    from casemate.sources.sam.expansion import Expansion
    from casemate.sources.sam.roles import RoleDraft
    from casemate.sources.sam.writing import Content


def expand_events(expansion: Expansion, owner: Resource, properties: Fields, role: RoleDraft) -> None:
    """Every event of a function or state machine."""
    for name, item in map_of(properties, "Events").entries.items():
        body = item.value
        kind = text_of(body.get("Type")) if isinstance(body, Fields) else None
        if not isinstance(body, Fields) or kind is None:
            continue
        event = Event(expansion, owner, name, item.key_at, kind, map_of(body, "Properties"), role)
        if event.starts_machine:
            handle = _MACHINE_EVENTS.get(kind)
        else:
            handle = mapping if kind in SOURCES else _EVENTS.get(kind)
        if handle is not None:
            handle(event)


def _permit(event: Event, principal: str, *, key: str | None = None, **more: Entry | Value | None) -> None:
    event.expansion.permit(key or f"{event.key}Permission", event.owner, event.at, principal, **more)


# -- EventBridge
# ------------------------------------------------------------------------------------------------------------
def _state(event: Event) -> Entry | Value | None:
    enabled = event.get("Enabled")
    if enabled is None:
        return event.get("State")
    if isinstance(enabled.value, Literal):
        return Entry(enabled.key_at, Literal("ENABLED" if is_true(enabled.value) else "DISABLED", enabled.value.at))
    return enabled


def _rule(event: Event) -> None:
    """Schedule, CloudWatchEvent and EventBridgeRule."""
    scheduled = event.type == "Schedule"
    rule = arn_of(event.key, event.at)
    role: Entry | Value | None = None
    if event.starts_machine:
        role = event.get("RoleArn") or arn_of(_starter(event, "events.amazonaws.com"), event.at)
    target = fields(
        event.at,
        {
            "Arn": event.target,
            "Id": event.get("Target", "Id")
            or f"{event.key}{'StepFunctions' if event.starts_machine else 'Lambda'}Target",
            "RoleArn": role,
            "Input": event.get("Input"),
            "InputPath": event.get("InputPath"),
            "InputTransformer": event.get("InputTransformer"),
            "DeadLetterConfig": _dead_letters(event, rule),
            "RetryPolicy": event.get("RetryPolicy"),
        },
    )
    event.imply(
        event.key,
        "AWS::Events::Rule",
        fields(
            event.at,
            {
                "Name": event.get("Name") if scheduled else event.get("RuleName"),
                "Description": event.get("Description"),
                "ScheduleExpression": event.get("Schedule"),
                "EventBusName": event.get("EventBusName"),
                "EventPattern": event.get("Pattern"),
                "State": _state(event),
                "Targets": Items([target], event.at),
            },
        ),
    )
    if not event.starts_machine:
        _permit(event, "events.amazonaws.com", SourceArn=rule)


def _dead_letters(event: Event, rule: Value | None) -> Value | None:
    """The target's dead-letter queue; SAM makes the queue where only its type is given.

    And lets the rule send to it.
    """
    config = event.value("DeadLetterConfig")
    if not isinstance(config, Fields):
        return config
    if (arn := entry(config, "Arn")) is not None:
        return fields(config.at, {"Arn": arn})
    queue = text_of(config.get("QueueLogicalId")) or f"{event.key}Queue"
    event.imply(queue, "AWS::SQS::Queue", fields(event.at, {}))
    if rule is not None:
        _queue_policy(event, f"{event.key}QueuePolicy", queue, "events.amazonaws.com", rule)
    return fields(config.at, {"Arn": arn_of(queue, config.at)})


def _queue_policy(event: Event, key: str, queue: str | Value, service: str, source: Value) -> None:
    at = event.at
    target = arn_of(queue, at) if isinstance(queue, str) else queue
    url: Value = (
        Reference(queue, None, at) if isinstance(queue, str) else event.value("SqsSubscription", "QueueUrl") or queue
    )
    pinned = fields(at, {"ArnEquals": fields(at, {"aws:SourceArn": source})})
    # SAM itself writes `Principal: "*"` for SNS; the condition pins the topic.
    who: Value = Literal("*", at) if service.startswith("sns.") else fields(at, {"Service": service})
    allowed = statement(at, ["sqs:SendMessage"], target, Principal=who, Condition=pinned)
    event.imply(
        key,
        "AWS::SQS::QueuePolicy",
        fields(at, {"PolicyDocument": document(at, [allowed]), "Queues": Items([url], at)}),
    )


def _starter(event: Event, service: str) -> str:
    """The role that lets a service start the state machine of the event."""
    key = f"{event.key}Role"
    allowed = statement(event.at, ["states:StartExecution"], event.target)
    policy = fields(
        event.at, {"PolicyName": f"{key}StartExecutionPolicy", "PolicyDocument": document(event.at, [allowed])}
    )
    owner = event.expansion.properties[event.owner.key]
    event.imply(
        key,
        "AWS::IAM::Role",
        fields(
            event.at,
            {
                "AssumeRolePolicyDocument": trust(service, event.at),
                "Policies": Items([policy], event.at),
                "PermissionsBoundary": entry(owner, "PermissionsBoundary"),
            },
        ),
    )
    return key


_SCHEDULE = (
    "ScheduleExpression",
    "State",
    "Description",
    "StartDate",
    "EndDate",
    "ScheduleExpressionTimezone",
    "GroupName",
    "KmsKeyArn",
)


def _schedule(event: Event) -> None:
    """ScheduleV2: EventBridge Scheduler, which calls its target with a role of its own."""
    at = event.at
    dead_letters = _dead_letters(event, None)
    role: Entry | Value | None = event.get("RoleArn")
    if role is None:
        key = f"{event.key}Role"
        action = "states:StartExecution" if event.starts_machine else "lambda:InvokeFunction"
        allowed = [statement(at, [action], event.target)]
        if isinstance(dead_letters, Fields) and (queue := dead_letters.get("Arn")) is not None:
            allowed.append(statement(at, ["sqs:SendMessage"], queue))
        policy = fields(at, {"PolicyName": f"{event.key}Policy", "PolicyDocument": document(at, allowed)})
        event.imply(
            key,
            "AWS::IAM::Role",
            fields(
                at,
                {
                    "AssumeRolePolicyDocument": trust("scheduler.amazonaws.com", at),
                    "Policies": Items([policy], at),
                    "PermissionsBoundary": event.get("PermissionsBoundary"),
                },
            ),
        )
        role = arn_of(key, at)
    target = fields(
        at,
        {
            "Arn": event.target,
            "RoleArn": role,
            "Input": event.get("Input"),
            "DeadLetterConfig": dead_letters,
            "RetryPolicy": event.get("RetryPolicy"),
        },
    )
    passed = {name: event.get(name) for name in _SCHEDULE}
    passed["FlexibleTimeWindow"] = event.get("FlexibleTimeWindow") or Entry(at, fields(at, {"Mode": "OFF"}))
    named = event.get("Name") or (None if is_true(event.value("OmitName")) else Literal(event.key, at))
    event.imply(event.key, "AWS::Scheduler::Schedule", fields(at, {"Name": named, "Target": target, **passed}))


# -- other services
# -----------------------------------------------------------------------------------------------------------
def _bucket(event: Event) -> None:
    # SAM pins the account, not the bucket: the bucket depends on the permission, so that the ARN would be a circle.
    _permit(event, "s3.amazonaws.com", SourceAccount=Reference("AWS::AccountId", None, event.at))
    bucket = event.declared("Bucket")
    if bucket is None:
        return
    for name in elements(event.value("Events")):
        entries = {"Event": name, "Function": event.target, "Filter": event.get("Filter")}
        event.expansion.notify(bucket, fields(event.at, entries))


def _topic(event: Event) -> None:
    topic, queue = event.value("Topic"), event.value("SqsSubscription")
    shared = {name: event.get(name) for name in ("Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy")}
    subscription: dict[str, Content] = {"TopicArn": event.get("Topic"), **shared}
    if queue is None or (isinstance(queue, Literal) and not is_true(queue)):
        _permit(event, "sns.amazonaws.com", SourceArn=topic)
        subscription |= {"Protocol": "lambda", "Endpoint": event.target}
    else:
        made = f"{event.key}Queue"
        arn: Value = arn_of(made, event.at)
        key = f"{event.key}QueuePolicy"
        if isinstance(queue, Fields):
            arn, key = value_of(queue, "QueueArn") or arn, text_of(queue.get("QueuePolicyLogicalId")) or key
        else:
            fifo = _is_fifo(event)
            event.imply(made, "AWS::SQS::Queue", fields(event.at, {"FifoQueue": True if fifo else None}))
        if topic is not None:
            _queue_policy(event, key, arn if isinstance(queue, Fields) else made, "sns.amazonaws.com", topic)
        source = fields(
            event.at,
            {
                "Queue": arn,
                "BatchSize": (entry(queue, "BatchSize") if isinstance(queue, Fields) else None) or 10,
                "Enabled": True,
            },
        )
        mapping(replace(event, type="SQS", properties=source), f"{event.key}EventSourceMapping")
        subscription |= {"Protocol": "sqs", "Endpoint": arn}
    event.imply(event.key, "AWS::SNS::Subscription", fields(event.at, subscription))


def _is_fifo(event: Event) -> bool:
    topic = event.declared("Topic")
    return topic is not None and is_true(value_of(event.expansion.declared[topic].properties, "FifoTopic"))


def _logs(event: Event) -> None:
    group = event.value("LogGroupName")
    pattern = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*"
    source = None if group is None else fill(pattern, group.at, {"Group": group})
    _permit(event, "logs.amazonaws.com", SourceArn=source)
    entries = {
        "LogGroupName": event.get("LogGroupName"),
        "FilterPattern": event.get("FilterPattern"),
        "DestinationArn": event.target,
    }
    event.imply(event.key, "AWS::Logs::SubscriptionFilter", fields(event.at, entries))


def _iot(event: Event) -> None:
    at = event.at
    arn = fill(
        "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${Rule}",
        at,
        {"Rule": Reference(event.key, None, at)},
    )
    _permit(event, "iot.amazonaws.com", SourceArn=arn, SourceAccount=Reference("AWS::AccountId", None, at))
    action = fields(at, {"Lambda": fields(at, {"FunctionArn": event.target})})
    payload = {
        "Sql": event.get("Sql"),
        "AwsIotSqlVersion": event.get("AwsIotSqlVersion"),
        "RuleDisabled": False,
        "Actions": Items([action], at),
    }
    event.imply(event.key, "AWS::IoT::TopicRule", fields(at, {"TopicRulePayload": fields(at, payload)}))


def _alexa(event: Event) -> None:
    _permit(event, "alexa-appkit.amazon.com", EventSourceToken=event.get("SkillId"))


def _user_pool(event: Event) -> None:
    pool = event.declared("UserPool")
    source = event.value("UserPool") if pool is None else arn_of(pool, event.at)
    _permit(event, "cognito-idp.amazonaws.com", key=f"{event.owner.key}CognitoPermission", SourceArn=source)
    if pool is not None:
        for name in elements(event.value("Trigger")):
            event.expansion.trigger(pool, display(name), Entry(event.at, event.target))


_EVENTS: dict[str, Callable[[Event], None]] = {
    "Api": rest_event,
    "HttpApi": http_event,
    "S3": _bucket,
    "SNS": _topic,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
    "EventBridgeRule": _rule,
    "CloudWatchEvent": _rule,
    "CloudWatchLogs": _logs,
    "IoTRule": _iot,
    "AlexaSkill": _alexa,
    "Cognito": _user_pool,
}


def _machine_route(event: Event) -> None:
    rest_event(event, arn_of(_starter(event, "apigateway.amazonaws.com"), event.at))


_MACHINE_EVENTS: dict[str, Callable[[Event], None]] = {
    "Api": _machine_route,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
    "EventBridgeRule": _rule,
    "CloudWatchEvent": _rule,
}
