from __future__ import annotations

import dataclasses

from hypothesis import given, strategies
from markdown_it import MarkdownIt
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.outputs import render
from casemate.outputs.markdown import fence, inline


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.md", render("markdown", sample.report(), sample.context()))


@given(strategies.text(alphabet="ab1.@#*_`<>[]()!|~&;:/\\\n-+=$ w", max_size=60))
def test_hostile_text_stays_text(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(f"x{inline(text)}x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children).replace("\u200b", "") == f"x{' '.join(text.split())}x"
    listed = [token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(f"- {inline(text)}: x")]
    assert listed.count("list_item_open") == 1
    assert "heading_open" not in listed


def test_mentions_and_references_are_broken() -> None:
    assert "@octocat" not in inline("@octocat")
    assert "www." not in inline("www.example.org")
    assert inline("#12") == "&#35;12"


def test_no_line_closes_its_fence() -> None:
    lines = list(fence(["````", "a"], "text"))
    assert lines[0] == "`````text"


def test_fits_into_a_comment() -> None:
    many = tuple(dataclasses.replace(sample.findings()[5], fingerprint=str(number)) for number in range(500))
    text = render("markdown", dataclasses.replace(sample.report(), findings=many), sample.context())
    assert len(text) < 65_536
    assert "further findings left out" in text
