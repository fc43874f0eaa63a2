"""Where a path leads and which host a URL names, as the file system and browsers read them.

Sources: POSIX.1-2017, 4.13 Pathname Resolution; WHATWG URL Standard, "basic URL parser" (backslashes, white space and
credentials), RFC 3986, 3.2.
"""

from __future__ import annotations

import posixpath
import re

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")


def escapes(path: str, token: str, base: str) -> bool:
    """Whether the path, taken from `base`, ends below the root folder that only the payload names."""
    return "\0" not in path and normal(path, base).casefold().startswith(f"/{token}d/")


def normal(path: str, base: str) -> str:
    """The path from the root, without `.` and `..`."""
    whole = posixpath.normpath(posixpath.join(base, path.removeprefix("file://")))
    return re.sub(r"^//+", "/", whole)


def host(url: str) -> str | None:
    """The host of a URL, in lower case; None when it names none (a path, or no URL at all)."""
    text = "".join(char for char in url.strip() if char not in "\t\r\n").replace("\\", "/")
    match = _SCHEME.match(text)
    if match is not None:
        scheme = match.group()[:-1].lower()
        rest = text[match.end() :]
        if scheme not in {"http", "https", "ftp", "ws", "wss", "gopher", "redis"}:
            return None
        rest = rest.lstrip("/")
    elif text.startswith("//"):
        rest = text.lstrip("/")
    else:
        return None
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].lower() or None


def is_attackers(name: str | None, token: str) -> bool:
    """Whether a host lies in the domain of the token."""
    return name is not None and (name == f"{token}.test" or name.endswith(f".{token}.test"))
