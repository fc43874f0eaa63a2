"""What a role may do to the things that were scanned, by kind of thing: answers for many pairs at once.

Most statements are plain: allowed on some patterns, nothing denied, no condition, no boundary. Those are answered by
looking the patterns up (`things`). What is left goes through a proof, once for all roles whose statements say the same
of the thing, and once for all things that the statements treat alike.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.evaluation.compiled import Group
from casemate.analysis.access.evaluation.patterns import completed
from casemate.analysis.access.grants import trusts
from casemate.analysis.access.proving.assumptions import OF_SERVICES
from casemate.analysis.access.proving.grounding import MANAGED, Enclosed, Grounding
from casemate.analysis.access.proving.languages import TooLargeError
from casemate.analysis.access.proving.naming import Naming
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Question
from casemate.analysis.access.reach.actions import ASSUME, CHANGE, PASS
from casemate.analysis.access.reach.facts import Premise
from casemate.analysis.access.reach.things import Part, Shelf, Thing, acting, may_speak, of, relation, speaks
from casemate.analysis.system import is_public
from casemate.model.function import Function
from casemate.model.policy import Role, Statement
from casemate.model.record import replace
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.evaluation.document import Policy
    from casemate.analysis.access.proving.question import Proof
    from casemate.analysis.system import System
    from casemate.model.entity import Entity

    Context = Mapping[str, tuple[str, ...]]


class Right(NamedTuple):
    """An action that is allowed on a thing."""

    action: str
    target: Entity
    premises: tuple[Premise, ...]
    certain: bool


class _Verdict(NamedTuple):
    """What holds for everybody whose statements say the same; a premise that is a number is that of his statement."""

    premises: tuple[Premise | int, ...]
    certain: bool


class _About(NamedTuple):
    """The statements that speak of an action.

    `certain`, `allows`: those that certainly, and those that possibly allow it. `plain`: one that allows suffices,
    nothing else has a say; `patterns`: every resource pattern of any statement that speaks of it; `places`: those
    outside of which nothing is allowed.
    """

    certain: tuple[Compiled, ...]
    allows: tuple[Compiled, ...]
    plain: bool
    patterns: tuple[str, ...]
    places: tuple[str, ...]


class _Own(NamedTuple):
    """What the policy of a thing itself says of scanned roles.

    `denies`: it denies something; `opens`: it allows something to others than services; `named`: the names of the roles
    and users that it speaks of; `personal`: what it comes to depends on who asks besides.
    """

    denies: bool
    opens: bool
    named: frozenset[str]
    personal: bool


_NO_OWN: Final = _Own(denies=False, opens=False, named=frozenset(), personal=False)


class Rights:
    """The rights of every scanned role."""

    def __init__(self, system: System, naming: Naming | None = None) -> None:
        self.system = system
        self.naming = naming or Naming(system.inventory)
        self._enclosed: dict[str, Enclosed] = {}
        self._spoken: dict[tuple[str, str], _About] = {}
        self._own: dict[str, tuple[Policy | None, Policy | None]] = {}
        self._settled: dict[tuple[object, ...], _Verdict | None] = {}
        self._grounding = Grounding(system, self.naming)
        self._groundings: dict[str, Grounding] = {}

    @cached_property
    def _shelves(self) -> dict[tuple[type[Entity], str | None], Shelf]:
        """Things by class, and by class and kind or type."""
        inventory = self.system.inventory
        groups: tuple[tuple[type[Entity], tuple[Entity, ...]], ...] = (
            (Function, inventory.functions),
            (Store, inventory.stores),
            (Secret, inventory.secrets),
            (StateMachine, inventory.state_machines),
            (Role, tuple(role for role in inventory.roles if role.kind == "role")),
        )
        found: dict[tuple[type[Entity], str | None], list[Thing]] = {}
        for kind, entities in groups:
            for entity in entities:
                if entity.cloud == "aws":
                    subkind = entity.kind if isinstance(entity, Store) else entity.resource.type
                    naming = self.naming
                    wide = naming.name(entity).wide
                    thing = Thing(entity, naming.patterns(entity), naming.wide_patterns(entity), wide)
                    for key in ((kind, None), (kind, subkind)):
                        found.setdefault(key, []).append(thing)
        return {key: Shelf(things) for key, things in found.items()}

    def enclosed(self, role: Role) -> Enclosed:
        """The role's policies."""
        found = self._enclosed.get(role.id)
        if found is None:
            found = self._enclosed[role.id] = self._grounding.enclosed(role, None)
        return found

    def allowed(
        self,
        role: Role,
        actions: tuple[str, ...],
        kind: type[Entity],
        subkind: str | None = None,
        context: Context | None = None,
    ) -> Iterator[Right]:
        """The things of a kind on which the role may do one of the actions; each thing once, in their order."""
        shelf = self._shelves.get((kind, subkind))
        if shelf is None:
            return
        identity = self.enclosed(role).possible.identity
        spoken = [(action, self._about(role, action)) for action in actions if identity.about(action.lower())[1]]
        granted = self._granted_by_resource.get(role.id, set())
        if not spoken and not granted:
            return
        numbers: Iterable[int] = shelf.everything
        places = dict.fromkeys(pattern for _, about in spoken for pattern in about.places)
        if "*" not in places:
            found = {number for pattern in places for number in shelf.touched(pattern)}
            found.update(shelf.numbers[id_] for id_ in granted if id_ in shelf.numbers)
            numbers = sorted(found)
        everywhere = self._everywhere(spoken, kind, context)
        usual = frozenset() if everywhere is None else shelf.usual(everywhere[0], self.naming.account)
        for number in numbers:
            thing = shelf.things[number]
            id_ = thing.entity.id
            if everywhere is not None and number in usual and id_ not in self._owns and id_ not in granted:
                yield Right(everywhere[0], thing.entity, everywhere[1], certain=True)
                continue
            if actions is ASSUME and id_ not in self._trusting:
                continue
            asked = spoken
            if id_ in granted:
                asked = [(action, self._about(role, action)) for action in actions]
            for action, about in asked:
                right = self._right(role, action, about, thing, context)
                if right is not None:
                    yield right
                    break

    @staticmethod
    def _everywhere(
        spoken: list[tuple[str, _About]], kind: type[Entity], context: Context | None
    ) -> tuple[str, tuple[Premise, ...]] | None:
        """The action, and why, when the first statement of all allows it on everything, whatever the thing."""
        if not spoken or (kind is Role and context is None):
            return None
        action, about = spoken[0]
        if not about.plain or not about.certain or "*" not in about.certain[0].statement.resources:
            return None
        return action, (premise_of(about.certain[0]),)

    def _right(self, role: Role, action: str, about: _About, thing: Thing, context: Context | None) -> Right | None:
        """The right to one action on one thing."""
        entity = thing.entity
        trust = isinstance(entity, Role) and context is None
        own = self._owns.get(entity.id, _NO_OWN)
        granted = entity.id in self._granted_by_resource.get(role.id, ())
        if about.plain and not trust and not own.denies and not granted:
            try:
                found = self._looked_up(action, about, thing)
            except TooLargeError:
                return self._proved(role, action, entity, context)
            if found is None or found.certain or not own.opens:
                return found  # else the thing's own policy, open to everybody, may settle it
        if trust or own.personal or role.name in own.named or self.naming.name(role).text in own.named:
            return self._proved(role, action, entity, context)
        if about.plain:
            return self._shared(role, action, about, thing, context)
        return self._alike(role, action, about, thing, context)

    # -- plain: by looking up ------------------------------------------------------------------------------------------
    def _looked_up(self, action: str, about: _About, thing: Thing) -> Right | None:
        """What the statements allow where nothing else has a say: the first that speaks of the thing."""
        levels = acting(action, of(action, thing), self.naming.account)
        for certain in (True, False):
            for parts in levels:
                if not parts:
                    continue
                for one in about.certain if certain else about.allows:
                    for text in one.statement.resources:
                        sure = certain or one.policy.name.startswith(MANAGED)
                        if self._speaks(completed(text), parts, thing, certain=sure):
                            return Right(action, thing.entity, (premise_of(one),), certain)
        return None

    def _speaks(self, text: str, parts: tuple[Part, ...], thing: Thing, *, certain: bool) -> bool:
        if text == "*":
            return True
        for part in parts:
            if speaks(text, part):
                return True
        return not certain and self._may_turn_out(text, thing)

    def _may_turn_out(self, text: str, thing: Thing) -> bool:
        """Whether a pattern may cover a thing whose name deployment makes up."""
        if not thing.wide or not may_speak(text, thing):
            return False
        entity = thing.entity
        grounding = self._groundings.get(entity.id)
        if grounding is None:
            grounding = self._groundings[entity.id] = Grounding(self.system, self.naming, entity)
        return grounding.may_cover(text)

    # -- by one proof for many -----------------------------------------------------------------------------------------
    def _shared(self, role: Role, action: str, about: _About, thing: Thing, context: Context | None) -> Right | None:
        """Plain statements on a thing whose own policy has a say that does not depend on which role asks."""
        relevant = [[one for one in side if self._texts(one, thing)] for side in (about.certain, about.allows)]
        key = (
            thing.entity.id,
            action,
            *(tuple(self._texts(one, thing) for one in side) for side in relevant),
            None if context is None else tuple(sorted(context.items())),
        )
        mine = [premise_of(one) for side in relevant for one in side]
        if key not in self._settled:
            proved = self._proved(role, action, thing.entity, context)
            verdict = None
            if proved is not None:
                spoken = self._premises_of_others(thing.entity)
                if not all(premise in mine or premise in spoken for premise in proved.premises):
                    return proved  # in words that are the role's own
                numbered = [mine.index(one) if one in mine else one for one in proved.premises]
                verdict = _Verdict(tuple(numbered), proved.certain)
            self._settled[key] = verdict
        found = self._settled[key]
        if found is None:
            return None
        premises = tuple(mine[one] if isinstance(one, int) else one for one in found.premises)
        return Right(action, thing.entity, premises, found.certain)

    @staticmethod
    def _texts(one: Compiled, thing: Thing) -> tuple[str, ...]:
        """The patterns of a statement that speak of a thing, or may."""
        found = []
        for text in map(completed, one.statement.resources):
            covered = relation(text, thing.forms)
            if covered is None or True in covered or may_speak(text, thing):
                found.append(text)
        return tuple(found)

    def _premises_of_others(self, entity: Entity) -> set[Premise]:
        """The statements of a thing's own policy, and of the organisation's, as premises."""
        own = self._own_policy(entity)
        groups = [Group((policy,), "resource") for policy in own if policy is not None]
        return {premise_of(one) for group in groups for statements in group.statements for one in statements}

    def _alike(self, role: Role, action: str, about: _About, thing: Thing, context: Context | None) -> Right | None:
        """Things that every statement of a role treats alike are asked about once."""
        entity = thing.entity
        forms = of(action, thing)
        relations = tuple(relation(pattern, forms) for pattern in about.patterns)
        perhaps = tuple(may_speak(pattern, thing) for pattern in about.patterns)
        alone = entity.id in self._owns or None in relations  # what overlaps in part has to be asked for itself
        key = (role.id, action, *((entity.id,) if alone else (*relations, *perhaps)))
        if context:
            key = (*key, *sorted(context.items()))
        if key not in self._settled:
            proved = self._proved(role, action, entity, context)
            self._settled[key] = None if proved is None else _Verdict(proved.premises, proved.certain)
        found = self._settled[key]
        if found is None:
            return None
        return Right(action, entity, tuple(one for one in found.premises if isinstance(one, Premise)), found.certain)

    def _proved(self, role: Role, action: str, entity: Entity, context: Context | None = None) -> Right | None:
        proof = self.proof(role, action, entity, context)
        if proof.verdict == "safe":
            return None
        statements = proof.witness.statements if proof.witness else proof.statements
        premises = tuple(map(premise_of, statements)) or tuple(Premise(word, None) for word in proof.because[:1])
        return Right(action, entity, premises, proof.verdict == "reachable")

    def proof(
        self, role: Role, action: str, entity: Entity, context: Mapping[str, tuple[str, ...]] | None = None
    ) -> Proof:
        """Whether the role may do one action on one thing, with the thing's own policy."""
        if self.naming.wide_patterns(entity):
            certain, possible = Grounding(self.system, self.naming, entity).enclosed(role, entity)
        else:
            certain, possible = self._with_own(role, entity)
        patterns = self.naming.patterns(entity)
        patterns = patterns[:1] if action in CHANGE else patterns
        question = Question(self.naming.arn(role), action, patterns, self.naming.account, context or {}, acts_on=True)
        return prove(question, certain, possible)

    def _with_own(self, role: Role, entity: Entity) -> Enclosed:
        own = self._own_policy(entity)
        enclosed = self.enclosed(role)
        if own == (None, None):
            return enclosed
        groups = [None if policy is None else Group((policy,), "resource") for policy in own]
        return Enclosed(*(replace(one, resource=group) for one, group in zip(enclosed, groups, strict=True)))

    def _own_policy(self, entity: Entity) -> tuple[Policy | None, Policy | None]:
        own = self._own.get(entity.id)
        if own is None:
            own = self._own[entity.id] = self._grounding.own_policy(entity)
        return own

    def passed(self, role: Role, service: str) -> Iterator[Right]:
        """The roles that a role may pass to a service, which they trust."""
        for right in self.allowed(role, PASS, Role, None, {"iam:passedtoservice": (service,)}):
            if isinstance(right.target, Role) and trusts(right.target, service):
                yield right

    def may(self, role: Role, action: str) -> Premise | None:
        """The statement that allows an action somewhere, when nothing takes it away everywhere."""
        about = self._about(role, action)
        if not about.allows:
            return None
        if about.plain:
            return premise_of(about.allows[0])
        certain, possible = self.enclosed(role)
        question = Question(self.naming.arn(role), action, ("*",), self.naming.account, acts_on=True)
        proof = prove(question, certain, possible)
        if proof.witness is None:
            return None
        return premise_of(proof.witness.statements[0]) if proof.witness.statements else None

    def _about(self, role: Role, action: str) -> _About:
        key = (role.id, action)
        found = self._spoken.get(key)
        if found is None:
            certain, possible = self.enclosed(role)
            denies, allows = possible.identity.about(action.lower())
            sure = certain.identity.about(action.lower())[1]
            groups = [possible.identity, certain.identity, possible.boundary, certain.boundary]
            spoken = [
                one for group in groups if group is not None for half in group.about(action.lower()) for one in half
            ]
            plain = not denies and not certain.identity.about(action.lower())[0] and possible.boundary is None
            plain = plain and not possible.limits(action.lower()) and not certain.limits(action.lower())
            plain = plain and all(_is_plain(one) for one in (*allows, *sure))
            patterns = dict.fromkeys(completed(text) for one in spoken for text in _written(one))
            places = dict.fromkeys(completed(text) for one in allows for text in one.statement.resources or ("*",))
            found = self._spoken[key] = _About(tuple(sure), tuple(allows), plain, tuple(patterns), tuple(places))
        return found

    @cached_property
    def _owns(self) -> dict[str, _Own]:
        """The things with a policy of their own, and what it says of roles."""
        found: dict[str, list[Statement]] = {}
        for policy in self.system.inventory.policies:
            if policy.target is not None and policy.target.target is not None:
                found.setdefault(policy.target.target, []).extend(policy.statements)
        return {id_: self._own_of(statements) for id_, statements in found.items()}

    def _own_of(self, statements: Iterable[Statement]) -> _Own:
        denies = opens = personal = False
        named: set[str] = set()
        for statement in statements:
            denies |= statement.effect == "Deny"
            opens |= statement.effect == "Allow" and not _for_services(statement)
            personal |= bool(statement.not_principals) or any(
                condition.key.lower().startswith(_PERSONAL) and condition.key.lower() not in _IMPERSONAL
                for condition in statement.conditions
            )
            values = [value for condition in statement.conditions for value in condition.values]
            for term in (*values, *statement.resources, *statement.not_resources):
                personal |= "${aws:" in term.text
            for principal in statement.principals:
                text = self.naming.ground(principal.term).text
                personal |= text.startswith(("AROA", "AIDA")) or ("*" in text and not principal.is_anyone)
                named.add(text.rpartition("/")[2])
        return _Own(denies, opens, frozenset(named), personal)

    @cached_property
    def _trusting(self) -> frozenset[str]:
        """Roles that trust some principal that is no service."""
        return frozenset(
            role.id
            for role in self.system.inventory.roles
            if any(principal.type != "Service" for statement in role.trust for principal in statement.principals)
            or any(statement.not_principals for statement in role.trust)
        )

    @cached_property
    def _granted_by_resource(self) -> dict[str, set[str]]:
        """Role id -> things whose own policy names the role; what is open to everybody is the internet's to reach."""
        inventory = self.system.inventory
        by_arn = {self.naming.arn(role): role.id for role in inventory.roles if role.kind == "role"}
        found: dict[str, set[str]] = {}
        for policy in inventory.policies:
            if policy.target is None or policy.target.target is None:
                continue
            for statement in policy.statements:
                if statement.effect != "Allow" or is_public(statement) or _only_services(statement):
                    continue
                for principal in statement.principals:
                    text = self.naming.ground(principal.term).text
                    ids = by_arn.values() if principal.is_anyone else [by_arn[text]] if text in by_arn else []
                    for role in ids:
                        found.setdefault(role, set()).add(policy.target.target)
        return found


