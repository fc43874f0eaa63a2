"""Values as YAML, JSON and HCL spell them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from casemate.errors import EditError

Plain = str | int | float | bool | None

_SAFE = re.compile(r"[A-Za-z/][\w./+@-]*(?::[\w./+@-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""YAML 1.1 and 1.2 read these as something else than text, in any case."""


def plain(value: object) -> Plain:
    """A scalar of a `Change`. Raises `EditError` for anything else."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise EditError("a map or list cannot stand in place of one value")


def fields_of(value: object) -> Mapping[str, object] | None:
    """A map of a `Change`, or None when it is something else."""
    return value if isinstance(value, Mapping) else None


def items_of(value: object) -> Sequence[object] | None:
    """A list of a `Change`, or None when it is something else."""
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None


def in_yaml(value: Plain, quote: str = "") -> str:
    """A scalar in YAML.

    Texts keep the `quote` that stood there, or get single quotes where plain text would be read as something else.
    """
    if isinstance(value, str):
        if quote == '"' or any(ord(character) < 32 for character in value):
            return json.dumps(value, ensure_ascii=False)
        if quote == "'" or _SAFE.fullmatch(value) is None or value.lower() in _WORDS:
            return "'" + value.replace("'", "''") + "'"
        return value
    return json.dumps(value)


def in_json(value: Plain) -> str:
    """A scalar in JSON."""
    return json.dumps(value, ensure_ascii=False)


def in_hcl(value: Plain) -> str:
    """A scalar in HCL; nothing in a text is a template."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else text
