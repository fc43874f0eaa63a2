"""One token, one finding: the rule that knows the property says it."""

from __future__ import annotations

from datetime import date

from casemate.engine.scanning import Request, scan
from casemate.sources.tree import MemoryTree

TOKEN = "gh" + "p_" + "a8f3k2m9q7w1e5r6t4y0u2i8o6p3s1d9f5g7"


def rules(text: str) -> list[tuple[str, int]]:
    found = scan(MemoryTree({"main.tf": text.encode()}), Request(today=date(2026, 11, 24), only=RULES)).report.findings
    return [(finding.rule, finding.primary.span.start_line) for finding in found if finding.primary.span]


RULES = ("token-in-template", "secret-in-environment")
SERVICE = f"""\
resource "google_cloud_run_v2_service" "web" {{
  name = "web"
  template {{
    containers {{
      image = "web"
      env {{
        name  = "GITHUB_TOKEN"
        value = "{TOKEN}"
      }}
    }}
  }}
}}
"""


def test_a_token_in_a_variable_is_told_by_the_rule_about_variables() -> None:
    assert rules(SERVICE) == [("secret-in-environment", 7)]


def test_a_token_elsewhere_in_the_resource_is_told_by_itself() -> None:
    labelled = SERVICE.replace('  name = "web"\n', f'  name = "web"\n  description = "{TOKEN[:-1]}0"\n', 1)
    assert ("token-in-template", 3) in rules(labelled)
    assert len(rules(labelled)) == 2
