"""What calls of the clouds' SDKs give back: names of resources, secrets, and what somebody stored before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import PARAMETER
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.interpret.sdk_tables import SECRETS, STORED
from casemate.analysis.code.labels import Origin, Taint
from casemate.analysis.code.values import Const, Mapping, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code import ir


def answer_of(service: str, operation: str, parameters: dict[str, Value], stored: Taint) -> Value | None:
    """What a call gives back that names a resource: the URL of a queue, the value of a parameter."""
    name = parameters.get("QueueName") if service == "sqs" else parameters.get("Name")
    if name is None:
        return None
    if (service, operation) in {("sqs", "GetQueueUrl"), ("sqs", "CreateQueue")}:
        return _known({"QueueUrl": name}, stored)
    if (service, operation) == ("ssm", "GetParameter"):
        value = Thing(PARAMETER, stored, made=True, receiver=name, sort="str")
        return _known({"Parameter": _known({"Value": value}, stored)}, stored)
    return None


def _known(fields: dict[str, Value], taint: Taint) -> Mapping:
    made = Mapping(taint=taint)
    made.fields.update(fields)
    return made


def stored_by(
    machine: Machine, service: str, operation: str, frame: Frame, at: ir.At, parameters: dict[str, Value] | None = None
) -> Taint:
    """The labels of what a call gives back: secrets, and what somebody stored."""
    decrypted = parameters.get("WithDecryption") if parameters else None
    if (service, operation.lower()) in SECRETS and (
        service != "ssm" or (isinstance(decrypted, Const) and decrypted.value is True)
    ):
        return machine.source(
            frame, at, Origin(f"secret:{frame.module.path}:{at[0]}", f"a secret of {service}", "secret")
        )
    if not STORED.match(operation):
        return ()
    key = f"stored:{frame.module.path}:{at[0]}"
    return machine.source(frame, at, Origin(key, f"what {service} {operation} gives back", "stored"))
