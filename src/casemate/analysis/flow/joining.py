"""The flows of a system: one a sink and kind, those across functions among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.analysis.flow.composing import MAX_HOPS, ORDER, Composition
from casemate.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from casemate.analysis.system import System
    from casemate.model.diagnostic import Input
    from casemate.model.flow import Flow
    from casemate.model.location import Span


def analyse(system: System) -> tuple[tuple[Flow, ...], tuple[Input, ...], tuple[Diagnostic, ...]]:
    """The flows of the system's code: one a sink and kind, the most exposed and shortest."""
    result = system.code_facts
    composition = Composition(system, result.facts)
    best: dict[tuple[str, Span], Flow] = {}
    for flow in composition.flows():
        place = (flow.kind, flow.at)
        known = best.get(place)
        if known is None:
            best[place] = flow
        else:
            kept, other = (flow, known) if _rank(flow) < _rank(known) else (known, flow)
            best[place] = replace(kept, functions=tuple(dict.fromkeys((*other.functions, *kept.functions))))
    flows = tuple(sorted(best.values(), key=lambda flow: (flow.at, flow.kind)))
    diagnostics = result.diagnostics
    if composition.bounded and flows:
        words = f"data was followed over {MAX_HOPS} writes of functions; what lies behind them was not looked at"
        diagnostics = (*diagnostics, Diagnostic("code-flow-bound", words, flows[0].at, "warning"))
    return flows, result.inputs, diagnostics


def _rank(flow: Flow) -> tuple[int, int, int]:
    trust = {"high": 0, "medium": 1, "low": 2}[flow.confidence]
    return (ORDER[flow.exposure], trust, len(flow.steps))
