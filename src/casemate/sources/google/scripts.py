"""`gcloud … deploy` commands in shell scripts, makefiles and the scripts of a package.json.

So functions of Google are mostly deployed where no template does it. What a shell would put in (`$NAME`, `$(command)`)
is not known; nothing is run. Source: Google Cloud documentation, "gcloud functions deploy", "gcloud run deploy".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.model.record import replace
from casemate.model.resource import Reading, Resource, Stack
from casemate.sources.google import commands
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "google"
_DEPLOY = re.compile(rb"\bgcloud\s[^\n]{0,60}\b(?:run|functions)\s{1,20}deploy\b")
_SCRIPT = re.compile(r'"(?:[^"\\\n]|\\.){0,5000}"')
MAX_TEXT = 200_000


def claims(path: str, data: bytes) -> bool:
    """A script that deploys with gcloud."""
    return b"gcloud" in data and len(data) <= MAX_TEXT and _DEPLOY.search(data) is not None and bool(path)


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """One stack a file, of what its commands deploy."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        data = tree.read(path)
        unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
        text, problems = decode(data, path) if data is not None else (None, unreadable)
        diagnostics.extend(problems)
        found: dict[str, Resource] = {}
        for resource in _resources(text, path) if text is not None else ():
            key, number = resource.key, 1
            while key in found:
                number += 1
                key = f"{resource.key}#{number}"
            found[key] = resource if key == resource.key else replace(resource, key=key)
        inputs.append(
            Input(path, KIND, "failed", "cannot be read") if text is None else Input(path, KIND, "understood")
        )
        if found:
            stacks.append(Stack(name=path, path=path, root=folder_of(path), dialect="google", resources=found))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def _resources(text: str, path: str) -> Iterator[Resource]:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    pieces = _strings(text) if path.endswith(".json") else [(text, 0)]
    for piece, offset in pieces:
        for words in commands.in_script(piece):
            placed = [(word, _span(path, starts, offset + start, offset + end)) for word, start, end in words]
            if placed:
                first, last = placed[0][1], placed[-1][1]
                yield from commands.deployed(placed, first.to(last))


def _strings(text: str) -> Iterator[tuple[str, int]]:
    """Each string of a JSON text that holds a command, with where it starts; a string with escapes keeps no columns."""
    for match in _SCRIPT.finditer(text):
        if "gcloud" in match[0]:
            try:
                value = json.loads(match[0])
            except ValueError:
                continue
            yield value, match.start() + 1


def _span(path: str, starts: list[int], start: int, end: int) -> Span:
    from bisect import bisect_right

    line = bisect_right(starts, start)
    column = start - starts[line - 1] + 1
    return Span(path, line, column, line, column + max(1, end - start))
