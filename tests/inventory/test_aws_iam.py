from __future__ import annotations

import textwrap
from dataclasses import replace

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.model.policy import Role
from casemate.model.resource import Reading
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

STAR = 'PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}'


def read(resources: str, head: str = "") -> Reading:
    text = f"{head}Resources:\n{textwrap.indent(textwrap.dedent(resources).lstrip(), '  ')}"
    return source.read(MemoryTree({"t.yaml": text.encode()}), ("t.yaml",), Options())


def inventory(resources: str, head: str = "") -> Inventory:
    built = build([read(resources, head)])
    assert [found for found in built.diagnostics if found.level == "error"] == []
    return built


def roles(resources: str, head: str = "") -> dict[str, Role]:
    return {role.name: role for role in inventory(resources, head).roles}


def test_a_role_gathers_statements_from_everywhere_and_says_whose_they_are() -> None:
    found = roles(f"""
    Worker:
      Type: AWS::IAM::Role
      Properties:
        RoleName: worker
        AssumeRolePolicyDocument:
          Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
        PermissionsBoundary: arn:aws:iam::1:policy/edge
        ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess, !Ref Here]
        Policies: [{{PolicyName: own, {STAR}}}]
    Here: {{Type: AWS::IAM::ManagedPolicy, Properties: {{{STAR}}}}}
    There: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [!Ref Worker], {STAR}}}}}
    ByName: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [worker], {STAR}}}}}
    Single: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: p, RoleName: !Ref Worker, {STAR}}}}}
    """)
    assert list(found) == ["Worker"]
    role = found["Worker"]
    assert [(statement.owner, statement.origin) for statement in role.statements] == [
        ("Worker", "inline policy 'own'"),
        ("ByName", "policy ByName"),
        ("Single", "policy Single"),
        ("There", "managed policy There"),
        ("Here", "managed policy Here"),
    ]
    assert [(policy.term.text, policy.owner) for policy in role.managed] == [
        ("arn:aws:iam::aws:policy/AdministratorAccess", "Worker")
    ]
    assert role.boundary is not None
    assert role.boundary.text == "arn:aws:iam::1:policy/edge"
    assert [(principal.type, principal.term.text) for principal in role.trust[0].principals] == [
        ("Service", "lambda.amazonaws.com")
    ]


def test_users_and_groups_are_identities_too() -> None:
    found = roles(f"""
    Person: {{Type: AWS::IAM::User, Properties: {{ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}}}}
    Team: {{Type: AWS::IAM::Group, Properties: {{Policies: [{{PolicyName: t, {STAR}}}]}}}}
    Direct: {{Type: AWS::IAM::UserPolicy, Properties: {{UserName: !Ref Person, PolicyName: d, {STAR}}}}}
    """)
    assert [(role.name, role.kind, len(role.statements)) for role in found.values()] == [
        ("Person", "user", 1),
        ("Team", "group", 1),
    ]


def test_a_policy_that_nothing_scanned_holds_stands_by_itself() -> None:
    found = roles(f"""
    Loose: {{Type: AWS::IAM::ManagedPolicy, Properties: {{{STAR}}}}}
    Elsewhere: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [some-role], {STAR}}}}}
    """)
    assert [(role.name, role.kind, len(role.statements)) for role in found.values()] == [
        ("Loose", "policy", 1),
        ("Elsewhere", "policy", 1),
    ]


def test_a_policy_that_only_bounds_grants_nothing() -> None:
    found = roles(f"""
    Edge: {{Type: AWS::IAM::ManagedPolicy, Properties: {{{STAR}}}}}
    Worker: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{}}, PermissionsBoundary: !Ref Edge}}}}
    """)
    assert list(found) == ["Worker"]
    assert found["Worker"].statements == ()
    assert found["Worker"].boundary is not None
    assert found["Worker"].boundary.targets == ("t.yaml#Edge",)


def test_conditions_of_lists_and_of_resources_reach_the_statement() -> None:
    role = roles(
        f"""
    Worker:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {{}}
        Policies:
          - !If [Dev, {{PolicyName: a, {STAR}}}, !Ref AWS::NoValue]
    More: {{Type: AWS::IAM::Policy, Condition: Dev, Properties: {{PolicyName: p, Roles: [!Ref Worker], {STAR}}}}}
    """,
        "Parameters: {Stage: {Type: String}}\nConditions: {Dev: !Equals [!Ref Stage, dev]}\n",
    )["Worker"]
    assert [statement.condition for statement in role.statements] == ["if Dev", "if Dev"]


def test_documents_may_be_json_in_a_text() -> None:
    role = roles("""
    Worker:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {}
        Policies:
          - PolicyName: json
            PolicyDocument: !Sub '{"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "${Queue.Arn}"}]}'
    Queue: {Type: AWS::SQS::Queue}
    """)["Worker"]
    (statement,) = role.statements
    assert statement.resources[0].targets == ("t.yaml#Queue",)


def test_names_with_a_space_mark_what_a_framework_made() -> None:
    reading = read(f"""
    Hello: {{Type: AWS::Lambda::Function}}
    HelloRole:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {{}}
        Policies:
          - {{PolicyName: SAM policy template S3ReadPolicy, {STAR}}}
          - {{PolicyName: HelloRolePolicy1, {STAR}}}
          - {{PolicyName: provider.iam.role.statements, {STAR}}}
    """)
    (stack,) = reading.stacks
    implied = replace(stack.resources["HelloRole"], implied_by="Hello")
    changed = replace(stack, resources={**stack.resources, "HelloRole": implied})
    (role,) = build([replace(reading, stacks=(changed,))]).roles
    assert (role.name, role.implied) == ("Hello", True)
    assert [(found.owner, found.origin, found.implied) for found in role.statements] == [
        ("Hello", "SAM policy template S3ReadPolicy", True),
        ("Hello", "Policies", False),
        ("Hello", "provider.iam.role.statements", False),
    ]


def test_permission_sets_are_roles_for_people() -> None:
    role = roles("""
    Admins:
      Type: AWS::SSO::PermissionSet
      Properties:
        ManagedPolicies: [arn:aws:iam::aws:policy/AdministratorAccess]
        InlinePolicy: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
    """)["Admins"]
    assert (len(role.statements), len(role.managed)) == (1, 1)
