"""Who gets what from another stack: policies, groups, what nested stacks pass one another; each with a twin that must stay apart."""

from __future__ import annotations

import textwrap

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

TRUST = "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}]}"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(action: str, resource: str = '"*"') -> str:
    return f'PolicyDocument: {{Statement: [{{Effect: Allow, Action: "{action}", Resource: {resource}}}]}}'


def read(**files: str) -> Inventory:
    """`a__b_yaml` is `a/b.yaml`."""
    named = {key.replace("__", "/")[::-1].replace("_", ".", 1)[::-1]: text for key, text in files.items()}
    tree = MemoryTree({path: textwrap.dedent(text).encode() for path, text in named.items()})
    inventory = build(discover(tree, Options()).readings)
    assert [found for found in inventory.diagnostics if found.level == "error"] == []
    return inventory


def rights(inventory: Inventory) -> dict[str, list[str]]:
    """Id of each identity -> the actions and managed policies that reach it."""
    return {
        role.id: [term.text for statement in role.statements for term in statement.actions]
        + [policy.term.text.rpartition("/")[2] for policy in role.managed]
        for role in inventory.roles
    }


BASE = f"""
Resources:
  Role: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}
  Named: {{Type: AWS::IAM::Role, Properties: {{RoleName: shop-named, {TRUST}}}}}
  Admins: {{Type: AWS::IAM::Group}}
  Joe: {{Type: AWS::IAM::User, Properties: {{UserName: joe}}}}
  Ann: {{Type: AWS::IAM::User, Properties: {{UserName: ann}}}}
  Managed: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: shop-keys, {document("kms:Decrypt")}}}}}
Outputs:
  R: {{Value: !Ref Role, Export: {{Name: shop-role}}}}
  G: {{Value: !Ref Admins, Export: {{Name: shop-admins}}}}
  J: {{Value: !Ref Joe, Export: {{Name: shop-joe}}}}
  M: {{Value: !Ref Managed, Export: {{Name: shop-managed}}}}
"""


# -- CloudFormation ----------------------------------------------------------------------------------------------------
def test_policies_of_another_stack_reach_the_role_by_import_by_parameter_and_by_name() -> None:
    found = rights(
        read(
            base_yaml=BASE,
            more_yaml=f"""
            Parameters: {{RoleName: {{Type: String, Default: shop-named}}}}
            Resources:
              A: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: a, Roles: [!ImportValue shop-role], {document("a:A")}}}}}
              B: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [!Ref RoleName], {document("b:B")}}}}}
              C: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: c, RoleName: shop-named, {document("c:C")}}}}}
            """,
        )
    )
    assert found["base.yaml#Role"] == ["a:A"]
    assert found["base.yaml#Named"] == ["b:B", "c:C"]
    assert not any(id_.startswith("more.yaml") for id_ in found), "held policies are not told a second time"


def test_a_policy_for_a_role_that_nobody_scanned_stands_by_itself() -> None:
    found = rights(
        read(
            base_yaml=BASE,
            more_yaml=f"""
            Parameters: {{RoleName: {{Type: String}}}}
            Resources:
              A: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: a, Roles: [!ImportValue other-role], {document("a:A")}}}}}
              B: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [!Ref RoleName], {document("b:B")}}}}}
              C: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: c, RoleName: joe, {document("c:C")}}}}}
            """,
        )
    )
    assert found["base.yaml#Role"] == found["base.yaml#Named"] == found["base.yaml#Joe"] == []
    assert {id_: actions for id_, actions in found.items() if id_.startswith("more")} == {
        "more.yaml#A": ["a:A"],
        "more.yaml#B": ["b:B"],
        "more.yaml#C": ["c:C"],
    }


def test_a_managed_policy_of_another_stack_is_carried_by_who_imports_or_names_it() -> None:
    found = rights(
        read(
            base_yaml=BASE,
            more_yaml=f"""
            Resources:
              ByImport: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!ImportValue shop-managed], {TRUST}}}}}
              ByName:
                Type: AWS::IAM::Role
                Properties: {{ManagedPolicyArns: ["arn:aws:iam::123456789012:policy/shop-keys"], {TRUST}}}
              Other:
                Type: AWS::IAM::Role
                Properties: {{ManagedPolicyArns: ["arn:aws:iam::123456789012:policy/other-keys"], {TRUST}}}
            """,
        )
    )
    assert found["more.yaml#ByImport"] == found["more.yaml#ByName"] == ["kms:Decrypt"]
    assert found["more.yaml#Other"] == ["other-keys"]
    assert "base.yaml#Managed" not in found


