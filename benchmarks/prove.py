"""How much `prove` confirms of our own suites and examples, and whether it ever confirms a safe twin.

    python benchmarks/prove.py [--python FILE] [--only python,javascript,typescript,examples] [--twins] [--verbose]

Findings: every application with a marked line is scanned and proven; counted are the findings whose packages are
installed (in the interpreter that is given; Node's packages beside the repository). Twins: every call that looks like a
sink on a line *without* a mark is tried as if it had been found, with the data of the application; none may be
confirmed.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)  # beside this file stands a `secrets.py`

from tests.analysis.code.suite.javascript.javascript_apps import APPS as JAVASCRIPT  # noqa: E402
from tests.analysis.code.suite.marked import marks  # noqa: E402
from tests.analysis.code.suite.python.test_python_suite import APPS as PYTHON  # noqa: E402
from tests.analysis.code.suite.typescript.typescript_apps import APPS as TYPESCRIPT  # noqa: E402

from casemate.analysis.code.events import shape_for  # noqa: E402 - the repository's tests are no package
from casemate.analysis.code.values import Shape  # noqa: E402
from casemate.analysis.system import System  # noqa: E402 - the repository's tests are no package that is installed
from casemate.engine.scanning import Request, judge_inventory  # noqa: E402
from casemate.inventory.build import build  # noqa: E402
from casemate.model.flow import Flow, Step  # noqa: E402
from casemate.model.location import Span  # noqa: E402
from casemate.prove.entering import Settings, kinds_of  # noqa: E402
from casemate.prove.proving import Candidate, prove, prove_candidates  # noqa: E402
from casemate.prove.sites import tree_of  # noqa: E402
from casemate.sources.discover import discover  # noqa: E402
from casemate.sources.source import Options  # noqa: E402
from casemate.sources.tree import FolderTree, MemoryTree  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from casemate.analysis.code.facts import CodeFacts
    from casemate.model.finding import Finding
    from casemate.model.flow import FlowKind
    from casemate.sources.tree import Tree

TODAY = date(2026, 6, 1)
EVENTS = {
    "http-v1": "{Type: Api, Properties: {Path: /x, Method: any}}",
    "http-v2": "{Type: HttpApi, Properties: {Path: /x, Method: any}}",
    "sqs": "{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}",
    "sns": "{Type: SNS, Properties: {Topic: !Ref T}}",
    "s3": "{Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}}",
    "dynamodb": "{Type: DynamoDB, Properties: {Stream: !GetAtt D.StreamArn, StartingPosition: LATEST}}",
    "kinesis": "{Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST}}",
    "eventbridge": "{Type: EventBridgeRule, Properties: {Pattern: {source: [x]}}}",
    "schedule": "{Type: Schedule, Properties: {Schedule: rate(1 day)}}",
    "user-pool": "{Type: Cognito, Properties: {UserPool: !Ref U, Trigger: PreSignUp}}",
}
RESOURCES = """
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::SNS::Topic}
  B: {Type: AWS::S3::Bucket}
  K: {Type: AWS::Kinesis::Stream}
  U: {Type: AWS::Cognito::UserPool}
  D: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
