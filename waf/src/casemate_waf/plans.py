"""A rule set prepared: its folded program, databases, and what is known about its links without any transaction."""

from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

from casemate_waf.executor import concerns
from casemate_waf.folding import OF_EVENTS, Program, fold, reads
from casemate_waf.operators import NUMBERS, integer
from casemate_waf.probes import Build, Probe, domain, probes_of, scanner_for
from casemate_waf.rules import Control, Hit, Link, Marker, Rule, RuleSet, Setting, Target, Test
from casemate_waf.scanning import Chain, Scanner, Texts
from casemate_waf.variables import STORES


class Phase(NamedTuple):
    """One phase of a program, ready to be run."""

    items: tuple[Rule | Marker, ...]
    probes: tuple[Probe, ...]
    filtered: frozenset[int]
    """The identities (`id()`) of the rules that the probes belong to."""
    domain: tuple[Target, ...]
    scanner: Scanner


class Act(NamedTuple):
    """A setting, with its name and its value where they have no macro, and the number that it is added or taken away.

    `source`: the variable of TX that is the value.
    """

    setting: Setting
    collection: str
    key: bytes | None
    value: bytes | None
    sign: int
    amount: int
    source: bytes | None


Gate = Callable[[Mapping[bytes, bytes]], bool]


class Plan:
    """A folded program with its databases, and what is known about its links without any transaction."""

    def __init__(self, program: Program, phases: dict[int, Phase]) -> None:
        self.program = program
        self.phases = phases
        self.gates: dict[int, Gate] = {}
        """By the `id()` of a link: whether it can hold, from the variables that rules have set."""
        self.direct: dict[int, Test] = {}
        """By the `id()` of a link: its test, where that is asked about values as they are."""
        self.alike: dict[int, int] = {}
        """By the `id()` of a link: a number for its targets, where only the next phase can change what they are."""
        self.gated: dict[int, bytes] = {}
        """By the `id()` of a link with a gate: the name of the variable that it compares."""
        self.messages: dict[int, tuple[bytes | None, bytes | None]] = {}
        """By the `id()` of a rule: its message and its data, where they are always the same."""
        self.acts: dict[int, list[Act]] = {}
        """By the `id()` of a link: its settings."""
        first = phases[1].items if 1 in phases else ()
        self.opens_alike = not any(_depends_at_all(rule) for rule in first if isinstance(rule, Rule))
        """Whether the first phase asks nothing of an event."""
        self._concerns: dict[tuple[int, int], bool] = {}
        self.collections: dict[int, frozenset[str]] = {}
        """By the `id()` of a link: the collections that it looks at."""
        numbers: dict[object, int] = {}
        for part in phases.values():
            for rule in part.items:
                if isinstance(rule, Rule):
                    self.messages[id(rule)] = (
                        rule.message.plain if rule.message else b"",
                        rule.data.plain if rule.data else b"",
                    )
                for link in rule.links if isinstance(rule, Rule) else ():
                    self.acts[id(link)] = [_act(one) for one in link.settings]
                    self.collections[id(link)] = frozenset(target.collection for target in link.targets)
                    gate = _gate(link)
                    if gate is not None:
                        self.gates[id(link)] = gate
                        selector = link.targets[0].selector
                        if selector is not None and not link.capture:
                            self.gated[id(link)] = selector.name
                    operator = link.operator
                    if (
                        operator
                        and operator.test
                        and not (operator.negated or link.transformations or link.multi_match)
                    ):
                        self.direct[id(link)] = operator.test
                    if all(_is_lasting(target.collection) for target in link.targets):
                        key = tuple(
                            (t.collection, t.selector and t.selector.name, t.counts, t.excludes) for t in link.targets
                        )
                        self.alike[id(link)] = numbers.setdefault(key, len(numbers))

    def concerns(self, control: Control, rule: Rule) -> bool:
        """Whether a control means a rule; both are parts of the program, so that it is found out once."""
        key = id(control), rule.id
        known = self._concerns.get(key)
        if known is None:
            known = self._concerns[key] = concerns(control, rule)
        return known


def _act(setting: Setting) -> Act:
    """A setting, ready; one that deletes, or whose name has a macro, is left to the executor."""
    key, value = setting.key.plain, setting.value.plain
    sign = {"+": 1, "-": -1}.get(setting.change, 0)
    amount = sign * integer(value) if value is not None else 0
    name = None if key is None or setting.change == "!" else key.lower()
    parts = setting.value.parts
    source = parts[0][1] if len(parts) == 1 and isinstance(parts[0], tuple) and parts[0][0] == "TX" else None
    return Act(setting, setting.collection, name, value, sign, amount, source)


def _gate(link: Link) -> Gate | None:
    """Whether the one variable that a link compares has such a value; None for any other link."""
    operator = link.operator
    if operator is None or operator.name not in NUMBERS or len(link.targets) != 1 or link.transformations:
        return None
    target = link.targets[0]
    parts = operator.argument.parts
    if (
        target.collection != "TX"
        or target.selector is None
        or target.selector.pattern
        or target.counts
        or target.excludes
    ):
        return None
    if len(parts) != 1 or not (isinstance(parts[0], bytes) or parts[0][0] == "TX"):
        return None
    name, holds, negated, wanted = target.selector.name, NUMBERS[operator.name], operator.negated, parts[0]

    def gate(stored: Mapping[bytes, bytes]) -> bool:
        value = stored.get(name)
        if value is None:
            return False
        limit = wanted if isinstance(wanted, bytes) else stored.get(wanted[1], b"")
        return holds(integer(value), integer(limit)) != negated

    return gate


def _is_lasting(collection: str) -> bool:
    return collection not in STORES and not collection.startswith(("MATCHED_", "REQBODY_PROCESSOR"))


def _depends_at_all(rule: Rule) -> bool:
    """Whether any part of a rule looks at what differs from event to event."""
    return any(key[0] in OF_EVENTS for key in reads(rule))


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


Seen = tuple[Chain, bytes, Hit]
"""Transformations, what they make of a value, and what an operator finds in that."""
Confirmed = dict[int, dict[bytes, Seen]]
"""What the first link of a rule (by its `id()`) sees in which values of its targets."""


def confirmed(
    part: Phase, texts: Texts, looked_at: Callable[[Link], Container[bytes] | None]
) -> tuple[set[int], Confirmed]:
    """The rules (by their `id()`) of one phase whose first link finds something, and in which values.

    `looked_at` are the values that a link looks at, None for all; more do no harm.
    """
    live: set[int] = set()
    values: Confirmed = {}
    candidates = part.scanner.candidates(texts)
    if not candidates:
        return live, values
    sent = texts.values(0)
    for number in candidates:
        rule, link, chains, nodes, test = part.probes[number]
        own = looked_at(link)
        found: dict[bytes, Seen] = {}
        tried: dict[bytes, Hit | None] = {}
        seen: list[bytes] = []
        for chain, place in zip(chains, nodes, strict=True):
            text = texts.joined(place)
            if any(text is other for other in seen):
                continue
            seen.append(text)
            for original, value in zip(sent, texts.values(place), strict=True):
                if original in found or (own is not None and original not in own):
                    continue
                if value in tried:
                    hit = tried[value]
                else:
                    hit = tried[value] = test(value)
                if hit is not None:
                    found[original] = chain, value, hit
        if found:
            live.add(id(rule))
            values[id(link)] = found
    return live, values
