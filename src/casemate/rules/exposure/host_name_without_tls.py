"""A host name without a certificate.

What it does
------------
Reports custom host names of function apps whose TLS binding is disabled.

Why it matters
--------------
Requests to that name go over plain HTTP, or are answered with a certificate that browsers refuse.

How to fix
----------
Bind a managed certificate (`sslState: SniEnabled`).

When to allow it
----------------
Names that are being moved.

References
----------
- https://learn.microsoft.com/azure/app-service/configure-ssl-bindings
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function


@rule(
    "host-name-without-tls", weakness="missing-encryption-in-transit", severity=LOW, tags=["cwe-319"], profile="strict"
)
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.hosting is not None:
        for state in function.hosting.host_names:
            yield from judge(
                state, lambda word: word.lower() == "disabled", f"A host name of {function.name} has no certificate"
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
                "hostNameSslStates": [
                  {
                    "name": "shop.example",
                    "sslState": "Disabled"  // <- here
                  }
                ]
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
              "properties": {"httpsOnly": true, "hostNameSslStates": [{"name": "shop.example", "sslState": "SniEnabled"}]}
            }
          ]
        }
        """,
    ),
]