"""
SINKS: tuple[tuple[str, FlowKind], ...] = (
    (
        r"^os\.(?:system|popen)$|^subprocess\.\w+$|^(?:cp|child_process)\.\w+$|^(?:execSync|exec)$|\.exec_command$",
        "command",
    ),
    (r"^(?:eval|exec|Function)$|^vm\.", "code"),
    (r"\.(?:execute|query|execute_statement|start_query_execution|raw)$", "sql"),
    (r"^(?:open|fs\.\w+)$|\.(?:read_text|sendFile|download_file)$", "path"),
    (r"^(?:urllib\.request\.urlopen|requests\.\w+|fetch|axios|axios\.\w+|https?\.\w+)$", "ssrf"),
    (r"(?:^|\.)(?:redirect|RedirectResponse)$", "redirect"),
    (r"(?:^|\.)(?:render_template_string|jinja2\.Template|from_string)$", "template"),
    (r"(?:\.xpath|^xpath\.select|^elementpath\.select)$", "xpath"),
    (r"(?:conn|client)\.search$", "ldap"),
    (r"\.(?:find_one|findOne|scan)$", "nosql"),
    (r"(?:^|\.)(?:fromstring|parseString|parseXml)$", "xxe"),
    (r"(?:pickle|yaml|marshal|serialize)\.\w*(?:load|loads|unserialize)$", "deserialization"),
)


@dataclass
class App:
    """One application: its files, the lines that are wrong, and whether its trigger is known to the scan."""

    name: str
    files: dict[str, str]
    wrong: set[tuple[str, int]]
    triggered: bool = True


@dataclass
class Tally:
    """What came out, by language."""

    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    twins: int = 0
    reached: int = 0
    alarms: list[str] = field(default_factory=list)


def template(handler: str, trigger: str) -> str:
    """A SAM template with one function."""
    lines = ["Transform: AWS::Serverless-2016-10-31", "Resources:", "  F:", "    Type: AWS::Serverless::Function",
             "    Properties:", "      CodeUri: .", f"      Handler: {handler}",
             "      Runtime: python3.13"]  # fmt: skip
    if trigger in EVENTS:
        lines.append(f"      Events: {{E: {EVENTS[trigger]}}}")
    return "\n".join(lines) + RESOURCES


def python_apps() -> Iterator[App]:
    """The Python suite."""
    for app in PYTHON:
        files = dict(app.files)
        if app.trigger:
            files["template.yaml"] = template(app.handler, app.trigger)
        known = app.trigger is None or app.trigger in EVENTS
        yield App(app.name, files, {(path, line) for _, path, line in app.expected}, known)


def script_apps(apps: dict[str, dict[str, str]]) -> Iterator[App]:
    """The suites of JavaScript and TypeScript."""
    for name, texts in apps.items():
        files = {path: dedent(text).lstrip("\n") for path, text in texts.items()}
        yield App(name, files, {(path, line) for path, line, _ in marks(texts)})


def prepared(tree: Tree) -> tuple[System, tuple[Finding, ...], object]:
    """The system of a tree and its report."""
    inventory = build(discover(tree, Options()).readings)
    report = judge_inventory(inventory, tree, Request(today=TODAY, profile="strict"))
    return System(inventory, TODAY, tree=tree), report.findings, report


def twins(app: App, system: System) -> Iterator[Candidate]:
    """Calls that look like sinks on lines without a mark, as if they had been found."""
    facts = system.code_facts.facts
    for path, text in app.files.items():
        if not path.endswith((".py", ".js", ".ts")):
            continue
        source = text.encode()
        entries = [one for one in facts if path in one.files or path == one.path]
        for node, callee, kind in sinks(tree_of(path, source)):
            line = node.start_point[0] + 1
            if (path, line) in app.wrong or not entries:
                continue
            entry = min(entries, key=lambda one: (not one.flows, one.style == "loose"))
            found = tuple(dict.fromkeys(origin for flow in entry.flows for origin in flow.origins))
            origins = found or guessed(text, entry, kinds_of(entry, system))
            if not origins:
                continue
            flow = Flow(kind=kind, name=entry.name, callee=callee, language=language(path), source="data",
                        steps=(Step(span(path, source, node), "twin"),),
                        cause=f"twin {path}:{line}:{node.start_point[1]}",
                        origins=origins)  # fmt: skip
            yield Candidate(None, flow, replace(entry, flows=(*entry.flows, flow)))


def language(path: str) -> str:
    """The language of a file, as flows name it."""
    return "python" if path.endswith(".py") else "typescript" if path.endswith(".ts") else "javascript"


def is_attackers(path: list[str], kinds: tuple[str, ...]) -> bool:
    """Whether somebody outside chooses what stands at a path of the event."""
    shape: Shape | None = shape_for(kinds)
    for step in path:
        if shape is None or shape.what is not None:
            break
        shape = shape.element if step == "0" else shape.children.get(step, shape.children.get("*"))
    return shape is not None and shape.what is not None and shape.kind == "request"


def guessed(text: str, entry: CodeFacts, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Where data comes in, for an application in which nothing was found."""
    if entry.style == "lambda":
        found = re.findall(r"event((?:\[['\"]\w+['\"]\]|\[0\]|\.get\(['\"]\w+['\"][^)]*\)|\.\w+)+)", text)
        paths = [".".join(re.findall(r"\w+", re.sub(r"\.get\(|, *[^)]*\)", " ", one))) for one in found]
        return tuple(dict.fromkeys(f"event.{path}" for path in paths if is_attackers(path.split("."), kinds)))
    names = re.findall(r"(args|form|query|GET|POST|cookies|headers|params)(?:\.get\(|\[|\.)['\"]?([\w-]+)", text)
    return tuple(dict.fromkeys(f"flask.request.{area}.{name}" for area, name in names)) or ("flask.request.args.a",)


