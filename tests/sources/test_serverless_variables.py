from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.sources.serverless_reading import reading, shown, stack, value

from casemate.model.value import Cases, Literal, Reference, Text, Unknown, Value, display
from casemate.sources.serverless.expressions import Syntax, alternatives, pieces, syntax_of
from casemate.sources.source import Options

ENV = "HelloLambdaFunction"


def service(variable: str, more: str = "") -> str:
    return f"""\
service: shop
provider:
  name: aws
  runtime: nodejs22.x
custom:
  table: items
  nested: {{a: {{b: deep}}, list: [zero, one]}}
  dev: {{origin: dev.example.com}}
  prod: {{origin: prod.example.com}}
{more}
functions:
  hello:
    handler: a.b
    environment:
      V: {variable}
"""


def resolved(
    variable: str, options: Options | None = None, more: str = "", files: Mapping[str, str] | None = None
) -> Value:
    return value(stack(service(variable, more), options, files), ENV, "Environment.Variables.V")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("${self:custom.table}", "items"),
        ("${self:custom.nested.a.b}", "deep"),
        ("${self:custom.nested.list.1}", "one"),
        ("x-${self:service}-${sls:stage}", "x-shop-dev"),
        ("${self:provider.region}", "us-east-1"),
        ("${opt:stage, 'test'}", "test"),
        ("${opt:stage, self:custom.table}", "items"),
        ("${opt:stage, ${self:custom.table}}", "items"),
        ("${env:NOT_READ, 'fallback'}", "fallback"),
        ("${env:A, env:B, 'last'}", "last"),
        ("${self:custom.${self:custom.none, 'table'}}", "items"),
        ("${self:custom.missing, 3}", "3"),
        ("${strToBool(yes)}", "true"),
        ("${param:size}", "big"),
        (r"\${self:custom.table}", "${self:custom.table}"),
        ("'${AWS::Region} ${Thing.Arn}'", "${AWS::Region} ${Thing.Arn}"),
    ],
)
def test_a_variable_has_its_value(variable: str, expected: str) -> None:
    assert display(resolved(variable, more="params: {default: {size: big}}")) == expected


def test_the_user_sets_stage_and_parameters() -> None:
    options = Options(parameters={"size": "small"}, stage="prod")
    assert (
        display(resolved("${sls:stage}-${opt:stage}-${self:provider.stage}-${param:size}", options))
        == "prod-prod-prod-small"
    )
    params = "stages: {prod: {params: {size: huge}}, default: {params: {size: mid}}}"
    assert display(resolved("${param:size}", Options(stage="prod"), params)) == "huge"
    assert display(resolved("${param:size}", more=params)) == "mid"


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("${env:HOME}", "environment"),
        ("${opt:color}", "parameter"),
        ("${param:none}", "parameter"),
        ("${ssm:/plain}", "parameter-store"),
        ("${ssm.eu-west-1:/plain}", "parameter-store"),
        ("${ssm:/aws/reference/secretsmanager/db~true}", "secret-store"),
        ("${ssm:/${opt:color}/x~true}", "secret-store"),
        ("${cf:other-dev.Out}", "import"),
        ("${cf(eu-west-1):other-dev.Out}", "import"),
        ("${s3:bucket/key}", "import"),
        ("${git:branch}", "environment"),
        ("${sls:instanceId}", "environment"),
        ("${file(config.js):x}", "program"),
        ("${self:custom.missing}", "error"),
        ("${secrets:db}", "secret-store"),
        ("${nobody:knows}", "function"),
    ],
)
def test_what_cannot_be_known_says_why(variable: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "never-read")
    resolvers = "stages: {default: {resolvers: {secrets: {type: vault}}}}"
    found = resolved(variable, None, resolvers, files={"config.js": "process.exit()"})
    assert isinstance(found, Unknown)
    assert found.kind == kind


def test_aws_variables_are_pseudo_parameters() -> None:
    found = resolved("arn:aws:sns:${aws:region}:${aws:accountId}:t")
    assert isinstance(found, Text)
    assert [part.target for part in found.parts if isinstance(part, Reference)] == ["AWS::Region", "AWS::AccountId"]


