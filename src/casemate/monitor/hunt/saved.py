"""Saved hunts: questions with a name, ours and the user's, one `.sql` file each.

The head of a file is comments:

    -- title: Who read secrets, and how many
    -- about: when one asks this, and how to read the answer
    -- param: since = 2026-01-01: from this day on

A parameter without ` = value` must be given. It is bound, never pasted: `$since` in the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST = 1_000_000
"""Bytes of a file that may be a hunt."""
_HEAD = re.compile(r"--\s*(title|about|param)\s*:\s*(.*)")
_PARAM = re.compile(r"([A-Za-z_]\w*)\s*(?:=\s*(.*?)\s*)?:\s*(.+)")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. `default`: None where it must be given."""

    name: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A question with a name."""

    name: str
    title: str
    about: str
    params: tuple[Param, ...]
    sql: str

    def values(self, given: Mapping[str, str]) -> dict[str, str]:
        """What to bind. Raises `UsageError` for a name that the hunt does not have, and for one that it misses."""
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                raise UsageError(f"{self.name}: no parameter {name!r}", hint=f"it has {', '.join(known) or 'none'}")
        found = {}
        for name, param in known.items():
            value = given.get(name, param.default)
            if value is None:
                raise UsageError(f"{self.name} wants {name}: {param.meaning}", hint=f"--param {name}=…")
            found[name] = value
        return found


def saved_hunts(folders: Iterable[Path] = ()) -> dict[str, Saved]:
    """By name: ours, then those of the folders, which may replace ours. Raises `UsageError` for a broken file."""
    found: dict[str, Saved] = {}
    for entry in sorted(resources.files("casemate.hunts").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".sql"):
            found[entry.name[:-4]] = parse(entry.name[:-4], entry.read_text("utf-8"))
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder of saved hunts")
        for path in sorted(folder.glob("*.sql")):
            try:
                if path.stat().st_size > LARGEST:
                    raise UsageError(f"{path} is too large for a hunt", hint=f"at most {LARGEST} bytes")
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{path} cannot be read: {error}") from error
            found[path.stem] = parse(path.stem, text, str(path))
    return found


def chosen(name: str, hunts: Mapping[str, Saved]) -> Saved:
    """The hunt of a name. Raises `UsageError` with the nearest one."""
    found = hunts.get(name)
    if found is None:
        near = get_close_matches(name, hunts, 1)
        raise UsageError(f"no saved hunt {name!r}", hint=f"did you mean {near[0]}?" if near else "casemate hunt --list")
    return found


def parse(name: str, text: str, place: str = "") -> Saved:
    """A file's text. Raises `UsageError` where the title is missing or a line of the head is not understood."""
    said: dict[str, list[str]] = {"title": [], "about": [], "param": []}
    lines = text.splitlines()
    comments = list(takewhile(lambda line: line.startswith("--"), lines))
    for line in comments:
        head = _HEAD.match(line)
        if head is not None:
            said[head[1]].append(head[2].strip())
    sql = "\n".join(lines[len(comments) :]).strip()
    if not said["title"] or not sql:
        raise UsageError(
            f"{place or name}: a saved hunt wants a title and a question", hint="-- title: … in its first line"
        )
    params = []
    for line in said["param"]:
        param = _PARAM.fullmatch(line)
        if param is None:
            raise UsageError(
                f"{place or name}: not a parameter: {line}", hint="-- param: name = default: what it means"
            )
        params.append(Param(param[1], param[2], param[3]))
    return Saved(name, " ".join(said["title"]), " ".join(said["about"]), tuple(params), sql)
