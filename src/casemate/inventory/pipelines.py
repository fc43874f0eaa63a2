"""Pipelines as entities.

What starts them, what they may do, which actions and scripts they run, which cloud identities they take.

Sources: GitHub "Workflow syntax", GitLab "CI/CD YAML syntax reference", AWS "Build specification reference",
Microsoft "YAML schema reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.deploying import deploy_terms
from casemate.inventory.reading import Props
from casemate.model.policy import Term
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.value import Fields, Items, Literal, Tagged, Value, display, text_of
from casemate.model.workflow import Job, Pipeline, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource

_STATIC_KEYS = frozenset({
    "aws-access-key-id", "aws-secret-access-key", "aws_access_key_id", "aws_secret_access_key", "credentials_json",
    "creds", "azure_credentials",
    "google_credentials", "gcp_sa_key", "arm_client_secret", "azure_client_secret",
})  # fmt: skip
_SELF_HOSTED = "self-hosted"


def github_actions(resource: Resource, context: Context) -> Iterator[Entity]:
    """A GitHub Actions workflow. `on` may be read as the text `on` or `true`, as YAML 1.1 readers have it."""
    root = resource.properties
    props = context.props(resource)
    folder = props.find("defaults.run.working-directory")
    jobs = tuple(
        _github_job(key, at, value, folder) for key, at, value in props.items("jobs") if isinstance(value, Fields)
    )
    yield _pipeline(
        resource,
        context,
        kind="github-actions",
        events=tuple(_events(root.get("on") or root.get("true"))),
        permissions=_permissions(root.get("permissions"), props.key_at("permissions")),
        jobs=jobs,
        environment=_pairs(root.get("env")),
    )


def _github_job(name: str, at: Span, value: Fields, folder: Value | None) -> Job:
    props = Props(value, at)
    folder = props.find("defaults.run.working-directory") or folder
    steps = tuple(
        _github_step(number, item, folder)
        for number, (_, item) in enumerate(props.each("steps"), 1)
        if isinstance(item, Fields)
    )
    uses = value.get("uses")
    if uses is not None:
        steps = (
            Step(
                "reusable workflow", uses.at, Declared("uses", uses.at, display(uses)), None, _pairs(value.get("with"))
            ),
            *steps,
        )
    environment = value.get("environment")
    named = environment.get("name") if isinstance(environment, Fields) else environment
    runners = [display(item) for _, item in props.each("runs-on")]
    return Job(
        name,
        at,
        steps,
        _permissions(value.get("permissions"), props.key_at("permissions")),
        _pairs(value.get("env")),
        None if named is None else Declared("environment", named.at, display(named)),
        any(_SELF_HOSTED in runner for runner in runners),
    )


def _github_step(number: int, value: Fields, folder: Value | None) -> Step:
    uses, run = value.get("uses"), value.get("run")
    name = text_of(value.get("name")) or (display(uses) if uses is not None else f"step {number}")
    at = uses.at if uses is not None else run.at if run is not None else value.at
    return Step(
        name,
        at,
        None if uses is None else Declared("uses", uses.at, display(uses)),
        run,
        _pairs(value.get("with")),
        _pairs(value.get("env")),
        value.get("working-directory") or folder,
    )


def gitlab_ci(resource: Resource, context: Context) -> Iterator[Entity]:
    """A GitLab CI file: every top-level map with a script is a job."""
    jobs = []
    for key, entry in resource.properties.entries.items():
        if isinstance(entry.value, Fields) and {"script", "trigger", "run"} & entry.value.entries.keys():
            props = Props(entry.value, entry.key_at)
            steps = tuple(_script_steps(props, ("before_script", "script", "after_script")))
            image = entry.value.get("image")
            if image is not None:
                steps = (Step("image", image.at, Declared("image", image.at, _image(image))), *steps)
            environment = entry.value.get("environment")
            named = environment.get("name") if isinstance(environment, Fields) else environment
            deployment = None if named is None else Declared("environment", named.at, display(named))
            jobs.append(Job(key, entry.key_at, steps, None, _pairs(entry.value.get("variables")), deployment))
    yield _pipeline(
        resource, context, kind="gitlab-ci", jobs=tuple(jobs), environment=_pairs(resource.properties.get("variables"))
    )


def _image(value: Value) -> str:
    named = value.get("name") if isinstance(value, Fields) else value
    return display(named) if named is not None else ""


def build_specification(resource: Resource, context: Context) -> Iterator[Entity]:
    """A CodeBuild build specification: its phases are one job."""
    props = context.props(resource)
    steps = [
        step
        for key, _, phase in props.items("phases")
        if isinstance(phase, Fields)
        for step in _script_steps(Props(phase, phase.at), ("commands", "finally"), key)
    ]
    variables = _pairs(props.find("env.variables"))
    yield _pipeline(
        resource,
        context,
        kind="codebuild",
        jobs=(Job("build", resource.at, tuple(steps), None, variables),),
        environment=variables,
    )


def azure_pipelines(resource: Resource, context: Context) -> Iterator[Entity]:
    """An Azure Pipelines file: jobs at the top, in stages, or only steps."""
    root = resource.properties
    jobs = []
    for holder in _azure_jobs(root):
        steps = []
        for number, (_, item) in enumerate(Props(holder, holder.at).each("steps"), 1):
            if isinstance(item, Fields):
                steps.append(_azure_step(number, item))
        name = text_of(holder.get("job") or holder.get("deployment")) or "job"
        environment = holder.get("environment")
        deployment = None if environment is None else Declared("environment", environment.at, display(environment))
        jobs.append(Job(name, holder.at, tuple(steps), None, _pairs(holder.get("variables")), deployment))
    yield _pipeline(
        resource, context, kind="azure-pipelines", jobs=tuple(jobs), environment=_pairs(root.get("variables"))
    )


def cloud_build(resource: Resource, context: Context) -> Iterator[Entity]:
    """A Cloud Build configuration: its steps are one job. A shell's script is its last argument."""
    props = context.props(resource)
    steps = []
    for number, (_, item) in enumerate(props.each("steps"), 1):
        if not isinstance(item, Fields):
            continue
        image = item.get("name")
        run = item.get("script")
        args = item.get("args")
        if run is None and isinstance(args, Items) and (text_of(item.get("entrypoint")) or "").endswith("sh"):
            run = next((value for value in reversed(args.items) if " " in display(value)), None)
        uses = None if image is None else Declared("name", image.at, display(image))
        name = text_of(item.get("id")) or (display(image) if image is not None else f"step {number}")
        variables = tuple(
            (key, Literal(value, entry.at))
            for _, entry in Props(item, item.at).each("env")
            for key, equals, value in (display(entry).partition("="),)
            if equals
        )
        steps.append(Step(name, item.at, uses, run, (), variables, item.get("dir")))
    substitutions = _pairs(resource.properties.get("substitutions"))
    yield _pipeline(
        resource,
        context,
        kind="cloud-build",
        jobs=(Job("build", resource.at, tuple(steps)),),
        environment=substitutions,
    )


