"""A function app that does not log requests.

What it does
------------
Reports function apps whose HTTP logging is declared off.

Why it matters
--------------
After an incident nobody can say who called which function.

How to fix
----------
Set `httpLoggingEnabled` to true, or send diagnostics to a workspace.

When to allow it
----------------
Apps with Application Insights that samples nothing away.

References
----------
- https://learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule("app-requests-not-logged", weakness="missing-logging", severity=LOW, tags=["cwe-778"], profile="strict")
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None and function.hosting.http_logging is not None:
        yield from judge(
            function.hosting.http_logging, lambda on: not on, f"Requests to {function.name} are not logged"
        )


CASES = [
    bad(
        "arm",
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites",
              "apiVersion": "2022-03-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {
                "httpsOnly": true,
                "siteConfig": {
                  "httpLoggingEnabled": false  // <- here
                }
              }
            }
          ]
        }
        """,
    ),
    good(
        "arm",
        """
        {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "resources": [
            {
              "type": "Microsoft.Web/sites",
              "apiVersion": "2022-03-01",
              "name": "shop",
              "kind": "functionapp",
              "properties": {"httpsOnly": true, "siteConfig": {"httpLoggingEnabled": true}}
            }
          ]
        }
        """,
    ),
]
