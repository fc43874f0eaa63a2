"""The secrets of a tree of files."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import holds_text, is_allow_list
from casemate.analysis.secrets.engine import NATIVE_PAYS, leaks_in, native, portable
from casemate.analysis.secrets.layers import is_archive, leaks_in_layers
from casemate.analysis.secrets.spellings import WRAPPED
from casemate.errors import RepositoryError
from casemate.model.diagnostic import Diagnostic, Input
from casemate.sources.syntax.document import whole
from casemate.sources.tree import MAX_BYTES
from casemate.store.cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from casemate.analysis.secrets.prefilter import Prefilter
    from casemate.model.leak import Leak
    from casemate.sources.tree import Tree

_INSTALLED = re.compile(r"(?:^|/)(?:node_modules|site-packages|botocore|boto3|awscli)/")
_PACKAGE = re.compile(r"^(.*?)[^/]+\.(?:dist-info|egg-info)/")


def leaks(
    tree: Tree, repository: Path | None = None, folder: Path | None = None
) -> tuple[tuple[Leak, ...], tuple[Input, ...], tuple[Diagnostic, ...], int]:
    """The secrets in the files of a tree, the files that hold one, what could not be read and why, how many were read.

    `repository`: its history is read too. `folder`: where the native engine may keep its compiled patterns. Every text
    file is read, whatever its suffix.
    """
    if folder is None:
        base = cache_folder(os.environ)
        folder = base / "secrets" if base else None
    paths = list(tree.paths(_wanted))
    third_party = _third_party(paths)
    found: list[Leak] = []
    problems: list[Diagnostic] = []
    searched = 0
    prefilter = _prefilter(tree, paths, folder)
    for path in paths:
        data = tree.read(path)
        if data is None:
            if (tree.size(path) or 0) > MAX_BYTES:
                problems.append(_too_large(path))
            continue
        searched += 1
        seen: set[str] = set()
        here = leaks_in(path, data, prefilter, seen)
        if WRAPPED in seen or is_archive(data):
            here.extend(leaks_in_layers(path, data, prefilter))
        if here and (_INSTALLED.search(path) or any(path.startswith(base) for base in third_party)):
            here = [leak for leak in here if leak.confidence == "high" and leak.kind not in _GUESSED]
        found.extend(here)
    if repository is not None:
        try:
            found.extend(_past(repository, found, prefilter))
        except RepositoryError as error:
            problems.append(Diagnostic("history", str(error), whole("."), "error", error.hint))
    return tuple(found), _inputs(found), tuple(problems), searched


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


_GUESSED = frozenset({"password", "secret", "key", "jwt", "url-password", "database-url", "curl-user", "private-key"})


def _wanted(path: str) -> bool:
    return holds_text(path) and not is_allow_list(path)


def _third_party(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders into which packages were installed: what their authors wrote as examples is nobody's secret here."""
    return tuple(sorted({match[1] for path in paths if (match := _PACKAGE.match(path)) is not None and match[1]}))


def _prefilter(tree: Tree, paths: list[str], folder: Path | None) -> Prefilter:
    """The native engine where its start pays: many files, or a few large ones."""
    if len(paths) > 1500:
        return native(folder)
    total = 0
    for path in paths:
        total += tree.size(path) or 0
        if total > NATIVE_PAYS:
            return native(folder)
    return portable()


def _too_large(path: str) -> Diagnostic:
    message = f"larger than {MAX_BYTES // 1024 // 1024} MB; not searched for secrets"
    return Diagnostic("file-too-large", message, whole(path), "note", "exclude it with --exclude, or split it")


def credentials(found: Iterable[Leak]) -> Iterator[Leak]:
    """Only those that give access."""
    return (leak for leak in found if leak.grade == "credential")
