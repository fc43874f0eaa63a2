from __future__ import annotations

import textwrap

import pytest

from casemate.inventory.build import build
from casemate.model.workflow import Pipeline
from casemate.sources import pipelines
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def read(path: str, text: str) -> Pipeline:
    data = textwrap.dedent(text).encode()
    assert pipelines.claims(path, data)
    inventory = build([pipelines.read(MemoryTree({path: data}), (path,), Options())])
    (found,) = inventory.pipelines
    return found


@pytest.mark.parametrize(
    ("path", "text", "claimed"),
    [
        (".github/workflows/ci.yml", "jobs:\n", True),
        ("svc/.github/workflows/ci.yaml", '"jobs": {}\n', True),
        (".github/workflows/sub/ci.yml", "jobs:\n", False),
        (".github/dependabot.yml", "jobs:\n", False),
        (".github/workflows/notes.yml", "a: 1\n", False),
        (".gitlab-ci.yml", "build:\n", True),
        ("buildspec-prod.yml", "version: 0.2\nphases:\n", True),
        ("buildspec.yml", "version: 0.2\n", False),
        ("azure-pipelines.yml", "steps:\n- script: x\n", True),
        ("ci/azure-pipelines-release.yaml", "stages:\n", True),
        ("azure-pipelines.yml", "a: 1\n", False),
    ],
)
def test_a_pipeline_is_known_by_path_and_key(path: str, text: str, claimed: bool) -> None:  # noqa: FBT001 - the expected value
    assert pipelines.claims(path, text.encode()) is claimed


def test_a_github_workflow() -> None:
    found = read(
        ".github/workflows/deploy.yml",
        """\
        name: Deploy
        on: [push, pull_request_target]
        permissions: {contents: read}
        jobs:
          ship:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: sam deploy
        """,
    )
    assert found.name == "Deploy"
    assert set(found.events) >= {"push", "pull_request_target"} or len(found.events) == 2
    (job,) = found.jobs
    assert len(job.steps) == 2
    assert (found.at.start_line, found.at.start_column) == (1, 7)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".gitlab-ci.yml", "build:\n  script: [make]\n  rules: !reference [.x, rules]\n"),
        ("buildspec.yml", "version: 0.2\nphases:\n  build:\n    commands: [make]\n"),
        ("azure-pipelines.yml", "steps:\n- script: make\n"),
    ],
)
def test_the_other_systems_have_jobs_with_steps(path: str, text: str) -> None:
    assert any(job.steps for job in read(path, text).jobs)


@pytest.mark.parametrize("data", [b"jobs: [\n", b"jobs:\n\xff", b"- jobs: 1\n", b"jobs: &a [*a]\n"])
def test_what_cannot_be_read_is_a_failed_input(data: bytes) -> None:
    path = ".github/workflows/ci.yml"
    reading = pipelines.read(MemoryTree({path: data}), (path,), Options())
    assert [entry.status for entry in reading.inputs] == ["failed"]
    assert reading.stacks == ()


@pytest.mark.parametrize(
    "text",
    [
        "jobs: {}", "jobs: 3", "jobs: [1]", "jobs: {a: 1, b: [], c: {steps: 3}, d: {steps: [1, null, {}]}}", "on: 3\njobs: null",
        "on: {push: null, workflow_run: [x]}\npermissions: 3\nenv: [1]\njobs: {a: {uses: {x: 1}, with: 3, environment: [1]}}",
    ],
)  # fmt: skip
def test_odd_shapes_do_no_harm(text: str) -> None:
    read(".github/workflows/ci.yml", text)
    for path in (".gitlab-ci.yml", "azure-pipelines.yml", "buildspec.yml"):
        data = text.replace("jobs", "phases" if "build" in path else "jobs").encode()
        build([pipelines.read(MemoryTree({path: data}), (path,), Options())])


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (
            ".github/workflows/a.yml",
            "jobs:\n  a:\n    steps:\n      - run: |\n          set -e\n          az acr update -n shop --anonymous-pull-enabled true\n",
            6,
        ),
        (".gitlab-ci.yml", "a:\n  script:\n    - az acr update -n shop --anonymous-pull-enabled true\n", 3),
        (
            "buildspec.yml",
            "version: 0.2\nphases:\n  build:\n    commands:\n      - az acr update -n shop --anonymous-pull-enabled true\n",
            5,
        ),
        (
            "azure-pipelines.yml",
            "steps:\n- task: AzureCLI@2\n  inputs:\n    inlineScript: |\n      az acr update -n shop --anonymous-pull-enabled true\n",
            5,
        ),
    ],
)
def test_commands_of_a_script_are_resources(path: str, text: str, line: int) -> None:
    reading = pipelines.read(MemoryTree({path: text.encode()}), (path,), Options())
    (stack,) = reading.stacks
    _, registry = stack.resources.values()
    assert (registry.name, registry.at.start_line, registry.dialect) == ("shop", line, stack.dialect)
    (store,) = build([reading]).stores
    assert store.public is not None
    assert store.public.ever(bool)


def test_a_script_that_an_alias_repeats_is_read_once() -> None:
    text = "a: &a\n  script:\n    - az acr update -n shop --admin-enabled true\nb: *a\n"
    (stack,) = pipelines.read(MemoryTree({".gitlab-ci.yml": text.encode()}), (".gitlab-ci.yml",), Options()).stacks
    assert len(stack.resources) == 2


def test_a_composite_action_is_a_workflow_of_one_job() -> None:
    found = read(
        ".github/actions/setup/action.yml",
        """\
        name: setup
        runs:
          using: composite
          steps:
            - uses: acme/tool@v1
            - shell: bash
              run: echo hello
        """,
    )
    (job,) = found.jobs
    assert [step.name for step in job.steps] == ["acme/tool@v1", "step 2"]
    assert found.permissions == ()
    assert not pipelines.claims("action.yml", b"runs:\n  using: node20\n")
