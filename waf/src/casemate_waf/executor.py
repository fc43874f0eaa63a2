"""Runs a rule set on one transaction, as it is written: phase by phase, rule by rule, target by target.

This is the reference. It shares nothing between transactions and takes no short cut but one: a value that has been
transformed once is not transformed again in the same transaction.
"""

from collections.abc import Iterable
from typing import NamedTuple

from casemate_waf.bodies import Pairs, encoded
from casemate_waf.headers import is_formal
from casemate_waf.message import Request, Response
from casemate_waf.operators import FINDERS, NUMBERS, integer
from casemate_waf.rules import Control, Hit, Link, Marker, Operator, Rule, RuleSet, Setting, Target, Text
from casemate_waf.transformations import TRANSFORMATIONS
from casemate_waf.variables import Member, Variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.events.decode import Decoded

PHASES = (1, 2, 3, 4, 5)
_SCORES = (b"blocking_inbound_anomaly_score", b"inbound_anomaly_score", b"anomaly_score")
_CAPTURED = tuple(b"%d" % number for number in range(10))
_OUTBOUND_SCORES = (b"blocking_outbound_anomaly_score", b"outbound_anomaly_score")


BEARER = Request(
    method=b"POST",
    headers=(
        (b"Host", b"event.invalid"),
        (b"User-Agent", b"event"),
        (b"Accept", b"*/*"),
        (b"Content-Type", b"application/json"),
        (b"Content-Length", b"1"),
    ),
)
"""What an event is carried in, so that rules on the form of requests have nothing to say."""


class Match(NamedTuple):
    """A rule that matched: its message and data with macros filled in, and what it matched last.

    `transformations` are those that turned the member's value into what was held against the operator; `hit` is what
    the operator found in it. None of it is redacted.
    """

    rule: Rule
    member: Member | None
    transformations: tuple[str, ...]
    hit: bytes
    message: bytes
    data: bytes


class Verdict(NamedTuple):
    """The answer: `action` is allow or block, with the status and the rule that decided.

    `matches` are the rules that log, in the order in which they matched; `score` is the anomaly score.
    """

    action: str
    status: int
    decided_by: int | None
    matches: tuple[Match, ...]
    score: int


