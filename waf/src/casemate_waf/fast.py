"""The fast engine: the same verdicts as `executor`, for the price of a few scans.

What a rule set does in every transaction is worked out once (`folding`). For each phase one scan over all values finds
which of the other rules may match (`scanning`); their own operators confirm it; only then is anything executed, by the
executor's own code. An event in which nothing is confirmed gets the verdict that every such event gets.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from casemate_waf.bodies import Pairs, encoded
from casemate_waf.executor import Verdict, arguments
from casemate_waf.expressions import SEPARATOR
from casemate_waf.folding import OF_EVENTS, reads
from casemate_waf.headers import is_formal, is_usual
from casemate_waf.message import Request, Response
from casemate_waf.operators import NUMBERS, integer
from casemate_waf.plans import Confirmed, Phase, Plan, confirmed, plan
from casemate_waf.probes import Build
from casemate_waf.rules import Link, Rule, RuleSet
from casemate_waf.scanning import Texts, node
from casemate_waf.transactions import FastTransaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.events.decode import Decoded

SECONDS = 1.0
"""The time budget of one transaction."""
_BETWEEN = SEPARATOR.decode()
_NAMES, _NAME, _VALUES = 8192, 128, 512
"""How many names of arguments that no rule takes are remembered, and how long they may be; and how many values."""


class EngineError(Exception):
    """The engine could not decide: out of time, or a part of it failed. Who asks has to take that as a block."""


class Sent:
    """What an event sends, as far as it is asked for: its arguments, and how many bytes their values have."""

    __slots__ = ("_arguments", "_pairs", "_values")

    def __init__(self, arguments: Callable[[], Pairs], values: list[str]) -> None:
        self._arguments = arguments
        self._pairs: Pairs | None = None
        self._values = values

    @property
    def length(self) -> int:
        """Bytes of all values."""
        whole = "".join(self._values)
        return len(whole) if whole.isascii() else len(encoded(whole))

    @property
    def pairs(self) -> Pairs:
        """The arguments, as the executor has them."""
        if self._pairs is None:
            self._pairs = self._arguments()
        return self._pairs


_USUAL_SENT = Sent(lambda: [(b"a", b"b")], ["b"])


class Check(NamedTuple):
    """A rule that no scan filters and that depends on the event: whether its first link holds, and usually does."""

    holds: Callable[[Sent], bool]
    usual: bool


class Fast:
    """A rule set, ready to decide. It keeps nothing of a transaction that a verdict could depend on; for one thread.

    `build`: what makes the databases; `plans`: what was compiled before (see `artefact`).
    Raises `EngineError` when it cannot decide within `seconds`: that is a block, not an allow.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        build: Build | None = None,
        seconds: float = SECONDS,
        clock: Callable[[], float] = monotonic,
        plans: Mapping[bool, Plan] = MappingProxyType({}),
    ) -> None:
        self._rules = rules
        self._build = build
        self._seconds = seconds
        self._clock = clock
        self._plans: dict[bool, Plan] = dict(plans)
        self._usual: tuple[Verdict, list[Check]] | None = None
        self._harmless: set[str] = set()
        self._usual_values: set[str] = set()
        self._openings: dict[bool, FastTransaction] = {}
        if True in self._plans:
            self._usual = self._baseline(self._plans[True])

    def plan(self, *, event: bool) -> Plan:
        """The plan for events or for requests; compiled when it is first asked for."""
        known = self._plans.get(event)
        if known is None:
            known = self._plans[event] = plan(self._rules, event=event, build=self._build)
            if event:
                self._usual = self._baseline(known)
        return known

    def warm(self) -> None:
        """Compile every pattern now, instead of when a first value comes to it: for a process that lives long."""
        for run in self._plans.values():
            for part in run.phases.values():
                for rule in part.items:
                    for link in rule.links if isinstance(rule, Rule) else ():
                        if link.operator is not None and link.operator.test is not None:
                            link.operator.test(b"")
                for probe in part.probes:
                    probe.test(b"")

    def run(
        self, request: Request, response: Response | None = None, *, unique_id: bytes = b"0", to_the_end: bool = False
    ) -> Verdict:
        """The verdict on a request, as `Transaction.run` gives it."""
        run = self.plan(event=False)
        transaction = FastTransaction(self._rules, run, self._until(), unique_id=unique_id, to_the_end=to_the_end)
        return transaction.run(request, response)

    def inspect(self, event: "Decoded", *, unique_id: bytes = b"0", to_the_end: bool = False) -> Verdict:
        """The verdict on an event, as `Transaction.inspect` gives it."""
        run = self._plans.get(True) or self.plan(event=True)
        names, listed, usual = self._gathered(event)
        distinct = dict.fromkeys(listed)
        distinct[""] = None  # the value of a name
        for value in usual:
            if value in self._usual_values:
                distinct.pop(value, None)
        whole = _joined(distinct)
        sent = Sent(lambda: arguments(event), listed)
        live, found = self._scanned(run.phases.get(2), names, distinct, whole)
        if not live and not event.excesses and self._usual is not None:
            verdict, checks = self._usual
            for check in checks:
                if check.holds(sent) != check.usual:
                    break
            else:
                if names:
                    self._remember(names)
                if usual:
                    self._remember_values(usual)
                return verdict
        transaction = self._begun(run, unique_id, to_the_end=to_the_end, beyond=bool(event.excesses))
        return transaction.inspect_found(sent.pairs, live, found)

    def _gathered(self, event: "Decoded") -> tuple[list[str], list[str], list[str]]:
        """The names of an event's arguments that were not looked at before, all values, and those of usual headers."""
        names: list[str] = []
        listed: list[str] = []
        usual: list[str] = []
        harmless, add = self._harmless, listed.append
        for leaf in event.leaves:
            kind = leaf.kind
            value = leaf.value
            if kind == "name":
                if value not in harmless:
                    names.append(str(value))
                continue
            if kind == "platform":
                continue
            path = leaf.path
            if kind == "header":
                if is_formal(leaf):
                    continue
                if is_usual(leaf):
                    usual.append(str(value))
            if path not in harmless:
                names.append(path)
            add(value if type(value) is str else "" if value is None else str(value))
            if leaf.views:
                for how, view in leaf.views.items():
                    names.append(f"{path}|{how}")
                    add(view)
        return names, listed, usual

    def _begun(self, run: Plan, unique_id: bytes, *, to_the_end: bool, beyond: bool) -> FastTransaction:
        """A transaction behind its first phase, which is run once where it asks nothing of the event."""
        if beyond or not run.opens_alike:
            fresh = FastTransaction(self._rules, run, self._until(), unique_id=unique_id, to_the_end=to_the_end)
            if beyond:
                fresh.refuse()
            return fresh.begin()
        known = self._openings.get(to_the_end)
        if known is None:
            known = FastTransaction(self._rules, run, self._until(), unique_id=unique_id, to_the_end=to_the_end).begin()
            self._openings[to_the_end] = known
        return known.begun(self._until(), unique_id)

    def _scanned(
        self, part: Phase | None, names: list[str], distinct: Mapping[str, None], whole: bytes | None
    ) -> tuple[set[int], Confirmed]:
        """What one scan over names and values says, confirmed; `whole` are the values joined, where that is simple."""
        if part is None:
            return set(), {}
        if not names and whole is not None:
            return confirmed(part, Texts(len(distinct), part.scanner.shortest, whole), _of_values)
        values = [encoded(value) for value in distinct] if whole is None else whole.split(SEPARATOR)[1:-1]
        named = dict.fromkeys(map(encoded, names))
        valued = dict.fromkeys(values)

        def looked_at(link: Link) -> Container[bytes] | None:
            of_values = any(target.collection == "ARGS" for target in link.targets)
            of_names = any(target.collection == "ARGS_NAMES" for target in link.targets)
            return None if of_names and of_values else named if of_names else valued

        return confirmed(part, Texts({**named, **valued}, part.scanner.shortest), looked_at)

    def _remember(self, names: Iterable[str]) -> None:
        """Names that were just looked at without a find: the next event of the same shape has them again."""
        if len(self._harmless) > _NAMES:
            self._harmless.clear()
        self._harmless.update(name for name in names if len(name) <= _NAME)

    def _remember_values(self, values: Iterable[str]) -> None:
        """Values of headers without a secret that were just looked at without a find: the next request has them too."""
        if len(self._usual_values) > _VALUES:
            self._usual_values.clear()
        self._usual_values.update(values)

    def _until(self) -> Callable[[], None]:
        clock, end = self._clock, self._clock() + self._seconds

        def check() -> None:
            if clock() > end:
                raise EngineError("the time of a transaction is over")

        return check

    def _baseline(self, run: Plan) -> tuple[Verdict, list[Check]] | None:
        """What every event gets in which no filtered rule is confirmed, and what has to be looked at for that.

        None where such events differ.
        """
        checks = []
        for number, part in run.phases.items():
            for rule in part.items:
                if not isinstance(rule, Rule) or not _depends(rule):
                    continue
                if number != 2 and id(rule) in part.filtered:
                    return None
                if id(rule) in part.filtered:
                    continue
                link = rule.links[0]
                holds = _holds(link, run)
                usual = holds is not None and holds(_USUAL_SENT)
                varies = _varies_more(rule) or any(target.excludes for target in link.targets)
                if holds is None or (usual and varies):
                    return None
                checks.append(Check(holds, usual))
        verdicts = [
            FastTransaction(self._rules, run, self._until(), unique_id=name, to_the_end=True)
            .begin()
            .inspect_found(pairs, set(), {})
            for name, pairs in ((b"0", [(b"a", b"b")]), (b"1", [(b"c", b"d"), (b"e", b"")]))
        ]
        return (verdicts[0], checks) if verdicts[0] == verdicts[1] and not verdicts[0].matches else None


