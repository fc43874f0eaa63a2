"""A block that may or may not be there is neither a pass nor a finding; one that is never there is a finding."""

from __future__ import annotations

from datetime import date

import pytest

from casemate.engine.scanning import Request, scan
from casemate.sources.tree import MemoryTree

STAGE = """
variable "logs" {{ {default} }}
resource "aws_apigatewayv2_api" "api" {{
  name          = "api"
  protocol_type = "HTTP"
}}
resource "aws_apigatewayv2_stage" "live" {{
  api_id = aws_apigatewayv2_api.api.id
  name   = "live"
  dynamic "access_log_settings" {{
    for_each = var.logs
    content {{
      destination_arn = access_log_settings.value
      format          = "$context.requestId"
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("default", "findings", "undecided"),
    [
        ("default = []", 1, 0),
        ('default = ["arn:aws:logs:eu-west-1:123456789012:log-group:api"]', 0, 0),
        ("", 0, 1),
        ("type = list(string)", 0, 1),
    ],
)
def test_a_dynamic_block_is_judged_by_its_collection(default: str, findings: int, undecided: int) -> None:
    files = {"main.tf": STAGE.format(default=default).encode()}
    request = Request(today=date(2026, 1, 1), only=("api-without-access-logs",))
    report = scan(MemoryTree(files), request).report
    assert (len(report.findings), len(report.undecided)) == (findings, undecided)
