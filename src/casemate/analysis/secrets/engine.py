"""Finding secrets in bytes: two passes, judgement, exact places."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from hashlib import pbkdf2_hmac
from itertools import islice
from typing import TYPE_CHECKING

from casemate.analysis.secrets import assigned, marked, spellings
from casemate.analysis.secrets.confirm import WINDOW, hits, windows
from casemate.analysis.secrets.context import is_machine_made
from casemate.analysis.secrets.prefilter import Hyperscan, Portable, Prefilter, has_hyperscan
from casemate.model.leak import Leak
from casemate.model.location import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from casemate.analysis.secrets.detector import Detector, Verdict

NATIVE_PAYS = 8 * 1024 * 1024
"""Bytes from which the native engine's start is won back when its database has to be compiled first."""
MOST_LEAKS = 2_000
"""Of one file."""
_ROUNDS = 600


@lru_cache(maxsize=1)
def detectors() -> tuple[Detector, ...]:
    """Everything that is looked for, in a stable order."""
    return (*marked.detectors(), *assigned.detectors(), spellings.detector())


@lru_cache(maxsize=1)
def portable() -> Prefilter:
    """The engine that is always there."""
    return Portable(detectors())


@lru_cache(maxsize=4)
def native(folder: Path | None = None) -> Prefilter:
    """The native engine; the portable one when it is not installed or fails."""
    if not has_hyperscan():
        return portable()
    try:
        return Hyperscan(detectors(), folder)
    except Exception as error:  # noqa: BLE001 - a library that fails to start must not cost the findings
        import logging  # takes longer to import than to search a file

        logging.getLogger(__name__).warning("hyperscan does not start (%s): the portable engine is used", error)
        return portable()


def leaks_in(
    path: str,
    data: bytes,
    prefilter: Prefilter | None = None,
    seen: set[str] | None = None,
    *,
    written: bool = True,
) -> list[Leak]:
    """The secrets of one file's bytes, in order of place. Bytes that are no text have none.

    `seen` takes the ids of the detectors that had something to look at. `written`: False where others than those who
    wrote the system did: only what shows by itself what it is counts there.
    """
    text = as_text(data)
    if text is None:
        return []
    found = verdicts_in(path, text, prefilter or portable(), seen, written=written)
    return [leak for leak, _ in _shown(path, text, found)] if found else []


def valued_leaks_in(path: str, data: bytes, prefilter: Prefilter) -> list[tuple[Leak, bytes]]:
    """The same with their values, for those who must look for them elsewhere and keep them nowhere."""
    text = as_text(data)
    return [] if text is None else list(_shown(path, text, verdicts_in(path, text, prefilter)))


def _shown(path: str, text: bytes, found: list[Verdict]) -> Iterator[tuple[Leak, bytes]]:
    lines = Lines(text)
    for verdict in found:
        yield _leak(path, text, verdict, lines), text[verdict.start : verdict.end]


def as_text(data: bytes) -> bytes | None:
    """The bytes as UTF-8 text; None when they are no text. UTF-16 with a mark is converted."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return None if data.find(b"\0", 0, 8192) >= 0 else data


def verdicts_in(
    path: str, text: bytes, prefilter: Prefilter, seen: set[str] | None = None, *, written: bool = True
) -> list[Verdict]:
    """What was judged to be a secret, without overlaps."""
    written = written and not is_machine_made(path)
    if len(text) <= WINDOW:  # nearly every file, and nearly every one of these holds nothing
        candidates = prefilter.candidates(text, written=written)
        if not candidates:
            return []
        judged = _judged(path, text, candidates, seen)
    else:
        judged = _judged_in(path, text, prefilter, seen, written=written)
    return _apart(list(islice(judged, MOST_LEAKS)))


def _judged_in(
    path: str, text: bytes, prefilter: Prefilter, seen: set[str] | None, *, written: bool
) -> Iterator[Verdict]:
    """What was judged to be a secret in a text of several windows, as it is found; two may overlap."""
    for offset, window in windows(text):
        candidates = prefilter.candidates(window, written=written)
        for verdict in _judged(path, window, candidates, seen) if candidates else ():
            yield _moved(verdict, offset)


def _judged(
    path: str, window: bytes, candidates: Sequence[tuple[int, Sequence[int] | None]], seen: set[str] | None
) -> Iterator[Verdict]:
    known = detectors()
    for number, ends in candidates:
        detector = known[number]
        if seen is not None:
            seen.add(detector.id)
        if detector.id == spellings.WRAPPED:
            continue
        judge = detector.judge
        for hit in hits(detector, window, path, ends):
            verdict = judge(hit)
            if verdict is not None:
                yield verdict


def _moved(verdict: Verdict, offset: int) -> Verdict:
    from dataclasses import replace

    return replace(verdict, start=verdict.start + offset, end=verdict.end + offset) if offset else verdict


def _apart(found: list[Verdict]) -> list[Verdict]:
    """The best of those that overlap: by rank, then the longer, then the first."""
    kept: list[Verdict] = []
    for verdict in sorted(found, key=lambda one: (-one.rank, one.start - one.end, one.start, one.kind)):
        if all(verdict.end <= other.start or other.end <= verdict.start for other in kept):
            kept.append(verdict)
    return sorted(kept, key=lambda one: (one.start, one.kind))


class Lines:
    """Offsets to lines and columns."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [0]
        place = text.find(b"\n")
        while place >= 0:
            self._starts.append(place + 1)
            place = text.find(b"\n", place + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1; columns count code points."""
        line = bisect_right(self._starts, offset) - 1
        return line + 1, len(self._text[self._starts[line] : offset].decode("utf-8", "replace")) + 1


def _leak(path: str, text: bytes, verdict: Verdict, lines: Lines) -> Leak:
    value = text[verdict.start : verdict.end]
    start = lines.at(verdict.start)
    end = lines.at(verdict.end)
    return Leak(
        kind=verdict.kind,
        title=verdict.title,
        grade=verdict.grade,
        confidence=verdict.confidence,
        preview=preview(value, verdict.shown),
        digest=digest(verdict.kind, path, value),
        at=Span(path, *start, *end),
        name=verdict.name or verdict.kind,
    )


def preview(value: bytes, shown: int) -> str:
    """What may be shown: the fixed prefix of its kind, if it has one, and how long it is."""
    head = value[:shown].decode("utf-8", "replace")
    return f"{head}… ({len(value)} characters)" if head else f"{len(value)} characters"


@lru_cache(maxsize=8192)
def digest(kind: str, path: str, value: bytes) -> str:
    """A hash that tells two secrets of one file apart and cannot be turned back.

    It is salted by kind and file, slow, and cut to 40 bits, so that a guess that fits proves little.
    """
    salt = f"casemate leak\0{kind}\0{path}".encode("utf-8", "surrogatepass")
    return pbkdf2_hmac("sha256", value, salt, _ROUNDS, dklen=5).hex()
