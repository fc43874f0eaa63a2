"""The documentation of a piece of content, from its own docstring.

One renderer for `explain`, docs/, SARIF and the report.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from casemate.authoring.cases import Case
    from casemate.authoring.rule import Rule

HEADINGS = ("What it does", "Why it matters", "How to fix", "When to allow it", "References")


@dataclass(frozen=True, slots=True)
class Documentation:
    """A docstring taken apart: `title` is its first line, `sections` the text under each heading."""

    title: str
    sections: Mapping[str, str]


def documentation(module: ModuleType) -> Documentation:
    """Take a content module's docstring apart. Raises `ContentError` when a heading is missing."""
    text = inspect.cleandoc(module.__doc__ or "")
    title, _, body = text.partition("\n")
    sections: dict[str, str] = {}
    parts = re.split(rf"^({'|'.join(HEADINGS)})\n-+\n", body, flags=re.MULTILINE)
    for heading, content in zip(parts[1::2], parts[2::2], strict=True):
        sections[heading] = content.strip()
    missing = [heading for heading in HEADINGS if not sections.get(heading)]
    if missing or not title:
        message = f"{module.__name__}: the docstring lacks {', '.join(missing) or 'a title'}"
        raise ContentError(message, hint="headings are underlined with dashes; see CONTRIBUTING.md")
    return Documentation(title.rstrip("."), sections)


def markdown(rule: Rule, docs: Documentation, cases: Sequence[Case]) -> str:
    """The page of one rule as Markdown. The first bad and good case are its example, so the docs cannot be wrong."""
    facts = {
        "Weakness": f"`{rule.weakness}`",
        "Severity": rule.severity.word,
        "Confidence": rule.confidence,
        "Profile": rule.profile,
        "Runs on": ", ".join(rule.subjects),
        "Since": rule.since,
        "Tags": ", ".join(f"`{tag}`" for tag in rule.tags),
    }
    lines = [
        f"# {rule.name}",
        "",
        f"{docs.title}.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in facts.items()),
        "",
    ]
    for heading in HEADINGS[:4]:
        lines += [f"## {heading}", "", docs.sections[heading], ""]
    for word, expectation in (("Weak", "bad"), ("Safe", "good")):
        example = next((case for case in cases if case.expectation == expectation), None)
        if example is not None:
            lines += [f"## {word} example", "", f"```{_language(example)}", example.source.rstrip("\n"), "```", ""]
    lines += ["## References", "", docs.sections["References"], ""]
    return "\n".join(lines)


def _language(case: Case) -> str:
    path = next(iter(case.files))
    return {"tf": "hcl", "json": "json"}.get(path.rsplit(".", 1)[-1], "yaml")
