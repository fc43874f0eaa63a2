"""Policies as files beside the handlers: written, and compared with what is there.

What a person decides stays: mode, budgets, sinks, redaction, the WAF, `also`, and the modes of rules that the compiler
did not choose. What is compiled (`function`, `triggers`, `allow`, `because`, and the observations that uncertainty
demands) is replaced.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from casemate.engine.writing import write as replace
from casemate.errors import ConfigurationError
from casemate.protect.policies import document_of
from casemate_guard.policy import FILE, PolicyError, policy_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from casemate.protect.bodies import Json
    from casemate.protect.policies import Compiled

_OURS = ("function", "triggers", "allow")
_PLACE = re.compile(r"([^:\s]{1,500}):\d{1,9}: ")
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One file as it should be. `path`: relative to the output; `text`; `before`: what is there, None for nothing."""

    path: str
    text: str
    before: str | None

    @property
    def differs(self) -> bool:
        """Whether the file has to be written."""
        return self.text != self.before


def files_of(policies: Iterable[Compiled], folder: Path) -> Iterator[PolicyFile]:
    """The files below `folder`, one for each folder of handlers.

    Raises `ConfigurationError` for a file that is there and is no policy: nobody's work is overwritten unread.
    """
    by_folder: dict[str, list[Compiled]] = {}
    for one in policies:
        by_folder.setdefault(one.folder, []).append(one)
    for place, group in sorted(by_folder.items()):
        path = f"{place}/{FILE}" if place else FILE
        before = _there(folder, path)
        document = document_of(group)
        known = _functions(before, path)
        functions = cast("dict[str, dict[str, Json]]", _from_here(document["functions"], place))
        document["functions"] = {name: _kept(known.get(name, {}), new) for name, new in sorted(functions.items())}
        yield PolicyFile(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n", before)


def _from_here(value: Json, place: str) -> Json:
    """Places in remarks (`app/handler.py:7: …`) as they are seen from the file, wherever the scan began."""
    if isinstance(value, dict):
        return {name: _from_here(one, place) for name, one in value.items()}
    if isinstance(value, list):
        return [_from_here(one, place) for one in value]
    found = _PLACE.match(value) if isinstance(value, str) else None
    if found is None or not isinstance(value, str):
        return value
    return posixpath.relpath(found[1], place or ".") + value[found.end(1) :]


def _there(folder: Path, path: str) -> str | None:
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ConfigurationError(f"{path} leads out of {folder}", hint="a link? the file is not written")
    try:
        with target.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise ConfigurationError(f"{path} is larger than 4 MB")
    return data.decode("utf-8", "replace")


def _functions(text: str | None, path: str) -> dict[str, dict[str, Json]]:
    """The policies of a file by handler."""
    if text is None:
        return {}
    try:
        document = json.loads(text)
        functions = document.get("functions") if isinstance(document, dict) else None
        if not isinstance(functions, dict):
            raise PolicyError("has no functions")
        for name in functions:
            policy_from(document, name)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: {error}", hint="repair it, or remove it to have it made anew") from None
    return functions


def _kept(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json]:
    """The new policy with what a person decided in the old one."""
    rules = cast("dict[str, Json]", new.get("rules") or {})
    because = cast("dict[str, Json]", new.get("because") or {})
    chosen = cast("dict[str, Json]", old.get("rules") or {})
    before = cast("dict[str, Json]", old.get("because") or {}).get("observed")
    theirs = {
        name: mode
        for name, mode in chosen.items()
        if mode != "observe" or not isinstance(before, list) or name not in before
    }
    found: dict[str, Json] = {name: new.get(name) for name in _OURS}
    found["rules"] = {**rules, **theirs}
    for name in ("mode", "budgets", "also", "redaction", "responses", "signed", "sinks", "waf"):
        if name in old:
            found[name] = old[name]
        elif name in new:
            found[name] = new[name]
    found["because"] = {**because, **({"observed": [*sorted(rules)]} if rules else {})}
    return found


def write(files: Iterable[PolicyFile], folder: Path) -> None:
    """Write the files that differ, each whole or not at all.

    Raises `ConfigurationError` where one cannot be written, `EditError` where one has changed or leads elsewhere.
    """
    for one in files:
        target = folder / one.path
        if not one.differs:
            continue
        if one.before is not None:
            replace(folder, one.path, one.before.encode(), one.text.encode())
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(one.text)
        except OSError as error:
            raise ConfigurationError(f"{one.path} cannot be written: {error.strerror}") from None
