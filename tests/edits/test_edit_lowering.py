"""One change, one dialect: what stands in the file before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.edits import edit_cases_cloudformation as cloudformation
from tests.edits import edit_cases_frameworks as frameworks
from tests.edits import edit_cases_terraform as terraform
from tests.edits.edit_cases import ARM, CFN, SAM, SLS, TF, TRANSFORM, set_, text

from casemate.edits import applied, collides, lower, snippet
from casemate.errors import EditError
from casemate.inventory.build import build
from casemate.model.finding import Change, Edit
from casemate.model.location import Span
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.inventory import Inventory


def inventory_of(files: Mapping[str, bytes]) -> Inventory:
    return build(discover(MemoryTree(dict(files)), Options()).readings)


def changed(files: Mapping[str, bytes], change: Change, cause: Span | None = None) -> dict[str, bytes]:
    edits = lower(change, inventory_of(files), files.get, cause)
    return {path: applied(data, [edit for edit in edits if edit.path == path]) for path, data in files.items()}


CASES = {**cloudformation.CASES, **frameworks.CASES, **terraform.CASES}


@pytest.mark.parametrize("name", CASES)
def test_a_change_becomes_exactly_these_bytes(name: str) -> None:
    path, before, change, after = CASES[name]
    result = changed({path: text(before).encode()}, change)
    assert result[path].decode() == text(after)
    if change.op == "set":
        assert lower(change, inventory_of(result), result.get) == (), "a second time changes nothing"


def test_bytes_are_counted_behind_a_mark_and_wide_characters_and_lines_stay_windows_lines() -> None:
    before = "# größer\r\nResources:\r\n  Größe:  # \U0001f680\r\n    Type: AWS::S3::Bucket\r\n    Properties: {BucketName: 'é\U0001f680', AccessControl: PublicRead}\r\n"
    data = b"\xef\xbb\xbf" + before.encode()
    first = changed({CFN: data}, set_("template.yaml#Größe", "AccessControl", "Private"))
    assert first[CFN] == b"\xef\xbb\xbf" + before.replace("PublicRead", "Private").encode()
    second = changed(first, set_("template.yaml#Größe", "VersioningConfiguration", {"Status": "Enabled"}))
    assert b"Private, VersioningConfiguration: {Status: Enabled}}\r\n" in second[CFN]


def test_an_added_line_ends_as_the_other_lines_do() -> None:
    before = b"Resources:\r\n  Files:\r\n    Type: AWS::S3::Bucket\r\n  Other:\r\n    Type: AWS::SQS::Queue\r\n"
    after = changed({CFN: before}, set_("template.yaml#Files", "VersioningConfiguration.Status", "Enabled"))[CFN]
    assert after.count(b"\n") == after.count(b"\r\n") == before.count(b"\n") + 3


def test_tabs_of_json_stay_tabs() -> None:
    before = b'{\n\t"Resources": {\n\t\t"Db": {\n\t\t\t"Type": "AWS::RDS::DBInstance"\n\t\t}\n\t}\n}\n'
    after = changed({"t.json": before}, set_("t.json#Db", "StorageEncrypted", value=True))["t.json"]
    assert b'"AWS::RDS::DBInstance",\n\t\t\t"Properties": {\n\t\t\t\t"StorageEncrypted": true\n\t\t\t}\n' in after


def test_the_cause_is_edited_where_it_stands() -> None:
    files = {
        SAM: (
            TRANSFORM
            + "Globals:\n  Function: {Runtime: nodejs12.x}\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b}\n"
        ).encode()
    }
    cause = Span(SAM, 3, 23, 3, 33)
    after = changed(files, set_("template.yaml#Hello", "Runtime", "nodejs24.x"), cause)[SAM].decode()
    assert "Function: {Runtime: nodejs24.x}" in after
    assert "Properties: {Handler: a.b}" in after


def test_one_branch_of_a_condition_can_be_the_cause() -> None:
    files = {
        CFN: text("""
        Conditions:
          IsDev: !Equals [!Ref AWS::Region, eu-west-1]
        Resources:
          Files:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: !If [IsDev, PublicRead, Private]
        """).encode()
    }
    change = set_("template.yaml#Files", "AccessControl", "Private")
    with pytest.raises(EditError, match="expression"):
        changed(files, change)
    line = files[CFN].decode().splitlines()[6]
    column = line.index("PublicRead") + 1
    after = changed(files, change, Span(CFN, 7, column, 7, column + 10))[CFN]
    assert b"!If [IsDev, Private, Private]" in after


def test_a_setting_in_another_file_is_edited_there() -> None:
    files = {
        "main.tf": b'resource "aws_s3_bucket" "files" {\n  bucket = "files"\n}\n',
        "access.tf": b'resource "aws_s3_bucket_acl" "files" {\n  bucket = aws_s3_bucket.files.id\n  acl    = "public-read"\n}\n',
    }
    store = inventory_of(files).stores[0]
    assert store.public is not None
    after = changed(files, set_(store.id, "AccessControl", "Private"), store.public.at)
    assert b'acl    = "private"' in after["access.tf"]
    assert after["main.tf"] == files["main.tf"]


REFUSED = {
    "a reference": (
        CFN,
        "Parameters:\n  Acl: {Type: String, Default: PublicRead}\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: !Ref Acl}\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "a function as a map": (
        CFN,
        "Parameters:\n  Acl: {Type: String}\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: {Ref: Acl}}\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "a variable": (
        SLS,
        "service: shop\nprovider: {name: aws}\ncustom: {runtime: nodejs12.x}\nfunctions:\n  hello:\n    handler: a.b\n    runtime: ${self:custom.runtime}\n",
        set_("serverless.yml#HelloLambdaFunction", "Runtime", "nodejs24.x"),
    ),
    "an alias": (
        CFN,
        "Shared: &acl PublicRead\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: *acl\n",
        set_("template.yaml#Files", "AccessControl", "Private"),
    ),
    "an expression of Terraform": (
        TF,
        'variable "acl" {}\nresource "aws_s3_bucket" "files" {\n  acl = var.acl\n}\n',
        set_(".#aws_s3_bucket.files", "AccessControl", "Private"),
    ),
    "a dynamic block": (
        TF,
        'resource "aws_lambda_function" "hello" {\n  dynamic "tracing_config" {\n    for_each = var.x\n    content {\n      mode = "PassThrough"\n    }\n  }\n}\n',
        set_(".#aws_lambda_function.hello", "TracingConfig.Mode", "Active"),
    ),
    "an expression of ARM": (
        ARM,
        (
            '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",\n'
            '"parameters": {"only": {"type": "bool"}}, "resources": [{"type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "shop",'
            ' "properties": {"httpsOnly": "[parameters(\'only\')]"}}]}\n'
        ),
        set_("azuredeploy.json#Microsoft.Web/sites/shop", "properties.httpsOnly", value=True),
    ),
    "something in the way": (
        CFN,
        "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties: {VersioningConfiguration: on}\n",
        set_("template.yaml#Files", "VersioningConfiguration.Status", "Enabled"),
    ),
    "a generated template": (
        "cdk.out/Shop.template.json",
        '{"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "Shop/Files/Resource"}}}}',
        set_("cdk.out/Shop.template.json#Files", "AccessControl", "Private"),
    ),
    "what SAM cannot say": (
        SAM,
        TRANSFORM
        + "Resources:\n  Orders:\n    Type: AWS::Serverless::SimpleTable\n    Properties: {TableName: orders}\n",
        set_("template.yaml#Orders", "DeletionProtectionEnabled", value=True),
    ),
    "a default of a registry module": (
        TF,
        'module "db" {\n  source = "terraform-aws-modules/rds/aws"\n  engine = "postgres"\n}\n',
        set_(".#module.db.aws_db_instance.this[0]", "DeletionProtection", value=True),
    ),
    "an unknown entity": (
        CFN,
        "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n",
        set_("template.yaml#Nothing", "AccessControl", "Private"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_computed_shared_or_generated_is_never_touched(name: str) -> None:
    path, before, change = REFUSED[name]
    with pytest.raises(EditError):
        changed({path: before.encode()}, change)


SNIPPETS = [
    (SAM, CASES["sam: the URL's own section"], "FunctionUrlConfig:\n  AuthType: AWS_IAM"),
    (CFN, CASES["companion: the URL of a function"], "AuthType: AWS_IAM"),
    (SLS, CASES["serverless: a flag becomes a section"], "url:\n  authorizer: aws_iam"),
    (TF, CASES["terraform: the URL of a function"], 'authorization_type = "AWS_IAM"'),
    (TF, CASES["terraform: a new block"], "point_in_time_recovery {\n  enabled = true\n}"),
    (ARM, CASES["arm: add and keep comments"], '{\n  "properties": {\n    "httpsOnly": true\n  }\n}'),
]


@pytest.mark.parametrize(("path", "case", "expected"), SNIPPETS)
def test_a_snippet_says_the_same_in_the_users_words(
    path: str, case: tuple[str, str, Change, str], expected: str
) -> None:
    inventory = inventory_of({path: text(case[1]).encode()})
    change = case[2]
    assert snippet(change, inventory.by_id[change.entity]) == expected


def test_a_program_gets_an_override() -> None:
    path, before, change = REFUSED["a generated template"]
    inventory = inventory_of({path: before.encode()})
    said = snippet(change, inventory.by_id[change.entity])
    assert said.endswith('.addPropertyOverride("AccessControl", "Private")')


def test_edits_that_overlap_are_not_applied() -> None:
    one, two = Edit("a", 0, 3, "x"), Edit("a", 2, 4, "y")
    assert collides(one, two)
    with pytest.raises(EditError, match="overlap"):
        applied(b"abcdef", [one, two])
    assert not collides(one, Edit("a", 3, 4, "y"))
    assert not collides(Edit("a", 5, 5, "\n  a: 1"), Edit("a", 5, 5, "\n  b: 1"))
    assert collides(Edit("a", 5, 5, "\n  a: 1"), Edit("a", 5, 5, "\n  a: 2"))
    assert collides(Edit("a", 5, 5, "a: 1"), Edit("a", 5, 5, "b: 1"))
