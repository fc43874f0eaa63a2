"""Searching one file after the other; imported when there is a file of which nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.secrets.engine import NATIVE_PAYS, leaks_in, native, portable
from casemate.analysis.secrets.layers import is_archive, leaks_in_layers
from casemate.analysis.secrets.spellings import WRAPPED

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.analysis.secrets.prefilter import Prefilter
    from casemate.model.leak import Leak
    from casemate.sources.tree import Tree

_GUESSED = frozenset(
    {
        "password",
        "secret",
        "key",
        "jwt",
        "url-password",
        "database-url",
        "curl-user",
        "private-key",
        "licence-key",
        "call-credentials",
        "described-token",
        "command-password",
        "piped-password",
    }
)


def leaks_of(path: str, data: bytes, prefilter: Prefilter, *, own: bool) -> list[Leak]:
    """The secrets of one file. `own`: not of a package that was installed into the tree."""
    if not own:
        here = leaks_in(path, data, prefilter, written=False)
        return [leak for leak in here if leak.confidence == "high" and leak.kind not in _GUESSED]
    seen: set[str] = set()
    here = leaks_in(path, data, prefilter, seen)
    if WRAPPED in seen or is_archive(data):
        here.extend(leaks_in_layers(path, data, prefilter))
    return here


def prefilter_for(tree: Tree, paths: list[str], folder: Path | None) -> Prefilter:
    """The native engine where its start pays: many files, or a few large ones."""
    if len(paths) > 1500:
        return native(folder)
    total = 0
    for path in paths:
        total += tree.size(path) or 0
        if total > NATIVE_PAYS:
            return native(folder)
    return portable()
