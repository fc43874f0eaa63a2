"""What a detection says when its pattern is met."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. The same events give the same `id`, in whatever order and batches they come, and how often.

    `rule`: the detection's name (Sigma: its id). `events`: ids of the events that met the pattern, by time, then id;
    the first `KEPT_EVENTS` of them. `count`: how many there were. `time`: milliseconds since 1970, UTC, of the event
    that completed the pattern first. `group`: field -> value, as far as the detection groups. `about`: what else helps
    the reader (actor, address, function, region …), masked. `tags`: ATT&CK and others. `author`, `licence`: of a rule
    that somebody else wrote.
    """

    id: str
    rule: str
    title: str
    severity: Severity
    time: int
    events: tuple[str, ...]
    count: int = 1
    source: str = ""
    account: str = ""
    group: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    author: str | None = None
    licence: str | None = None
    owner: str | None = None
    runbook: str | None = None
    playbook: str | None = None


KEPT_EVENTS = 1000
"""An alert names at most so many events; `count` has them all."""


def alert_id(rule: str, version: str, group: Iterable[str], anchor: str) -> str:
    """The deterministic id of an alert: 32 hexadecimal digits.

    `version`: of the rule's condition, so that an edited rule alerts anew. `anchor`: what tells this occurrence from
    the next one of the same group, such as an event's id or the start of a period; never a clock or a batch number.
    """
    text = "\x1f".join((rule, version, *group, anchor))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def document(alert: Alert) -> dict[str, object]:
    """An alert as JSON-like data, whole: `alert_from` gives it back."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "title": alert.title,
        "severity": alert.severity.word,
        "time": alert.time,
        "events": list(alert.events),
        "count": alert.count,
        "source": alert.source,
        "account": alert.account,
        "group": dict(alert.group),
        "about": dict(alert.about),
        "tags": list(alert.tags),
        "author": alert.author,
        "licence": alert.licence,
        "owner": alert.owner,
        "runbook": alert.runbook,
        "playbook": alert.playbook,
    }


def alert_from(document: Mapping[str, object]) -> Alert:
    """The alert that `document` wrote."""
    from casemate.model.finding import Severity

    fields = dict(document)
    fields["severity"] = Severity[str(fields["severity"]).upper()]
    for name in ("events", "tags"):
        fields[name] = tuple(fields[name])  # type: ignore[arg-type]
    return Alert(**fields)  # type: ignore[arg-type]
