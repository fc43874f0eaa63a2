"""What stands behind a name in `package.json` (npm documentation, "package.json"; the protocols of pnpm and yarn)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from casemate.model.dependency import SourceKind

_EXACT = re.compile(r"[v=]{0,2}\s*(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)")
_GITHUB = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(?:#.*)?")
_GIT = ("git+", "git://", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "ssh://")
_LOCAL = ("file:", "link:", "portal:", "workspace:", "./", "../", "/", "~/", "exec:")
_COMMIT = re.compile(r"#[0-9a-f]{40}$")


class Spec(NamedTuple):
    """`name`: the package that is really installed, when the given name is an alias; `tag`: a dist-tag (`latest`)."""

    source: SourceKind
    range: str
    exact: str | None
    url: str = ""
    name: str | None = None
    tag: str | None = None


def spec(text: str) -> Spec:
    """Take a specification apart."""
    value = text.strip()
    if value.startswith("npm:"):
        name, at, range_ = value[4:].rpartition("@")
        if not at or not name:
            return Spec("registry", "", None, name=value[4:])
        return spec(range_)._replace(name=name)
    if value.startswith("patch:"):
        inner = value[6:].partition("#")[0].replace("%3A", ":")
        return spec(inner.rpartition("@")[2])
    if value.startswith(_LOCAL) and not value.startswith("//"):
        return Spec("path", "", None, value)
    if value.startswith(_GIT) or re.match(r"https?://[^#]*\.git(#|$)", value):
        return Spec("git", "", None, value)
    if value.startswith(("http://", "https://")):
        return Spec("url", "", None, value)
    if _GITHUB.fullmatch(value) and not value.startswith("@"):
        return Spec("git", "", None, f"github:{value}")
    if value.startswith("catalog:"):
        return Spec("registry", "", None, tag=value)
    found = _EXACT.fullmatch(value)
    if found:
        return Spec("registry", value, found[1])
    if value and value[0].isalpha() and value[0] not in "vxX":
        return Spec("registry", "", None, tag=value)
    return Spec("registry", value, None)


def name_and_version(text: str) -> tuple[str, str]:
    """`@scope/name@1.2.3` as its two parts.

    >>> name_and_version("@a/b@1.0.0")
    ('@a/b', '1.0.0')
    """
    name, _, version = text[1:].partition("@")
    return text[:1] + name, version
