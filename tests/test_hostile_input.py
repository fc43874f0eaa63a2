"""Bad and hostile files: a Diagnostic with file and line (or no input at all), the rest is still scanned, and nothing is raised."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from tests.fuzz.run import DEFECTS, examine, fuzz, judge, misplaced

from casemate.engine.scanning import Request, Scan, scan
from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.sources.tree import MAX_BYTES, FolderTree, MemoryTree

REQUEST = Request(today=date(2026, 1, 1), profile="strict")
GOOD = "good/template.yaml"
OPEN_URL = b"""Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      FunctionUrlConfig:
        AuthType: NONE
"""
"""Stands beside whatever is bad: it must be scanned all the same."""
HEAD = b"Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"


def scanned(files: dict[str, bytes | str]) -> Scan:
    """The scan of these files with the good one beside them, which must be found whatever else there is."""
    everything = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()} | {
        GOOD: OPEN_URL
    }
    result = scan(MemoryTree(everything), REQUEST)
    assert judge(result, everything) is None
    assert _finds_the_good_one(result)
    return result


def _finds_the_good_one(result: Scan) -> bool:
    return any(
        finding.rule == "function-url-without-auth"
        and finding.primary.span is not None
        and finding.primary.span.path == GOOD
        for finding in result.report.findings
    )


def only(result: Scan, code: str) -> Diagnostic:
    found = [diagnostic for diagnostic in result.report.diagnostics if diagnostic.code == code]
    assert len(found) == 1, result.report.diagnostics
    return found[0]


def status(result: Scan, path: str) -> list[str]:
    return [entry.status for entry in result.report.inputs if entry.path == path]


BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)
)

UNREADABLE = [
    pytest.param("t.yaml", BOMB + HEAD, "alias-bomb", id="yaml bomb"),
    pytest.param("t.yaml", HEAD + b"    Properties: {A: \xff}\n", "invalid-utf-8", id="invalid UTF-8"),
    pytest.param(
        "main.tf", b'resource "aws_s3_bucket" "b" {\n  bucket = "\xff"\n}\n', "invalid-utf-8", id="invalid UTF-8 in HCL"
    ),
    pytest.param("t.yaml", HEAD + b"{% if big %}\n    Properties: {}\n{% endif %}\n", "yaml-syntax", id="Jinja"),
    pytest.param("t.yaml", b"{{- range .Values.topics }}\n" + HEAD + b"{{- end }}\n", "yaml-syntax", id="Helm"),
    pytest.param(
        "t.yaml", HEAD + b"    Properties: " + b"[" * 300 + b"]" * 300 + b"\n", "too-deep", id="300 deep YAML"
    ),
    pytest.param(
        "t.json",
        b'{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": ' + b"[" * 300 + b"]" * 300 + b"}}}",
        "too-deep",
        id="300 deep JSON",
    ),
    pytest.param("t.json", b'{"Resources": {"A": {"Type": "AWS::SNS::Topic", }}', "json-syntax", id="broken JSON"),
    pytest.param("t.yaml", HEAD + b"    Properties: {A: \x00}\n", "yaml-syntax", id="NUL in YAML"),
    pytest.param("t.json", b'{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}\x00}', "json-syntax", id="NUL in JSON"),
]


@pytest.mark.parametrize(("path", "data", "code"), UNREADABLE)
def test_what_cannot_be_read_is_a_diagnostic_with_its_line(path: str, data: bytes, code: str) -> None:
    result = scanned({path: data})
    found = only(result, code)
    assert (found.level, found.at.path) == ("error", path)
    assert found.at.start_line >= 1
    assert status(result, path) in (["failed"], ["partial"])
    assert not result.report.complete, "exit code 3"


def test_the_line_of_invalid_utf_8_is_exact() -> None:
    assert only(scanned({"t.yaml": HEAD + b"    Properties: {A: \xff}\n"}), "invalid-utf-8").at[:3] == ("t.yaml", 4, 21)


def test_a_template_in_a_template_language_is_told_what_to_do() -> None:
    found = only(scanned({"t.yaml": HEAD + b"{% if big %}\n    Properties: {}\n{% endif %}\n"}), "yaml-syntax")
    assert "scan what it renders to" in (found.hint or "")


def test_a_flow_map_in_a_yaml_file_is_yaml() -> None:
    result = scanned({"t.yaml": "{Resources: {Topic: {Type: 'AWS::SNS::Topic'}}}\n"})
    assert status(result, "t.yaml") == ["understood"]
    assert any(store.kind == "topic" for store in result.inventory.stores)


def test_a_file_above_ten_megabytes_is_not_read_and_the_run_is_incomplete() -> None:
    result = scanned({"big.yaml": HEAD + b"#" * MAX_BYTES})
    assert only(result, "file-too-large").at.path == "big.yaml"
    assert status(result, "big.yaml") == ["failed"]
    assert not result.report.complete, "exit code 3"


def test_a_large_file_of_no_dialect_is_no_input() -> None:
    result = scanned({"data.json": b'[{"a": 1}' + b" " * MAX_BYTES + b"]", "notes.yaml": b"a: 1\n"})
    assert status(result, "data.json") == status(result, "notes.yaml") == []
    assert result.report.complete


@pytest.mark.parametrize(
    "name",
    [
        "t.yaml",
        "t.json",
        "main.tf",
        "serverless.yml",
        "function.json",
        "host.json",
        "cdk.out/manifest.json",
        ".github/workflows/a.yml",
    ],
)
@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\xef\xbb\xbf", b"\x00", b"\x00" * 4096, b"null", b"[]", b'""', b"---\n---\n"], ids=repr
)
def test_empty_files_and_files_of_nothing_raise_nothing(name: str, data: bytes) -> None:
    scanned({name: data})


def test_duplicate_keys_are_told_with_the_second_ones_line() -> None:
    text = HEAD + b"    Properties:\n      TopicName: a\n      TopicName: b\n"
    assert only(scanned({"t.yaml": text}), "duplicate-key").at[:3] == ("t.yaml", 6, 7)
    tight = b'{"Resources": {"A": {"Type": "AWS::SNS::Topic",\n"Type": "AWS::SNS::Topic"}}}'
    assert only(scanned({"t.json": tight}), "duplicate-key").at[:3] == ("t.json", 2, 1)


def test_a_megabyte_on_one_line_is_read() -> None:
    topics = {f"Topic{n}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x" * 20_000}} for n in range(60)}
    text = json.dumps({"Resources": topics}, separators=(",", ":"))
    assert len(text) > 1_000_000
    result = scanned({"t.json": text})
    assert status(result, "t.json") == ["understood"]
    assert len(result.inventory.stores) == 60


def test_keys_that_nest_a_thousand_deep_in_expressions_end() -> None:
    deep = "(" * 1000 + "1" + ")" * 1000
    result = scanned({"main.tf": f'resource "aws_sqs_queue" "q" {{\n  delay_seconds = {deep}\n}}\n'})
    assert status(result, "main.tf") != []


def test_stacks_that_nest_in_one_another_end() -> None:
    text = "Resources:\n  Other:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {}}}\n"
    result = scanned(
        {"a.yaml": text.format("b.yaml"), "b.yaml": text.format("a.yaml"), "c.yaml": text.format("./c.yaml")}
    )
    assert {entry.path for entry in result.report.inputs} >= {"a.yaml", "b.yaml", "c.yaml"}


def test_conditions_that_need_one_another_end() -> None:
    text = """Conditions:
  A: !Not [{Condition: B}]
  B: !And [{Condition: A}, {Condition: B}]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: A
    Properties:
      TopicName: !If [B, x, !Ref Topic]
