"""The tests of a rule, written beside it: small inputs in any dialect, with `# <- here` where the finding belongs.

A `bad` case marks each line where a finding must stand (and no other may); a `good` one yields nothing; an
`unresolved` one yields no finding but at least one
undecided setting. Text is a whole file, or, for `sam` and `cloudformation`, just the resources (the frame is added,
the text indented). A dict gives
several files by path. The marker may follow `#` or `//`, also in JSON, where it is removed before parsing.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

Expectation = Literal["bad", "good", "unresolved"]
CaseDialect = Literal[
    "sam", "cloudformation", "cdk", "serverless", "terraform", "arm", "bicep", "functionjson", "github-actions",
    "gitlab-ci", "codebuild",
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
    "bicep": "main.bicep",
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


@dataclass(frozen=True)
class Case:
    """One input with what must come of it. `given`: its text, or path -> text.

    It is read when a case is asked for one of `files` (path -> text without markers), `source` (the first text as it
    was given) and `marks` ((path, 1-based line) of each expected finding): a scan imports rules and tries no case.
    """

    expectation: Expectation
    dialect: CaseDialect
    given: str | Mapping[str, str]

    @cached_property
    def files(self) -> Mapping[str, str]:
        return {path: _MARKER.sub("", text) for path, text in self._texts.items()}

    @cached_property
    def source(self) -> str:
        return _dedented(self.given if isinstance(self.given, str) else next(iter(self.given.values())))

    @cached_property
    def marks(self) -> frozenset[tuple[str, int]]:
        return frozenset(
            (path, number)
            for path, text in self._texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            if _MARKER.search(line)
        )

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """As they are scanned, with their markers."""
        if isinstance(self.given, str):
            return {FILE_NAMES[self.dialect]: _framed(self.dialect, _dedented(self.given))}
        return {path: _dedented(text) for path, text in self.given.items()}


def bad(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """An input in which the rule must find something on exactly the marked lines."""
    return Case("bad", dialect, text)


def good(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """The safe twin: an input in which the rule must find nothing."""
    return Case("good", dialect, text)


def unresolved(dialect: CaseDialect, text: str | Mapping[str, str]) -> Case:
    """An input in which the rule cannot know: no finding, but an undecided setting."""
    return Case("unresolved", dialect, text)


def _dedented(text: str) -> str:
    import textwrap

    return textwrap.dedent(text).strip("\n") + "\n"


def _framed(dialect: CaseDialect, body: str) -> str:
    if dialect not in {"sam", "cloudformation"} or _FRAME.search(body):
        if dialect == "sam" and "Transform:" not in body and not body.lstrip().startswith("{"):
            return f"Transform: AWS::Serverless-2016-10-31\n{body}"
        return body
    import textwrap

    head = "Transform: AWS::Serverless-2016-10-31\n" if dialect == "sam" else ""
    return f"{head}Resources:\n{textwrap.indent(body, '  ')}"
