"""What Azure's built-in roles grant.

Source: "Azure built-in roles" (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles), as Azure's
API lists them; compiled by `scripts/build_cloud_roles.py`, read when the first role is asked for.
"""

from __future__ import annotations

from functools import lru_cache

from casemate.analysis.access.data import archive
from casemate.model.record import dataclass

_FILE = "azure_roles.dat"


@dataclass(frozen=True, slots=True)
class AzureRole:
    """One role: what it allows in the control plane and on data, each with what is taken out again."""

    id: str
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]


def edition() -> str:
    """Which release the list is."""
    header = archive(_FILE).header
    return f"{header['source']} of {header['date']}"


@lru_cache(maxsize=1)
def _roles() -> dict[str, list[str | list[str]]]:
    found: dict[str, list[str | list[str]]] = archive(_FILE).load("roles")
    return found


@lru_cache(maxsize=1)
def _names_by_id() -> dict[str, str]:
    return {str(row[0]): name for name, row in _roles().items()}


def built_in(role: str) -> AzureRole | None:
    """The role of that name or id, also as `/subscriptions/…/roleDefinitions/ID`; None when it is no built-in role."""
    key = role.rpartition("/")[2].strip().lower()
    row = _roles().get(key) or _roles().get(_names_by_id().get(key, ""))
    return None if row is None else _role(row)


@lru_cache(maxsize=1)
def every_role() -> tuple[AzureRole, ...]:
    """All of them, by name."""
    return tuple(_role(row) for _, row in sorted(_roles().items()))


def _role(row: list[str | list[str]]) -> AzureRole:
    identifier, name, *parts = row
    lists = [tuple(part) if isinstance(part, list) else () for part in parts]
    return AzureRole(str(identifier), str(name), *lists)
