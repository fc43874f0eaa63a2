"""`Tree`: the only way sources see files. A folder today, a git revision or an archive by the same protocol."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.sources.ignoring import Ignoring

MAX_BYTES = 10 * 1024 * 1024
"""Larger files are not read: no hand-written template comes near; it bounds memory and time on hostile input."""

SKIPPED_FOLDERS = frozenset({
    ".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".terraform", ".aws-sam", ".serverless", ".mypy_cache", ".tox", ".nox",
    "site-packages", "vendor", "Godeps", ".build", ".gradle", "bower_components",
})  # fmt: skip
"""Folders of tools and third parties: never the user's own text."""


class Tree(Protocol):
    """A set of files by path, relative to the root, with forward slashes."""

    def paths(self) -> Iterable[str]:
        """Every file that is to be scanned, sorted."""

    def size(self, path: str) -> int | None:
        """The size in bytes, or None when there is no such regular file inside the root."""

    def read(self, path: str) -> bytes | None:
        """The content, or None: no such file, outside of the root (also through a link), or larger than `MAX_BYTES`."""

    def head(self, path: str, count: int) -> bytes:
        """The first `count` bytes, of a file of any size; empty when it cannot be read."""


def inside(base: str, relative: str) -> str | None:
    """`relative` seen from the folder `base`, as a path of the tree; None when it leaves the root or is absolute.

    >>> inside("app/api", "../shared/x.json")
    'app/shared/x.json'
    >>> inside("app", "../../etc/passwd") is None
    True
    """
    if relative.startswith(("/", "\\", "~")) or "\0" in relative or (len(relative) > 1 and relative[1] == ":"):
        return None
    parts: list[str] = [part for part in base.split("/") if part not in {"", "."}]
    for part in relative.replace("\\", "/").split("/"):
        if part in {"", "."}:
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


class FolderTree:
    """Files of a folder. Links are followed only when they stay inside of the root, and links to folders never.

    `starts`: paths in the root that are scanned (files or folders); other files of the root can still be *read*, when one of these refers to them.
    `exclude`: globs on paths. `.gitignore` files are honoured, except that `cdk.out` is always read.
    """

    def __init__(self, root: Path, starts: tuple[str, ...] = ("",), exclude: tuple[str, ...] = ()) -> None:
        self.root = root.resolve()
        self._starts = starts
        self._exclude = exclude

    def paths(self) -> Iterator[str]:
        """Every file below the starts, sorted within each folder."""
        from casemate.sources.ignoring import Ignoring  # noqa: PLC0415 - needed for whole folders only

        ignoring = Ignoring(self.root, self._exclude)
        seen: set[str] = set()
        for start in self._starts:
            if start and (self.root / start).is_file():
                found: Iterable[str] = (start,)
            else:
                found = self._walk(start, ignoring)
            for path in found:
                if path not in seen:
                    seen.add(path)
                    yield path

    def _walk(self, folder: str, ignoring: Ignoring) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError:
            return
        ignoring.enter(folder, any(entry.name == ".gitignore" for entry in entries))
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS and not ignoring.folder(path):
                    yield from self._walk(path, ignoring)
            elif entry.is_file(follow_symlinks=True):
                if not ignoring.file(path):
                    yield path

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        found = self._locate(path)
        return None if found is None else found.stat().st_size

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        found = self._locate(path)
        if found is None:
            return None
        try:
            if found.stat().st_size > MAX_BYTES:
                return None
            return found.read_bytes()
        except OSError:
            return None

    def head(self, path: str, count: int) -> bytes:
        """The first bytes."""
        found = self._locate(path)
        if found is None:
            return b""
        try:
            with found.open("rb") as file:
                return file.read(count)
        except OSError:
            return b""

    def _locate(self, path: str) -> Path | None:
        if inside("", path) is None:
            return None
        candidate = self.root / path
        try:
            if candidate.is_symlink() or any(parent.is_symlink() for parent in candidate.parents if parent.is_relative_to(self.root)):
                candidate = candidate.resolve()
                if not candidate.is_relative_to(self.root):
                    return None
            return candidate if candidate.is_file() else None
        except (OSError, ValueError):
            return None


class MemoryTree:
    """Files given as text: for a rule's cases, and for anything that is not on a disk."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def paths(self) -> Iterator[str]:
        """Every file, sorted."""
        yield from sorted(self._files)

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        data = self._files.get(path)
        return None if data is None else len(data)

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        data = self._files.get(path)
        return data if data is None or len(data) <= MAX_BYTES else None

    def head(self, path: str, count: int) -> bytes:
        """The first bytes."""
        return self._files.get(path, b"")[:count]


def folder_of(path: str) -> str:
    """The folder of a path of the tree, `""` for the root."""
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent
