"""Inline suppressions and those of the configuration: read, judged, applied, and reported when unused.

`# casemate: ignore[rule-name] until=2027-03-31 -- reason`, in any comment syntax: behind a setting for its own line,
or alone on the line above a resource for the
whole resource. In JSON and CDK: `Metadata: {casemate: {ignore: ["rule-name until=… -- reason"]}}`.
"""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import Suppressed, Suppression
from casemate.model.location import Span
from casemate.model.pattern import late
from casemate.model.record import replace
from casemate.model.value import Fields, Items, Literal, display, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from casemate.engine.importing import Imports
    from casemate.model.finding import Finding
    from casemate.model.inventory import Inventory
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_COMMENT = late(r"(?:#|//|--|;|/\*|<!--)\s*casemate:\s*ignore\b(?P<rest>.*)$")
_BODY = late(r"\s*\[(?P<rules>[^\]]*)\]\s*(?:until=(?P<until>\S+)\s*)?(?:--\s*(?P<reason>.*?))?\s*(?:\*/|-->)?\s*$")
_METADATA = late(r"(?P<rules>[\w, -]+?)\s*(?:until=(?P<until>\S+)\s*)?--\s*(?P<reason>.+)$")
_MARK = "casemate:"
_LINE_BREAK = late(r"\r\n|\r|\n")
"""`str.splitlines` breaks at form feeds and the like too, where no parser counts a line."""


class Suppressions:
    """All suppressions of a run, and which of them were used."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._all: list[Suppression] = []
        self._used: set[int] = set()
        self._imported: set[int] = set()
        self.diagnostics: list[Diagnostic] = []

    def add(self, suppression: Suppression) -> None:
        """Take one in, unless it has expired."""
        if suppression.until is not None and suppression.until < self._today:
            if suppression.at is not None:
                message = f"the suppression of {suppression.rule} expired on {suppression.until.isoformat()}"
                hint = "fix the finding, or renew the date with a reason"
                self.diagnostics.append(Diagnostic("suppression-expired", message, suppression.at, "warning", hint))
            return
        self._all.append(suppression)

    def take_over(
        self,
        imports: Imports,
        inventory: Inventory,
        text_of_file: Callable[[str], str | None],
        others: Iterable[str] = (),
    ) -> None:
        """Take in what comments of other tools suppress. They are not told when unused: they answer another tool."""
        for suppression in imports.read(inventory, text_of_file, others):
            self._imported.add(len(self._all))
            self._all.append(suppression)
        self.diagnostics.extend(imports.diagnostics)

    def read(self, inventory: Inventory, text_of_file: Callable[[str], str | None], others: Iterable[str] = ()) -> None:
        """Take in every inline suppression of the files that were read and of the metadata of their resources.

        `others`: files beside those of the inventory that may hold one: code, manifests, where a credential stands.
        """
        bodies = _bodies(inventory)
        for path in dict.fromkeys((*(entry.path for entry in inventory.inputs), *others)):
            text = text_of_file(path)
            if text is not None and _MARK in text:
                for suppression in self._comments(text, path, bodies.get(path, [])):
                    self.add(suppression)
        for stack in inventory.stacks:
            for resource in stack.resources.values():
                if (
                    resource.metadata is not None
                    and "casemate" in resource.metadata.entries
                    and resource.implied_by is None
                ):
                    for suppression in self._metadata(resource):
                        self.add(suppression)

    def apply(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, each with the suppression that covers it, if any."""
        return [self._applied(finding) for finding in findings]

    def unused(self, run: Collection[str], known: Collection[str]) -> tuple[Suppression, ...]:
        """Suppressions that covered nothing although their rule was run, or that name no rule there is."""
        return tuple(
            entry
            for index, entry in enumerate(self._all)
            if index not in self._used | self._imported and (entry.rule in run or entry.rule not in known)
        )

    def _applied(self, finding: Finding) -> Finding:
        if finding.suppressed is not None:  # by a VEX statement, or in the tool it was imported from
            return finding
        for index, suppression in enumerate(self._all):
            same = suppression.rule == finding.rule or (index in self._imported and suppression.rule == "*")
            if same and covers(suppression, finding):
                self._used.add(index)
                return replace(finding, suppressed=Suppressed(suppression.kind, suppression.reason, suppression.until))
        return finding

    # -- reading
    # --------------------------------------------------------------------------------------------------------
    def _comments(self, text: str, path: str, bodies: Sequence[tuple[Span, Span]]) -> Iterator[Suppression]:
        lines = _LINE_BREAK.split(text)
        for number, line in enumerate(lines, 1):
            if _MARK not in line:
                continue
            match = _COMMENT.search(line)
            if match is None:
                continue
            at = Span(path, number, match.start() + 1, number, len(line) + 1)
            body = _BODY.match(match["rest"])
            if body is None or not (body["reason"] or "").strip() or not _names(body["rules"]):
                self._malformed(at)
                continue
            until, good = _until(body["until"])
            if not good:
                self._malformed(at)
                continue
            span = Span(path, number, 1, number, len(line) + 1)
            if not line[: match.start()].strip():
                span = _covered_by_next(number, lines, path, bodies)
            for rule in _names(body["rules"]):
                yield Suppression("inline", rule, body["reason"].strip(), at, until, span)

    def _metadata(self, resource: Resource) -> Iterator[Suppression]:
        ours = resource.metadata.get("casemate") if resource.metadata is not None else None
        listed = ours.get("ignore") if isinstance(ours, Fields) else None
        for item in listed.items if isinstance(listed, Items) else ([listed] if listed is not None else []):
            rules, reason, until_text = _metadata_entry(item)
            until, good = _until(until_text)
            if not _names(rules) or not reason.strip() or not good:
                self._malformed(item.at)
                continue
            for rule in _names(rules):
                yield Suppression("inline", rule, reason, item.at, until, resource.body)

    def _malformed(self, at: Span) -> None:
        message = "a suppression that cannot be read suppresses nothing"
        hint = "write: casemate: ignore[rule-name] until=2027-03-31 -- reason (the reason is required)"
        self.diagnostics.append(Diagnostic("suppression-malformed", message, at, "warning", hint))


