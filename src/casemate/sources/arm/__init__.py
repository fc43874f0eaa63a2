"""Azure Resource Manager templates (JSON), their parameter files, and Bicep as far as it is compiled.

`expression.py` parses `[…]`, `evaluate.py` resolves it with the functions of `functions.py` (pure ones) and
`references.py` (those that name resources), `declare.py` finds every declared resource (children, copies, nested and
linked deployments), `source.py` reads files.
"""

from __future__ import annotations

from casemate.sources.arm.source import KIND, claims, read

__all__ = ["KIND", "claims", "read"]
