"""Reach: each rule, chains of them, and what cuts a chain."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.analysis.access_roles import Json, allow, deny, role, system_of

from casemate.analysis.access.reach.facts import INTERNET, Edge, Fact
from casemate.analysis.access.reach.fixpoint import Reach, closure, leading_to
from casemate.analysis.access.reach.rules import Rules
from casemate.analysis.system import System
from casemate.model.store import Store
from casemate.outputs.paths import render_json, render_svg, render_tree

TABLE: Json = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}}


def function(its_role: str = "R") -> Json:
    properties = {
        "Handler": "i.h",
        "Runtime": "python3.13",
        "Role": {"Fn::GetAtt": [its_role, "Arn"]},
        "Code": {"ZipFile": "x"},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def arn(name: str) -> Json:
    return {"Fn::GetAtt": [name, "Arn"]}


def reached(resources: Mapping[str, object], start: str = "F") -> tuple[System, Reach]:
    system = system_of(resources)
    fact = Fact("entry", INTERNET) if start == INTERNET else Fact("runs", f"t.json#{start}")
    return system, closure(Rules(system), [fact])


def kinds(reach: Reach, target: str) -> set[str]:
    return {edge.kind for edge in reach.edges if edge.target.id == f"t.json#{target}"}


@pytest.mark.parametrize(
    ("statement", "target", "kind"),
    [
        (allow("lambda:InvokeFunction", arn("G")), "G", "can-invoke"),
        (allow("lambda:*"), "G", "can-change-code"),
        (allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*"), "G", "can-change-code"),
        (allow("dynamodb:Scan", arn("T")), "T", "can-read"),
        (allow("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/ord*"), "T", "can-write"),
        (allow("secretsmanager:GetSecretValue", {"Ref": "S"}), "S", "can-read-secret"),
        (allow("sts:AssumeRole"), "Q", "can-assume"),
        (allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]), "Q2", "can-pass-role-and-create"),
        (allow("states:StartExecution"), "M", "can-start"),
    ],
)
def test_what_a_function_reaches_through_its_role(statement: Json, target: str, kind: str) -> None:
    system = {
        "R": role(statement, trusts="lambda.amazonaws.com"), "F": function(), "R2": role(), "G": function("R2"), "T": TABLE,
        "S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "s"}},
        "Q": role(AssumeRolePolicyDocument={"Statement": [{"Effect": "Allow", "Principal": {"AWS": arn("R")}, "Action": "sts:AssumeRole"}]}),
        "Q2": role(allow("*"), trusts="lambda.amazonaws.com"), "Q3": role(allow("*"), trusts="glue.amazonaws.com"),
        "M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{}", "RoleArn": arn("R2")}},
    }  # fmt: skip
    _, reach = reached(system)
    assert kind in kinds(reach, target)
    own = {
        edge.target.id
        for edge in reach.edges
        if edge.source.id == "t.json#R" and edge.kind == "can-pass-role-and-create"
    }
    assert "t.json#Q3" not in own, "glue is not something it can start"
    edge = next(edge for edge in reach.edges if edge.target.id == f"t.json#{target}" and edge.kind == kind)
    assert edge.premises
    assert edge.premises[0].at is not None


@pytest.mark.parametrize(
    "statements",
    [
        (),
        (allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:other"),),
        (allow("lambda:*"), deny("lambda:*", [arn("G"), {"Fn::Sub": "${G.Arn}:*"}])),
        (allow("lambda:*"), deny("*")),
        (allow("lambda:*", Condition={"StringEquals": {"aws:username": "ann"}}),),
    ],
)
def test_what_cuts_a_path(statements: tuple[Json, ...]) -> None:
    _, reach = reached({"R": role(*statements), "F": function(), "R2": role(), "G": function("R2")})
    assert not kinds(reach, "G")


def test_writing_a_queue_starts_the_function_behind_it() -> None:
    mapping: Json = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": arn("Queue"), "FunctionName": {"Ref": "G"}},
    }
    system = {
        "R": role(allow("sqs:SendMessage", arn("Queue"))), "F": function(), "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "M": mapping, "R2": role(allow("dynamodb:DeleteItem", arn("T"))), "G": function("R2"), "T": TABLE,
    }  # fmt: skip
    _, reach = reached(system)
    assert kinds(reach, "G") == {"can-write-trigger-source"}
    assert "can-write" in kinds(reach, "T")


def shop() -> Json:
    url: Json = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "F"}, "AuthType": "NONE"}}
    return {
        "R": role(allow("lambda:InvokeFunction", arn("G"))), "F": function(), "U": url,
        "R2": role(allow("dynamodb:GetItem", arn("T"))), "G": function("R2"), "T": TABLE,
        "R3": role(allow("dynamodb:GetItem", arn("T"))), "H": function("R3"),
    }  # fmt: skip


def test_from_the_internet_to_a_table_via_two_functions() -> None:
    system, reach = reached(shop(), INTERNET)
    part = leading_to(reach, [Fact("reads", "t.json#T")])
    assert [fact.id for fact in part.facts] == [INTERNET, "t.json#F", "t.json#R", "t.json#G", "t.json#R2", "t.json#T"]
    tree = render_tree(part, system.inventory)
    assert tree.splitlines()[0] == "the internet"
    assert "can read table T" in tree
    assert "t.json:1" in tree
    assert '"kind": "can-invoke"' in render_json(part, system.inventory)
    picture = render_svg(part, system.inventory)
    assert picture.startswith("<svg")
    assert "the internet" in picture
    assert render_svg(part, system.inventory) == picture


def test_a_circle_ends() -> None:
    system = {"R": role(allow("lambda:InvokeFunction")), "F": function(), "G": function()}
    found, reach = reached(system)
    assert {fact.id for fact in reach.facts} == {"t.json#F", "t.json#G", "t.json#R"}
    assert "(as above)" in render_tree(reach, found.inventory)


def test_a_value_that_is_not_resolved_makes_it_uncertain() -> None:
    system, reach = reached({"R": role(allow("dynamodb:GetItem", {"Ref": "Unknown"})), "F": function(), "T": TABLE})
    (edge,) = [edge for edge in reach.edges if edge.kind == "can-read"]
    assert not edge.certain
    assert "perhaps can read" in render_tree(reach, system.inventory)


def test_every_fact_leaves_from_the_whole_system() -> None:
    rules = Rules(system_of(shop()))
    edges: list[Edge] = [edge for fact in rules.all_facts() for edge in rules.leaving(fact)]
    assert {edge.kind for edge in edges} == {"can-invoke", "runs-as", "can-read"}


def test_looking_up_says_what_a_proof_says() -> None:
    """Every role against every thing: the quick way and the slow one."""
    names = [f"F{number}" for number in range(4)]
    rows: list[Json] = [
        allow("lambda:*"),
        allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:F1"),
        allow("lambda:InvokeFunction", ["arn:aws:lambda:*:*:function:F2:*", "arn:aws:lambda:*:*:function:F?:live"]),
        allow(
            "lambda:Invoke*", {"Fn::GetAtt": ["F0", "Arn"]}, Condition={"StringEquals": {"aws:RequestedRegion": "x"}}
        ),
        allow("lambda:*", "*", Condition={"StringEquals": {"aws:username": "a"}}),
        deny("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:F3*"),
        deny("*", {"Fn::GetAtt": ["F1", "Arn"]}),
        deny("lambda:*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        {"Effect": "Deny", "Action": "lambda:*", "NotResource": "arn:aws:lambda:*:*:function:F2*"},
        {"Effect": "Allow", "Action": "lambda:*", "NotResource": "arn:aws:lambda:*:*:function:F2*"},
    ]
    roles = {f"R{one}x{other}": role(rows[one], rows[other]) for one in range(len(rows)) for other in range(one)}
    functions = {name: function("R1x0") for name in names[:2]}
    functions |= {name: {**function("R1x0")} for name in names[2:]}
    for name in names[:3]:
        functions[name]["Properties"]["FunctionName"] = name  # type: ignore[index]
    rules = Rules(system_of({**roles, **functions}))
    inventory = rules.system.inventory
    for one in inventory.roles:
        quick = {
            (edge.kind, edge.target.id, edge.certain)
            for edge in rules.leaving(Fact("acts", one.id))
            if edge.kind in {"can-invoke", "can-change-code"}
        }
        slow = set()
        for entity in inventory.functions:
            for kind, action in (
                ("can-invoke", "lambda:InvokeFunction"),
                ("can-change-code", "lambda:UpdateFunctionCode"),
            ):
                verdict = rules.rights.proof(one, action, entity).verdict
                if verdict != "safe":
                    slow.add((kind, entity.id, verdict == "reachable"))
        assert quick == slow, one.name


def test_what_is_settled_for_all_roles_is_what_a_proof_says_of_each() -> None:
    """Buckets with policies of their own, and names that deployment makes up: the quick way and the slow one."""
    tls = {**deny("s3:*"), "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    rows = {
        "Plain": [], "Tls": [tls], "Shut": [{**deny("s3:GetObject"), "Principal": "*"}],
        "Named": [{**allow("s3:GetObject"), "Principal": {"AWS": arn("A")}}, tls],
        "Mine": [{**deny("s3:*"), "Principal": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}}],
    }  # fmt: skip
    resources: Json = {}
    for name, statements in rows.items():
        for given in ("", f"app-{name.lower()}"):
            key = f"{name}{bool(given)}"
            resources[key] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": given} if given else {}}
            if statements:
                document = {"Statement": [{**one, "Resource": "*"} for one in statements]}
                properties = {"Bucket": {"Ref": key}, "PolicyDocument": document}
                resources[f"P{key}"] = {"Type": "AWS::S3::BucketPolicy", "Properties": properties}
    granted: list[list[Json]] = [
        [], [allow("s3:*")], [allow("s3:Get*", "arn:aws:s3:::app-*")], [allow("s3:GetObject", "arn:aws:s3:::app-tls/in/*")],
        [allow("s3:PutObject", {"Fn::Sub": "${TlsFalse.Arn}/*"})], [allow("s3:GetObject", "arn:aws:s3:::app-plain")],
        [allow("s3:*"), deny("s3:PutObject")], [allow("s3:*", Condition={"StringEquals": {"aws:RequestedRegion": "x"}})],
    ]  # fmt: skip
    for number, statements in enumerate(granted):
        resources[f"R{number}"] = role(*statements)
    resources["A"] = role(allow("s3:PutObject"), RoleName="a")
    rules = Rules(system_of(resources))
    inventory = rules.system.inventory
    for one in inventory.roles:
        for actions in (("s3:GetObject",), ("s3:PutObject", "s3:DeleteObject")):
            quick = {(right.target.id, right.certain) for right in rules.rights.allowed(one, actions, Store, "bucket")}
            slow = set()
            for store in inventory.stores:
                verdicts = [rules.rights.proof(one, action, store).verdict for action in actions]
                first = next((verdict for verdict in verdicts if verdict != "safe"), None)
                if first is not None:
                    slow.add((store.id, first == "reachable"))
            assert quick == slow, (one.name, actions)
