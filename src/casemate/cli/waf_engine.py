"""Which engine runs a SecLang rule set: a compiled one, kept from the last time where that is possible."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate_guard.decision import Hit
    from casemate_guard.events.leaves import Leaf
    from casemate_waf.executor import Verdict
    from casemate_waf.explain import Reason
    from casemate_waf.fast import Fast
    from casemate_waf.rules import RuleSet

SECONDS = 10.0
"""The time budget of one case. That of the guard is shorter; here a slow machine must not change an answer."""
_KIND = "waf-artefact"

_log = logging.getLogger(__name__)


def engine(rules: RuleSet, *, event: bool) -> Fast:
    """The fast engine for events or for requests: out of the cache, or compiled now and kept.

    Without a hyperscan that can be trusted there is nothing to keep: RE2 compiles in moments.
    """
    from casemate.store.cache import key_of, open_cache
    from casemate_waf import artefact
    from casemate_waf.fast import Fast
    from casemate_waf.scanning import misses

    if misses():
        return Fast(rules, seconds=SECONDS)
    cache = open_cache(os.environ)
    key = key_of(f"{_KIND}:{'event' if event else 'request'}", artefact.digest(rules))
    kept = cache.get(_KIND, key)
    if kept is not None:
        try:
            return artefact.load(kept, seconds=SECONDS).engine
        except artefact.ArtefactError as error:
            _log.warning("the kept rule set is not used: %s", error)
    made = artefact.save(rules, event=event, request=not event)
    cache.put_many(_KIND, {key: made})
    cache.close()
    return artefact.load(made, seconds=SECONDS).engine


def compiled(rules: RuleSet) -> bytes:
    """The compiled rule set for the guard."""
    from casemate_waf import artefact
    from casemate_waf.scanning import misses

    if misses():
        sys.stderr.write(
            f"without databases, since of hyperscan: {misses()}\n  hint: pip install 'hyperscan==0.7.13'\n"
        )
    sys.stderr.write("compiling: this takes up to a minute\n")
    return artefact.save(rules)


class RuleSetInspector:
    """A rule set as the guard's hook (`casemate_waf.hook`), which keeps the verdicts of the event that was last."""

    def __init__(self, rules: RuleSet) -> None:
        self._engine = engine(rules, event=True)
        self._verdicts: list[Verdict] = []

    def __call__(self, leaves: Sequence[Leaf]) -> Iterable[Hit]:
        """Judge an event, each record by itself."""
        from casemate_waf.hook import inspected

        self._verdicts = []
        return inspected(self._engine, leaves, self._verdicts.append)

    def explained(self) -> list[Reason]:
        """Why the last event was judged as it was; secrets are masked."""
        from casemate_waf.explain import explain

        return [reason for verdict in self._verdicts for reason in explain(verdict)]
