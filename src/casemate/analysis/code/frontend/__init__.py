"""Source text -> IR, one front end a language. A grammar is imported when the first file of its language comes."""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code.ir import Language, Module

MAX_SOURCE = 4_000_000
"""Bytes. A larger file is not parsed and stands as one error in its `Module`: nobody writes it by hand, and a parser
that recovers from errors needs some microseconds a byte on hostile text."""

SUFFIXES: dict[str, tuple[Language, str]] = {
    ".py": ("python", "casemate.analysis.code.frontend.python"),
    ".js": ("javascript", "casemate.analysis.code.frontend.javascript"),
    ".mjs": ("javascript", "casemate.analysis.code.frontend.javascript"),
    ".cjs": ("javascript", "casemate.analysis.code.frontend.javascript"),
    ".jsx": ("javascript", "casemate.analysis.code.frontend.javascript"),
    ".ts": ("typescript", "casemate.analysis.code.frontend.javascript"),
    ".mts": ("typescript", "casemate.analysis.code.frontend.javascript"),
    ".cts": ("typescript", "casemate.analysis.code.frontend.javascript"),
    ".go": ("go", "casemate.analysis.code.frontend.go"),
    ".java": ("java", "casemate.analysis.code.frontend.java"),
    ".cs": ("csharp", "casemate.analysis.code.frontend.csharp"),
    ".tsx": ("typescript", "casemate.analysis.code.frontend.javascript"),
}
"""Suffix -> the language, and the module whose `lower(path, source)` reads it."""


def language_of(path: str) -> Language | None:
    """The language of a file by its suffix; None if no front end reads it."""
    found = SUFFIXES.get(PurePosixPath(path).suffix.lower())
    return found[0] if found else None


def lower(path: str, source: bytes) -> Module | None:
    """The IR of one file; None if no front end reads files with its suffix. Never raises for what is in the file."""
    found = SUFFIXES.get(PurePosixPath(path).suffix.lower())
    if found is None:
        return None
    language, module = found
    source = _as_utf8(source)
    if len(source) > MAX_SOURCE:
        from casemate.analysis.code.ir import Module

        return Module(path, language, source, [], errors=[(0, len(source))])
    run = cast("Callable[[str, bytes], Module]", import_module(module).lower)
    if not gc.isenabled():
        return run(path, source)
    gc.disable()  # a tree is built and kept: collecting while it grows finds nothing and costs five times the work
    try:
        return run(path, source)
    finally:
        gc.enable()


def _as_utf8(source: bytes) -> bytes:
    """The bytes of a file that begins with the mark of UTF-16, as some editors on Windows write it, in UTF-8."""
    if not source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return source
    return source.decode("utf-16", "replace").encode()
