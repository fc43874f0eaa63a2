"""Covering the values of secrets in texts that a report shows: a value that was found must not be printed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.model.finding import Finding, Report
    from casemate.model.location import Span

_SECRETS = frozenset({"hardcoded-secret", "plaintext-env-secret"})
COVERS = ("*", "\N{MIDDLE DOT}", "\N{BULLET}", "\N{MATHEMATICAL BOLD SMALL X}")
"""In place of a character of a value, one for each length in UTF-8, so that columns and bytes stay what they are."""


def hiding(report: Report, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """`read`, with the secrets of the report covered: path -> text.

    Covered are the places of findings about secrets, suppressed ones too, and in the files that have one whatever else
    the engine finds there, for a finding may point at a name and show the value beside it.
    """
    spans: dict[str, list[Span]] = {}
    for finding in report.findings:
        if finding.weakness in _SECRETS:
            for span in _spans(finding):
                spans.setdefault(span.path, []).append(span)

    def covered(path: str) -> str | None:
        text = read(path)
        if text is None or path not in spans:
            return text
        from casemate.analysis.secrets.engine import leaks_in, portable  # most reports need no engine to be shown

        found = leaks_in(path, text.encode("utf-8", "surrogatepass"), portable())
        return _cover(text, [*spans[path], *(leak.at for leak in found if leak.grade != "public")])

    return covered


def _spans(finding: Finding) -> Iterator[Span]:
    for location in finding.locations:
        if location.span is not None:
            yield location.span


def _cover(text: str, spans: list[Span]) -> str:
    """The text with the characters of each span covered; line ends, indents and what is not printed stay."""
    lines = text.split("\n")
    for span in spans:
        for number in range(span.start_line, min(span.end_line, len(lines)) + 1):
            line = lines[number - 1]
            start = span.start_column - 1 if number == span.start_line else len(line) - len(line.lstrip())
            end = min(span.end_column - 1 if number == span.end_line else len(line), len(line.rstrip("\r")))
            if start < end:
                lines[number - 1] = line[:start] + _covered(line[start:end]) + line[end:]
    return "\n".join(lines)


def _covered(value: str) -> str:
    if value.isascii():
        return COVERS[0] * len(value)
    return "".join(COVERS[len(character.encode("utf-8", "surrogatepass")) - 1] for character in value)
