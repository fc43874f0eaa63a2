"""What one walk found, as data: flows, calls of SDKs with their parameters, and places that cannot be followed.

Everything here survives a round trip through JSON, so that it can be kept by content.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from casemate.analysis.code.joining import taint_of
from casemate.analysis.code.labels import BIT, EVERY, KINDS, WHOLE
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
from casemate.model.record import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from casemate.analysis.code.interpret.machine import Found, NotFollowed, SdkUse
    from casemate.analysis.code.labels import Label, Taint
    from casemate.analysis.code.values import Shape
    from casemate.model.flow import CodeExposure, FlowKind

PARAMETER = "aws.ssm.parameter"
"""The value of a parameter of Systems Manager; `of` in its rendering is its name."""
CREDENTIALS = "(credentials)"
"""A parameter that no operation has: the client was made with credentials of its own."""
MAX_DEPTH = 5
MAX_FIELDS = 40

Rendered = dict[str, Any]
"""A parameter: one of `{"const": scalar}`, `{"env": name}`, `{"text": [parts]}`, `{"any": [options]}`, `{"list":
[items], "rest":
item}`, `{"map": {name: value}, "rest": value, "keys": name}`, `{"path": library name}`, `{}` (not known); `"tainted":
words` where an attacker
chooses it, `"stored": key` where it comes from what an SDK call gave back (the key of that call: `path:byte`);
`"json": value` for the text of a document; `"from": [numbers]`: whose data the value itself is, as places in
`SdkCall.sources`."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Data in the parameters of a call. `key`, `kind`, `what`: of its origin; `steps`: the way to the call.

    `whole`: the value is the data itself, so that its fields are fields of the data; `sure`: False once it went through
    something that is only supposed to hand it on; `cured`: the kinds of sinks it is harmless for.
    """

    key: str
    kind: str
    what: str
    whole: bool
    sure: bool
    steps: tuple[Step, ...]
    cured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SdkCall:
    """A call of a cloud's SDK. `service` and `operation` as in boto3 and the API; compare operations without case.

    `sure` is False where the service is not known; `tainted`: the parameters that an attacker chooses; `key`: names the
    call (`path:byte`); `sources`: whose data is in the parameters.
    """

    sdk: str
    service: str
    operation: str
    parameters: dict[str, Rendered]
    at: Span
    sure: bool = True
    tainted: tuple[str, ...] = ()
    key: str = ""
    sources: tuple[Carried, ...] = ()


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
    an attacker choose it: `Flow.evidence["stored"]` is the key of that call); `files`: what was read; `returned`: what
    it gives back to who called it, as the parameter `value` of a call.
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
    returned: SdkCall | None = None


_CARRIED = frozenset({"request", "profile", "stored"})
_DOCUMENTS = ("json.text", "encoded")


class Labels:
    """The labels in the parameters of one call, each once, by number. `cured`: the kinds each is harmless for there."""

    def __init__(self, cured: Callable[[Label], int] | None = None) -> None:
        self._cured = cured
        self._table: dict[object, int] = {}
        self.carried: list[Carried] = []

    def numbers(self, taint: Iterable[Label]) -> list[int]:
        """The numbers of the labels of others' data; those that are harmless everywhere have none."""
        found = []
        for label in taint:
            bits = label.cured if self._cured is None else self._cured(label)
            if label.origin.kind in _CARRIED and bits != EVERY:
                kinds = tuple(kind for kind in KINDS if bits & BIT[kind]) if bits else ()
                origin, steps = label.origin, tuple(_steps(label, None))
                whole = label.form == WHOLE
                one = Carried(origin.key, origin.kind, origin.what, whole, label.sure, steps, kinds)
                found.append(self._number(one))
        return found

    def whole(self, key: str, what: str) -> list[int]:
        """The number of an input that is handed on as it came in."""
        return [self._number(Carried(key, "request", what, whole=True, sure=True, steps=()))]

    def _number(self, one: Carried) -> int:
        place = (one.key, one.whole, one.sure, one.cured)
        if place not in self._table:
            self._table[place] = len(self.carried)
            self.carried.append(one)
        return self._table[place]


