from __future__ import annotations

from datetime import date

from casemate.engine.scanning import Request, scan
from casemate.sources.tree import MemoryTree

CODE = b"""import os


def handler(event, context):
    os.system(event["queryStringParameters"]["name"])  # casemate: ignore[command-injection] -- sandboxed elsewhere
"""


def test_a_comment_in_code_suppresses_a_finding_in_that_line() -> None:
    report = scan(MemoryTree({"app.py": CODE}), Request(today=date(2026, 11, 24))).report
    found = [finding for finding in report.findings if finding.rule == "command-injection"]
    assert [finding.suppressed is not None for finding in found] == [True]
    assert report.complete
