"""Azure Functions of the v1 model: files -> resources."""

from __future__ import annotations

import pytest

from casemate.model.value import Fields, text_of
from casemate.sources import functionjson
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

FUNCTION = b'{"bindings": [{"type": "httpTrigger", "authLevel": "anonymous"}]}'


def test_one_stack_an_app_with_its_host_file() -> None:
    tree = MemoryTree(
        {
            "api/host.json": b'{"version": "2.0"}',
            "api/Hello/function.json": FUNCTION,
            "api/local.settings.json": b'{"IsEncrypted": false, "Values": {"A": "b"}}',
            "other/Lone/function.json": FUNCTION,
        }
    )
    reading = functionjson.read(tree, tuple(tree.paths()), Options())
    assert [(stack.path, stack.root) for stack in reading.stacks] == [("api/host.json", "api"), ("other", "other")]
    assert {resource.key: resource.type for resource in reading.stacks[0].resources.values()} == {
        "Hello": "Casemate::AzureFunction",
        "local.settings.json": "Casemate::AzureLocalSettings",
    }
    host = reading.stacks[0].resources["Hello"].properties.get("host")
    assert isinstance(host, Fields)
    assert text_of(host.get("version")) == "2.0"
    assert {entry.status for entry in reading.inputs} == {"understood"}


def test_a_broken_file_costs_only_itself() -> None:
    tree = MemoryTree({"A/function.json": b'{"bindings": [', "B/function.json": FUNCTION, "C/function.json": b"[]"})
    reading = functionjson.read(tree, tuple(tree.paths()), Options())
    assert [entry.status for entry in reading.inputs] == ["failed", "understood", "failed"]
    assert reading.diagnostics[0].at.path == "A/function.json"
    assert list(reading.stacks[0].resources) == ["B"]


@pytest.mark.parametrize(
    ("path", "data", "claimed"),
    [
        ("A/function.json", FUNCTION, True),
        ("A/function.json", b'{"name": "x"}', False),
        ("host.json", b'{"version": "2.0"}', True),
        ("host.json", b'{"hostname": "x"}', False),
        ("local.settings.json", b'{"Values": {}}', True),
        ("settings.json", b'{"Values": {}}', False),
    ],
)
def test_claims(path: str, data: bytes, claimed: bool) -> None:  # noqa: FBT001
    assert functionjson.claims(path, data) is claimed
