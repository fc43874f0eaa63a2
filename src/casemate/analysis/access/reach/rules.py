"""The rules of reach: from one fact to the edges that leave it. Monotone: a further fact never takes one away.

| rule | from | to |
|---|---|---|
| can-invoke | internet | a function with a public route, URL or policy |
| runs-as | a function, a state machine | its role |
| can-invoke, can-change-code | a role | a function |
| can-assume | a role | a role that trusts it |
| can-pass-role-and-create | a role | a role that a service trusts, with all that it takes to start something there |
| can-read, can-write, can-read-secret, can-start | a role | a store, a secret, a state machine |
| can-write-trigger-source | a store that is written | the function that its events start |
| invokes | a state machine | the functions of its states |
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from casemate.analysis.access.escalation import ESCALATIONS
from casemate.analysis.access.proving.system import Prover
from casemate.analysis.access.reach.actions import ASSUME, CHANGE, INVOKE, READS, SECRETS, START, WRITES
from casemate.analysis.access.reach.facts import INTERNET, Edge, Fact, Having, Kind, Premise
from casemate.analysis.access.reach.rights import Rights
from casemate.model.entity import Entity
from casemate.model.function import Function
from casemate.model.policy import Role
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.access.proving.naming import Naming
    from casemate.analysis.system import System
    from casemate.model.api import Route
    from casemate.model.location import Span

_PASSING: Final = tuple(path for path in ESCALATIONS if path.passes_role)
"""What it takes to start something with a passed role, by service: the published paths."""

_RIGHTS: Final[tuple[tuple[tuple[str, ...], type[Entity], str | None, Kind, Having], ...]] = (
    (INVOKE, Function, None, "can-invoke", "runs"),
    (CHANGE, Function, None, "can-change-code", "runs"),
    (START, StateMachine, None, "can-start", "starts"),
    *((actions, Store, kind, "can-read", "reads") for kind, actions in READS.items()),
    *((actions, Store, kind, "can-write", "writes") for kind, actions in WRITES.items()),
    *((actions, Secret, type_, "can-read-secret", "knows") for type_, actions in SECRETS.items()),
)
"""(one of these actions, on things of this class, and kind or type, is this edge, and gives this)."""


class Rules:
    """The rules over one system. `signed_in`: whoever can sign in to an API counts as the internet too."""

    def __init__(self, system: System, naming: Naming | None = None, *, signed_in: bool = False) -> None:
        self.system = system
        self.rights = Rights(system, naming)
        self._signed_in = signed_in
        self._found: dict[Fact, tuple[Edge, ...]] = {}
        self._leaving: dict[Having, Callable[[str], Iterator[Edge]]] = {
            "entry": self._from_internet,
            "runs": self._from_function,
            "acts": self._from_role,
            "starts": self._from_machine,
            "writes": self._from_store,
        }

    def leaving(self, fact: Fact) -> Iterator[Edge]:
        """The edges that leave a fact; looked for once."""
        found = self._found.get(fact)
        if found is None:
            rule = self._leaving.get(fact.having)
            found = self._found[fact] = () if rule is None else tuple(rule(fact.id))
        yield from found

    def all_facts(self) -> Iterator[Fact]:
        """Everything an attacker could begin with."""
        inventory = self.system.inventory
        yield Fact("entry", INTERNET)
        for function in inventory.functions:
            yield Fact("runs", function.id)
        for machine in inventory.state_machines:
            yield Fact("starts", machine.id)
        for role in inventory.roles:
            if role.kind in {"role", "user"} and role.cloud == "aws":
                yield Fact("acts", role.id)
        for store in inventory.stores:
            yield Fact("writes", store.id)

    # -- the rules -----------------------------------------------------------------------------------------------------
    def _from_internet(self, id_: str) -> Iterator[Edge]:
        source = Fact("entry", id_)
        seen: set[str] = set()
        for route in self.system.inventory.routes:
            if route.function is None or route.function.target is None or route.function.target in seen:
                continue
            words = self._open(route)
            if words is not None:
                seen.add(route.function.target)
                premise = Premise(f"{route.label} ({words})", route.at)
                certain = words != "authentication not known"
                yield Edge(source, "can-invoke", Fact("runs", route.function.target), (premise,), certain)
        for entity, action in self._with_policies():
            if isinstance(entity, Function) and entity.id in seen:
                continue
            proof = self._prover.from_outside(entity, action)
            if proof.witness is None:
                continue
            seen.add(entity.id)
            premises = tuple(Premise(f"{action} for anybody", one.statement.at) for one in proof.witness.statements)
            if isinstance(entity, Function):
                yield Edge(source, "can-invoke", Fact("runs", entity.id), premises)
            elif action in {one for group in READS.values() for one in group}:
                yield Edge(source, "can-read", Fact("reads", entity.id), premises)
            else:
                yield Edge(source, "can-write", Fact("writes", entity.id), premises)

    def _open(self, route: Route) -> str | None:
        values = set(route.auth.values())
        key = route.api_key.ever(bool)
        if "none" in values and not key:
            return "no authentication"
        if not values:
            return "authentication not known"
        if self._signed_in:
            return "after " + " or ".join(sorted(values | ({"api-key"} if key else set())))
        return None

    def _with_policies(self) -> Iterator[tuple[Function | Store, str]]:
        inventory = self.system.inventory
        for function in inventory.functions:
            if self._lets_others_in(function):
                yield function, INVOKE[0]
        for store in inventory.stores:
            if self._lets_others_in(store):
                for action in (*READS.get(store.kind, ())[:1], *WRITES.get(store.kind, ())[:1]):
                    yield store, action

    def _lets_others_in(self, entity: Function | Store) -> bool:
        """Whether a policy on a thing speaks of anybody but services and scanned roles."""
        return any(
            statement.effect == "Allow"
            and (
                statement.not_principals
                or any(one.type != "Service" and not one.term.targets for one in statement.principals)
            )
            for policy in self.system.policies_of(entity)
            for statement in policy.statements
        )

    @cached_property
    def _prover(self) -> Prover:
        prover = Prover(self.system, self.rights.naming.account, self.rights.naming.region)
        prover.naming.organisation = self.rights.naming.organisation
        return prover

    def _from_function(self, id_: str) -> Iterator[Edge]:
        function = self.system.inventory.find(id_, Function)
        if function is not None and function.role is not None and function.role.target is not None:
            premise = Premise("its role", function.role.at)
            yield Edge(Fact("runs", id_), "runs-as", Fact("acts", function.role.target), (premise,))

    def _from_machine(self, id_: str) -> Iterator[Edge]:
        machine = self.system.inventory.find(id_, StateMachine)
        if machine is None:
            return
        if machine.role is not None and machine.role.target is not None:
            premise = Premise("its role", machine.role.at)
            yield Edge(Fact("starts", id_), "runs-as", Fact("acts", machine.role.target), (premise,))
        for link in machine.invokes:
            if self.system.inventory.find(link.target, Function) is not None and link.target is not None:
                yield Edge(Fact("starts", id_), "invokes", Fact("runs", link.target), (Premise("a state", link.at),))

    def _from_store(self, id_: str) -> Iterator[Edge]:
        for trigger in self._triggers.get(id_, ()):
            if trigger.target is not None:
                premise = Premise(trigger.words, trigger.at)
                yield Edge(Fact("writes", id_), "can-write-trigger-source", Fact("runs", trigger.target), (premise,))

    @cached_property
    def _triggers(self) -> dict[str, list[_Trigger]]:
        found: dict[str, list[_Trigger]] = {}
        for trigger in self.system.inventory.triggers:
            if trigger.source is not None and trigger.source.target is not None and trigger.function.target is not None:
                words = f"trigger {trigger.kind} {trigger.name}"
                found.setdefault(trigger.source.target, []).append(_Trigger(trigger.function.target, words, trigger.at))
        return found

    def _from_role(self, id_: str) -> Iterator[Edge]:
        role = self.system.inventory.find(id_, Role)
        if role is None or role.cloud != "aws":
            return
        source = Fact("acts", id_)
        rights = self.rights
        for actions, kind, subkind, words, having in _RIGHTS:
            for right in rights.allowed(role, actions, kind, subkind):
                yield Edge(source, words, Fact(having, right.target.id), right.premises, right.certain)
        for right in rights.allowed(role, ASSUME, Role):
            if right.target.id != id_:
                yield Edge(source, "can-assume", Fact("acts", right.target.id), right.premises, right.certain)
        yield from self._passing(role)

    def _passing(self, role: Role) -> Iterator[Edge]:
        """A role is as good as taken by who may pass it to a service and start something there."""
        if self.rights.may(role, "iam:PassRole") is None:
            return
        services: dict[str, tuple[Premise, ...]] = {}
        for path in _PASSING:
            others = [requirement.action for requirement in path.requires if requirement.passed_to is None]
            premises = [self.rights.may(role, action) for action in others]
            if all(premises):
                found = tuple(dict.fromkeys(premise for premise in premises if premise is not None))
                for service in path.trusts:
                    services.setdefault(service, found)
        for service, besides in services.items():
            for right in self.rights.passed(role, service):
                target = right.target
                if target.id != role.id:
                    because = (*right.premises, *besides, Premise(f"it trusts {service}", target.at))
                    unique = tuple(dict.fromkeys(because))
                    taken = Fact("acts", target.id)
                    yield Edge(Fact("acts", role.id), "can-pass-role-and-create", taken, unique, right.certain)


class _Trigger:
    __slots__ = ("at", "target", "words")

    def __init__(self, target: str, words: str, at: Span) -> None:
        self.target = target
        self.words = words
        self.at = at