def sinks(root: Node) -> Iterator[tuple[Node, str, FlowKind]]:
    """Every call whose name is one of a sink's."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.type in {"call", "call_expression", "new_expression"}:
            name = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            callee = re.sub(r"\(.*\)", "()", (name.text or b"").decode(), flags=re.DOTALL) if name is not None else ""
            for pattern, kind in SINKS:
                if re.search(pattern, callee):
                    yield node, callee, kind
                    break


def span(path: str, source: bytes, node: Node) -> Span:
    """The span of a node, in lines and columns of code points."""

    def column(point: tuple[int, int]) -> int:
        return len(source.split(b"\n")[point[0]][: point[1]].decode("utf-8", "replace")) + 1

    (first, _), (last, _) = node.start_point, node.end_point
    return Span(path, first + 1, column(node.start_point), last + 1, column(node.end_point))


def measure(apps: Iterator[App], settings: Settings, *, with_twins: bool, verbose: bool) -> Tally:
    """Prove every application."""
    tally = Tally()
    for app in apps:
        system, _, report = prepared(MemoryTree({path: text.encode() for path, text in app.files.items()}))
        if app.wrong:
            for one in prove(report, system, settings).candidates:  # type: ignore[arg-type]
                count(tally, app.name, one, verbose=verbose)
        if with_twins and app.triggered:
            tried = list(twins(app, system))
            prove_candidates(tried, system, settings)
            for one in tried:
                tally.twins += 1
                tally.reached += one.proof is not None and "was reached" in one.proof.reason
                if one.proof is not None and one.proof.status == "confirmed":
                    tally.alarms.append(
                        f"{app.name}: {one.flow.kind} {one.flow.at.path}:{one.flow.at.start_line} {one.proof.event}"
                    )
    return tally


def count(tally: Tally, name: str, one: Candidate, *, verbose: bool) -> None:
    """One finding."""
    if one.proof is None:
        return
    missing = "is not installed" in one.proof.reason
    tally.statuses["without its packages" if missing else one.proof.status] += 1
    if one.proof.status != "confirmed":
        tally.reasons[re.sub(r"\d+ (calls|times)", r"n \1", one.proof.reason)[:110]] += 1
        if verbose and not missing:
            print(
                f"  {one.proof.status}: {name}: {one.flow.kind} line {one.flow.at.start_line}: {one.proof.reason[:160]}"
            )


def show(name: str, tally: Tally, seconds: float) -> None:
    """The figures of one suite."""
    runnable = sum(number for status, number in tally.statuses.items() if status != "without its packages")
    confirmed = tally.statuses["confirmed"]
    share = f"{confirmed / runnable:.0%}" if runnable else "-"
    print(f"{name:12} confirmed {confirmed}/{runnable} = {share}; {dict(tally.statuses)}; {seconds:.0f} s")
    if tally.twins:
        print(f"{'':12} twins: {len(tally.alarms)} confirmed of {tally.twins} ({tally.reached} reached)")
    for alarm in tally.alarms:
        print(f"  ALARM {alarm[:300]}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--python", metavar="FILE", help="interpreter whose packages the handlers use")
    parser.add_argument("--only", default="python,javascript,typescript,examples")
    parser.add_argument("--twins", action="store_true", help="try safe lines, too")
    parser.add_argument("--verbose", action="store_true", help="say what was not confirmed, and why")
    args = parser.parse_args()
    settings = Settings(python=args.python, each=20.0)
    suites: dict[str, Callable[[], Iterator[App]]] = {
        "python": python_apps,
        "javascript": lambda: script_apps(JAVASCRIPT),
        "typescript": lambda: script_apps(TYPESCRIPT),
    }
    for name in args.only.split(","):
        started = time.perf_counter()
        if name in suites:
            tally = measure(suites[name](), settings, with_twins=args.twins, verbose=args.verbose)
        else:
            tally = Tally()
            for folder in sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir()):
                system, _, report = prepared(FolderTree(folder))
                for one in prove(report, system, settings).candidates:  # type: ignore[arg-type]
                    count(tally, folder.name, one, verbose=args.verbose)
        show(name, tally, time.perf_counter() - started)


if __name__ == "__main__":
    main()
