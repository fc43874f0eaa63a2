"""`casemate guard redact`: masks credentials and personal data in lines of text, as a filter in a pipe."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from casemate_guard.redaction.policy import RedactionPolicy
    from casemate_guard.redaction.redactor import Redactor

_BLOCK = 256 * 1024
"""Bytes read at once; fewer where a pipe has fewer, so that nothing waits."""
_LONGEST_LINE = 64 * 1024 * 1024
_LARGEST_POLICY = 1024 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard redact`."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="lines of text; - reads stdin (default)")
    parser.add_argument("--policy", metavar="FILE", help="JSON: which kinds, the style of a mask; see docs/guard.md")
    parser.add_argument(
        "--spans", action="store_true", help='print {"line", "start", "end", "kind"} instead: JSON Lines'
    )
    parser.add_argument("--portable", action="store_true", help="without google-re2, as in a function without `fast`")


def run(args: argparse.Namespace) -> int:
    """Write the same lines, redacted, or the spans; 0 whatever was found."""
    from casemate_guard.redaction.redactor import Redactor

    redactor = Redactor(_policy(args.policy), portable=args.portable)
    if args.file == "-":
        _filter(sys.stdin.buffer, redactor, _spans if args.spans else _redacted)
        return 0
    try:
        with Path(args.file).open("rb") as file:
            _filter(file, redactor, _spans if args.spans else _redacted)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{args.file} cannot be read: {error.strerror}", hint="give a text file, or -") from None
    return 0


def _policy(path: str | None) -> RedactionPolicy | None:
    from casemate_guard.redaction.policy import PolicyError, policy_from
    from casemate_guard.redaction.redactor import KINDS

    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST_POLICY + 1)
        if len(data) > _LARGEST_POLICY:
            raise ConfigurationError(f"{path} is larger than 1 MB", hint="a redaction policy has a handful of lines")
        return policy_from(json.loads(data), os.environ, KINDS)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except (PolicyError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: {error}", hint="docs/guard.md shows the policy of a redaction") from None


def _filter(source: BinaryIO, redactor: Redactor, write: Callable[[Redactor, list[str], int, bool], bool]) -> None:
    # Nothing here makes cycles, and looking for them costs a tenth of the time.
    gc.set_threshold(100_000)
    number, inside = 1, False
    for lines in _lines(source):
        inside = write(redactor, lines, number, inside)
        number += len(lines)
        sys.stdout.flush()


def _lines(source: BinaryIO) -> Iterator[list[str]]:
    """Lines with their ends, as many as there are at once; bytes that are no UTF-8 pass as surrogate escapes."""
    rest = b""
    read = getattr(source, "read1", source.read)
    while True:
        block = read(_BLOCK)
        data = rest + block
        end = len(data) if not block or len(data) > _LONGEST_LINE else data.rfind(b"\n") + 1
        rest = data[end:]
        if end:
            yield _split(data[:end])
        if not block:
            return


def _split(data: bytes) -> list[str]:
    parts = data.decode("utf-8", "surrogateescape").split("\n")
    last = parts.pop()
    lines = [f"{part}\n" for part in parts]
    if last:
        lines.append(last)
    return lines


def _redacted(redactor: Redactor, lines: list[str], _number: int, inside: bool) -> bool:  # noqa: FBT001 - one callback
    found, inside = redactor.lines(lines, inside_key=inside)
    masked = [redactor.masked(line, spans) if spans else line for line, spans in zip(lines, found, strict=True)]
    sys.stdout.buffer.write("".join(masked).encode("utf-8", "surrogateescape"))
    return inside


def _spans(redactor: Redactor, lines: list[str], number: int, inside: bool) -> bool:  # noqa: FBT001 - one callback
    found, inside = redactor.lines(lines, inside_key=inside)
    sys.stdout.write(
        "".join(
            f'{{"line": {place}, "start": {start}, "end": {end}, "kind": "{kind}"}}\n'
            for place, spans in enumerate(found, number)
            for start, end, kind in spans
        )
    )
    return inside
