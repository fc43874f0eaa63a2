"""`setup.cfg`: `[options] install_requires` and `[options.extras_require]` (setuptools, "Declarative config")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.dependency import PackageFile, Requirement
from casemate.sources.lockfiles.pep508 import requirement
from casemate.sources.lockfiles.places import opened

if TYPE_CHECKING:
    from casemate.model.dependency import DependencyScope

_SECTION = re.compile(r"\[([^\]]{1,200})\]")
_KEY = re.compile(r"([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(.*)")


def parse(path: str, data: bytes) -> PackageFile:
    """The requirements; nothing from a file that configures other tools only."""
    text, diagnostics = opened(path, data)
    found: list[Requirement] = []
    section, scope = "", None
    offset = 0
    for line in text.text.split("\n"):
        bare = line.rstrip("\r")
        stripped = bare.strip()
        begin = offset + len(bare) - len(bare.lstrip())
        offset += len(line) + 1
        if not stripped or stripped.startswith(("#", ";")):
            continue
        header = _SECTION.fullmatch(stripped)
        if header and not bare[:1].isspace():
            section, scope = header[1], None
            continue
        key = _KEY.fullmatch(bare) if not bare[:1].isspace() else None
        if key:
            scope = _scope(section, key[1])
            stripped, begin = key[2].strip(), begin + key.start(2)
        if scope is not None and stripped:
            for piece in stripped.split("\n"):
                one = requirement(text, piece.partition(" #")[0].strip(), begin, scope)
                if one is not None:
                    found.append(one)
    return PackageFile(
        path=path,
        format="setup.cfg",
        role="manifest",
        ecosystem="PyPI",
        requirements=tuple(found),
        diagnostics=diagnostics,
    )


def _scope(section: str, key: str) -> DependencyScope | None:
    if section == "options":
        return {"install_requires": "runtime", "setup_requires": "build", "tests_require": "development"}.get(key)  # type: ignore[return-value]
    return "optional" if section == "options.extras_require" else None
