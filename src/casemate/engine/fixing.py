"""Fixes: changes lowered to edits, proved on a copy in memory, and only then written.

A fix is kept only if every file still parses, the finding is gone, and nothing new of equal or higher severity appears.
Fixes that touch one another
are applied one round after the other, each on the files as the round before left them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from casemate.edits import applied, collides, lower, snippet
from casemate.engine.scanning import scan
from casemate.engine.writing import write
from casemate.errors import EditError
from casemate.sources.tree import every

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from casemate.engine.scanning import Request, Scan
    from casemate.model.finding import Edit, Finding, Fix, Report
    from casemate.model.inventory import Inventory
    from casemate.sources.tree import FolderTree, Tree, Wanted

_MAX_ROUNDS = 6
_STAYS = "the finding would still be there"
_MAX_TRIALS = 40
"""Scans that one round may spend on finding out which of several fixes does harm."""


# -- showing -----------------------------------------------------------------------------------------------------------
def with_edits(report: Report, inventory: Inventory, tree: Tree) -> Report:
    """The report with the edits of each fix filled in.

    Where there can be none, a fix gets text in the user's own dialect.
    """
    read = _cached(tree.read)
    found = tuple(
        replace(finding, fixes=tuple(_lowered(fix, finding, inventory, read) for fix in finding.fixes))
        if finding.fixes
        else finding
        for finding in report.findings
    )
    return replace(report, findings=found)


def _lowered(fix: Fix, finding: Finding, inventory: Inventory, read: Callable[[str], bytes | None]) -> Fix:
    if fix.edits or not fix.changes:
        return fix
    edits, _ = edits_of(fix, finding, inventory, read)
    if edits:
        return replace(fix, edits=edits)
    return fix if fix.text else replace(fix, text=_text(fix, inventory))


def edits_of(
    fix: Fix, finding: Finding, inventory: Inventory, read: Callable[[str], bytes | None]
) -> tuple[tuple[Edit, ...], str | None]:
    """The edits of all changes of a fix, or none and the reason."""
    edits: list[Edit] = []
    try:
        for change in fix.changes:
            for edit in lower(change, inventory, read, finding.primary.span):
                if any(collides(edit, other) for other in edits):
                    return (), "its changes touch one another"
                if edit not in edits:
                    edits.append(edit)
    except EditError as error:
        return (), error.message
    except RecursionError:
        return (), "it is nested too deep"
    return tuple(edits), None if edits else "nothing to change"


def _text(fix: Fix, inventory: Inventory) -> str | None:
    lines = []
    for change in fix.changes:
        entity = inventory.by_id.get(change.entity)
        if entity is not None:
            lines.append(snippet(change, entity))
    return "\n".join(lines) or None


# -- applying ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Proposal:
    """One fix of one finding with its edits."""

    finding: Finding
    fix: Fix
    edits: tuple[Edit, ...]

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(edit.path for edit in self.edits)

    @property
    def label(self) -> str:
        span = self.finding.primary.span
        place = f"{span.path}:{span.start_line}" if span is not None else str(self.finding.primary.arn)
        return f"{place}: {self.finding.rule}"


class OverlayTree:
    """A tree with other content for some of its files."""

    def __init__(self, tree: Tree, changed: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._changed = changed

    def paths(self, wanted: Wanted = every) -> Iterable[str]:
        """The paths of the tree below."""
        return self._tree.paths(wanted)

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        data = self._changed.get(path)
        return self._tree.size(path) if data is None else len(data)

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        data = self._changed.get(path)
        return self._tree.read(path) if data is None else data

    def head(self, path: str, count: int) -> bytes | None:
        """The first bytes."""
        known = self._changed.get(path)
        return self._tree.head(path, count) if known is None else known[:count]


def fix(
    result: Scan, report: Report, tree: FolderTree, request: Request, *, unsafe: bool, log: TextIO
) -> tuple[Scan, Report]:
    """Apply the fixes of the open findings of `report` to the files, and say what came of each.

    Safe ones only, unless `unsafe` is set. Answers the scan of the fixed system and its report, in which findings that
    `report` left out (it may be a difference) stay out.
    """
    hidden = {finding.fingerprint for finding in result.report.findings} - {
        finding.fingerprint for finding in report.findings
    }
    original: dict[str, bytes] = {}
    changed: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    done: list[_Proposal] = []
    current = result
    for _ in range(_MAX_ROUNDS):
        overlay = OverlayTree(tree, changed)
        wanted = [finding for finding in current.report.open if finding.fingerprint not in hidden]
        proposals, waiting = _proposals(wanted, current, overlay, refused, unsafe=unsafe)
        if not proposals:
            break
        accepted, after, files = _proved(proposals, current, overlay, request, refused)
        for path, data in files.items():
            original.setdefault(path, tree.read(path) or b"")
            changed[path] = data
        done += accepted
        current = after
        if not waiting and not accepted:
            break
    written = _write_all(tree.root, original, changed, log)
    _tell(done, refused, written, log)
    if len(written) != len(changed):
        current = scan(tree, request)
    remaining = tuple(finding for finding in current.report.findings if finding.fingerprint not in hidden)
    return current, replace(current.report, findings=remaining)


def _proposals(
    findings: Sequence[Finding], current: Scan, tree: Tree, refused: dict[str, str], *, unsafe: bool
) -> tuple[list[_Proposal], bool]:
    """One fix for each finding, none of which touches another; and whether some have to wait for the next round."""
    read = _cached(tree.read)
    taken: list[_Proposal] = []
    waiting = False
    for finding in findings:
        for candidate in finding.fixes:
            if not candidate.changes or not (candidate.safe or unsafe) or finding.fingerprint in refused:
                continue
            edits, reason = edits_of(candidate, finding, current.inventory, read)
            proposal = _Proposal(finding, candidate, edits)
            if reason is not None:
                refused[finding.fingerprint] = f"{proposal.label}: {reason}"
            elif any(collides(edit, other) for known in taken for edit in edits for other in known.edits):
                waiting = True
            else:
                taken.append(proposal)
                break
    return taken, waiting


def _proved(
    proposals: list[_Proposal], before: Scan, tree: Tree, request: Request, refused: dict[str, str]
) -> tuple[list[_Proposal], Scan, dict[str, bytes]]:
    """The proposals that hold together.

    All at once, else without those that do not even remove their own finding, else those of the files concerned one by
    one.
    """
    kept = list(proposals)
    after, files, harm = _tried(kept, before, tree, request)
    if not harm:
        return kept, after, files
    useless = {place for place, _ in harm} & {proposal.finding.fingerprint for proposal in kept}
    for proposal in kept:
        if proposal.finding.fingerprint in useless and not _has_twin(proposal, kept):
            refused[proposal.finding.fingerprint] = f"{proposal.label}: {_STAYS}"
    kept = [proposal for proposal in kept if proposal.finding.fingerprint not in refused]
    after, files, harm = _tried(kept, before, tree, request)
    suspects = [proposal for proposal in kept if _is_concerned(proposal, harm)] if harm else []
    kept = [proposal for proposal in kept if proposal not in suspects]
    for number, suspect in enumerate(suspects):
        if number >= _MAX_TRIALS:
            refused[suspect.finding.fingerprint] = f"{suspect.label}: not tried, too many fixes of these files do harm"
            continue
        _, _, found = _tried([*kept, suspect], before, tree, request)
        if found:
            refused[suspect.finding.fingerprint] = f"{suspect.label}: {found[0][1]}"
        else:
            kept.append(suspect)
    if harm:
        after, files, harm = _tried(kept, before, tree, request)
    if harm:  # what is left does harm together: nothing of this round is kept
        for proposal in kept:
            refused[proposal.finding.fingerprint] = f"{proposal.label}: {harm[0][1]}"
        return [], before, {}
    return kept, after, files


def _has_twin(proposal: _Proposal, proposals: Sequence[_Proposal]) -> bool:
    """Whether another finding has the same identity, so that it is not known which of them stayed."""
    return sum(_identity(proposal.finding) == _identity(other.finding) for other in proposals) > 1


Harm = tuple[str, str]
"""A path (or a fingerprint) that is concerned, and the reason in words."""


def _tried(
    proposals: Sequence[_Proposal], before: Scan, tree: Tree, request: Request
) -> tuple[Scan, dict[str, bytes], list[Harm]]:
    by_path: dict[str, list[Edit]] = {}
    for proposal in proposals:
        for edit in proposal.edits:
            listed = by_path.setdefault(edit.path, [])
            if edit not in listed:
                listed.append(edit)
    files: dict[str, bytes] = {}
    for path, edits in by_path.items():
        data = tree.read(path)
        try:
            files[path] = applied(data if data is not None else b"", edits)
        except EditError as error:
            return before, {}, [(path, error.message)]
    if not files:
        return before, {}, []
    after = scan(OverlayTree(tree, files), request)
    return after, files, list(_harms(proposals, before, after))


def _harms(proposals: Sequence[_Proposal], before: Scan, after: Scan) -> Iterator[Harm]:
    known = Counter((entry.code, entry.at.path) for entry in before.report.diagnostics)
    for entry in after.report.diagnostics:
        known[entry.code, entry.at.path] -= 1
        if known[entry.code, entry.at.path] < 0:
            yield entry.at.path, f"the edited file would be wrong: {entry.message}"
    ahead, later = _counted(before.report.findings), _counted(after.report.findings)
    fixed = Counter(_identity(proposal.finding) for proposal in proposals)
    for proposal in proposals:
        identity = _identity(proposal.finding)
        if later[identity] > max(ahead[identity] - fixed[identity], 0):
            yield proposal.finding.fingerprint, _STAYS
    least = min(proposal.finding.severity for proposal in proposals)
    for finding in after.report.findings:
        identity = _identity(finding)
        if finding.suppressed is None and finding.severity >= least and later[identity] > ahead[identity]:
            span = finding.primary.span
            yield span.path if span is not None else "", f"{finding.rule} would appear at {finding.resource.name}"


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    """What a fingerprint is made of, without the number that tells equal ones apart."""
    return finding.rule, finding.primary.span.path if finding.primary.span else "", finding.resource.name, finding.cause


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str, str, str]]:
    return Counter(_identity(finding) for finding in findings)


def _is_concerned(proposal: _Proposal, harms: Sequence[Harm]) -> bool:
    known = {place for place, _ in harms}
    if proposal.finding.fingerprint in known or proposal.paths & known:
        return True
    return not any(place in known for place in (proposal.finding.fingerprint, *proposal.paths)) and any(
        "would appear" in reason for _, reason in harms
    )


# -- writing -----------------------------------------------------------------------------------------------------------
def _write_all(root: Path, original: Mapping[str, bytes], changed: Mapping[str, bytes], log: TextIO) -> list[str]:
    written = []
    for path in sorted(changed):
        try:
            write(root, path, original[path], changed[path])
            written.append(path)
        except EditError as error:
            log.write(f"not fixed: {error.message}\n")
    return written


def _tell(done: Sequence[_Proposal], refused: Mapping[str, str], written: Sequence[str], log: TextIO) -> None:
    """One line for each fix: what was done, and what was not and why."""
    fixed = [proposal for proposal in done if proposal.paths <= set(written)]
    log.writelines(
        f"fixed {proposal.label}: {proposal.fix.title}\n" for proposal in sorted(fixed, key=lambda one: one.label)
    )
    log.writelines(f"not fixed {reason}\n" for reason in sorted(refused.values()))
    log.write(f"{len(fixed)} fixed, {len(refused)} not, {len(written)} files written\n")


def _cached(read: Callable[[str], bytes | None]) -> Callable[[str], bytes | None]:
    known: dict[str, bytes | None] = {}

    def cached(path: str) -> bytes | None:
        if path not in known:
            known[path] = read(path)
        return known[path]

    return cached
