"""Secrets in the history of a git repository: every blob once, and where it came from only for those with a hit.

`git cat-file --batch --batch-all-objects --unordered --buffer` gives each object of the pack in the order in which it
lies there, so nothing is read twice and nothing is checked out. Nothing of the repository's own configuration may start
a program or reach a network.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.secrets.context import is_allow_list
from casemate.analysis.secrets.engine import as_text, native, valued_leaks_in
from casemate.analysis.secrets.versions import Known, Versions
from casemate.errors import RepositoryError
from casemate.model.leak import Past
from casemate.model.record import replace
from casemate.sources.revision import SAFE_GIT
from casemate.sources.tree import MAX_BYTES, SKIPPED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from casemate.analysis.secrets.prefilter import Prefilter
    from casemate.model.leak import Leak
    from casemate.model.location import Span

_READ = 1024 * 1024


class Place(NamedTuple):
    """Where a blob was met first."""

    path: str
    commit: str
    author: str
    date: str


def leaks_in_history(repository: Path, prefilter: Prefilter | None = None) -> Iterator[Leak]:
    """The secrets of all commits of a repository, each once a path, with the commit that brought it in.

    Raises `RepositoryError` when git is missing or `repository` is in none.
    """
    chosen = prefilter or native()
    known = Known(chosen)
    hits = {name: data for name, data in blobs(repository) if known.holds_credential(as_text(data) or b"")}
    if not hits:
        return
    places = _places(repository, set(hits))
    order = {name: number for number, name in enumerate(places)}  # oldest first
    of_path: dict[str, list[str]] = {}
    for name in sorted(hits, key=lambda blob: (order.get(blob, len(order)), blob)):
        of_path.setdefault(places.get(name, _NOWHERE).path or name, []).append(name)
    today = [hits[name] for name in sorted(_in_head(repository) & set(hits))]
    for path in sorted(of_path):
        if is_allow_list(path) or any(part in SKIPPED_FOLDERS for part in path.split("/")):
            continue
        yield from _of_path(path, [(places.get(name, _NOWHERE), hits[name]) for name in of_path[path]], today, chosen)


def _of_path(
    path: str, versions: list[tuple[Place, bytes]], today: list[bytes], prefilter: Prefilter
) -> Iterator[Leak]:
    """The secrets of the versions of one path, oldest first. `today`: the texts of HEAD that hold secrets."""
    earlier = Versions()
    met: set[tuple[str, str]] = set()
    for place, data in versions:
        for stretch in earlier.fresh(as_text(data) or b""):
            for leak, value in valued_leaks_in(path, stretch.text, prefilter):
                key = (leak.kind, leak.digest)
                if key in met:
                    continue
                met.add(key)
                past = Past(place.commit, place.author, place.date, any(_stands_in(text, value) for text in today))
                yield replace(leak, at=_lower(leak.at, stretch.line), past=past)


def _stands_in(text: bytes, value: bytes) -> bool:
    """Whether the value stands in a text, and not as a piece of a longer word."""
    place = text.find(value)
    while place >= 0:
        end = place + len(value)
        if not (text[place - 1 : place].isalnum() and value[:1].isalnum()) and not (
            text[end : end + 1].isalnum() and value[-1:].isalnum()
        ):
            return True
        place = text.find(value, place + 1)
    return False


def _lower(at: Span, lines: int) -> Span:
    """The same place with so many lines before it."""
    return at._replace(start_line=at.start_line + lines, end_line=at.end_line + lines) if lines else at


_NOWHERE = Place("", "", "", "")


def blobs(repository: Path) -> Iterator[tuple[str, bytes]]:
    """Every unique blob that is a text of a sane size: its id and content."""
    with _git(repository, "cat-file", "--batch", "--batch-all-objects", "--unordered", "--buffer") as process:
        stream = process.stdout
        if stream is None:
            return
        try:
            yield from _parsed(stream)
        finally:
            process.kill()


def _parsed(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Objects as `<id> SP <type> SP <size> LF <content> LF`."""
    while header := stream.readline():
        fields = header.split()
        if len(fields) != 3:
            continue
        size = int(fields[2])
        if fields[1] == b"blob" and 0 < size <= MAX_BYTES:
            data = stream.read(size)
            text = as_text(data)
            if text is not None:
                yield fields[0].decode(), data
        else:
            left = size
            while left > 0:
                left -= len(stream.read(min(left, _READ))) or left
        stream.read(1)


def _in_head(repository: Path) -> frozenset[str]:
    """The ids of all blobs of the newest commit; empty when there is none."""
    with _git(repository, "ls-tree", "-r", "-z", "--full-tree", "HEAD") as process:
        output = process.communicate()[0]
    return frozenset(
        entry.split(b"\t", 1)[0].split()[2].decode() for entry in output.split(b"\0") if entry.count(b" ") >= 2
    )


def _places(repository: Path, wanted: set[str]) -> dict[str, Place]:
    """For each wanted blob the oldest commit that has it, its author, date and path. Each commit is read once."""
    found: dict[str, Place] = {}
    arguments = (
        "log", "--all", "--reverse", "--topo-order", "--raw", "--no-abbrev", "--no-renames", "--no-color",
        "--no-ext-diff",
        "--diff-merges=first-parent", "-z", "--format=%x01%H%x02%an%x02%aI%x03",
    )  # fmt: skip
    with _git(repository, *arguments) as process:
        if process.stdout is None:
            return found
        commit = _NOWHERE
        rest = b""
        waiting = ""
        while True:
            chunk = process.stdout.read(_READ)
            parts = (rest + chunk).split(b"\0")
            rest = parts.pop() if chunk else b""
            for raw in parts:
                part = raw
                if b"\x01" in part:
                    head, _, part = part.rpartition(b"\x01")[2].partition(b"\x03")
                    fields = head.decode("utf-8", "replace").split("\x02")
                    commit = Place("", *fields) if len(fields) == 3 else _NOWHERE
                    part = part.strip(b"\n")
                if part.startswith((b":", b"\n:")):
                    fields = part.lstrip(b"\n").decode("ascii", "replace").split(" ")
                    waiting = fields[3] if len(fields) > 4 else ""
                elif waiting:
                    if waiting in wanted and waiting not in found:
                        found[waiting] = commit._replace(path=part.decode("utf-8", "replace"))
                    waiting = ""
            if not chunk or len(found) == len(wanted):
                break
        process.kill()
    return found


def _git(repository: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.Popen(
            ["git", *SAFE_GIT, "-C", str(repository), *arguments],  # noqa: S607 - the user's git
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=_READ,
        )
    except OSError as error:
        raise RepositoryError(
            f"git does not start: {error.strerror}", hint="install git, or leave out --history"
        ) from error
