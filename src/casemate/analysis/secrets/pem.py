"""The body of a private key in its armour (RFC 7468, RFC 4880), however its lines are wrapped.

Keys are copied into logs (a time or a step before each line), comments (`//`, `*`, `#`), concatenated strings and
texts with written-out line ends. So each line is asked for a stretch of base64 at its end.
"""

from __future__ import annotations

from casemate.analysis.secrets.shapes import is_repetitive, surprise
from casemate.model.pattern import late

_BREAK = late(rb"\r?\n|(?:\\{1,4}r)?\\{1,4}n")
_LINE = late(rb"([0-9A-Za-z+/_-]{16,}={0,3})[^0-9A-Za-z]{0,16}$")
_LAST = late(rb"(?:^|[^0-9A-Za-z+/])(=?[0-9A-Za-z+/_-]{1,}={0,3})[^0-9A-Za-z]{0,16}$")
_ATTRIBUTE = late(rb"[A-Za-z-]{3,20}: ?[^\n]{0,100}$")
_END = late(rb"-----END [^\n]{0,60}?-----")
_LONGEST_BODY = 64 * 1024
"""Bytes after the first line: keys of the lattice and hash based schemes are some kilobytes long."""
_LONGEST_PREFIX = 80
_MOST_STRANGE = 6
_SHORTEST_BODY = 40
_LEAST_BITS = 4.3


def body_of(data: bytes, begin: int) -> int | None:
    """Where the armour that begins before `begin` ends; None when what follows is no key.

    >>> body_of(b"...", 0) is None
    True
    """
    limit = min(len(data), begin + _LONGEST_BODY)
    body: list[bytes] = []
    end = place = begin
    strange = 0
    while place < limit:
        cut = _BREAK.search(data, place, limit)
        stop = cut.start() if cut is not None else limit
        line = data[place:stop]
        closing = _END.search(line)
        if closing is not None:
            _add(body, line[: closing.start()])
            end = place + closing.end()
            break
        if _add(body, line):
            end, strange = stop, 0
        elif not (line.strip(b" \t\r\"'`*/#+,|>\\") == b"" or (not body and _ATTRIBUTE.search(line))):
            strange += 1
            if strange > (1 if body else _MOST_STRANGE):
                break
        place = cut.end() if cut is not None else limit
    text = b"".join(body).decode("ascii", "replace")
    plain = text.rstrip("=")
    if len(plain) < _SHORTEST_BODY or is_repetitive(plain[:200]) or surprise(plain[:200]) < _LEAST_BITS:
        return None
    return end


def _add(body: list[bytes], line: bytes) -> bool:
    """Take the base64 at the end of a line."""
    match = _LINE.search(line) if len(line) < _LONGEST_BODY else None
    if match is None or match.start() > _LONGEST_PREFIX:
        return False
    body.append(match.group(1))
    return True