def _metadata_entry(item: Value) -> tuple[str, str, str | None]:
    if isinstance(item, Literal):
        match = _METADATA.match(display(item))
        return (match["rules"], match["reason"].strip(), match["until"]) if match else ("", "", None)
    if isinstance(item, Fields):
        return text_of(item.get("rule")) or "", text_of(item.get("reason")) or "", text_of(item.get("until"))
    return "", "", None


def _names(rules: str) -> list[str]:
    return [name for rule in rules.split(",") if (name := rule.strip())]


def _until(text: str | None) -> tuple[date | None, bool]:
    if text is None:
        return None, True
    try:
        return date.fromisoformat(text), True
    except ValueError:
        return None, False


def _bodies(inventory: Inventory) -> dict[str, list[tuple[Span, Span]]]:
    """(name span, body span) of each declared resource, by path."""
    table: dict[str, list[tuple[Span, Span]]] = {}
    for stack in inventory.stacks:
        for resource in stack.resources.values():
            table.setdefault(resource.at.path, []).append((resource.at, resource.body))
    return table


def _covered_by_next(number: int, lines: Sequence[str], path: str, bodies: Sequence[tuple[Span, Span]]) -> Span:
    """What a suppression alone on its line covers.

    The resource that starts on the next line with content, else that line.
    """
    following = number
    while following < len(lines) and (not lines[following].strip() or _COMMENT.search(lines[following])):
        following += 1
    line = following + 1
    covering = [body for at, body in bodies if line in {at.start_line, body.start_line}]
    if covering:
        return max(covering, key=lambda body: body.end_line - body.start_line)
    return Span(path, line, 1, line, 1_000_000)


def covers(suppression: Suppression, finding: Finding) -> bool:
    """Whether a finding lies in the scope of a suppression; its rule is compared elsewhere."""
    span = finding.primary.span
    if suppression.span is not None:
        return (
            span is not None
            and suppression.span.path == span.path
            and suppression.span.start_line <= span.start_line <= suppression.span.end_line
        )
    if suppression.resource is not None and not fnmatch(finding.resource.name, suppression.resource):
        return False
    return suppression.path is None or (span is not None and fnmatch(span.path, suppression.path))