def _azure_jobs(root: Fields) -> Iterator[Fields]:
    if "steps" in root.entries:
        yield root
    for _, stage in Props(root, root.at).each("stages"):
        if isinstance(stage, Fields):
            yield from _azure_jobs(stage)
    for _, job in Props(root, root.at).each("jobs"):
        if isinstance(job, Fields):
            yield job
            strategy = Props(job, job.at).find("strategy.runOnce.deploy")
            if isinstance(strategy, Fields):
                yield strategy


def _azure_step(number: int, value: Fields) -> Step:
    run = value.get("script") or value.get("bash") or value.get("pwsh") or value.get("powershell")
    task = value.get("task")
    inputs = _pairs(value.get("inputs"))
    if run is None:
        run = next((item for key, item in inputs if key in {"inlineScript", "script"}), None)
    uses = None if task is None else Declared("task", task.at, display(task))
    return Step(
        text_of(value.get("displayName")) or f"step {number}",
        value.at,
        uses,
        run,
        inputs,
        _pairs(value.get("env")),
        value.get("workingDirectory") or next((item for key, item in inputs if key == "workingDirectory"), None),
    )


# -- shared by all kinds
# ----------------------------------------------------------------------------------------------------
def _pipeline(
    resource: Resource,
    context: Context,
    *,
    kind: str,
    jobs: tuple[Job, ...],
    events: tuple[tuple[str, Span], ...] = (),
    permissions: tuple[tuple[str, Setting[str]], ...] | None = None,
    environment: tuple[tuple[str, Value], ...] = (),
) -> Pipeline:
    steps = [step for job in jobs for step in job.steps]
    return Pipeline(
        id=context.id(resource.key),
        name=resource.name,
        stack=context.stack.path,
        at=resource.at,
        cloud="none",
        resource=resource,
        kind=kind,  # type: ignore[arg-type]  # one of the four words of `Pipeline.kind`
        events=events,
        permissions=permissions,
        jobs=jobs,
        assumes=tuple(_assumes(steps)),
        static_keys=tuple(_static_keys(steps, [environment, *(job.environment for job in jobs)])),
        deploys=deploy_terms(steps),
        environment=environment,
    )


