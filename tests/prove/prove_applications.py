"""What the tests of proofs share: applications of a few files, scanned and proven."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

from casemate.analysis.system import System
from casemate.engine.scanning import Request, judge_inventory
from casemate.inventory.build import build
from casemate.model.finding import Report
from casemate.prove.entering import Settings
from casemate.prove.proving import Outcome, prove
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree, Tree

TODAY = date(2026, 6, 1)
QUIET = frozenset({"log", "prompt", "sensitive-log"})
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: HANDLER
      Runtime: RUNTIME
      Events: {E: EVENT}
"""
WEB = "{Type: HttpApi, Properties: {Path: /x, Method: any}}"


def sam(code: str, *, script: bool = False, event: str = WEB, more: str = "") -> dict[str, str]:
    """A function with a template: `app.handler` in Python, `index.handler` in JavaScript."""
    name, runtime, file = (
        ("index.handler", "nodejs22.x", "index.js") if script else ("app.handler", "python3.13", "app.py")
    )
    text = TEMPLATE.replace("HANDLER", name).replace("RUNTIME", runtime).replace("EVENT", event).lstrip("\n")
    return {"template.yaml": text + more, file: dedent(code).lstrip("\n")}


def scanned(tree: Tree) -> tuple[Report, System]:
    """The report and the system of a tree."""
    inventory = build(discover(tree, Options()).readings)
    report = judge_inventory(inventory, tree, Request(today=TODAY, profile="strict"))
    return report, System(inventory, TODAY, tree=tree)


def memory(files: dict[str, str]) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def proven(files: dict[str, str], *, weak: bool = True) -> list[str]:
    """`kind:line status` of every code finding; without namespaces, so that it runs everywhere."""
    report, system = scanned(memory(files))
    return said(prove(report, system, Settings(weak=weak)))


def said(outcome: Outcome) -> list[str]:
    """The proofs in words."""
    return sorted(
        f"{one.flow.kind}:{one.flow.at.start_line} {one.proof.status}"
        for one in outcome.candidates
        if one.proof is not None and one.flow.kind not in QUIET
    )