def _for_services(statement: Statement) -> bool:
    """Whether it can be of use to services alone."""
    named = bool(statement.principals) and all(one.type == "Service" for one in statement.principals)
    return named or _only_services(statement)


def _only_services(statement: Statement) -> bool:
    """Whether a condition can hold only in requests that a service makes (see `proving.assumptions`)."""
    return any(
        condition.key.lower() in OF_SERVICES
        and condition.operator.lower().startswith(("string", "arn", "foranyvalue:"))
        and "not" not in condition.operator.lower()
        and not condition.operator.lower().endswith("ifexists")
        for condition in statement.conditions
    )


_PERSONAL: Final = ("aws:principal", "aws:user", "aws:source", "aws:federated", "aws:multifactor", "aws:tokenissue")
_IMPERSONAL: Final = frozenset(
    {
        "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principaltype",
        "aws:principalisawsservice", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcearn",
        "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:useragent",
    },
)  # fmt: skip
"""Condition keys that depend on who asks, and those that do not between the roles of one account."""


def _written(one: Compiled) -> tuple[str, ...]:
    return (*one.statement.resources, *one.statement.not_resources)


def _is_plain(one: Compiled) -> bool:
    statement = one.statement
    return not statement.conditions and not statement.not_resources and not any("${" in text for text in _written(one))


def premise_of(compiled: Compiled) -> Premise:
    """A statement as a premise: its name, whose it is, and its place."""
    statement = compiled.statement
    document = statement.origin or compiled.policy.name or compiled.kind
    owner = f" of {compiled.policy.name}" if statement.origin and compiled.policy.name not in document else ""
    return Premise(f"{statement.label} in {document}{owner}", statement.at)
