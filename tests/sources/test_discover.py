from __future__ import annotations

from pathlib import Path

import pytest

from casemate.sources import discover as discovering
from casemate.sources.discover import NEVER, SOURCES, Discovery, discover, sources
from casemate.sources.source import Options
from casemate.sources.tree import MAX_BYTES, FolderTree, MemoryTree

SAM = "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: python3.13}\n"
OPENAPI = "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {/: {get: {responses: {'200': {description: ok}}}}}\n"


def read(files: dict[str, str]) -> Discovery:
    return discover(MemoryTree({path: text.encode() for path, text in files.items()}), Options())


def inputs(found: Discovery) -> dict[str, tuple[str, str]]:
    return {entry.path: (entry.kind, entry.status) for reading in found.readings for entry in reading.inputs}


def test_every_source_has_what_the_interface_asks_for() -> None:
    found = list(sources())
    assert len(found) == len(SOURCES)
    for source, pattern in found:
        assert callable(source.claims)
        assert callable(source.read)
        assert pattern.pattern


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("template.yaml", SAM, "sam"),
        ("x/stack.yml", "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n", "cloudformation"),
        ("serverless.yml", "service: s\nprovider: {name: aws}\n", "serverless"),
        ("main.tf", 'resource "aws_s3_bucket" "b" {}\n', "terraform"),
        (".github/workflows/ci.yml", "on: push\njobs: {a: {runs-on: x, steps: []}}\n", "github-actions"),
        ("openapi.yaml", OPENAPI, "openapi"),
    ],
)
def test_a_file_goes_to_one_source(path: str, text: str, kind: str) -> None:
    assert inputs(read({path: text})) == {path: (kind, "understood")}


def test_the_first_claim_wins() -> None:
    both = SAM + "phases: {build: {commands: []}}\n"
    assert inputs(read({"buildspec.yml": both})) == {"buildspec.yml": ("codebuild", "understood")}


@pytest.mark.parametrize(
    "path",
    ["composer.json", "a/package-lock.json", "docker-compose.prod.yml", "tsconfig.app.json", ".vscode/launch.json"],
)
def test_names_of_tools_are_never_looked_at(path: str) -> None:
    assert NEVER.search(path)
    found = read({path: SAM})
    assert (inputs(found), found.seen, found.looked_at) == ({}, 1, 0)


def test_a_package_json_is_only_asked_for_scripts_that_deploy() -> None:
    assert inputs(read({"package.json": SAM})) == {}
    script = '{"scripts": {"deploy": "gcloud functions deploy hello --runtime=nodejs22"}}'
    assert inputs(read({"a/package.json": script})) == {"a/package.json": ("commands", "understood")}


@pytest.mark.parametrize(
    "path", ["template.json", "my-package.json", "settings/template.yaml", "docker.yml", "packages.yml"]
)
def test_names_that_look_alike_are(path: str) -> None:
    assert not NEVER.search(path)


def test_what_is_nothing_serverless_is_no_input() -> None:
    found = read({"values.yaml": "a: 1\n", "data.json": "[1, 2]", "notes.md": SAM, "x.json": '{"Resources": 1'})
    assert inputs(found) == {}


def test_a_file_too_large_is_a_failed_input_when_it_is_one_of_ours() -> None:
    padding = "#" + "x" * MAX_BYTES + "\n"
    found = read({"big.yaml": SAM + padding, "other.yaml": "a: 1\n" + padding})
    assert inputs(found) == {"big.yaml": ("unknown", "failed")}
    codes = [diagnostic.code for reading in found.readings for diagnostic in reading.diagnostics]
    assert codes == ["file-too-large"]


def test_a_defect_in_one_source_does_not_blind_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = dict(zip((name for name, *_ in SOURCES), (source for source, _ in sources()), strict=True))

    class Broken:
        KIND = "serverless"

        @staticmethod
        def claims(path: str, data: bytes) -> bool:
            return loaded["serverless"].claims(path, data)

        @staticmethod
        def read(*_: object) -> None:
            raise ValueError("defect")

    monkeypatch.setattr(discovering, "_source", lambda name: Broken if name == "serverless" else loaded[name])
    found = read({"serverless.yml": "service: s\nprovider: {name: aws}\n", "template.yaml": SAM})
    assert inputs(found) == {"serverless.yml": ("serverless", "failed"), "template.yaml": ("sam", "understood")}
    (diagnostic,) = [entry for reading in found.readings for entry in reading.diagnostics]
    assert (diagnostic.code, diagnostic.at.path) == ("source-failed", "serverless.yml")


def test_a_part_that_a_template_takes_in_is_told_as_such() -> None:
    template = (
        SAM
        + "  Api:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: p, DefinitionUri: api/openapi.yaml}\n"
    )
    told = {
        entry.path: entry.reason
        for reading in read({"template.yaml": template, "api/openapi.yaml": OPENAPI}).readings
        for entry in reading.inputs
    }
    assert set(told) == {"template.yaml", "api/openapi.yaml"}
    assert set(inputs(read({"openapi.yaml": OPENAPI}))) == {"openapi.yaml"}, "alone it is read by itself"


def test_only_the_starts_are_scanned(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "template.yaml").write_text(SAM, "utf-8")
    assert list(inputs(discover(FolderTree(tmp_path, ("b",)), Options()))) == ["b/template.yaml"]
    assert list(inputs(discover(FolderTree(tmp_path, ("a/template.yaml",)), Options()))) == ["a/template.yaml"]


def test_progress_is_told_in_words() -> None:
    told: list[str] = []
    discover(MemoryTree({"template.yaml": SAM.encode()}), Options(), told.append)
    assert told == ["1 cloudformation files"]


def test_a_file_that_a_service_takes_in_is_no_stack_of_its_own() -> None:
    service = "service: s\nprovider: {name: aws, runtime: nodejs22.x}\nresources:\n  - ${file(buckets.yml)}\n"
    bucket = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n"
    found = read({"serverless.yml": service, "buckets.yml": bucket, "other.yml": bucket})
    stacks = [(stack.path, "B" in stack.resources) for reading in found.readings for stack in reading.stacks]
    assert stacks == [("serverless.yml", True), ("other.yml", True)]
    assert inputs(found)["buckets.yml"] == ("serverless", "understood")
