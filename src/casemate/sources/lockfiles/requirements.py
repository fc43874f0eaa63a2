"""`requirements.txt`, as pip reads it (pip documentation, "Requirements File Format").

Lines joined by a backslash, comments, `-r`/`-c` includes, index options, `-e`, hashes, markers, URLs and paths.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import Include, Index, Package, PackageFile, Requirement
from casemate.model.record import replace
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.lockfiles.names import normalised
from casemate.sources.lockfiles.pep508 import MAX_LENGTH, requirement, source_of
from casemate.sources.lockfiles.places import Text, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import DependencyScope
    from casemate.model.diagnostic import Diagnostic

_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:[ \t=]+|(?<=-[rcife]))(.*)", re.DOTALL)
_HASH = re.compile(r"--hash[= ]\S+")
_PER_LINE = re.compile(r"[ \t](?:-C|--(?:hash|global-option|install-option|config-settings?))\b.*", re.DOTALL)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_WHEEL = re.compile(r"(?:^|/)([A-Za-z0-9][A-Za-z0-9._]*?)-(\d[^-/]*)-[^/]*\.whl")
_SDIST = re.compile(r"(?:^|/)([A-Za-z0-9][A-Za-z0-9._-]*?)-(\d[^-/]*?)\.(?:tar\.gz|zip|tar\.bz2)")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_DEVELOPMENT = re.compile(r"(^|[-_./])(dev|develop|development|test|tests|testing|lint|docs?|ci|qa|typing)([-_./]|$)")
_MAX_LINES = 50_000


def parse(path: str, data: bytes) -> PackageFile:
    """A requirements or constraints file."""
    text, diagnostics = opened(path, data)
    found = _Reader(text, list(diagnostics), _scope(path))
    for line, start in _logical_lines(text):
        found.line(line, start)
    return PackageFile(
        path=path,
        format="requirements",
        role="manifest",
        ecosystem="PyPI",
        requirements=tuple(found.requirements),
        indexes=tuple(found.indexes),
        includes=tuple(found.includes),
        diagnostics=tuple(found.diagnostics),
        partial=found.partial,
    )


def _scope(path: str) -> DependencyScope:
    last = "/".join(path.lower().split("/")[-2:])
    name = last.rpartition("/")[2] if not last.startswith("requirements/") else last
    return "development" if _DEVELOPMENT.search(name.replace("requirements", "").rsplit(".", 1)[0]) else "runtime"


def _logical_lines(text: Text) -> Iterator[tuple[str, int]]:
    """(text, offset) of each logical line. A joined line keeps its length, so that offsets stay true."""
    pending, start = "", 0
    offset = 0
    for number, line in enumerate(text.text.split("\n")):
        if number > _MAX_LINES:
            return
        bare = line.rstrip("\r")
        if not pending:
            start = offset
        if bare.rstrip().endswith("\\") and not bare.lstrip().startswith("#"):
            pending += bare.rstrip()[:-1] + " " * (len(line) - len(bare.rstrip()) + 2)
        else:
            whole = pending + bare
            pending = ""
            stripped = _COMMENT.sub("", whole)
            lead = len(stripped) - len(stripped.lstrip())
            if stripped.strip():
                yield stripped.strip(), start + lead
        offset += len(line) + 1
    if pending.strip():
        yield pending.strip(), start


class _Reader:
    def __init__(self, text: Text, diagnostics: list[Diagnostic], scope: DependencyScope) -> None:
        self.text = text
        self.diagnostics = diagnostics
        self.scope: DependencyScope = scope
        self.requirements: list[Requirement] = []
        self.indexes: list[Index] = []
        self.includes: list[Include] = []
        self.partial: str | None = None

    def line(self, line: str, start: int) -> None:
        if line.startswith("-"):
            self._option(line, start)
            return
        hashes = _HASH.search(line) is not None
        bare = _PER_LINE.sub("", line).rstrip()
        found = requirement(self.text, bare, start, self.scope, hashes=hashes) or self._reference(bare, start, hashes)
        if found is not None:
            digests = digests_of(_HASH.findall(line)) if hashes else ()
            self.requirements.append(replace(found, digests=digests) if digests else found)
        else:
            self._not_understood(bare, start)

    def _option(self, line: str, start: int) -> None:
        match = _OPTION.match(line)
        if match is None:
            return
        name, value = match[1], match[2].strip().strip("\"'")
        at = self.text.span(start, start + len(line))
        if name in {"-r", "--requirement", "-c", "--constraint"}:
            self.includes.append(Include(value, name in {"-c", "--constraint"}, at))
        elif name in {"-i", "--index-url", "--extra-index-url"}:
            self.indexes.append(Index(value, name == "--extra-index-url", at))
        elif name in {"-f", "--find-links"}:
            self.indexes.append(Index(value, extra=True, at=at, name="find-links"))
        elif name in {"-e", "--editable"}:
            found = requirement(self.text, value, start) or self._reference(value, start, hashes=False)
            if found is not None:
                self.requirements.append(found)

    def _reference(self, value: str, start: int, hashes: bool) -> Requirement | None:  # noqa: FBT001
        """A URL or a path instead of a name: named by its `#egg=`, or by the name of its archive."""
        if len(value) > MAX_LENGTH:
            return None
        bare = value.partition(" ;")[0].strip()
        if "/" not in bare and not bare.startswith(".") and not bare.endswith((".whl", ".zip", ".tar.gz")):
            return None
        egg = _EGG.search(bare)
        archive = _WHEEL.search(bare.partition("#")[0]) or _SDIST.search(bare.partition("#")[0])
        name = egg[1] if egg else archive[1] if archive else None
        at = self.text.span(start, start + len(value))
        if name is None:
            if source_of(bare) == "path":
                return None  # a folder of the project itself: no third party's code
            name = bare.partition("#")[0].partition("?")[0].rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
            name = name.partition("@")[0] or "unnamed"
        version = archive[2] if archive and not egg else None
        return Requirement(
            package=Package("PyPI", normalised("PyPI", name)),
            spelled=name,
            range=f"=={version}" if version else "",
            exact=version,
            at=at,
            scope=self.scope,
            source=source_of(bare),
            url=bare,
            hashes=hashes or "sha256=" in bare,
        )

    def _not_understood(self, bare: str, start: int) -> None:
        if bare.startswith((".", "/", "file:")):
            return
        self.partial = "a line is no requirement"
        shown = bare[:60]
        at = self.text.span(start, start + len(bare))
        self.diagnostics.append(self.text.note("requirement-syntax", f"not a requirement: {shown!r}", at))
