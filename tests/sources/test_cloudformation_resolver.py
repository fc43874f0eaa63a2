"""Every intrinsic function of CloudFormation, and templates that are wrong or hostile."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from casemate.model.resource import Reading, Resource
from casemate.model.value import Absent, Cases, Fields, Items, Literal, Reference, Text, Unknown, Value, display
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

SHARED = """
Parameters:
  Plain: {Type: String, Default: hello}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Count: {Type: Number, Default: 3}
  Open: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
  Stage: {Type: String, Default: dev}
Mappings:
  Sizes: {dev: {memory: 128, same: 1}, prod: {memory: 1024, same: 1}}
  Regions: {eu-west-1: {ami: a}, us-east-1: {ami: b}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  NotProd: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Equals [x, x]]
  Either: !Or [!Condition NotProd, !Condition IsProd]
  Always: !Equals [a, a]
  Loop: !Not [!Condition Pool]
  Pool: !Not [!Condition Loop]
"""


def read(files: Mapping[str, str], options: Options | None = None) -> Reading:
    return source.read(
        MemoryTree({path: text.encode() for path, text in files.items()}), tuple(files), options or Options()
    )


def value(expression: str, options: Options | None = None) -> Value:
    text = f"{SHARED}\nResources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      V: {expression}\n"
    found = read({"t.yaml": text}, options).stacks[0].resources["R"].properties.get("V")
    assert found is not None
    return found


def prod() -> Options:
    return Options(parameters={"Stage": "prod"})


# -- Ref, GetAtt, pseudo parameters -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("!Ref Plain", "hello"), ("!Ref Count", "3"), ("{Ref: Plain}", "hello"), ("!Ref List", "[a, b, c]"), ("!Ref Other", "${Other}"),
        ("!Ref AWS::Region", "${AWS::Region}"), ("!GetAtt Other.Arn", "${Other.Arn}"), ("!GetAtt [Other, Arn]", "${Other.Arn}"),
        ("!GetAtt Stack.Outputs.Name", "${Stack.Outputs.Name}"), ("{Fn::GetAtt: [A, B.C]}", "${A.B.C}"),
    ],
)  # fmt: skip
def test_references(expression: str, text: str) -> None:
    assert display(value(expression)) == text


def test_pseudo_parameters_are_references_and_no_value_is_absent() -> None:
    assert isinstance(value("!Ref AWS::AccountId"), Reference)
    assert isinstance(value("!Ref AWS::NoValue"), Absent)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [("!Ref Open", "parameter"), ("!Ref Secret", "secret-parameter"), ("!Ref Stored", "parameter-store"), ("!ImportValue net-vpc", "import"),
     ("!Ref [a]", "error"), ("!GetAZs ''", "function"), ("!Transform {Name: X}", "program"), ("!Cidr [a, 1, 2]", "function"), ("!Nothing x", "function")],
)  # fmt: skip
def test_what_cannot_be_known_says_why(expression: str, kind: str) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert found.kind == kind


def test_a_secret_parameter_never_shows_its_default() -> None:
    assert "hunter2" not in display(value("!Sub 'x${Secret}'"))


def test_given_parameters_win_over_defaults() -> None:
    assert display(value("!Ref Plain", Options(parameters={"Plain": "mine"}))) == "mine"


def test_samconfig_gives_parameters() -> None:
    text = SHARED + "Resources: {R: {Type: AWS::X::Y, Properties: {V: !Ref Plain}}}\n"
    config = '[default.deploy.parameters]\nparameter_overrides = "Plain=\\"from config\\" Other=1"\n'
    tree = MemoryTree({"t.yaml": text.encode(), "samconfig.toml": config.encode()})
    assert display(source.read(tree, ("t.yaml",), Options()).stacks[0].resources["R"].properties) == "{V: from config}"


# -- Sub, Join, Split, Select, FindInMap ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("!Sub '${Plain}-${AWS::Region}'", "hello-${AWS::Region}"), ("!Sub ['${A}-${Plain}', {A: !Ref Count}]", "3-hello"), ("!Sub '${!Kept}'", "${Kept}"),
        ("!Sub '${Table.Arn}/index/*'", "${Table.Arn}/index/*"), ("!Join ['-', [a, !Ref Plain, !Ref AWS::NoValue, b]]", "a-hello-b"),
        ("!Join [',', !Ref List]", "a,b,c"), ("!Select [1, !Ref List]", "b"), ("!Select ['0', !Split ['/', 'x/y']]", "x"),
        ("!Select [2, !Split ['.', !Sub 'a.${Plain}.${Table}']]", "${Table}"), ("!Split ['-', a-b]", "[a, b]"), ("!FindInMap [Sizes, dev, memory]", "128"),
        ("!FindInMap [Sizes, !Ref Stage, memory]", "128"), ("!FindInMap [Sizes, none, memory, {DefaultValue: 7}]", "7"),
        ("!FindInMap [Sizes, !Ref Open, same]", "1"), ("!Base64 {Fn::Sub: '${Plain}'}", "hello"), ("{Fn::Length: [a, b]}", "2"),
        ("{Fn::ToJsonString: {a: 1}}", "{a: 1}"),
    ],
)  # fmt: skip
def test_strings_and_lists(expression: str, text: str) -> None:
    assert display(value(expression)) == text


def test_a_text_with_references_keeps_them() -> None:
    found = value("!Sub 'arn:aws:s3:::${Bucket}/*'")
    assert isinstance(found, Text)
    assert [part.target for part in found.parts if isinstance(part, Reference)] == ["Bucket"]


def test_a_mapping_by_region_keeps_every_row() -> None:
    found = value("!FindInMap [Regions, !Ref AWS::Region, ami]")
    assert [(words, display(case)) for words, case in found.options()] == [
        ("for eu-west-1", "a"),
        ("for us-east-1", "b"),
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "!Select [9, [a]]",
        "!Join [a]",
        "!Split ['', a]",
        "!FindInMap [Nope, a, b]",
        "!If [a]",
        "!Sub {a: b}",
        "!Select [a, b]",
    ],
)
def test_wrong_arguments_are_unknown(expression: str) -> None:
    assert isinstance(value(expression), Unknown)


# -- conditions -------------------------------------------------------------------------------------------------------------
def test_an_if_keeps_both_branches_unless_the_user_settled_it() -> None:
    found = value("!If [IsProd, a, b]")
    assert isinstance(found, Cases)
    assert [(words, display(case)) for words, case in found.options()] == [("if IsProd", "a"), ("else of IsProd", "b")]
    assert display(value("!If [IsProd, a, b]", prod())) == "a"
    assert display(value("!If [NotProd, a, b]", prod())) == "b"
    assert display(value("!If [Both, a, b]", prod())) == "a"
    assert display(value("!If [Either, a, b]", prod())) == "a"
    assert display(value("!If [Always, a, b]")) == "a"


def test_conditions_inside_a_text_and_inside_each_other() -> None:
    assert [display(case) for _, case in value("!Sub ['x-${V}', {V: !If [IsProd, a, b]}]").options()] == ["x-a", "x-b"]
    nested = value("!If [IsProd, !If [Missing, a, b], c]")
    assert [words for words, _ in nested.options()] == [
        "if IsProd and if Missing",
        "if IsProd and else of Missing",
        "else of IsProd",
    ]


def test_conditions_in_a_circle_are_not_settled() -> None:
    assert isinstance(value("!If [Loop, a, b]"), Cases)


def test_a_resource_exists_under_its_condition() -> None:
    text = SHARED + "Resources: {R: {Type: AWS::X::Y, Condition: IsProd}, S: {Type: AWS::X::Y, Condition: NotProd}}\n"
    assert read({"t.yaml": text}).stacks[0].resources["R"].condition == "if IsProd"
    assert set(read({"t.yaml": text}, prod()).stacks[0].resources) == {"R"}


# -- dynamic references, loops ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("'{{resolve:ssm:/a/b}}'", "parameter-store"), ("'{{resolve:ssm-secure:/a:1}}'", "secret-store"),
        ("'{{resolve:secretsmanager:s:SecretString:p}}'", "secret-store"), ("!Sub '{{resolve:secretsmanager:${Secret.Arn}:SecretString:p}}'", "secret-store"),
        ("!Join ['', ['{{resolve:secretsmanager:', !Ref S, '::p}}']]", "secret-store"), ("!Sub '{{resolve:ssm:/x/${AWS::Region}}}'", "parameter-store"),
    ],
)  # fmt: skip
def test_dynamic_references_are_unknown_of_their_kind(expression: str, kind: str) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert found.kind == kind


def test_text_around_a_dynamic_reference_is_kept() -> None:
    found = value("!Sub 'a{{resolve:ssm:/x/${AWS::Region}}}b${Other}'")
    assert isinstance(found, Text)
    assert [type(part) for part in found.parts] == [Literal, Unknown, Literal, Reference]


def test_loops_are_unrolled() -> None:
    text = (
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Topics:\n    - Name\n    - [A, B]\n"
        "    - 'Topic${Name}':\n        Type: AWS::SNS::Topic\n        Properties: {TopicName: !Ref Name, DisplayName: !Sub 'x-${Name}'}\n"
    )
    resources = read({"t.yaml": text}).stacks[0].resources
    assert {key: display(resource.properties) for key, resource in resources.items()} == {
        "TopicA": "{TopicName: A, DisplayName: x-A}",
        "TopicB": "{TopicName: B, DisplayName: x-B}",
    }


def test_loops_in_loops_are_bounded() -> None:
    body: object = {"X${V0}": {"Type": "AWS::X::Y"}}
    for depth in range(12):
        body = {f"Fn::ForEach::L{depth}": [f"V{depth}", [str(number) for number in range(20)], body]}
    stack = read({"t.json": json.dumps({"Resources": {**body, "S": {"Type": "AWS::X::Y"}}})}).stacks[0]  # type: ignore[dict-item]
    assert "S" in stack.resources


# -- stacks -----------------------------------------------------------------------------------------------------------------
def test_exports_are_found_by_name() -> None:
    text = "Resources: {R: {Type: AWS::X::Y}}\nOutputs: {O: {Value: !GetAtt R.Arn, Export: {Name: !Sub '${AWS::StackName}-r'}}}\n"
    stack = read({"t.yaml": text}).stacks[0]
    assert {name: display(found) for name, found in stack.exports.items()} == {"${AWS::StackName}-r": "${R.Arn}"}


def test_a_nested_stack_is_read_once_with_its_parents_values() -> None:
    parent = "Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml, Parameters: {Name: given}}}}\n"
    child = "Parameters: {Name: {Type: String}}\nResources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}}\n"
    stacks = read({"child.yaml": child, "parent.yaml": parent}).stacks
    assert sorted(stack.path for stack in stacks) == ["child.yaml", "parent.yaml"]
    nested = next(stack for stack in stacks if stack.path == "child.yaml")
    assert display(nested.resources["B"].properties) == "{BucketName: given}"


def test_stacks_that_nest_each_other_end() -> None:
    def nest(other: str) -> str:
        return f"Resources: {{C: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {other}}}}}}}\n"

    reading = read({"a.yaml": nest("b.yaml"), "b.yaml": nest("a.yaml"), "c.yaml": nest("c.yaml")})
    assert {stack.path.partition("@")[0] for stack in reading.stacks} == {"a.yaml", "b.yaml", "c.yaml"}


def test_a_nested_template_outside_of_the_root_is_left_alone() -> None:
    text = "Resources: {C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../../etc/x.yaml}}}\n"
    assert [stack.path for stack in read({"t.yaml": text}).stacks] == ["t.yaml"]


# -- spans, bad input ---------------------------------------------------------------------------------------------------------
def test_values_keep_their_place() -> None:
    text = "Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      A: plain\n      B: !Ref Other\n"
    resource = read({"t.yaml": text}).stacks[0].resources["R"]
    plain, other = resource.properties.get("A"), resource.properties.get("B")
    assert plain is not None
    assert other is not None
    assert plain.at[1:] == (5, 10, 5, 15)
    assert (other.at.start_line, other.at.start_column) == (6, 10)
    assert resource.at[1:] == (2, 3, 2, 4)


@pytest.mark.parametrize(
    "text",
    [
        "Resources: [1]", "Resources: {A: 1, B: {Type: [x]}, C: {}}", "Resources: {A: {Type: AWS::X::Y, Properties: [1], Metadata: 3, DependsOn: {a: b}}}",
        "Parameters: {A: 1, B: {Default: {x: y}}}\nResources: {}", "Conditions: {A: !Equals [1], B: 5}\nResources: {R: {Type: AWS::X::Y, Condition: A}}",
        "Mappings: 5\nOutputs: [1]\nResources: {}", "Outputs: {A: 1, B: {Value: x, Export: 1}}\nResources: {}",
        "Resources: {Fn::ForEach::A: [1], Fn::ForEach::B: [x, !Ref y, {}], R: {Type: AWS::X::Y}}", "Transform: {Name: [x]}\nResources: {}",
        "Globals: 5\nTransform: AWS::Serverless-2016-10-31\nResources: {}",
    ],
)  # fmt: skip
def test_wrong_sections_never_raise(text: str) -> None:
    assert len(read({"t.yaml": text}).stacks) == 1


def test_what_cannot_be_read_is_a_diagnostic_with_a_place() -> None:
    reading = read(
        {
            "bad.yaml": "Resources: {A: [",
            "worse.json": '{"Resources": ',
            "good.yaml": "Resources: {R: {Type: AWS::X::Y}}",
        }
    )
    assert [stack.path for stack in reading.stacks] == ["good.yaml"]
    assert {found.at.path for found in reading.diagnostics} == {
        "bad.yaml",
        "worse.json",
    }
    assert {found.path: found.status for found in reading.inputs} == {
        "bad.yaml": "failed",
        "worse.json": "failed",
        "good.yaml": "understood",
    }


def test_deeply_nested_functions_end() -> None:
    text = "Resources: {R: {Type: AWS::X::Y, Properties: {V: " + "{Fn::Join: ['', [" * 60 + "x" + "]]}" * 60 + "}}}"
    resource: Resource = read({"t.yaml": text}).stacks[0].resources["R"]
    assert display(resource.properties) == "{V: x}"
    assert isinstance(resource.properties, Fields)
    assert not isinstance(resource.properties.get("V"), Items)
