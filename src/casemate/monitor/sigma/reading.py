"""Files of Sigma rules -> detections. A bad rule is a Diagnostic with its line; the others load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.authoring.detection import Detection, version_of
from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import MEDIUM
from casemate.model.location import Span
from casemate.model.value import Entry, Fields, Value
from casemate.monitor.sigma.correlations import Book, Correlation, Lowered, correlation
from casemate.monitor.sigma.logsources import Logsource
from casemate.monitor.sigma.refusals import Refused, said
from casemate.monitor.sigma.rules import Filter, Rule, filtering, rule
from casemate.sources.syntax.document import decode, whole
from casemate.sources.syntax.yaml import documents
from casemate.sources.tree import FolderTree, Tree

if TYPE_CHECKING:
    from casemate.monitor.sigma.items import Placeholders

MAX_DOCUMENTS = 10_000
"""Documents of one file."""
_SECTIONS = ("detection", "correlation", "filter")


def read_rules(
    where: Tree | Path | Iterable[Path],
    *,
    placeholders: Placeholders | None = None,
    licence: str | None = None,
) -> tuple[list[Detection], list[Diagnostic]]:
    """The rules of files and folders, in the order of their paths, and what could not be loaded.

    `where`: a tree, or paths of files and folders. `placeholders`: what `%name%` stands for, under `expand`. `licence`:
    of rules that name none (`DRL-1.1` for SigmaHQ's). Correlations find their rules wherever they stand. Rules that
    only feed a correlation are there too, `withheld`.
    """
    reading = _Reading(licence)
    for tree, shown in _trees(where, reading):
        for path in tree.paths(_is_rule_file):
            reading.file(tree, path, f"{shown}{path}")
    return reading.detections(placeholders or {}), reading.diagnostics


def _is_rule_file(path: str) -> bool:
    return path.endswith((".yml", ".yaml"))


def _trees(where: Tree | Path | Iterable[Path], reading: _Reading) -> Iterator[tuple[Tree, str]]:
    """Each tree, with what stands before its paths where they are shown."""
    if isinstance(where, Path):
        where = [where]
    if not isinstance(where, Iterable):
        yield where, ""
        return
    for path in where:
        folder = path.parent if path.is_file() else path
        shown = "" if folder == Path() else f"{folder.as_posix()}/"
        if path.is_file():
            yield FolderTree(folder, (path.name,)), shown
        elif path.is_dir():
            yield FolderTree(folder), shown
        else:
            reading.diagnostics.append(
                Diagnostic("unreadable", "there is no such file or folder", whole(path.as_posix()))
            )


@dataclass(slots=True)
class _Reading:
    licence: str | None
    rules: list[Rule | Correlation] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def file(self, tree: Tree, path: str, shown: str) -> None:
        """All documents of a file. `shown`: the path as the user sees it."""
        data = tree.read(path)
        if data is None:
            self.diagnostics.append(Diagnostic("unreadable", "cannot be read, or is too large", whole(shown)))
            return
        text, problems = decode(data, shown)
        self.diagnostics += problems
        if text is not None:
            self._documents(text, shown)

    def _documents(self, text: str, path: str) -> None:
        shared: Fields | None = None
        previous: Fields | None = None
        for number, document in enumerate(documents(text, path)):
            self.diagnostics += document.diagnostics
            if number >= MAX_DOCUMENTS:
                self._refuse(Refused(f"more than {MAX_DOCUMENTS:,} documents", whole(path)))
                return
            root = document.root
            if root is None:
                continue
            if not isinstance(root, Fields):
                self._note(root.at)
                continue
            match said(root, "action"):
                case "global":
                    shared = _without_action(root) if shared is None else _merged(shared, _without_action(root))
                    continue
                case "reset":
                    shared = None
                    if not any(section in root.entries for section in _SECTIONS):
                        continue
                case "repeat":
                    root = _merged(previous, root) if previous is not None else root
                case None:
                    root = _merged(shared, root) if shared is not None else root
                case other:
                    self._refuse(Refused(f"no action is called {other!r}", root.at, hint="global, reset or repeat"))
                    continue
            previous = root
            self._document(_without_action(root))

    def _document(self, root: Fields) -> None:
        try:
            if root.get("correlation") is not None:
                self.rules.append(correlation(root, self.licence))
            elif root.get("filter") is not None:
                self.filters.append(filtering(root))
            elif root.get("detection") is not None:
                self.rules.append(rule(root, self.licence))
            else:
                self._note(root.at)
        except Refused as refused:
            self._refuse(refused)

    def _note(self, at: Span) -> None:
        self.diagnostics.append(
            Diagnostic("no-sigma-rule", f"no rule: it has none of {', '.join(_SECTIONS)}", _line(at), "note")
        )

    def _refuse(self, refused: Refused, title: str = "") -> None:
        level = "warning" if refused.code == "sigma-placeholder" else "error"
        message = f"{title}: {refused.message}" if title else refused.message
        self.diagnostics.append(
            Diagnostic(refused.code, f"not loaded: {message}", _line(refused.at), level, refused.hint)  # type: ignore[arg-type]
        )

    def detections(self, placeholders: Placeholders) -> list[Detection]:
        """What all that was read comes to."""
        self._filter()
        keys: dict[str, Rule | Correlation] = {}
        for one in self.rules:
            for key in one.about.keys:
                keys.setdefault(key, one)
        book = Book(keys.get, placeholders)
        withheld, shown = self._referred(keys)
        made: dict[tuple[str, str], Detection] = {}
        unheard: dict[Logsource, tuple[Span, int]] = {}
        for one in self.rules:
            try:
                lowered = book.of_rule(one) if isinstance(one, Rule) else book.of_correlation(one)
            except Refused as refused:
                self._refuse(refused, one.about.title)
                continue
            found = _detection(one, lowered, withheld=id(one) in withheld and id(one) not in shown)
            if (found.name, found.version) in made:
                self._warn("duplicate-rule", f"{found.name}: the same rule stands twice; one is used", one.about.at)
                continue
            made[found.name, found.version] = found
            if isinstance(one, Rule):
                self._remark(one, unheard)
            elif one.type == "value_percentile" and one.percentile is None:
                self._warn(
                    "sigma-percentile", f"{one.about.title}: no percentile is named; the 50th is compared", one.at
                )
        for log, (at, count) in unheard.items():
            many = f"{count} rules" if count > 1 else "a rule"
            self._warn(
                "sigma-logsource",
                f"no source here is {log.name}: {many} of it can only meet unknown records",
                at,
                "note",
            )
        return list(made.values())

    def _remark(self, one: Rule, unheard: dict[Logsource, tuple[Span, int]]) -> None:
        if one.logsource == Logsource():
            self._warn("sigma-logsource", f"{one.about.title}: no logsource; it is asked of every event", one.about.at)
        elif not one.sources:
            at, count = unheard.get(one.logsource, (one.about.at, 0))
            unheard[one.logsource] = (at, count + 1)
        if one.piped is not None and one.timeframe is None:
            self._warn(
                "sigma-timeframe", f"{one.about.title}: counts without a timeframe; one day is taken", one.about.at
            )

    def _warn(self, code: str, message: str, at: Span, level: str = "warning") -> None:
        self.diagnostics.append(Diagnostic(code, message, _line(at), level))  # type: ignore[arg-type]

    def _filter(self) -> None:
        for one in self.filters:
            meant = [each for each in self.rules if isinstance(each, Rule) and one.means(each)]
            for each in meant:
                each.filters.append(one.searched)
            if not meant:
                self._warn("sigma-filter", "this filter narrows no rule that was read", one.at)

    def _referred(self, keys: Mapping[str, Rule | Correlation]) -> tuple[set[int], set[int]]:
        """Rules that only feed correlations, and those that a correlation wants shown beside it."""
        withheld: set[int] = set()
        shown: set[int] = set()
        for one in self.rules:
            if isinstance(one, Correlation):
                for name in one.rules:
                    if name in keys:
                        (shown if one.generate else withheld).add(id(keys[name]))
        return withheld, shown


def _detection(one: Rule | Correlation, lowered: Lowered, *, withheld: bool) -> Detection:
    about = one.about
    return Detection(
        about.key,
        about.title,
        lowered.severity or MEDIUM,
        lowered.sources,
        lowered.pattern,
        about.tags,
        about.description,
        version_of(lowered.pattern),
        author=about.author,
        licence=about.licence,
        references=about.references,
        false_positives=about.false_positives,
        withheld=withheld,
        path=about.at.path,
    )


def _merged(below: Fields, above: Fields) -> Fields:
    """Two maps as one; where both have a key its maps are merged, and of other values the second counts."""
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        known = entries.get(key)
        if known is not None and isinstance(known.value, Fields) and isinstance(entry.value, Fields):
            value: Value = _merged(known.value, entry.value)
            entries[key] = Entry(entry.key_at, value)
        else:
            entries[key] = entry
    return Fields(entries, above.at)


def _without_action(root: Fields) -> Fields:
    if "action" not in root.entries:
        return root
    return Fields({key: entry for key, entry in root.entries.items() if key != "action"}, root.at)


def _line(at: Span) -> Span:
    """The first line of a place: a rule is long, and its head says enough."""
    if at.end_line == at.start_line:
        return at
    return Span(at.path, at.start_line, at.start_column, at.start_line, at.start_column + 1)


__all__ = ["read_rules"]
