"""Service and resource control policies: those that the files declare, or that the user gives beside them.

A declared policy binds the scanned account when it is attached to the organisation's root or to the account itself. To
which account a template goes is mostly not written in it, and which accounts are in an organisational unit never is:
such a policy may bind, so its denies are possible and not certain. Where it allows (an allow list), it limits only if
FullAWSAccess, which is attached everywhere from the start, was taken away, which no template tells: that too is
possible and not certain. A resource control policy never limits by what it allows: RCPFullAWSAccess cannot be detached.
The management account is not bound; no file tells whether the scanned account is the one, and it is taken not to be.

Sources: Organizations User Guide, "SCP evaluation", "RCP evaluation", "Attaching and detaching organization policies".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.control_policies import control_policies
from casemate.analysis.access.evaluation.document import Policy, PolicyStatement
from casemate.model.value import display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.evaluation.document import PolicyKind
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.proving.grounding import Grounding
    from casemate.model.inventory import Inventory
    from casemate.model.policy import Statement
    from casemate.model.value import Value

_ROOT = re.compile(r"r-[0-9a-z]{4,32}")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an organisation limits: see `policies_of`, whose words these are."""

    scps: tuple[tuple[Policy, ...], ...] | None = None
    rcps: tuple[tuple[Policy, ...], ...] | None = None
    endpoint: tuple[Policy, ...] = ()
    management_account: bool | str | None = None


class Organisation(NamedTuple):
    """Limits that deny at least, and at most, what the real ones do. The same object when everything is known."""

    certain: Limits
    possible: Limits


NOTHING: Final = Organisation(Limits(), Limits())


class Declared(NamedTuple):
    """A control policy of the files. `unsure`: why it may not bind the scanned account; None when it does."""

    name: str
    kind: PolicyKind
    statements: tuple[Statement, ...]
    unsure: str | None


def given(policies: Policies) -> Organisation:
    """The organisation of a file as `access decide` takes it: every other kind in it is not looked at."""
    limits = Limits(
        None if policies.scps is None else tuple(group.policies for group in policies.scps),
        None if policies.rcps is None else tuple(group.policies for group in policies.rcps),
        () if policies.endpoint is None else policies.endpoint.policies,
        policies.management_account,
    )
    return Organisation(limits, limits)


def organisation_of(inventory: Inventory, grounding: Grounding) -> Organisation:
    """What the scanned files say of the organisation."""
    found = list(declared(inventory, grounding.account))
    if not found:
        return NOTHING
    sides: tuple[dict[PolicyKind, list[Policy]], dict[PolicyKind, list[Policy]]] = ({}, {})
    for policy in found:
        certain, possible = grounding.enclosing(policy.statements, policy.kind, policy.name)
        why = () if policy.unsure is None else (f"whether {policy.name} binds the account: {policy.unsure}",)
        denies = _only(possible, allow=False)
        sides[0].setdefault(policy.kind, []).append(_marked(_only(certain, allow=False), why))
        sides[1].setdefault(policy.kind, []).append(replace(denies, statements=()) if why else denies)
    limits = []
    for number, side in enumerate(sides):
        levels = {kind: [(*policies, _full(kind))] for kind, policies in side.items()}
        if number == 0:
            levels.setdefault("scp", []).extend((policy,) for policy in _lists(found, grounding))
        limits.append(Limits(tuple(levels.get("scp", ())) or None, tuple(levels.get("rcp", ())) or None))
    return Organisation(*limits)


def _lists(found: Iterable[Declared], grounding: Grounding) -> Iterator[Policy]:
    """Allow lists, as if FullAWSAccess had been taken away beside them: one level each."""
    for policy in found:
        if policy.kind == "scp" and not all(statement.effect == "Deny" for statement in policy.statements):
            certain, _ = grounding.enclosing(policy.statements, policy.kind, f"allow list {policy.name}")
            yield _only(certain, allow=True)


def declared(inventory: Inventory, account: str) -> Iterator[Declared]:
    """The control policies of the files that bind the account, or may; those attached to nothing bind nobody."""
    for stack in inventory.stacks:
        for policy in control_policies(stack, inventory):
            bound = [word for target in policy.targets if (word := _unsure(target, account)) != _NEVER]
            if bound:
                yield Declared(policy.label, policy.kind, policy.statements, None if None in bound else bound[0])


_NEVER: Final = "another account"


def _unsure(target: Value, account: str) -> str | None:
    """Why a policy attached to a target may not bind the account: None when it does, `_NEVER` when it cannot."""
    text = text_of(target)
    if text is not None:
        if _ROOT.fullmatch(text):
            return None
        if _ACCOUNT.fullmatch(text):
            return None if text == account else _NEVER
        return f"it is attached to {text}"
    shown = display(target)
    lowered = shown.lower()
    if ".roots" in lowered or lowered.rstrip("}").endswith(".rootid"):
        return None
    return f"it is attached to {shown}"


def _only(policy: Policy, *, allow: bool) -> Policy:
    return replace(policy, statements=tuple(one for one in policy.statements if one.allow == allow))


def _marked(policy: Policy, why: tuple[str, ...]) -> Policy:
    if not why:
        return policy
    return replace(policy, statements=tuple(replace(one, unknown=(*one.unknown, *why)) for one in policy.statements))


def _full(kind: PolicyKind) -> Policy:
    name = "FullAWSAccess" if kind == "scp" else "RCPFullAWSAccess"
    everyone = PolicyStatement(allow=True, index=0, actions=("*",), resources=("*",), sid=name)
    return Policy(kind, (everyone,), name)
