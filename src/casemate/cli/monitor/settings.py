"""What the configuration says of detections and alerts, for `monitor run` and `replay`; not a command itself."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from casemate.analysis.system import System
    from casemate.authoring.detection import Detection
    from casemate.config import Config
    from casemate.model.alert import Alert
    from casemate.monitor.automation import Automation
    from casemate.monitor.deciding import Deciding
    from casemate.monitor.knowledge import Knowledge
    from casemate.monitor.sinks.sink import Sink
    from casemate.monitor.tables import Tables


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Settings:
    """The configuration of a run, and what was made of it. `system`: that of `--inventory`."""

    args: argparse.Namespace
    config: Config
    system: System | None
    tables: Tables | None
    automations: tuple[Automation, ...]

    def detections(self) -> tuple[tuple[Detection, ...], Knowledge]:
        """The detections that `--rules`, `--rule` and `--inventory` choose, and what they may ask."""
        from casemate.monitor.loading import chosen, given_knowledge, knowledge_for, placeholders, runnable

        monitor, args = self.config.monitor, self.args
        expansions = placeholders(monitor)
        given = given_knowledge(monitor)
        if self.tables is not None:
            expansions = {**self.tables.placeholders(), **expansions}
            given = given.joined(self.tables.knowledge())
        detections, problems = chosen(args.rules or (), args.rule or (), (), expansions)
        for problem in problems:
            sys.stderr.write(f"{problem.at.path}:{problem.at.start_line}: {problem.message}\n")
        knowledge = knowledge_for(self.system, given)
        detections, left_out = runnable(detections, knowledge)
        if left_out and args.rule:
            sys.stderr.write(
                f"casemate: {', '.join(left_out)} ask the inventory and do not run\n  hint: --inventory PATH\n"
            )
        if self.tables is not None:
            self.tables.asked = _asked(detections, {table.name for table in self.tables.tables})
        return detections, knowledge

    def deciding(self, sinks: tuple[str, ...] = ()) -> Deciding | None:
        """What happens to alerts; None where nothing is said."""
        from casemate.monitor.suppressing import expired, suppressions
        from casemate.monitor.tuning import tunings

        tuned = tunings(self.config.alerts.get("tune", ()))
        suppressed = suppressions(self.config.alerts.get("suppress", ()))
        for one in expired(suppressed, today()):
            sys.stderr.write(f"casemate: {one.label} has expired on {one.until}: what it suppressed is told again\n")
        if not (self.system or self.tables or tuned or suppressed or self.automations):
            return None
        from casemate.monitor.deciding import Deciding
        from casemate.monitor.enriching import Enrichment

        enrichment = Enrichment(self.system) if self.system is not None else None
        return Deciding(today, sinks, enrichment, self.tables, tuned, suppressed, self.automations)

    def receivers(self, environment: Mapping[str, str] = os.environ) -> list[Sink]:
        """The receivers of the automations, under their names in the outbox."""
        from casemate.monitor.sinks.opening import opened

        found = []
        for one in self.automations:
            if one.to and one.do in {"notify", "ticket"}:
                sink = opened(one.to, environment)
                sink.name = one.sink
                found.append(sink)
        return found

    def ask_for_playbooks(self, alerts: list[Alert]) -> None:
        """Say which playbooks new alerts ask for: nobody carries them out."""
        from casemate.monitor.asking import body_of

        for one in self.automations:
            if one.do == "playbook":
                for alert in alerts:
                    if one.sinks_for(body_of(alert)):
                        sys.stderr.write(
                            f"casemate: {one.name}: alert {alert.id} asks for the playbook {one.playbook}: the request "
                            "waits for approval in the outbox; no playbook is installed, nothing was done\n"
                        )


def settings_of(args: argparse.Namespace, *, acting: bool = False, system: System | None = None) -> Settings:
    """The settings of a run. `acting`: read `[[automation]]` too. `system`: where it has been read already.

    Raises `ConfigurationError`.
    """
    from casemate.cli.monitor.replay import system_at
    from casemate.config import load

    scanned = [Path(args.inventory)] if args.inventory else []
    given = Path(args.config) if args.config else None
    config = load(start=Path.cwd(), scanned=scanned, given=given)
    system = system or system_at(args.inventory)
    found = None
    if config.monitor.get("tables"):
        from casemate.monitor.tables import tables

        found = tables(config.monitor["tables"], config.file.parent if config.file is not None else Path.cwd())
    automations: tuple[Automation, ...] = ()
    if acting and config.automation:
        from casemate.monitor.automation import automations as read
        from casemate.monitor.automation import honoured

        root = getattr(system.tree, "root", None) if system is not None else None
        honoured(config.file, [*scanned, root] if isinstance(root, Path) else scanned, given=given is not None)
        automations = read(config.automation)
    return Settings(args, config, system, found, automations)


def _asked(detections: tuple[Detection, ...], names: set[str]) -> dict[str, tuple[str, ...]]:
    """Which tables a detection asks: by relation, or in a Sigma rule by a placeholder in its text."""
    found = {}
    for one in detections:
        text = Path(one.path).read_text("utf-8", "replace") if one.path and Path(one.path).is_file() else ""
        asked = tuple(sorted(name for name in names if f"table:{name}" in one.needs or f"%{name}%" in text))
        if asked:
            found[one.name] = asked
    return found
