"""What the tests of flows across functions share: applications of a few functions, and the flows that are found."""

from __future__ import annotations

from datetime import date
from textwrap import dedent, indent
from typing import NamedTuple

from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

TODAY = date(2026, 6, 1)
QUIET = frozenset({"log", "sensitive-log", "chosen-resource", "verbose-error"})
WEB = "{Type: HttpApi, Properties: {Path: /in, Method: post}}"


class F(NamedTuple):
    """A function of a SAM template. `events`, `variables`, `policies`: YAML in one line each."""

    name: str
    code: str
    events: str = ""
    variables: str = ""
    policies: str = ""
    more: str = ""


def sam(resources: str, *functions: F) -> dict[str, str]:
    """The files of an application; code that has `exports` or `export` is JavaScript."""
    lines = ["Transform: AWS::Serverless-2016-10-31", "Resources:"]
    files: dict[str, str] = {}
    for one in functions:
        script = "exports." in one.code or "export " in one.code
        files[f"src/{one.name.lower()}.{'mjs' if 'export ' in one.code else 'js' if script else 'py'}"] = dedent(
            one.code
        ).lstrip("\n")
        lines += [f"  {one.name}:", "    Type: AWS::Serverless::Function", "    Properties:", "      CodeUri: src/",
                  f"      Handler: {one.name.lower()}.handler", f"      Runtime: {'nodejs22.x' if script else 'python3.13'}"]  # fmt: skip
        if one.events:
            lines.append(f"      Events: {{E: {one.events}}}")
        if one.variables:
            lines.append(f"      Environment: {{Variables: {{{one.variables}}}}}")
        if one.policies:
            lines.append(f"      Policies: [{one.policies}]")
        if one.more:
            lines.append(indent(dedent(one.more).strip("\n"), "      "))
    body = indent(dedent(resources).strip("\n"), "  ")
    return {"template.yaml": "\n".join(lines) + "\n" + body + "\n", **files}


def system(files: dict[str, str]) -> System:
    """The scanned system of these files."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return System(build(discover(tree, Options()).readings), TODAY, tree=tree)


class Seen(NamedTuple):
    """One flow: its kind, `file:line`, exposure, confidence, and the names of the functions on its way."""

    kind: str
    place: str
    exposure: str
    confidence: str
    functions: str


def seen(files: dict[str, str]) -> list[Seen]:
    """The flows of the system that matter here."""
    made = system(files)
    names = {function.id: function.name for function in made.inventory.functions}
    return [
        Seen(flow.kind, f"{flow.at.path.rpartition('/')[2]}:{flow.at.start_line}", flow.exposure, flow.confidence,
             " > ".join(names[one] for one in flow.functions))
        for flow in made.flows if flow.kind not in QUIET
    ]  # fmt: skip


def across(files: dict[str, str]) -> list[str]:
    """The flows from a public trigger through more than one function: `kind file:line A > B`."""
    return [
        f"{one.kind} {one.place} {one.functions}"
        for one in seen(files)
        if one.exposure == "public" and " > " in one.functions
    ]


def public(files: dict[str, str]) -> list[str]:
    """Everything that somebody outside is said to reach, and everything that the default profile would show."""
    return [f"{one.kind} {one.place} {one.exposure} {one.functions}" for one in seen(files) if one.confidence != "low"]
