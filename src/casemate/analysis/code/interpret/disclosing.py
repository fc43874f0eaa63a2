"""What a log should not tell: secrets, keys in URLs, and what a caller proves with who they are.

A secret that the program hands to a logging function of its own is reported where it is handed over: there a person
edits, and several outputs of that function are one mistake.

Sources: CWE-532; OWASP Logging Cheat Sheet, "Data to exclude"; PCI DSS 4.0, requirements 3.3 and 3.5 (card numbers and
verification codes); RFC 6750 section 5.3 ("Don't pass bearer tokens in page
URLs"); Azure Functions, "Work with access keys" (`code` in the query), Azure Storage shared access signatures (`sig`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.machine import Found
from casemate.analysis.code.joining import options_of, sort_of, taint_of
from casemate.analysis.code.labels import WHOLE, Label, Trace
from casemate.analysis.code.values import Const, Mapping, Sequence, Text, Thing, Union, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.model.finding import Confidence

_KEY = re.compile(
    r"[?&](?:code|sig|signature|api[_-]?key|access[_-]?token|auth[_-]?token|token|client[_-]?secret|secret|password"
    r"|passwd|pwd|subscription-key)=$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\bauthorization\W{1,4}(?:(?:bearer|basic|token)\s)?$", re.IGNORECASE)
_PROOF = re.compile(
    r"headers?\b.{0,40}\b(?:authorization|proxy-authorization|x-api-key|x-functions-key|x-auth-token|cookie)$",
    re.IGNORECASE,
)
_WHOLE_HEADERS = re.compile(r"\.headers$", re.IGNORECASE)
_CONFIDENTIAL = frozenset({
    "password", "passwd", "passphrase", "passcode", "newpassword", "oldpassword", "currentpassword", "confirmpassword",
    "userpassword", "secret", "clientsecret", "secretkey", "privatekey", "apikey", "accesskey", "accesstoken",
    "refreshtoken", "idtoken", "authtoken", "sessiontoken", "resettoken", "bearertoken", "otp", "cardnumber",
    "creditcard", "creditcardnumber", "ccnumber", "cvv", "cvv2", "cvc", "cardcvv", "cardcvc", "ssn",
    "socialsecuritynumber", "iban", "bankaccountnumber",
})  # fmt: skip
"""What a field of a request is called, without case and separators, that holds what a log must not."""
_FIELD = re.compile(r"([\w-]+)$")
_SEPARATORS = str.maketrans("", "", "_-")
_LOGS = re.compile(r"log|print|trace|debug|warn|audit", re.IGNORECASE)
_MAX_OUT = 3
_MAX_DEEP = 6


def disclosed(machine: Machine, value: Value, frame: Frame, at: ir.At, callee: str) -> None:
    """A value goes into a log; secrets of a store are looked for elsewhere."""
    proof = next((one for one in taint_of(value) if one.sure and _PROOF.search(one.origin.key)), None)
    if proof is not None:
        _report(machine, frame, at, callee, proof, "medium", "it is what the caller proves with who they are")
    elif (field := _confidential(value, 0)) is not None:
        words = "the caller's password, key, card or account number is written to a log"
        _report(machine, frame, at, callee, field, "medium", words)
    elif _has_key(value, 0):
        _report(machine, frame, at, callee, None, "medium", "a URL or header with a key in it is written to a log")
    elif _all_headers(value):
        label = next(iter(taint_of(value)), None)
        _report(machine, frame, at, callee, label, "low", "authorisation headers are among what is written to a log")


def _report(
    machine: Machine, frame: Frame, at: ir.At, callee: str, label: Label | None, confidence: Confidence, words: str
) -> None:
    machine.report(Found("sensitive-log", frame.module, at, callee, label, confidence, "CWE-532", words))


def _has_key(value: Value, depth: int) -> bool:
    """Whether a text has a key's place in a URL, filled with something that is not written out."""
    if depth > _MAX_DEEP:
        return False
    if isinstance(value, Union):
        return any(_has_key(option, depth + 1) for option in value.options)
    if not isinstance(value, Text):
        return False
    before = ""
    for part in value.parts:
        if isinstance(part, Const):
            before = str(part.value)
            continue
        if before and (_KEY.search(before[-60:]) or _HEADER.search(before[-40:])) and sort_of(part) != "int":
            return True
        if _has_key(part, depth + 1):
            return True
        before = ""
    return False


def _confidential(value: Value, depth: int) -> Label | None:
    """The data of a field of a request that is called like a secret, and is written whole: no cut-out of it, no digest.

    Inside of a text, too, or of an object that is written out.
    """
    if depth > _MAX_DEEP:
        return None
    one = value.receiver if isinstance(value, Thing) and value.path == "json.text" else value
    parts: Iterable[Value]
    if isinstance(one, Text):
        parts = one.parts
    elif isinstance(one, Union):
        parts = one.options
    elif isinstance(one, Mapping):
        parts = one.fields.values()
    elif isinstance(one, Sequence):
        parts = one.row.items
    elif one is None or sort_of(one) == "bool" or (isinstance(one, Thing) and one.path == "typeof"):
        return None
    else:
        return next((label for label in taint_of(one) if _is_confidential(label)), None)
    return next((label for part in list(parts) if (label := _confidential(part, depth + 1)) is not None), None)


def _is_confidential(label: Label) -> bool:
    if label.form != WHOLE or not label.sure or label.origin.kind not in {"request", "profile"}:
        return False
    named = _FIELD.search(label.origin.key)
    return named is not None and named[1].translate(_SEPARATORS).lower() in _CONFIDENTIAL


def _all_headers(value: Value) -> bool:
    """Whether it is all headers of a request, or the event of a function that only requests start."""
    for option in options_of(value):
        one = option.receiver if isinstance(option, Thing) and option.path == "json.text" else option
        if isinstance(one, Mapping) and one.shape is not None:
            children = one.shape.children
            if _WHOLE_HEADERS.search(one.key) or (one.key == "event" and "headers" in children and "*" not in children):
                return True
        if isinstance(one, Thing) and any(
            label.form == WHOLE and _WHOLE_HEADERS.search(label.origin.key) for label in one.taint
        ):
            return True
    return False


def handed_over(machine: Machine, label: Label, frame: Frame, at: ir.At) -> tuple[ir.Module, ir.At]:
    """Where the program gives the data to a logging function of its own; the sink itself where there is none."""
    module = frame.module
    trace: Trace | None = label.trace
    for inner in reversed(machine.stack[-_MAX_OUT:]):
        function = inner.function
        if function is None or trace is None or not _LOGS.search(function.name):
            break
        while trace is not None and trace.module is inner.module and function.at[0] <= trace.at[0] < function.at[1]:
            trace = trace.previous
        if trace is None or trace.label != f"it is passed to {function.name}":
            break
        module, at = trace.module, trace.at
        trace = trace.previous
    return module, at
