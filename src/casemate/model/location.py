"""Where something stands: spans in files (for machines) and locations in reports (for people)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from casemate.model.record import dataclass

LocationKind = Literal["primary", "related"]


class Span(NamedTuple):
    """A stretch of one scanned file.

    `path` is relative to the report root with forward slashes. Lines and columns are 1-based, columns count
    code points, the end is exclusive.
    """

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span, in the same file."""
        return (
            self.path == other.path
            and (self.start_line, self.start_column) <= (other.start_line, other.start_column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of `other` (same file)."""
        return Span(self.path, self.start_line, self.start_column, other.end_line, other.end_column)

    def line_of(self, text: str, offset: int) -> Span:
        """The line that an offset of `text` stands on, where this span is a block that holds the text.

        A block begins on the line after its mark (`|` of YAML, `<<EOF` of HCL). The span itself when it is one line.
        """
        if self.end_line == self.start_line:
            return self
        line = min(self.start_line + 1 + text.count("\n", 0, max(0, offset)), self.end_line)
        return Span(self.path, line, 1, line, 2)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a report: a span of a file, or the ARN of a live resource, with its role and a label."""

    span: Span | None
    arn: str | None = None
    kind: LocationKind = "primary"
    label: str | None = None

    def __post_init__(self) -> None:
        """Refuse a location that points nowhere."""
        if self.span is None and self.arn is None:
            message = "a location needs a span or an ARN"
            raise ValueError(message)
