"""`casemate-inventory/1`."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from tests.outputs.inventory_sample import BROKEN, KEY, PASSWORD, read, sample

import casemate.outputs
from casemate.model.entity import Entity
from casemate.model.inventory import EdgeKind
from casemate.model.resource import Dialect
from casemate.outputs.inventory_json import render_inventory

SCHEMA = json.loads((Path(casemate.outputs.__file__).parent / "casemate-inventory-1.schema.json").read_text("utf-8"))


def _document() -> Any:  # noqa: ANN401 - JSON
    return json.loads(render_inventory(sample()))


def _entity(kind: str, name: str) -> Any:  # noqa: ANN401 - JSON
    return next(item for item in _document()["entities"] if item["kind"] == kind and item["name"] == name)


def test_equal_input_gives_equal_ascii_bytes() -> None:
    assert render_inventory(sample()) == render_inventory(sample())
    assert render_inventory(sample()).isascii()


def test_every_entity_has_its_identity_and_every_field_of_its_type() -> None:
    inventory = sample()
    told = _document()["entities"]
    assert [item["id"] for item in told] == [entity.id for entity in inventory.entities()]
    identity = {"id", "name", "stack", "at", "cloud", "resource"}
    for item, entity in zip(told, inventory.entities(), strict=True):
        assert set(item["settings"]) == {field.name for field in fields(entity)} - identity
        assert item["location"]["path"] == "template.yaml"


def test_a_setting_is_declared_defaulted_conditional_or_unresolved() -> None:
    settings = _entity("function", "Create")["settings"]
    assert settings["runtime"]["value"] == "python3.12"
    assert settings["runtime"]["location"]["start_line"] == 22
    assert settings["tracing"]["default"] is False
    assert settings["tracing"]["source"]
    assert {case["value"] for case in settings["memory"]["cases"]} == {1024, 128}
    assert all(case["when"] for case in settings["memory"]["cases"])
    assert settings["timeout"]["unresolved"]


def test_variables_are_told_unless_they_look_like_a_secret() -> None:
    told = {item["name"]: item for item in _entity("function", "Create")["settings"]["environment"]}
    assert told["STAGE"]["value"] == "prod"
    assert told["BUCKET"] | {"location": None} == {
        "name": "BUCKET",
        "kind": "reference",
        "text": "${Uploads}",
        "location": None,
    }
    assert told["DB_PASSWORD"]["redacted"]
    assert told["NEUTRAL"]["redacted"] == "aws-access-key-id"
    assert "value" not in told["DB_PASSWORD"]


def test_no_secret_and_no_script_is_in_the_document() -> None:
    text = render_inventory(sample())
    assert PASSWORD not in text
    assert KEY not in text
    assert "print('inline')" not in text
    assert _entity("secret", "Token")["settings"]["value"]["kind"] == "literal"


def test_static_keys_of_pipelines_and_permission_scopes() -> None:
    workflow = f"""\
on: push
permissions: {{id-token: write}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    env: {{AWS_ACCESS_KEY_ID: {KEY}, AWS_SECRET_ACCESS_KEY: {PASSWORD}}}
    steps:
      - run: aws configure set aws_secret_access_key {PASSWORD} && sam deploy
"""
    text = render_inventory(read({".github/workflows/deploy.yml": workflow}))
    assert KEY not in text
    assert PASSWORD not in text
    pipeline = json.loads(text)["entities"][0]
    assert pipeline["settings"]["permissions"][0]["name"] == "id-token"
    assert pipeline["settings"]["permissions"][0]["value"] == "write"


def test_statements_edges_inputs_and_diagnostics() -> None:
    document = _document()
    statement = _entity("role", "Shared")["settings"]["statements"][0]
    assert [action["text"] for action in statement["actions"]] == ["s3:GetObject", "s3:PutObject"]
    assert statement["location"]["start_line"] == 17
    ids = {item["id"] for item in document["entities"]}
    assert {"triggers", "assumes", "reads", "writes"} <= {edge["kind"] for edge in document["edges"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in document["edges"])
    assert document["inputs"] == [{"path": "template.yaml", "kind": "sam", "status": "understood", "reason": None}]
    broken = json.loads(render_inventory(read({"template.yaml": BROKEN})))
    assert broken["diagnostics"][0]["level"] == "error"


def test_the_schema_is_one_and_the_document_obeys_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.validate(_document())
    validator.validate(json.loads(render_inventory(read({"template.yaml": BROKEN}))))


def test_the_schema_knows_every_kind_edge_and_dialect() -> None:
    kinds = {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower() for kind in Entity.__subclasses__()}
    known = SCHEMA["$defs"]["entity"]["properties"]["kind"]["enum"]
    assert set(known) == kinds
    assert SCHEMA["$defs"]["edge"]["properties"]["kind"]["enum"] == list(get_args(EdgeKind))
    assert SCHEMA["$defs"]["dialect"]["enum"] == list(get_args(Dialect))


@pytest.mark.parametrize("broken", ["value", "location", "kind"])
def test_the_schema_refuses_an_entity_without(broken: str) -> None:
    document = _document()
    entity = next(item for item in document["entities"] if item["name"] == "Create")
    del {"value": entity["settings"]["runtime"], "location": entity, "kind": entity}[broken][broken]
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
