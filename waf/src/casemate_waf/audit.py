"""The audit log: one JSON object a transaction, in the shape of libmodsecurity 3, redacted before anyone sees it.

The shape is that of `Transaction::toJSON` (ModSecurity v3, src/transaction.cc): `transaction` with `client_ip`,
`time_stamp`, `server_id`, `unique_id`, `request`, `response`, `producer` and `messages`, each with `details`. Numbers
in details are texts there, so they are here. `time_stamp` is UTC. `client_ip` is not masked: the log is about it.

A verdict of either engine is enough, but for rules that audit without logging (`nolog,auditlog`) or that change the
settings without logging (`nolog,ctl:auditEngine`): a rule set that has such rules is run once more, rule by rule.
"""

import time
from typing import NamedTuple, TypedDict

from casemate_guard import __version__
from casemate_guard.redaction.redactor import Redactor
from casemate_waf.auditing import Auditing
from casemate_waf.executor import Match, Transaction, Verdict
from casemate_waf.message import Fields, Request, Response, field
from casemate_waf.rules import Control, Rule, RuleSet
from casemate_waf.transformations import TRANSFORMATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.events.decode import Decoded

_SEVERITIES = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG")
_CHANGES = ("auditengine", "auditlogparts")
_SECRET = frozenset(
    b"authorization proxy-authorization cookie set-cookie x-api-key x-auth-token x-amz-security-token "
    b"x-functions-key x-csrf-token".split()
)
_VALUE = 200
"""Characters of a value in `match`; libmodsecurity cuts there too."""


class Details(TypedDict):
    """The details of a message."""

    match: str
    reference: str
    ruleId: str
    file: str
    lineNumber: str
    data: str
    severity: str
    ver: str
    rev: str
    tags: list[str]
    maturity: str
    accuracy: str


class Message(TypedDict):
    """A rule that matched."""

    message: str
    details: Details


class Case(NamedTuple):
    """A transaction to write about: its id, its time in seconds since 1970, and what was said.

    For an event, `request` is what it is written as, and `event` what was inspected.
    """

    unique_id: str
    at: float
    request: Request
    response: Response | None = None
    event: "Decoded | None" = None


class Auditor:
    """Writes the audit log of a rule set. `engine` overrides what the rule set says (`On`, `Off`, `RelevantOnly`)."""

    def __init__(self, rules: RuleSet, *, redactor: Redactor | None = None, engine: str | None = None) -> None:
        self._rules = rules
        self._by_id = {rule.id: rule for rule in rules.rules}
        settings = Auditing.of(rules.audit)
        self._settings = settings._replace(engine=engine) if engine else settings
        self._redactor = redactor or Redactor()
        self._again = any(_hidden(rule) for rule in rules.rules)

    def entry(self, verdict: Verdict, case: Case) -> dict[str, object] | None:
        """What is written about a transaction; None where the settings say that nothing is.

        A transaction is relevant by its status (`SecAuditLogRelevantStatus`) or because a rule that audits matched.
        """
        settings, matches = self._settings, self._audited(verdict.matches)
        if self._again:
            settings, matches = self._run_again(case)
        else:
            for match in verdict.matches:
                for control in _changes(self._by_id.get(match.rule.id, match.rule)):
                    settings = settings.changed(control.name, control.value)
        status = _status(verdict, case)
        if settings.engine == "Off":
            return None
        if settings.engine == "RelevantOnly" and not matches:
            pattern = settings.relevant
            if pattern is None or pattern.search(b"%d" % status) is None:
                return None
        return {"transaction": self._transaction(case, verdict, matches, settings)}

    def _audited(self, matches: tuple[Match, ...]) -> list[Match]:
        found = [match._replace(rule=self._by_id.get(match.rule.id, match.rule)) for match in matches]
        return [match for match in found if match.rule.audits is not False]

    def _run_again(self, case: Case) -> tuple[Auditing, list[Match]]:
        transaction = _Audited(self._rules, self._settings, case.unique_id.encode("utf-8", "replace"))
        if case.event is not None:
            transaction.inspect(case.event)
        else:
            transaction.run(case.request, case.response)
        return transaction.settings, transaction.audited

    def _transaction(self, case: Case, verdict: Verdict, matches: list[Match], settings: Auditing) -> dict[str, object]:
        request, response, parts = case.request, case.response, settings.parts
        blocked, status = verdict.action == "block", _status(verdict, case)
        asked: dict[str, object] = {
            "method": self._shown(request.method),
            "http_version": self._shown(request.version.partition(b"/")[2]),
            "hostname": self._shown(field(request.headers, b"host")),
            "uri": self._shown(request.uri),
        }
        if parts & {"C", "I"}:
            asked["body"] = self._shown(request.body)
        if "B" in parts:
            asked["headers"] = self._headers(request.headers)
        answered: dict[str, object] = {}
        if "E" in parts:
            answered["body"] = self._shown(response.body) if response is not None else ""
        answered["http_code"] = status
        if "F" in parts:
            answered["headers"] = self._headers(response.headers if response is not None else ())
        written: dict[str, object] = {
            "client_ip": request.remote_address.decode("utf-8", "replace"),
            "time_stamp": time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(case.at)),
            "server_id": "casemate",
            "client_port": 0,
            "host_ip": "",
            "host_port": 0,
            "unique_id": case.unique_id,
            "is_interrupted": blocked,
            "request": asked,
            "response": answered,
        }
        if "H" in parts:
            written["producer"] = {
                "modsecurity": f"casemate-waf {__version__}",
                "connector": "",
                "secrules_engine": {"On": "Enabled", "Off": "Disabled"}.get(self._rules.limits.engine, "DetectionOnly"),
                "components": [self._rules.signature] if self._rules.signature else [],
            }
            written["messages"] = [self._message(match, request) for match in matches]
        return written

    def _message(self, match: Match, request: Request) -> Message:
        rule = match.rule
        hidden = self._is_secret(match)
        severity = (rule.severity or "").upper()
        return Message(
            message=self._told(match.message, match, hidden=hidden),
            details=Details(
                match=self._matched(match, hidden=hidden),
                reference=_reference(match, request),
                ruleId=str(rule.id),
                file=rule.place.path,
                lineNumber=str(rule.place.line),
                data=self._told(match.data, match, hidden=hidden),
                severity=str(_SEVERITIES.index(severity)) if severity in _SEVERITIES else severity or "0",
                ver=rule.version,
                rev=rule.revision,
                tags=list(rule.tags),
                maturity="0",
                accuracy="0",
            ),
        )

    def _is_secret(self, match: Match) -> bool:
        """Whether the value is a secret by where it stands: a header or cookie that carries one, `password=…`."""
        if match.member is None:
            return False
        collection = match.member.name.partition(b":")[0]
        if collection == b"REQUEST_COOKIES" or match.member.key.lower() in _SECRET:
            return True
        value = match.member.value.decode("utf-8", "backslashreplace")
        named = match.member.key.decode("utf-8", "backslashreplace").rpartition(".")[2]
        return bool(value) and not self._redactor.redact(f"{named}={value}").endswith(value)

    def _told(self, text: bytes, match: Match, *, hidden: bool) -> str:
        """A text of the rule, in which macros may have put the value, whole or transformed."""
        if not hidden or not text:
            return self._shown(text)
        return "[redacted:secret]" if not _is_plain(match, text) else self._shown(text)

    def _matched(self, match: Match, *, hidden: bool) -> str:
        if match.member is None:
            return ""
        operator = match.rule.links[-1].operator
        name, argument = "", ""
        if operator is not None:
            plain = operator.argument.plain
            name = ("!" if operator.negated else "") + operator.name.capitalize()
            argument = "" if plain is None else plain.decode("utf-8", "backslashreplace")
        value = "[redacted:secret]" if hidden else self._shown(match.member.value)[:_VALUE]
        where = self._shown(match.member.name)
        said = f"Matched \"Operator `{name}' with parameter `{argument[:_VALUE]}'"
        return f"{said} against variable `{where}' (Value: `{value}' )"

    def _headers(self, headers: Fields) -> dict[str, str]:
        written: dict[str, str] = {}
        for name, value in headers:
            key = name.decode("utf-8", "backslashreplace")
            shown = "[redacted:header]" if name.lower() in _SECRET else self._shown(value)
            written[key] = f"{written[key]}, {shown}" if key in written else shown
        return written

    def _shown(self, text: bytes) -> str:
        return self._redactor.redact(text.decode("utf-8", "backslashreplace"))


