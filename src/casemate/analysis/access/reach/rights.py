"""What a role may do to the things that were scanned, by kind of thing: answers for many pairs at once.

Most statements are plain: allowed on some patterns, nothing denied, no condition, no boundary. Those are answered by looking
the ARNs up. Only what is left goes through a proof each.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.evaluation.patterns import completed, wildcard
from casemate.analysis.access.evaluation.variables import template
from casemate.analysis.access.grants import trusts
from casemate.analysis.access.proving.grounding import Enclosed, Grounding
from casemate.analysis.access.proving.naming import Naming
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Question
from casemate.analysis.access.reach.facts import Premise
from casemate.analysis.system import is_public
from casemate.model.function import Function
from casemate.model.policy import Role
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
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
        "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete", "dynamodb:DeleteTable",
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
    "AWS::SSM::Parameter": ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"),
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


class Rights:
    """The rights of every scanned role."""

    def __init__(self, system: System, naming: Naming | None = None) -> None:
        self.system = system
        self.naming = naming or Naming(system.inventory)
        self._enclosed: dict[str, Enclosed] = {}
        self._plain = Grounding(system, self.naming)

    @cached_property
    def _arns(self) -> dict[type[Entity], list[tuple[Entity, tuple[str, ...]]]]:
        """Things by class, with one sample ARN for each form of resource they have."""
        inventory = self.system.inventory
        groups: tuple[tuple[type[Entity], tuple[Entity, ...]], ...] = (
            (Function, inventory.functions),
            (Store, inventory.stores),
            (Secret, inventory.secrets),
            (StateMachine, inventory.state_machines),
            (Role, tuple(role for role in inventory.roles if role.kind == "role")),
        )
        return {
            kind: [
                (one, tuple(pattern.replace("*", "x") for pattern in self.naming.patterns(one)))
                for one in entities
                if one.cloud == "aws"
            ]
            for kind, entities in groups
        }

    def enclosed(self, role: Role) -> Enclosed:
        """The role's policies."""
        found = self._enclosed.get(role.id)
        if found is None:
            found = self._enclosed[role.id] = self._plain.enclosed(role, None)
        return found

    def allowed(self, role: Role, actions: tuple[str, ...], kind: type[Entity], subkind: str | None = None) -> Iterator[Right]:
        """The things of a kind on which the role may do one of the actions; each thing once."""
        pairs = [
            (entity, arns)
            for entity, arns in self._arns[kind]
            if subkind is None or subkind in {getattr(entity, "kind", None), entity.resource.type}
        ]
        if not pairs:
            return
        done: set[str] = set()
        for action in actions:
            for entity, arns in pairs:
                if entity.id in done:
                    continue
                right = self._right(role, action, entity, arns)
                if right is not None:
                    done.add(entity.id)
                    yield right

    def _right(self, role: Role, action: str, entity: Entity, arns: tuple[str, ...]) -> Right | None:
        candidates, plain = self._about(role, action)
        hit = next((one for one in candidates if one.covers(arns)), None)
        if hit is None and entity.id not in self._granted_by_resource.get(role.id, ()):
            return None
        if hit is not None and plain and action not in ASSUME and not self._has_policy(entity):
            return Right(action, entity, (_premise(hit.compiled),), not hit.compiled.statement.unknown)
        return self._proved(role, action, entity)

    def _proved(self, role: Role, action: str, entity: Entity, context: Mapping[str, tuple[str, ...]] | None = None) -> Right | None:
        proof = self.proof(role, action, entity, context)
        if proof.verdict == "safe":
            return None
        statements = proof.witness.statements if proof.witness else proof.statements
        premises = tuple(map(_premise, statements)) or tuple(Premise(word, None) for word in proof.because[:1])
        return Right(action, entity, premises, proof.verdict == "reachable")

    def proof(self, role: Role, action: str, entity: Entity, context: Mapping[str, tuple[str, ...]] | None = None) -> Proof:
        """Whether the role may do one action on one thing, with the thing's own policy."""
        enclosed = Grounding(self.system, self.naming, entity).enclosed(role, entity)
        patterns = self.naming.patterns(entity)
        question = Question(self.naming.arn(role), action, patterns, self.naming.account, context or {}, acts_on=True)
        return prove(question, enclosed.certain, enclosed.possible)

    def passes(self, role: Role, target: Role, service: str) -> Right | None:
        """Whether the role may pass `target` to a service that the target trusts."""
        if not trusts(target, service):
            return None
        (arn,) = self.naming.patterns(target)
        candidates, plain = self._about(role, PASS[0])
        hit = next((one for one in candidates if one.covers((arn,))), None)
        if hit is None:
            return None
        if plain:
            return Right(PASS[0], target, (_premise(hit.compiled),), not hit.compiled.statement.unknown)
        return self._proved(role, PASS[0], target, {"iam:passedtoservice": (service,)})

    def may(self, role: Role, action: str) -> Premise | None:
        """The statement that allows an action somewhere, when nothing takes it away everywhere."""
        candidates, plain = self._about(role, action)
        if not candidates:
            return None
        if plain:
            return _premise(candidates[0].compiled)
        enclosed = self.enclosed(role)
        proof = prove(Question(self.naming.arn(role), action, ("*",), self.naming.account), enclosed.certain, enclosed.possible)
        if proof.witness is None:
            return None
        return _premise(proof.witness.statements[0]) if proof.witness.statements else None

    def _about(self, role: Role, action: str) -> tuple[list[_Candidate], bool]:
        """The Allow statements that speak of an action, and whether nothing else has a say."""
        key = (role.id, action)
        found = self._candidates.get(key)
        if found is None:
            policies = self.enclosed(role).possible
            denies, allows = policies.identity.about(action.lower())
            certain_denies = self.enclosed(role).certain.identity.about(action.lower())[0]
            plain = not denies and not certain_denies and policies.boundary is None
            plain = plain and all(not one.statement.conditions and not one.statement.not_resources for one in allows)
            found = self._candidates[key] = ([_Candidate(one) for one in allows], plain)
        return found

    @cached_property
    def _candidates(self) -> dict[tuple[str, str], tuple[list[_Candidate], bool]]:
        return {}

    def _has_policy(self, entity: Entity) -> bool:
        return bool(self.system.policies_of(entity))

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
                if statement.effect != "Allow" or is_public(statement):
                    continue
                for principal in statement.principals:
                    text = self.naming.ground(principal.term).text
                    ids = by_arn.values() if principal.is_anyone else [by_arn[text]] if text in by_arn else []
                    for role in ids:
                        found.setdefault(role, set()).add(policy.target.target)
        return found


class _Candidate:
    """An Allow statement's resources, ready to be looked up."""

    __slots__ = ("_all", "_exact", "_wild", "compiled")

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        statement = compiled.statement
        texts = [completed(text) for text in statement.resources]
        self._all = "*" in texts or bool(statement.not_resources)
        self._exact = frozenset(text for text in texts if "*" not in text and "?" not in text)
        open_ = [text for text in texts if "${" in text and template(text) is not None]
        self._wild = [wildcard(text) for text in texts if text not in self._exact]
        self._all = self._all or bool(open_)

    def covers(self, arns: tuple[str, ...]) -> bool:
        """Whether some form of the thing may be meant."""
        if self._all or not self._exact.isdisjoint(arns):
            return True
        return any(matcher(arn) for matcher in self._wild for arn in arns)


def _premise(compiled: Compiled) -> Premise:
    statement = compiled.statement
    document = statement.origin or compiled.policy.name or compiled.kind
    owner = f" of {compiled.policy.name}" if statement.origin and compiled.policy.name not in document else ""
    return Premise(f"{statement.label} in {document}{owner}", statement.at)
