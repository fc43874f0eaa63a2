"""The policies of a scanned system as two sets that enclose the real ones: what is certain, and what is possible.

A string that cannot be resolved makes its statement apply to something between nothing and everything that it could
stand for. Where it allows, the smaller is certain and the larger possible; where it denies, the other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access import managed
from casemate.analysis.access.boundaries import boundary_statements
from casemate.analysis.access.evaluation.document import Policy, PolicyKind, PolicyStatement, policy_from_statements
from casemate.analysis.access.evaluation.operators import parse_operator
from casemate.analysis.access.evaluation.policies import Policies, policies_of
from casemate.analysis.access.proving.languages import INSIDE, TooLargeError, empty, form, wild
from casemate.analysis.access.proving.naming import of_another
from casemate.model.function import Function
from casemate.model.policy import Condition, Principal, Role, Statement, Term
from casemate.model.secret import Key
from casemate.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.analysis.access.organizations import Organisation
    from casemate.analysis.access.proving.naming import Naming
    from casemate.analysis.system import System
    from casemate.model.entity import Entity
    from casemate.model.location import Span


_WILD_AT_END = re.compile(r"[*?][^:]*$")


MANAGED: Final = "managed policy "
"""What the names of AWS's own policies begin with. Their patterns name things of the services' own making, and are not
taken to cover a name that deployment makes up."""


class Enclosed(NamedTuple):
    """Policies that allow at most, and at least, what the real ones do. The same object when everything is known."""

    certain: Policies
    possible: Policies


class _Sides(NamedTuple):
    """What a statement certainly applies to (None: perhaps nothing), what it may apply to, and why they differ."""

    narrow: Statement | None
    wide: Statement
    why: tuple[str, ...]


@dataclass
class _Bag:
    certain: list[Policy]
    possible: list[Policy]

    def add(self, certain: Policy, possible: Policy) -> None:
        self.certain.append(certain)
        self.possible.append(possible)


class Grounding:
    """Makes policies of a system. `target`: the thing that is asked about, whose generated name a pattern may cover."""

    def __init__(self, system: System, naming: Naming, target: Entity | None = None) -> None:
        self._system = system
        self._naming = naming
        self._target = target
        self._wide = () if target is None else naming.wide_patterns(target)
        self._exact = () if target is None else naming.patterns(target)
        self._made_up = target is not None and naming.name(target).wide == "?*"  # no literal text is such a name

    def enclosed(self, role: Role | None, holder: Entity | None) -> Enclosed:
        """What bears on requests of `role` (None: an outsider whose own account allows him everything) on `holder`."""
        identity = _Bag([], [])
        boundary = _Bag([], [])
        if role is None:
            everything = _everything("identity", "the caller's own account")
            identity.add(everything, everything)
        else:
            self._identity(role, identity)
            if role.boundary is not None:
                self._boundary(role, role.boundary, boundary)
        resource = self.own_policy(holder)
        shut = holder.public_blocked if isinstance(holder, Store) else None
        blocked = shut is not None and shut.always(bool)
        organisation = self._organisation
        found = [
            policies_of(
                identity=one,
                boundary=bound,
                resource=own,
                block_public_access=blocked,
                scps=None if role is None else limits.scps,  # an outsider is bound by those of his own organisation
                rcps=limits.rcps,
                endpoint=limits.endpoint,
                management_account=limits.management_account,
            )
            for one, bound, own, limits in (
                (identity.certain, boundary.certain, resource[0], organisation.certain),
                (identity.possible, boundary.possible, resource[1], organisation.possible),
            )
        ]
        return Enclosed(*found)

    @cached_property
    def _organisation(self) -> Organisation:
        """What the organisation limits: as it was given, else as it was scanned."""
        if self._naming.organisation is None:
            from casemate.analysis.access.control_policies import is_declared
            from casemate.analysis.access.organizations import NOTHING, organisation_of

            inventory = self._system.inventory
            if is_declared(inventory):  # of each thing anew: a pattern may turn out to cover its name
                return organisation_of(inventory, self)
            self._naming.organisation = NOTHING
        return self._naming.organisation

    def enclosing(self, statements: Iterable[Statement], kind: PolicyKind, name: str) -> tuple[Policy, Policy]:
        """One policy as two: what it certainly allows and possibly denies, and the other way round."""
        bag = _Bag([], [])
        self._add(bag, statements, kind, name)
        return bag.certain[0], bag.possible[0]

    @property
    def account(self) -> str:
        """The account that the system is taken to run in."""
        return self._naming.account

    # -- identities ----------------------------------------------------------------------------------------------------
    def _identity(self, role: Role, bag: _Bag) -> None:
        self._add(bag, role.statements, "identity", role.name)
        for group in self._groups(role):
            self._identity(group, bag)
        for policy in role.managed:
            statements = managed.managed_policy(policy.term.text)
            if statements is None:
                word = f"the managed policy {policy.term.text} is not known"
                bag.add(_nothing("identity"), _everything("identity", policy.term.text, word, policy.term.at))
                continue
            made = _made(policy.term, "identity", f"{MANAGED}{policy.term.text.rpartition('/')[2]}")
            bag.add(made, made)

    def _groups(self, role: Role) -> Iterator[Role]:
        """The groups of a user; a role has none."""
        if role.kind != "user":
            return
        from casemate.inventory.reading import Props
        from casemate.model.value import display

        stack = role.stack
        for _, value in Props(role.resource.properties, role.at).each("Groups"):
            text = display(value)
            key = text.removeprefix("${").removesuffix("}")
            for group in self._system.inventory.roles:
                if group.kind == "group" and (
                    (group.stack == stack and group.resource.key == key) or group.name == text
                ):
                    yield group
                    break

    def _boundary(self, role: Role, term: Term, bag: _Bag) -> None:
        declared = boundary_statements(role, self._system.inventory)
        if declared is not None:
            self._add(bag, declared, "boundary", f"boundary of {role.name}")
            return
        statements = managed.managed_policy(term.text)
        if statements is None:
            word = f"the permissions boundary {term.text} is not known"
            bag.add(_nothing("boundary"), _everything("boundary", term.text, word, term.at))
            return
        made = _made(term, "boundary", term.text.rpartition("/")[2])
        bag.add(made, made)

    # -- resources -----------------------------------------------------------------------------------------------------
    def own_policy(self, holder: Entity | None) -> tuple[Policy | None, Policy | None]:
        """The policy that stands on a thing: what it certainly allows, and what it may allow."""
        if holder is None:
            return None, None
        statements = [one for policy in self._system.policies_of(holder) for one in policy.statements]
        if isinstance(holder, Role):
            statements = [
                one if one.resources or one.not_resources else replace(one, resources=(Term("*", one.at),))
                for one in holder.trust
            ]
        elif isinstance(holder, Key) and not statements:
            return self._default_key_policy(holder)
        elif isinstance(holder, Function):
            statements = [replace(one, resources=self._functions(one)) for one in statements]
        if not statements:
            return None, None
        bag = _Bag([], [])
        self._add(bag, statements, "resource", f"policy of {holder.name}")
        return bag.certain[0], bag.possible[0]

    def _functions(self, statement: Statement) -> tuple[Term, ...]:
        """A permission names its function by name, ARN or part of one (Lambda API, AddPermission)."""
        start = f"arn:aws:lambda:{self._naming.region}:{self._naming.account}:function:"
        found = []
        for term in statement.resources:
            text, open_ = self._naming.ground(term)
            known = text if open_ or text.startswith(("arn:", "*")) else start + text.rpartition("function:")[2]
            found.append(Term(known, term.at, (), not open_))
        return tuple(found)

    def _default_key_policy(self, key: Key) -> tuple[Policy, Policy]:
        """KMS Developer Guide, "Default key policy": the account decides by its own policies."""
        root = Principal("AWS", Term(f"arn:aws:iam::{self._naming.account}:root", key.at))
        statement = Statement(
            effect="Allow",
            at=key.at,
            owner=key.name,
            origin="default key policy",
            actions=(Term("kms:*", key.at),),
            resources=(Term("*", key.at),),
            principals=(root,),
            implied=True,
        )
        made = policy_from_statements((statement,), "resource", f"default policy of {key.name}")
        return made, made

    # -- statements ----------------------------------------------------------------------------------------------------
    def _add(self, bag: _Bag, statements: Iterable[Statement], kind: PolicyKind, name: str) -> None:
        certain: list[Statement] = []
        possible: list[Statement] = []
        words: list[tuple[str, ...]] = []
        for statement in statements:
            sides = self._sides(statement)
            allow = statement.effect == "Allow"
            low, high = (sides.narrow, sides.wide) if allow else (sides.wide, sides.narrow)
            if low is not None:
                certain.append(low)
            if high is not None:
                possible.append(high)
                words.append(sides.why if allow else ())
        made = policy_from_statements(certain, kind, name)
        other = policy_from_statements(possible, kind, name)
        marked = tuple(replace(one, unknown=why) for one, why in zip(other.statements, words, strict=True))
        bag.add(made, replace(other, statements=marked))

    def _sides(self, statement: Statement) -> _Sides:
        why: list[str] = []
        if statement.condition is not None:
            why.append(f"exists only if {statement.condition}")
        actions = self._either(statement.actions, why, "Action", match=False)
        not_actions = self._except(statement.not_actions, why, "NotAction")
        resources = self._either(statement.resources, why, "Resource", match=True)
        not_resources = self._except(statement.not_resources, why, "NotResource")
        principals = self._whom(statement.principals, why)
        conditions, limits = self._conditions(statement.conditions, why)
        for before, (certain_ones, _) in ((statement.actions, actions), (statement.resources, resources)):
            if before and not certain_ones:
                limits = False
        if statement.principals and not principals[0]:
            limits = False
        wide = replace(
            statement,
            actions=actions[1] or ((Term("*", statement.at),) if statement.not_actions and not not_actions[1] else ()),
            not_actions=not_actions[1],
            resources=resources[1]
            or ((Term("*", statement.at),) if statement.not_resources and not not_resources[1] else ()),
            not_resources=not_resources[1],
            principals=principals[1],
            not_principals=self._plain(statement.not_principals),
            conditions=conditions,
            condition=None,
        )
        narrow = replace(
            wide,
            actions=actions[0],
            not_actions=not_actions[0],
            resources=resources[0],
            not_resources=not_resources[0],
            principals=principals[0],
        )
        certain = limits and statement.condition is None
        return _Sides(narrow if certain else None, wide, tuple(dict.fromkeys(why)))

    def _either(
        self, terms: Sequence[Term], why: list[str], element: str, *, match: bool
    ) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """(what it names for certain, what it may name) of an Action or Resource."""
        narrow: list[Term] = []
        wide: list[Term] = []
        for term in terms:
            text, open_ = self._naming.ground(term)
            wide.append(Term(text, term.at))
            if open_:
                why.append(f"{element} {term.text} is not resolved")
            else:
                narrow.append(Term(text, term.at))
            if match and self.may_cover(text):
                named = "" if self._target is None else self._target.name
                why.append(f"{element} {term.text} may cover {named}, whose name is not written out")
                wide += [Term(pattern.replace(INSIDE, "*"), term.at) for pattern in self._exact]
        return tuple(narrow), tuple(wide)

    def may_cover(self, pattern: str) -> bool:
        """Whether a pattern that does not cover the target's placeholder might cover its real name."""
        if not self._wide or "<" in pattern:
            return False
        if self._made_up and (not _WILD_AT_END.search(pattern) or of_another(pattern, self._wide[0])):
            return False
        try:
            overlaps = not empty([[wild(pattern)], [form(one) for one in self._wide]])
            return overlaps and empty([[wild(pattern)], [form(one) for one in self._exact]])
        except TooLargeError:
            return True

    def _except(self, terms: Sequence[Term], why: list[str], element: str) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """As `_either`, of what is left out: an open string may leave out much, or nothing."""
        narrow: list[Term] = []
        wide: list[Term] = []
        for term in terms:
            text, open_ = self._naming.ground(term)
            narrow.append(Term(text, term.at))
            if open_:
                why.append(f"{element} {term.text} is not resolved")
            else:
                wide.append(Term(text, term.at))
        return tuple(narrow), tuple(wide)

    def _whom(
        self, principals: Sequence[Principal], why: list[str]
    ) -> tuple[tuple[Principal, ...], tuple[Principal, ...]]:
        narrow: list[Principal] = []
        wide: list[Principal] = []
        for principal in principals:
            text, open_ = self._naming.ground(principal.term)
            if open_:
                why.append(f"Principal {principal.term.text} is not resolved")
                wide.append(Principal("*", Term("*", principal.term.at)))
            else:
                narrow.append(Principal(principal.type, Term(text, principal.term.at)))
        return tuple(narrow), (*narrow, *wide)

    def _plain(self, principals: Sequence[Principal]) -> tuple[Principal, ...]:
        return tuple(
            Principal(principal.type, Term(self._naming.ground(principal.term).text, principal.term.at))
            for principal in principals
        )

    def _conditions(self, conditions: Sequence[Condition], why: list[str]) -> tuple[tuple[Condition, ...], bool]:
        """The conditions that are known, and whether all are."""
        found: list[Condition] = []
        whole = True
        for condition in conditions:
            values = [self._naming.ground(value) for value in condition.values]
            if any(open_ for _, open_ in values) or isinstance(parse_operator(condition.operator), str):
                why.append(f"the condition {condition.operator} on {condition.key} is not resolved")
                whole = False
                continue
            terms = tuple(Term(text, value.at) for (text, _), value in zip(values, condition.values, strict=True))
            found.append(Condition(condition.operator, condition.key, terms, condition.at))
        return tuple(found), whole