class Transaction:
    """One request and what is answered to it.

    With `to_the_end` the evaluation goes on after the rule set has decided to block, so that every rule that matches
    is known; the verdict is the same.
    """

    def __init__(self, rules: RuleSet, *, unique_id: bytes = b"0", to_the_end: bool = False) -> None:
        self._rules = rules
        self._variables = Variables(rules.limits, unique_id)
        self._to_the_end = to_the_end
        self._engine = rules.limits.engine
        self._matches: list[Match] = []
        self._blocked: tuple[int, int | None] | None = None
        self._allowed: set[int] = set()
        self._removed_ids: list[tuple[int, int]] = []
        self._removed: list[Control] = []
        self._without: list[Control] = []
        self._transformed: dict[tuple[tuple[str, ...], bytes], bytes] = {}
        self._last: tuple[Member | None, tuple[str, ...], bytes] = (None, (), b"")

    def run(self, request: Request, response: Response | None = None) -> Verdict:
        """Run all five phases; without a response, phases 3 and 4 are left out."""
        variables, limits = self._variables, self._rules.limits
        variables.request_headers(request)
        self._phase(1)
        if limits.request_body_access:
            if len(request.body) > limits.request_body:
                variables.put("INBOUND_DATA_ERROR", b"1")
                if limits.reject_large_request:
                    self._block(413, None)
            variables.request_body(request)
        self._phase(2)
        if response is not None:
            variables.response_headers(response)
            self._phase(3)
            if limits.response_body_access:
                if limits.reject_large_response and len(response.body) > limits.response_body:
                    self._block(500, None)
                variables.response_body(response)
            self._phase(4)
        self._phase(5)
        return self._verdict()

    def inspect(self, event: "Decoded") -> Verdict:
        """Run the request phases on an event: its leaves are the arguments of a request that has nothing else.

        An event with an excess is blocked without a rule: nothing is skipped quietly.
        """
        variables = self._variables
        pairs = arguments(event)
        if event.excesses:
            self._block(413, None)
        variables.request_headers(BEARER)
        self._phase(1)
        variables.put("REQUEST_BODY_LENGTH", b"%d" % sum(len(value) for _, value in pairs))
        variables.arguments(pairs)
        self._phase(2)
        self._phase(5)
        return self._verdict()

    def _verdict(self) -> Verdict:
        status, rule = self._blocked or (200, None)
        return Verdict("block" if self._blocked else "allow", status, rule, tuple(self._matches), self._score())

    def _score(self) -> int:
        stored = self._variables.store("TX")
        inbound = next((integer(stored[name]) for name in _SCORES if name in stored), 0)
        outbound = next((integer(stored[name]) for name in _OUTBOUND_SCORES if name in stored), 0)
        return inbound + outbound

    def _phase(self, phase: int) -> None:
        if self._engine == "Off" or phase in self._allowed:
            return
        if self._blocked and not self._to_the_end and phase != 5:
            return
        skip, until = 0, None
        for item in self._program(phase):
            if isinstance(item, Marker):
                until = None if item.name == until else until
                continue
            if item.phase != phase:
                continue
            if until is not None:
                until = None if str(item.id) == until else until
                continue
            if skip:
                skip -= 1
                continue
            if self._is_removed(item) or not self._matched(item):
                continue
            self._log(item)
            skip, until = item.skip, item.skip_after
            if not self._goes_on(item, phase):
                return

    def _program(self, _phase: int) -> Iterable[Rule | Marker]:
        return self._rules.items

    def _goes_on(self, rule: Rule, phase: int) -> bool:
        """Do what the rule says about the transaction; whether the phase continues."""
        if self._engine == "Off":
            return False
        if rule.disruptive in ("deny", "drop", "redirect"):
            if self._engine == "On" and phase != 5:
                self._block(rule.status, rule.id)
                return self._to_the_end
        elif rule.disruptive.startswith("allow"):
            scope = rule.disruptive.partition(":")[2]
            self._allowed.update({"request": (1, 2), "phase": ()}.get(scope, (1, 2, 3, 4)))
            return False
        return True

    def _block(self, status: int, rule: int | None) -> None:
        if self._blocked is None and self._engine == "On":
            self._blocked = (status, rule)

    def _is_removed(self, rule: Rule) -> bool:
        if self._removed_ids and any(low <= rule.id <= high for low, high in self._removed_ids):
            return True
        return any(self._concerns(control, rule) for control in self._removed)

    def _concerns(self, control: Control, rule: Rule) -> bool:
        return concerns(control, rule)

    def _matched(self, rule: Rule) -> bool:
        self._variables.remember([])
        self._last = (None, (), b"")
        return all(self._link(rule, link) for link in rule.links)

    def _link(self, rule: Rule, link: Link) -> bool:
        operator = link.operator
        if operator is None:
            self._act(link)
            return True
        matched: list[Member] = []
        for member in self._targets(rule, link):
            for chain, value in self._views(link, member.value):
                hit = self._hit(operator, value)
                if hit is None:
                    continue
                found = Member(member.name, member.key, value)
                matched.append(found)
                text = hit.groups[0] if hit.groups else value
                self._last = (member, chain, text)
                self._variables.put("MATCHED_VAR", value)
                self._variables.put("MATCHED_VAR_NAME", member.name)
                if link.capture:
                    self._capture(hit)
                self._act(link)
                break
        if matched:
            self._variables.remember(matched)
        return bool(matched)

    def _targets(self, rule: Rule, link: Link) -> list[Member]:
        excluded = [target for target in link.targets if target.excludes]
        excluded += [control.target for control in self._without if control.target and self._concerns(control, rule)]
        found: list[Member] = []
        for target in link.targets:
            if target.excludes:
                continue
            members = self._variables.members(target)
            for other in excluded:
                if members and other.collection == target.collection:
                    members = [m for m in members if other.selector and not other.selector.takes(m.key)]
            if target.counts:
                members = [Member(b"&" + _name(target), b"", b"%d" % len(members))]
            found += members
        return found

    def _views(self, link: Link, value: bytes) -> list[tuple[tuple[str, ...], bytes]]:
        """The transformed value; with `multiMatch` the value itself and after each transformation that changes it."""
        chain = link.transformations
        if not link.multi_match:
            return [(chain, self._transform(chain, value))]
        views: list[tuple[tuple[str, ...], bytes]] = [((), value)]
        for length in range(1, len(chain) + 1):
            now = self._transform(chain[:length], value)
            if now != views[-1][1]:
                views.append((chain[:length], now))
        return views

    def _transform(self, chain: tuple[str, ...], value: bytes) -> bytes:
        if not chain:
            return value
        key = (chain, value)
        known = self._transformed.get(key)
        if known is None:
            known = TRANSFORMATIONS[chain[-1]](self._transform(chain[:-1], value))
            self._transformed[key] = known
        return known

    def _hit(self, operator: Operator, value: bytes) -> Hit | None:
        if operator.test is not None:
            hit = operator.test(value)
        else:
            argument = self._expand(operator.argument)
            if operator.name in NUMBERS:
                hit = Hit((value,)) if NUMBERS[operator.name](integer(value), integer(argument)) else None
            else:
                hit = Hit((argument,)) if FINDERS[operator.name](value, argument) else None
        if not operator.negated:
            return hit
        return Hit((value,)) if hit is None else None

    def _capture(self, hit: Hit) -> None:
        stored = self._variables.store("TX")
        for key in _CAPTURED[len(hit.groups) :]:
            stored.pop(key, None)
        stored.update(zip(_CAPTURED, hit.groups, strict=False))

    def _act(self, link: Link) -> None:
        for setting in link.settings:
            self._set(setting)
        for control in link.controls:
            self._control(control)

    def _set(self, setting: Setting) -> None:
        stored = self._variables.store(setting.collection)
        key = self._expand(setting.key).lower()
        if setting.change == "!":
            stored.pop(key, None)
            return
        value = self._expand(setting.value)
        if setting.change == "=":
            stored[key] = value
        else:
            amount = integer(value) if setting.change == "+" else -integer(value)
            stored[key] = b"%d" % (integer(stored.get(key, b"0")) + amount)

    def _control(self, control: Control) -> None:
        name, value = control.name, control.value
        if name == "ruleengine":
            self._engine = {"on": "On", "off": "Off", "detectiononly": "DetectionOnly"}.get(value.lower(), self._engine)
        elif name == "ruleremovebyid":
            low, _, high = value.partition("-")
            self._removed_ids.append((int(low), int(high or low)))
        elif name in ("ruleremovebytag", "ruleremovebymsg"):
            self._removed.append(control)
        elif name.startswith("ruleremovetarget"):
            self._without.append(control)
        elif name == "requestbodyprocessor":
            self._variables.choose(value.upper())
        elif name == "forcerequestbodyvariable":
            self._variables.force_body = value.lower() == "on"

    def _expand(self, text: Text) -> bytes:
        value = self._variables.value
        return b"".join([part if type(part) is bytes else value(*part) for part in text.parts])

    def _log(self, rule: Rule) -> None:
        if rule.logs:
            message = self._expand(rule.message) if rule.message else b""
            data = self._expand(rule.data) if rule.data else b""
            self._matches.append(Match(rule, *self._last, message, data))


