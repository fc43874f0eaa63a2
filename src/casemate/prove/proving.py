"""`prove`: a report in, the same report out, with a proof at every finding of a flow in code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from casemate.prove.chains import Last, chained, is_across
from casemate.prove.entering import NotCallableError, Settings, entered
from casemate.prove.misuses import MISUSES
from casemate.prove.probing import Prober, Proof
from casemate.prove.sandbox import NoNamespacesError, StoppedError
from casemate.prove.session import NotLoadedError
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System
    from casemate.model.finding import Finding, Report
    from casemate.model.flow import Flow
    from casemate.model.location import Span
    from casemate.prove.entering import Entered


@dataclass(slots=True)
class Candidate:
    """A finding (None for a flow that nobody reported) with its flow and the entry that leads to it."""

    finding: Finding | None
    flow: Flow
    entry: CodeFacts | None
    proof: Proof | None = None


@dataclass(slots=True)
class Outcome:
    """The report with its proofs, and what was proven, by finding."""

    report: Report
    candidates: list[Candidate] = field(default_factory=list)


def prove(
    report: Report, system: System, settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Prove what can be proven. Raises `NoNamespacesError` when there is no sandbox and none weaker is allowed."""
    candidates = list(candidates_of(report, system))
    prove_candidates(candidates, system, settings, progress)
    proofs = {id(one.finding): one.proof for one in candidates if one.proof is not None}
    findings = tuple(
        replace(one, proof=data_of(proofs[id(one)])) if id(one) in proofs else one for one in report.findings
    )
    return Outcome(replace(report, findings=findings), candidates)


def prove_candidates(
    candidates: Sequence[Candidate],
    system: System,
    settings: Settings,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Give each candidate its proof, one sandbox an entry. Raises `NoNamespacesError` as `prove` does."""
    groups: dict[tuple[str, str, str], list[Candidate]] = {}
    for one in candidates:
        if one.entry is None:
            one.proof = Proof("not-runnable", "no entry of the code that can be called leads to it")
        else:
            groups.setdefault((one.entry.path, one.entry.name, one.entry.style), []).append(one)
    if system.tree is not None:
        next(iter(system.tree.paths()), None)  # listed once, before several ask

    def called(numbered: tuple[int, list[Candidate]]) -> None:
        number, group = numbered
        entry = group[0].entry
        assert entry is not None  # noqa: S101 - grouped by it
        progress(f"calling {entry.name} in {entry.path} ({number} of {len(groups)})")
        _group(group, entry, system, settings)

    work = list(enumerate(groups.values(), 1))
    with ThreadPoolExecutor(max(1, min(system.jobs, len(work)))) as pool:  # each waits for a process of its own
        for _ in pool.map(called, work):
            pass


def data_of(proof: Proof) -> Mapping[str, str | None]:
    """A proof as a finding holds it."""
    return {"status": proof.status, "reason": proof.reason, "event": proof.event}


def candidates_of(report: Report, system: System) -> Iterator[Candidate]:
    """The findings of code, each with its flow."""
    table: dict[tuple[Span, str], Flow] = {}
    places: dict[Span, list[Flow]] = {}
    for flow in system.flows:
        table[flow.at, flow.cause] = flow
        places.setdefault(flow.at, []).append(flow)
    for finding in report.findings:
        span = finding.primary.span
        if span is None or finding.suppressed is not None:
            continue
        flow_found = table.get((span, finding.cause))
        if flow_found is None or (flow_found.source is None and flow_found.kind not in MISUSES):
            continue
        yield Candidate(finding, flow_found, _entry(flow_found, system))


def _entry(flow: Flow, system: System) -> CodeFacts | None:
    """The entry that the flow was found from: the one of its last function, else of the file it starts in."""
    found: list[tuple[int, CodeFacts]] = []
    last = flow.functions[-1] if flow.functions else None
    for facts in system.code_facts.facts:
        for one in (*facts.flows, *facts.latent):
            if one.at == flow.at and one.kind == flow.kind and one.cause == flow.cause:
                found.append((0 if last in facts.functions else 1 if facts.functions else 2, facts))
                break
    return min(found, key=lambda one: one[0])[1] if found else None


def _group(group: list[Candidate], entry: CodeFacts, system: System, settings: Settings) -> None:
    """The findings of one entry, in one session."""
    sites = {id(one): number for number, one in enumerate(group)}
    try:
        last = entered(entry, [(sites[id(one)], one.flow) for one in group], system, settings)
    except NotCallableError as error:
        _all(group, Proof("not-runnable", error.reason))
        return
    session = last.session
    try:
        session.open()
        if session.web and not session.routes and entry.style in {"flask", "fastapi", "chalice", "route"}:
            _all(group, Proof("not-runnable", f"no route of an application leads to {entry.name}"))
            return
        for one in group:
            site = sites[id(one)]
            alone = partial(_alone, last, one.flow, site, settings)
            if is_across(one.flow):
                through = _guarded(partial(chained, one.flow, Last(last, entry, site), system, settings))
                one.proof = through if through.status == "confirmed" else _beside_alone(through, _guarded(alone))
            else:
                one.proof = _guarded(alone)
    except NotLoadedError as error:
        _all(group, Proof("not-runnable", _clean(error.reason)))
    except StoppedError as error:
        _all(group, Proof("not-runnable", f"the sandbox ended: {error.reason}"[:300]))
    except NoNamespacesError:
        raise
    finally:
        last.close()


def _alone(inside: Entered, flow: Flow, site: int, settings: Settings) -> Proof:
    """The proof in the function that a flow ends in."""
    return Prober(inside.session, flow, site, inside.kinds, inside.hints, settings.each, inside.beside).proof()


def _guarded(proof: Callable[[], Proof]) -> Proof:
    """The proof; what comes out of the sandbox may be anything, and must not end the run."""
    try:
        made = proof()
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        return Proof("not-runnable", f"what the sandbox said cannot be read: {type(error).__name__}")
    return replace(made, reason=_clean(made.reason))


def _clean(text: str) -> str:
    """Words that may come from the code: without what moves a terminal, and without secrets."""
    return mask("".join(char if char.isprintable() else "?" for char in text))


def _beside_alone(through: Proof, alone: Proof) -> Proof:
    """What came of the whole way is the verdict; that the last function gives way by itself is said beside it."""
    if alone.status != "confirmed":
        return replace(through, tried=through.tried or alone.tried)
    said = f"{through.reason} (the last function alone gives way: {alone.reason})"
    return replace(through, reason=said, tried=through.tried or alone.event)


def _all(group: list[Candidate], proof: Proof) -> None:
    for one in group:
        if one.proof is None:
            one.proof = proof
