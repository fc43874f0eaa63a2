from __future__ import annotations

import pytest

from casemate.analysis.access.managed import managed_policy
from casemate.inventory.build import build
from casemate.inventory.managed_reach import REACH
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

SERVICES = {"rds": "rds-data", "redshift": "redshift-data", "es": "es"}


def drawn(template: str) -> set[tuple[str, str, str]]:
    """(name of the source, kind, name of the target) of every edge of a SAM template."""
    text = f"Transform: AWS::Serverless-2016-10-31\nResources:\n{template}"
    found = build(discover(MemoryTree({"t.yaml": text.encode()}), Options()).readings)
    assert not found.diagnostics
    names = {entity.id: entity.name for entity in reversed(found.entities())}
    return {(names[edge.source], edge.kind, names[edge.target]) for edge in found.edges}


def function(name: str, **more: str) -> str:
    properties = {"Runtime": "python3.13", "Handler": "a.b", **more}
    return f"  {name}: {{Type: 'AWS::Serverless::Function', Properties: {{{', '.join(f'{key}: {value}' for key, value in properties.items())}}}}}\n"


TABLE = "  Table: {Type: AWS::DynamoDB::Table, Properties: {}}\n"
QUEUE = "  Queue: {Type: AWS::SQS::Queue}\n"
STATEMENT = "[{{Statement: [{{Effect: {0}, Action: '{1}', Resource: !GetAtt {2}.Arn}}]}}]"


@pytest.mark.parametrize(
    ("action", "kinds"),
    [
        ("dynamodb:GetItem", {"reads"}),
        ("dynamodb:BatchGetItem", {"reads"}),
        ("dynamodb:PutItem", {"writes"}),
        ("dynamodb:*", {"reads", "writes"}),
        ("*", {"reads", "writes"}),
    ],
)
def test_a_statement_that_names_a_thing_reaches_it(action: str, kinds: set[str]) -> None:
    found = drawn(function("F", Policies=STATEMENT.format("Allow", action, "Table")) + TABLE)
    assert {kind for source, kind, target in found if (source, target) == ("F", "Table")} == kinds


def test_a_deny_reaches_nothing() -> None:
    found = drawn(function("F", Policies=STATEMENT.format("Deny", "dynamodb:GetItem", "Table")) + TABLE)
    assert not {edge for edge in found if edge[2] == "Table"}


def test_functions_invoke_one_another_and_themselves() -> None:
    policies = STATEMENT.format("Allow", "lambda:InvokeFunction", "G")
    found = drawn(function("F", Policies=policies) + function("G", Policies=policies))
    assert ("F", "invokes", "G") in found
    assert ("G", "invokes", "G") in found


def test_events_trigger() -> None:
    events = "{Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}, W: {Type: HttpApi, Properties: {Path: /x, Method: get}}}"
    found = drawn(function("F", Events=events) + QUEUE)
    assert {("Queue", "triggers", "F")} <= found
    assert len({source for source, kind, target in found if (kind, target) == ("triggers", "F")}) == 2


def test_keys_protect_what_is_encrypted_with_them() -> None:
    key = "  Key: {Type: AWS::KMS::Key, Properties: {}}\n"
    queue = "  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Key}}\n"
    assert ("Key", "protects", "Queue") in drawn(key + queue)


def test_a_managed_policy_reaches_what_its_service_has_in_the_stack() -> None:
    found = drawn(function("F", Policies="[AmazonDynamoDBReadOnlyAccess, AmazonSQSFullAccess]") + TABLE + QUEUE)
    assert {edge for edge in found if edge[0] == "F" and edge[1] != "assumes"} == {
        ("F", "reads", "Table"),
        ("F", "reads", "Queue"),
        ("F", "writes", "Queue"),
    }


def test_execution_roles_and_policies_of_other_services_reach_nothing() -> None:
    policies = "[AmazonS3FullAccess, AWSLambdaSQSQueueExecutionRole, AdministratorAccess, Unheard-of]"
    found = drawn(function("F", Policies=policies) + TABLE + QUEUE)
    assert {kind for source, kind, _ in found if source == "F"} == {"assumes"}


@pytest.mark.parametrize("name", REACH)
def test_the_table_agrees_with_the_policies(name: str) -> None:
    service, kinds = REACH[name]
    statements = managed_policy(name)
    assert statements is not None
    actions = {action.lower() for one in statements if one.effect == "Allow" for action in one.actions}
    verbs = {
        verb for action in actions if (verb := action.removeprefix(f"{SERVICES.get(service, service)}:")) != action
    }
    assert verbs
    reading = {
        verb
        for verb in verbs
        if verb.startswith(("get", "list", "describe", "batchget", "query", "scan", "read", "select", "search", "*"))
    }
    invoking = {verb for verb in verbs if verb.startswith(("invoke", "start", "*"))}
    if "writes" in kinds:
        assert verbs - reading or "*" in verbs
    if kinds == ("reads",):
        assert not any(verb.startswith(("put", "delete", "create", "update", "send", "*", "purge")) for verb in verbs)
    if "invokes" in kinds:
        assert invoking
