"""From a stack trace in a cloud assembly to a place in the program, where that file is among the scanned ones.

A frame reads `new Shop (/home/kim/shop/lib/shop.ts:12:5)`, `at bin/app.ts:4:1` or only a path; its path is that of the
machine that synthesised, so the longest end of it that is a file beside the assembly, or below the root, is taken. The
innermost frame outside of installed packages is where the person wrote the construct.

Source: the cloud assembly schema (`MetadataEntry.trace`); aws/aws-cdk pull request 37643 (`aws:cdk:creationStack`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Items, text_of
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.tree import Tree

MAX_FRAMES = 40
MAX_PARTS = 30
_INSTALLED = frozenset({"node_modules", "site-packages", "dist-packages", ".venv"})


class Programs:
    """The files that traces lead to; each frame is looked up once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files: dict[tuple[str, str], str | None] = {}
        self._lines: dict[str, list[str]] = {}

    def place(self, frames: Items, folder: str) -> Span | None:
        """The innermost line that a person wrote. `folder`: the one around the assembly, mostly the application's."""
        for frame in frames.items[:MAX_FRAMES]:
            path, line = _position(text_of(frame) or "")
            file = self._file(path, folder) if path and line else None
            if file is not None and (span := self._span(file, line)) is not None:
                return span
        return None

    def _file(self, path: str, folder: str) -> str | None:
        key = (path, folder)
        if key not in self._files:
            self._files[key] = self._found(path, folder)
        return self._files[key]

    def _found(self, path: str, folder: str) -> str | None:
        parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
        if not parts or ".." in parts or len(parts) > MAX_PARTS or _INSTALLED.intersection(parts):
            return None
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            for base in dict.fromkeys((folder, folder_of(folder), "")) if start < len(parts) - 1 else (folder,):
                candidate = f"{base}/{end}" if base else end
                if self._tree.size(candidate) is not None:
                    return candidate
        return None

    def _span(self, file: str, line: int) -> Span | None:
        """The written part of a line; None where the file has no such line (it changed since)."""
        if file not in self._lines:
            self._lines[file] = (self._tree.read(file) or b"").decode("utf-8", "replace").splitlines()
        lines = self._lines[file]
        text = lines[line - 1] if line <= len(lines) else ""
        if not text.strip():
            return None
        return Span(file, line, len(text) - len(text.lstrip()) + 1, line, len(text.rstrip()) + 1)


def _position(frame: str) -> tuple[str, int]:
    """(path, line) of a frame, or ("", 0)."""
    text = frame.strip()
    if text.endswith(")") and "(" in text:
        text = text[text.rindex("(") + 1 : -1]
    text = text.removeprefix("at ").removeprefix("async ").removeprefix("file://").strip()
    pieces = text.split(":")
    numbers: list[int] = []
    while (
        len(pieces) > 1 and len(numbers) < 2 and pieces[-1].isascii() and pieces[-1].isdigit() and len(pieces[-1]) < 8
    ):
        numbers.append(int(pieces.pop()))
    return (":".join(pieces), numbers[-1]) if numbers else ("", 0)
