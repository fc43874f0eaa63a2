"""Proofs about a scanned system: roles, functions and stores by name, and outsiders."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from casemate.analysis.access.access_points import KEYS
from casemate.analysis.access.evaluation import publicity
from casemate.analysis.access.evaluation.compiled import Group
from casemate.analysis.access.evaluation.request import ANONYMOUS, Request, account_of, caller
from casemate.analysis.access.proving.grounding import Grounding
from casemate.analysis.access.proving.languages import empty, form, wild
from casemate.analysis.access.proving.naming import Naming
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Proof, Question
from casemate.errors import UsageError
from casemate.model.function import Function
from casemate.model.policy import Role
from casemate.model.setting import Unresolved
from casemate.model.store import Store
from casemate.model.value import Literal, display

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.system import System
    from casemate.model.entity import Entity

_OUTSIDE: Final = "999999999999"
_ANYBODY: Final = "*"
_ACCOUNT = re.compile(r"(?<!\d)(\d{12})(?!\d)")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is asked about: the principal of requests, and the scanned role of his (None: an outsider)."""

    principal: str
    role: Role | None
    label: str


class Prover:
    """Answers questions about one system. `account` and `region`: where it runs, when that is known."""

    def __init__(self, system: System, account: str | None = None, region: str | None = None) -> None:
        self._system = system
        self.naming = Naming(system.inventory, account, region)

    def prove(self, principal: str, action: str, resource: str) -> Proof:
        """May `principal` do `action` on `resource`? See `casemate access prove` for what the three may be.

        Raises `UsageError` for a principal or resource that was not found, or a wrong action.
        """
        if action != "*" and ":" not in action:
            raise UsageError(f"{action!r} is no action", hint="write SERVICE:ACTION, such as s3:GetObject, or *")
        asked = (
            (subject, question, holder)
            for subject in self._subjects(principal)
            for question, holder in self._questions(subject, action, resource)
        )
        return self._together(asked)

    def from_outside(self, entity: Entity, action: str) -> Proof:
        """Whether anybody outside may do `action` on a scanned thing."""
        return self._together((one, self._about(one, action, entity), entity) for one in self._outsiders)

    def _together(self, asked: Iterable[tuple[Subject, Question, Entity | None]]) -> Proof:
        """One answer for many questions: the first that is reachable, else what is open of any."""
        proofs: list[Proof] = []
        for subject, question, holder in asked:
            enclosed = Grounding(self._system, self.naming, holder).enclosed(subject.role, holder)
            proof = prove(question, enclosed.certain, enclosed.possible)
            if proof.verdict == "safe" and subject.role is None:
                proof = self._through_access_points(subject, question, holder) or proof
            if proof.verdict == "safe" and subject.role is None:
                proof = _beside_policies(holder, question.action) or proof
            if proof.verdict == "reachable":
                return proof
            proofs.append(proof)
        unknown = [proof for proof in proofs if proof.verdict == "unknown"]
        if not unknown:
            return Proof("safe")
        because = dict.fromkeys(word for proof in unknown for word in proof.because)
        statements = dict.fromkeys(one for proof in unknown for one in proof.statements)
        return Proof("unknown", because=tuple(because), statements=tuple(statements))

    def _through_access_points(self, subject: Subject, question: Question, holder: Entity | None) -> Proof | None:
        """What an outsider may do through an access point of a bucket that he may not do directly."""
        if not isinstance(holder, Store) or holder.resource.type != "AWS::S3::Bucket":
            return None
        from casemate.analysis.access.access_points import access_points, delegates

        found = list(access_points(holder, self._system, self.naming))
        grounding = Grounding(self._system, self.naming, holder)
        for point in found:
            statements = point.on_bucket(self.naming.arn(holder), self.naming)
            gates = grounding.enclosing(statements, "endpoint", f"access point {point.name}")
            enclosed = grounding.enclosed(None, holder)
            sides = [
                replace(side, endpoint=Group((gate,), "endpoint")) for side, gate in zip(enclosed, gates, strict=True)
            ]
            through = replace(question, context={**question.context, **point.context})
            proof = prove(through, *sides)
            if proof.verdict == "safe":
                continue
            request = Request(subject.principal, "s3:GetObject", "*", self.naming.account)
            if publicity.blocked(request, Group((gates[1],), "resource")) and point.blocks_public is not False:
                if point.blocks_public:
                    continue
                word = f"whether access point {point.name} blocks public access is not resolved"
                return Proof("unknown", because=(word,), statements=proof.statements)
            return proof
        policies = [one for policy in self._system.policies_of(holder) for one in policy.statements]
        if not found and delegates(tuple(policies)):
            word = f"the policy of {holder.name} delegates to access points, of which none was scanned"
            return Proof("unknown", because=(word,))
        return None

    # -- who -----------------------------------------------------------------------------------------------------------
    def _subjects(self, text: str) -> Iterator[Subject]:
        if text == ANONYMOUS:
            yield Subject(ANONYMOUS, None, ANONYMOUS)
            return
        if text == _ANYBODY:
            yield from self._outsiders
            return
        roles = list(self._roles(text))
        if len(roles) > 1:
            places = ", ".join(f"{role.name} ({role.at.path}:{role.at.start_line})" for role in roles[:4])
            raise UsageError(f"{text!r} may be {places}", hint="give the path of one stack, or another name")
        if roles:
            yield Subject(self.naming.arn(roles[0]), roles[0], roles[0].name)
            return
        if not text.startswith("arn:") and "." not in text:
            known = [role.name for role in self._system.inventory.roles if role.kind in {"role", "user"}][:6]
            hint = f"scanned are {', '.join(known)} …" if known else "no role was scanned"
            raise UsageError(f"no role or function is called {text!r}", hint=hint)
        who = caller(text)
        if who.account == self.naming.account:
            raise UsageError(f"{text} was not scanned", hint="its policies decide: scan the stack that declares it")
        yield Subject(text, None, text)

    def _roles(self, text: str) -> Iterator[Role]:
        seen: set[str] = set()
        for entity in self.naming.named(text):
            role = entity
            if isinstance(entity, Function):
                found = self._system.role_of(entity)
                if found is None:
                    written = entity.role.text if entity.role else "nothing"
                    raise UsageError(
                        f"the role of {entity.name} was not scanned: its template says {written}",
                        hint="scan the stack that declares the role too",
                        at=entity.at,
                    )
                role = found
            if isinstance(role, Role) and role.kind in {"role", "user"} and role.id not in seen:
                seen.add(role.id)
                yield role

    @cached_property
    def _outsiders(self) -> tuple[Subject, ...]:
        """Nobody in particular, somebody of an account that no policy knows, somebody of each that one knows.

        Services are no outsiders of their own: whoever can make one act is.
        """
        own = {self.naming.account}
        named: dict[str, None] = {}
        trusts = (statement for role in self._system.inventory.roles for statement in role.trust)
        policies = (statement for policy in self._system.inventory.policies for statement in policy.statements)
        for statement in (*policies, *trusts):
            for principal in statement.principals:
                text = self.naming.ground(principal.term).text
                if (account := account_of(text)) and account not in own and ":root" not in text and "*" not in text:
                    named[text] = None
                named.update(
                    (f"arn:aws:iam::{found}:role/outsider", None)
                    for found in _ACCOUNT.findall(text)
                    if found not in own and (account is None or ":root" in text)
                )
        another = Subject(f"arn:aws:iam::{_OUTSIDE}:role/outsider", None, "another account")
        return (Subject(ANONYMOUS, None, ANONYMOUS), another, *(Subject(text, None, text) for text in named))

    # -- what ----------------------------------------------------------------------------------------------------------
    def _questions(self, subject: Subject, action: str, resource: str) -> Iterator[tuple[Question, Entity | None]]:
        """The question about every thing that is meant, with the thing whose own policy bears on it."""
        context = _context(subject)
        account = self.naming.account
        if resource.startswith("arn:") or resource == "*":
            held = [entity for entity in self._holders() if self._overlaps(resource, self.naming.patterns(entity))]
            for entity in held:
                patterns = self.naming.patterns(entity)
                within = tuple(one for one in patterns if self._overlaps(one, (resource,)))
                narrowed = tuple(one if "*" not in resource or _covers(resource, one) else resource for one in within)
                acts_on = "*" in resource
                yield Question(subject.principal, action, narrowed, account, context, acts_on=acts_on), entity
            if subject.role is not None:
                foreign = account_of(resource)
                yield Question(subject.principal, action, (resource,), foreign or account, context), None
            elif not held:
                yield Question(subject.principal, action, (resource,), account, context), None
            return
        entities = [
            one for one in self.naming.named(resource) if not isinstance(one, Role) or one.kind in {"role", "user"}
        ]
        if not entities:
            raise UsageError(
                f"nothing scanned is called {resource!r}", hint="give a name of `casemate inventory`, or an ARN"
            )
        yield self._about(subject, action, entities[0]), entities[0]

    def _about(self, subject: Subject, action: str, entity: Entity) -> Question:
        patterns = self.naming.patterns(entity)
        return Question(subject.principal, action, patterns, self.naming.account, _context(subject), acts_on=True)

    def _holders(self) -> Iterable[Entity]:
        """Things with a policy of their own."""
        for entity in self._system.inventory.by_id.values():
            if isinstance(entity, Role):
                if entity.trust:
                    yield entity
            elif self._system.policies_of(entity) or entity.resource.type == "AWS::KMS::Key":
                yield entity

    @staticmethod
    def _overlaps(one: str, others: tuple[str, ...]) -> bool:
        return not empty([[form(one)], [form(other) for other in others]])


