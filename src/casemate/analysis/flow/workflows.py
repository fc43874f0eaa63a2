"""What the tasks of a state machine get, from what an execution is started with.

Source: Step Functions developer guide, "Processing input and output in Step Functions", "Transforming data with JSONata
in Step Functions", "Invoke an AWS Lambda function with Step Functions", and the pages of the states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.analysis.flow.filters import json_path
from casemate.analysis.flow.payload import ANY, constant, either, marks_in, select
from casemate.model.value import Fields, Items, Literal, Value, display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.code.facts import Rendered
    from casemate.model.location import Span
    from casemate.model.workflow import StateMachine

MAX_VISITS = 2_000
"""States that are entered in one execution, loops included."""
MAX_TURNS = 3
"""How often one state is entered: data that comes around a loop is met again in the second turn."""
MAX_NESTING = 12

_PATHS = re.compile(r"\$(?:\.[\w\[\]-]{1,80}){0,20}")
_JSONATA = re.compile(r"\{%\s{0,20}\$states\.(input|context\.Execution\.Input)((?:\.\w{1,80}){0,20})\s{0,20}%\}")


@dataclass(frozen=True, slots=True)
class Task:
    """A function that a state calls, with its event."""

    function: str
    event: Rendered
    state: str
    at: Span


@dataclass(slots=True)
class _Run:
    meant: Callable[[Value], list[str]]
    returned: Callable[[str], Rendered | None]
    start: Rendered
    tasks: list[Task] = field(default_factory=list)
    visits: int = 0


def tasks(
    machine: StateMachine, start: Rendered, meant: Callable[[Value], list[str]],
    returned: Callable[[str], Rendered | None],
) -> list[Task]:  # fmt: skip
    """Every function that an execution calls. `meant`: ids of functions from a value; `returned`: what one gives back.

    A definition that is not known calls nothing here.
    """
    start = start.get("json", start)  # the input is the text of a document, the states see the document
    run = _Run(meant, returned, start)
    for _, option in machine.definition.options() if machine.definition is not None else ():
        if isinstance(option, Fields):
            _walk(option, start, run, None, 0)
    return run.tasks


def _walk(machine: Fields, start: Rendered, run: _Run, item: Rendered | None, depth: int) -> Rendered:
    """One machine; what it ends with."""
    states, first = machine.get("States"), machine.get("StartAt")
    if not isinstance(states, Fields) or first is None or depth > MAX_NESTING:
        return {}
    pending: list[tuple[str, Rendered]] = [(display(first), start)]
    turns: dict[str, int] = {}
    ends: list[Rendered | None] = []
    while pending and run.visits < MAX_VISITS:
        name, data = pending.pop(0)
        entry = states.entries.get(name)
        if entry is None or not isinstance(entry.value, Fields) or turns.get(name, 0) >= MAX_TURNS:
            continue
        turns[name] = turns.get(name, 0) + 1
        run.visits += 1
        after = _state(name, entry.key_at, entry.value, data, run, item, depth)
        following = list(_following(entry.value))
        pending.extend((one, after) for one in following)
        if not following:
            ends.append(after)
    return either(ends) or {}


def _following(state: Fields) -> Iterator[str]:
    places: list[Value | None] = [state.get("Next"), state.get("Default")]
    for key in ("Choices", "Catch"):
        listed = state.get(key)
        places.extend(one.get("Next") for one in (listed.items if isinstance(listed, Items) else ())
                      if isinstance(one, Fields))  # fmt: skip
    yield from dict.fromkeys(display(one) for one in places if one is not None)


def _state(
    name: str, at: Span, state: Fields, data: Rendered, run: _Run, item: Rendered | None, depth: int
) -> Rendered:  # fmt: skip
    kind = display(state.get("Type") or Literal("", at))
    given = _path(state, "InputPath", data)
    template = state.get("Parameters") or state.get("Arguments")
    filled = given if template is None else _filled(template, given, run, item, 0)
    result: Rendered
    if kind == "Task":
        result = _task(name, at, state, template, filled, run)
    elif kind == "Map":
        result = _mapped(state, given, run, depth)
    elif kind == "Parallel":
        branches = state.get("Branches")
        result = {"list": [
            _walk(branch, filled, run, item, depth + 1)
            for branch in (branches.items if isinstance(branches, Items) else ()) if isinstance(branch, Fields)
        ]}  # fmt: skip
    elif kind == "Pass":
        written = state.get("Result")
        result = filled if written is None else _filled(written, {}, run, None, 0)
    else:
        return _path(state, "OutputPath", given)
    selector = state.get("ResultSelector")
    if selector is not None:
        result = _filled(selector, result, run, item, 0)
    output = state.get("Output")
    if output is not None:  # JSONata
        return _filled(output, either([result, given]) or {}, run, item, 0)
    return _path(state, "OutputPath", _placed(state, data, result))


def _path(state: Fields, key: str, data: Rendered) -> Rendered:
    value = state.get(key)
    if value is None:
        return data
    path = json_path(display(value))
    return constant({}) if path is None else select(data, path) or {}


def _placed(state: Fields, data: Rendered, result: Rendered) -> Rendered:
    """`ResultPath`: the result in the place of the input (by default), in a field of it, or nowhere."""
    place = state.get("ResultPath")
    if place is None:
        return result
    path = json_path(display(place))
    if path is None:
        return data
    if not path:
        return result
    made: Rendered = result
    for name in reversed(path[1:]):
        made = {"map": {name: made}}
    known = data.get("map")
    if known is not None:
        return {**data, "map": {**known, path[0]: made}}
    marks = list(marks_in(data))
    return {"map": {path[0]: made}, "from": marks} if marks else {"map": {path[0]: made}}


def _task(name: str, at: Span, state: Fields, template: Value | None, filled: Rendered, run: _Run) -> Rendered:
    resource = state.get("Resource")
    text = display(resource) if resource is not None else ""
    if ":::" in text:
        if "lambda:invoke" not in text or not isinstance(template, Fields):
            return {}
        named = template.get("FunctionName")
        functions = run.meant(named) if named is not None else []
        event, wrapped = select(filled, ("Payload",)) or {}, True
    else:
        functions = run.meant(resource) if resource is not None else []
        event, wrapped = filled, False
    run.tasks.extend(Task(one, event, name, at) for one in functions)
    given = either([run.returned(one) for one in functions]) or {}
    return {"map": {"Payload": given}} if wrapped else given


def _mapped(state: Fields, given: Rendered, run: _Run, depth: int) -> Rendered:
    """A `Map` state: its machine runs for each item."""
    items = _path(state, "ItemsPath", given) if state.get("ItemsPath") is not None else given
    one = select(items, (ANY,)) or {}
    selector = state.get("ItemSelector") or state.get("Parameters")
    if selector is not None:
        one = _filled(selector, given, run, one, 0)
    processor = state.get("ItemProcessor") or state.get("Iterator")
    if not isinstance(processor, Fields):
        return {}
    return {"list": [], "rest": _walk(processor, one, run, one, depth + 1)}


def _filled(value: Value, data: Rendered, run: _Run, item: Rendered | None, depth: int) -> Rendered:
    """A payload template (JSONPath: names that end in `.$`) or JSONata texts, filled in."""
    if depth > MAX_NESTING:
        return {}
    if isinstance(value, Fields):
        fields: dict[str, Rendered] = {}
        for name, entry in value.entries.items():
            if name.endswith(".$"):
                fields[name[:-2]] = _expression(display(entry.value), data, run, item)
            else:
                fields[name] = _filled(entry.value, data, run, item, depth + 1)
        return {"map": fields}
    if isinstance(value, Items):
        return {"list": [_filled(one, data, run, item, depth + 1) for one in value.items]}
    text = display(value)
    if text.startswith("{%"):
        simple = _JSONATA.fullmatch(text)
        if simple is None:
            return _opaque(data)
        root = data if simple[1] == "input" else run.start
        return select(root, json_path("$" + simple[2]) or ()) or {}
    return constant(value.value) if isinstance(value, Literal) else {}


def _expression(text: str, data: Rendered, run: _Run, item: Rendered | None) -> Rendered:
    if text.startswith("$$"):
        for prefix, root in (("$$.Execution.Input", run.start), ("$$.Map.Item.Value", item or {})):
            if text.startswith(prefix):
                return select(root, json_path("$" + text.removeprefix(prefix)) or ()) or {}
        return {}
    path = json_path(text)
    if path is not None:
        return select(data, path) or {}
    used = [select(data, json_path(one) or ()) for one in _PATHS.findall(text[:2_000])]  # an intrinsic function
    marks = [mark for one in used for mark in marks_in(one)]
    return {"from": marks} if marks else {}


def _opaque(data: Rendered) -> Rendered:
    marks = list(marks_in(data))
    return {"from": marks} if marks else {}
