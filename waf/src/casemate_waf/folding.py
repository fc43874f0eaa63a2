"""Works out beforehand what a rule set does in every transaction: settings, paranoia levels, skipped parts.

What depends on nothing a client sends is run once, and its outcome is where every transaction begins. What is left is
run each time, in its order. A rule is only left out where no order of events could tell the difference.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from casemate_waf.executor import BEARER, PHASES, Transaction
from casemate_waf.rules import Hit, Link, Marker, Rule, RuleSet, Setting, Target
from casemate_waf.variables import STORES

Key = tuple[str, bytes, bool]
"""A variable of a store by its name, or (True) all whose names begin so."""

OF_EVENTS = frozenset(("ARGS", "ARGS_NAMES", "ARGS_COMBINED_SIZE", "REQUEST_BODY_LENGTH", "UNIQUE_ID"))
"""What differs from event to event; an event is no HTTP request and has nothing else."""
_NUMBERED = tuple(("TX", b"%d" % number, False) for number in range(10))
_BEGINNING = re.compile(rb"\^([A-Za-z0-9_]+)(?![*?{|])")


class Program(NamedTuple):
    """What is left of a rule set: the items of each phase in order, and the variables as they are at the beginning."""

    items: dict[int, tuple[Rule | Marker, ...]]
    stores: dict[str, dict[bytes, bytes]]
    written: frozenset[Key]
    """What the rules that are left may write."""


def reads(rule: Rule) -> set[Key]:
    """The variables that a rule reads."""
    found: set[Key] = set()
    texts = [rule.message, rule.data] if rule.logs else []
    for link in rule.links:
        for target in link.targets:
            found.add(_selected(target))
        if link.operator:
            texts.append(link.operator.argument)
        for setting in link.settings:
            texts += [setting.key, setting.value]
            if setting.change in ("+", "-"):
                found.add(_key(setting))
    found.update((*part, False) for text in texts if text for part in text.parts if isinstance(part, tuple))
    return found


def writes(rule: Rule) -> set[Key]:
    """The variables that a rule may write, whether it matches or only some of its links do."""
    found: set[Key] = set()
    for link in rule.links:
        found.update(_key(setting) for setting in link.settings)
        if link.capture:
            found.update(_NUMBERED)
    return found


def _key(setting: Setting) -> Key:
    first = setting.key.parts[0]
    return setting.collection, first.lower() if isinstance(first, bytes) else b"", setting.key.plain is None


def _selected(target: Target) -> Key:
    selector = target.selector
    if selector is None or target.collection not in STORES:
        return target.collection, b"", True
    if selector.pattern is None:
        return target.collection, selector.name, False
    found = _BEGINNING.match(selector.name) if not selector.pattern.pattern.startswith(b"(?") else None
    return target.collection, found.group(1).lower() if found else b"", True


def _meets(some: Iterable[Key], others: Iterable[Key]) -> bool:
    return any(_same(one, other) for one in some for other in others)


def _same(one: Key, other: Key) -> bool:
    if one[0] != other[0]:
        return False
    if one[2] and other[1].startswith(one[1]):
        return True
    return (other[2] and one[1].startswith(other[1])) or one[1:] == other[1:]


class _Dry(Transaction):
    """Runs what is known; of the rest it only notes that it would be reached."""

    def __init__(self, rules: RuleSet, unknown: set[int], certain: set[int]) -> None:
        super().__init__(rules, to_the_end=True)
        self._unknown = unknown
        self._certain = certain
        self.reached: set[int] = set()
        self.acted: set[int] = set()
        self._current = 0

    def go(self, phases: Iterable[int], *, event: bool) -> None:
        if event:
            self._variables.request_headers(BEARER)
        for phase in phases:
            self._phase(phase)

    @property
    def stores(self) -> dict[str, dict[bytes, bytes]]:
        return {name: dict(self._variables.store(name)) for name in STORES}

    def _matched(self, rule: Rule) -> bool:
        if rule.id in self._unknown:
            if rule.id not in self._certain or self._begins(rule):
                self.reached.add(rule.id)
            return False
        self._current = rule.id
        held = super()._matched(rule)
        if held and (rule.logs or rule.disruptive != "pass"):
            self.acted.add(rule.id)
        return held

    def _begins(self, rule: Rule) -> bool:
        """Whether the first link holds, without doing what it says."""
        link = rule.links[0]
        if link.operator is None:
            return True
        views = (view for member in self._targets(rule, link) for _, view in self._views(link, member.value))
        return any(self._hit(link.operator, view) is not None for view in views)

    def _act(self, link: Link) -> None:
        if link.settings or link.controls:
            self.acted.add(self._current)
        super()._act(link)

    def _capture(self, hit: Hit) -> None:
        self.acted.add(self._current)
        super()._capture(hit)


def fold(rules: RuleSet, *, event: bool) -> Program:
    """Reduce `rules` to what has to be run for each event, or for each request."""
    phases = (1, 2, 5) if event else PHASES
    if not _foldable(rules):
        return Program({p: tuple(i for i in rules.items if isinstance(i, Marker) or i.phase == p) for p in phases},
                       {name: {} for name in STORES}, frozenset((name, b"", True) for name in STORES))  # fmt: skip
    order = [item for p in phases for item in rules.items if isinstance(item, Rule) and item.phase == p]
    read = {rule.id: reads(rule) for rule in order}
    write = {rule.id: writes(rule) for rule in order}
    unknown = {rule.id for rule in order if any(_varies(key[0], event=event) for key in read[rule.id])}
    while True:
        size = len(unknown)
        _spread(rules, order, read, write, unknown)
        written = {key for name in unknown for key in write[name]}
        certain = {rule.id for rule in order if not _is_uncertain(rule, written, event=event)}
        dry = _Dry(rules, unknown, certain)
        dry.go(phases, event=event)
        unknown |= _ordered(order, read, write, unknown, dry)
        if len(unknown) == size:
            break
    live = {rule.id for rule in order if rule.id in unknown and rule.id in dry.reached}
    ends = {rule.skip_after for rule in order if rule.id in live}
    items = {
        p: tuple(i for i in rules.items if (i.name in ends if isinstance(i, Marker) else i.phase == p and i.id in live))
        for p in phases
    }
    left = frozenset(key for rule in order if rule.id in live for key in write[rule.id])
    return Program(items, dry.stores, left)


def _foldable(rules: RuleSet) -> bool:
    """Whether nothing depends on the place of a rule that might be left out."""
    for rule in rules.rules:
        first = rule.links[0]
        names = {target.collection for target in first.targets}
        if first.operator is None:
            names |= {key[0] for key in reads(rule)}
        if rule.skip or (rule.skip_after or "").isdigit() or any(name.startswith("MATCHED_") for name in names):
            return False
    return True


def _varies(collection: str, *, event: bool) -> bool:
    if collection in STORES or collection.startswith("MATCHED_"):
        return False
    return collection in OF_EVENTS if event else True


def _is_uncertain(rule: Rule, written: set[Key], *, event: bool) -> bool:
    """Whether what the first link says is known only when the transaction is there."""
    first = rule._replace(links=(rule.links[0]._replace(settings=()),), logs=False)
    found = reads(first)
    return any(_varies(key[0], event=event) for key in found) or _meets(found, written)


def _spread(
    rules: RuleSet, order: list[Rule], read: dict[int, set[Key]], write: dict[int, set[Key]], unknown: set[int]
) -> None:
    """Add what depends on what is unknown: through a variable, or by being skipped."""
    while True:
        size = len(unknown)
        written = {key for name in unknown for key in write[name]}
        unknown.update(rule.id for rule in order if rule.id not in unknown and _meets(read[rule.id], written))
        for rule in order:
            if rule.id in unknown and rule.skip_after:
                unknown.update(_between(rules, rule))
        if len(unknown) == size:
            return


def _between(rules: RuleSet, rule: Rule) -> set[int]:
    inside, found = False, set()
    for item in rules.items:
        if isinstance(item, Marker):
            if inside and item.name == rule.skip_after:
                break
        elif item.id == rule.id:
            inside = True
        elif inside and item.phase == rule.phase:
            found.add(item.id)
    return found


def _ordered(
    order: list[Rule], read: dict[int, set[Key]], write: dict[int, set[Key]], unknown: set[int], dry: _Dry
) -> set[int]:
    """Rules whose effect cannot be had beforehand: it is more than a variable, or something unknown comes earlier."""
    found: set[int] = set()
    touched: set[Key] = set()
    ended = False
    for rule in order:
        if rule.id in unknown:
            touched |= read[rule.id] | write[rule.id]
            ended = ended or rule.disruptive != "pass" or any(link.controls for link in rule.links)
        elif rule.id in dry.acted:
            more = rule.logs or rule.disruptive != "pass" or any(link.controls for link in rule.links)
            if more or ended or _meets(write[rule.id], touched):
                found.add(rule.id)
    return found
