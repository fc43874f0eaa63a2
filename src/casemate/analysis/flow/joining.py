"""The flows of a system: one a sink and kind, those across functions among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.flow.composing import MAX_HOPS, ORDER, Composition
from casemate.model.diagnostic import Diagnostic
from casemate.model.record import replace

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
            best[place] = kept if _is_across(kept) else _of_both(kept, other)
    flows = tuple(sorted(best.values(), key=lambda flow: (flow.at, flow.kind)))
    diagnostics = result.diagnostics
    if composition.bounded is not None:
        words = f"data was followed over {MAX_HOPS} writes of functions; what lies behind them was not looked at"
        diagnostics = (*diagnostics, Diagnostic("code-flow-bound", words, composition.bounded, "warning"))
    return flows, result.inputs, diagnostics


def _is_across(flow: Flow) -> bool:
    """Whether the flow comes through another function than the one that it ends in."""
    return any(step.function is not None and step.function != flow.functions[-1] for step in flow.steps)


def _of_both(kept: Flow, other: Flow) -> Flow:
    """The same sink in several functions that share their code."""
    own = other.functions[-1:] if _is_across(other) else other.functions
    return replace(kept, functions=tuple(dict.fromkeys((*kept.functions, *own))))


def _rank(flow: Flow) -> tuple[int, int, int]:
    trust = {"high": 0, "medium": 1, "low": 2}[flow.confidence]
    return (ORDER[flow.exposure], trust, len(flow.steps))
