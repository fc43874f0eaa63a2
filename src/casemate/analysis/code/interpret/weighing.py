"""What an entry decides by: whether the caller's identity, or the request, takes part in any decision of its own.

From this come two kinds of flow. `foreign-object`: an object is read or changed by an id that the request brings, and
the identity of the caller stands neither in that query nor in any check. `authorizer-ignored`: the identity is read
there and decides nothing, or an authoriser answers "allow" to whatever it is sent. Both say what is *not* done, so each
use of the identity (or of a credential, or of the whole event) in a call that is not followed counts as a decision.

Sources: OWASP API1:2023 "Broken Object Level Authorization"; API Gateway developer guide, "Output from an API Gateway
Lambda authorizer" and "Use API Gateway Lambda authorizers" (HTTP APIs, simple responses).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.machine import Found, Weighing, harmful, origins_of
from casemate.analysis.code.joining import known_text, options_of, taint_of
from casemate.analysis.code.values import Closure, Const, Instance, Mapping, ModuleValue, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.code.entries import Entry
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.model.flow import CodeExposure

_KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("dynamodb", "GetItem"): ("Key",), ("dynamodb", "DeleteItem"): ("Key",), ("dynamodb", "UpdateItem"): ("Key",),
    ("dynamodb", "Query"): ("ExpressionAttributeValues", "KeyConditionExpression", "KeyConditions"),
    ("s3", "GetObject"): ("Key",), ("s3", "DeleteObject"): ("Key",),
}  # fmt: skip
"""Operations on one object -> the parameters that say which."""
_CHANGES = frozenset({"DeleteItem", "UpdateItem", "DeleteObject"})
_STATEMENT = re.compile(r"^\s*(select|update|delete)\b.{0,2000}?\bwhere\b", re.IGNORECASE | re.DOTALL)
_BY_CALLER = ("the path", "the query string", "the body", "an argument")
_CREDENTIAL = re.compile(r"headers\.(?:authorization|cookie|x-api-key|x-[\w-]*token[\w-]*)|cookies", re.IGNORECASE)
_NAMES_A_ROUTE = ("methodArn", "routeArn", "requestContext", "resource", "routeKey")
_IDENTITY = frozenset({"identity", "profile"})
_NEUTRAL = frozenset({
    "print", "info", "debug", "log", "warn", "warning", "error", "exception", "trace", "dumps", "loads", "stringify",
    "parse", "str", "String", "dict", "list", "get", "append", "push", "format", "join", "update", "set", "len",
    "isinstance", "type", "split", "strip", "lower", "upper", "trim", "toLowerCase", "toUpperCase", "replace",
    "append_keys", "appendKeys", "add_metadata", "put_annotation", "putAnnotation", "assign", "keys", "items",
    "values", "next", "callback", "repr", "Date", "Number", "Buffer", "slice",
})  # fmt: skip
"""Calls by which nothing is decided: what they give back still carries its labels."""
_CHECKING = re.compile(r"auth|login|permi|role|scope|require|protect|guard|owner", re.IGNORECASE)
_LANGUAGES = frozenset({"python", "javascript"})


def begin(machine: Machine) -> None:
    """A new entry."""
    sources = (module.module.source for module in machine.modules.values())
    machine.weighing = Weighing(
        judging=any(b"olicyDocument" in source or b"isAuthorized" in source for source in sources)
    )


def weighed(machine: Machine, values: Iterable[Value]) -> None:
    """These values take part in a decision."""
    weighing = machine.weighing
    if weighing.used and (weighing.request or not weighing.judging):
        return
    for value in values:
        for label in taint_of(value):
            origin = label.origin
            if origin.kind in _IDENTITY or _CREDENTIAL.search(origin.key):
                weighing.used = True
            if origin.kind in {"request", "profile"} and not any(name in origin.key for name in _NAMES_A_ROUTE):
                weighing.request = True


def called(machine: Machine, function: ir.Expr, receiver: Value | None, callee: Value, values: Iterable[Value]) -> None:
    """A call that is not followed: whatever it is given may decide there."""
    weighing = machine.weighing
    if weighing.used and (weighing.request or not weighing.judging):
        return
    name = function.name if isinstance(function, ir.Attr) else function.id if isinstance(function, ir.Name) else ""
    if name in _NEUTRAL or isinstance(callee, Closure) or isinstance(receiver, (ModuleValue, Instance)):
        return
    given = [*values, *([receiver] if receiver is not None else [])]
    weighed(machine, given)
    for value in given:
        if isinstance(value, Mapping) and value.shape is not None and value.key.startswith("event"):
            weighing.used = weighing.request = True


# -- objects by id
def operation(
    machine: Machine, service: str, name: str, parameters: dict[str, Value], frame: Frame, at: ir.At
) -> None:  # fmt: skip
    """An SDK call, if it is about one object."""
    keys = _KEYS.get((service, name))
    if keys is not None and not machine.muted:
        values = [parameters[key] for key in keys if key in parameters]
        _by_id(machine, values, frame, at, f"{service} {name}", changes=name in _CHANGES)


def statement(machine: Machine, given: Given, frame: Frame, at: ir.At, callee: str) -> None:
    """A statement with its data in parameters, if it picks rows."""
    text = known_text(given.arguments[0]) if given.arguments else None
    match = _STATEMENT.match(text) if text is not None else None
    if match is not None:
        changes = match[1].lower() != "select"
        _by_id(machine, [*given.arguments[1:], *given.keywords.values()], frame, at, callee, changes=changes)


def _by_id(
    machine: Machine, values: list[Value], frame: Frame, at: ir.At, callee: str, *, changes: bool
) -> None:  # fmt: skip
    if machine.language not in _LANGUAGES:  # elsewhere an identity has no label
        return
    taint = tuple(label for value in values for label in taint_of(value))
    if any(label.origin.kind in _IDENTITY for label in taint):
        machine.weighing.used = True
        return
    chosen = tuple(label for label in taint if label.origin.what.startswith(_BY_CALLER)
                   and "message" not in label.origin.what and not _CREDENTIAL.search(label.origin.key))  # fmt: skip
    label = harmful(chosen, machine, "foreign-object")
    if label is not None:
        origins = origins_of(chosen, machine, "foreign-object", label)
        words = "it says which object is meant"
        found = Found("foreign-object", frame.module, at, callee, label, "low", "CWE-639", words, (), origins)
        machine.weighing.candidates.append((found, changes))


# -- the end of an entry
def settle(machine: Machine, entry: Entry, exposure: CodeExposure, value: Value | None) -> None:
    """Report what the entry does not decide by."""
    weighing = machine.weighing
    if entry.style != "lambda" or machine.language not in _LANGUAGES:
        return
    if weighing.judging and not weighing.request:
        _allowing(machine, entry, [*(options_of(value) if value is not None else ()), *weighing.answers])
    if weighing.used or exposure == "internal" or _checked(entry):
        return
    candidates = [found for found, changes in weighing.candidates if changes or exposure != "public"]
    if candidates and weighing.identity is not None:
        module, at, label = weighing.identity
        machine.report(Found("authorizer-ignored", module, at, label.origin.key, None, "medium", "CWE-639",
                             f"{label.origin.what} is read and decides nothing"))  # fmt: skip
    for found in candidates:
        machine.report(found)


def _checked(entry: Entry) -> bool:
    """Whether a decorator may check the caller."""
    function = entry.function
    decorators = function.function.decorators if isinstance(function, Closure) else []
    return any(_CHECKING.search(repr(one)) for one in decorators)


def _allowing(machine: Machine, entry: Entry, answers: list[Value]) -> None:
    """An authoriser whose every answer is "allow", though it looks at nothing of the request."""
    verdicts = [_allows(one) for one in answers]
    if True not in verdicts or False in verdicts:
        return
    function = entry.function
    if isinstance(function, Closure):
        at = function.function.name_at or function.function.at
        machine.report(Found("authorizer-ignored", function.module, at, entry.name, None, "medium", "CWE-863",
                             "the answer is to allow, whatever the request says"))  # fmt: skip


def _allows(value: Value) -> bool | None:
    """Whether an answer allows: True, False (denies, or cannot be known), None for what is no answer."""
    if isinstance(value, Const):
        return None
    if not isinstance(value, Mapping):
        return False
    simple = value.fields.get("isAuthorized")
    if simple is not None:
        return isinstance(simple, Const) and simple.value is True
    policy = value.fields.get("policyDocument")
    rows = policy.fields.get("Statement") if isinstance(policy, Mapping) else None
    items = list(rows.row.items) if isinstance(rows, Sequence) and rows.row.rest is None else [rows]
    return bool(items) and all(
        isinstance(one, Mapping) and known_text(one.fields.get("Effect") or value) == "Allow" for one in items
    )