@lru_cache(maxsize=4096)
def _made(term: Term, kind: PolicyKind, name: str) -> Policy:
    """An AWS managed policy, at the place that names it: the same for every question."""
    return policy_from_statements(tuple(_written_out(managed.managed_policy(term.text) or (), term)), kind, name)


def _nothing(kind: PolicyKind) -> Policy:
    return Policy(kind, ())


def _everything(kind: PolicyKind, name: str, why: str | None = None, at: Span | None = None) -> Policy:
    unknown = () if why is None else (why,)
    return Policy(
        kind, (PolicyStatement(allow=True, index=0, actions=("*",), resources=("*",), at=at, unknown=unknown),), name
    )


def _written_out(statements: Iterable[managed.ManagedStatement], term: Term) -> Iterator[Statement]:
    def terms(texts: Iterable[str]) -> tuple[Term, ...]:
        return tuple(Term(text, term.at) for text in texts)

    for statement in statements:
        yield Statement(
            effect=statement.effect,
            at=term.at,
            owner=term.text,
            origin=f"managed policy {term.text.rpartition('/')[2]}",
            actions=terms(statement.actions),
            not_actions=terms(statement.not_actions),
            resources=terms(statement.resources),
            not_resources=terms(statement.not_resources),
            conditions=tuple(
                Condition(one.operator, one.key, terms(one.values), term.at) for one in statement.conditions
            ),
        )
