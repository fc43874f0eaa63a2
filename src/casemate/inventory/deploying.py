"""What a pipeline deploys: which stacks, and of them which functions.

A deploy command names what it deploys (`--template-file infra/api.yaml`, `-chdir=infra`, `--function-name orders`), or
the folder that it runs in does, or there is only one system of its kind that it can mean. Where none of these holds no
edge is drawn: a guess would be no evidence of who can change a function.

Sources: command references of AWS SAM CLI, AWS CLI, CDK CLI, Serverless Framework, Terraform, Azure Functions Core
Tools, Azure CLI and gcloud; the `action.yml` of each action, the reference page of each Azure Pipelines task.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from casemate.model.inventory import Edge
from casemate.model.policy import Term
from casemate.model.value import Literal, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.resource import Stack
    from casemate.model.workflow import Step

_TEMPLATES = frozenset({"sam", "cloudformation"})
_AZURE = frozenset({"arm", "bicep", "functionjson", "dotnet", "terraform"})


class _Tool(NamedTuple):
    """`dialects`: what it can deploy; `paths`: its options that name a file or folder, `names`: a function or stack.

    `single`: it deploys one function, never the whole stack.
    """

    pattern: str
    dialects: frozenset[str]
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    first_is_name: bool = False
    single: bool = False


_TOOLS = (
    _Tool(r"sam\s+deploy", _TEMPLATES, ("-t", "--template", "--template-file")),
    _Tool(
        r"(?:npx\s+)?(?:serverless|sls|osls)\s+deploy",
        frozenset({"serverless"}),
        ("-c", "--config"),
        ("-f", "--function"),
    ),
    _Tool(r"(?:npx\s+)?cdk\s+deploy", frozenset({"cdk"}), first_is_name=True),
    _Tool(r"(?:terraform|tofu)\s+(?:-chdir=\S+\s+)?apply", frozenset({"terraform"}), ("-chdir",)),
    _Tool(
        r"aws\s+cloudformation\s+(?:deploy|create-stack|update-stack)",
        _TEMPLATES,
        ("--template-file", "--template-body"),
    ),
    _Tool(
        r"aws\s+lambda\s+(?:update-function-code|create-function)",
        frozenset({"sam", "cloudformation", "cdk", "terraform", "serverless"}),
        names=("--function-name",),
        single=True,
    ),
    _Tool(r"func\s+azure\s+functionapp\s+publish", _AZURE, first_is_name=True),
    _Tool(r"az\s+functionapp\s+deploy\S*(?:\s+source\s+\S+)?", _AZURE, names=("-n", "--name")),
    _Tool(r"az\s+deployment\s+\S+\s+create", frozenset({"arm", "bicep"}), ("-f", "--template-file")),
    _Tool(r"az\s+(?:functionapp|deployment)\s+\S+", _AZURE, names=("-n", "--name")),
    _Tool(
        r"gcloud\s+(?:(?:beta|alpha)\s+)?(?:functions|run)\s+deploy",
        frozenset({"google", "terraform", "commands"}),
        first_is_name=True,
        single=True,
    ),
    _Tool(r"chalice\s+deploy", frozenset({"chalice"})),
    _Tool(r"zappa\s+(?:deploy|update)", frozenset({"zappa"})),
    _Tool(r"pulumi\s+up", frozenset()),
)
_COMMAND = re.compile(
    r"\b(" + "|".join(f"(?P<t{number}>{tool.pattern})" for number, tool in enumerate(_TOOLS)) + r")\b"
)

_ACTIONS: dict[str, _Tool] = {
    "aws-actions/aws-cloudformation-github-deploy": _Tool("", _TEMPLATES, ("template",)),
    "aws-actions/aws-lambda-deploy": _Tool(
        "", frozenset({"sam", "cloudformation", "cdk", "terraform"}), names=("function-name",)
    ),
    "appleboy/lambda-action": _Tool(
        "", frozenset({"sam", "cloudformation", "cdk", "terraform"}), names=("function_name",)
    ),
    "serverless/github-action": _Tool("", frozenset({"serverless"})),
    "azure/functions-action": _Tool("", _AZURE, names=("app-name",)),
    "azure/arm-deploy": _Tool("", frozenset({"arm", "bicep"}), ("template",)),
    "google-github-actions/deploy-cloud-functions": _Tool(
        "", frozenset({"google", "terraform"}), names=("name",), single=True
    ),
    "google-github-actions/deploy-cloudrun": _Tool(
        "", frozenset({"google", "terraform"}), names=("service",), single=True
    ),
    "azurefunctionapp": _Tool("", _AZURE, names=("appName",)),
    "azurefunctionappcontainer": _Tool("", _AZURE, names=("appName",)),
    "azureresourcemanagertemplatedeployment": _Tool("", frozenset({"arm", "bicep"}), ("csmFile",)),
    "cloudformationcreateorupdatestack": _Tool("", _TEMPLATES, ("templatePath",)),
    "lambdadeployfunction": _Tool(
        "", frozenset({"sam", "cloudformation", "cdk", "terraform"}), names=("functionName",)
    ),
}
"""Actions of GitHub by repository, tasks of Azure Pipelines by name, both in lower case."""
_FOLDER = re.compile(r"(?:^|[;&|\n])\s*(?:cd|pushd)\s+(?P<folder>[^\s;&|]+)")
_END = re.compile(r"(?<!\\)\n|[;|]|&&")
_BUILT = re.compile(r"(?:^|/)(?:\.aws-sam|cdk\.out|build|dist|out|target)/|pack|output|transformed|generated")
"""A template that a build writes: what it was made from is looked for as if none had been named."""
_MAX_TEXT = 65_536
_MOST_COMMANDS = 50


@dataclass(frozen=True, slots=True)
class Deployment:
    """One command or action that deploys. `text`: what is run, in words; `paths`, `names`: what it says it deploys."""

    text: str
    at: Span
    dialects: frozenset[str]
    folder: str = ""
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    single: bool = False


def deployments(steps: Iterable[Step]) -> Iterator[Deployment]:
    """Every deployment of these steps, in order."""
    for step in steps:
        if step.run is not None:
            yield from _of_script(step)
        elif step.uses is not None:
            yield from _of_action(step)


def deploy_terms(steps: Iterable[Step]) -> tuple[Term, ...]:
    """The same as `Pipeline.deploys` has it: what deploys, and where. One a step."""
    terms = {found.at: Term(found.text, found.at) for found in reversed([*deployments(steps)])}
    return tuple(reversed(terms.values()))


def _of_script(step: Step) -> Iterator[Deployment]:
    assert step.run is not None  # noqa: S101 - the caller looked
    script = display(step.run)[:_MAX_TEXT]
    start = text_of(step.folder) or ""
    for match in islice(_COMMAND.finditer(script), _MOST_COMMANDS):
        tool = next(tool for number, tool in enumerate(_TOOLS) if match[f"t{number}"] is not None)
        end = _END.search(script, match.end())
        command = script[match.start() : end.start() if end else len(script)]
        entered = [cd["folder"].strip("\"'") for cd in _FOLDER.finditer(script, 0, match.start())]
        options, plain = _arguments(command, match.end() - match.start(), tool)
        yield Deployment(
            match[1],
            step.run.at,
            tool.dialects,
            "/".join(part for part in (start, *entered) if part),
            tuple(value for name, value in options if name in tool.paths),
            (*(value for name, value in options if name in tool.names), *(plain[:1] if tool.first_is_name else ())),
            tool.single,
        )


def _arguments(command: str, start: int, tool: _Tool) -> tuple[list[tuple[str, str]], list[str]]:
    """(options with their values, words that belong to no option) of a command."""
    try:
        words = shlex.split(command.replace("\\\n", " "), comments=True)
    except ValueError:  # an open quote
        words = command.split()
    known = {*tool.paths, *tool.names}
    skipped = len(command[:start].split())
    options: list[tuple[str, str]] = []
    plain: list[str] = []
    awaited = ""
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if awaited:
            options.append((awaited, word))
            awaited = ""
        elif equals and name in known:
            options.append((name, value))
        elif word in known:
            awaited = word
        elif number >= skipped and not word.startswith("-"):
            plain.append(word)
    return options, plain


def _of_action(step: Step) -> Iterator[Deployment]:
    assert step.uses is not None  # noqa: S101 - the caller looked
    for used in step.uses.values():
        tool = _ACTIONS.get(used.partition("@")[0].lower())
        if tool is None:
            continue
        inputs = [(key, display(value)) for key, value in step.inputs if isinstance(value, Literal)]
        yield Deployment(
            used.partition("@")[0],
            step.uses.at,
            tool.dialects,
            "",
            tuple(value for key, value in inputs if key in tool.paths),
            tuple(value for key, value in inputs if key in tool.names),
            tool.single,
        )


# -- edges -------------------------------------------------------------------------------------------------------------
def deploy_edges(inventory: Inventory) -> Iterator[Edge]:
    """From each pipeline to the functions that it deploys."""
    if not inventory.pipelines:
        return
    by_stack: dict[str, list[Function]] = {}
    for function in inventory.functions:
        by_stack.setdefault(function.stack, []).append(function)
    stacks = [stack for stack in inventory.stacks if stack.path in by_stack]
    for pipeline in inventory.pipelines:
        base = _base(pipeline.at.path)
        near = [stack for stack in stacks if not base or stack.path.startswith(base + "/") or stack.root == base]
        for deployment in deployments(step for job in pipeline.jobs for step in job.steps):
            candidates = [
                stack for stack in near if stack.dialect in deployment.dialects or stack.path == pipeline.stack
            ]
            for function in _deployed(deployment, candidates, by_stack, base):
                yield Edge(pipeline.id, "deploys", function.id, deployment.at, deployment.text)


def _base(path: str) -> str:
    """The folder that a pipeline starts in: that of the repository."""
    folder, found, _ = path.rpartition(".github/workflows/")
    return folder.rstrip("/") if found else path.rpartition("/")[0]


def _deployed(
    deployment: Deployment, candidates: list[Stack], by_stack: dict[str, list[Function]], base: str
) -> Iterator[Function]:
    """The functions that it names, of the stacks it names, of those in its folder, of the only stack."""
    functions = [function for stack in candidates for function in by_stack[stack.path]]
    names = {name for name in deployment.names if "$" not in name}
    named = [function for function in functions if _names(function) & names]
    if named or deployment.single:
        yield from named or (functions if len(functions) == 1 else ())
        return
    chosen = [stack for stack in candidates if stack.name in names] or _in_folder(deployment, candidates, base)
    yield from (function for stack in chosen for function in by_stack[stack.path])


def _in_folder(deployment: Deployment, candidates: list[Stack], base: str) -> list[Stack]:
    """The stacks whose template or folder it names; where it names none, the one in its folder, or the only one."""
    folder = _joined(base, deployment.folder)
    paths = [path.removeprefix("file://") for path in deployment.paths]
    wanted = {path for path in (_joined(folder, path) for path in paths) if path is not None}
    found = [stack for stack in candidates if stack.path in wanted or stack.root in wanted]
    if found or any("$" not in path and not _BUILT.search(path) for path in paths):
        return found
    below = [stack for stack in candidates if folder is not None and stack.root == folder]
    return below if len(below) == 1 else candidates if len(candidates) == 1 else []


def _joined(folder: str | None, relative: str) -> str | None:
    """A path of the tree, or None when it leaves the tree or is only known when it runs."""
    from casemate.sources.tree import inside

    if folder is None or "$" in relative:
        return None
    return inside(folder, relative)


def _names(function: Function) -> set[str]:
    """What a function goes by: as its author wrote it, and its name in the account."""
    known = {function.name, function.resource.key}
    for key in ("FunctionName", "name"):
        name = text_of(function.resource.properties.get(key))
        if name:
            known.add(name)
    return known
