"""What a scan leaves out: `.gitignore` rules and the user's globs."""

from __future__ import annotations

import fnmatch
import re
import stat
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ALWAYS_READ = "cdk.out"
_MAX_RULES = 2000
_MAX_BYTES = 1024 * 1024
_MOST_KNOWN = 50_000
_WILDCARD = re.compile(r"[*?\[\]\\]+")


class Ignoring:
    """Decides for each path on a walk. `enter` must be called for a folder before its content is asked for."""

    def __init__(self, root: Path, exclude: tuple[str, ...]) -> None:
        self._root = root
        self._exclude = exclude
        self._rules: dict[str, _Rules] = {}
        self._above: dict[str, tuple[_Above, ...]] = {}

    def enter(self, folder: str, has_rules: bool) -> None:  # noqa: FBT001 - one fact about the folder
        """Read the folder's `.gitignore`, if it has one."""
        if not has_rules:
            return
        lines = _lines(self._root / folder / ".gitignore")
        wanted = tuple(line for line in lines if line.strip() and not line.startswith("#"))
        if wanted:
            self._rules[folder] = _rules(wanted)
            self._above.clear()

    def enter_above(self, start: str) -> None:
        """Read the rules of the folders above `start`; none when they ignore `start` itself, which was asked for."""
        parts = start.split("/") if start else []
        for depth in range(len(parts)):
            self.enter("/".join(parts[:depth]), has_rules=True)
        if any(self._ignored("/".join(parts[:depth]) + "/") for depth in range(1, len(parts) + 1)):
            self._rules.clear()
            self._above.clear()

    def folder(self, path: str) -> bool:
        """Whether a whole folder is left out."""
        if path.rsplit("/", 1)[-1] == _ALWAYS_READ:
            return self._excluded(path)
        return self._excluded(path) or self._ignored(f"{path}/")

    def file(self, path: str) -> bool:
        """Whether a file is left out."""
        return self._excluded(path) or (bool(self._rules) and not _in_assembly(path) and self._ignored(path))

    def _excluded(self, path: str) -> bool:
        if not self._exclude:
            return False
        return any(fnmatch.fnmatch(path, glob) or fnmatch.fnmatch(path, f"{glob}/*") for glob in self._exclude)

    def _ignored(self, path: str) -> bool:
        if not self._rules:
            return False
        folder, _, name = path.rstrip("/").rpartition("/")
        above = self._above.get(folder)
        if above is None:
            above = self._above[folder] = tuple(self._rules_above(folder))
        for rules, start, is_near, tails in above:
            if is_near or rules.may_match(name) or (tails and name.startswith(tails)):
                verdict = rules.verdict(path[start:])
                if verdict is not None:
                    return verdict
        return False

    def _rules_above(self, folder: str) -> Iterator[_Above]:
        """The rules that hold in a folder, nearest first."""
        at = folder
        while True:
            rules = self._rules.get(at)
            if rules is not None:
                start = len(at) + 1 if at else 0
                yield _Above(rules, start, rules.may_match(folder[start:]), rules.tails(folder[start:]))
            if not at:
                return
            at = at.rpartition("/")[0]


class _Above(NamedTuple):
    """Rules that hold in a folder, and what is known of the folder.

    `start`: where a path relative to the rules begins. `is_near`: the folder alone may fit one of them; `tails`: what
    a name must begin with to fit one together with the folder.
    """

    rules: _Rules
    start: int
    is_near: bool
    tails: tuple[str, ...]


class _Rules:
    """The rules of one file; `verdict` says what they say of a path relative to its folder.

    For each rule there is a stretch of text without wildcards: a path without it does not match the rule. Most paths
    match none, and names come again and again: what is known of them tells without compiling the rules, which costs
    milliseconds a file, and without trying each on each path.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        literals = [_literal(line) for line in lines]
        self._literals = tuple(dict.fromkeys(literals))
        self._last_first = tuple(zip(reversed(literals), reversed(lines), strict=True))
        self._across = tuple(
            (head, tail) for literal in self._literals for head, slash, tail in (literal.rpartition("/"),) if slash
        )
        self._heads = tuple(head for head, _ in self._across)
        self._known: dict[str, bool] = {}

    def may_match(self, part: str) -> bool:
        """Whether a folder or a name holds the text of a rule."""
        known = self._known.get(part)
        if known is None:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            known = self._known[part] = any(map(part.__contains__, self._literals))
        return known

    def tails(self, folder: str) -> tuple[str, ...]:
        """What a name in the folder must begin with to complete a text that lies across the folder's end."""
        if not folder.endswith(self._heads):
            return ()
        return tuple(tail for head, tail in self._across if folder.endswith(head))

    def verdict(self, path: str) -> bool | None:
        """What the last rule says that matches the path itself: True to ignore; None when none does.

        Rules that match a folder above it do not count here: the walk asked about that folder before. (`check_file`
        lets them count, and so takes `*` to outweigh a later `!*/`.)
        """
        for literal, line in self._last_first:
            if literal in path:
                for include, regex in _compiled(line):
                    for match in regex.finditer(path):
                        if match.end() == len(path) or match.groupdict().get("ps_d") is None:
                            return include
        return None


@lru_cache(maxsize=512)
def _rules(lines: tuple[str, ...]) -> _Rules:
    """The rules of one file; many folders hold the same file, so what is known is shared by content."""
    return _Rules(lines)


@lru_cache(maxsize=8192)
def _literal(line: str) -> str:
    """The longest stretch of a rule without wildcards; "" when it has none, which every path holds."""
    return max(_WILDCARD.split(line.strip().removeprefix("!").strip("/")), key=len)


def _lines(file: Path) -> list[str]:
    """The rules of a file, of a sane number of them. A link is not followed (git does not either), nor a pipe read."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return []
        with file.open("rb") as opened:
            return opened.read(_MAX_BYTES).decode("utf-8", "replace").splitlines()[:_MAX_RULES]
    except OSError:
        return []


def _in_assembly(path: str) -> bool:
    return f"/{_ALWAYS_READ}/" in f"/{path}"


@lru_cache(maxsize=8192)
def _compiled(line: str) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    """A rule as (whether it leaves out, pattern). Files share many rules, and most are never tried."""
    from pathspec import GitIgnoreSpec

    return tuple(
        (bool(pattern.include), pattern.regex)
        for pattern in GitIgnoreSpec.from_lines([line]).patterns
        if pattern.include is not None and pattern.regex is not None
    )
