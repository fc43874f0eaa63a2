"""Calls of a cloud's SDK as they are noted: what they call, with which parameters, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS, call_of, either
from casemate.analysis.code.interpret import weighing
from casemate.analysis.code.interpret.applying import Given, apply_sinks
from casemate.analysis.code.interpret.machine import Frame, Machine, SdkUse
from casemate.analysis.code.interpret.sdk_answers import answer_of, stored_by
from casemate.analysis.code.joining import options_of, taint_of, unknown
from casemate.analysis.code.values import UNKNOWN, Client, Closure, Const, Environment, Mapping, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

PRESIGNED = {"presigned": Const(True)}
"""What whoever gets a presigned URL sends with it is theirs: said as a parameter that no operation has."""
_KEY_NAMES = ("aws_access_key_id", "accessKeyId", "credentials")


def own_credentials(options: dict[str, Value]) -> dict[str, Value]:
    """What marks the calls of a client that has credentials of its own."""
    return {CREDENTIALS: UNKNOWN} if _foreign(options) else {}


def _foreign(options: dict[str, Value]) -> bool:
    """Whether a client is made with credentials of its own: its calls need nothing of the function's role.

    The role's own, spelled out from the environment, do not count.
    """
    for name in _KEY_NAMES:
        value = options.get(name)
        for option in options_of(value) if value is not None else ():
            if isinstance(option, Mapping):
                return _foreign({key: inner for key, inner in option.fields.items() if isinstance(key, str)})
            if isinstance(option, Environment) and option.name == "AWS_ACCESS_KEY_ID":
                continue
            if isinstance(option, Thing) and (option.path or "").endswith("fromTemporaryCredentials()"):
                return True
            if name != "credentials" and not (isinstance(option, Const) and option.value is None):
                return True
    return False


def invoke(
    machine: Machine, client: Client, name: str, operation: str, parameters: dict[str, Value], given: Given,
    frame: Frame
) -> Value:  # fmt: skip
    """A call of one operation with these parameters."""
    return call_operations(machine, client, name, [operation], parameters, given, frame)


def note(
    machine: Machine, client: Client, operation: str, parameters: dict[str, Value], given: Given, frame: Frame
) -> None:
    """Note a call, and nothing else."""
    record(machine, client, [operation], parameters, given, frame)


def call_operations(
    machine: Machine, client: Client, name: str, operations: list[str], parameters: dict[str, Value], given: Given,
    frame: Frame
) -> Value:  # fmt: skip
    """Note the call, ask whether it is a sink, and say what comes back."""
    record(machine, client, operations, parameters, given, frame)
    weighing.operation(machine, client.service, operations[-1], parameters, frame, given.node.at)
    inside = Given(client, list(given.arguments), parameters, given.node)
    root = "boto3" if client.sdk == "boto3" else "aws"
    names = [f"{root}.{client.service}.{name}", f"{root}.{client.service}.{operations[0]}"]
    if client.kind not in {"client", "resource", "session"}:
        names.append(f"boto3.{client.kind}.{name}")
    names.append(f"*.{name}")
    apply_sinks(machine, names, inside, frame, given.node.at)
    operation = operations[-1]
    stored = stored_by(machine, client.service, operation, frame, given.node.at, parameters)
    result = answer_of(client.service, operation, parameters, stored) or Thing(f"{names[0]}()", stored, made=True)
    for one in given.arguments[1:] if client.sdk != "boto3" else ():
        if isinstance(one, Closure):
            from casemate.analysis.code.interpret.calling import call

            call(machine, one, [UNKNOWN, result], {}, frame, given.node)
    return result


def fields_of(value: Value) -> dict[str, Value]:
    """The parameters in an options object; `*` for what may be in it besides."""
    found: dict[str, Value] = {}
    for option in options_of(value):
        if isinstance(option, Mapping):
            for key, inner in option.fields.items():
                found[key if isinstance(key, str) else "*"] = inner
            if option.taint:
                found["*"] = unknown(option.taint)
        elif not isinstance(option, Const):
            found["*"] = unknown(taint_of(option))
    return found


def record(
    machine: Machine, client: Client, operations: Iterable[str], parameters: dict[str, Value], given: Given,
    frame: Frame
) -> None:  # fmt: skip
    """Note that operations are called with these parameters."""
    if CREDENTIALS in client.bound:
        parameters = {**parameters, CREDENTIALS: UNKNOWN}
    for operation in operations:
        place = (frame.module.path, given.node.at, f"{client.service}.{operation}")
        known = machine.uses.get(place)
        use = SdkUse(
            client.sdk, client.service, operation, parameters, frame.module, given.node.at, client.service != "?"
        )
        call = call_of(use, machine.cured)  # now: later the state is another
        machine.uses[place] = call if known is None else either(known, call)
