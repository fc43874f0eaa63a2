from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.model.location import Span
from casemate.sources.syntax import hcl, hcl_json
from casemate.sources.syntax.hcl_nodes import (
    Broken,
    Call,
    Conditional,
    File,
    ListOf,
    Lit,
    Loop,
    MapOf,
    Node,
    Operation,
    Path,
    Splat,
    Template,
)


def value(text: str) -> Node:
    file = hcl.parse(f"x = {text}\n", "main.tf")
    assert not file.diagnostics
    return file.body.arguments["x"].value


def written(file: File, node: Node) -> str:
    lines = file.lines[node.at.start_line - 1 : node.at.end_line]
    assert len(lines) == 1
    return lines[0][node.at.start_column - 1 : node.at.end_column - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", 3), ("1.5", 1.5), ("1.5e3", 1500), ("true", True), ("null", None), ('"a b"', "a b"), ('""', "")],
)
def test_scalars_are_typed(text: str, expected: object) -> None:
    node = value(text)
    assert isinstance(node, Lit)
    assert node.value == expected
    assert type(node.value) is type(expected)


def test_escapes_of_quoted_strings() -> None:
    node = value(r'"a\"b\n\u00e9$${c}%%{d}"')
    assert isinstance(node, Lit)
    assert node.value == 'a"b\né${c}%{d}'


def test_blocks_have_labels_arguments_and_blocks() -> None:
    file = hcl.parse('resource "aws_x" "y" {\n  a = 1\n  inner {\n    b = 2\n  }\n}\n', "main.tf")
    (block,) = file.body.blocks
    assert (block.type, [label for label, _ in block.labels]) == ("resource", ["aws_x", "y"])
    assert block.labels[1][1] == ("main.tf", 1, 18, 1, 21)
    assert block.at == ("main.tf", 1, 1, 6, 2)
    assert block.body.blocks[0].type == "inner"


def test_paths_with_indexes_and_splats() -> None:
    node = value('local.b["k"][0].c.*.d[*].e')
    assert isinstance(node, Path)
    assert node.root == "local"
    b, key, number, c, first, second = node.steps
    assert (b, c) == ("b", "c")
    assert isinstance(key, Lit)
    assert key.value == "k"
    assert isinstance(number, Lit)
    assert number.value == 0
    assert isinstance(first, Splat)
    assert not first.is_full
    assert isinstance(second, Splat)
    assert second.is_full
    assert list(second.steps) == ["e"]


def test_operators_conditionals_calls_and_loops() -> None:
    assert isinstance(value("a ? b : -c + 3 * !d"), Conditional)
    assert isinstance(value("a.b + c.d"), Operation)
    call = value("merge(a, b...)")
    assert isinstance(call, Call)
    assert call.spreads
    loop = value("{for k, v in m : k => v... if v}")
    assert isinstance(loop, Loop)
    assert (list(loop.names), loop.grouped, loop.test is not None) == (["k", "v"], True, True)
    assert isinstance(value("[a, b]"), ListOf)
    table = value('{ a = 1, "b" = 2, (c) = 3 }')
    assert isinstance(table, MapOf)
    assert [type(key) for key, _ in table.entries] == [Lit, Lit, Path]


def test_template_parts_keep_white_space() -> None:
    node = value('" ${a}  b ${c} "')
    assert isinstance(node, Template)
    assert [part.value for part in node.parts if isinstance(part, Lit)] == [" ", "  b ", " "]


def test_heredoc_lines_have_their_own_spans() -> None:
    file = hcl.parse("x = <<-EOT\n    one ${a}\n      two\n  EOT\n", "main.tf")
    node = file.body.arguments["x"].value
    assert isinstance(node, Template)
    texts = [part for part in node.parts if isinstance(part, Lit)]
    assert [part.value for part in texts] == ["one ", "\n", "  two\n"]
    assert texts[0].at == ("main.tf", 2, 5, 2, 9)
    assert texts[2].at.start_line == 3


