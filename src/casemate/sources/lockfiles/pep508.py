"""One Python requirement (PEP 508) at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.dependency import Package, Requirement
from casemate.sources.lockfiles.names import normalised

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope, SourceKind
    from casemate.model.location import Span
    from casemate.sources.lockfiles.places import Text

MAX_LENGTH = 4_000


def requirement(
    text: Text,
    written: str,
    start: int,
    scope: DependencyScope = "runtime",
    *,
    hashes: bool = False,
    index: str | None = None,
) -> Requirement | None:
    """The requirement that is written at an offset; None when it is none."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    if len(written) > MAX_LENGTH:
        return None
    try:
        parsed = Parsed(written)
    except InvalidRequirement:
        return None
    range_ = str(parsed.specifier)
    url = parsed.url or ""
    at = text.span(start, start + len(written.rstrip()))
    return Requirement(
        package=Package("PyPI", normalised("PyPI", parsed.name)),
        spelled=parsed.name,
        range=range_,
        at=at,
        exact=exact(range_),
        version_at=_version_span(text, written, start, parsed.name) if range_ else None,
        scope=scope,
        source=source_of(url),
        url=url,
        marker=str(parsed.marker or ""),
        extras=tuple(sorted(parsed.extras)),
        hashes=hashes,
        index=index,
    )


def exact(range_: str) -> str | None:
    """The one version that specifiers allow: `==1.2` or `===1.2`, without a wildcard."""
    if "," in range_ or not range_.startswith("==") or range_.endswith(".*"):
        return None
    return range_.lstrip("=").strip() or None


def source_of(url: str) -> SourceKind:
    """Where a direct reference leads."""
    if not url:
        return "registry"
    if url.startswith(("git+", "git://", "git@", "hg+", "svn+", "bzr+", "ssh://")) or url.endswith(".git"):
        return "git"
    return "url" if "://" in url and not url.startswith("file:") else "path"


def _version_span(text: Text, written: str, start: int, name: str) -> Span | None:
    rest = written[len(name) :]
    first = next((place for place, char in enumerate(rest) if char in "=<>!~"), None)
    if first is None:
        return None
    stop = len(rest)
    for mark in (";", " #", ")", " --hash", " \\"):
        found = rest.find(mark, first)
        stop = found if 0 <= found < stop else stop
    begin = start + len(name) + first
    return text.span(begin, begin + len(rest[first:stop].rstrip()))