"""
    assert status(scanned({"t.yaml": text}), "t.yaml") != []


def test_variables_that_need_one_another_end() -> None:
    text = """service: s
provider: {name: aws, runtime: python3.13, stage: "${self:custom.a}"}
custom:
  a: ${self:custom.b}
  b: ${self:custom.a}-${self:custom.c}
  c: ${self:custom}
  d: ${file(serverless.yml)}
functions:
  f: {handler: "${self:custom.d.functions.f.handler}", timeout: "${self:custom.b}"}
"""
    assert status(scanned({"serverless.yml": text}), "serverless.yml") != []


def test_locals_and_modules_that_need_one_another_end() -> None:
    main = """locals {
  a = local.b
  b = "${local.a}-${local.c}"
  c = [for x in local.c : x]
}
module "m" {
  source = "./m"
  n      = module.m.out
}
resource "aws_sqs_queue" "q" {
  name = local.a
  kms_master_key_id = aws_sqs_queue.q.kms_master_key_id
}
"""
    inner = 'variable "n" {}\nmodule "up" {\n  source = "../"\n}\nmodule "self" {\n  source = "./"\n}\noutput "out" {\n  value = var.n\n}\n'
    assert status(scanned({"main.tf": main, "m/main.tf": inner}), "main.tf") != []


SECRET = "OUTSIDE-OF-THE-ROOT"
OUTWARD = [
    pytest.param(
        "serverless.yml",
        "service: s\nprovider: {name: aws, runtime: python3.13}\ncustom: ${file(../../x.yml)}\nfunctions:\n  f:\n    handler: a.b\n"
        "    environment: {A: '${file(../x.yml):a}', B: '${file(/etc/hostname)}', C: '${file(~/x.yml)}'}\n",
        id="serverless file()",
    ),
    pytest.param(
        "main.tf",
        'resource "aws_sqs_queue" "q" {\n  name = file("../../x.yml")\n  policy = templatefile("../x.yml", {})\n}\n'
        'module "m" {\n  source = "../../outside"\n}\nlocals {\n  l = fileset("/etc", "*")\n  m = yamldecode(file("${path.module}/../x.yml"))\n}\n',
        id="terraform file()",
    ),
    pytest.param(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n"
        "      Runtime: python3.13\n      CodeUri: ../../outside\n"
        "  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: s\n      DefinitionUri: ../x.yml\n"
        "  B:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: s\n"
        "      DefinitionBody: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ../x.yml}}}\n"
        "  C:\n    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: /etc/hostname}\n"
        "  D:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ../x.yml}\n",
        id="template URIs",
    ),
]


@pytest.mark.parametrize(("name", "text"), OUTWARD)
def test_nothing_outside_of_the_root_is_read(tmp_path: Path, name: str, text: str) -> None:
    root = tmp_path / "root"
    (root / "good").mkdir(parents=True)
    (root / GOOD).write_bytes(OPEN_URL)
    (root / name).write_text(text)
    (tmp_path / "x.yml").write_text(
        f"a: {SECRET}\nResources: {{X: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: {SECRET}}}}}}}\n"
    )
    tree = _Watched(root)
    result = scan(tree, REQUEST)
    assert _finds_the_good_one(result)
    assert [path for path in tree.given if not path.startswith(("good/", name))] == [], "no content from elsewhere"
    assert not any(diagnostic.code in DEFECTS for diagnostic in result.report.diagnostics)
    assert SECRET not in repr(result.inventory)
    assert any(entry.path == name for entry in result.report.inputs)


class _Watched(FolderTree):
    """Remembers for which paths it gave content."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.given: list[str] = []

    def head(self, path: str, count: int) -> bytes | None:
        data = super().head(path, count)
        if data is not None:
            self.given.append(path)
        return data


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "good").mkdir(parents=True)
    (root / GOOD).write_bytes(OPEN_URL)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "template.yaml").write_bytes(HEAD)
    try:
        (root / "link.yaml").symlink_to(outside / "template.yaml")
        (root / "folder").symlink_to(outside, target_is_directory=True)
        (root / "loop").symlink_to(root, target_is_directory=True)
        (root / "dead.yaml").symlink_to(outside / "nothing.yaml")
        (root / "self.yaml").symlink_to(root / "self.yaml")
        (root / "inside.yaml").symlink_to(root / GOOD)
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    result = scan(FolderTree(root), REQUEST)
    assert _finds_the_good_one(result)
    assert {entry.path for entry in result.report.inputs} == {GOOD, "inside.yaml"}
    assert not any(store.kind == "topic" for store in result.inventory.stores)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / GOOD).write_bytes(OPEN_URL)
    os.mkfifo(tmp_path / "template.yaml")
    assert _finds_the_good_one(scan(FolderTree(tmp_path), REQUEST))


