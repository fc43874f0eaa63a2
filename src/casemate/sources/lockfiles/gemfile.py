"""`Gemfile` and `gems.rb`: the lines `gem "name", "range", …` as they are written.

A Gemfile is a program in Ruby, which is not run: only calls of `gem` whose arguments are plain texts are read, with the
groups around them; whatever else stands there makes the file partial. Source: Bundler, "Gemfile".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.dependency import Index, Package, PackageFile, Requirement
from casemate.model.pattern import late
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    import re

    from casemate.model.dependency import DependencyScope, SourceKind
    from casemate.sources.lockfiles.places import Text

_GEM = late(r"""[ \t]{0,80}gem[ \t]{0,20}\(?[ \t]{0,20}(["'])([\w.-]{1,200})\1[ \t]{0,20}(.*)""")
_RANGES = late(r"""[ \t]*,[ \t]*(["'])([^"'#\n]{1,100})\1""")
_SOURCE = late(r"""[ \t]{0,80}source[ \t]{0,20}\(?[ \t]{0,20}(["'])([^"'\n]{1,500})\1""")
_GROUP = late(r"[ \t]{0,80}group[ \t]{0,20}\(?[ \t]{0,20}(.{1,200}?)\)?[ \t]{1,20}do[ \t]{0,20}")
_OPENS = late(
    r"(?:^|[ \t])do(?:[ \t]{1,20}\|[^|\n]{0,200}\|)?$|^[ \t]{0,80}(?:if|unless|case|begin|def|class|module|while)\b"
)
_OWN = late(r"\b(?:git|github|path|gist|bitbucket)[ \t]*(?::|=>)|:(?:git|github|path)[ \t]*=>")
_DEVELOPMENT = late(r":?(?:development|test|ci|lint|docs?)\b")
_QUIET = ("#", "ruby ", "ruby(", "end", "git_source", "plugin ", "gemspec", "source", "platform", "]", ")")
_MAX_LINES = 20_000


def parse(path: str, data: bytes) -> PackageFile:
    """The manifest."""
    text, diagnostics = opened(path, data)
    requirements: list[Requirement] = []
    indexes: list[Index] = []
    scopes: list[DependencyScope] = []
    partial: str | None = None
    offset = 0
    for line in text.text.split("\n")[:_MAX_LINES]:
        begin, offset = offset, offset + len(line) + 1
        bare = line.rstrip().partition(" #")[0]
        stripped = bare.strip()
        if not stripped:
            continue
        gem, source, group = _GEM.match(bare), _SOURCE.match(bare), _GROUP.fullmatch(bare)
        if gem is not None:
            requirements.append(_requirement(text, gem, begin, len(bare), scopes[-1] if scopes else "runtime"))
        elif source is not None:
            at = text.span(begin + source.start(2), begin + source.end(2))
            indexes.append(Index(source[2], bool(indexes), at, explicit=bare.endswith("do")))
        if _OPENS.search(bare):
            outer: DependencyScope = scopes[-1] if scopes else "runtime"
            scopes.append("development" if group is not None and _DEVELOPMENT.search(group[1]) else outer)
            if group is None and source is None and not stripped.startswith(_QUIET):
                partial = "holds code, which is not run"
        elif stripped == "end" and scopes:
            scopes.pop()
        elif gem is None and source is None and not stripped.startswith(_QUIET):
            partial = "holds code, which is not run"
    return PackageFile(
        path=path, format="Gemfile", role="manifest", ecosystem="RubyGems", requirements=tuple(requirements),
        indexes=tuple(indexes), diagnostics=diagnostics, partial=partial,
    )  # fmt: skip


def _requirement(text: Text, gem: re.Match[str], begin: int, length: int, scope: DependencyScope) -> Requirement:
    rest, start = gem[3], gem.start(3)
    ranges: list[str] = []
    first, last, position = -1, -1, 0
    while (found := _RANGES.match(rest, position)) is not None:
        ranges.append(found[2].strip())
        first = found.start(2) if first < 0 else first
        last, position = found.end(2), found.end()
    kind: SourceKind = "git" if _OWN.search(rest) else "registry"
    range_ = ", ".join(ranges)
    exact = range_.removeprefix("=").strip() if len(ranges) == 1 and range_[:1] in "=0123456789" else None
    one = len(ranges) == 1
    return Requirement(
        package=Package("RubyGems", gem[2]), spelled=gem[2], range=range_, exact=exact,
        at=text.span(begin + gem.start() + len(gem[0]) - len(gem[0].lstrip()), begin + length),
        version_at=text.span(begin + start + first, begin + start + last) if one else None,
        scope="development" if _DEVELOPMENT.search(rest.partition("group")[2]) else scope, source=kind,
    )  # fmt: skip
