"""The files of a packed bundle (zip, wheel) as a tree: read in memory, one at a time, in bounds; nothing unpacked."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from casemate.sources.tree import every

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.sources.tree import Wanted

MAX_MEMBERS = 60_000
MAX_MEMBER = 1_500_000
MAX_TOTAL = 200_000_000
"""Bytes that are unpacked of one archive at most, over all its members."""
PACKAGES = "site-packages/"
"""What is put before members that lie in no folder of packages: in a bundle for Python, packages lie at the top."""


class Archive:
    """The members of an archive, below `site-packages/` where they are not below `node_modules/`."""

    def __init__(self, data: bytes) -> None:
        self._left = MAX_TOTAL
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            self._file: zipfile.ZipFile | None = zipfile.ZipFile(BytesIO(data))
            listed = self._file.infolist()[:MAX_MEMBERS]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
            self._file, listed = None, []
        for one in listed:
            name = one.filename.lstrip("/")
            if not one.is_dir() and ".." not in name.split("/"):
                self._members[name if "node_modules/" in name else PACKAGES + name] = one

    def paths(self, wanted: Wanted = every) -> Iterable[str]:
        """The paths of its members."""
        return (path for path in sorted(self._members) if wanted(path))

    def size(self, path: str) -> int | None:
        """The size in bytes that the archive states, or None."""
        one = self._members.get(path)
        return one.file_size if one is not None else None

    def read(self, path: str) -> bytes | None:
        """The content; None for a member that is not there, too large, or damaged."""
        return self.head(path, MAX_MEMBER + 1)

    def head(self, path: str, count: int) -> bytes | None:
        """The first bytes. What is unpacked is counted, whatever the archive states."""
        one = self._members.get(path)
        if one is None or self._file is None or self._left <= 0:
            return None
        try:
            with self._file.open(one) as stream:
                data = stream.read(min(count, MAX_MEMBER + 1))
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
            return None
        self._left -= len(data)
        return data
