"""What a scan leaves out: `.gitignore` rules and the user's globs."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec

_ALWAYS_READ = "cdk.out"
_MAX_RULES = 2000
_GROUP = re.compile(r"\(\?P<\w+>")


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
        try:
            lines = (self._root / folder / ".gitignore").read_text("utf-8", "replace").splitlines()[:_MAX_RULES]
        except OSError:
            return
        wanted = tuple(line for line in lines if line.strip() and not line.startswith("#"))
        if wanted:
            self._rules[folder] = wanted

    def folder(self, path: str) -> bool:
        """Whether a whole folder is left out."""
        if path.rsplit("/", 1)[-1] == _ALWAYS_READ:
            return self._excluded(path)
        return self._excluded(path) or self._ignored(f"{path}/")

    def file(self, path: str) -> bool:
        """Whether a file is left out."""
        return self._excluded(path) or (bool(self._rules) and _ALWAYS_READ not in path and self._ignored(path))

    def _excluded(self, path: str) -> bool:
        return any(fnmatch.fnmatch(path, glob) or fnmatch.fnmatch(path, f"{glob}/*") for glob in self._exclude)

    def _ignored(self, path: str) -> bool:
        folder = path.rstrip("/")
        while self._rules:
            folder = folder.rpartition("/")[0]
            rules = self._rules.get(folder)
            if rules is not None:
                spec, any_of = _compiled(rules)
                relative = path[len(folder) + 1 :] if folder else path
                verdict = spec.check_file(relative).include if any_of.match(relative) else None
                if verdict is not None:
                    return verdict
            if not folder:
                break
        return False


@lru_cache(maxsize=512)
def _compiled(lines: tuple[str, ...]) -> tuple[GitIgnoreSpec, re.Pattern[str]]:
    """The rules of one file, and one expression that matches where any of them does.

    Most paths match none, and one search tells.

    Many folders of a repository hold the same file, so the compiled form is shared by content.
    """
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(lines)
    sources = [pattern.regex.pattern for pattern in spec.patterns if pattern.regex is not None]
    return spec, re.compile("|".join("(?:" + _GROUP.sub("(?:", str(source)) + ")" for source in sources) or r"(?!)")
