from __future__ import annotations

import json
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inventory.aws_template import built

from casemate.inventory.aws.embedded import tree
from casemate.model.location import Span
from casemate.model.value import Fields, Items, Literal, Reference, Text, Unknown, Value
from casemate.model.workflow import StateMachine

AT = Span("t.yaml", 1, 1, 1, 2)


def _machine(text: str) -> StateMachine:
    return built(text, "workflow").one(StateMachine)


def test_a_definition_as_json_text_with_references() -> None:
    machine = _machine("""
Resources:
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      DefinitionString: !Sub |
        {
          "StartAt": "First",
          "States": {
            "First": {
              "Type": "Task",
              "Resource": "arn:${AWS::Partition}:states:::lambda:invoke",
              "Parameters": {"FunctionName": "${Worker.Arn}", "Payload.$": "$"},
              "Next": "Second"
            },
            "Second": {
              "Type": "Task",
              "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
              "Parameters": {"QueueUrl": "${Work}"},
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "First"}],
              "End": true
            }
          }
        }
  Worker: {Type: AWS::Lambda::Function}
  Work: {Type: AWS::SQS::Queue}
  Role: {Type: AWS::IAM::Role}
""")
    assert [link.target for link in machine.invokes] == ["template.yaml#Worker", "template.yaml#Work"]
    assert [(name, at.start_line) for name, at in machine.uncaught] == [("First", 11)]
    assert [(name, at.start_line) for name, at in machine.endless] == [("Second", 17)]
    assert machine.role is not None
    assert machine.role.target == "template.yaml#Role"
    assert machine.log_level.value == "OFF"
    assert machine.tracing.value is False
    assert machine.express.value is False
    assert machine.encrypted.value is True


def test_a_definition_as_a_map_with_substitutions() -> None:
    machine = _machine("""
Resources:
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: EXPRESS
      LoggingConfiguration: {Level: ALL, IncludeExecutionData: true}
      TracingConfiguration: {Enabled: true}
      DefinitionSubstitutions: {WorkerArn: !GetAtt Worker.Arn, Seconds: 30, Other: !Ref Child}
      Definition:
        StartAt: Fan
        States:
          Fan:
            Type: Parallel
            End: true
            Branches:
              - StartAt: A
                States:
                  A: {Type: Task, Resource: "${WorkerArn}", End: true}
              - StartAt: Each
                States:
                  Each:
                    Type: Map
                    ItemProcessor:
                      StartAt: B
                      States:
                        B:
                          Type: Task
                          Resource: arn:aws:states:::states:startExecution.sync:2
                          Parameters: {StateMachineArn: "${Other}"}
                          End: true
                    End: true
  Worker: {Type: AWS::Lambda::Function}
  Child: {Type: AWS::SQS::Queue}
""")
    assert [link.target for link in machine.invokes] == ["template.yaml#Worker", "template.yaml#Child"]
    assert [name for name, _ in machine.uncaught] == ["A", "B"]
    assert [name for name, _ in machine.endless] == ["B"]
    assert (machine.express.value, machine.log_level.value, machine.logs_data.value, machine.tracing.value) == (
        True,
        "ALL",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("state", "endless"),
    [
        ('"Resource": "arn:aws:states:::ecs:runTask.sync"', True),
        ('"Resource": "arn:aws:states:::ecs:runTask.sync", "TimeoutSeconds": 60', False),
        ('"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "HeartbeatSecondsPath": "$.beat"', False),
        ('"Resource": "arn:aws:states:eu-west-1:111122223333:activity:approve"', True),
        ('"Resource": "arn:aws:states:::lambda:invoke"', False),
    ],
)
def test_tasks_that_wait_for_ever(state: str, endless: bool) -> None:  # noqa: FBT001
    text = f'{{"StartAt": "S", "States": {{"S": {{"Type": "Task", {state}, "End": true}}}}}}'
    template = f"Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: '{text}'\n"
    assert bool(_machine(template).endless) is endless
    bounded = template.replace('"StartAt"', '"TimeoutSeconds": 9, "StartAt"')
    assert not _machine(bounded).endless, "the machine's own timeout bounds every state"


def test_a_catch_around_a_map_covers_what_is_in_it() -> None:
    inner = {
        "StartAt": "T",
        "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}},
    }
    states = {
        "M": {"Type": "Map", "Iterator": inner, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End"}], "End": True}
    }
    text = json.dumps({"StartAt": "M", "States": states})
    template = f"Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: '{text}'\n"
    assert _machine(template).uncaught == ()


@pytest.mark.parametrize(
    "text", ["not json", "{", "[1, 2]", '{"States": 5}', '{"States": {"A": 5}}', "", '{"States": {"A": {"Type": {}}}}']
)
def test_broken_definitions_give_a_machine_without_states(text: str) -> None:
    template = f"Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: '{text}'\n"
    machine = _machine(template)
    assert (machine.invokes, machine.uncaught, machine.endless) == ((), (), ())


def test_a_definition_in_a_bucket_is_not_known() -> None:
    machine = _machine("""
Resources:
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties: {DefinitionS3Location: {Bucket: b, Key: k}}
""")
    assert machine.definition is None


def test_text_with_references_keeps_them_apart() -> None:
    text = Text(
        [
            Literal('{"a": "x-', AT),
            Reference("R", "Arn", AT),
            Literal('", "b": ', AT),
            Unknown("p", AT),
            Literal("}", AT),
        ],
        AT,
    )
    assert tree(text) is None, "an unknown outside of a string is no JSON"
    text = Text(
        [
            Literal('{"a": "x-', AT),
            Reference("R", "Arn", AT),
            Literal('", "b": "', AT),
            Unknown("p", AT),
            Literal('"}', AT),
        ],
        AT,
    )
    parsed = tree(text)
    assert isinstance(parsed, Fields)
    first, second = parsed.get("a"), parsed.get("b")
    assert isinstance(first, Text)
    assert isinstance(first.parts[1], Reference)
    assert isinstance(second, Unknown)


def test_private_characters_in_hostile_text_name_no_hole() -> None:
    parsed = tree(Literal('{"a": "\\ue0009\\ue001"}', AT))
    assert isinstance(parsed, Fields)
    value = parsed.get("a")
    assert not isinstance(value, Reference)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def _plain(value: Value | None) -> object:
    match value:
        case Fields(entries=entries):
            return {key: _plain(entry.value) for key, entry in entries.items()}
        case Items(items=items):
            return [_plain(item) for item in items]
        case Literal(value=scalar):
            return scalar
        case _:
            raise AssertionError(value)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4))
def test_json_in_text_is_read_as_json(document: dict[str, object]) -> None:
    text = json.dumps(document)
    if "\\ue000" not in text and "\\ue001" not in text:
        assert _plain(tree(Literal(text, AT))) == document
    assert tree(Literal(textwrap.indent(json.dumps(document, indent=2), " "), AT)) is not None