def test_of_copies_of_a_stack_the_nearest_is_meant_and_none_where_two_are_as_near() -> None:
    copy = f"Resources: {{Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: worker, {TRUST}}}}}}}"
    policy = f"Resources: {{P: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: p, RoleName: worker, {document('a:A')}}}}}}}"
    found = rights(read(one__roles_yaml=copy, two__roles_yaml=copy, one__more_yaml=policy, more_yaml=policy))
    assert found == {"more.yaml#P": ["a:A"], "one/roles.yaml#Role": ["a:A"], "two/roles.yaml#Role": []}


def test_users_have_what_their_groups_have_across_stacks() -> None:
    found = rights(
        read(
            base_yaml=BASE,
            more_yaml=f"""
            Resources:
              Add: {{Type: AWS::IAM::UserToGroupAddition, Properties: {{GroupName: !ImportValue shop-admins, Users: [!ImportValue shop-joe]}}}}
              P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Groups: [!ImportValue shop-admins], {document("iam:*")}}}}}
            """,
        )
    )
    assert found["base.yaml#Admins"] == found["base.yaml#Joe"] == ["iam:*"]
    assert found["base.yaml#Ann"] == []


def test_what_a_parent_hands_from_one_nested_stack_to_another_is_followed() -> None:
    inventory = read(
        parent_yaml="""
        Resources:
          Attach:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: attach.yaml
              Parameters: {RoleName: !GetAtt Roles.Outputs.Name, RoleArn: !GetAtt Roles.Outputs.Arn, Bucket: !Ref Bucket, Mode: !GetAtt Roles.Outputs.Mode}
          Roles: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: roles.yaml}}
          Bucket: {Type: AWS::S3::Bucket}
          Own: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Roles.Outputs.Arn, Runtime: python3.13, Handler: a.b, Code: {ZipFile: x}}}
        """,
        roles_yaml=f"""
        Resources:
          Role: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}
          Other: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}
        Outputs: {{Name: {{Value: !Ref Role}}, Arn: {{Value: !GetAtt Role.Arn}}, Mode: {{Value: Active}}}}
        """,
        attach_yaml=f"""
        Parameters: {{RoleName: {{Type: String}}, RoleArn: {{Type: String}}, Bucket: {{Type: String}}, Mode: {{Type: String}}}}
        Resources:
          P:
            Type: AWS::IAM::Policy
            Properties: {{PolicyName: p, Roles: [!Ref RoleName], {document("s3:GetObject", '!Sub "arn:aws:s3:::${Bucket}/*"')}}}
          F:
            Type: AWS::Lambda::Function
            Properties: {{Role: !Ref RoleArn, Runtime: python3.13, Handler: a.b, Code: {{ZipFile: x}}, TracingConfig: {{Mode: !Ref Mode}}}}
        """,
    )
    assert rights(inventory) == {"roles.yaml#Role": ["s3:GetObject"], "roles.yaml#Other": []}
    assert {function.id: function.role and function.role.target for function in inventory.functions} == {
        "parent.yaml#Own": "roles.yaml#Role",
        "attach.yaml#F": "roles.yaml#Role",
    }
    nested = next(function for function in inventory.functions if function.id == "attach.yaml#F")
    assert nested.tracing.always(bool), "an output that is written out is passed as it is"
    assert ("attach.yaml#F", "reads", "parent.yaml#Bucket") in {
        (one.source, one.kind, one.target) for one in inventory.edges
    }


def test_nested_stacks_that_feed_one_another_in_a_circle_end() -> None:
    child = f"""
    Parameters: {{In: {{Type: String}}}}
    Resources: {{P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Ref In], {document("a:A")}}}}}}}
    Outputs: {{Out: {{Value: !Ref In}}}}
    """
    found = rights(
        read(
            parent_yaml="""
            Resources:
              A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {In: !GetAtt B.Outputs.Out}}}
              B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml, Parameters: {In: !GetAtt A.Outputs.Out}}}
            """,
            a_yaml=child,
            b_yaml=child,
        )
    )
    assert found == {"a.yaml#P": ["a:A"], "b.yaml#P": ["a:A"]}


# -- Terraform ---------------------------------------------------------------------------------------------------------
MODULE = """
variable "name" {}
resource "aws_iam_role" "this" {
  name               = "${var.name}-role"
  assume_role_policy = "{}"
}
output "role_name" { value = aws_iam_role.this.name }
output "role_id" { value = aws_iam_role.this.id }
"""
ATTACH = """
variable "role" {}
resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  roles      = [var.role]
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_policy" "own" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "b:B", Resource = "*" }] })
}
"""


