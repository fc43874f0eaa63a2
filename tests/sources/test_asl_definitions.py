from __future__ import annotations

import json

from tests.sources.described_reading import inputs, inventory, text_at

from casemate.model.setting import Unresolved

DEFINITION = json.dumps(
    {
        "StartAt": "Work",
        "States": {"Work": {"Type": "Task", "Resource": "${WorkerArn}", "End": True}},
    },
    indent=1,
)


def test_alone_only_its_states_are_judged() -> None:
    files = {"flows/order.asl.json": DEFINITION}
    found = inventory(files)
    (machine,) = found.state_machines
    assert machine.name == "order"
    assert [name for name, _ in machine.uncaught] == ["Work"]
    assert text_at(files, machine.uncaught[0][1]) == '"Work"'
    for setting in (machine.log_level, machine.tracing, machine.express, machine.encrypted, machine.logs_data):
        assert isinstance(setting, Unresolved), setting
    assert inputs(found)["flows/order.asl.json"].kind == "asl"


def test_yaml_and_plain_json_names_are_claimed_by_their_content() -> None:
    found = inventory(
        {
            "a.yaml": "StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n",
            "b.json": '{"Comment": "x", "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}',
            "c.json": '{"cases": [{"StartAt": "B", "States": {}}]}',
        }
    )
    assert set(inputs(found)) == {"a.yaml", "b.json"}


def test_sam_takes_its_definition_from_the_file_with_substitutions() -> None:
    files = {
        "svc/template.yaml": """
        Resources:
          Flow:
            Type: AWS::Serverless::StateMachine
            Properties:
              DefinitionUri: flows/order.asl.json
              DefinitionSubstitutions:
                WorkerArn: !GetAtt Worker.Arn
          Worker:
            Type: AWS::Serverless::Function
            Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: src/}
        """,
        "svc/flows/order.asl.json": DEFINITION,
    }
    found = inventory(files)
    (machine,) = found.state_machines
    assert machine.name == "Flow"
    assert [link.target for link in machine.invokes] == ["svc/template.yaml#Worker"]
    assert machine.uncaught[0][1].path == "svc/flows/order.asl.json"
    assert machine.log_level.value == "OFF"
    assert inputs(found)["svc/flows/order.asl.json"].reason == "part of svc/template.yaml"


def test_cloudformation_names_a_local_file_before_it_is_packaged() -> None:
    files = {
        "template.json": json.dumps(
            {
                "Resources": {
                    "Flow": {
                        "Type": "AWS::StepFunctions::StateMachine",
                        "Properties": {
                            "DefinitionS3Location": "order.json",
                            "DefinitionSubstitutions": {"WorkerArn": {"Ref": "Fn"}},
                        },
                    },
                    "Fn": {"Type": "AWS::Lambda::Function", "Properties": {}},
                }
            }
        ),
        "order.json": DEFINITION,
    }
    (machine,) = inventory(files).state_machines
    assert [link.target for link in machine.invokes] == ["template.json#Fn"]


def test_terraform_takes_a_definition_in_and_it_is_not_read_twice() -> None:
    found = inventory(
        {
            "main.tf": 'resource "aws_sfn_state_machine" "flow" {\n  name = "f"\n  role_arn = "r"\n  definition = file("order.asl.json")\n}\n',
            "order.asl.json": DEFINITION,
        }
    )
    assert [machine.name for machine in found.state_machines] == ["aws_sfn_state_machine.flow"]
    assert inputs(found)["order.asl.json"].status == "understood"


def test_two_templates_share_a_definition() -> None:
    template = """
    Resources:
      Flow:
        Type: AWS::Serverless::StateMachine
        Properties: {DefinitionUri: ../order.asl.json}
    """
    found = inventory({"a/template.yaml": template, "b/template.yaml": template, "order.asl.json": DEFINITION})
    assert [machine.stack for machine in found.state_machines] == ["a/template.yaml", "b/template.yaml"]
    assert inputs(found)["order.asl.json"].reason == "part of a/template.yaml"
