"""`prove`: a report in, the same report out, with a proof at every finding of a flow in code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from casemate.prove.hints import hints_of
from casemate.prove.misuses import MISUSES
from casemate.prove.probing import Prober, Proof
from casemate.prove.runtimes import NODE_ALWAYS, NODE_MISSING, PYTHON_ALWAYS, PYTHON_MISSING, node, python
from casemate.prove.sandbox import Limits, NoNamespacesError, StoppedError
from casemate.prove.session import NotLoadedError, Session
from casemate.prove.sites import HOOK
from casemate.prove.staging import stage
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System
    from casemate.model.finding import Finding, Report
    from casemate.model.flow import Flow
    from casemate.model.location import Span
    from casemate.prove.sandbox import Program

_PYTHON_STYLES = frozenset({"lambda", "flask", "fastapi", "django", "chalice", "chalice-event", "aiohttp", "azure",
"request",
                            "cloud-event", "route"})  # fmt: skip
_NODE_STYLES = frozenset({"lambda", "express", "koa", "fastify", "azure-js", "azure-v1", "cloud-event"})
_OWN = {"aiohttp": "aiohttp", "django": "sqlite3", "route": "aws_lambda_powertools"}
"""What an entry's framework needs itself, so that it is not stood in for."""
_VARIABLES = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "casemate",
              "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_EXECUTION_ENV": "AWS_Lambda",
              "POWERTOOLS_TRACE_DISABLED": "1",
              "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How proofs are made. `seconds`: of one call; `each`: of one finding; `python`, `node`: interpreters."""

    seconds: float = 5.0
    each: float = 45.0
    weak: bool = False
    python: str | None = None
    node: str | None = None


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
    tree = system.tree
    reason = _refused(entry, group[0].flow.language)
    program = None if reason else _program(group[0].flow.language, settings)
    if reason is None and program is None:
        reason = "Node.js is not installed"
    if reason is not None or program is None or tree is None:
        _all(group, Proof("not-runnable", reason or "there is no tree of files"))
        return
    files = [path for path in dict.fromkeys((entry.path, *entry.files)) if tree.size(path) is not None]
    sites = {id(one): number for number, one in enumerate(group)}
    staged = stage(tree, files, [(sites[id(one)], one.flow) for one in group])
    program = replace(program, needs=(*program.needs, *staged.needs))
    limits = Limits(seconds=settings.seconds)
    session = Session(
        program, staged, limits, _load(entry, group[0].flow.language, system, files), entry.style, settings.weak
    )
    kinds = kinds_of(entry, system)
    beside = tuple(dict.fromkeys(origin for flow in entry.flows for origin in flow.origins))
    hints = hints_of(tree.read(path) or b"" for path in files)
    try:
        session.open()
        if session.web and not session.routes and entry.style in {"flask", "fastapi", "chalice", "route"}:
            _all(group, Proof("not-runnable", f"no route of an application leads to {entry.name}"))
            return
        for one in group:
            prober = Prober(session, one.flow, sites[id(one)], kinds, hints, settings.each, beside)
            one.proof = _in_the_last(_guarded(prober), one.flow)
    except NotLoadedError as error:
        _all(group, Proof("not-runnable", _clean(error.reason)))
    except StoppedError as error:
        _all(group, Proof("not-runnable", f"the sandbox ended: {error.reason}"[:300]))
    except NoNamespacesError:
        raise
    finally:
        session.close()
        staged.remove()


def _guarded(prober: Prober) -> Proof:
    """The proof; what comes out of the sandbox may be anything, and must not end the run."""
    try:
        proof = prober.proof()
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        return Proof("not-runnable", f"what the sandbox said cannot be read: {type(error).__name__}")
    return replace(proof, reason=_clean(proof.reason))


def _clean(text: str) -> str:
    """Words that may come from the code: without what moves a terminal, and without secrets."""
    return mask("".join(char if char.isprintable() else "?" for char in text))


def _in_the_last(proof: Proof, flow: Flow) -> Proof:
    """What was called is the function in which a flow ends: where it came through others, that is said."""
    last = flow.functions[-1] if flow.functions else None
    if not any(step.function not in {None, last} for step in flow.steps):
        return proof
    return replace(proof, reason=f"{proof.reason} ({flow.name} was called with what the functions before it hand on)")


def _all(group: list[Candidate], proof: Proof) -> None:
    for one in group:
        if one.proof is None:
            one.proof = proof


def _refused(entry: CodeFacts, language: str) -> str | None:
    """Why an entry cannot be called, None when it can."""
    if "#" in entry.path:
        return "the code stands inside of a template"
    styles = (
        _PYTHON_STYLES if language == "python" else _NODE_STYLES if language in {"javascript", "typescript"} else None
    )
    if styles is None:
        return f"handlers in {language} are not called yet"
    if entry.style == "loose":
        return f"{entry.name} is called by no entry"
    return None if entry.style in styles else f"entries of the form {entry.style} are not called yet"


def _program(language: str, settings: Settings) -> Program | None:
    return python(settings.python) if language == "python" else node(settings.node)


def kinds_of(entry: CodeFacts, system: System) -> tuple[str, ...]:
    """What starts the functions of an entry."""
    found: dict[str, None] = {}
    for function in system.inventory.functions:
        if function.id in entry.functions:
            found.update(
                dict.fromkeys("graphql" if one.kind == "graphql" else "http" for one in system.routes_of(function))
            )
            found.update(dict.fromkeys(one.kind for one in system.triggers_of(function)))
    return tuple(found)


def _load(entry: CodeFacts, language: str, system: System, files: list[str]) -> dict[str, Any]:
    """What the driver is told: names, folders, variables, packages."""
    environment = dict(_VARIABLES)
    for function in system.inventory.functions:
        if function.id in entry.functions:
            from casemate.model.value import text_of

            environment |= {one.name: text_of(one.value) or "casemate" for one in function.environment}
    load: dict[str, Any] = {
        "file": f"{{app}}/{entry.path}", "app": "{app}", "name": entry.name, "style": entry.style, "hook": HOOK,
        "environment": {name: value for name, value in environment.items() if not name.startswith("LD_")},
    }  # fmt: skip
    if language != "python":
        return {**load, "always": list(NODE_ALWAYS), "missing": list(NODE_MISSING)}
    known = set(files)
    folder, module = _module(entry.path, known, system)
    parts = folder.split("/") if folder else []
    roots = ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
    others = (_module(path, known, system)[0] for path in files if path.endswith(".py"))
    paths = [f"{{app}}/{root}".rstrip("/") for root in dict.fromkeys((*roots, *others))]
    own = _OWN.get(entry.style)
    always = [name for name in PYTHON_ALWAYS if name != own]
    missing = [name for name in PYTHON_MISSING if name != own]
    return {**load, "module": module, "paths": paths, "always": always, "missing": missing}


def _module(path: str, known: set[str], system: System) -> tuple[str, str]:
    """(folder from which it is imported, name) of a Python file: packages have an `__init__.py`."""
    folder, _, file = path.rpartition("/")
    names = [file.removesuffix(".py")]
    if names == ["__init__"]:
        folder, _, name = folder.rpartition("/")
        names = [name]
    while folder and (
        f"{folder}/__init__.py" in known
        or (system.tree is not None and system.tree.size(f"{folder}/__init__.py") is not None)
    ):
        folder, _, name = folder.rpartition("/")
        names.insert(0, name)
    return folder, ".".join(names)
