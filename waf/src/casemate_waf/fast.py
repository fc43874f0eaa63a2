"""The fast engine: the same verdicts as `executor`, for the price of a few scans.

What a rule set does in every transaction is worked out once (`folding`). For each phase one scan over all values finds
which of the other rules may match (`scanning`); their own operators confirm it; only then is anything executed, by the
executor's own code. An event in which nothing is confirmed gets the verdict that every such event gets.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from casemate_waf.executor import BEARER, Transaction, Verdict, arguments
from casemate_waf.folding import OF_EVENTS, Program, fold, reads
from casemate_waf.message import Request, Response
from casemate_waf.operators import NUMBERS, integer
from casemate_waf.probes import Build, Probe, domain, probes_of, scanner_for
from casemate_waf.rules import Hit, Link, Marker, Operator, Rule, RuleSet, Target
from casemate_waf.scanning import Scanner, Texts, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.events.decode import Decoded

SECONDS = 1.0
"""The time budget of one transaction."""
_NAMES, _NAME = 8192, 128
"""How many names of arguments that no rule takes are remembered, and how long they may be."""


class EngineError(Exception):
    """The engine could not decide: out of time, or a part of it failed. Who asks has to take that as a block."""


class Phase(NamedTuple):
    """One phase of a program, ready to be run."""

    items: tuple[Rule | Marker, ...]
    probes: tuple[Probe, ...]
    filtered: frozenset[int]
    """The identities (`id()`) of the rules that the probes belong to."""
    domain: tuple[Target, ...]
    scanner: Scanner


class Plan(NamedTuple):
    """A folded program with its databases."""

    program: Program
    phases: dict[int, Phase]


def plan(rules: RuleSet, *, event: bool, build: Build | None = None) -> Plan:
    """Compile `rules` for events, or for requests and responses."""
    program = fold(rules, event=event)
    phases = {number: phase(items, build) for number, items in program.items.items() if items}
    return Plan(program, phases)


def phase(items: tuple[Rule | Marker, ...], build: Build | None = None, scanner: Scanner | None = None) -> Phase:
    """Prepare one phase, with a scanner that was compiled before or a new one."""
    probes = tuple(probes_of(items))
    filtered = frozenset(id(probe.rule) for probe in probes)
    return Phase(items, probes, filtered, domain(probes), scanner or scanner_for(list(probes), build))


Confirmed = dict[int, dict[bytes, Hit]]
"""What an operator (by its `id()`) finds in which values, after its transformations."""


def _confirmed(part: Phase, texts: Texts, looked_at: Callable[[Link], Container[bytes]]) -> tuple[set[int], Confirmed]:
    """The rules (by their `id()`) of one phase whose first link finds something, and in which values.

    `looked_at` are the values that a link looks at; more do no harm.
    """
    live: set[int] = set()
    values: Confirmed = {}
    for number in part.scanner.candidates(texts):
        rule, link, _, nodes, test = part.probes[number]
        own = looked_at(link)
        sent = texts.values(0)
        found: dict[bytes, Hit] = {}
        for chain in nodes:
            for original, value in zip(sent, texts.values(chain), strict=True):
                if original in own and value not in found and (hit := test(value)) is not None:
                    found[value] = hit
        if found:
            live.add(id(rule))
            values[id(link.operator)] = found
    return live, values


class FastTransaction(Transaction):
    """A transaction that runs a plan."""

    def __init__(
        self, rules: RuleSet, run: Plan, deadline: Callable[[], None], *, unique_id: bytes, to_the_end: bool
    ) -> None:
        super().__init__(rules, unique_id=unique_id, to_the_end=to_the_end)
        self._plan = run
        self._deadline = deadline
        self._values: Confirmed = {}
        self._items: Iterable[Rule | Marker] = ()
        for name, stored in run.program.stores.items():
            self._variables.store(name).update(stored)

    def inspect_found(
        self, pairs: list[tuple[bytes, bytes]], live: set[int], values: Confirmed, *, beyond: bool
    ) -> Verdict:
        """Run the phases of an event whose second has been scanned."""
        self._values = values
        if beyond:
            self._block(413, None)
        variables = self._variables
        variables.request_headers(BEARER)
        self._run(1, set())
        variables.put("REQUEST_BODY_LENGTH", b"%d" % sum(len(value) for _, value in pairs))
        variables.arguments(pairs)
        self._run(2, live)
        self._phase(5)
        return self._verdict()

    def _run(self, number: int, live: set[int]) -> None:
        part = self._plan.phases.get(number)
        if part is not None:
            self._items = [one for one in part.items if id(one) in live or id(one) not in part.filtered]
            super()._phase(number)

    def _phase(self, phase: int) -> None:
        part = self._plan.phases.get(phase)
        if part is None:
            return
        live: set[int] = set()
        if part.probes:
            found = dict.fromkeys(member.value for target in part.domain for member in self._variables.members(target))
            live, self._values = _confirmed(part, Texts(found, part.scanner.shortest), self._sent_to)
        self._run(phase, live)

    def _sent_to(self, link: Link) -> set[bytes]:
        members = self._variables.members
        return {member.value for target in link.targets if not target.excludes for member in members(target)}

    def _program(self, _phase: int) -> Iterable[Rule | Marker]:
        return self._items

    def _matched(self, rule: Rule) -> bool:
        self._deadline()
        return super()._matched(rule)

    def _hit(self, operator: Operator, value: bytes) -> Hit | None:
        known = self._values.get(id(operator))
        return super()._hit(operator, value) if known is None else known.get(value)


class Check(NamedTuple):
    """A rule that no scan filters and that depends on the event, and what its first link says as a rule."""

    link: Link
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
        self._harmless: set[bytes] = set()
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
        pairs = arguments(event)
        live: set[int] = set()
        values: Confirmed = {}
        part = run.phases.get(2)
        names: dict[bytes, None] = {}
        if part is not None:
            harmless = self._harmless
            names = dict.fromkeys([name for name, _ in pairs if name not in harmless])
            sent = dict.fromkeys([value for _, value in pairs])

            def looked_at(link: Link) -> Container[bytes]:
                of_values = any(target.collection == "ARGS" for target in link.targets)
                of_names = any(target.collection == "ARGS_NAMES" for target in link.targets)
                return {**names, **sent} if of_names and of_values else names if of_names else sent

            live, values = _confirmed(part, Texts({**names, **sent}, part.scanner.shortest), looked_at)
        if not live and not event.excesses and self._usual is not None:
            verdict, checks = self._usual
            if not checks or all(_first(check.link, pairs, run) == check.usual for check in checks):
                self._remember(names)
                return verdict
        transaction = FastTransaction(self._rules, run, self._until(), unique_id=unique_id, to_the_end=to_the_end)
        return transaction.inspect_found(pairs, live, values, beyond=bool(event.excesses))

    def _remember(self, names: Iterable[bytes]) -> None:
        """Names that were just looked at without a find: the next event of the same shape has them again."""
        if len(self._harmless) > _NAMES:
            self._harmless.clear()
        self._harmless.update(name for name in names if len(name) <= _NAME)

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
                usual = _first(link, [(b"a", b"b")], run)
                if usual is None or (usual and (_varies_more(rule) or any(target.excludes for target in link.targets))):
                    return None
                checks.append(Check(link, usual))
        verdicts = [
            FastTransaction(self._rules, run, self._until(), unique_id=name, to_the_end=True).inspect_found(
                pairs, set(), {}, beyond=False
            )
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


def _first(link: Link, pairs: list[tuple[bytes, bytes]], run: Plan) -> bool | None:
    """Whether a link finds something in an event, exclusions aside; None where that cannot be said beforehand."""
    operator = link.operator
    if operator is None:
        return None
    test = operator.test
    if test is None:
        parts = operator.argument.parts
        if operator.name not in NUMBERS or any(isinstance(part, tuple) and part[0] != "TX" for part in parts):
            return None
        stored = run.program.stores["TX"]
        wanted = integer(b"".join(part if isinstance(part, bytes) else stored.get(part[1], b"") for part in parts))
        holds = NUMBERS[operator.name]
        return any(holds(integer(value), wanted) != operator.negated for value in _values(link, pairs))
    return any((test(value) is not None) != operator.negated for value in _values(link, pairs))


def _values(link: Link, pairs: list[tuple[bytes, bytes]]) -> list[bytes]:
    found: list[bytes] = []
    for target in link.targets:
        if target.excludes:
            continue
        if target.collection == "REQUEST_BODY_LENGTH":
            found.append(b"%d" % sum(len(value) for _, value in pairs))
        elif target.collection == "ARGS_COMBINED_SIZE":
            found.append(b"%d" % sum(len(name) + len(value) for name, value in pairs))
        elif target.collection in ("ARGS", "ARGS_NAMES"):
            members = [name if target.collection == "ARGS_NAMES" else value for name, value in pairs]
            found += [b"%d" % len(members)] if target.counts else members
    return Texts(found).values(node(link.transformations))
