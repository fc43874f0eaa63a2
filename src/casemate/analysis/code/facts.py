"""What one walk found, as data: flows, calls of SDKs with their parameters, and places that cannot be followed.

Everything here survives a round trip through JSON, so that it can be kept by content.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.code.joining import taint_of
from casemate.analysis.code.values import (
    KEYS,
    REST,
    Client,
    Const,
    Environment,
    Mapping,
    Sequence,
    Text,
    Thing,
    Union,
    Value,
)
from casemate.model.flow import Flow, Step
from casemate.model.location import Span

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Found, NotFollowed, SdkUse
    from casemate.analysis.code.labels import Label
    from casemate.model.flow import CodeExposure, FlowKind

PARAMETER = "aws.ssm.parameter"
"""The value of a parameter of Systems Manager; `of` in its rendering is its name."""
MAX_DEPTH = 5
MAX_FIELDS = 40

Rendered = dict[str, Any]
"""A parameter: one of `{"const": scalar}`, `{"env": name}`, `{"text": [parts]}`, `{"any": [options]}`, `{"list":
[items], "rest":
item}`, `{"map": {name: value}, "rest": value, "keys": name}`, `{"path": library name}`, `{}` (not known); `"tainted":
words` where an attacker
chooses it, `"stored": key` where it comes from what an SDK call gave back (the key of that call: `path:byte`)."""


@dataclass(frozen=True, slots=True)
class SdkCall:
    """A call of a cloud's SDK. `service` and `operation` as in boto3 and the API; compare operations without case.

    `sure` is False where the service is not known; `tainted`: the parameters that an attacker chooses.
    """

    sdk: str
    service: str
    operation: str
    parameters: dict[str, Rendered]
    at: Span
    sure: bool = True
    tainted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where the code cannot be followed, and why."""

    at: Span
    reason: str


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What one entry does.

    `functions`: ids in the inventory; `name`, `path`: the function that is entered, and its file; `flows`: data of an
    attacker at sinks, and misuses; `latent`: data that an SDK call gave back at sinks (a flow if another function lets
    an attacker choose it: `Flow.evidence["stored"]` is the key of that call); `files`: what was read.
    """

    path: str
    name: str
    style: str
    functions: tuple[str, ...]
    flows: tuple[Flow, ...]
    latent: tuple[Flow, ...]
    calls: tuple[SdkCall, ...]
    gaps: tuple[Gap, ...]
    files: tuple[str, ...] = ()


def render(value: Value, depth: int = 0) -> Rendered:  # noqa: C901 - one case a kind of value
    """A value as data."""
    if isinstance(value, Const):
        inner = value.value
        return {"const": inner.decode("utf-8", "replace") if isinstance(inner, bytes) else inner}
    if isinstance(value, Environment):
        return {"env": value.name}
    result: Rendered = {}
    if depth >= MAX_DEPTH:
        pass
    elif isinstance(value, Text):
        result["text"] = [render(part, depth + 1) for part in value.parts]
    elif isinstance(value, Union):
        result["any"] = [render(option, depth + 1) for option in value.options]
    elif isinstance(value, Sequence):
        result["list"] = [render(item, depth + 1) for item in value.row.items[:MAX_FIELDS]]
        if value.row.rest is not None:
            result["rest"] = render(value.row.rest, depth + 1)
    elif isinstance(value, Mapping):
        names = [key for key in value.fields if isinstance(key, str)][:MAX_FIELDS]
        result["map"] = {name: render(value.fields[name], depth + 1) for name in names}
        if REST in value.fields or KEYS in value.fields:
            result["rest"] = render(value.fields[REST], depth + 1) if REST in value.fields else {}
        if KEYS in value.fields:
            result["keys"] = render(value.fields[KEYS], depth + 1)
    elif isinstance(value, Client):
        result["path"] = f"{value.sdk}.{value.service}.{value.kind}"
    elif isinstance(value, Thing) and value.path is not None:
        result["path"] = value.path
        if value.path == PARAMETER and value.receiver is not None:
            result["of"] = render(value.receiver, depth + 1)
    for label in taint_of(value):
        if label.origin.kind in {"request", "profile"}:
            result.setdefault("tainted", label.origin.what)
        elif label.origin.kind == "stored":
            result.setdefault("stored", label.origin.key.removeprefix("stored:"))
    return result


def call_of(use: SdkUse) -> SdkCall:
    """An SDK call as data."""
    parameters = {name: render(value) for name, value in use.parameters.items()}
    tainted = tuple(name for name, value in use.parameters.items() if any(
        label.origin.kind in {"request", "profile"} for label in taint_of(value)
    ))  # fmt: skip
    return SdkCall(use.sdk, use.service, use.operation, parameters, use.module.span(use.at), use.sure, tainted)


def either(one: SdkCall, other: SdkCall) -> SdkCall:
    """The same place called twice (a helper that is given other names): what it was given then or now."""
    if one.parameters == other.parameters:
        return one
    parameters = {
        name: _both(one.parameters.get(name), other.parameters.get(name))
        for name in dict.fromkeys((*one.parameters, *other.parameters))
    }
    return replace(one, parameters=parameters, tainted=tuple(dict.fromkeys((*one.tainted, *other.tainted))))


def _both(one: Rendered | None, other: Rendered | None) -> Rendered:
    if one is None or other is None or one == other:
        return one or other or {}
    options: list[Rendered] = list(one.get("any", [one]))
    options.extend(option for option in other.get("any", [other]) if option not in options)
    marks = {key: value for key, value in (*other.items(), *one.items()) if key in {"tainted", "stored"}}
    return {"any": options[:MAX_FIELDS], **marks}


def gap_of(place: NotFollowed) -> Gap:
    """A place that cannot be followed, as data."""
    return Gap(place.module.span(place.at), place.reason)


def flow_of(found: Found, name: str, exposure: CodeExposure, functions: tuple[str, ...]) -> Flow:
    """A finding as a flow, its steps in the order in which data goes."""
    label = found.label
    function = functions[0] if functions else None
    steps = _steps(label, function) if label is not None else []
    sink = found.module.span(found.at)
    words = found.message or f"it reaches {found.callee}"
    if label is None:
        words = found.message or found.callee
    last = Step(sink, words, function)
    if steps and steps[-1].at == sink:
        steps.pop()
    evidence = dict(found.evidence)
    if label is not None and label.origin.kind == "stored":
        evidence["stored"] = label.origin.key.removeprefix("stored:")
    at_least: CodeExposure = exposure
    if label is not None and label.origin.kind == "profile" and exposure in {"public", "unknown"}:
        at_least = "authenticated"
    return Flow(
        kind=cast("FlowKind", found.kind),
        name=name,
        callee=found.callee,
        language=found.module.language,
        steps=(*steps, last),
        exposure=at_least,
        source=label.origin.what if label is not None else None,
        functions=functions,
        confidence=found.confidence,
        cwe=found.cwe,
        cause=_cause(found),
        evidence=evidence,
    )


def _cause(found: Found) -> str:
    """The statement's own text: it stays when lines move."""
    text = found.module.source[found.at[0] : found.at[1]].decode("utf-8", "replace")
    return f"{found.kind} {found.callee} {' '.join(text.split())[:160]}"


