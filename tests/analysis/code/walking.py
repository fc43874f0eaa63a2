"""What the tests of the interpreter share: walk a few files, and list what was found as `kind:line`."""

from __future__ import annotations

from textwrap import dedent

from casemate.analysis.code.project import Project
from casemate.analysis.code.unit import Walked, Wanted, walk_unit
from casemate.sources.tree import MemoryTree


def walked(files: dict[str, str], *wanted: Wanted) -> Walked:
    """The first file walked, as the platform would enter it."""
    texts = {path: dedent(text).lstrip("\n").encode() for path, text in files.items()}
    project = Project(MemoryTree(texts), texts)
    return walk_unit(project, next(iter(files)), wanted)


def found(files: dict[str, str], *wanted: Wanted) -> list[str]:
    """`kind:line` of every flow, with the path before it where it is not the first file's."""
    first = next(iter(files))
    spots = set()
    for facts in walked(files, *wanted).facts:
        for flow in facts.flows:
            place = f"{flow.kind}:{flow.at.start_line}"
            spots.add(place if flow.at.path == first else f"{flow.at.path}:{place}")
    return sorted(spots)


def sinks(body: str, kind: str, *, head: str = "", path: str = "app.py") -> list[int]:
    """The lines (of `body`) with a flow of this kind, for the body of a handler with `x` from the query string."""
    if path.endswith(".py"):
        text = f"import os, subprocess, re, json, html, shlex\n{head}\ndef handler(event, context):\n    x = event['queryStringParameters']['x']\n"
        text += "".join(f"    {line}\n" for line in dedent(body).strip("\n").split("\n"))
    else:
        text = f"const cp = require('child_process');\n{head}\nexports.handler = async (event) => {{\n  const x = event.queryStringParameters.x;\n"
        text += "".join(f"  {line}\n" for line in dedent(body).strip("\n").split("\n")) + "};\n"
    skipped = text[: text.index("queryStringParameters")].count("\n") + 1
    lines: list[int] = []
    for facts in walked({path: text}).facts:
        lines.extend(flow.at.start_line - skipped for flow in facts.flows if flow.kind == kind)
    return sorted(set(lines))
