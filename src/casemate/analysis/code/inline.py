"""Code that stands in a template (`ZipFile`): where its lines are in the template's file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CodeFacts, Gap
from casemate.model.location import Span
from casemate.model.value import Literal

if TYPE_CHECKING:
    from casemate.model.flow import Flow
    from casemate.model.function import Function
    from casemate.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class Inline:
    """One function's code in a template.

    `path`: a made-up path for the code; `handler`: what is called there; `at`: the value in the template; `shift`:
    lines and columns between the code's places and the template's, None where it does not stand there line by line.
    """

    path: str
    content: bytes
    handler: str
    at: Span
    shift: tuple[int, int] | None

    def placed(self, span: Span) -> Span:
        """A place in the code as a place in the template."""
        if span.path != self.path:
            return span
        if self.shift is None:
            return self.at
        lines, columns = self.shift
        return Span(
            self.at.path,
            span.start_line + lines,
            span.start_column + columns,
            span.end_line + lines,
            span.end_column + columns,
        )

    def moved(self, facts: CodeFacts) -> CodeFacts:
        """The facts with every place in the template."""
        return replace(
            facts,
            path=self.at.path,
            flows=tuple(self._flow(flow) for flow in facts.flows),
            latent=tuple(self._flow(flow) for flow in facts.latent),
            calls=tuple(replace(call, at=self.placed(call.at)) for call in facts.calls),
            gaps=tuple(Gap(self.placed(gap.at), gap.reason) for gap in facts.gaps),
        )

    def _flow(self, flow: Flow) -> Flow:
        return replace(flow, steps=tuple(replace(step, at=self.placed(step.at)) for step in flow.steps))


def inline_code(function: Function, tree: Tree) -> Inline | None:
    """The function's code in the template; its file is called `index` (CloudFormation, AWS::Lambda::Function Code)."""
    value = function.code.inline
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        return None
    runtime = next(iter(function.runtime.values()), None) or ""
    suffix = ".py" if runtime.startswith("python") else ".js" if runtime.startswith("nodejs") else ""
    if not suffix:
        return None
    said = function.code.handler.values() if function.code.handler is not None else []
    handler = (said[0] if said else "index.handler").rpartition(".")[2]
    path = f"{value.at.path}#{function.name}{suffix}"
    return Inline(path, value.value.encode(), handler, value.at, _shift(value.value, value.at, tree))


def _shift(code: str, at: Span, tree: Tree) -> tuple[int, int] | None:
    """How far the code's lines are from the template's: the first line that has something is looked for there."""
    data = tree.read(at.path)
    lines = code.split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if data is None or first is None:
        return None
    written = data.decode("utf-8", "replace").split("\n")
    for place in range(at.start_line - 1, min(len(written), at.end_line)):
        column = written[place].find(lines[first].rstrip())
        following = first + 1
        if column >= 0 and (
            following >= len(lines) or place + 1 >= len(written) or lines[following].strip() in written[place + 1]
        ):
            return place - first, column
    return None
