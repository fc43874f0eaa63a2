"""Things that keep or carry data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.function import Cors
    from casemate.model.setting import Setting

StoreKind = Literal[
    "bucket", "table", "queue", "topic", "stream", "delivery-stream", "bus", "database", "warehouse", "cache",
    "search-domain", "log-group",
    "file-system", "volume", "registry", "repository", "document-store", "storage-account", "container", "share",
    "ledger", "broker", "object",
]  # fmt: skip
Encryption = Literal["none", "default", "service", "customer"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Store(Entity):
    """A bucket, table, queue, topic, stream, bus, database, cache, log group, file system, volume or registry.

    Every setting is None where the kind has no such thing. `service`: the cloud's service (`s3`, `dynamodb`, `rds`,
    `sqs`, …).
    `encryption`: `none` = stored in clear; `default` = the service encrypts by itself with its own key; `service` =
    asked for, with a key of
    the cloud; `customer` = with the customer's key. `transit`: encryption in transit is enforced or available as
    required.
    `public`: reachable without authentication by declaration (ACL, public access level, allUsers);
    `publicly_routable`: has an address on the
    internet; `backup`: point-in-time or automatic backups; `retention_days`: None = kept for ever; `authenticated`:
    clients must authenticate;
    `website`: it is served as a web site; `written_by_all`: everybody may also write; `delivers_in_clear`: what it
    sends on goes over plain HTTP, one setting a subscription.
    """

    kind: StoreKind
    service: str
    encryption: Setting[Encryption] | None = None
    transit: Setting[bool] | None = None
    minimum_tls: Setting[str | None] | None = None
    public: Setting[bool] | None = None
    public_blocked: Setting[bool] | None = None
    publicly_routable: Setting[bool] | None = None
    network_restricted: Setting[bool] | None = None
    authenticated: Setting[bool] | None = None
    shared_key_access: Setting[bool] | None = None
    versioned: Setting[bool] | None = None
    backup: Setting[bool] | None = None
    deletion_protected: Setting[bool] | None = None
    logging: Setting[bool] | None = None
    retention_days: Setting[int | None] | None = None
    dead_letter: Setting[bool] | None = None
    immutable_tags: Setting[bool] | None = None
    scan_on_push: Setting[bool] | None = None
    password: Setting[str] | None = None
    cors: Cors | None = None
    website: Setting[bool] | None = None
    written_by_all: Setting[bool] | None = None
    delivers_in_clear: tuple[Setting[bool], ...] = ()

    @property
    def kind_label(self) -> str:
        """The kind itself."""
        return self.kind
