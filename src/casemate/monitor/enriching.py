"""What the inventory adds to an alert: which function it is about, who owns it, and how far its role reaches."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from casemate.model.finding import CRITICAL, Severity
from casemate.monitor.knowing import names_of
from casemate.monitor.knowledge import fold, meets_row

if TYPE_CHECKING:
    from casemate.analysis.access.grants import Grant
    from casemate.analysis.system import System
    from casemate.model.alert import Alert
    from casemate.model.function import Function
    from casemate.sources.tree import Tree

CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitHub and GitLab look for it, in their order ("About code owners")."""


def _is_everything(grant: Grant) -> bool:
    return grant.allow and "*" in grant.actions and grant.unlimited and not grant.conditions


class Enrichment:
    """Alerts with what a system says of them.

    `owner`: who owns the file that declares the function, by CODEOWNERS. `about`: the function as the template calls
    it, and whether the public can call it. Severity: one level up where the function's role may do anything, for then
    what happened in it can reach everything.
    """

    def __init__(self, system: System) -> None:
        self._system = system

    def enriched(self, alert: Alert) -> Alert:
        """The alert, with what is known; itself where nothing is."""
        function = self._function(alert)
        if function is None:
            return alert
        about = {**alert.about, "declared": f"{function.name} ({function.at.path}:{function.at.start_line})"}
        exposure = self._system.exposure(function)
        if exposure != "unknown":
            about["exposure"] = exposure
        severity = alert.severity
        role = self._system.role_of(function)
        if role is not None and any(_is_everything(one) for one in self._system.grants(role).all):
            about["reach"] = "its role may do anything"
            severity = Severity(min(severity + 1, CRITICAL))
        return replace(alert, about=about, severity=severity, owner=alert.owner or self._owners.of(function.at.path))

    def _function(self, alert: Alert) -> Function | None:
        for name in ("function", "session"):
            said = alert.about.get(name) or alert.group.get(name)
            if said:
                for pattern, function in self._functions:
                    if meets_row((fold(said),), (pattern,)):
                        return function
        return None

    @cached_property
    def _functions(self) -> tuple[tuple[str, Function], ...]:
        found = [(fold(name), one) for one in self._system.inventory.functions for name in names_of(one)]
        return tuple(sorted(found, key=lambda pair: "*" in pair[0]))  # exact names first

    @cached_property
    def _owners(self) -> Owners:
        return Owners(self._system.tree)


class Owners:
    """Who owns which path, by the CODEOWNERS of a tree; without a tree nobody."""

    def __init__(self, tree: Tree | None) -> None:
        self._tree = tree

    def of(self, path: str) -> str | None:
        """The owners of a path: the last line that matches it wins, and may name nobody."""
        owner: str | None = None
        for spec, owners in self._lines:
            if spec.match_file(path):
                owner = owners or None
        return owner

    @cached_property
    def _lines(self) -> tuple[tuple[GitIgnoreSpec, str], ...]:
        tree = self._tree
        data = next((read for name in CODEOWNERS if tree is not None and (read := tree.read(name)) is not None), b"")
        found = []
        for line in data.decode("utf-8", "replace").splitlines()[:5000]:
            pattern, *owners = line.partition("#")[0].split() or [""]
            if pattern and not pattern.startswith("["):  # a section of GitLab's
                found.append((GitIgnoreSpec.from_lines([pattern]), " ".join(owners)))
        return tuple(found)
