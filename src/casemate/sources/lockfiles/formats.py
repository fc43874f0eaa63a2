"""Which file is which format, by its name alone; parsers are imported when the first file of their format is met."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.dependency import PackageFile

FORMATS: tuple[tuple[str, str], ...] = (
    ("requirements", r"(^|/)((requirements|constraints)[^/]*|[^/]*[-_.]requirements|requirements/[^/]+)\.(txt|in)$"),
    ("pylocks", r"(^|/)(poetry\.lock|uv\.lock|pdm\.lock|pylock(\.[^/]+)?\.toml)$"),
    ("pipfile", r"(^|/)Pipfile(\.lock)?$"),
    ("pyproject", r"(^|/)pyproject\.toml$"),
    ("setupcfg", r"(^|/)setup\.cfg$"),
    ("package_json", r"(^|/)package\.json$"),
    ("package_lock", r"(^|/)(package-lock|npm-shrinkwrap)\.json$"),
    ("yarn", r"(^|/)yarn\.lock$"),
    ("pnpm", r"(^|/)pnpm-lock\.yaml$"),
    ("bun", r"(^|/)bun\.lock$"),
    ("golang", r"(^|/)go\.(mod|sum)$"),
    ("maven", r"(^|/)pom\.xml$"),
    ("gradle", r"(^|/)((buildscript-)?gradle|gradle/dependency-locks/[^/]+)\.lockfile$|\.versions\.toml$"),
    ("nuget", r"\.(cs|fs|vb)proj$|(^|/)(Directory\.Packages\.props|packages\.config|packages(\.[^/]+)?\.lock\.json)$"),
    ("cargo", r"(^|/)Cargo\.(toml|lock)$"),
    ("gemfile", r"(^|/)(Gemfile|gems\.rb)$"),
    ("gemfile_lock", r"(^|/)(Gemfile\.lock|gems\.locked)$"),
    ("composer", r"(^|/)composer\.lock$"),
)  # fmt: skip
"""Module below `casemate.sources.lockfiles`, pattern of the path."""
_PATTERNS = tuple((module, late(pattern)) for module, pattern in FORMATS)
_ANY = late("|".join(f"(?:{pattern})" for _, pattern in FORMATS))
_ENDINGS = (
    ".txt", ".in", ".lock", ".toml", "age.json", "lock.json", "wrap.json", "lock.yaml", "pom.xml", ".mod", ".sum",
    ".cfg", "proj", ".props", ".config", "Pipfile", ".lockfile", ".locked",
    "Gemfile", "gems.rb",
)  # fmt: skip
"""How their names end: a plain comparison spares the expressions for nearly every file of a tree."""


ARCHIVES = (".zip", ".jar", ".whl")
"""How the archives end that code is deployed from; packages may lie in them."""


def wanted(path: str) -> bool:
    """Whether a path is one of a manifest or a lock."""
    return path.endswith(_ENDINGS) and _ANY.search(path) is not None


def parser_of(path: str) -> Callable[[str, bytes], PackageFile] | None:
    """What reads a file: `parse(path, bytes)`, which never raises."""
    for module, pattern in _PATTERNS:
        if pattern.search(path):
            parse: Callable[[str, bytes], PackageFile] = import_module(f"casemate.sources.lockfiles.{module}").parse
            return parse
    return None
