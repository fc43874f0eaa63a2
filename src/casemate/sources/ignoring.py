"""What a scan leaves out: `.gitignore` rules and the user's globs."""

from __future__ import annotations

import fnmatch
import re
import stat
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec

_ALWAYS_READ = "cdk.out"
_MAX_RULES = 2000
_MAX_BYTES = 1024 * 1024
_WILDCARD = re.compile(r"[*?\[\]\\]+")


class Ignoring:
    """Decides for each path on a walk. `enter` must be called for a folder before its content is asked for."""

    def __init__(self, root: Path, exclude: tuple[str, ...]) -> None:
        self._root = root
        self._exclude = exclude
        self._rules: dict[str, tuple[str, ...]] = {}

    def enter(self, folder: str, has_rules: bool) -> None:  # noqa: FBT001 - one fact about the folder
        """Read the folder's `.gitignore`, if it has one."""
        if not has_rules:
            return
        lines = _lines(self._root / folder / ".gitignore")
        wanted = tuple(line for line in lines if line.strip() and not line.startswith("#"))
        if wanted:
            self._rules[folder] = wanted

    def enter_above(self, start: str) -> None:
        """Read the rules of the folders above `start`; none when they ignore `start` itself, which was asked for."""
        parts = start.split("/") if start else []
        for depth in range(len(parts)):
            self.enter("/".join(parts[:depth]), has_rules=True)
        if any(self._ignored("/".join(parts[:depth]) + "/") for depth in range(1, len(parts) + 1)):
            self._rules.clear()

    def folder(self, path: str) -> bool:
        """Whether a whole folder is left out."""
        if path.rsplit("/", 1)[-1] == _ALWAYS_READ:
            return self._excluded(path)
        return self._excluded(path) or self._ignored(f"{path}/")

    def file(self, path: str) -> bool:
        """Whether a file is left out."""
        return self._excluded(path) or (bool(self._rules) and not _in_assembly(path) and self._ignored(path))

    def _excluded(self, path: str) -> bool:
        return any(fnmatch.fnmatch(path, glob) or fnmatch.fnmatch(path, f"{glob}/*") for glob in self._exclude)

    def _ignored(self, path: str) -> bool:
        folder = path.rstrip("/")
        while self._rules:
            folder = folder.rpartition("/")[0]
            rules = self._rules.get(folder)
            if rules is not None:
                literals = _literals(rules)
                relative = path[len(folder) + 1 :] if folder else path
                if literals is not None and not any(literal in relative for literal in literals):
                    verdict = None
                else:
                    verdict = _verdict(_compiled(rules), relative)
                if verdict is not None:
                    return verdict
            if not folder:
                break
        return False


@lru_cache(maxsize=1024)
def _literals(lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """For each rule a stretch of text without wildcards: a path without any of them matches no rule. None: cannot tell.

    Most paths match no rule; this tells without compiling the rules, which costs milliseconds a file.
    """
    found: dict[str, None] = {}
    for line in lines:
        longest = max(_WILDCARD.split(line.strip().removeprefix("!").strip("/")), key=len)
        if not longest:
            return None
        found[longest] = None
    return tuple(found)


def _lines(file: Path) -> list[str]:
    """The rules of a file, of a sane number of them. A link is not followed (git does not either), nor a pipe read."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return []
        with file.open("rb") as opened:
            return opened.read(_MAX_BYTES).decode("utf-8", "replace").splitlines()[:_MAX_RULES]
    except OSError:
        return []


def _verdict(spec: GitIgnoreSpec, path: str) -> bool | None:
    """What the last rule says that matches the path itself: True to ignore; None when none does.

    Rules that match a folder above it do not count here: the walk asked about that folder before. (`check_file` lets
    them count, and so takes `*` to outweigh a later `!*/`.)
    """
    for pattern in reversed(spec.patterns):
        if pattern.include is None or pattern.regex is None:
            continue
        for match in pattern.regex.finditer(path):
            if match.end() == len(path) or match.groupdict().get("ps_d") is None:
                return bool(pattern.include)
    return None


def _in_assembly(path: str) -> bool:
    return f"/{_ALWAYS_READ}/" in f"/{path}"


@lru_cache(maxsize=512)
def _compiled(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """The rules of one file; many folders hold the same file, so the compiled form is shared by content."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)