def _name(target: Target) -> bytes:
    name = target.collection.encode()
    return name + b":" + target.selector.name if target.selector else name


def concerns(control: Control, rule: Rule) -> bool:
    """Whether a `ctl` that removes rules or targets means this rule."""
    if control.name.endswith("byid"):
        low, _, high = control.value.partition("-")
        return int(low) <= rule.id <= int(high or low)
    if control.matcher is None:
        return False
    if control.name.endswith("bytag"):
        return any(control.matcher.search(tag.encode()) for tag in rule.tags)
    message = rule.message.plain if rule.message else None
    return message is not None and control.matcher.search(message) is not None


def arguments(event: "Decoded") -> Pairs:
    """The leaves of an event as arguments: name and value, and each decoded view under a name of its own.

    A key that a caller chose is the name of an argument without a value. What the platform itself wrote is none, nor is
    a header that has the form which is fixed for it (see `headers`).
    """
    pairs: Pairs = []
    for leaf in event.leaves:
        if leaf.kind == "name":
            pairs.append((encoded(str(leaf.value)), b""))
        elif leaf.kind != "platform" and not (leaf.kind == "header" and is_formal(leaf)):
            path = encoded(leaf.path)
            pairs.append((path, encoded("" if leaf.value is None else str(leaf.value))))
            pairs.extend((path + b"|" + encoded(name), encoded(view)) for name, view in leaf.views.items())
    return pairs