def test_a_bomb_in_each_dialect_ends() -> None:
    """Everything that multiplies: aliases, loops, counts, joins, copies."""
    doubled = "".join(f"  l{n} = [local.l{n - 1}, local.l{n - 1}]\n" for n in range(1, 64))
    texts = "".join(f'  t{n} = "${{local.t{n - 1}}}${{local.t{n - 1}}}"\n' for n in range(1, 64))
    terraform = (
        f'locals {{\n  l0 = [1, 2]\n{doubled}  t0 = "xx"\n{texts}}}\n'
        'resource "aws_sqs_queue" "many" {\n  count = 1000000000\n  name  = "q-${count.index}"\n}\n'
        'resource "aws_sqs_queue" "wide" {\n  for_each = toset(flatten(local.l63))\n  name = local.t63\n}\n'
        'resource "aws_sqs_queue" "range" {\n  name = join("", [for a in range(1e9) : [for b in range(1e9) : "x"]])\n}\n'
    )
    custom = "".join(f"  v{n}: '${{self:custom.v{n - 1}}}${{self:custom.v{n - 1}}}'\n" for n in range(1, 64))
    serverless = (
        f"service: s\nprovider: {{name: aws, runtime: python3.13}}\ncustom:\n  v0: xx\n{custom}"
        "functions:\n  f: {handler: a.b, description: '${self:custom.v63}'}\n"
    )
    body: object = {"Queue${N0}${N1}${N2}${N3}${N4}${N5}${N6}": {"Type": "AWS::SQS::Queue"}}
    for depth in range(7):
        body = {f"Fn::ForEach::L{depth}": [f"N{depth}", list("abcdefghij"), body]}
    cloudformation = json.dumps({"Transform": "AWS::LanguageExtensions", "Resources": body})
    arm = json.dumps({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [{
            "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[concat('s', copyIndex())]",
            "copy": {"name": "c", "count": 1_000_000_000}, "properties": {},
        }],
    })  # fmt: skip
    for path, text in {
        "main.tf": terraform,
        "serverless.yml": serverless,
        "t.json": cloudformation,
        "azuredeploy.json": arm,
    }.items():
        assert examine({path: text.encode()}) is None, path


def test_a_short_fuzz_run_finds_nothing() -> None:
    count, failure = fuzz(seed=20_261_124, seconds=3)
    assert failure is None, f"{failure.what}\n{failure.files}"
    assert count > 5


def test_what_the_fuzzer_would_say_of_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"t.yaml": HEAD}
    assert misplaced(Span("t.yaml", 1, 1, 9, 1), files) is not None
    assert misplaced(Span("other.yaml", 1, 1, 1, 1), files) == "other.yaml is no file"
    monkeypatch.setattr("casemate.inventory.build.builder_for", lambda _: lambda *_: 1 // 0)
    assert (examine(files) or "").startswith("builder-failed")
    monkeypatch.setattr("casemate.inventory.build.builder_for", lambda _: 1 // 0)
    assert "ZeroDivisionError" in (examine(files) or "")