def test_attachments_reach_roles_of_modules_and_through_variables() -> None:
    found = rights(
        read(
            main_tf=f"""
            module "first" {{
              source = "./role"
              name   = "first"
            }}
            module "second" {{
              source = "./role"
              name   = "second"
            }}
            module "attach" {{
              source = "./attach"
              role   = module.first.role_name
            }}
            resource "aws_iam_role_policy" "inline" {{
              role   = module.first.role_id
              policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "a:A", Resource = "*" }}] }})
            }}
            resource "aws_iam_role_policy_attachment" "admin" {{
              role       = module.first.role_name
              policy_arn = "{ADMIN}"
            }}
            """,
            role__main_tf=MODULE,
            attach__main_tf=ATTACH,
        )
    )
    assert found == {
        ".#module.first.aws_iam_role.this": ["a:A", "b:B", "AdministratorAccess"],
        ".#module.second.aws_iam_role.this": [],
    }


def test_attachments_reach_identities_of_another_root_by_name_and_the_others_stand_by_themselves() -> None:
    found = rights(
        read(
            net__main_tf="""
            resource "aws_iam_role" "shared" {
              name               = "shared"
              assume_role_policy = "{}"
            }
            resource "aws_iam_user" "bob" { name = "bob" }
            resource "aws_iam_user" "eve" { name = "eve" }
            resource "aws_iam_user" "kim" { name = "kim" }
            """,
            app__main_tf=f"""
            variable "role" {{}}
            resource "aws_iam_role_policy_attachment" "named" {{
              role       = "shared"
              policy_arn = "{ADMIN}"
            }}
            resource "aws_iam_role_policy_attachment" "unknown" {{
              role       = var.role
              policy_arn = "{ADMIN}"
            }}
            resource "aws_iam_group" "g" {{ name = "g" }}
            resource "aws_iam_group_policy_attachment" "g" {{
              group      = aws_iam_group.g.name
              policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
            }}
            resource "aws_iam_group_membership" "m" {{
              name  = "m"
              group = aws_iam_group.g.name
              users = ["bob"]
            }}
            resource "aws_iam_user_group_membership" "m" {{
              user   = "kim"
              groups = [aws_iam_group.g.name]
            }}
            """,
        )
    )
    assert found == {
        "net#aws_iam_role.shared": ["AdministratorAccess"],
        "net#aws_iam_user.bob": ["PowerUserAccess"],
        "net#aws_iam_user.kim": ["PowerUserAccess"],
        "net#aws_iam_user.eve": [],
        "app#aws_iam_group.g": ["PowerUserAccess"],
        "app#aws_iam_role_policy_attachment.unknown": ["AdministratorAccess"],
    }


NET = """
terraform {{
  backend "s3" {{
    bucket = "states"
    key    = "{key}"
  }}
}}
resource "aws_iam_role" "shared" {{
  name               = "shared-${{terraform.workspace}}"
  assume_role_policy = "{{}}"
}}
output "role_name" {{ value = aws_iam_role.shared.name }}
output "role_arn" {{ value = aws_iam_role.shared.arn }}
"""
APP = """
data "terraform_remote_state" "net" {{
  backend = "{backend}"
  config  = {config}
}}
resource "aws_iam_role_policy_attachment" "admin" {{
  role       = data.terraform_remote_state.net.outputs.role_name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_lambda_function" "f" {{
  function_name = "f"
  role          = data.terraform_remote_state.net.outputs.role_arn
  handler       = "a.b"
  runtime       = "python3.13"
  filename      = "x.zip"
}}
"""


def test_outputs_of_another_root_are_read_through_its_state() -> None:
    for backend, config in (
        ("s3", '{ bucket = "states", key = "net/terraform.tfstate" }'),
        ("local", '{ path = "../net/terraform.tfstate" }'),
    ):
        inventory = read(
            net__main_tf=NET.format(key="net/terraform.tfstate"),
            other__main_tf=NET.format(key="other/terraform.tfstate"),
            app__main_tf=APP.format(backend=backend, config=config),
        )
        assert rights(inventory) == {
            "net#aws_iam_role.shared": ["AdministratorAccess"],
            "other#aws_iam_role.shared": [],
        }, backend
        (function,) = inventory.functions
        assert function.role is not None
        assert function.role.target == "net#aws_iam_role.shared"


def test_a_state_that_is_not_scanned_stays_unknown() -> None:
    for backend, config in (
        ("s3", '{ bucket = "others", key = "net/terraform.tfstate" }'),
        ("local", '{ path = "../../away/terraform.tfstate" }'),
        ("remote", '{ organization = "acme" }'),
    ):
        inventory = read(
            net__main_tf=NET.format(key="net/terraform.tfstate"),
            app__main_tf=APP.format(backend=backend, config=config),
        )
        assert rights(inventory)["net#aws_iam_role.shared"] == [], backend
        assert rights(inventory)["app#aws_iam_role_policy_attachment.admin"] == ["AdministratorAccess"]
