"""Recorded events from files and standard input, as blocks of records, one a line.

Understood: JSON Lines, a JSON document (`{"Records": […]}`, an array, one record, also spread over lines), each also
gzipped; lines of text of the sources that write text. What a file is, its first bytes say, never its name.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BLOCK = 1 << 19
"""Bytes of a block: so many that a scan call costs nothing, so few that the allocator keeps them in hand."""
MAX_DOCUMENT = 1 << 30
"""Bytes of one JSON document, which has to be held whole. CloudTrail's files have at most some 50 MB."""
_GZIP = b"\x1f\x8b"


def files_of(given: Iterable[str]) -> list[str]:
    """The files: those named, and all below a folder that is named, sorted. `-` is standard input.

    Raises `UsageError` for a path that is not there.
    """
    found: list[str] = []
    for name in given:
        path = Path(name)
        if name == "-" or path.is_file():
            found.append(name)
        elif path.is_dir():
            found += [str(one) for one in sorted(path.rglob("*")) if one.is_file() and not one.name.startswith(".")]
        else:
            raise UsageError(f"{name}: no such file", hint="give files or folders of recorded events, or - for stdin")
    return found


def blocks(name: str) -> Iterator[bytes]:
    """The records of a file, in blocks. Raises `UsageError` for a file that cannot be read."""
    try:
        if name == "-":
            yield from _records(_plain(sys.stdin.buffer), name)
            return
        with Path(name).open("rb") as file:
            yield from _records(_plain(file), name)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}") from error


def _plain(file: BinaryIO) -> Iterator[bytes]:
    """The bytes, inflated where they are gzip (one member or several)."""
    chunk = file.read(BLOCK)
    if not chunk.startswith(_GZIP):
        while chunk:
            # To the end of the line, so that nothing has to be carried over and copied.
            yield chunk if chunk.endswith(b"\n") else chunk + file.readline(BLOCK)
            chunk = file.read(BLOCK)
        return
    make = _inflater()
    inflate = make()
    while chunk:
        try:
            out = inflate.decompress(chunk)
        except Exception as error:
            raise UsageError(f"the gzip stream is broken: {error}", hint="fetch the file again") from error
        if out:
            yield out
        chunk = inflate.unused_data if inflate.eof else file.read(BLOCK)
        if inflate.eof:
            chunk = chunk.lstrip(b"\0") or file.read(BLOCK)
            inflate = make()
        elif not chunk:  # ISA-L says nothing of what is no gzip at all, and zlib nothing of an end that is missing
            raise UsageError("the gzip stream is broken: it ends too early", hint="fetch the file again")


class _Inflating(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def _inflater() -> Callable[[], _Inflating]:
    """ISA-L where it is installed (extra `fast`), half again as fast as zlib."""
    try:
        from isal import isal_zlib
    except ImportError:
        return lambda: zlib.decompressobj(wbits=31)
    return lambda: isal_zlib.decompressobj(wbits=31)


def _records(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Blocks of whole lines; a document is split into its records first."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= BLOCK or (len(head) > 4096 and b"\n" in head):
            break
    if not _is_lines(head):
        yield from _document(head, chunks, name)
        return
    pending = head.removeprefix(b"\xef\xbb\xbf")
    while True:
        end = pending.rfind(b"\n") + 1
        if end:
            yield pending[:end]
        chunk = next(chunks, b"")
        if not chunk:
            break
        pending = pending[end:] + chunk
        if len(pending) > MAX_DOCUMENT:
            raise UsageError(f"{name}: a line of more than {MAX_DOCUMENT >> 20} MB", hint="one record a line")
    if pending[end:].strip():
        yield pending[end:]


def lines_of(data: bytes, name: str) -> Iterator[bytes]:
    """The same of bytes that are at hand: blocks of records. Raises `UsageError` for what is no JSON."""
    return _records(iter((data,)), name)


def _is_lines(head: bytes) -> bool:
    """Whether records stand one a line: the first line is whole JSON other than an envelope, or no JSON at all."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith((b"{", b"[")):
        return True
    line, newline, after = text.partition(b"\n")
    from orjson import loads

    try:
        first = loads(line)
    except ValueError:
        return False
    if isinstance(first, dict) and isinstance(first.get("Records") or first.get("records"), list):
        return bool(newline and after.strip())
    return isinstance(first, dict)


def _document(head: bytes, chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    import msgspec

    parts, size = [head], len(head)
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_DOCUMENT:
            raise UsageError(f"{name}: one JSON document of more than {MAX_DOCUMENT >> 20} MB", hint="give JSON Lines")
    data = b"".join(parts).removeprefix(b"\xef\xbb\xbf").strip()
    try:
        if data.startswith(b"["):
            records = msgspec.json.decode(data, type=list[msgspec.Raw])
        else:
            fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
            listed = next((fields[key] for key in ("Records", "records", "Events", "events") if key in fields), None)
            whole = listed is None or not bytes(listed).startswith(b"[")
            records = [msgspec.Raw(data)] if whole else msgspec.json.decode(listed or b"", type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise UsageError(
            f"{name}: neither JSON Lines nor a JSON document: {error}", hint="one record a line"
        ) from error
    lines: list[bytes] = []
    size = 0
    for record in records:
        line = bytes(record)
        if b"\n" in line or b"\r" in line:
            line = msgspec.json.encode(msgspec.json.decode(line))
        lines.append(line)
        size += len(line)
        if size >= BLOCK:
            yield b"\n".join(lines)
            lines, size = [], 0
    if lines:
        yield b"\n".join(lines)
