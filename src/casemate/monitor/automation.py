"""`[[automation]]`: from an alert or a finding to an action, written down by the user and carried out once.

    [[automation]]
    name = "page-the-owner"
    when = { severity = ["high", "critical"], owner = "@payments*" }
    do = "notify"                                 # or ticket, playbook, pull-request
    to = "slack=env"                              # a receiver, as `--to` has it

`when` asks alerts (`asking.body_of`) and findings (`rule`, `weakness`, `severity`, `resource`, `path`, `owner` …); `of`
says which of the two, both where nothing is said.

- `notify`, `ticket`: the receiver gets what matches, and only that, through the outbox: in the transaction of the
  batch, retried, and once, by the alert's id or the finding's fingerprint.
- `playbook`: a request for approval in the outbox, which nobody carries out by himself.
- `pull-request`: only for findings, and only with `--apply`; see `casemate.monitor.mending`.

Receivers, hosts and actions are the user's: they are read from the configuration of the user, never from a scanned
tree, and secrets come from the environment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, cast, get_args

from casemate.errors import ConfigurationError
from casemate.model.alert import Alert
from casemate.monitor.asking import Body, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from casemate.model.finding import Finding

Deed = Literal["notify", "ticket", "playbook", "pull-request"]
_KEYS = frozenset({"name", "when", "of", "do", "to", "playbook"})
_PULL = frozenset({"api", "remote", "base", "limit", "unsafe"})
"""What a row with `do = "pull-request"` may say besides (`mending.forge_of`)."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TICKETS = ("jira", "github", "pagerduty", "webhook")
"""Receivers that keep what they are told as something to be worked on."""
SCAN = "casemate.scan"
"""The source of alerts that were findings."""
APPROVAL = "approval:"
"""What the outbox calls requests for approval of a playbook; no receiver bears such a name."""


@dataclass(frozen=True, slots=True)
class Automation:
    """One row. `to`: the receiver; `playbook`: its name; `options`: of pull requests."""

    name: str
    holds: Callable[[Body], bool]
    do: Deed
    to: str = ""
    playbook: str = ""
    alerts: bool = True
    findings: bool = True
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def sink(self) -> str:
        """What the outbox calls where it goes; not the receiver's own name, which may be told everything."""
        if self.do == "playbook":
            return f"{APPROVAL}{self.playbook}"
        return f"automation:{self.name}"

    def sinks_for(self, body: Body) -> tuple[str, ...]:
        """Where an alert goes."""
        return (self.sink,) if self.alerts and self.do != "pull-request" and self.holds(body) else ()


def automations(rows: Iterable[Mapping[str, object]]) -> tuple[Automation, ...]:
    """The rows of the configuration. Raises `ConfigurationError`."""
    found = tuple(_automation(row, number) for number, row in enumerate(rows, 1))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"[[automation]] {name}: two rows have this name")
    return found


def honoured(file: Path | None, scanned: Iterable[Path], *, given: bool) -> None:
    """Refuse a configuration that lies in a folder that is scanned, unless the user named it with `--config`.

    Whoever wrote the templates must not be able to say where what is found in them is sent. Raises
    `ConfigurationError`.
    """
    if given or file is None:
        return
    folder = file.resolve().parent
    if any(folder.is_relative_to(path.resolve()) for path in scanned):
        raise ConfigurationError(
            f"{file} has [[automation]] and lies in what is scanned", hint=f"if it is yours: --config {file}"
        )


def _automation(row: Mapping[str, object], number: int) -> Automation:
    name = str(row.get("name") or "")
    place = f"[[automation]] {name or number}"
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{place}: a name in kebab-case is required", hint='name = "page-the-owner"')
    known = _KEYS | _PULL if row.get("do") == "pull-request" else _KEYS
    if unknown := row.keys() - known:
        raise ConfigurationError(
            f"{place}: unknown key {min(unknown)!r}", hint=f"known keys: {', '.join(sorted(known))}"
        )
    if "when" not in row:
        raise ConfigurationError(f"{place}: when is required", hint='when = { severity = "critical" }')
    do, to, of = str(row.get("do") or ""), str(row.get("to") or ""), str(row.get("of") or "")
    if do not in get_args(Deed):
        raise ConfigurationError(f"{place}: do = {do!r} is not possible", hint=f"one of {', '.join(get_args(Deed))}")
    if of not in {"", "alert", "finding"}:
        raise ConfigurationError(f"{place}: of = {of!r} is not possible", hint="alert or finding")
    playbook = str(row.get("playbook") or "")
    if do == "playbook" and not _NAME.fullmatch(playbook):
        raise ConfigurationError(f"{place}: playbook = {playbook!r} is no name of a playbook")
    if do != "playbook" and not to:
        raise ConfigurationError(f"{place}: to is required", hint='a receiver as `--to` has it: to = "slack=env"')
    if do == "ticket" and to.partition("=")[0] not in _TICKETS:
        raise ConfigurationError(
            f"{place}: {to} takes no tickets", hint=f'one of {", ".join(_TICKETS)}, or do = "notify"'
        )
    if do == "pull-request" and of == "alert":
        raise ConfigurationError(f"{place}: an alert has no fix", hint='of = "finding"')
    holds = asked(row["when"], place)
    options = {key: row[key] for key in _PULL if key in row}
    return Automation(name, holds, cast("Deed", do), to, playbook, of != "finding", of != "alert", options)


def body_of_finding(finding: Finding, owner: str | None = None) -> Body:
    """What can be asked of a finding."""
    span = finding.primary.span
    return {
        "rule": finding.rule,
        "weakness": finding.weakness,
        "severity": finding.severity.word,
        "confidence": str(finding.confidence),
        "message": finding.message,
        "resource": finding.resource.name,
        "resource_type": finding.resource.type,
        "path": span.path if span is not None else None,
        "owner": owner,
        "fixable": any(fix.changes or fix.edits for fix in finding.fixes),
    }


def alert_of_finding(finding: Finding, automation: str, owner: str | None = None) -> Alert:
    """A finding as what receivers take; its id is made of the automation and the fingerprint, so it is told once."""
    span = finding.primary.span
    place = f"{span.path}:{span.start_line}" if span is not None else str(finding.primary.arn or "")
    about = {"weakness": finding.weakness, "resource": finding.resource.name, "place": place}
    return Alert(
        sha256(f"finding\x1f{automation}\x1f{finding.fingerprint}".encode()).hexdigest()[:32],
        finding.rule,
        finding.message,
        finding.severity,
        -1,
        (),
        source=SCAN,
        about={name: value for name, value in about.items() if value},
        tags=tuple(f"cwe.{one}" for one in finding.cwe),
        owner=owner,
    )
