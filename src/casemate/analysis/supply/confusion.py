"""Where packages come from: addresses, and whether what stands there can change or be exchanged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from casemate.model.dependency import Dependency

_PUBLIC = frozenset({
    "pypi.org", "test.pypi.org", "pypi.python.org", "download.pytorch.org", "pypi.nvidia.com", "pypi.ngc.nvidia.com",
    "data.pyg.org", "wheels.vllm.ai", "pypi.anaconda.org", "www.piwheels.org", "piwheels.org",
})  # fmt: skip
"""Indexes that anybody can read: nobody's internal names are looked up there, though theirs can be taken on PyPI."""
_COMMIT = re.compile(r"[@#/][0-9a-f]{40}(?:[0-9a-f]{24})?(?:$|[#&?])")
_PLAIN = ("http://", "git://", "git+http://", "git+git://", "svn://", "svn+http://", "hg+http://", "ftp://")


def host(url: str) -> str:
    """The host of an address, without credentials; the start of what is no address."""
    bare = url.partition("+")[2] if url.startswith(("git+", "hg+", "svn+", "bzr+")) else url
    try:
        found = urlsplit(bare).hostname
    except ValueError:
        found = None
    if found:
        return found
    return re.sub(r"^[^@/\s]*@", "", bare).partition("#")[0][:60]


def public(url: str) -> bool:
    """Whether it is a registry that anybody can read."""
    return host(url) in _PUBLIC


def plain(url: str) -> bool:
    """Whether what is fetched can be exchanged on the way: no TLS, and not this machine."""
    return url.startswith(_PLAIN) and host(url) not in {"localhost", "127.0.0.1", "::1"}


def is_fixed(dependency: Dependency) -> bool:
    """Whether a git source names a commit, in the manifest or in the lock."""
    urls = [dependency.url, dependency.requirement.url if dependency.requirement else ""]
    if dependency.locked is not None:
        urls.append(dependency.locked.url)
        if dependency.source == "git" and dependency.lock and not dependency.lock.endswith("package.json"):
            return True  # a lock always records the commit
    return any(_COMMIT.search(url) for url in urls)
