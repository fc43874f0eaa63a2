# ruff: noqa: INP001 - a hook of the build, no module of the package
"""What a function does not need stays out of the wheel: docstrings, comments, annotations of what is private.

Lines stay where they are, so that a traceback from a function names the line of the source; a level of indentation is
one blank. The source distribution and an editable installation are left alone. Annotations of public functions stay for
the user's type checker, those of classes since named tuples are made of them.
"""

from __future__ import annotations

import ast
import io
import shutil
import tempfile
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = "casemate_guard"


Edit = tuple[int, int, int, int, bytes]
"""Line, byte, last line, its byte, what stands there instead; lines count from 0."""


def bared(source: str) -> str:
    """The source without docstrings, comments and what only a type checker reads, every statement on its line."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    tree = ast.parse(source)
    for first, start, last, end, text in sorted(_edits(tree, lines), reverse=True):
        kept = lines[first][:start] + text + b"\n" * (last - first) + lines[last][end:]
        lines[first : last + 1] = kept.splitlines(keepends=True)
    text = b"".join(lines).decode()
    result = text.splitlines(keepends=True)
    inside: set[int] = set()  # lines that begin in a string
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            result[row - 1] = result[row - 1][:column].rstrip() + "\n"
        elif token.end[0] > row:
            inside.update(range(row + 1, token.end[0] + 1))
    for number, line in enumerate(result, 1):
        if number not in inside:
            left = line.lstrip(" ")
            result[number - 1] = " " * ((len(line) - len(left)) // 4) + left if line.strip() else "\n"
    bare = "".join(result)
    ast.parse(bare)
    return bare


def _edits(tree: ast.Module, lines: list[bytes]) -> Iterator[Edit]:
    skipped: set[ast.AST] = set()  # what an edit around it takes away already
    private = _private(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ClassDef):  # a named tuple is made of its annotations
            skipped.update(one for one in node.body if isinstance(one, ast.AnnAssign))
        body = getattr(node, "body", None)
        for one in body if isinstance(body, list) else ():
            if _is_idle(one):
                skipped.update(ast.walk(one))
                yield _span(one, b"pass" if len(body) == 1 else b"")
        if node not in private:
            continue
        if isinstance(node, ast.arg) and node.annotation is not None:
            start = node.col_offset + len(node.arg.encode())
            yield (node.lineno - 1, start, *_end(node.annotation), b"")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            row = node.returns.lineno - 1
            start = lines[row].rindex(b"->", 0, node.returns.col_offset)
            yield (row, start - (lines[row][start - 1 : start] == b" "), *_end(node.returns), b"")
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield (*_end(node.target), *_end(node.annotation), b"")


def _private(tree: ast.Module) -> set[ast.AST]:
    """Functions that nobody outside calls, with all that is in them, and the bodies of all functions."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_") and not node.name.startswith("__"):
                found.update(ast.walk(node))
            for one in node.body:
                found.update(ast.walk(one))
    return found


def _span(node: ast.stmt, text: bytes) -> Edit:
    return (node.lineno - 1, node.col_offset, *_end(node), text)


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return ((node.end_lineno or node.lineno) - 1, node.end_col_offset or 0)


def _is_idle(one: ast.stmt) -> bool:
    """A string that is a statement."""
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)


class BareSources(BuildHookInterface[Any]):
    """Puts bared copies of the modules into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is put together."""
        if self.target_name != "wheel" or version == "editable":
            return
        package = Path(self.root) / "src" / _PACKAGE
        self._folder = Path(tempfile.mkdtemp())
        for path in sorted(package.rglob("*")):
            if path.suffix not in {".py", ".typed", ".json", ".dat"} or "__pycache__" in path.parts:
                continue
            target = self._folder / path.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".py":
                target.write_text(bared(path.read_text(encoding="utf-8")), encoding="utf-8")
            else:
                shutil.copyfile(path, target)
            build_data["force_include"][str(target)] = f"{_PACKAGE}/{path.relative_to(package).as_posix()}"

    def finalize(self, *_made: object) -> None:
        """Called when the wheel is there."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
