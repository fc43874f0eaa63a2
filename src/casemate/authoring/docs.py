"""The documentation of a piece of content, from its own docstring.

One renderer for `explain`, docs/, SARIF and the report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.errors import ContentError
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType

    from casemate.authoring.cases import Case
    from casemate.authoring.detection import Detection, EventCase
    from casemate.authoring.rule import Rule

HEADINGS = ("What it does", "Why it matters", "How to fix", "When to allow it", "References")
DETECTION_HEADINGS = ("What it does", "Why it matters", "How to respond", "When to allow it", "References")
"""The headings of a rule's docstring, and of a detection's."""


@dataclass(frozen=True, slots=True)
class Documentation:
    """A docstring taken apart: `title` is its first line, `sections` the text under each heading."""

    title: str
    sections: Mapping[str, str]


def documentation(module: ModuleType, headings: Sequence[str] = HEADINGS) -> Documentation:
    """Take a content module's docstring apart. Raises `ContentError` when a heading is missing."""
    text = (module.__doc__ or "").strip()  # of a module, so nothing is indented
    title, _, body = text.partition("\n")
    sections: dict[str, str] = {}
    parts = re.split(rf"^({'|'.join(headings)})\n-+\n", body, flags=re.MULTILINE)
    for heading, content in zip(parts[1::2], parts[2::2], strict=True):
        sections[heading] = content.strip()
    missing = [heading for heading in headings if not sections.get(heading)]
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
    examples = []
    for word, expectation in (("Weak", "bad"), ("Safe", "good")):
        example = next((case for case in cases if case.expectation == expectation), None)
        if example is not None:
            examples.append((f"{word} example", _language(example), example.source))
    return _page(rule.name, docs, HEADINGS, facts, examples)


def detection_markdown(detection: Detection, docs: Documentation, cases: Sequence[EventCase]) -> str:
    """The page of one detection as Markdown; its example is the first case on which it fires."""
    facts = {
        "Severity": detection.severity.word,
        "Reads": ", ".join(f"`{source}`" for source in detection.sources),
        "Tactic": ", ".join(detection.tactics),
        "Technique": ", ".join(f"`{tag.removeprefix('attack.').upper()}`" for tag in techniques(detection.tags)),
        "Needs of the inventory": ", ".join(f"`{relation}`" for relation in sorted(detection.needs)),
        "Playbook": f"`{detection.playbook}`" if detection.playbook else "",
        "Since": detection.since,
    }
    from inspect import cleandoc  # slow to import, and a report of rules needs none of it

    examples = []
    for word, fire in (("Event that alerts", True), ("Event that does not", False)):
        example = next((case for case in cases if case.fires is fire), None)
        if example is not None:
            lines = cleandoc(example.records).splitlines()
            told = lines[:4] + ([f"… {len(lines) - 4} more"] if len(lines) > 4 else [])
            examples.append((word, "json", "\n".join(told)))
    return _page(
        detection.name, docs, DETECTION_HEADINGS, {key: value for key, value in facts.items() if value}, examples
    )


def techniques(tags: Iterable[str]) -> list[str]:
    """The tags that are ATT&CK techniques."""
    return [tag for tag in tags if re.fullmatch(r"attack\.t[0-9]{4}(\.[0-9]{3})?", tag)]


def _page(
    name: str,
    docs: Documentation,
    headings: Sequence[str],
    facts: Mapping[str, str],
    examples: Sequence[tuple[str, str, str]],
) -> str:
    lines = [
        f"# {name}",
        "",
        f"{docs.title}.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in facts.items()),
        "",
    ]
    for heading in headings[:4]:
        lines += [f"## {heading}", "", docs.sections[heading], ""]
    for title, language, source in examples:
        lines += [f"## {title}", "", f"```{language}", source.rstrip("\n"), "```", ""]
    lines += ["## References", "", docs.sections["References"], ""]
    return "\n".join(lines)


def _language(case: Case) -> str:
    path = next(iter(case.files))
    return {"tf": "hcl", "json": "json"}.get(path.rsplit(".", 1)[-1], "yaml")
