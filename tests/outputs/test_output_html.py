from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings, strategies
from tests.outputs import sample
from tests.outputs.conftest import Golden

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.finding import HIGH, Finding, Fix, ResourceName, Suppressed
from casemate.model.location import Location, Span
from casemate.outputs import render

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Collects elements, attributes and texts, and fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)


def page(**changes: object) -> str:
    return render("html", sample.report(), sample.context(**changes))


def test_is_as_agreed(golden: Golden) -> None:
    golden("report.html", page())


def test_the_policy_allows_exactly_the_script_of_the_page() -> None:
    text = page()
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policies = [
        attributes["content"] for tag, attributes in Page(text).tags if tag == "meta" and "http-equiv" in attributes
    ]
    assert policies == [
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]


def test_loads_nothing() -> None:
    text = page()
    for tag, attributes in Page(text).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attributes
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag == "a":
            assert (attributes["href"] or "").startswith(("https://casemate.example/", "#"))
    assert "url(" not in text
    assert "@import" not in text


def test_is_accessible() -> None:
    tags = Page(page()).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")
    assert all(attributes["aria-controls"] in ids for tag, attributes in tags if "aria-controls" in attributes)
    assert ("html", {"lang": "en"}) in tags


def test_shows_the_graph_it_is_given() -> None:
    assert '<div class="card graph"><svg></svg></div>' in page(graph_svg="<svg></svg>")
    assert "<svg" not in page()


def test_an_empty_report() -> None:
    report = dataclasses.replace(sample.report(), findings=())
    assert "No findings." in " ".join(Page(render("html", report, sample.context())).texts)


HOSTILE = strategies.one_of(
    strategies.sampled_from([
        "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'onmouseover='x", "<!--", "]]>", "&lt;b&gt;", "</pre></td>",
        "{{7*7}}", "\u202e\x1b[31m\x00", "javascript:alert(1)", "</title><svg onload=x>", "\ud800",
    ]),
    strategies.text(max_size=40),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_everything_is_escaped(one: str, two: str, three: str) -> None:
    place = Location(Span(one or "x", 1, 1, 1, 4), label=two)
    finding = Finding(
        rule="some-rule",
        weakness="missing-auth",
        severity=HIGH,
        confidence="high",
        message=one,
        resource=ResourceName(two, three),
        primary=place,
        related=(Location(None, three, kind="related", label=one),),
        flow=(place,),
        evidence={one: two},
        fixes=(Fix(three, safe=True, text=one),),
        fingerprint=two,
        suppressed=Suppressed("inline", three),
        proof={"status": one, "reason": two, "event": three},
    )
    report = dataclasses.replace(
        sample.report(),
        findings=(finding,),
        inputs=(Input(one, two, "failed", three),),
        diagnostics=(Diagnostic("bad", one, Span(two, 1, 1, 1, 1), hint=three),),
    )
    text = render("html", report, sample.context(sources=lambda _: f"{one}{two}\n{three}"))
    text.encode()
    assert {tag for tag, _ in Page(text).tags} <= {tag for tag, _ in Page(page()).tags} | {"section", "h3"}
    assert not {name for _, attributes in Page(text).tags for name in attributes} - {
        name for _, attributes in Page(page()).tags for name in attributes
    }
