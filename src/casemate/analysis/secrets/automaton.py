"""The compiled hyperscan database, kept on disk between runs.

The file holds hyperscan's own serialised form behind a line that names what it was made of: version, platform, the hash
of all patterns, and the hash of the payload. It is never unpickled; a file that does not fit is made again.
"""

from __future__ import annotations

import os
import platform
import tempfile
from hashlib import sha256
from importlib.metadata import version as _version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.secrets.detector import Detector

_MAX_BYTES = 256 * 1024 * 1024


def automaton(numbered: Sequence[tuple[int, Detector]], folder: Path | None) -> Any:  # noqa: ANN401 - has no types
    """The database of the candidate patterns of numbered detectors. `folder`: where to keep it, or None."""
    import hyperscan

    listed = [
        (number, candidate.encode(), _flags(hyperscan, detector))
        for number, detector in numbered
        for candidate in detector.candidates
    ]
    version = (
        _version_of("hyperscan"),
        str(getattr(hyperscan, "info", lambda: "")()),
        platform.machine(),
        platform.processor(),
        _cpu(),
    )
    made_of = sha256(repr((version, listed)).encode()).hexdigest()
    file = folder / f"secrets-{made_of[:24]}.hsdb" if folder else None
    database = _read(file, made_of) if file else None
    if database is None:
        database = hyperscan.Database()
        numbers, expressions, flags = (list(column) for column in zip(*listed, strict=True))
        database.compile(expressions=expressions, ids=numbers, elements=len(listed), flags=flags)
        if file is not None:
            _write(file, made_of, hyperscan.dumpb(database))
    return database


def _flags(hyperscan: Any, detector: Detector) -> int:  # noqa: ANN401 - a module without types
    flags: int = 0 if detector.by_line else hyperscan.HS_FLAG_SINGLEMATCH
    return flags | hyperscan.HS_FLAG_CASELESS if detector.caseless else flags


def _cpu() -> str:
    """What the processor can do decides what hyperscan compiles to."""
    try:
        with Path("/proc/cpuinfo").open("r", encoding="ascii", errors="replace") as file:
            return next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return ""


def _read(file: Path, made_of: str) -> Any:  # noqa: ANN401 - a database
    import hyperscan

    try:
        if file.stat().st_size > _MAX_BYTES or (hasattr(os, "getuid") and file.stat().st_uid != os.getuid()):
            return None
        data = file.read_bytes()
    except OSError:
        return None
    header, _, payload = data.partition(b"\n")
    if header != f"{made_of} {sha256(payload).hexdigest()}".encode():
        return None
    try:
        try:
            database = hyperscan.loadb(payload, hyperscan.HS_MODE_BLOCK)
        except TypeError:  # versions of the binding differ in which of the two they take
            database = hyperscan.loadb(bytearray(payload), hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except (hyperscan.error, ValueError, TypeError):
        return None
    return database


def _write(file: Path, made_of: str, payload: bytes) -> None:
    """Beside the old one and then in its place, for this user only; a folder that cannot be written is no problem."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as target:
            target.write(f"{made_of} {sha256(payload).hexdigest()}\n".encode())
            target.write(payload)
        Path(target.name).replace(file)
    except OSError:
        return
