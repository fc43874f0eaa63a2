"""One delivery, several records (work in progress: see `unwrapped`)."""

from __future__ import annotations

from collections.abc import Iterator


def unwrapped(data: bytes) -> Iterator[bytes]:
    """The records, one a line."""
    yield from (line for line in data.splitlines() if line.strip())
