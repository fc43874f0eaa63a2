"""Replacing a file of the scanned tree in one step, and never through a link."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from casemate.errors import EditError


def write(root: Path, path: str, expected: bytes, data: bytes) -> None:
    """Replace a file below `root` in one step; its mode is kept.

    Raises `EditError` when the path leads through a link or out of the root, or when the file is no longer what was
    read.
    """
    import tempfile  # costs more than the rest of this module: only where something is written

    file = root / path
    try:
        for part in (file, *file.parents):
            if part == root:
                break
            if part.is_symlink():
                raise EditError(f"{path} leads through a symbolic link")
        if not file.resolve().is_relative_to(root.resolve()):
            raise EditError(f"{path} lies outside of the root")
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise EditError(f"{path} is not a regular file")
        if file.read_bytes() != expected:
            raise EditError(f"{path} has changed since it was read")
        handle, name = tempfile.mkstemp(prefix=".casemate-", dir=file.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            temporary.chmod(stat.S_IMODE(status.st_mode))
            temporary.replace(file)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise EditError(f"{path} cannot be written: {error.strerror}") from error
