"""A tree that remembers what was read through it: which files another description took in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.sources.tree import every

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.sources.tree import Tree, Wanted


class WatchedTree:
    """The same files as `tree`; `taken` are the paths whose content was asked for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.taken: set[str] = set()

    def paths(self, wanted: Wanted = every) -> Iterable[str]:
        return self._tree.paths(wanted)

    def size(self, path: str) -> int | None:
        return self._tree.size(path)

    def read(self, path: str) -> bytes | None:
        self.taken.add(path)
        return self._tree.read(path)

    def head(self, path: str, count: int) -> bytes | None:
        return self._tree.head(path, count)
