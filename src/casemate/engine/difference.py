"""`--diff REV`: a report against a git revision.

Only what is new since a git revision, found by comparing two inventories, so that effects across files count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.config import suppressions_in
from casemate.engine.scanning import scan
from casemate.engine.suppression import covers
from casemate.model.record import replace
from casemate.sources.revision import RevisionTree

if TYPE_CHECKING:
    from datetime import date

    from casemate.engine.scanning import Request, Scan
    from casemate.model.finding import Finding, Report, Suppression
    from casemate.sources.tree import FolderTree

Known = tuple[str, str, str, "date | None"]
"""An inline suppression: its rule, the path it was used in, reason and expiry. No line, which edits move."""


def only_new(result: Scan, tree: FolderTree, revision: str, request: Request, *, keep_suppressions: bool) -> Report:
    """The report with those findings only that the same scan of `revision` does not have.

    Unless `keep_suppressions` is set, a suppression, inline or of a configuration file in the repository, that was not
    there at the revision suppresses nothing:
    whoever adds a weakness must not be
    able to wave it through in the same change. Raises `RepositoryError` when this is no repository or the revision is
    not known.
    """
    old_tree = RevisionTree(tree.root, revision, tree.starts, tree.exclude)
    before = scan(old_tree, replace(request, known=frozenset())).report
    old = {finding.fingerprint for finding in before.findings}
    new = [finding for finding in result.report.findings if finding.fingerprint not in old]
    if not keep_suppressions:
        known = _inline(before)
        configured = _configured(old_tree, request)
        new = [_unsuppressed(finding, known, configured) for finding in new]
    undecided = {(entry.rule, entry.resource, entry.setting) for entry in before.undecided}
    return replace(
        result.report,
        findings=tuple(new),
        undecided=tuple(
            entry for entry in result.report.undecided if (entry.rule, entry.resource, entry.setting) not in undecided
        ),
        withheld={
            rule: count - before.withheld.get(rule, 0)
            for rule, count in result.report.withheld.items()
            if count > before.withheld.get(rule, 0)
        },
    )


def _inline(report: Report) -> frozenset[Known]:
    """Every inline suppression that was in force, used or not."""
    used = {
        (
            finding.rule,
            finding.primary.span.path if finding.primary.span else "",
            finding.suppressed.reason,
            finding.suppressed.until,
        )
        for finding in report.findings
        if finding.suppressed is not None and finding.suppressed.kind == "inline"
    }
    unused = {
        (entry.rule, entry.at.path if entry.at else "", entry.reason, entry.until)
        for entry in report.unused_suppressions
        if entry.kind == "inline"
    }
    return frozenset(used | unused)


def _configured(tree: RevisionTree, request: Request) -> tuple[Suppression, ...]:
    """The suppressions of the configuration that count: as the revision has them.

    A file outside of the repository is the user's own and no part of the change.
    """
    files = {one.at.path for one in request.suppressions if one.kind == "file" and one.at is not None}
    found: list[Suppression] = []
    for path in sorted(files):
        if not (tree.root / path).is_file():
            found += [one for one in request.suppressions if one.at is not None and one.at.path == path]
        elif (text := tree.read(path)) is not None:
            found += suppressions_in(text, path)
    return tuple(found)


def _unsuppressed(finding: Finding, known: frozenset[Known], configured: tuple[Suppression, ...]) -> Finding:
    suppressed = finding.suppressed
    if suppressed is not None and suppressed.kind == "file":
        kept = any(one.rule == finding.rule and covers(one, finding) for one in configured)
        return finding if kept else replace(finding, suppressed=None)
    if suppressed is None or suppressed.kind != "inline":
        return finding
    path = finding.primary.span.path if finding.primary.span else ""
    return (
        finding
        if (finding.rule, path, suppressed.reason, suppressed.until) in known
        else replace(finding, suppressed=None)
    )