def _depends(rule: Rule) -> bool:
    """Whether the first link of a rule looks at what differs from event to event."""
    return any(target.collection in OF_EVENTS for target in rule.links[0].targets)


def _varies_more(rule: Rule) -> bool:
    """Whether more than the first link's outcome differs from event to event."""
    first = rule.links[0]
    rest = reads(rule._replace(links=(first._replace(targets=()), *rule.links[1:])))
    varies = any(key[0] in OF_EVENTS or key[0].startswith("MATCHED_") for key in rest)
    return varies or any(link.capture or link.controls for link in rule.links)


def _holds(link: Link, run: Plan) -> Callable[[Sent], bool] | None:
    """Whether a link finds something in an event, exclusions aside; None where that cannot be said beforehand."""
    operator = link.operator
    if operator is None:
        return None
    negated, test = operator.negated, operator.test
    if operator.name in NUMBERS:
        parts = operator.argument.parts
        if any(isinstance(part, tuple) and part[0] != "TX" for part in parts):
            return None
        stored = run.program.stores["TX"]
        wanted = integer(b"".join(part if isinstance(part, bytes) else stored.get(part[1], b"") for part in parts))
        compares = NUMBERS[operator.name]
        if [target.collection for target in link.targets] == ["REQUEST_BODY_LENGTH"] and not link.transformations:
            return lambda sent: compares(sent.length, wanted) != negated
        return lambda sent: any(compares(integer(value), wanted) != negated for value in _values(link, sent))
    if test is None:
        return None
    exact = test
    return lambda sent: any((exact(value) is not None) != negated for value in _values(link, sent))


def _values(link: Link, sent: Sent) -> list[bytes]:
    found: list[bytes] = []
    for target in link.targets:
        if target.excludes:
            continue
        if target.collection == "REQUEST_BODY_LENGTH":
            found.append(b"%d" % sent.length)
        elif target.collection == "ARGS_COMBINED_SIZE":
            found.append(b"%d" % sum(len(name) + len(value) for name, value in sent.pairs))
        elif target.collection in ("ARGS", "ARGS_NAMES"):
            members = [name if target.collection == "ARGS_NAMES" else value for name, value in sent.pairs]
            found += [b"%d" % len(members)] if target.counts else members
    return Texts(found).values(node(link.transformations))


def _joined(values: Mapping[str, None]) -> bytes | None:
    """Values between separators; None where one of them holds a separator, or is no text for UTF-8."""
    try:
        whole = _BETWEEN.join(("", *values, "")).encode()
    except UnicodeEncodeError:
        return None
    return whole if whole.count(SEPARATOR) == len(values) + 1 else None


def _of_values(link: Link) -> tuple[()] | None:
    """What a link looks at where there are no names."""
    return None if any(target.collection == "ARGS" for target in link.targets) else ()
