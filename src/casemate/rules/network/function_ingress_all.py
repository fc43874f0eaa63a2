"""A function that takes traffic from everywhere.

What it does
------------
Reports Google functions and services whose ingress settings are declared as all traffic, and Azure apps that are
declared open to the public network.

Why it matters
--------------
The function is on the public internet even when it is only called from inside; authentication is then the only layer.

How to fix
----------
Set `ingress_settings` to `ALLOW_INTERNAL_ONLY` or `ALLOW_INTERNAL_AND_GCLB` (`publicNetworkAccess: Disabled`).

When to allow it
----------------
Functions that serve the public directly.

References
----------
- https://cloud.google.com/functions/docs/networking/network-settings#ingress_settings
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.function import Function

_OPEN = frozenset({"allow_all", "ingress_traffic_all", "all"})


@rule("function-ingress-all", weakness="open-network", severity=LOW, tags=["cwe-668"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.ingress is not None and function.ingress.declared:
        yield from judge(
            function.ingress, lambda value: value.lower() in _OPEN, f"{function.name} takes traffic from every network"
        )


CASES = [
    bad(
        "terraform",
        """
        resource "google_cloudfunctions_function" "hello" {
          name             = "hello"
          runtime          = "python312"
          trigger_http     = true
          ingress_settings = "ALLOW_ALL" # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_cloudfunctions_function" "hello" {
          name             = "hello"
          runtime          = "python312"
          trigger_http     = true
          ingress_settings = "ALLOW_INTERNAL_ONLY"
        }
        """,
    ),
]
