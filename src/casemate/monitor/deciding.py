"""What happens to an alert between the detection and the outbox: enriched, tuned, suppressed, given to its receivers.

Only alerts come here, never events, so nothing of it costs the event path anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.monitor.asking import body_of
from casemate.monitor.durable.store import Fate
from casemate.monitor.suppressing import suppressed
from casemate.monitor.tuning import tuned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from casemate.model.alert import Alert
    from casemate.monitor.automation import Automation
    from casemate.monitor.enriching import Enrichment
    from casemate.monitor.suppressing import Suppression
    from casemate.monitor.tables import Tables
    from casemate.monitor.tuning import Tuning


@dataclass(slots=True)
class Deciding:
    """All that the configuration and the inventory say of alerts. `sinks`: who is told of every one."""

    today: Callable[[], date]
    sinks: tuple[str, ...] = ()
    enrichment: Enrichment | None = None
    tables: Tables | None = None
    tunings: Sequence[Tuning] = ()
    suppressions: Sequence[Suppression] = ()
    automations: Sequence[Automation] = ()

    def decided(self, alert: Alert) -> tuple[Alert, Fate]:
        """The alert as it will be kept, and who is told of it."""
        if self.enrichment is not None:
            alert = self.enrichment.enriched(alert)
        if self.tables is not None:
            alert = self.tables.enriched(alert)
        now = tuned(self.tunings, alert)
        alert, body = now.alert, body_of(now.alert)
        silenced = suppressed(self.suppressions, alert, body, self.today()) or now.quiet
        more = [name for one in self.automations for name in one.sinks_for(body)]
        return alert, Fate(tuple(dict.fromkeys((*self.sinks, *more))), silenced, now.once)
