"""Runs logged requests again with proposed exclusions, and attacks, which have to be blocked as before."""

from collections.abc import Iterable
from typing import NamedTuple

from casemate_waf import parsing
from casemate_waf.decoding import percent_decode
from casemate_waf.exclusions import Proposal
from casemate_waf.executor import Transaction
from casemate_waf.loading import parse
from casemate_waf.message import Request
from casemate_waf.rules import Limits, Place, RuleSet
from casemate_waf.variables import Variables


class Checked(NamedTuple):
    """What a check found: logged requests run again, those that an excluded rule still finds, and lost attacks.

    `unread` are requests that the log does not hold whole; `blocked` are logged requests that other rules block.
    """

    requests: int
    unread: int
    still: tuple[str, ...]
    blocked: tuple[str, ...]
    attacks: int
    lost: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the exclusions do what they are for, and lose nothing."""
        return not self.still and not self.lost


def request_of(logged: dict[str, object], client: str = "") -> Request | None:
    """The request of a log; None where a part of it is redacted."""
    headers = logged.get("headers")
    fields = headers.items() if isinstance(headers, dict) else ()
    body = str(logged.get("body", ""))
    uri = str(logged.get("uri", "/"))
    if "[redacted:" in uri or "[redacted:" in body:
        return None
    version = str(logged.get("http_version", "1.1"))
    return Request(
        _bytes(str(logged.get("method", "GET"))),
        _bytes(uri),
        _bytes(f"HTTP/{version}"),
        tuple((_bytes(str(name)), _bytes(str(value))) for name, value in fields),
        _bytes(body),
        _bytes(client) if client else Request().remote_address,
    )


def members(logged: dict[str, object], variable: str) -> list[str]:
    """The values of a variable (`ARGS:id`) in a logged request."""
    whole = request_of({**logged, "headers": _readable(logged.get("headers"))})
    if whole is None:
        return []
    variables = Variables(Limits(), b"0")
    variables.request_headers(whole)
    variables.request_body(whole)
    collection, _, key = variable.partition(":")
    target = parsing.targets(collection, Place("log", 1))[0]
    wanted = _bytes(key).lower()
    found = [member.value for member in variables.members(target) if member.key.lower() == wanted]
    return [value.decode("utf-8", "surrogateescape") for value in found]


def _readable(headers: object) -> dict[str, str]:
    found = headers.items() if isinstance(headers, dict) else ()
    return {str(name): str(value) for name, value in found}


def with_exclusions(rules: RuleSet, proposals: Iterable[Proposal]) -> RuleSet:
    """The rule set with the exclusions in front of it."""
    lines = []
    for number, one in enumerate(proposals, 1):
        action = f"id:{number},phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById={one.rule};{one.variable}"
        lines.append(
            f'SecAction "{action}"'
            if one.everywhere
            else f'SecRule REQUEST_FILENAME "@streq {one.paths[0]}" "{action}"'
        )
    return rules._replace(items=(*parse("\n".join(lines), "exclusions").items, *rules.items))


def check(
    rules: RuleSet,
    proposals: list[Proposal],
    logged: Iterable[dict[str, object]],
    attacks: Iterable[tuple[str, Request]],
) -> Checked:
    """Run everything, rule by rule: logged requests with the exclusions, attacks with and without them."""
    excluded = with_exclusions(rules, proposals)
    wanted = {(one.rule, one.variable, path) for one in proposals for path in one.paths}
    paths = {path for _, _, path in wanted}
    count = unread = tried = 0
    still: list[str] = []
    blocked: list[str] = []
    lost: list[str] = []
    for transaction in logged:
        written = transaction.get("request")
        request = request_of(written, str(transaction.get("client_ip", ""))) if isinstance(written, dict) else None
        if request is None:
            unread += 1
            continue
        path = percent_decode(request.uri.partition(b"?")[0]).decode("utf-8", "replace")
        if path not in paths:
            continue
        count += 1
        verdict = Transaction(excluded, to_the_end=True).run(request)
        name = str(transaction.get("unique_id", transaction.get("id", count)))
        for match in verdict.matches:
            variable = match.member.name.decode("utf-8", "backslashreplace") if match.member else ""
            if (match.rule.id, variable, path) in wanted:
                still.append(f"{name}: rule {match.rule.id} at {variable}")
        if verdict.action == "block":
            rest = ", ".join(str(match.rule.id) for match in verdict.matches)
            blocked.append(f"{name}: {rest}")
    for name, attack in attacks:
        tried += 1
        if Transaction(rules).run(attack).action != "block":
            continue
        if Transaction(excluded).run(attack).action != "block":
            lost.append(name)
    return Checked(count, unread, tuple(still), tuple(blocked), tried, tuple(lost))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if not any(0xD800 <= ord(c) < 0xDC80 for c in text) else "replace")
