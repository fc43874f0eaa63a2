"""A file of the program."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from casemate.model.location import Span

if TYPE_CHECKING:
    from casemate.analysis.code.ir.expressions import At
    from casemate.analysis.code.ir.statements import Stmt

Language = Literal["python", "javascript", "typescript", "go", "java", "csharp"]


@dataclass(slots=True)
class Comment:
    """A comment, for suppressions and directives."""

    text: str
    at: At


@dataclass
class Module:
    """One file. `errors`: where the parser was lost (the rest is there); `package`: Go's and Java's package name."""

    path: str
    language: Language
    source: bytes
    body: list[Stmt]
    errors: list[At] = field(default_factory=list)
    package: str | None = None

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find = self.source.find
        position = find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = find(b"\n", position + 1)
        return starts

    def line(self, position: int) -> int:
        """The 1-based line of a byte."""
        return bisect_right(self._starts, position)

    def span(self, at: At) -> Span:
        """The place in lines and columns (code points), for a report."""
        return Span(self.path, *self._place(at[0]), *self._place(at[1]))

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        start = self._starts[line - 1]
        return line, len(self.source[start:position].decode("utf-8", "replace")) + 1
