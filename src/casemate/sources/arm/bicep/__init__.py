"""Bicep -> the ARM template that its compiler would write, as a tree with the places of the Bicep file.

`lexing` cuts text into tokens, `parsing` builds declarations and expressions (`tree`), `lowering` writes them as a
template whose expressions are ARM's own, so that the evaluator of ARM templates reads both. Nothing is run, no registry
is asked: modules of a registry stay what they are.

Source: Azure documentation, "Bicep file structure and syntax", "Bicep operators", "Bicep loops"; the Bicep grammar
(`docs/grammar.md` of Azure/bicep).
"""

from __future__ import annotations

from casemate.sources.arm.bicep.lowering import template

__all__ = ["template"]
