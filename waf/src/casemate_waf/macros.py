"""Macros of SecLang texts: `%{TX.name}`, `%{MATCHED_VAR}`. ModSecurity's Reference Manual, "Macro Expansion"."""

import re

from casemate_waf.rules import Text

_MACRO = re.compile(r"%\{([A-Za-z_]{1,64})(?:[.:]([^}]{1,256}))?\}")


def text_of(source: str) -> Text:
    """Split `source` into literal bytes and macros. What is no macro by its form is literal."""
    parts: list[bytes | tuple[str, bytes]] = []
    position = 0
    for found in _MACRO.finditer(source):
        if found.start() > position:
            parts.append(source[position : found.start()].encode("utf-8", "surrogateescape"))
        key = (found.group(2) or "").encode("utf-8", "surrogateescape").lower()
        parts.append((found.group(1).upper(), key))
        position = found.end()
    if position < len(source) or not parts:
        parts.append(source[position:].encode("utf-8", "surrogateescape"))
    return Text(tuple(parts))
