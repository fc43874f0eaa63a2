"""Sources, sinks and sanitisers that a team declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casemate.analysis.code.libraries.teams import own_models
from casemate.analysis.code.project import Project
from casemate.analysis.code.unit import walk_unit
from casemate.config import load
from casemate.errors import ConfigurationError
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from pathlib import Path

TABLES: dict[str, object] = {
    "sources": [{"call": "mylib.read_body", "what": "a message"}, {"call": "./lib/read.readBody"}],
    "sinks": [{"call": "mylib.run", "kind": "sql"}, {"call": "@team/db.run", "argument": "0.text", "kind": "sql"}],
    "sanitizers": [{"call": "mylib.quote", "kinds": ["sql"]}],
}


def lines(files: dict[str, str]) -> list[tuple[str, int]]:
    contents = {path: text.encode() for path, text in files.items()}
    project = Project(MemoryTree(contents), contents)
    project.own = own_models(TABLES, "casemate.toml")
    walked = walk_unit(project, next(iter(files)), ())
    return sorted({(flow.kind, flow.at.start_line) for facts in walked.facts for flow in facts.flows})


def test_python_is_told() -> None:
    text = (
        "import mylib\n"
        "def handler(event, context):\n"
        "    body = mylib.read_body()\n"
        "    mylib.run('select ' + body)\n"
        "    mylib.run('select ' + mylib.quote(body))\n"
        "    mylib.run('select 1')\n"
    )
    assert lines({"app.py": text}) == [("sql", 4)]


def test_javascript_is_told_also_of_a_function_of_the_project() -> None:
    text = (
        "const { readBody } = require('./lib/read');\n"
        "const db = require('@team/db');\n"
        "exports.handler = async () => {\n"
        "  const body = readBody();\n"
        "  await db.run({ text: 'select ' + body });\n"
        "  await db.run({ text: 'select 1' });\n"
        "};\n"
    )
    assert lines({"index.js": text, "lib/read.js": "exports.readBody = function readBody() { return 'x'; };\n"}) == [
        ("sql", 5)
    ]


@pytest.mark.parametrize(
    ("tables", "said", "hint"),
    [
        ({"sinks": [{"call": "a.b", "kind": "sqll"}]}, "unknown kind 'sqll'", "did you mean sql?"),
        ({"sanitizers": [{"call": "a.b", "kinds": ["pathh"]}]}, "unknown kind 'pathh'", "did you mean path?"),
        ({"source": []}, "there is no [[code.source]]", "did you mean sources?"),
        (
            {"sinks": [{"call": "a.b", "kind": "sql", "arguments": 1}]},
            "unknown key 'arguments'",
            "did you mean argument?",
        ),
        ({"sinks": [{"call": "a.b"}]}, "kind is required", "one of command"),
        ({"sources": [{"what": "x"}]}, "call is required", "write call"),
        ({"sinks": [{"call": "a.b", "kind": "sql", "argument": -1}]}, "argument = -1", "a position from 0"),
        ({"sources": {"call": "a.b"}}, "must be a list of tables", "[[code.sources]]"),
    ],
)
def test_what_is_wrong_is_said(tables: dict[str, object], said: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        own_models(tables, "casemate.toml")
    assert said in str(caught.value)
    assert hint in (caught.value.hint or "")


def test_the_configuration_hands_the_tables_on(tmp_path: Path) -> None:
    (tmp_path / "casemate.toml").write_text('[[code.sources]]\ncall = "a.b"\n')
    assert load(start=tmp_path).code == {"sources": [{"call": "a.b"}]}
