"""Events that are no routes, connectors, and input that is wrong or hostile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.model.location import Span
from casemate.model.resource import Stack
from casemate.model.value import (
    Absent,
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Tagged,
    Text,
    Unknown,
    Value,
    display,
)
from casemate.sources.cloudformation import source
from casemate.sources.sam import expand
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HEAD = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
FUNCTION = "  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.13\n      CodeUri: src/\n      Events:\n"


def read(text: str) -> Stack:
    return source.read(MemoryTree({"t.yaml": (HEAD + text).encode()}), ("t.yaml",), Options()).stacks[0]


def shown(stack: Stack, key: str, *path: str) -> str | None:
    value: Value | None = stack.resources[key].properties
    for name in path:
        value = value.get(name) if isinstance(value, Fields) else None
    return None if value is None else display(value)


def test_a_bucket_gets_the_notification_beside_its_own() -> None:
    stack = read(
        FUNCTION + "        Up: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}}\n"
        "  Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: e, Function: f}]}}}\n"
    )
    assert shown(stack, "Bucket", "NotificationConfiguration", "LambdaConfigurations") == (
        "[{Event: e, Function: f}, {Event: s3:ObjectCreated:*, Function: ${Fn.Arn}}]"
    )
    assert shown(stack, "FnUpPermission", "Principal") == "s3.amazonaws.com"
    assert shown(stack, "FnUpPermission", "SourceAccount") == "${AWS::AccountId}"


def test_a_user_pool_gets_the_triggers() -> None:
    stack = read(
        FUNCTION
        + "        Up: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}\n  Pool: {Type: AWS::Cognito::UserPool}\n"
    )
    assert shown(stack, "Pool", "LambdaConfig") == "{PreSignUp: ${Fn.Arn}}"
    assert shown(stack, "FnCognitoPermission", "SourceArn") == "${Pool.Arn}"


def test_a_polled_source_needs_the_role() -> None:
    stack = read(
        FUNCTION
        + "        Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 1}}\n  Queue: {Type: AWS::SQS::Queue}\n"
    )
    assert stack.resources["FnQ"].type == "AWS::Lambda::EventSourceMapping"
    assert (shown(stack, "FnQ", "EventSourceArn"), shown(stack, "FnQ", "FunctionName")) == ("${Queue.Arn}", "${Fn}")
    assert "AWSLambdaSQSQueueExecutionRole" in (shown(stack, "FnRole", "ManagedPolicyArns") or "")


def test_a_rule_names_its_function_and_is_allowed_to_call_it() -> None:
    stack = read(
        FUNCTION
        + "        Bus: {Type: EventBridgeRule, Properties: {Pattern: {source: [a]}, DeadLetterConfig: {Type: SQS}}}\n"
    )
    assert (shown(stack, "FnBusPermission", "SourceArn"), shown(stack, "FnBusPermission", "Principal")) == (
        "${FnBus.Arn}",
        "events.amazonaws.com",
    )
    assert "Arn: ${Fn.Arn}" in (shown(stack, "FnBus", "Targets") or "")
    assert {stack.resources[key].type for key in ("FnBusQueue", "FnBusQueuePolicy")} == {
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    }


def test_an_event_is_located_at_its_name() -> None:
    text = FUNCTION + "        Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}\n"
    rule = read(text).resources["FnTick"]
    assert (rule.at.start_line, rule.at.start_column, rule.at.end_column) == (10, 9, 13)
    assert (rule.name, rule.implied_by) == ("Fn", "Fn")


def test_connectors_grant_in_both_ways_of_writing() -> None:
    stack = read(
        "  Fn: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}, Connectors: {Out: {Properties: {Destination: {Id: Queue}, Permissions: [Write]}}}}\n"
        "  Queue: {Type: AWS::SQS::Queue}\n  Topic: {Type: AWS::SNS::Topic}\n"
        "  Join: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Topic}, Destination: {Id: Queue}, Permissions: [Write]}}\n"
    )
    assert "Join" not in stack.resources
    assert (stack.resources["FnOutPolicy"].type, shown(stack, "FnOutPolicy", "Roles")) == (
        "AWS::IAM::ManagedPolicy",
        "[${FnRole}]",
    )
    assert "sqs:SendMessage" in (shown(stack, "FnOutPolicy", "PolicyDocument") or "")
    assert "aws:SourceArn: ${Topic}" in (shown(stack, "JoinQueuePolicy", "PolicyDocument") or "")


def test_a_state_machine_is_started_through_a_role() -> None:
    stack = read(
        "  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: m.asl.json\n      Logging: {Level: ALL}\n"
        "      Policies: [LambdaInvokePolicy: {FunctionName: f}]\n      Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}\n"
    )
    assert (stack.resources["M"].type, shown(stack, "M", "DefinitionUri")) == (
        "AWS::StepFunctions::StateMachine",
        "m.asl.json",
    )
    assert shown(stack, "M", "LoggingConfiguration") == "{Level: ALL}"
    assert shown(stack, "M", "RoleArn") == "${MRole.Arn}"
    assert "states:StartExecution" in (shown(stack, "MTickRole", "Policies") or "")


def test_a_nested_application_is_read_with_its_parameters() -> None:
    files = {
        "t.yaml": HEAD
        + "  App: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, Parameters: {Name: given}}}\n",
        "child.yaml": "Parameters: {Name: {Type: String}}\nResources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}}\n",
    }
    reading = source.read(MemoryTree({path: text.encode() for path, text in files.items()}), tuple(files), Options())
    child = next(stack for stack in reading.stacks if stack.path.startswith("child"))
    assert display(child.resources["B"].properties) == "{BucketName: given}"


@pytest.mark.parametrize(
    "properties",
    [
        "Events: 1",
        "Events: [a]",
        "Events: {A: 1, B: {Type: [x]}, C: {Type: Api}, D: {Type: Nothing}}",
        "Policies: {A: 1, B: 2}",
        "Policies: 3",
        "Policies: [[[]], 1, {}, {X: }, !Foo bar]",
        "Environment: !Ref X",
        "FunctionUrlConfig: 5",
        "EventInvokeConfig: [1]",
        "DeadLetterQueue: q",
        "EventInvokeConfig: {DestinationConfig: {OnFailure: 1, OnSuccess: {Type: SNS}}}",
        "AutoPublishAlias: {a: b}",
        "Role: !If [A, b]",
        "Tags: [1]",
        "Events: {A: {Type: S3, Properties: {Bucket: !Ref Fn, Events: {}}}}",
        "Events: {A: {Type: Api, Properties: {Path: [1], Method: {}, RestApiId: Fn}}}",
        "Events: {A: {Type: Cognito, Properties: {UserPool: !Ref Nope, Trigger: {}}}}",
        "Events: {A: {Type: SNS, Properties: {SqsSubscription: {}}}}",
        "Events: {A: {Type: HttpApi, Properties: {ApiId: !GetAtt Fn.Arn, Path: !Ref P, Method: !Ref M, Auth: 1}}}",
        "CodeUri: [1]",
        "Tracing: []",
        "Events: {A: {Type: MSK, Properties: {SchemaRegistryConfig: 1, DestinationConfig: 2}}, B: {Type: MQ}, C: {Type: DocumentDB}}",
    ],
)
def test_wrong_input_never_raises(properties: str) -> None:
    stack = read(f"  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      {properties}\n")
    assert stack.resources["Fn"].type == "AWS::Lambda::Function"


AT = Span("t.yaml", 1, 1, 1, 2)
KEYS = st.sampled_from(
    [
        "Events",
        "Policies",
        "Auth",
        "Authorizers",
        "DefaultAuthorizer",
        "Type",
        "Properties",
        "Path",
        "Method",
        "RestApiId",
        "Bucket",
        "DefinitionBody",
        "paths",
        "Cors",
        "Role",
        "Statement",
        "S3ReadPolicy",
        "BucketName",
        "Domain",
        "UsagePlan",
        "FunctionUrlConfig",
        "AuthType",
        "Source",
        "Destination",
        "Id",
        "Permissions",
        "DataSources",
        "DynamoDb",
        "Resolvers",
        "Functions",
        "StageName",
        "ResourcePolicy",
        "IpRangeWhitelist",
        "x",
    ]
)
LEAVES = st.one_of(
    st.sampled_from(
        ["Api", "HttpApi", "S3", "SNS", "SQS", "NONE", "AWS_IAM", "A", "B", "get", "/x", "s3://b/k", "", "*"]
    ).map(lambda text: Literal(text, AT)),
    st.sampled_from(
        [
            Literal(None, AT),
            Literal(1, AT),
            Absent(AT),
            Unknown("?", AT),
            Reference("A", "Arn", AT),
            Reference("B.Alias", None, AT),
        ]
    ),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Items(items, AT)),
        st.dictionaries(KEYS, inner, max_size=4).map(
            lambda found: Fields({key: Entry(AT, value) for key, value in found.items()}, AT)
        ),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: Text(parts, AT)),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda cases: Cases([(f"if {number}", case) for number, case in enumerate(cases)], AT)
        ),
        inner.map(lambda value: Tagged("!X", value, AT)),
    ),
    max_leaves=12,
)
KINDS = [
    "Function",
    "Api",
    "HttpApi",
    "SimpleTable",
    "LayerVersion",
    "Application",
    "StateMachine",
    "Connector",
    "GraphQLApi",
    "CapacityProvider",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(KEYS, VALUES, max_size=5)), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(KINDS), VALUES, max_size=2),
)
def test_any_tree_is_expanded_without_an_error(
    declared: list[tuple[str, dict[str, Value]]], globals_: dict[str, Value]
) -> None:
    template = read("  A: {Type: AWS::SNS::Topic}\n").resources["A"]
    resources = {
        name: replace(
            template,
            key=name,
            name=name,
            type=f"AWS::Serverless::{kind}",
            properties=Fields({key: Entry(AT, value) for key, value in properties.items()}, AT),
        )
        for name, (kind, properties) in zip("ABC", declared, strict=False)
    }
    shared = Fields({key: Entry(AT, value) for key, value in globals_.items()}, AT)
    attributes = {"A": Fields({"Connectors": Entry(AT, shared)}, AT)}
    made = expand(resources, shared, attributes)
    assert all(resource.key == key for key, resource in made.items())
