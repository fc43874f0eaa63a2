"""What a role may do to the things that were scanned, by kind of thing: answers for many pairs at once.

Most statements are plain: allowed on some patterns, nothing denied, no condition, no boundary. Those are answered by
looking the ARNs up. Only what is left goes through a proof each.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.evaluation.compiled import Group
from casemate.analysis.access.evaluation.patterns import completed, wildcard
from casemate.analysis.access.evaluation.variables import template
from casemate.analysis.access.grants import trusts
from casemate.analysis.access.proving.assumptions import OF_SERVICES
from casemate.analysis.access.proving.grounding import Enclosed, Grounding
from casemate.analysis.access.proving.languages import INSIDE, TooLargeError, Wild, empty, form, meets, wild
from casemate.analysis.access.proving.naming import Naming
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Question
from casemate.analysis.access.reach.facts import Premise
from casemate.analysis.system import is_public
from casemate.model.function import Function
from casemate.model.policy import Role, Statement
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.evaluation.document import Policy
    from casemate.analysis.access.proving.question import Proof
    from casemate.analysis.system import System
    from casemate.model.entity import Entity

READS: Final[Mapping[str, tuple[str, ...]]] = {
    "bucket": ("s3:GetObject",),
    "table": ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect"),
    "queue": ("sqs:ReceiveMessage",),
    "stream": ("kinesis:GetRecords",),
    "log-group": ("logs:GetLogEvents", "logs:FilterLogEvents"),
}
WRITES: Final[Mapping[str, tuple[str, ...]]] = {
    "bucket": ("s3:PutObject", "s3:DeleteObject"),
    "table": (
        "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete", "dynamodb:DeleteTable",
    ),
    "queue": ("sqs:SendMessage", "sqs:PurgeQueue"),
    "topic": ("sns:Publish",),
    "stream": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "delivery-stream": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "bus": ("events:PutEvents",),
}  # fmt: skip
"""Actions that read or change the data of a store, by its kind (Service Authorization Reference)."""
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::SecretsManager::Secret": ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"),
    "AWS::SSM::Parameter": (
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
    ),
}
INVOKE: Final = ("lambda:InvokeFunction",)
CHANGE: Final = ("lambda:UpdateFunctionCode",)
START: Final = ("states:StartExecution", "states:StartSyncExecution")
ASSUME: Final = ("sts:AssumeRole",)
PASS: Final = ("iam:PassRole",)


class Right(NamedTuple):
    """An action that is allowed on a thing."""

    action: str
    target: Entity
    premises: tuple[Premise, ...]
    certain: bool


class _Verdict(NamedTuple):
    """What holds for every thing that the statements treat alike."""

    premises: tuple[Premise, ...]
    certain: bool


class _About(NamedTuple):
    """The statements that speak of an action.

    `plain`: one that allows suffices, nothing else has a say; `patterns`: every resource pattern of any of them.
    """

    allows: tuple[Compiled, ...]
    plain: bool
    patterns: tuple[str, ...]


class Rights:
    """The rights of every scanned role."""

    def __init__(self, system: System, naming: Naming | None = None) -> None:
        self.system = system
        self.naming = naming or Naming(system.inventory)
        self._enclosed: dict[str, Enclosed] = {}
        self._spoken: dict[tuple[str, str], _About] = {}
        self._own: dict[str, tuple[Policy | None, Policy | None]] = {}
        self._grounding = Grounding(system, self.naming)

    @cached_property
    def _things(self) -> dict[tuple[type[Entity], str | None], list[tuple[Entity, tuple[str, ...]]]]:
        """Things by class, and by class and kind or type, each with the patterns of its ARNs."""
        inventory = self.system.inventory
        groups: tuple[tuple[type[Entity], tuple[Entity, ...]], ...] = (
            (Function, inventory.functions),
            (Store, inventory.stores),
            (Secret, inventory.secrets),
            (StateMachine, inventory.state_machines),
            (Role, tuple(role for role in inventory.roles if role.kind == "role")),
        )
        found: dict[tuple[type[Entity], str | None], list[tuple[Entity, tuple[str, ...]]]] = {}
        for kind, entities in groups:
            for entity in entities:
                if entity.cloud == "aws":
                    subkind = entity.kind if isinstance(entity, Store) else entity.resource.type
                    for key in ((kind, None), (kind, subkind)):
                        found.setdefault(key, []).append((entity, self.naming.patterns(entity)))
        return found

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
        context: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Iterator[Right]:
        """The things of a kind on which the role may do one of the actions; each thing once.

        Things that every statement treats alike are asked about once.
        """
        spoken = [(action, about) for action in actions if (about := self._about(role, action)).allows]
        granted = self._granted_by_resource.get(role.id, set())
        if not spoken and not granted:
            return
        settled: dict[tuple[str, tuple[object, ...]], _Verdict | None] = {}
        for entity, forms in self._things.get((kind, subkind), ()):
            if actions is ASSUME and entity.id not in self._trusting:
                continue
            if entity.id in granted:
                right = next(filter(None, (self._proved(role, action, entity, context) for action in actions)), None)
            else:
                right = self._first(role, spoken, entity, forms, context, settled)
            if right is not None:
                yield right

    def _first(
        self,
        role: Role,
        spoken: list[tuple[str, _About]],
        entity: Entity,
        forms: tuple[str, ...],
        context: Mapping[str, tuple[str, ...]] | None,
        settled: dict[tuple[str, tuple[object, ...]], _Verdict | None],
    ) -> Right | None:
        """The first of the actions that is allowed on a thing."""
        denied = entity.id in self._denying  # an Allow of the thing's own policy only adds: `granted` has those
        alone = denied or (isinstance(entity, Role) and context is None)
        for action, about in spoken:
            if action in CHANGE:
                forms = forms[:1]  # a version or alias runs, but code is changed of the function itself
            hit, sure = _hit(about.allows, forms)
            perhaps = tuple(self._might_cover(text, entity) for text in about.patterns)
            if hit is None and True not in perhaps:
                continue
            if hit is not None and sure and about.plain and action not in ASSUME and not denied:
                return Right(action, entity, (premise_of(hit),), not hit.statement.unknown)
            if alone:
                right = self._proved(role, action, entity, context)
                if right is not None:
                    return right
                continue
            relations = tuple(relation(pattern, forms) for pattern in about.patterns)
            # what overlaps in part has to be asked for itself
            key = (action, (*relations, *perhaps) if None not in relations else (entity.id,))
            if key not in settled:
                proved = self._proved(role, action, entity, context)
                settled[key] = None if proved is None else _Verdict(proved.premises, proved.certain)
            verdict = settled[key]
            if verdict is not None:
                return Right(action, entity, verdict.premises, verdict.certain)
        return None

    def _might_cover(self, pattern: str, entity: Entity) -> bool:
        """Whether a pattern may speak of a thing whose name deployment makes up."""
        wide = self.naming.name(entity).wide
        if wide is None or (wide == "?*" and "*" not in pattern and "?" not in pattern):
            return False
        return overlaps(pattern, self.naming.wide_patterns(entity))

    def _proved(
        self, role: Role, action: str, entity: Entity, context: Mapping[str, tuple[str, ...]] | None = None
    ) -> Right | None:
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
        own = self._own.get(entity.id)
        if own is None:
            own = self._own[entity.id] = self._grounding.own_policy(entity)
        enclosed = self.enclosed(role)
        if own == (None, None):
            return enclosed
        groups = [None if policy is None else Group((policy,), "resource") for policy in own]
        return Enclosed(*(replace(one, resource=group) for one, group in zip(enclosed, groups, strict=True)))

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
            groups = [possible.identity, certain.identity, possible.boundary, certain.boundary]
            spoken = [
                one for group in groups if group is not None for half in group.about(action.lower()) for one in half
            ]
            plain = not denies and not certain.identity.about(action.lower())[0] and possible.boundary is None
            plain = plain and all(not one.statement.conditions and not one.statement.not_resources for one in allows)
            texts = (text for one in spoken for text in (*one.statement.resources, *one.statement.not_resources))
            found = self._spoken[key] = _About(tuple(allows), plain, tuple(dict.fromkeys(map(completed, texts))))
        return found

    @cached_property
    def _denying(self) -> frozenset[str]:
        """Things whose own policy denies something."""
        return frozenset(
            policy.target.target
            for policy in self.system.inventory.policies
            if policy.target is not None
            and policy.target.target is not None
            and any(statement.effect == "Deny" for statement in policy.statements)
        )

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


def _only_services(statement: Statement) -> bool:
    """Whether a condition can hold only in requests that a service makes (see `proving.assumptions`)."""
    return any(
        condition.key.lower() in OF_SERVICES
        and condition.operator.lower().startswith(("string", "arn", "foranyvalue:"))
        and "not" not in condition.operator.lower()
        and not condition.operator.lower().endswith("ifexists")
        for condition in statement.conditions
    )


def _hit(allows: tuple[Compiled, ...], forms: tuple[str, ...]) -> tuple[Compiled | None, bool]:
    """The first statement that speaks of some form of a thing, and whether it does so for sure of a whole form."""
    perhaps: Compiled | None = None
    for one in allows:
        texts = one.statement.resources
        if not texts:
            perhaps = perhaps or one
        for text in texts:
            covered = relation(completed(text), forms)
            if covered is None:
                perhaps = perhaps or one
            elif True in covered:
                return one, True
    return perhaps, False


@lru_cache(maxsize=262_144)
def relation(pattern: str, forms: tuple[str, ...]) -> tuple[bool, ...] | None:
    """Of each form of a thing's ARN, whether a pattern covers all of it (True) or nothing (False); None when some."""
    if pattern == "*":
        return (True,) * len(forms)
    if template(pattern) is not None:
        return None
    match = wildcard(pattern)
    found: list[bool] = []
    for one in forms:
        base = one.rstrip(f"*{INSIDE}")
        if base == one:
            found.append(match(one))
        elif pattern.endswith("*") and match(base):
            found.append(True)
        elif overlaps(pattern, (one,)):
            return None
        else:
            found.append(False)
    return tuple(found)


def overlaps(pattern: str, forms: tuple[str, ...]) -> bool:
    """Whether some ARN is in both."""
    return any(_overlaps(wild(pattern), one) for one in forms)


@lru_cache(maxsize=262_144)
def _overlaps(pattern: Wild, text: str) -> bool:
    base = text.rstrip(f"*{INSIDE}")
    if "*" not in base and "?" not in base:
        return pattern.matches(text) if base == text else meets(pattern, base, inside=text.endswith(INSIDE))
    try:
        return not empty([[pattern], [form(text)]])
    except TooLargeError:
        return True


def premise_of(compiled: Compiled) -> Premise:
    """A statement as a premise: its name, whose it is, and its place."""
    statement = compiled.statement
    document = statement.origin or compiled.policy.name or compiled.kind
    owner = f" of {compiled.policy.name}" if statement.origin and compiled.policy.name not in document else ""
    return Premise(f"{statement.label} in {document}{owner}", statement.at)
