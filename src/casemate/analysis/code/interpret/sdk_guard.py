"""The guard's own library, which asks the clouds in the function's name: secrets and envelopes (docs/guard.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.joining import unknown
from casemate.analysis.code.labels import Origin
from casemate.analysis.code.values import UNKNOWN, Client, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

GUARD = "casemate-guard"
ROOT = "casemate_guard."
_SECRETS = frozenset({"get", "aget", "get_many", "aget_many", "newest", "with_rotation", "awith_rotation"})


def call_guard(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """`secrets.get(…)`, `Secrets(…)`, `Envelope(…)`; None for everything else of the guard."""
    owner, _, name = path.rpartition(".")
    if owner == f"{ROOT}secrets" and name in _SECRETS:
        return _read(machine, name, given, frame)
    if name == "Secrets":
        return Client(GUARD, "secrets")
    if name == "Envelope":
        kek = given.get(0) or given.get("kek")
        return Client(GUARD, "envelope", "client", {"Kek": kek if kek is not None else UNKNOWN})
    return None


def call_guard_client(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of `Secrets` or of an envelope."""
    from casemate.analysis.code.interpret.sdk import note

    if client.service == "secrets":
        return _read(machine, name, given, frame) if name in _SECRETS else UNKNOWN
    note(machine, client, name, dict(client.bound), given, frame)
    return unknown(given.taint())


def _read(machine: Machine, name: str, given: Given, frame: Frame) -> Value:
    """A secret: noted, and labelled as what must not go out."""
    from casemate.analysis.code.interpret.sdk import note

    wanted = given.get(0) or given.get("name") or given.get("names") or UNKNOWN
    note(machine, Client(GUARD, "secrets"), name, {"Name": wanted}, given, frame)
    at = given.node.at
    taint = machine.source(frame, at, Origin(f"secret:{frame.module.path}:{at[0]}", "a secret of the guard", "secret"))
    return Thing("casemate_guard.secrets.Secret", taint, made=True)
