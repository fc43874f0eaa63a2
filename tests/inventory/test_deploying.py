from __future__ import annotations

import textwrap

import pytest

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def sam(*names: str, kind: str = "AWS::Serverless::Function") -> str:
    functions = "".join(
        f"  {name}: {{Type: '{kind}', Properties: {{Runtime: python3.13, Handler: a.b, FunctionName: shop-{name}}}}}\n"
        for name in names
    )
    return f"Transform: AWS::Serverless-2016-10-31\nResources:\n{functions}"


def workflow(*steps: str) -> str:
    listed = "".join(f"      - {step}\n" for step in steps)
    return f"on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n{listed}"


def read(files: dict[str, str]) -> Inventory:
    tree = MemoryTree({path: textwrap.dedent(text).encode() for path, text in files.items()})
    return build(discover(tree, Options()).readings)


def deployed(files: dict[str, str]) -> set[str]:
    found = read(files)
    return {found.by_id[edge.target].name for edge in found.edges if edge.kind == "deploys"}


A, B = {"a/template.yaml": sam("A1", "A2")}, {"b/template.yaml": sam("B1")}
CI = ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        (("run: sam deploy -t a/template.yaml",), {"A1", "A2"}),
        (("run: sam deploy --template-file=./b/template.yaml --guided",), {"B1"}),
        (("run: cd a && sam build && sam deploy",), {"A1", "A2"}),
        (("run: sam deploy", "run: echo sam deploy -t b/template.yaml"), {"B1"}),
        (("{run: sam deploy, working-directory: b}",), {"B1"}),
        (("run: aws cloudformation deploy --template-file b/template.yaml",), {"B1"}),
        (("run: aws lambda update-function-code --function-name shop-A2 --zip-file fileb://x.zip",), {"A2"}),
        (("run: aws lambda update-function-code --function-name $NAME",), set()),
        (("run: sam deploy",), set()),
        (("run: sam deploy -t c/other.yaml",), set()),
        (("run: serverless deploy",), set()),
        (
            ("{uses: aws-actions/aws-cloudformation-github-deploy@v1, with: {name: s, template: a/template.yaml}}",),
            {"A1", "A2"},
        ),
        (("{uses: aws-actions/aws-lambda-deploy@v1, with: {function-name: shop-B1}}",), {"B1"}),
        (("run: sam deploy -t ../a/template.yaml",), set()),
    ],
)
def test_what_a_workflow_deploys(steps: tuple[str, ...], names: set[str]) -> None:
    assert deployed({CI: workflow(*steps), **A, **B}) == names


@pytest.mark.parametrize(
    "command",
    [
        "sam deploy",
        "sam deploy -t .aws-sam/build/template.yaml",
        "aws cloudformation deploy --template-file packaged.yaml",
        'sam deploy -t "$TEMPLATE"',
        "sam deploy --parameter-overrides 'x=\"1",
    ],
)
def test_the_only_system_is_the_one_that_is_meant(command: str) -> None:
    assert deployed({CI: workflow(f"run: |\n          {command}"), **A}) == {"A1", "A2"}


def test_a_template_that_was_not_scanned_is_not_the_only_one() -> None:
    assert deployed({CI: workflow("run: sam deploy -t infra/other.yaml"), **A}) == set()


def test_a_pipeline_deploys_what_lies_in_its_own_repository() -> None:
    files = {"x/" + CI: workflow("run: sam deploy"), "x/template.yaml": sam("X"), **A}
    assert deployed(files) == {"X"}


def test_the_edge_stands_at_the_command_and_says_what_runs() -> None:
    found = read({CI: workflow("run: npm test", "run: sam deploy"), **B})
    (edge,) = [edge for edge in found.edges if edge.kind == "deploys"]
    assert edge.source == found.pipelines[0].id
    assert (edge.at.path, edge.at.start_line, edge.label) == (CI, 7, "sam deploy")
    assert [term.text for term in found.pipelines[0].deploys] == ["sam deploy"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".gitlab-ci.yml", "ship:\n  script:\n    - cd a\n    - sam deploy -t a/template.yaml\n"),
        ("buildspec.yml", "version: 0.2\nphases:\n  build:\n    commands: [sam deploy -t a/template.yaml]\n"),
        ("azure-pipelines.yml", "steps:\n- script: sam deploy\n  workingDirectory: a\n"),
    ],
)
def test_the_other_systems(path: str, text: str) -> None:
    assert deployed({path: text, **A, **B}) == {"A1", "A2"}


def test_terraform_and_serverless() -> None:
    terraform = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  runtime = "python3.13"\n  handler = "a.b"\n  role = "r"\n}\n'
    service = "service: s\nprovider: {name: aws, runtime: python3.13}\nfunctions: {hello: {handler: a.b}}\n"
    files = {"infra/main.tf": terraform, "app/serverless.yml": service}
    assert deployed({CI: workflow("run: terraform -chdir=infra apply -auto-approve"), **files}) == {
        "aws_lambda_function.f"
    }
    assert deployed({CI: workflow("run: cd infra; terraform apply"), **files}) == {"aws_lambda_function.f"}
    assert deployed({CI: workflow("run: npx serverless deploy --stage prod"), **files}) == {"hello"}
