"""Reader of the compiled IAM data files that lie beside this module.

A data file is one line of JSON (the header) and, behind it, one zlib-compressed JSON document per key. The header holds
`source`, `licence`, `date`, `input_sha256` (of what was compiled), `payload_sha256` (of everything behind the header)
and `index`: key -> [offset, length] behind the header. So one key is read without touching the rest.

The files are written by `scripts/build_iam_data.py`. Sources and licences: `NOTICE` in this folder.
"""

import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from casemate.model.record import dataclass

__all__ = ["Archive", "archive", "open_archive"]


@dataclass(frozen=True, slots=True)
class Archive:
    """One opened data file; only its header is in memory."""

    path: Path
    start: int
    header: Mapping[str, Any]

    @property
    def index(self) -> Mapping[str, tuple[int, int]]:
        """Key -> offset and length of its compressed document, counted from the end of the header."""
        index: Mapping[str, tuple[int, int]] = self.header["index"]
        return index

    def load(self, key: str) -> Any:  # noqa: ANN401 - the two callers decode it into their own types at once
        """Read and decode the document of one key; `KeyError` if there is none."""
        offset, length = self.index[key]
        with self.path.open("rb") as file:
            file.seek(self.start + offset)
            return json.loads(zlib.decompress(file.read(length)))


def open_archive(path: Path) -> Archive:
    """Open a data file anywhere, which the build script and the tests need."""
    with path.open("rb") as file:
        line = file.readline()
    return Archive(path, len(line), json.loads(line))


@lru_cache(maxsize=8)
def archive(name: str) -> Archive:
    """Open a data file that ships with the package, once a process."""
    return open_archive(Path(__file__).with_name(name))
