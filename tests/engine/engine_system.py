"""What the tests of the engine share: a scan of files that are given as text."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from casemate.engine.scanning import Request, scan
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.finding import Report, Suppression

TODAY = date(2026, 11, 24)
URL = "function-url-without-auth"
HEAD = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
HELLO = """\
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionUrlConfig:
        AuthType: NONE
"""


def scanned(
    files: dict[str, str] | str,
    *,
    only: tuple[str, ...] = (URL,),
    suppress: tuple[Suppression, ...] = (),
    **more: object,
) -> Report:
    """The report of these files (or of one `template.yaml`), by one rule unless told otherwise."""
    given = {"template.yaml": files} if isinstance(files, str) else files
    tree = MemoryTree({path: text.encode() for path, text in given.items()})
    request = Request(today=TODAY, only=only, suppressions=suppress, **more)  # type: ignore[arg-type] # by name
    return scan(tree, request).report


def codes(report: Report) -> list[str]:
    """The codes of the diagnostics."""
    return [diagnostic.code for diagnostic in report.diagnostics]
