"""The secrets of a tree of files."""

from __future__ import annotations

import gc
import os
import re
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import holds_text, is_allow_list
from casemate.errors import RepositoryError
from casemate.model.diagnostic import Diagnostic, Input
from casemate.sources.syntax.document import whole
from casemate.sources.tree import MAX_BYTES
from casemate.store.cache import NoCache, cache_folder
from casemate.store.remembered import UNKNOWN, Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.secrets.prefilter import Prefilter
    from casemate.model.leak import Leak
    from casemate.sources.tree import Tree
    from casemate.store.cache import Cache

_INSTALLED = re.compile(r"(?:^|/)(?:node_modules|site-packages|botocore|boto3|awscli)/")
_PACKAGE = re.compile(r"^(.*?)[^/]+\.(?:dist-info|egg-info)/")


def leaks(
    tree: Tree, repository: Path | None = None, folder: Path | None = None, cache: Cache | NoCache | None = None
) -> tuple[tuple[Leak, ...], tuple[Input, ...], tuple[Diagnostic, ...], int]:
    """The secrets in the files of a tree, the files that hold one, what could not be read and why, how many were read.

    `repository`: its history is read too. `folder`: where the native engine may keep its compiled patterns. `cache`:
    what is known of files that did not change. Every text file is read, whatever its suffix.
    """
    if folder is None:
        base = cache_folder(os.environ)
        folder = base / "secrets" if base else None
    with _uncollected():
        return _leaks(tree, repository, folder, cache)


def _leaks(
    tree: Tree, repository: Path | None, folder: Path | None, cache: Cache | NoCache | None
) -> tuple[tuple[Leak, ...], tuple[Input, ...], tuple[Diagnostic, ...], int]:
    paths = list(tree.paths(_wanted))
    third_party = _third_party(paths)
    found: list[Leak] = []
    problems: list[Diagnostic] = []
    searched = 0
    search = _Search(tree, paths, folder)
    remembered = Remembered(cache or NoCache(), "secrets", _producer(third_party))
    for run in remembered.runs(_contents(tree, paths, problems)):
        searched += len(run.files)
        is_new = False
        for number, (path, data) in enumerate(run.files):
            known = run.known[number]
            if known == _NOTHING:
                continue
            own = _INSTALLED.search(path) is None and not path.startswith(third_party)
            here = search.leaks_of(path, data, own=own)
            found.extend(here)
            if known == UNKNOWN:
                is_new = True
                run.known[number] = _SOMETHING if here else _NOTHING
        if is_new:
            remembered.keep(run)
    remembered.close()
    if repository is not None:
        try:
            found.extend(_past(repository, found, search.prefilter))
        except RepositoryError as error:
            problems.append(Diagnostic("history", str(error), whole("."), "error", error.hint))
    return tuple(found), _inputs(found), tuple(problems), searched


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: hits are many small objects that make none, and it costs a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_NOTHING, _SOMETHING = 0, 1
"""What is remembered of a file: whether it holds a secret. Which one it is, is found again: it is kept nowhere."""


def _producer(third_party: tuple[str, ...]) -> str:
    """What decides whether a file holds a secret, beside its path and content: this package, by its own text."""
    made_of = blake2b(digest_size=12)
    for file in sorted(Path(__file__).parent.rglob("*.*")):
        if file.suffix in {".py", ".json"}:
            made_of.update(file.read_bytes())
    made_of.update("\0".join(third_party).encode("utf-8", "surrogatepass"))
    return f"secrets-1 {made_of.hexdigest()}"


def _contents(tree: Tree, paths: list[str], problems: list[Diagnostic]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        data = tree.read(path)
        if data is not None:
            yield path, data
        elif (tree.size(path) or 0) > MAX_BYTES:
            problems.append(_too_large(path))


class _Search:
    """The engine, started when the first file is searched: most runs find nearly every file as it was."""

    def __init__(self, tree: Tree, paths: list[str], folder: Path | None) -> None:
        self._tree = tree
        self._paths = paths
        self._folder = folder

    @cached_property
    def prefilter(self) -> Prefilter:
        from casemate.analysis.secrets.searching import prefilter_for

        return prefilter_for(self._tree, self._paths, self._folder)

    def leaks_of(self, path: str, data: bytes, *, own: bool) -> list[Leak]:
        from casemate.analysis.secrets.searching import leaks_of

        return leaks_of(path, data, self.prefilter, own=own)


def _past(repository: Path, present: list[Leak], prefilter: Prefilter) -> Iterator[Leak]:
    """What only the history holds: a secret that stands in a file today is reported there."""
    from casemate.analysis.secrets.history import leaks_in_history

    known = {(leak.at.path, leak.digest) for leak in present}
    for leak in leaks_in_history(repository, prefilter):
        key = (leak.at.path, leak.digest)
        if key not in known:
            known.add(key)
            yield leak


def _inputs(found: list[Leak]) -> tuple[Input, ...]:
    """The files with credentials: texts that belong to what was scanned."""
    paths = sorted({leak.at.path for leak in found if leak.grade == "credential" and leak.past is None})
    return tuple(Input(path, "text", "understood") for path in paths)


def _wanted(path: str) -> bool:
    return holds_text(path) and not is_allow_list(path)


def _third_party(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders into which packages were installed: what their authors wrote as examples is nobody's secret here."""
    return tuple(
        sorted({match[1] for path in paths if "-info/" in path and (match := _PACKAGE.match(path)) and match[1]})
    )


def _too_large(path: str) -> Diagnostic:
    message = f"larger than {MAX_BYTES // 1024 // 1024} MB; not searched for secrets"
    return Diagnostic("file-too-large", message, whole(path), "note", "exclude it with --exclude, or split it")


def credentials(found: Iterable[Leak]) -> Iterator[Leak]:
    """Only those that give access."""
    return (leak for leak in found if leak.grade == "credential")
