"""`Tree`: the only way sources see files. A folder today, a git revision or an archive by the same protocol."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.sources.ignoring import Ignoring

MAX_BYTES = 10 * 1024 * 1024
"""Larger files are not read: no hand-written template comes near; it bounds memory and time on hostile input."""

SKIPPED_FOLDERS = frozenset({
    ".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".terraform", ".aws-sam", ".serverless",
    ".mypy_cache", ".tox", ".nox",
    "site-packages", "vendor", "Godeps", ".build", ".gradle", "bower_components",
})  # fmt: skip
"""Folders of tools and third parties: never the user's own text."""


_NAME = attrgetter("name")
Wanted = Callable[[str], bool]
"""Whether a path is of interest at all, by its name: asked before anything dearer."""


def every(_: str) -> bool:
    """Wants every path."""
    return True


class Tree(Protocol):
    """A set of files by path, relative to the root, with forward slashes."""

    def paths(self, wanted: Wanted = every) -> Iterable[str]:
        """Every file that is to be scanned and that is wanted, sorted."""

    def size(self, path: str) -> int | None:
        """The size in bytes, or None when there is no such regular file inside the root."""

    def read(self, path: str) -> bytes | None:
        """The content, or None: no such file, outside of the root (also through a link), or larger than `MAX_BYTES`."""

    def head(self, path: str, count: int) -> bytes | None:
        """The first `count` bytes, of a file of any size, or None when it cannot be read."""


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

    `starts`: paths in the root that are scanned (files or folders); other files of the root can still be *read*, when
    one of these refers to them.
    `exclude`: globs on paths. `.gitignore` files are honoured, except that `cdk.out` is always read.
    """

    def __init__(self, root: Path, starts: tuple[str, ...] = ("",), exclude: tuple[str, ...] = ()) -> None:
        self.root = root.resolve()
        self.starts = starts
        self._base = str(self.root)
        self._walked: set[str] = set()
        self._listing: tuple[str, ...] | None = None
        self.exclude = exclude

    def paths(self, wanted: Wanted = every) -> Iterator[str]:
        """Every wanted file below the starts, sorted within each folder.

        The folder is walked once; what appears later is not seen.
        """
        if self._listing is None:
            self._listing = tuple(self._listed())
        return (path for path in self._listing if wanted(path))

    def _listed(self) -> Iterator[str]:
        from casemate.sources.ignoring import Ignoring

        seen: set[str] = set()
        for start in self.starts:
            ignoring = Ignoring(self.root, self.exclude)
            ignoring.enter_above(start)
            if start and (self.root / start).is_file():
                found: Iterable[str] = (start,)
            else:
                found = self._walk(start, ignoring)
            for path in found:
                if path not in seen:
                    seen.add(path)
                    yield path

    def _walk(self, start: str, ignoring: Ignoring) -> Iterator[str]:
        """Depth first with a stack of our own: a hostile tree may be deeper than Python can call."""
        open_folders = [self._entries(start, ignoring)]
        while open_folders:
            for path, entry in open_folders[-1]:
                if entry.is_file(follow_symlinks=False):
                    if not ignoring.file(path):
                        self._walked.add(path)
                        yield path
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_FOLDERS and not ignoring.folder(path):
                        open_folders.append(self._entries(path, ignoring))
                        break
                elif _is_file(entry) and not ignoring.file(path):
                    yield path
            else:
                open_folders.pop()

    def _entries(self, folder: str, ignoring: Ignoring) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """What a folder holds, sorted, after its rules are read; nothing when it cannot be listed."""
        try:
            with os.scandir(f"{self._base}{os.sep}{folder}") as found:
                entries = sorted(found, key=_NAME)
        except OSError:
            return iter(())
        ignoring.enter(folder, any(entry.name == ".gitignore" for entry in entries))
        prefix = f"{folder}/" if folder else ""
        return iter([(prefix + entry.name, entry) for entry in entries])

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        found = self._locate(path)
        return None if found is None else os.stat(found).st_size  # noqa: PTH116 - hot

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        data = self.head(path, MAX_BYTES + 1)
        return None if data is None or len(data) > MAX_BYTES else data

    def head(self, path: str, count: int) -> bytes | None:
        """The first bytes, or None."""
        found = self._locate(path)
        if found is None:
            return None
        try:
            return _start_of(found, count)
        except OSError:
            return None

    def _locate(self, path: str) -> str | None:
        """The file on the disk; None when it lies outside of the root, also through a link.

        What the walk met needs no second look.
        """
        if path in self._walked:
            return f"{self._base}{os.sep}{path}"
        if inside("", path) is None:
            return None
        file = f"{self._base}{os.sep}{path}"
        try:
            if not stat.S_ISREG(os.stat(file).st_mode):  # noqa: PTH116 - hot: most that are asked for do not exist
                return None
            real = os.path.realpath(file)
        except (OSError, ValueError):
            return None
        return real if real.startswith(self._base + os.sep) or self._base == os.sep else None


_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def _start_of(file: str, count: int) -> bytes:
    """The first `count` bytes of a file, without room for more than it holds. Raises `OSError`."""
    handle = os.open(file, _READ_ONLY)
    try:
        wanted = min(count, os.fstat(handle).st_size + 1)
        data = os.read(handle, wanted)
        if len(data) < wanted - 1 or len(data) == wanted < count:
            return data + _rest_of(handle, count - len(data))
        return data
    finally:
        os.close(handle)


def _rest_of(handle: int, count: int) -> bytes:
    """What one call did not give: it may give less than was asked for, and the file may grow meanwhile."""
    parts: list[bytes] = []
    while count > 0 and (part := os.read(handle, min(count, 1024 * 1024))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a regular file, also through a link. A link that leads to itself is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


class MemoryTree:
    """Files given as text: for a rule's cases, and for anything that is not on a disk."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def paths(self, wanted: Wanted = every) -> Iterator[str]:
        """Every wanted file, sorted."""
        yield from (path for path in sorted(self._files) if wanted(path))

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        data = self._files.get(path)
        return None if data is None else len(data)

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        data = self._files.get(path)
        return data if data is None or len(data) <= MAX_BYTES else None

    def head(self, path: str, count: int) -> bytes | None:
        """The first bytes, or None."""
        data = self._files.get(path)
        return None if data is None else data[:count]


def folder_of(path: str) -> str:
    """The folder of a path of the tree, `""` for the root."""
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent
