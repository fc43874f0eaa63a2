"""Planning the calls for a report's credentials, and making them.

Nothing here talks to a network before `ask` is called with a plan, and a plan names every call beforehand. A value goes
to the issuer's host only, over TLS with a verified certificate; redirects are not followed; nothing of an answer but
the state is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.secrets.engine import portable, valued_leaks_in
from casemate.analysis.secrets.verifying.calls import (
    AWS,
    AWS_KEY,
    AWS_SECRET,
    AWS_SESSION,
    CALLS,
    HOSTS,
    Call,
    State,
    by_status,
)
from casemate.model.record import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from casemate.model.finding import Finding, Report
    from casemate.model.leak import Leak
    from casemate.sources.tree import Tree

RULE = "hardcoded-credential"
MOST_CALLS = 50
"""Calls of one run; issuers lock out who asks more."""
_NEAR = 40
"""Lines between the two halves of an AWS key."""
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Planned:
    """One call. `places`: `path:line` of every finding it is for; `secrets` is in no representation."""

    kind: str
    call: Call
    places: tuple[str, ...]
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Planned({self.kind}, {self.call.host}, {self.places})"

    @property
    def line(self) -> str:
        """What will be asked, for the user: the kind, the call, the places; never the value."""
        path = self.call.path.partition("?")[0]
        return f"{self.kind}: {self.call.method} https://{self.call.host}{path}  ({', '.join(self.places)})"


def plan(report: Report, tree: Tree) -> tuple[Planned, ...]:
    """The calls for the open credentials of a report that stand in a file as they are, one a value.

    What stands in the history, in an archive or in base64 is not asked about.
    """
    wanted: dict[str, set[tuple[str, str]]] = {}
    for finding in report.open:
        span = finding.primary.span
        if finding.rule == RULE and span and not {"inside", "commit"} & set(finding.evidence):
            wanted.setdefault(span.path, set()).add(_key(finding))
    found: dict[tuple[str, tuple[str, ...]], tuple[Call, list[str]]] = {}
    for path in sorted(wanted):
        data = tree.read(path)
        leaks = valued_leaks_in(path, data, portable()) if data is not None else []
        for leak, call, secrets in _calls(leaks):
            if (leak.kind, leak.digest) in wanted[path]:
                places = found.setdefault((leak.kind, secrets), (call, []))[1]
                places.append(f"{path}:{leak.at.start_line}")
    return tuple(Planned(kind, call, tuple(places), secrets) for (kind, secrets), (call, places) in found.items())


def _key(finding: Finding) -> tuple[str, str]:
    return finding.evidence.get("kind", ""), finding.evidence.get("hash", "")


def _calls(leaks: list[tuple[Leak, bytes]]) -> Iterator[tuple[Leak, Call, tuple[str, ...]]]:
    """The call of each value; of AWS, of each id with the secret nearest to it, and with the session token it needs."""
    for leak, value in leaks:
        text = value.decode("ascii", "replace")
        if leak.kind in CALLS:
            yield leak, CALLS[leak.kind], (text,)
        elif leak.kind == AWS_KEY:
            secret = _nearest(leak, leaks, AWS_SECRET)
            session = _nearest(leak, leaks, AWS_SESSION) if text.startswith("ASIA") else ""
            if secret and session is not None:
                yield leak, AWS, (text, secret, session)


def _nearest(leak: Leak, leaks: list[tuple[Leak, bytes]], kind: str) -> str | None:
    line = leak.at.start_line
    near = [
        (abs(other.at.start_line - line), value)
        for other, value in leaks
        if other.kind == kind and abs(other.at.start_line - line) <= _NEAR
    ]
    return min(near)[1].decode("ascii", "replace") if near else None


def ask(
    planned: Iterable[Planned], now: Callable[[], float], *, ca_file: str = "", at: Mapping[str, str] | None = None
) -> dict[str, State]:
    """Make the calls, at most `MOST_CALLS`: place -> state.

    `now`: Unix seconds, which a signature of AWS holds. `ca_file`: certificates to trust instead of the system's. `at`:
    for a host, the authority that stands for it (a mirror inside of a company, a test). A host that does not answer, or
    not properly, leaves the state unknown. Raises `ValueError` for a call to a host that is not in `HOSTS`.
    """
    states: dict[str, State] = {}
    for number, one in enumerate(planned):
        state: State = "unknown"
        if number < MOST_CALLS:
            state = _asked(one, now, ca_file, at or {})
        states.update(dict.fromkeys(one.places, state))
    return states


def _asked(one: Planned, now: Callable[[], float], ca_file: str, at: Mapping[str, str]) -> State:
    from casemate_guard import tls

    call = one.call
    if call.host not in HOSTS:
        raise ValueError(f"{call.host} is asked about nothing")
    if any(not text.isprintable() or " " in text for text in one.secrets):
        return "unknown"  # no header can hold it
    headers = _signed(one.secrets, now()) if call is AWS else call.headers(one.secrets[0])
    url = f"https://{at.get(call.host, call.host)}{call.path}"
    sent = {"User-Agent": "casemate", "Accept": "*/*", **headers}
    body = b"" if call.method == "POST" else None
    try:
        answer = tls.request(call.method, url, headers=sent, body=body, timeout=_SECONDS, ca_file=ca_file)
    except (OSError, ValueError):
        return "unknown"
    return (call.reads or by_status)(answer.status, answer.body)


def _signed(secrets: tuple[str, ...], now: float) -> dict[str, str]:
    from casemate_guard.cloud.aws import Credentials, sign

    key, secret, session = secrets
    url = f"https://{AWS.host}{AWS.path}"
    return sign(
        "GET", url, {}, b"", service="sts", region="us-east-1", given=Credentials(key, secret, session), now=now
    )


def with_states(report: Report, planned: Iterable[Planned], states: Mapping[str, State]) -> Report:
    """The report with the answers as evidence (`verified`). Who is known to be active is no guess any more."""
    hosts = {place: one.call.host for one in planned for place in one.places}

    def told(finding: Finding) -> Finding:
        span = finding.primary.span
        place = f"{span.path}:{span.start_line}" if span and finding.rule == RULE else ""
        state = states.get(place)
        if state is None:
            return finding
        host = hosts[place]
        evidence = {**finding.evidence, "verified": f"{state} at {host}"}
        return replace(finding, evidence=evidence, confidence="high" if state == "active" else finding.confidence)

    return replace(report, findings=tuple(map(told, report.findings)))
