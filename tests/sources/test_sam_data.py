"""The compiled SAM data: complete, in our notation, and what its script makes of the recorded input."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import pytest

from casemate.sources.sam.connectors import profiles
from casemate.sources.sam.policy_templates import policy_templates

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/casemate/sources/sam/data"


def test_every_placeholder_is_a_parameter_or_a_pseudo_parameter() -> None:
    for name, template in policy_templates().items():
        used = set(re.findall(r"\$\{([^}]+)\}", json.dumps(template["statements"])))
        assert {item for item in used if not item.startswith("AWS::")} == set(template["parameters"]), name


def test_no_function_of_cloudformation_is_left() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DATA.glob("*.json"))
    assert "Fn::" not in text
    assert '"Ref"' not in text


def test_connectors_know_who_holds_the_permission() -> None:
    for destinations in profiles().values():
        for profile in destinations.values():
            assert profile["kind"] in {"identity", "queue", "topic", "permission"}
            assert profile["holder"] in {"source", "destination"}
            assert set(profile["access"]) <= {"Read", "Write"}


def test_the_data_is_what_the_script_makes_of_its_input() -> None:
    translator = pytest.importorskip("samtranslator")
    package = Path(translator.__path__[0])
    location = importlib.util.spec_from_file_location("build_sam_data", ROOT / "scripts/build_sam_data.py")
    assert location is not None
    assert location.loader is not None
    script = importlib.util.module_from_spec(location)
    location.loader.exec_module(script)
    made: dict[str, str] = script.compile_(package)
    for name, text in made.items():
        kept = json.loads((DATA / name).read_text(encoding="utf-8"))
        raw = (package / kept["input"]).read_bytes()
        if hashlib.sha256(raw).hexdigest() != kept["sha256"]:
            pytest.skip(f"{kept['input']} is of another version than the data was made of")
        assert json.loads(text) == kept
