"""Which service a value belongs to, by the service's name nearby and the shape of its keys."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from casemate.analysis.secrets.kinds import Service, catalogue
from casemate.analysis.secrets.kinds.template import read
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random

SHORTEST_INSIDE = 5
"""A shorter name of a service must stand as a word of its own: `box` is in many words."""
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_JOIN = re.compile(r"[\s_.\-]+")


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, list[Service]], Any]:
    """Name -> services; one pattern that finds any name."""
    import re2

    names: dict[str, list[Service]] = {}
    for service in catalogue().services:
        for name in service.names:
            names.setdefault(name, []).append(service)
    longest_first = sorted(names, reverse=True)  # of two where one begins the other, too: RE2 joins what begins alike
    return names, re2.compile("|".join(longest_first))


@lru_cache(maxsize=4096)
def _shapes(shapes: tuple[str, ...]) -> Any:  # noqa: ANN401 - re2 has no types
    """What the keys of a service look like, compiled when its name is met."""
    import re2

    return re2.compile("|".join(f"(?:{read(shape).pattern})" for shape in shapes))


def service_of(context: str, value: str, *, alone: bool = False, known: bool = False) -> Service | None:
    """The service that `context` (the text before the value, name included) speaks of and whose keys look like `value`.

    With `alone`, only services whose name is enough. A generated value of a length that none of their keys is known to
    have may still be one of theirs: formats change, and documentation lags behind. Not with `known`.
    """
    names, finder = _table()
    glued = _JOIN.sub("", context).lower()
    met = dict.fromkeys(finder.findall(glued))
    if not met:
        return None
    words = {word.lower() for word in _PART.findall(context)}
    nearly: Service | None = None
    for name in met:
        if len(name) < SHORTEST_INSIDE and name not in words and not (len(name) > 2 and glued.startswith(name)):
            continue
        for service in names[name]:
            if (service.alone or not alone) and _shapes(service.shapes).fullmatch(value):
                return service
            if nearly is None and not known and service.alone and len(name) > SHORTEST_INSIDE and name not in _ORDINARY:
                nearly = service
    if nearly is None or len(value) < _LONG or (len(value) % 2 and is_hexadecimal(value)):
        return None
    return nearly if is_random(value[:200], 5.4) else None


_LONG = 32
_ORDINARY = frozenset({
    "branch", "segment", "github", "gitlab", "docker", "google", "amazon", "metadata", "travel", "outreach", "sketch",
    "framer", "pocket", "harvest", "forecast", "buffer", "smooth", "column", "window", "scout", "bounce", "hunter",
    "screen", "router", "numbers", "genius", "medium", "static", "mirror", "render", "packet", "nimble", "webhook",
    "toggle", "bundle", "reader", "memory", "string", "system", "phrase", "cookie", "verify", "script", "terraform",
    "moderation", "particle", "shortcut", "workday", "abstract", "harness", "imperva", "insight", "station", "closeio",
    "persona", "pendulum", "statuspage", "optimizely", "linear", "notion", "monday", "confluence", "alchemy", "reddit",
    "verifier", "resolve", "bamboo", "jenkins", "raygun", "sentry", "papertrail", "postman", "stitch", "bandwidth",
    "facebook", "youtube", "twitter", "spotify", "weather", "checkout", "gemini", "polygon", "insomnia", "mollie",
    "circle", "cognito", "loader", "adjust", "semaphore", "chatbot", "libraries", "iterable", "stability", "blockchain",
    "timely", "debounce", "campaign", "privacy", "manifest", "coherent",
})  # fmt: skip
"""Names that are also words of programs: they count only beside a word such as `key`."""


@lru_cache(maxsize=1)
def lone_names() -> tuple[str, ...]:
    """Names that are enough by themselves, for the pattern that looks for them."""
    found = {
        name
        for service in catalogue().services
        if service.alone
        for name in service.names
        if len(name) > SHORTEST_INSIDE and name not in _ORDINARY
    }
    return tuple(sorted(found, reverse=True))