def _context(subject: Subject) -> dict[str, tuple[str, ...]]:
    """An outsider belongs to another organisation, if to one; nobody asks through an access point unless it is said."""
    direct: dict[str, tuple[str, ...]] = {} if subject.role is not None else dict.fromkeys(KEYS, ())
    if subject.role is not None or subject.principal == ANONYMOUS:
        return direct
    return {**direct, "aws:principalorgid": ("o-outside00",)}


def _beside_policies(holder: Entity | None, action: str) -> Proof | None:
    """What an access control list opens to everybody is in no policy: then nothing is proved by policies alone.

    Amazon S3 User Guide, "Access control list (ACL) overview".
    """
    if not isinstance(holder, Store) or holder.kind != "bucket" or holder.public is None:
        return None
    ownership = display(holder.resource.properties.get("OwnershipControls") or Literal("", holder.at))
    if "BucketOwnerEnforced" in ownership:  # "Controlling ownership of objects": access control lists are disabled
        return None
    if not wild(action, fold=True).matches("s3:") and not action.lower().startswith("s3:"):
        return None
    for _, leaf in holder.public.leaves():
        if isinstance(leaf, Unresolved):
            return Proof("unknown", because=(f"whether {holder.name} is public is not resolved: {leaf.reason}",))
        if leaf.value:
            return Proof(
                "unknown", because=(f"the access control list of {holder.name} lets everybody in ({leaf.name})",)
            )
    return None


def _covers(pattern: str, other: str) -> bool:
    return empty([[form(other)]], [form(pattern)])
