"""multipart/form-data (RFC 7578) as ModSecurity reads it: parts, files, and a flag for each way of being irregular.

The flags are those of ModSecurity's Reference Manual, "MULTIPART_STRICT_ERROR": each names a place where two parsers
may disagree about what the body is, which is how uploads pass filters.
"""

import re
from typing import NamedTuple

from casemate_waf.bodies import Pairs

MAX_PARTS = 10_000

_BOUNDARY = re.compile(rb";\s*boundary\s*=\s*(\"[^\"]{0,256}\"|[^\s;\"]{1,256})", re.IGNORECASE)
_PARAMETER = re.compile(rb"\s*;\s*([^\s=;]{1,64})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^;]*))", re.DOTALL)
_ESCAPED = re.compile(rb"\\([\"\\])")


class Upload(NamedTuple):
    """A file of a form: the field's name, the name of the file as sent, and its size in bytes."""

    field: bytes
    name: bytes
    size: int


class Form(NamedTuple):
    """What a multipart body holds. `headers` pairs the name of a part with each of its header lines."""

    arguments: Pairs
    files: list[Upload]
    headers: Pairs
    flags: frozenset[str]
    error: str = ""


def parse(content_type: bytes, body: bytes) -> Form:
    """Parse `body`. Whatever it is, what could be read is returned, with flags and an error for the rest."""
    flags: set[str] = set()
    found = _BOUNDARY.search(content_type)
    if not found:
        return Form([(b"multipart", body)], [], [], frozenset(("INVALID_BOUNDARY",)), "multipart without a boundary")
    boundary = found.group(1)
    if boundary.startswith(b'"'):
        flags.add("BOUNDARY_QUOTED")
        boundary = boundary[1:-1]
    if len(_BOUNDARY.findall(content_type)) > 1:
        flags.add("INVALID_BOUNDARY")
    pieces, closed = _pieces(body, boundary, flags)
    form = Form([], [], [], frozenset())
    error = "" if closed else "multipart is not closed"
    if not pieces:
        return Form([(b"multipart", body)], [], [], frozenset(flags), "multipart without parts")
    for piece in pieces[:MAX_PARTS]:
        _part(piece, form, flags)
    if len(pieces) > MAX_PARTS:
        error = "multipart has too many parts"
    return form._replace(flags=frozenset(flags), error=error)


def _pieces(body: bytes, boundary: bytes, flags: set[str]) -> tuple[list[bytes], bool]:
    """Cut at the boundary lines; the second value is whether the closing one was there."""
    line = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?([^\r\n]*)(?=\r?\n|$)")
    pieces: list[bytes] = []
    start: int | None = None
    for found in line.finditer(body):
        if found.group(2).strip(b" \t"):
            flags.add("UNMATCHED_BOUNDARY")
            continue
        if start is None:
            if body[: found.start()].strip():
                flags.add("DATA_BEFORE")
        else:
            pieces.append(body[start : found.start()])
        start = found.end()
        if found.group(1):
            if body[start:].strip():
                flags.add("DATA_AFTER")
            return pieces, True
    if start is not None and body[start:].strip():
        pieces.append(body[start:])
    return pieces, False


def _part(piece: bytes, form: Form, flags: set[str]) -> None:
    piece = piece.removeprefix(b"\r\n") if piece.startswith(b"\r\n") else piece.removeprefix(b"\n")
    if b"\r\n" not in piece and b"\n" in piece:
        flags.add("LF_LINE")
    cut = re.search(rb"\r?\n\r?\n", piece)
    if piece.startswith((b"\r\n", b"\n")):
        head, content = b"", piece.lstrip(b"\r\n")
    elif cut:
        head, content = piece[: cut.start()], piece[cut.end() :]
    else:
        head, content = piece, b""
        flags.add("INVALID_PART")
    lines = _unfolded(head, flags)
    disposition = next((text for text in lines if text.lower().startswith(b"content-disposition")), b"")
    if not disposition:
        flags.add("INVALID_PART")
    parameters = _parameters(disposition, flags)
    name = parameters.get(b"name", b"")
    form.headers.extend((name, text) for text in lines)
    if b"filename" in parameters or b"filename*" in parameters:
        file_name = parameters.get(b"filename", parameters.get(b"filename*", b""))
        form.files.append(Upload(name, file_name, len(content)))
        if b"filename" in parameters and b"filename*" in parameters:
            form.files.append(Upload(name, parameters[b"filename*"], 0))
    else:
        form.arguments.append((name, content))


def _unfolded(head: bytes, flags: set[str]) -> list[bytes]:
    lines: list[bytes] = []
    for text in re.split(rb"\r?\n", head):
        if text[:1] in (b" ", b"\t") and lines:
            flags.add("HEADER_FOLDING")
            lines[-1] += b" " + text.strip()
        elif text:
            lines.append(text)
    return lines


def _parameters(disposition: bytes, flags: set[str]) -> dict[bytes, bytes]:
    """The parameters of a Content-Disposition. Of a repeated one every value stays: parsers differ in which counts."""
    found: dict[bytes, bytes] = {}
    rest = disposition.find(b";")
    while 0 <= rest < len(disposition):
        match = _PARAMETER.match(disposition, rest)
        if not match:
            flags.add("INVALID_QUOTING")
            break
        double, single, bare = match.groups()[1:]
        if double is None:
            flags.add("INVALID_QUOTING")
        value = _ESCAPED.sub(rb"\1", double) if double is not None else single if single is not None else bare.strip()
        key = match.group(1).lower()
        if key in found:
            flags.add("INVALID_PART")
            value = found[key] + b";" + value
        found[key] = value
        rest = match.end()
        if rest < len(disposition) and disposition[rest : rest + 1].strip() not in (b"", b";"):
            flags.add("MISSING_SEMICOLON")
            rest = disposition.find(b";", rest)
    return found
