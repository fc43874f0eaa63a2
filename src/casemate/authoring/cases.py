"""The tests of a rule, written beside it: small inputs in any dialect, with `# <- here` where the finding belongs.

A `bad` case marks each line where a finding must stand (and no other may); a `good` one yields nothing; an
`unresolved` one yields no finding but at least one
undecided setting. Text is a whole file, or, for `sam` and `cloudformation`, just the resources (the frame is added,
the text indented). A dict gives
several files by path. The marker may follow `#` or `//`, also in JSON, where it is removed before parsing.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Expectation = Literal["bad", "good", "unresolved"]
CaseDialect = Literal[
    "sam", "cloudformation", "cdk", "serverless", "terraform", "arm", "functionjson", "github-actions", "gitlab-ci",
    "codebuild",
    "azure-pipelines", "openapi", "chalice", "zappa", "google-yaml", "python", "javascript", "typescript", "go", "java",
    "files",
]  # fmt: skip

FILE_NAMES: dict[CaseDialect, str] = {
    "sam": "template.yaml",
    "cloudformation": "template.yaml",
    "cdk": "cdk.out/Stack.template.json",
    "serverless": "serverless.yml",
    "terraform": "main.tf",
    "arm": "azuredeploy.json",
    "functionjson": "Hello/function.json",
    "github-actions": ".github/workflows/deploy.yml",
    "gitlab-ci": ".gitlab-ci.yml",
    "codebuild": "buildspec.yml",
    "azure-pipelines": "azure-pipelines.yml",
    "openapi": "openapi.yaml",
    "chalice": ".chalice/config.json",
    "zappa": "zappa_settings.json",
    "google-yaml": "service.yaml",
    "python": "app.py",
    "javascript": "index.js",
    "typescript": "index.ts",
    "go": "main.go",
    "java": "src/main/java/App.java",
}
_MARKER = re.compile(r"[ \t]*(?:#|//)[ \t]*<- here[ \t]*$", re.MULTILINE)
_FRAME = re.compile(
    r"^(AWSTemplateFormatVersion|Transform|Resources|Globals|Parameters|Conditions|Mappings|\{)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Case:
    """One input with what must come of it. `files`: path -> text without markers; `marks`.

    (path, 1-based line) of each expected finding.
    """

    expectation: Expectation
    dialect: CaseDialect
    source: str
    files: Mapping[str, str]
    marks: frozenset[tuple[str, int]]


def bad(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """An input in which the rule must find something on exactly the marked lines."""
    return _case("bad", dialect, text)


def good(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """The safe twin: an input in which the rule must find nothing."""
    return _case("good", dialect, text)


def unresolved(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """An input in which the rule cannot know: no finding, but an undecided setting."""
    return _case("unresolved", dialect, text)


def _case(expectation: Expectation, dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    given = {FILE_NAMES[dialect]: text} if isinstance(text, str) else dict(text)
    files: dict[str, str] = {}
    marks: set[tuple[str, int]] = set()
    source = ""
    for path, raw in given.items():
        body = textwrap.dedent(raw).strip("\n") + "\n"
        source = source or body
        framed = _framed(dialect, body) if isinstance(text, str) else body
        for number, line in enumerate(framed.splitlines(), 1):
            if _MARKER.search(line):
                marks.add((path, number))
        files[path] = _MARKER.sub("", framed)
    return Case(expectation, dialect, source, files, frozenset(marks))


def _framed(dialect: CaseDialect, body: str) -> str:
    if dialect not in {"sam", "cloudformation"} or _FRAME.search(body):
        if dialect == "sam" and "Transform:" not in body and not body.lstrip().startswith("{"):
            return f"Transform: AWS::Serverless-2016-10-31\n{body}"
        return body
    head = "Transform: AWS::Serverless-2016-10-31\n" if dialect == "sam" else ""
    return f"{head}Resources:\n{textwrap.indent(body, '  ')}"
