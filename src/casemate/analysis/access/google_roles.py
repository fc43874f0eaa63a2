"""What Google's predefined and basic roles grant.

Source: "IAM roles and permissions index" (https://cloud.google.com/iam/docs/roles-permissions), as Google's API lists
them; compiled by `scripts/build_cloud_roles.py`, one service at a time is read after the first question.
"""

from __future__ import annotations

from functools import lru_cache

from casemate.analysis.access.data import archive

_FILE = "google_roles.dat"
_PREFIX = "roles/"


def edition() -> str:
    """Which release the list is."""
    header = archive(_FILE).header
    return f"{header['source']} of {header['date']}"


@lru_cache(maxsize=256)
def predefined(role: str) -> frozenset[str] | None:
    """The permissions of `roles/run.admin`; None when it is no predefined role (a custom one, a service agent)."""
    name = role.removeprefix(_PREFIX)
    if name == role or "/" in name:
        return None
    grouped = _service(name.partition(".")[0]).get(name)
    if grouped is None:
        return None
    return frozenset(
        f"{kind}.{verb}"
        for kind, _, verbs in (part.partition(":") for part in grouped.split(";"))
        for verb in verbs.split(",")
    )


def roles_of(service: str) -> tuple[str, ...]:
    """The predefined roles of a service (`storage`), as `roles/storage.objectViewer`, sorted."""
    return tuple(sorted(f"{_PREFIX}{name}" for name in _service(service)))


@lru_cache(maxsize=64)
def _service(prefix: str) -> dict[str, str]:
    if prefix not in archive(_FILE).index:
        return {}
    found: dict[str, str] = archive(_FILE).load(prefix)
    return found
