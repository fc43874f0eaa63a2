"""Shell scripts, makefiles and scripts of a package.json that change a cloud by its command line.

So functions are often deployed and opened where no template does it. What a shell would put in (`$NAME`,
`$(command)`) is not known; nothing is run.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.model.resource import Reading, Stack
from casemate.sources.commands.reading import Piece, declared, mentions
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "commands"
_SCRIPT = re.compile(r'"(?:[^"\\\n]|\\.){0,5000}"')
_MENTIONED = ("gcloud", "gsutil", "az ", "aws ")
MAX_TEXT = 200_000


def claims(path: str, data: bytes) -> bool:
    """A script with a command that declares something."""
    return len(data) <= MAX_TEXT and bool(path) and mentions(data.replace(b"\\\n", b" "))


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """One stack a file, of what its commands declare."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        data = tree.read(path)
        unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
        text, problems = decode(data, path) if data is not None else (None, unreadable)
        diagnostics.extend(problems)
        inputs.append(
            Input(path, KIND, "failed", "cannot be read") if text is None else Input(path, KIND, "understood")
        )
        found = declared(_pieces(text, path), "commands") if text is not None else {}
        if found:
            stacks.append(Stack(name=path, path=path, root=folder_of(path), dialect="commands", resources=found))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def _pieces(text: str, path: str) -> Iterator[Piece]:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for script, offset in _strings(text) if path.endswith(".json") else [(text, 0)]:
        yield script, _placing(path, starts, offset)


def _placing(path: str, starts: list[int], offset: int) -> Callable[[int, int], Span]:
    def place(start: int, end: int) -> Span:
        line = bisect_right(starts, offset + start)
        column = offset + start - starts[line - 1] + 1
        return Span(path, line, column, line, column + max(1, end - start))

    return place


def _strings(text: str) -> Iterator[tuple[str, int]]:
    """Each string of a JSON text that holds a command, with where it starts; a string with escapes keeps no columns."""
    for match in _SCRIPT.finditer(text):
        if any(name in match[0] for name in _MENTIONED):
            try:
                value = json.loads(match[0])
            except ValueError:
                continue
            yield value, match.start() + 1