def _steps(label: Label, function: str | None) -> list[Step]:
    steps: list[Step] = []
    trace = label.trace
    while True:
        steps.append(Step(trace.module.span(trace.at), trace.label, function))
        if trace.previous is None:
            break
        trace = trace.previous
    steps.reverse()
    return steps


# -- JSON
def _flow_data(flow: Flow) -> list[Any]:
    steps = [[*step.at, step.label] for step in flow.steps]
    return [flow.kind, flow.name, flow.callee, flow.language, steps, flow.source, flow.confidence, flow.cwe, flow.cause,
            dict(flow.evidence), flow.exposure]  # fmt: skip


def _flow_from(data: list[Any], functions: tuple[str, ...]) -> Flow:
    kind, name, callee, language, steps, source, confidence, cwe, cause, evidence, exposure = data
    function = functions[0] if functions else None
    return Flow(
        kind=kind, name=name, callee=callee, language=language,
        steps=tuple(Step(Span(*step[:5]), step[5], function) for step in steps), exposure=exposure, source=source,
        functions=functions, confidence=confidence, cwe=cwe, cause=cause, evidence=evidence,
    )  # fmt: skip


def to_data(facts: CodeFacts) -> list[Any]:
    """The facts as JSON values."""
    calls = [[c.sdk, c.service, c.operation, c.parameters, list(c.at), c.sure, list(c.tainted)] for c in facts.calls]
    return [facts.path, facts.name, facts.style, list(facts.functions), [_flow_data(flow) for flow in facts.flows],
            [_flow_data(flow) for flow in facts.latent], calls, [[list(gap.at), gap.reason] for gap in facts.gaps],
            list(facts.files)]  # fmt: skip


def from_data(data: list[Any]) -> CodeFacts:
    """The facts from JSON values. Raises ValueError, TypeError or KeyError for what `to_data` did not make."""
    path, name, style, functions, flows, latent, calls, gaps, files = data
    ids = tuple(functions)
    return CodeFacts(
        path, name, style, ids,
        tuple(_flow_from(flow, ids) for flow in flows),
        tuple(_flow_from(flow, ids) for flow in latent),
        tuple(SdkCall(c[0], c[1], c[2], c[3], Span(*c[4]), c[5], tuple(c[6])) for c in calls),
        tuple(Gap(Span(*gap[0]), gap[1]) for gap in gaps),
        tuple(files),
    )  # fmt: skip


def encode(facts: list[CodeFacts], extra: dict[str, Any]) -> bytes:
    """Facts of a unit, with what else is kept of it, as bytes."""
    return json.dumps(
        {**extra, "facts": [to_data(one) for one in facts]}, separators=(",", ":"), ensure_ascii=False
    ).encode("utf-8", "replace")


def decode(data: bytes) -> tuple[list[CodeFacts], dict[str, Any]] | None:
    """What `encode` made, or None when it is damaged."""
    try:
        found = json.loads(data)
        return [from_data(one) for one in found.pop("facts")], found
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def with_functions(facts: CodeFacts, functions: tuple[str, ...]) -> CodeFacts:
    """The same facts for other functions of the inventory."""
    return replace(facts, functions=functions)