class _Audited(Transaction):
    """A transaction that also notes what it would audit, and what rules say about the audit log."""

    def __init__(self, rules: RuleSet, settings: Auditing, unique_id: bytes) -> None:
        super().__init__(rules, unique_id=unique_id, to_the_end=True)
        self.settings = settings
        self.audited: list[Match] = []

    def _control(self, control: Control) -> None:
        if control.name in _CHANGES:
            self.settings = self.settings.changed(control.name, control.value)
        super()._control(control)

    def _log(self, rule: Rule) -> None:
        super()._log(rule)
        if rule.audits or (rule.audits is None and rule.logs):
            message = self._expand(rule.message) if rule.message else b""
            data = self._expand(rule.data) if rule.data else b""
            self.audited.append(Match(rule, *self._last, message, data))


def _status(verdict: Verdict, case: Case) -> int:
    """The status that the client got: that of the rule set where it blocks, else that of the response."""
    if verdict.action == "block":
        return verdict.status
    return case.response.status if case.response else 200


def _is_plain(match: Match, text: bytes) -> bool:
    """Whether it is the rule's own text, without anything that a macro put there."""
    return any(written is not None and written.plain == text for written in (match.rule.message, match.rule.data))


def _hidden(rule: Rule) -> bool:
    """Whether a verdict does not tell what the rule means for the audit log."""
    return not rule.logs and (bool(rule.audits) or any(True for _ in _changes(rule)))


def _changes(rule: Rule) -> list[Control]:
    return [control for link in rule.links for control in link.controls if control.name in _CHANGES]


def _reference(match: Match, request: Request) -> str:
    """Where it matched: `o` offset and length in the transformed value, `v` those of the value, and `t:` what was done.

    The offset of a value counts from the beginning of the request line, else in the body; it is left out where the
    value is not there as it is.
    """
    if match.member is None:
        return ""
    value = match.member.value
    changed = value
    for name in match.transformations:
        changed = TRANSFORMATIONS[name](changed)
    found = f"o{max(changed.find(match.hit), 0)},{len(match.hit)}"
    at = b" ".join((request.method, request.uri)).find(value)
    at = at if at >= 0 else request.body.find(value)
    if at >= 0:
        found += f"v{at},{len(value)}"
    return found + "".join(f"t:{name}" + "," for name in match.transformations).rstrip(",")
