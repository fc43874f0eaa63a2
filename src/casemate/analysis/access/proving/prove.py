"""Proofs: nobody like this can do that, or here is the request with which it can be done, or why it cannot be told.

The question ranges over every request of the caller: every action that is meant, every resource, every value of every
condition key. Actions that no statement tells apart are looked at once. Everything that is given out as reachable has
been put to the evaluator, which shares no code with the search but the parsed policies; where they disagree the
answer is `unknown`. No solver is involved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.request import Request, account_of
from casemate.analysis.access.evaluation.variables import Key, template
from casemate.analysis.access.proving.actions import Universe, classes, shapes
from casemate.analysis.access.proving.assumptions import USUALLY_PRESENT, known_keys
from casemate.analysis.access.proving.boxes import Drawing, Variables
from casemate.analysis.access.proving.combination import ASSUMING, URL, Formula, formula
from casemate.analysis.access.proving.cubes import RESOURCE, Found, Search
from casemate.analysis.access.proving.domains import Demand, Strings, Typed
from casemate.analysis.access.proving.languages import Wild, arn, form, literal, wild, witness
from casemate.analysis.access.proving.question import Proof, Question, Witness
from casemate.analysis.access.proving.variables import candidates

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.compiled import Compiled, Group
    from casemate.analysis.access.evaluation.policies import Policies

_TYPES: Final[dict[str, Literal["number", "date", "address", "truth"]]] = {
    "numeric": "number",
    "date": "date",
    "ip": "address",
    "bool": "truth",
}
_FREE: Final = "sts:getcalleridentity"
_ALONE: Final = ASSUMING | {URL, _FREE, "kms:retiregrant"}
"""Actions with a rule of their own."""
_OTHER_ACCOUNT: Final = "999999999999"
_ASSIGNMENTS: Final = 12
"""Values of policy variables that are tried before the answer is `unknown`."""


class _Case(NamedTuple):
    """One account that the resource may be in, and what that says about its ARN."""

    account: str | None
    demands: tuple[Demand, ...]


class _Answer(NamedTuple):
    """What a search came to. `open_`: why finding nothing proves nothing."""

    witness: Witness | None
    open_: tuple[str, ...] = ()
    statements: tuple[Compiled, ...] = ()


def prove(question: Question, certain: Policies, possible: Policies | None = None) -> Proof:
    """The answer to a question about policies.

    Where statements are not fully known, two sets of policies enclose the real one: `certain` allows at most, and
    denies at least, what the real one does; `possible` the other way round. What `certain` allows is reachable; what
    not even `possible` allows is safe. Raises `UsageError` for a principal or action that is none.
    """
    first = _Prover(question, certain).answer()
    if first.witness is not None:
        return Proof("reachable", first.witness)
    second = first if possible is None else _Prover(question, possible).answer()
    if second.witness is None and not second.open_:
        return Proof("safe")
    if second.witness is None:
        return Proof("unknown", because=second.open_, statements=second.statements)
    guilty = [compiled for compiled in second.witness.statements if compiled.statement.unknown]
    because = [f"{compiled.statement.label}: {word}" for compiled in guilty for word in compiled.statement.unknown]
    if not guilty:
        because = list(_uncertain_denies(second.witness, certain)) or ["a statement is not fully known"]
    return Proof("unknown", because=tuple(dict.fromkeys((*because, *first.open_))), statements=tuple(guilty))


def _uncertain_denies(found: Witness, certain: Policies) -> Iterator[str]:
    """The denies that might forbid what was found."""
    request = Request(found.principal, found.action, found.resource, found.resource_account, found.context)
    for because in decide(request, certain).because:
        if because.hit is not None:
            statement = because.hit.statement.statement
            yield from (f"{statement.label}: {word}" for word in statement.unknown or ("it may deny",))
        elif because.group is not None and because.group.level is not None:
            yield f"{because.text}, if {', '.join(policy.name for policy in because.group.policies)} is all that allows"


class _Prover:
    def __init__(self, question: Question, policies: Policies) -> None:
        self._question = question
        self._policies = policies
        self._universe = Universe(question.action)
        self._groups = _groups(policies)
        self._open: dict[str, None] = {}
        self._guilty: dict[Compiled, None] = {}
        self._spare: Witness | None = None

    def answer(self) -> _Answer:
        if not self._universe.names:
            return _Answer(None, (f"AWS has no action {self._question.action!r}",))
        for bits in self._classes():
            found = self._of_class(list(self._universe.named(bits)))
            if found is not None:
                return _Answer(found)
        if self._spare is not None:
            return _Answer(self._spare)
        return _Answer(None, tuple(self._open), tuple(self._guilty))

    def _classes(self) -> Iterator[int]:
        """Actions that every statement treats alike, of one service each."""
        universe = self._universe
        if len(universe.names) == 1:
            yield 1
            return
        sets = []
        for compiled in _statements(self._groups):
            statement = compiled.statement
            if statement.not_actions:
                sets.append(universe.everything & ~universe.bits(statement.not_actions))
            else:
                sets.append(universe.bits(statement.actions))
        for bits in classes(universe.everything, sets):
            parts: dict[str, int] = {}
            rest = bits
            while rest:
                low = rest & -rest
                name = universe.names[low.bit_length() - 1]
                key = name.lower() if name.lower() in _ALONE else name.partition(":")[0]
                parts[key] = parts.get(key, 0) | low
                rest ^= low
            yield from parts.values()

    def _of_class(self, names: list[str]) -> Witness | None:
        first = names[0]
        for case in self._cases(first.partition(":")[0].lower()):
            request = self._request(first, "*", case.account)
            if request.action == _FREE and len(self._universe.names) > 1:
                return None  # nobody can be kept from it: not what a question about many actions is after
            if request.action == _FREE:
                return self._confirmed(first, case.account, Found({RESOURCE: (self._any_resource(),)}, ()))
            found = self._settle(request, names, case)
            if found is not None:
                return found
        return None

    def _any_resource(self) -> str:
        return witness([[form(text) for text in self._question.resources]]) or "*"

    def _request(self, action: str, resource: str, account: str | None) -> Request:
        return Request(self._question.principal, action, resource, account, self._question.context)

    # -- where the resource is -----------------------------------------------------------------------------------------
    def _cases(self, service: str) -> Iterator[_Case]:
        question = self._question
        if question.resource_account is not None:
            yield _Case(question.resource_account, ())
            return
        written = {account_of(text) for text in question.resources}
        if len(written) == 1 and (only := next(iter(written))) is not None:
            yield _Case(only, ())
            return
        own = self._request("sts:x", "*", None).caller.account
        nowhere = _Case(own, (_fails(_in_account("????????????")),))
        here = [] if own is None else [_Case(own, (_passes(_in_account(own)),))]
        yield from (nowhere, *here) if service == "s3" else (*here, nowhere)  # a bucket's ARN has no account
        if own is None or self._policies.resource is not None:
            others = dict.fromkeys([*sorted(filter(None, written)), *self._named_accounts(), _OTHER_ACCOUNT])
            for account in others:
                if account != own:
                    yield _Case(account, (_passes(_in_account(account)),))

    def _named_accounts(self) -> Iterator[str]:
        """Accounts in the resources that statements name."""
        for compiled in _statements(self._groups):
            for text in (*compiled.statement.resources, *compiled.statement.not_resources):
                if (account := account_of(text)) is not None:
                    yield account

    # -- one class of actions in one account ---------------------------------------------------------------------------
    def _settle(self, request: Request, names: list[str], case: _Case) -> Witness | None:
        known = known_keys(request, self._question.context, self._keys())
        drawing = Drawing(known, Variables.WIDEN)
        found = self._found(request, names, case, drawing)
        if found is None or not drawing.free:
            return None if found is None else self._keep(*found, case)
        # A variable ties a key to the resource: the widened answer is only a hint of which values to try.
        _, hint = found
        tried = candidates(hint, drawing.free)
        for values in islice(product(*tried), _ASSIGNMENTS):
            exact = dict(zip(drawing.free, values, strict=True))
            narrow = Drawing({**known, **exact}, Variables.DROP)
            again = self._found(request, names, case, narrow)
            if again is not None:
                name, point = again
                given = {key: value for key, value in exact.items() if value}
                return self._keep(name, Found({**point.point, **given}, point.boxes), case)
        self._open.setdefault(f"it depends on the value of {', '.join(f'${{{key}}}' for key in drawing.free)}")
        return None

    def _found(self, request: Request, names: list[str], case: _Case, drawing: Drawing) -> tuple[str, Found] | None:
        """An action and a request, the first that acts on a resource of its own kind."""
        layers = formula(request, self._policies, drawing)
        if not layers.alternatives:
            return None
        whole = (_passes(*map(form, self._question.resources)), *case.demands, *self._only(request))
        plain = self._search(layers, whole)
        if plain is None:
            return None
        for kinds, action in {shapes(name): name for name in reversed(names)}.items():
            for patterns in likely(kinds, case.account):
                usual = self._search(layers, (*whole, _passes(*patterns)))
                if usual is not None:
                    return action, usual
            if not kinds:
                return action, plain
        if self._question.acts_on:
            return None
        return names[0], plain

    def _only(self, request: Request) -> tuple[Demand, ...]:
        """A key whose policy is not given cannot be reached (its own policy decides)."""
        if request.service == "kms" and self._policies.resource is None:
            return (_fails(wild("*:key/*")),)
        return ()

    def _search(self, layers_of: Formula, resource: tuple[Demand, ...]) -> Found | None:
        search = Search(layers_of.denies, USUALLY_PRESENT)
        for layers in layers_of.alternatives:
            found = search.find({RESOURCE: resource, **self._typed}, layers)
            if found is not None:
                return found
        if search.undecided is not None:
            self._open.setdefault(search.undecided)
        return None

    @cached_property
    def _typed(self) -> dict[str, tuple[Demand, ...]]:
        """For each key that the policies compare as one type only: that its value is of this type."""
        families: dict[str, set[str]] = {}
        for compiled in _statements(self._groups):
            for condition in compiled.statement.conditions:
                if condition.test.family != "null":
                    families.setdefault(condition.key, set()).add(condition.test.family)
        return {
            key: (Demand(Typed(_TYPES[family]), passes=True, missing=True, over="all"),)
            for key, (family, *others) in families.items()
            if not others and family in _TYPES
        }

    def _keys(self) -> frozenset[str]:
        return frozenset(key for group in self._groups for key in _keys_of(group))

    # -- the witness ---------------------------------------------------------------------------------------------------
    def _keep(self, action: str, found: Found, case: _Case) -> Witness | None:
        """The witness, unless its resource is unusual and a better one may follow."""
        confirmed = self._confirmed(action, case.account, found)
        if confirmed is None or not confirmed.unusual:
            return confirmed
        self._spare = self._spare or confirmed
        return None

    def _confirmed(self, action: str, account: str | None, found: Found) -> Witness | None:
        (resource,) = found.point[RESOURCE]
        context = {key: value for key, value in found.point.items() if key != RESOURCE}
        context = {**self._question.context, **context}
        request = Request(self._question.principal, action, resource, account, context)
        if decide(request, self._policies).answer != "allowed":
            self._open.setdefault(f"the evaluator does not confirm {action} on {resource}")
            return None
        kinds = shapes(action)
        unusual = bool(kinds) and not any(_shape(kind).matches(resource) for kind in kinds)
        statements = tuple(dict.fromkeys(box.source for box in found.boxes))
        shown = request.resource_account if account_of(resource) is None else None
        return Witness(self._question.principal, action, resource, shown, context, statements, unusual)  # type: ignore[arg-type]


def _statements(groups: Iterable[Group]) -> Iterator[Compiled]:
    return (compiled for group in groups for statements in group.statements for compiled in statements)


def _groups(policies: Policies) -> list[Group]:
    kinds = (policies.identity, policies.resource, policies.boundary, policies.session, policies.endpoint)
    return [*filter(None, kinds), *(policies.scps or ()), *(policies.rcps or ())]


def _keys_of(group: Group) -> Iterator[str]:
    for compiled in _statements([group]):
        for condition in compiled.statement.conditions:
            yield condition.key
        texts = (*compiled.statement.resources, *compiled.statement.not_resources)
        values = (value for condition in compiled.statement.conditions for value in condition.values)
        for text in (*texts, *values):
            if "${" in text and (found := template(text)) is not None:
                yield from (piece.name for piece in found.pieces if isinstance(piece, Key))


def _passes(*patterns: Wild) -> Demand:
    return Demand(Strings(patterns), passes=True, missing=False)


def _fails(*patterns: Wild) -> Demand:
    return Demand(Strings(patterns), passes=False, missing=False)


@lru_cache(maxsize=1024)
def _in_account(account: str) -> Wild:
    found = arn(wild(f"arn:*:*:*:{account}:*"))
    assert found is not None  # noqa: S101 - six parts
    return found


@lru_cache(maxsize=4096)
def likely(kinds: tuple[str, ...], account: str | None) -> tuple[tuple[Wild, ...], ...]:
    """The shapes of ARNs (`actions.shapes`), first as they look in the caller's account and a usual region."""
    if not kinds:
        return ()
    usual = []
    for kind in kinds:
        parts = kind.split(":", 5)
        if len(parts) == 6:
            parts[1] = "aws" if "*" in parts[1] else parts[1]
            parts[3] = "us-east-1" if parts[3] == "*" else parts[3]
            parts[4] = account if parts[4] == "*" and account else parts[4]
        usual.append(_shape(":".join(parts)))
    return tuple(usual), tuple(map(_shape, kinds))


@lru_cache(maxsize=16_384)
def _shape(text: str) -> Wild:
    """The pattern of an ARN's shape: what varies stays in its part. An action without resources is asked for on `*`."""
    if text == "*":
        return literal(text)
    pattern = wild(text)
    return arn(pattern) or pattern
