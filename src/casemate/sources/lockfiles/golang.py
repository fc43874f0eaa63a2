"""Go: `go.mod` (Go Modules Reference, "go.mod files"), with `go.sum` for the hashes.

`go.mod` is both manifest and lock: minimal version selection takes exactly the versions that it lists, replaced ones
replaced (since Go 1.17 it lists the indirect ones too).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Locked, Package, PackageFile
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.lockfiles.places import Text

_REQUIRE = re.compile(r'"?([^\s"]+)"?[ \t]+"?(v[^\s"/]+)"?')
_REPLACE = re.compile(r'"?([^\s"]+)"?(?:[ \t]+(v\S+))?[ \t]+=>[ \t]+"?([^\s"]+)"?(?:[ \t]+"?(v[^\s"]+)"?)?')
_DIRECTIVE = re.compile(r"(require|replace|exclude|retract|module|go|toolchain|tool|godebug|ignore)\b[ \t]*(.*)")


def parse(path: str, data: bytes) -> PackageFile:
    """`go.mod`, or `go.sum` (only its hashes: it may list versions that are not used)."""
    text, diagnostics = opened(path, data)
    if path.endswith(".sum"):
        return PackageFile(
            path=path, format="go.sum", role="lock", ecosystem="Go", locked=tuple(_sums(text)), diagnostics=diagnostics
        )
    required: dict[str, tuple[str, Span, bool]] = {}
    replaced: dict[tuple[str, str], tuple[str, str, Span]] = {}
    go: tuple[str, Span] | None = None
    module = None
    for directive, rest, comment, at in _lines(text):
        if directive == "require" and (found := _REQUIRE.fullmatch(rest)):
            required[found[1]] = (found[2], at, "indirect" not in comment)
        elif directive == "replace" and (swap := _REPLACE.fullmatch(rest)):
            replaced[swap[1], swap[2] or ""] = (swap[3], swap[4] or "", at)
        elif directive == "toolchain" and rest.startswith("go1"):
            go = (rest.removeprefix("go").strip(), at)
        elif directive == "go" and go is None:
            go = (rest.strip(), at)
        elif directive == "module":
            module = rest.strip().strip('"')
    locked = [_locked(name, entry, replaced) for name, entry in required.items()]
    if go is not None and re.fullmatch(r"\d+\.\d+(?:\.\d+|rc\d+)?", go[0]):
        locked.append(_toolchain(*go))
    return PackageFile(
        path=path,
        format="go.mod",
        role="lock",
        ecosystem="Go",
        locked=tuple(locked),
        diagnostics=diagnostics,
        name=module,
    )


def _lines(text: Text) -> Iterator[tuple[str, str, str, Span]]:
    """(directive, rest, comment, place) of each line, blocks taken apart."""
    block = None
    offset = 0
    for line in text.text.split("\n"):
        body, _, comment = line.rstrip("\r").partition("//")
        stripped = body.strip()
        begin = offset + len(body) - len(body.lstrip())
        at = text.span(begin, begin + len(stripped))
        offset += len(line) + 1
        if not stripped:
            continue
        if block is not None:
            if stripped == ")":
                block = None
            else:
                yield block, stripped, comment, at
            continue
        found = _DIRECTIVE.fullmatch(stripped)
        if found is None:
            continue
        if found[2] == "(":
            block = found[1]
        else:
            yield found[1], found[2], comment, at


def _locked(name: str, entry: tuple[str, Span, bool], replaced: dict[tuple[str, str], tuple[str, str, Span]]) -> Locked:
    version, at, direct = entry
    swap = replaced.get((name, version)) or replaced.get((name, ""))
    source = "registry"
    url = ""
    if swap is not None:
        target, wanted, at = swap
        if target.startswith((".", "/")) or not wanted:
            source, url = "path", target
        else:
            name, version = target, wanted
    return Locked(
        package=Package("Go", name),
        spelled=name,
        version=version.removeprefix("v"),
        at=at,
        direct=direct,
        source="path" if source == "path" else "registry",
        url=url,
    )


def _toolchain(version: str, at: Span) -> Locked:
    """The standard library, which advisories call `stdlib`: at least the version that `go` or `toolchain` names."""
    return Locked(package=Package("Go", "stdlib"), spelled="stdlib", version=version, at=at, direct=True)


def _sums(text: Text) -> Iterator[Locked]:
    offset = 0
    for line in text.text.split("\n"):
        parts = line.split()
        if len(parts) == 3 and not parts[1].endswith("/go.mod") and parts[2].startswith("h1:"):
            at = text.span(offset, offset + len(parts[0]))
            yield Locked(
                package=Package("Go", parts[0]),
                spelled=parts[0],
                version=parts[1].removeprefix("v"),
                at=at,
                integrity=True,
            )
        offset += len(line) + 1