def render(value: Value, depth: int = 0, labels: Labels | None = None) -> Rendered:
    """A value as data. `labels` collects whose data is in it."""
    if isinstance(value, Const):
        inner = value.value
        return {"const": inner.decode("utf-8", "replace") if isinstance(inner, bytes) else inner}
    if isinstance(value, Environment):
        return {"env": value.name}
    result = _detail(value, depth, labels)
    taint = taint_of(value)
    for label in taint:
        if label.origin.kind in {"request", "profile"}:
            result.setdefault("tainted", label.origin.what)
        elif label.origin.kind == "stored":
            result.setdefault("stored", label.origin.key.removeprefix("stored:"))
    if labels is not None:
        numbers = _numbers(value, result, taint, labels)
        if numbers:
            result["from"] = numbers
    return result


def _numbers(value: Value, result: Rendered, taint: Taint, labels: Labels) -> list[int]:
    """Whose data the value itself is: what is in its parts, they say."""
    if isinstance(value, (Mapping, Sequence)) and {"map", "list"} & result.keys():
        numbers = labels.numbers(value.taint)
        what = _attackers(value.shape, 0) if isinstance(value, Mapping) and value.shape is not None else None
        return numbers or (labels.whole(value.key, what) if what is not None and isinstance(value, Mapping) else [])
    return [] if {"any", "text", "json"} & result.keys() else labels.numbers(taint)


def _attackers(shape: Shape, depth: int) -> str | None:
    """The words for the first data of an attacker in an input, if there is any."""
    if shape.what is not None:
        return shape.what if shape.kind in _CARRIED else None
    inner = [*shape.children.values(), *([shape.element] if shape.element is not None else [])]
    return next((found for one in inner if depth < 6 and (found := _attackers(one, depth + 1)) is not None), None)


def _detail(value: Value, depth: int, labels: Labels | None) -> Rendered:  # noqa: C901 - one case a kind of value
    result: Rendered = {}
    if depth >= MAX_DEPTH:
        pass
    elif isinstance(value, Text):
        result["text"] = [render(part, depth + 1, labels) for part in value.parts]
    elif isinstance(value, Union):
        result["any"] = [render(option, depth + 1, labels) for option in value.options]
    elif isinstance(value, Sequence):
        result["list"] = [render(item, depth + 1, labels) for item in value.row.items[:MAX_FIELDS]]
        if value.row.rest is not None:
            result["rest"] = render(value.row.rest, depth + 1, labels)
    elif isinstance(value, Mapping):
        names = [key for key in value.fields if isinstance(key, str)][:MAX_FIELDS]
        result["map"] = {name: render(value.fields[name], depth + 1, labels) for name in names}
        if REST in value.fields or KEYS in value.fields:
            result["rest"] = render(value.fields[REST], depth + 1, labels) if REST in value.fields else {}
        if KEYS in value.fields:
            result["keys"] = render(value.fields[KEYS], depth + 1, labels)
    elif isinstance(value, Client):
        result["path"] = f"{value.sdk}.{value.service}.{value.kind}"
    elif isinstance(value, Thing) and value.path is not None:
        result["path"] = value.path
        inner = value.receiver
        if inner is not None and value.path.startswith(_DOCUMENTS) and (labels is not None or depth == 0):
            while isinstance(inner, Thing) and inner.receiver is not None and (inner.path or "").startswith(_DOCUMENTS):
                inner = inner.receiver
            result["json"] = render(inner, depth, labels)
        if value.path == PARAMETER and value.receiver is not None:
            result["of"] = render(value.receiver, depth + 1)
    return result


def call_of(use: SdkUse, cured: Callable[[Label], int] | None = None) -> SdkCall:
    """An SDK call as data. `cured`: the kinds of sinks that a label is harmless for at this place, as bits."""
    labels = Labels(cured)
    parameters = {name: render(value, labels=labels) for name, value in use.parameters.items()}
    tainted = tuple(name for name, value in use.parameters.items() if any(
        label.origin.kind in {"request", "profile"} for label in taint_of(value)
    ))  # fmt: skip
    key = f"{use.module.path}:{use.at[0]}"
    return SdkCall(use.sdk, use.service, use.operation, parameters, use.module.span(use.at), use.sure, tainted, key,
                   tuple(labels.carried))  # fmt: skip


