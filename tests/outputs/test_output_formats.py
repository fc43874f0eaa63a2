from __future__ import annotations

import dataclasses
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies
from tests.outputs import sample

import casemate.outputs
from casemate.errors import UsageError
from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import Fix
from casemate.model.location import Span
from casemate.outputs import FORMATS, render
from casemate.outputs.context import first_sentence
from casemate.outputs.escaping import printable

SOURCE_ROOT = Path(casemate.outputs.__file__).parents[2]


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_the_input_does_not_matter(name: str) -> None:
    report = sample.report()
    first = render(name, report, sample.context())
    shuffle = random.Random(7)  # noqa: S311 - a fixed order, not a secret
    for _ in range(3):
        mixed = dataclasses.replace(
            report,
            findings=tuple(shuffle.sample(report.findings, len(report.findings))),
            inputs=tuple(shuffle.sample(report.inputs, len(report.inputs))),
            undecided=tuple(shuffle.sample(report.undecided, len(report.undecided))),
            diagnostics=tuple(shuffle.sample(report.diagnostics, len(report.diagnostics))),
        )
        assert render(name, mixed, sample.context()) == first


@pytest.mark.parametrize("name", FORMATS)
def test_works_without_docs_and_sources(name: str) -> None:
    text = render(name, sample.report(), sample.context(docs={}, sources=lambda _: None))
    assert "function-url-without-auth" in text


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_imports_no_other(name: str) -> None:
    code = "import sys, casemate.outputs\nfrom importlib import import_module\n"
    code += f"import_module('casemate.outputs.{name}')\nprint(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONPATH": str(SOURCE_ROOT)}
    ).stdout.split()
    assert {f"casemate.outputs.{other}" for other in FORMATS} & set(modules) == {f"casemate.outputs.{name}"}
    assert "rich" not in modules


@pytest.mark.parametrize("name", FORMATS)
def test_no_scanned_text_is_a_command_to_a_ci_runner(name: str) -> None:
    hostile = (
        "x\n::error::a\n  ::add-mask::b ##[add-mask]c ##vso[task.setvariable variable=d]e " + "word " * 30 + "::f::g"
    )
    findings = tuple(
        dataclasses.replace(
            finding,
            message=hostile,
            evidence={hostile: hostile},
            primary=dataclasses.replace(finding.primary, label=hostile),
            fixes=(Fix(hostile, safe=True, text=hostile),),
        )
        for finding in sample.findings()[3:]
    )
    diagnostics = (Diagnostic("bad", hostile, Span(hostile, 1, 1, 1, 1), hint=hostile),)
    report = dataclasses.replace(sample.report(), findings=findings, diagnostics=diagnostics)
    for width in (40, 77, 100):
        context = sample.context(sources=lambda _: hostile, width=width)
        for line in render(name, report, context).splitlines():
            if name == "github":
                assert re.match(r"::(error|warning|notice) |casemate: ", line)
            else:
                assert not line.lstrip().startswith("::")
                assert "##[" not in line
                assert "##vso[" not in line


def test_an_unknown_format_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        render("jsn", sample.report(), sample.context())
    assert caught.value.hint == "did you mean json?"


@given(strategies.text())
def test_printable_text_holds_no_control_and_no_surrogate(text: str) -> None:
    shown = printable(text)
    shown.encode()
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or 0x202A <= ord(character) <= 0x202E
        for character in shown
    )
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("markdown", "sentence"),
    [
        ("One. Two.", "One."),
        ("See e.g. the docs of `x`. More", "See e.g. the docs of `x`."),
        ("**Bold** and [link](https://x.example/a.b). Rest", "Bold and link."),
        ("Wrapped\nline. Next", "Wrapped line."),
        ("No end", "No end"),
        ("", ""),
    ],
)
def test_first_sentence(markdown: str, sentence: str) -> None:
    assert first_sentence(markdown) == sentence