def test_a_value_of_the_deployment_comes_beside_its_fallback() -> None:
    found = resolved("${ssm:/origin, '*'}")
    assert isinstance(found, Cases)
    assert [(words, type(case)) for words, case in found.cases] == [
        ("if ssm:/origin exists", Unknown),
        ("otherwise", Literal),
    ]


def test_an_unknown_part_of_an_address_gives_each_option() -> None:
    found = resolved("${self:custom.${opt:target}.origin}")
    assert isinstance(found, Cases)
    assert [(words, display(case)) for words, case in found.cases] == [
        ("for dev", "dev.example.com"),
        ("for prod", "prod.example.com"),
    ]


def test_a_value_stays_where_it_is_written() -> None:
    found = stack(service("${self:custom.table}"))
    assert value(found, ENV, "Environment.Variables.V").at[1:3] == (6, 10)
    text = service("${file(./more.yml):a.b}")
    included = stack(text, files={"more.yml": "a:\n  b: ${self:custom.table}x\n"})
    got = value(included, ENV, "Environment.Variables.V")
    assert (display(got), got.at.path, got.at.start_line) == ("itemsx", "more.yml", 2)


def test_files_are_read_inside_of_the_root_only() -> None:
    read = reading(service("${file(../../etc/passwd)}"))
    assert [(d.code, d.at.start_line) for d in read.diagnostics] == [("outside-root", 15)]
    assert isinstance(value(read.stacks[0], ENV, "Environment.Variables.V"), Unknown)
    assert display(resolved("${file(gone.yml), 'none'}")) == "none"


def test_included_files_are_inputs_too() -> None:
    read = reading(service("${file(a.json):x}"), files={"a.json": '{"x": 1}'})
    assert [(i.path, i.status) for i in read.inputs] == [("serverless.yml", "understood"), ("a.json", "understood")]
    broken = reading(service("${file(a.json):x}"), files={"a.json": '{"x": '})
    assert [(i.path, i.status) for i in broken.inputs] == [("serverless.yml", "understood"), ("a.json", "failed")]
    assert any(d.at.path == "a.json" for d in broken.diagnostics)


def test_circles_and_doublings_end() -> None:
    circle = reading(
        service("${self:custom.a}", "x: {}").replace("  table: items", "  a: ${self:custom.b}\n  b: ${self:custom.a}")
    )
    assert "variable-cycle" in {d.code for d in circle.diagnostics}
    lines = ["  v0: {x: aaaaaaaaaa}"] + [
        f"  v{n}: ['${{self:custom.v{n - 1}}}', '${{self:custom.v{n - 1}}}']" for n in range(1, 40)
    ]
    bomb = reading(
        service("x").replace("  table: items", "\n".join(lines)).replace("      V: x", "      V: ${self:custom.v39}")
    )
    assert "variable-bomb" in {d.code for d in bomb.diagnostics}
    chain = [f"  v{n}: ${{self:custom.v{n + 1}}}" for n in range(2000)]
    deep = reading(service("${self:custom.v0}").replace("  table: items", "\n".join(chain)))
    assert deep.inputs[0].status == "understood"
    assert "too-deep" in {d.code for d in deep.diagnostics}


def test_a_custom_syntax_is_taken_by_its_delimiters() -> None:
    assert syntax_of(r"\${{([ ~:a-zA-Z0-9._@'\",\-\/\(\)]+?)}}") == Syntax("${{", "}}")
    assert syntax_of(r"\${((?!AWS)[ ~:a-z]+?)}") == Syntax("${", "}")
    assert syntax_of("(a+)+") == Syntax()
    text = service("'${{self:custom.table}} ${self:custom.table}'").replace(
        "  name: aws\n", "  name: aws\n  variableSyntax: '\\${{([ ~:a-z.]+?)}}'\n"
    )
    assert shown(stack(text), ENV, "Environment.Variables.V") == "items ${self:custom.table}"


def test_expressions_are_cut_at_their_own_commas() -> None:
    assert list(alternatives("opt:a, ${self:b, 'x,y'}, 'p, q', file(a,b)", Syntax())) == [
        "opt:a",
        "${self:b, 'x,y'}",
        "'p, q'",
        "file(a,b)",
    ]
    assert [p.expression for p in pieces("a${b${c}d}e${open", Syntax())] == [None, "b${c}d", None]