def either(one: SdkCall, other: SdkCall) -> SdkCall:
    """The same place called twice (a helper that is given other names): what it was given then or now."""
    if one.parameters == other.parameters and one.sources == other.sources:
        return one
    other = replace(other, parameters={name: _moved(node, len(one.sources)) for name, node in other.parameters.items()})
    parameters = {
        name: _both(one.parameters.get(name), other.parameters.get(name))
        for name in dict.fromkeys((*one.parameters, *other.parameters))
    }
    tainted = tuple(dict.fromkeys((*one.tainted, *other.tainted)))
    return replace(one, parameters=parameters, tainted=tainted, sources=(*one.sources, *other.sources))


def _moved(node: Rendered, by: int) -> Rendered:
    """The same value with the numbers of its labels moved on."""
    if not by:
        return node
    made: Rendered = {}
    for key, inner in node.items():
        if key == "from":
            made[key] = [number + by for number in inner]
        elif key in {"list", "any", "text"}:
            made[key] = [_moved(one, by) for one in inner]
        elif key == "map":
            made[key] = {name: _moved(one, by) for name, one in inner.items()}
        else:
            made[key] = _moved(inner, by) if key in {"rest", "keys", "json", "of"} else inner
    return made


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
        origins=found.origins,
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
            dict(flow.evidence), flow.exposure, list(flow.origins)]  # fmt: skip


def _flow_from(data: list[Any], functions: tuple[str, ...]) -> Flow:
    kind, name, callee, language, steps, source, confidence, cwe, cause, evidence, exposure, origins = data
    function = functions[0] if functions else None
    return Flow(
        kind=kind, name=name, callee=callee, language=language,
        steps=tuple(Step(Span(*step[:5]), step[5], function) for step in steps), exposure=exposure, source=source,
        functions=functions, confidence=confidence, cwe=cwe, cause=cause, evidence=evidence,
        origins=tuple(origins),
    )  # fmt: skip


def _call_data(call: SdkCall) -> list[Any]:
    sources = [[one.key, one.kind, one.what, one.whole, one.sure, [[*step.at, step.label] for step in one.steps],
                list(one.cured)] for one in call.sources]  # fmt: skip
    return [call.sdk, call.service, call.operation, call.parameters, list(call.at), call.sure, list(call.tainted),
            call.key, sources]  # fmt: skip


def _call_from(data: list[Any]) -> SdkCall:
    sdk, service, operation, parameters, at, sure, tainted, key, sources = data
    return SdkCall(sdk, service, operation, parameters, Span(*at), sure, tuple(tainted), key, tuple(
        Carried(one[0], one[1], one[2], one[3], one[4], tuple(Step(Span(*step[:5]), step[5]) for step in one[5]),
                tuple(one[6]))
        for one in sources
    ))  # fmt: skip


def to_data(facts: CodeFacts) -> list[Any]:
    """The facts as JSON values."""
    calls = [_call_data(call) for call in facts.calls]
    return [facts.path, facts.name, facts.style, list(facts.functions), [_flow_data(flow) for flow in facts.flows],
            [_flow_data(flow) for flow in facts.latent], calls, [[list(gap.at), gap.reason] for gap in facts.gaps],
            list(facts.files), None if facts.returned is None else _call_data(facts.returned)]  # fmt: skip


def from_data(data: list[Any]) -> CodeFacts:
    """The facts from JSON values. Raises ValueError, TypeError or KeyError for what `to_data` did not make."""
    path, name, style, functions, flows, latent, calls, gaps, files, returned = data
    ids = tuple(functions)
    return CodeFacts(
        path, name, style, ids,
        tuple(_flow_from(flow, ids) for flow in flows),
        tuple(_flow_from(flow, ids) for flow in latent),
        tuple(_call_from(call) for call in calls),
        tuple(Gap(Span(*gap[0]), gap[1]) for gap in gaps),
        tuple(files),
        None if returned is None else _call_from(returned),
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
