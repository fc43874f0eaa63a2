"""Secrets and cryptographic keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.setting import Setting
    from casemate.model.value import Value

SecretKind = Literal["secret", "parameter", "vault-secret", "template-parameter", "credential"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secret(Entity):
    """A secret in a manager, a configuration parameter, or a credential of a service (a database password).

    `value`: what the template writes into it, or None when it is generated or filled elsewhere; `encrypted`: False
    for a plain `String` parameter;
    `customer_key`: a key of the customer; `rotated`: automatic rotation is set up; `expires`: an expiry date is set.
    """

    kind: SecretKind
    value: Value | None
    encrypted: Setting[bool]
    customer_key: Setting[bool] | None = None
    rotated: Setting[bool] | None = None
    expires: Setting[bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Key(Entity):
    """An encryption key or a vault of keys. `rotation`: automatic rotation; `symmetric`: only these rotate (in AWS).

    `deletion_days`: waiting
    period; `expires`: an expiry date is set (Azure).
    """

    kind: Literal["key", "vault"]
    rotation: Setting[bool] | None
    symmetric: Setting[bool]
    deletion_days: Setting[int] | None = None
    purge_protected: Setting[bool] | None = None
    network_restricted: Setting[bool] | None = None
    expires: Setting[bool] | None = None
