"""The members of a zip archive, read from its central directory (PKWARE "APPNOTE.TXT", sections 4.3.7 to 4.3.16).

Layers and bundles hold thousands of members of which few are wanted, and making an object for each costs more than
searching the wanted ones. What is unusual (ZIP64, other compressions) is left to the standard library.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 5_000
LARGEST_MEMBER = 4 * 1024 * 1024
STEEPEST = 200
"""A member that grows more than this many times when unpacked is a trap."""
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = 30
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800
_BROKEN = (
    zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error, EOFError, MemoryError,
    struct.error,
)  # fmt: skip


class _UnusualError(Exception):
    """The archive has what is not read here."""


def members(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the wanted members within the bounds. A broken archive gives what could be read."""
    try:
        entries = list(_entries(data, wanted))
    except _UnusualError:
        yield from _others(data, wanted)
        return
    except struct.error:
        return
    budget = MOST_UNPACKED
    for name, method, start, size in entries:
        try:
            content = _content(data, method, start, size, min(LARGEST_MEMBER, budget) + 1)
        except (zlib.error, struct.error):
            continue
        budget -= len(content)
        if budget < 0:
            return
        yield name, content


def _entries(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, int, int, int]]:
    """Name, compression, place of the local header and packed size of the wanted members."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0:
        return
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, end)
    if count == 0xFFFF or offset == 0xFFFFFFFF:
        raise _UnusualError
    place = end - size
    before = place - offset  # what was put in front of the archive
    for _ in range(min(count, MOST_MEMBERS)):
        entry = _ENTRY.unpack_from(data, place)
        if entry[0] != b"PK\x01\x02":
            return
        flags, method, packed, unpacked, length, extra, comment = *entry[3:5], *entry[8:10], *entry[10:13]
        raw = data[place + _ENTRY.size : place + _ENTRY.size + length]
        place += _ENTRY.size + length + extra + comment
        if unpacked > LARGEST_MEMBER or unpacked > STEEPEST * max(1, packed) or flags & _ENCRYPTED:
            if unpacked == 0xFFFFFFFF:
                raise _UnusualError
            continue
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        if not name.endswith("/") and wanted(name):
            if method not in {_STORED, _DEFLATED}:
                raise _UnusualError
            yield name, method, entry[16] + before, packed


def _content(data: bytes, method: int, place: int, size: int, most: int) -> bytes:
    """What a member holds, at most so many bytes of it. Raises `struct.error` and `zlib.error`."""
    if place < 0 or data[place : place + 4] != b"PK\x03\x04":
        return b""
    name, extra = struct.unpack_from("<2H", data, place + 26)
    start = place + _LOCAL + name + extra
    packed = data[start : start + size]
    return packed[:most] if method == _STORED else zlib.decompressobj(wbits=-15).decompress(packed, most)


def _others(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    budget = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:MOST_MEMBERS]:
                steep = member.file_size > STEEPEST * max(1, member.compress_size)
                if (
                    member.is_dir()
                    or member.flag_bits & _ENCRYPTED
                    or member.file_size > LARGEST_MEMBER
                    or steep
                    or not wanted(member.filename)
                ):
                    continue
                with archive.open(member) as opened:
                    content = opened.read(min(LARGEST_MEMBER, budget) + 1)
                budget -= len(content)
                if budget < 0:
                    return
                yield member.filename, content
    except _BROKEN:
        return
