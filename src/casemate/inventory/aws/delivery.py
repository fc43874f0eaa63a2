"""Delivery that is itself declared in AWS: CodeBuild projects and CodePipeline pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.entity import about
from casemate.inventory.reading import Props
from casemate.model.value import Fields, Value, display, text_of
from casemate.model.workflow import Job, Pipeline, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.policy import Term
    from casemate.model.resource import Resource

_STATIC_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
_DEPLOYERS = frozenset(
    {
        "CloudFormation",
        "CloudFormationStackSet",
        "CloudFormationStackInstances",
        "CodeDeploy",
        "Lambda",
        "ECS",
        "S3",
        "EKS",
    }
)
"""Providers of CodePipeline actions that change what runs."""


def build_project(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CodeBuild::Project`.

    `environment`: variables in plain text (type `PLAINTEXT`, the default), not those that come from a store; `jobs`:
    one, with the image that
    it runs in and its build specification where that is written in the template (`run`).
    """
    props = context.props(resource)
    variables = tuple(_plain_variables(props))
    role = props.find("ServiceRole")
    specification = props.find("Source.BuildSpec")
    at = resource.at if specification is None else specification.at
    image = None if props.find("Environment.Image") is None else props.text("Environment.Image", "")
    step = Step(resource.name, at, uses=image, run=specification, environment=variables)
    yield Pipeline(
        **about(resource, context),
        kind="codebuild",
        events=tuple(_webhooks(props)),
        jobs=(Job(resource.name, resource.at, (step,), environment=variables),),
        assumes=() if role is None else (context.term(role),),
        static_keys=tuple(context.term(value) for name, value in variables if name in _STATIC_KEYS),
        environment=variables,
        privileged=props.flag(
            "Environment.PrivilegedMode", False, "AWS::CodeBuild::Project PrivilegedMode: false by default"
        ),
    )


def _plain_variables(props: Props) -> Iterator[tuple[str, Value]]:
    for variable in props.sections("Environment.EnvironmentVariables"):
        name, value = text_of(variable.find("Name")), variable.find("Value")
        if name and value is not None and variable.text("Type", "PLAINTEXT").ever(lambda type_: type_ == "PLAINTEXT"):
            yield name, value


def _webhooks(props: Props) -> Iterator[tuple[str, Span]]:
    """Events of the source that start a build: `PUSH`, `PULL_REQUEST_CREATED`, …; `webhook` when any of them does."""
    hook = props.find("Triggers.Webhook")
    if hook is None or not props.flag("Triggers.Webhook", False).ever(bool):
        return
    found = False
    for _, group in props.each("Triggers.FilterGroups"):
        if isinstance(group, Fields) and text_of(group.get("Type")) == "EVENT":
            pattern = group.get("Pattern")
            for event in display(pattern).split(",") if pattern is not None else ():
                found = True
                yield event.strip(), group.at
    if not found:
        yield "webhook", hook.at


def code_pipeline(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CodePipeline::Pipeline`: a job a stage, a step an action (`uses`: its provider)."""
    props = context.props(resource)
    role = props.find("RoleArn")
    stages = list(props.sections("Stages"))
    yield Pipeline(
        **about(resource, context),
        kind="codepipeline",
        jobs=tuple(_stage(stage) for stage in stages),
        assumes=tuple(_roles(role, stages, context)),
        deploys=tuple(_deployments(stages, context)),
    )
    yield from credentials(resource, context)


def _stage(stage: Props) -> Job:
    name = stage.find("Name")
    steps = tuple(_action(action) for action in stage.sections("Actions"))
    return Job(display(name) if name is not None else "", stage.at if name is None else name.at, steps)


def _action(action: Props) -> Step:
    name = action.find("Name")
    provider = action.find("ActionTypeId.Provider")
    inputs = tuple((key, value) for key, _, value in action.items("Configuration"))
    return Step(
        display(name) if name is not None else "",
        action.at if name is None else name.at,
        uses=None if provider is None else Props(provider, provider.at, "ActionTypeId.Provider").text((), ""),
        inputs=inputs,
    )


def _roles(role: Value | None, stages: list[Props], context: Context) -> Iterator[Term]:
    if role is not None:
        yield context.term(role)
    for stage in stages:
        for action in stage.sections("Actions"):
            for path in ("RoleArn", "Configuration.RoleArn"):
                value = action.find(path)
                if value is not None:
                    yield context.term(value)


def _deployments(stages: list[Props], context: Context) -> Iterator[Term]:
    for stage in stages:
        for action in stage.sections("Actions"):
            provider = action.find("ActionTypeId.Provider")
            if provider is not None and text_of(provider) in _DEPLOYERS:
                yield context.term(provider)


BUILDERS: dict[str, Builder] = {
    "AWS::CodeBuild::Project": build_project,
    "AWS::CodePipeline::Pipeline": code_pipeline,
}
