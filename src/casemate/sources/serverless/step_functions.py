"""The plugin serverless-step-functions: state machines with their roles and events.

Source: README of serverless-step-functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Cases, Entry, Fields, Items, Literal, Reference, Text, Value, references, text_of
from casemate.sources.cloudformation.intrinsics import concatenate
from casemate.sources.serverless import naming
from casemate.sources.serverless.rest import add_path, cors_responses, method_shape, verb_and_path
from casemate.sources.serverless.rest_api import add_rest_api
from casemate.sources.serverless.roles import FRAMEWORK
from casemate.sources.serverless.service import Event
from casemate.sources.serverless.values import (
    Shape,
    arn,
    document,
    entries_of,
    entry_of,
    fields,
    fields_of,
    is_set,
    items_of,
    maps,
    statement,
    text_at,
    trust,
    value_of,
)

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Service


def add_state_machines(service: Service) -> None:
    """Every state machine below `stepFunctions`."""
    section = service.section("stepFunctions")
    entry = entry_of(section, "stateMachines")
    for name, machine in entries_of(entry.value if entry is not None else None):
        if fields_of(machine.value) is not None:
            _machine(service, name, machine)


def _machine(service: Service, name: str, machine: Entry) -> None:
    at, value = machine.key_at, machine.value
    named = text_at(value, "id") or naming.alphanumeric(text_at(value, "name") or "")
    key = named or f"{naming.normalized(name)}StepFunctionsStateMachine"
    shape = Shape(at).put("StateMachineName", name).take("StateMachineName", entry_of(value, "name"))
    definition = entry_of(value, "definition")
    if definition is not None:
        shape.put("Definition", _calls(service, definition.value), definition.key_at)
    shape.take("StateMachineType", entry_of(value, "type")).take(
        "LoggingConfiguration", entry_of(value, "loggingConfig"), _logging
    )
    shape.take(
        "TracingConfiguration",
        entry_of(value, "tracingConfig"),
        lambda found: Shape(found.at).copy(found, Enabled="enabled").fields(),
    )
    shape.take("EncryptionConfiguration", entry_of(value, "encryptionConfig"), _encryption)
    role = entry_of(value, "role")
    if role is not None:
        shape.take("RoleArn", role)
    else:
        shape.put("RoleArn", Reference(f"{key}Role", "Arn", at))
        _role(service, name, f"{key}Role", shape, machine)
    service.add("AWS::StepFunctions::StateMachine", key, shape, name=name, at=at)
    for number, item in enumerate(items_of(value_of(value, "events"))):
        for part in maps(item):
            for kind, found in part.entries.items():
                if is_set(found.value):
                    _event(service, name, key, Event(kind, found.key_at, found.value, number + 1))


def _calls(service: Service, value: Value, depth: int = 0) -> Value:
    """References to functions by their names in the service, as the plugin allows, turned into logical ids."""
    if depth > 60:
        return value
    match value:
        case Reference(target=target) if target in service.functions:
            return Reference(service.functions[target].key, value.attribute, value.at)
        case Fields(entries=entries):
            return Fields(
                {key: Entry(entry.key_at, _calls(service, entry.value, depth + 1)) for key, entry in entries.items()},
                value.at,
            )
        case Items(items=items):
            return Items([_calls(service, item, depth + 1) for item in items], value.at)
        case Text(parts=parts):
            return concatenate([_calls(service, part, depth + 1) for part in parts], value.at)
        case Cases(cases=cases):
            return Cases([(words, _calls(service, case, depth + 1)) for words, case in cases], value.at)
        case _:
            return value


def _logging(value: Value) -> Value:
    shape = Shape(value.at).copy(value, Level="level", IncludeExecutionData="includeExecutionData")
    destinations = entry_of(value, "destinations")
    if destinations is not None:
        groups = [
            fields(item.at, CloudWatchLogsLogGroup=fields(item.at, LogGroupArn=item))
            for item in items_of(destinations.value)
        ]
        shape.put("Destinations", Items(groups, destinations.value.at), destinations.key_at)
    return shape.fields()


def _encryption(value: Value) -> Value:
    return (
        Shape(value.at)
        .copy(value, Type="Type", KmsKeyId="KmsKeyId", KmsDataKeyReusePeriodSeconds="KmsDataKeyReusePeriodSeconds")
        .fields()
    )


def _role(service: Service, name: str, key: str, shape: Shape, machine: Entry) -> None:
    """The plugin's own role: it may call the functions of the definition; `iamRoleStatements` are the user's."""
    at = machine.key_at
    called = [
        Reference(target, "Arn", at)
        for target in dict.fromkeys(found.target for found in references(shape.fields()))
        if target.endswith("LambdaFunction")
    ]
    policies: list[Value] = []
    written = entry_of(machine.value, "iamRoleStatements")
    if written is not None:
        body = Fields({"Statement": written}, written.value.at)
        origin = f"stepFunctions.stateMachines.{name}.iamRoleStatements"
        policies.append(fields(written.key_at, PolicyName=origin, PolicyDocument=body))
    elif called:
        implied = document(at, [statement(at, ("lambda:InvokeFunction",), called)])
        policies.append(fields(at, PolicyName=FRAMEWORK, PolicyDocument=implied))
    role = (
        Shape(at)
        .put("AssumeRolePolicyDocument", trust(at, "states.amazonaws.com"))
        .put("Policies", Items(policies, at))
    )
    service.add("AWS::IAM::Role", key, role, name=name, at=at, implied_by=key.removesuffix("Role"))


def _event(service: Service, name: str, key: str, event: Event) -> None:
    at = event.at
    if event.kind == "http":
        verb, path = verb_and_path(event)
        add_rest_api(service, implied_by=key)
        add_path(service, path, key, at)
        method = method_shape(service, verb, path, at)
        authorizer = event.entry("authorizer")
        if authorizer is not None:
            known = text_of(authorizer.value) or text_at(authorizer.value, "type") or ""
            kind = (
                "AWS_IAM"
                if known.lower() == "aws_iam"
                else "COGNITO_USER_POOLS"
                if known.upper() == "COGNITO_USER_POOLS"
                else "CUSTOM"
            )
            method.put("AuthorizationType", Literal(kind, authorizer.value.at), authorizer.key_at)
        method.take("ApiKeyRequired", event.entry("private"))
        uri = arn(at, "apigateway:", Reference("AWS::Region", None, at), ":states:action/StartExecution")
        template = fields(at, **{"application/json": Reference(key, None, at)})
        method.put(
            "Integration",
            fields(
                at,
                Type="AWS",
                IntegrationHttpMethod="POST",
                Uri=uri,
                RequestTemplates=template,
                IntegrationResponses=cors_responses(event.entry("cors")),
            ),
        )
        service.add("AWS::ApiGateway::Method", naming.method(path, verb), method, name=name, at=at, implied_by=key)
        return
    if event.kind in {"schedule", "eventBridge", "cloudwatchEvent"}:
        rule = Shape(at).put("Targets", Items([fields(at, Arn=Reference(key, None, at), Id=name)], at))
        rule.put(
            "ScheduleExpression",
            event.get("rate")
            if fields_of(event.value) is not None
            else event.value
            if event.kind == "schedule"
            else event.get("schedule"),
        )
        rule.put("EventPattern", event.get("event") or event.get("pattern"))
        service.add("AWS::Events::Rule", f"{key}Rule{event.number}", rule, name=name, at=at, implied_by=key)