def test_template_directives() -> None:
    node = value('"%{ if a }x%{ else }y%{ endif }%{ for b in c }${b}%{ endfor }"')
    assert isinstance(node, Template)
    assert [type(part) for part in node.parts] == [Conditional, Loop]


def test_columns_count_code_points() -> None:
    file = hcl.parse('x = ["é𝄞", abc]\n', "main.tf")
    node = file.body.arguments["x"].value
    assert isinstance(node, ListOf)
    assert written(file, node.items[1]) == "abc"
    assert written(file, node.items[0]) == '"é𝄞"'


def test_an_error_keeps_the_other_blocks() -> None:
    text = 'resource "a" "one" {\n  x = 1\n}\nresource "a" "two" {\n  x = [1,,\n}\nresource "a" "three" {\n  y = 2\n}\n'
    file = hcl.parse(text, "main.tf")
    assert file.is_partial
    assert [diagnostic.code for diagnostic in file.diagnostics] == ["hcl-syntax"]
    assert 4 <= file.diagnostics[0].at.start_line <= 6
    names = {block.labels[1][0] for block in file.body.blocks if len(block.labels) == 2}
    assert {"one", "three"} <= names


def test_too_deep_and_too_large_are_diagnostics() -> None:
    deep = hcl.parse("x = " + "[" * 500 + "]" * 500 + "\ny = 1\n", "main.tf")
    assert [diagnostic.code for diagnostic in deep.diagnostics] == ["too-deep"]
    assert isinstance(deep.body.arguments["x"].value, Broken)
    assert isinstance(deep.body.arguments["y"].value, Lit)
    assert [diagnostic.code for diagnostic in hcl.parse("#" * 1_000_001, "main.tf").diagnostics] == ["file-too-large"]


def test_duplicate_arguments_are_reported() -> None:
    file = hcl.parse("x = 1\nx = 2\n", "main.tf")
    assert [(d.code, d.level) for d in file.diagnostics] == [("duplicate-key", "warning")]
    assert not file.is_partial


def test_json_syntax() -> None:
    text = """{
  "//": "a comment",
  "resource": {"aws_x": {"y": {"name": "a-${var.n}", "list": [{"b": 1}], "dynamic": {"rule": {"for_each": "${var.r}", "content": {"c": 2}}}}}},
  "locals": {"n": 1}
}"""
    file = hcl_json.parse(text, "main.tf.json")
    assert not file.diagnostics
    resource, locals_ = file.body.blocks
    assert [label for label, _ in resource.labels] == ["aws_x", "y"]
    name = resource.body.arguments["name"].value
    assert isinstance(name, Template)
    assert {part.at for part in name.parts} == {name.parts[0].at}
    assert isinstance(resource.body.arguments["list"].value, ListOf)
    assert resource.body.blocks[0].type == "dynamic"
    assert locals_.type == "locals"


def test_bad_json_is_a_diagnostic() -> None:
    assert [d.code for d in hcl_json.parse('{"resource": ', "main.tf.json").diagnostics] == ["json-syntax"]
    assert [d.code for d in hcl_json.parse("[1]", "main.tf.json").diagnostics] == ["hcl-json-shape"]


PIECES = st.sampled_from(
    [
        "resource ",
        '"',
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "${",
        "%{",
        "<<EOT\n",
        "<<-X\n",
        "EOT",
        "\n",
        " ",
        "=",
        "a",
        "var.x",
        "?",
        ":",
        "for k in v",
        "=>",
        "...",
        ".*",
        "[*]",
        ".0",
        "1",
        "é",
        "\r\n",
        "\\",
        "#",
        "/*",
        "*/",
        "if",
        "null",
        "\t",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
def test_no_text_raises(text: str) -> None:
    file = hcl.parse(text, "main.tf")
    for argument in file.body.arguments.values():
        assert argument.key_at.start_line <= len(file.lines)
    hcl_json.parse(text, "main.tf.json")
    hcl.parse_template_file(text, "t")
    hcl.parse_expression(text, file.body.arguments["x"].key_at if "x" in file.body.arguments else Span("", 1, 1, 1, 1))
