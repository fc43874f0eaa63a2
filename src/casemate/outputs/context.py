"""What a format needs beside the report: the docs of the rules, the text of the files, a time, and how to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.finding import Severity
from casemate.model.pattern import late
from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from casemate.analysis.access.reach.journeys import Journeys
    from casemate.authoring.docs import Documentation
    from casemate.authoring.rule import Rule
    from casemate.model.dependency import Dependency
    from casemate.model.finding import Confidence, Finding, Weakness
    from casemate.model.inventory import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDoc:
    """One rule, as reports show it.

    `why` and `how`: the sections *Why it matters* and *How to fix*; `help`: the whole page, all three in Markdown.
    `severity` is the rule's default, which a finding may exceed. `url`: the page on the web, if it is published.
    """

    name: str
    title: str
    weakness: Weakness
    severity: Severity
    confidence: Confidence = "high"
    cwe: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    why: str = ""
    how: str = ""
    help: str = ""
    url: str | None = None


def rule_doc(rule: Rule, documentation: Documentation, page: str, url: str | None = None) -> RuleDoc:
    """The `RuleDoc` of a rule, from its metadata, its docstring taken apart, and its page."""
    return RuleDoc(
        name=rule.name,
        title=documentation.title,
        weakness=rule.weakness,
        severity=rule.severity,
        confidence=rule.confidence,
        cwe=rule.cwe,
        tags=rule.tags,
        why=documentation.sections["Why it matters"],
        how=documentation.sections["How to fix"],
        help=page,
        url=url,
    )


def _no_source(_path: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputContext:
    """Everything a format may ask for; all of it is optional.

    `docs`: rule name to `RuleDoc`, for the rules that ran or at least for those that found something. `sources`: path
    to the text of a scanned file, with the line ends it has on disk, or None; called only for files with findings.
    `now`: for the formats that demand a time. `width`: columns of the terminal. `graph_svg`: the inventory's graph for
    the HTML report, one `<svg>` element whose texts are already escaped. `journeys`: the worst ways from the internet,
    for the HTML report. `quiet`: findings and the last line only, no
    "not evaluated". `dependencies`: what the functions ship, for the bill of materials.
    """

    docs: Mapping[str, RuleDoc] = field(default_factory=dict)
    sources: Callable[[str], str | None] = _no_source
    now: datetime | None = None
    color: bool = False
    width: int = 100
    inventory: Inventory | None = None
    dependencies: tuple[Dependency, ...] = ()
    graph_svg: str | None = None
    journeys: Journeys | None = None
    show_fixes: bool = False
    quiet: bool = False

    def doc(self, finding: Finding) -> RuleDoc:
        """The docs of the finding's rule; made from the finding itself where the caller gave none."""
        known = self.docs.get(finding.rule)
        if known is not None:
            return known
        title = finding.rule.replace("-", " ").capitalize()
        return RuleDoc(
            name=finding.rule,
            title=title,
            weakness=finding.weakness,
            severity=finding.severity,
            confidence=finding.confidence,
            cwe=finding.cwe,
            tags=tuple(cwe.lower() for cwe in finding.cwe),
        )


_SENTENCE = late(r"(?<=[^\s.]{2}[.!?])\s+(?=[A-Z`*\"“(\[])")
_EMPHASIS = late(r"(\*\*|__)(.+?)\1")
_LINK = late(r"\[([^\]]+)\]\([^)]+\)")


def first_sentence(markdown: str) -> str:
    """The first sentence of a Markdown section as plain text, without emphasis, links and list markers."""
    paragraph = markdown.strip().split("\n\n", 1)[0]
    line = " ".join(part.strip() for part in paragraph.splitlines())
    line = _LINK.sub(r"\1", _EMPHASIS.sub(r"\2", line.removeprefix("- ").removeprefix("* ")))
    return _SENTENCE.split(line, maxsplit=1)[0]
