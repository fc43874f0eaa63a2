"""A package's version, raised in a manifest: which bytes say it, and how the format spells the new one.

The entity of such a change is `package:PATH#ECOSYSTEM:NAME`, its path `("version",)`, its value the version. The file
is parsed again and the requirement found by its name and place. Nothing is edited whose hashes would then be wrong, and
no lock that records hashes: those are the package manager's to write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.edits.text import Text
from casemate.errors import EditError
from casemate.sources.lockfiles.formats import parser_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.dependency import PackageFile
    from casemate.model.finding import Change, Edit
    from casemate.model.location import Span

PREFIX = "package:"
_SINGLE = re.compile(r"(\^|~>|~=|~|===|==|>=|=|v)?([ \t]*)v?(\d[\w.!-]*(?:\+[\w.-]+)?)")
_WILD = re.compile(r"(?:==?[ \t]*)?(?:\d+(?:\.\d+)*\.)?[*xX](?:\.[*xX])*|latest|")
_PART = re.compile(r"(>=|<=|>|<|~=|!=|===|==|~>|\^|~|=)?[ \t]*v?(\d[\w.!+*-]*)")
_UPPER = frozenset({"<", "<=", "!="})
_CARET = frozenset({"package.json", "Cargo.toml"})
_LONGEST = 500
_NEAR = 4
"""Lines below a package's own in which its version may stand (an element of XML of its own)."""


def is_package(change: Change) -> bool:
    """Whether a change is about a version in a manifest."""
    return change.entity.startswith(PREFIX)


def entity_of(path: str, ecosystem: str, name: str) -> str:
    """The entity of a change to a package's version in a file."""
    return f"{PREFIX}{path}#{ecosystem}:{name}"


def lower(change: Change, read: Callable[[str], bytes | None], cause: Span | None = None) -> tuple[Edit, ...]:
    """The edit that writes the version. Raises `EditError` with the reason where none can be made."""
    path, _, rest = change.entity.removeprefix(PREFIX).rpartition("#")
    ecosystem, _, name = rest.partition(":")
    version = str(change.value)
    data = read(path)
    if data is None:
        raise EditError(f"{path} cannot be read")
    parse = parser_of(path) or parser_of("requirements.txt")
    file = parse(path, data) if parse is not None else None
    if file is None or file.partial is not None:
        raise EditError(f"{path} is not understood whole")
    written_at, is_version = _place(file, ecosystem, name, cause)
    text = Text(path, data, "json")  # line feeds end lines in all of these formats
    start, end = text.start(written_at), text.end(written_at)
    if not is_version:
        start, end = _searched(text, written_at, _written(file, ecosystem, name, cause), path)
    written = text.text[start:end]
    made = raised(written, version, caret=file.format in _CARET or _is_poetry(text, start))
    if made is None:
        raise EditError(f"{path}: the range {written[:60]!r} is not rewritten; write {version} by hand")
    return (text.edit(start, end, made),)


def _place(file: PackageFile, ecosystem: str, name: str, cause: Span | None) -> tuple[Span, bool]:
    """The place of the version's text, or of the package where the format's reader does not know it (False)."""
    for requirement in (*file.requirements, *file.managed):
        if requirement.package == (ecosystem, name) and (cause is None or requirement.at == cause):
            if requirement.hashes or requirement.digests:
                raise EditError(f"{file.path} records hashes of {name}, which the new version would not have")
            if requirement.source != "registry":
                raise EditError(f"{name} does not come from a registry")
            if requirement.version_at is not None:
                return requirement.version_at, True
            return requirement.at, False
    for locked in file.locked if file.format in {"go.mod", "packages.config"} else ():
        if locked.package == (ecosystem, name) and (cause is None or locked.at == cause):
            return locked.at, False
    raise EditError(f"{name} does not stand in {file.path}")


def _written(file: PackageFile, ecosystem: str, name: str, cause: Span | None) -> str:
    for requirement in (*file.requirements, *file.managed):
        if requirement.package == (ecosystem, name) and (cause is None or requirement.at == cause):
            return requirement.range
    return next((one.version for one in file.locked if one.package == (ecosystem, name)), "")


def _searched(text: Text, at: Span, written: str, path: str) -> tuple[int, int]:
    """Where a version stands in a package's own line, or a few below; it must stand there once."""
    if not written:
        raise EditError(f"{path}: no version is written there")
    start = text.start(at)
    last = min(at.end_line + _NEAR, text.line_of(len(text.text)))
    for line in range(at.end_line, last + 1):
        stop = text.end_of_line(line)
        found = [match.span() for match in re.finditer(r"(?<![\w.])v?" + re.escape(written) + r"(?![\w.])", text.text[
            start:stop])]  # fmt: skip
        if len(found) == 1:
            return start + found[0][0], start + found[0][1]
        if found:
            break
    raise EditError(f"{path}: the version {written[:40]} is set elsewhere")


def _is_poetry(text: Text, start: int) -> bool:
    """Whether the place lies in a table of Poetry, whose ranges are not those of PEP 440."""
    header = text.text.rfind("\n[", 0, start)
    return text.path.endswith("pyproject.toml") and text.text[header + 1 : header + 13] == "[tool.poetry"


def raised(written: str, version: str, *, caret: bool = False) -> str | None:
    """A range with its lower end at `version`, spelt as it was; None for one with alternatives or brackets.

    What kept newer versions out is dropped where it would keep this one out: the caller's scan proves what comes of it.
    """
    bare = written.strip()
    if len(bare) > _LONGEST:
        return None
    if _WILD.fullmatch(bare):
        return f"^{version}" if caret else f">={version}"
    single = _SINGLE.fullmatch(bare)
    if single is not None:
        return f"{single[1] or ''}{single[2]}{version}"
    if "||" in bare or bare[:1] in "[(" or " - " in bare:
        return None
    separator = "," if "," in bare else " "
    parts = [part.strip() for part in bare.split(separator) if part.strip()]
    matches = [_PART.fullmatch(part) for part in parts]
    if not matches or any(match is None for match in matches):
        return None
    kept = [f">={version}"]
    kept.extend(
        match[0]
        for match in matches
        if match is not None and match[1] in _UPPER and _allows(match[1], match[2], version)
    )
    return (separator if separator == " " or ", " not in bare else ", ").join(kept)


def _allows(comparator: str, bound: str, version: str) -> bool:
    """Whether an upper bound lets a version in, by its numbers; a bound with other things in it does not."""
    one, other = _numbers(bound), _numbers(version)
    if one is None or other is None:
        return False
    width = max(len(one), len(other))
    first, second = (*one, *[0] * (width - len(one))), (*other, *[0] * (width - len(other)))
    if comparator == "!=":
        return first != second
    return second < first or (comparator == "<=" and second == first)


def _numbers(text: str) -> tuple[int, ...] | None:
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() and len(part) < 10 for part in parts) else None
