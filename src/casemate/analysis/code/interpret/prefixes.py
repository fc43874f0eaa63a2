"""What is known of text that begins with another, or does not: hosts of URLs, folders of paths, places of the own host.

Sources: RFC 3986 (authority, network-path references); OWASP, "Unvalidated Redirects and Forwards Cheat Sheet".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.code.interpret.comparing import HOST_KINDS, PLACE_KINDS, guards_for
from casemate.analysis.code.joining import options_of
from casemate.analysis.code.labels import PLACE, SLASHED, UNDOUBLED, WHOLE, Label, Taint
from casemate.analysis.code.values import Sequence, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence as Items

_HOST_PREFIX = re.compile(r"^[a-z][a-z0-9+.\-]{0,20}://[^/?#]{1,300}/", re.IGNORECASE)
_LOCAL = re.compile(r"^/[^/\\]")


def begun(taint: Taint, prefixes: Items[str | None]) -> Verdict:
    """The check that text with these labels begins with one of the prefixes, as far as these are known."""
    if prefixes and all(text in {"//", "/\\"} for text in prefixes):
        return Verdict((), guards_for(tuple(label for label in taint if label.form == WHOLE), UNDOUBLED))
    if prefixes and all(text in {"..", "../"} for text in prefixes):
        return Verdict((), guards_for(tuple(label for label in taint if label.form == PLACE)))
    found = {label.origin.key: bits for label in taint if (bits := _kinds(label, prefixes))}
    return Verdict(tuple(found.items()))


def _kinds(label: Label, prefixes: Items[str | None]) -> int:
    """The kinds of sinks that data is harmless for which begins so, as bits."""
    if label.form == PLACE:
        return PLACE_KINDS
    if label.form != WHOLE or not prefixes:
        return 0
    if all(text == "/" for text in prefixes):
        return SLASHED
    for pattern in (_HOST_PREFIX, _LOCAL):
        if all(text is not None and pattern.match(text) for text in prefixes):
            return HOST_KINDS
    return 0


def prefixes_of(prefix: Value) -> list[Value]:
    """What is asked for: several in a tuple."""
    if isinstance(prefix, Sequence):
        return [option for item in prefix.row.items for option in options_of(item)]
    return list(options_of(prefix))
