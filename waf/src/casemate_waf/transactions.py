"""A transaction of the fast engine: the executor's, over what a plan has worked out and a scan has confirmed."""

from collections.abc import Callable, Iterable

from casemate_waf.executor import BEARER, Match, Transaction, Verdict
from casemate_waf.operators import integer
from casemate_waf.plans import Confirmed, Plan, Seen, confirmed
from casemate_waf.rules import Control, Link, Marker, Rule, RuleSet
from casemate_waf.scanning import Texts
from casemate_waf.variables import Member

_SENT = frozenset(
    ("ARGS", "ARGS_GET", "ARGS_POST", "ARGS_NAMES", "ARGS_GET_NAMES", "ARGS_POST_NAMES", "REQUEST_BODY", "XML")
)
"""What most rules look at."""


class FastTransaction(Transaction):
    """A transaction that runs a plan."""

    def __init__(
        self, rules: RuleSet, run: Plan, deadline: Callable[[], None], *, unique_id: bytes, to_the_end: bool
    ) -> None:
        super().__init__(rules, unique_id=unique_id, to_the_end=to_the_end)
        self._plan = run
        self._deadline = deadline
        self._values: Confirmed = {}
        self._members: dict[tuple[int, int, tuple[int, ...]], list[Member]] = {}
        self._number = 0
        self._items: Iterable[Rule | Marker] = ()
        for name, stored in run.program.stores.items():
            self._variables.store(name).update(stored)

    def refuse(self) -> None:
        """Block: an event with an excess is blocked without a rule."""
        self._block(413, None)

    def begin(self) -> "FastTransaction":
        """Run what comes before the arguments of an event."""
        self._variables.request_headers(BEARER)
        self._run(1, set())
        return self

    def begun(self, deadline: Callable[[], None], unique_id: bytes) -> "FastTransaction":
        """A transaction that is where this one is: for plans whose first phase asks nothing of an event."""
        other = FastTransaction.__new__(FastTransaction)
        other.__dict__.update(self.__dict__)
        other._variables = self._variables.copy()  # noqa: SLF001 - of its own kind
        other._variables.put("UNIQUE_ID", unique_id)  # noqa: SLF001
        other._deadline = deadline  # noqa: SLF001
        for name in ("_matches", "_removed_ids", "_removed", "_without"):
            setattr(other, name, list(getattr(self, name)))
        other._allowed = set(self._allowed)  # noqa: SLF001
        other._transformed, other._members = {}, {}  # noqa: SLF001
        return other

    def inspect_found(self, pairs: list[tuple[bytes, bytes]], live: set[int], values: Confirmed) -> Verdict:
        """Run the rest for an event whose second phase has been scanned; `begin` has been called."""
        self._values = values
        variables = self._variables
        variables.put("REQUEST_BODY_LENGTH", b"%d" % sum(len(value) for _, value in pairs))
        variables.arguments(pairs)
        self._run(2, live)
        self._phase(5)
        return self._verdict()

    def _run(self, number: int, live: set[int]) -> None:
        part = self._plan.phases.get(number)
        if part is not None:
            self._number = number
            self._items = [one for one in part.items if id(one) in live or id(one) not in part.filtered]
            super()._phase(number)

    def _phase(self, phase: int) -> None:
        part = self._plan.phases.get(phase)
        if part is None:
            return
        live: set[int] = set()
        if part.probes:
            # what headers look like is no reason to try every argument: each of the two is scanned by itself
            sent: dict[bytes, None] = {}
            around: dict[bytes, None] = {}
            for target in part.domain:
                group = sent if target.collection in _SENT else around
                group.update([(member.value, None) for member in self._variables.members(target)])
            self._values = {}
            for group in (sent, {value: None for value in around if value not in sent}):
                if group:
                    some, found = confirmed(part, Texts(group, part.scanner.shortest), self._sent_to)
                    live |= some
                    for link, seen in found.items():
                        self._values.setdefault(link, {}).update(seen)
        self._run(phase, live)

    def _sent_to(self, link: Link) -> set[bytes]:
        members = self._variables.members
        return {member.value for target in link.targets if not target.excludes for member in members(target)}

    def _program(self, _phase: int) -> Iterable[Rule | Marker]:
        return self._items

    def _matched(self, rule: Rule) -> bool:
        self._deadline()
        self._variables.remember([])
        self._last = (None, (), b"")
        return all(self._link(rule, link) for link in rule.links)

    def _is_removed(self, rule: Rule) -> bool:
        return bool(self._removed_ids or self._removed) and super()._is_removed(rule)

    def _link(self, rule: Rule, link: Link) -> bool:
        known = self._values.get(id(link))
        if known is not None:
            return self._known(rule, link, known)
        gate = self._plan.gates.get(id(link))
        if gate is not None:
            stored = self._variables.store("TX")
            if not gate(stored):
                return False
            name = self._plan.gated.get(id(link))
            if name is not None and not (self._without and self._narrowed(rule, link)):
                return self._holds(link, Member(b"TX:" + name, name, stored[name]))
        test = self._plan.direct.get(id(link))
        if test is not None and all(test(member.value) is None for member in self._targets(rule, link)):
            return False
        return super()._link(rule, link)

    def _act(self, link: Link) -> None:
        variables = self._variables
        for setting, collection, name, constant, sign, amount, source in self._plan.acts[id(link)]:
            if name is None:
                self._set(setting)
                continue
            value = constant
            if value is None:
                value = self._expand(setting.value) if source is None else variables.store("TX").get(source, b"")
            stored = variables.store(collection)
            if sign:
                added = amount if constant is not None else sign * integer(value)
                stored[name] = b"%d" % (integer(stored.get(name, b"0")) + added)
            else:
                stored[name] = value
        for control in link.controls:
            self._control(control)

    def _holds(self, link: Link, member: Member) -> bool:
        """What the executor does for a link that compares one variable, where that holds."""
        variables = self._variables
        self._last = (member, link.transformations, member.value)
        variables.put("MATCHED_VAR", member.value)
        variables.put("MATCHED_VAR_NAME", member.name)
        self._act(link)
        variables.remember([member])
        return True

    def _log(self, rule: Rule) -> None:
        if rule.logs:
            message, data = self._plan.messages[id(rule)]
            if message is None and rule.message is not None:
                message = self._expand(rule.message)
            if data is None and rule.data is not None:
                data = self._expand(rule.data)
            self._matches.append(Match(rule, *self._last, message or b"", data or b""))

    def _known(self, rule: Rule, link: Link, known: dict[bytes, Seen]) -> bool:
        """What the executor does for a link, where what it finds has been found already."""
        matched: list[Member] = []
        variables = self._variables
        for member in self._targets(rule, link):
            seen = known.get(member.value)
            if seen is None:
                continue
            chain, value, hit = seen
            matched.append(Member(member.name, member.key, value))
            self._last = (member, chain, hit.groups[0] if hit.groups else value)
            variables.put("MATCHED_VAR", value)
            variables.put("MATCHED_VAR_NAME", member.name)
            if link.capture:
                self._capture(hit)
            self._act(link)
        if matched:
            variables.remember(matched)
        return bool(matched)

    def _targets(self, rule: Rule, link: Link) -> list[Member]:
        """As the executor; members that no rule of the phase can change are collected once for all links alike."""
        key = self._plan.alike.get(id(link))
        if key is None:
            return super()._targets(rule, link)
        place = key, self._number, self._narrowed(rule, link) if self._without else ()
        known = self._members.get(place)
        if known is None:
            known = self._members[place] = super()._targets(rule, link)
        return known

    def _concerns(self, control: Control, rule: Rule) -> bool:
        return self._plan.concerns(control, rule)

    def _narrowed(self, rule: Rule, link: Link) -> tuple[int, ...]:
        """The controls (by their `id()`) that took a target away from this link."""
        looked_at, concerns = self._plan.collections[id(link)], self._plan.concerns
        found = []
        for control in self._without:
            target = control.target
            if target is not None and target.collection in looked_at and concerns(control, rule):
                found.append(id(control))
        return tuple(found)
