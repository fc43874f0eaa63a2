"""`casemate monitor automate`: what `[[automation]]` says is to be done with the findings of a scan."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate.engine.scanning import Request
    from casemate.model.finding import Finding
    from casemate.monitor.automation import Automation
    from casemate.monitor.durable.store import Store
    from casemate.monitor.enriching import Owners
    from casemate.sources.tree import FolderTree


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `monitor automate`."""
    from casemate.cli import inputs

    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="what is scanned (default: here)")
    parser.add_argument("--apply", action="store_true", help="do it; without this it is only said")
    parser.add_argument(
        "--state", metavar="FILE|URI", default="casemate-monitor.db", help="the monitor's database, which remembers"
    )
    parser.add_argument("--name", action="append", metavar="NAME", help="only this automation; may repeat")
    parser.add_argument("--approvals", action="store_true", help="list the requests that wait for approval instead")
    inputs.config_flag(parser)
    inputs.flags(parser)


def run(args: argparse.Namespace) -> int:
    """Print one line an action, as JSON; 0, or 3 when one of them failed."""
    from casemate.cli import inputs
    from casemate.monitor.automation import automations, honoured

    paths = inputs.paths_of(args.paths)
    config = inputs.config_of(args, paths)
    root = inputs.tree_for(
        paths, args.root
    ).root  # the repository: what stands beside the scanned folder is not trusted more
    honoured(config.file, [*paths, root], given=args.config is not None)
    rows = automations(config.automation)
    chosen = [one for one in rows if not args.name or one.name in args.name]
    if not chosen:
        raise ConfigurationError("there is no [[automation]] to carry out", hint="docs/automation.md has examples")
    if args.approvals:
        return _approvals(chosen, args.state)
    tree = inputs.tree_for(paths, args.root, config.texts("exclude"))
    return _carried_out(chosen, tree, _request(args, paths), args)


def _request(args: argparse.Namespace, paths: list[Path]) -> Request:
    from casemate.cli import inputs
    from casemate.config import placed
    from casemate.engine.scanning import Request

    config = inputs.config_of(args, paths)
    root = inputs.tree_for(paths, args.root).root
    return Request(
        today=datetime.now(UTC).date(),
        profile="strict" if config.text("profile") == "strict" else "default",
        only=config.texts("rule"),
        skip=config.texts("skip"),
        options=inputs.options_of(args, config.text("stage") or None),
        rule_options=config.rule_options,
        own_models=inputs.own_models(config),
        suppressions=placed(config.suppressions, root),
        imports=config.texts("import-suppressions"),
    )


def _carried_out(chosen: list[Automation], tree: FolderTree, request: Request, args: argparse.Namespace) -> int:
    from casemate.engine.scanning import scan
    from casemate.monitor.enriching import Owners

    findings = scan(tree, request).report.open
    owners = Owners(tree)
    failed = False
    for one in chosen:
        if not one.findings:
            continue
        matching = [finding for finding in findings if one.holds(_body(finding, owners))]
        if not args.apply:
            said = _would(one, matching)
        elif one.do == "pull-request":
            said = _mended(one, matching, tree, request)
        else:
            said = _told(one, matching, owners, args.state)
        for line in said:
            failed = failed or line["state"] == "failed"
            sys.stdout.write(json.dumps(line) + "\n")
    return 3 if failed else 0


def _body(finding: Finding, owners: Owners) -> dict[str, object]:
    from casemate.monitor.automation import body_of_finding

    return body_of_finding(finding, _owner(finding, owners))


def _owner(finding: Finding, owners: Owners) -> str | None:
    span = finding.primary.span
    return owners.of(span.path) if span is not None else None


def _line(one: Automation, finding: Finding, state: str, told: str = "") -> dict[str, str]:
    return {
        "automation": one.name, "do": one.do, "state": state, "rule": finding.rule, "resource": finding.resource.name,
        "fingerprint": finding.fingerprint, **({"told": told} if told else {}),
    }  # fmt: skip


def _would(one: Automation, findings: list[Finding]) -> Iterator[dict[str, str]]:
    for finding in findings:
        fixable = any(fix.changes or fix.edits for fix in finding.fixes)
        if one.do != "pull-request" or fixable:
            yield _line(one, finding, "would", "--apply does it")


def _mended(one: Automation, findings: list[Finding], tree: FolderTree, request: Request) -> Iterator[dict[str, str]]:
    from casemate.monitor.mending import forge_of, mend

    fixable = [finding for finding in findings if any(fix.changes or fix.edits for fix in finding.fixes)]
    for done in mend(fixable, tree, request, forge_of(one, os.environ)):
        yield _line(one, done.finding, done.state, done.told)


def _told(one: Automation, findings: list[Finding], owners: Owners, state: str) -> Iterator[dict[str, str]]:
    """Through the outbox of the monitor's database, so that a finding is told once, however often it is found."""
    from casemate.cli.monitor.live import database_at
    from casemate.monitor.automation import alert_of_finding

    database = database_at(state)
    by_id = {}
    for finding in findings:
        alert = alert_of_finding(finding, one.name, _owner(finding, owners))
        by_id[alert.id] = (alert, finding)
    try:
        new = database.keep(
            feed=f"scan:{one.name}", offsets={}, windows={}, watermarks={}, dead=(), sinks=(one.sink,),
            alerts=[alert for alert, _ in by_id.values()],
        )  # fmt: skip
        dead = _delivered(one, database)
        waiting = {alert.id for alert in database.outbox(one.sink)}
    finally:
        database.close()
    fresh = {alert.id for alert in new}
    for name, (_, finding) in by_id.items():
        if name in dead:
            yield _line(one, finding, "failed", dead[name])
        elif one.do == "playbook" and name in waiting:
            told = f"the playbook {one.playbook} waits for approval; no playbook is installed, nothing was done"
            yield _line(one, finding, "asked", told)
        elif name in waiting:
            yield _line(
                one, finding, "waiting", "the receiver did not take it; the next run, or `monitor run`, tries again"
            )
        else:
            yield _line(one, finding, "told" if name in fresh else "known")


def _delivered(one: Automation, database: Store) -> dict[str, str]:
    """Tell the receiver; what it refuses for good, by id."""
    from random import SystemRandom

    from casemate.monitor.delivering import deliver
    from casemate.monitor.sinks.opening import opened

    if one.do == "playbook":
        return {}
    sink = opened(one.to, os.environ)
    sink.name = one.sink
    try:
        before = len(database.dead())
        deliver(database, sink, time.time, SystemRandom().random)
        refused = [letter for letter in database.dead()[before:] if letter[0] == f"sink:{one.sink}"]
        return {str(json.loads(record)["id"]): reason for _, reason, record in refused}
    finally:
        sink.close()


def _approvals(chosen: list[Automation], state: str) -> int:
    from casemate.cli.monitor.live import database_at
    from casemate.monitor.sinks.shapes import ascii_line, plain

    database = database_at(state)
    try:
        for sink, playbook in sorted({(one.sink, one.playbook) for one in chosen if one.do == "playbook"}):
            for alert in database.outbox(sink):
                sys.stdout.write(ascii_line({"playbook": playbook, "installed": False, "alert": plain(alert)}))
    finally:
        database.close()
    return 0