def _events(value: Value | None) -> Iterator[tuple[str, Span]]:
    match value:
        case Literal():
            yield display(value), value.at
        case Items(items=items):
            for item in items:
                yield from _events(item)
        case Fields(entries=entries):
            for key, entry in entries.items():
                yield key, entry.key_at
        case _:
            return


def _permissions(value: Value | None, at: Span) -> tuple[tuple[str, Setting[str]], ...] | None:
    match value:
        case None:
            return None
        case Fields(entries=entries):
            return tuple((key, Declared(key, entry.value.at, display(entry.value))) for key, entry in entries.items())
        case Literal():
            return (("*", Declared("permissions", value.at, display(value))),)
        case _:
            return (("*", Defaulted("permissions", at, "read", "not readable")),)


def _pairs(value: Value | None) -> tuple[tuple[str, Value], ...]:
    if isinstance(value, Fields):
        return tuple((key, _variable(entry.value)) for key, entry in value.entries.items())
    if isinstance(value, Items):  # Azure: [{name, value}]
        return tuple(
            (text_of(item.get("name")) or "", held)
            for item in value.items
            if isinstance(item, Fields) and (held := item.get("value")) is not None
        )
    return ()


def _variable(value: Value) -> Value:
    """GitLab variables may be `{value, description}`."""
    held = value.get("value") if isinstance(value, Fields) else None
    return held if held is not None else value


def _script_steps(props: Props, keys: tuple[str, ...], phase: str = "") -> Iterator[Step]:
    for key in keys:
        for _, item in props.each(key):
            body = item.value if isinstance(item, Tagged) else item
            if isinstance(body, Literal):
                yield Step(f"{phase} {key}".strip(), body.at, None, body)


def _assumes(steps: list[Step]) -> Iterator[Term]:
    for step in steps:
        for key, value in step.inputs:
            if key in {
                "role-to-assume",
                "workload_identity_provider",
                "service_account",
                "client-id",
                "azureSubscription",
                "awsCredentials",
            }:
                yield Term(display(value), value.at, (), "${{" not in display(value))


def _static_keys(steps: list[Step], environments: list[tuple[tuple[str, Value], ...]]) -> Iterator[Term]:
    for pairs in (*(step.inputs for step in steps), *(step.environment for step in steps), *environments):
        for key, value in pairs:
            text = display(value)
            if key.lower() in _STATIC_KEYS and text and ".outputs." not in text and not text.startswith("$("):
                yield Term(key, value.at)


BUILDERS: dict[str, Builder] = {
    "Casemate::Pipeline::GitHubActions": github_actions,
    "Casemate::Pipeline::GitLabCI": gitlab_ci,
    "Casemate::Pipeline::BuildSpec": build_specification,
    "Casemate::Pipeline::AzurePipelines": azure_pipelines,
    "Casemate::Pipeline::CloudBuild": cloud_build,
}
