"""Cloud SQL, BigQuery, Memorystore, Spanner, Firestore.

Sources: Google Cloud documentation, "Configure SSL/TLS certificates" (ssl_mode), "Authorize with authorized
networks", "About Cloud SQL backups", "BigQuery: control access to datasets", "Memorystore in-transit encryption";
Terraform google provider for names and defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.google.access import PUBLIC, public_grant
from casemate.inventory.google.entity import about, by_key
from casemate.inventory.google.storage import granted
from casemate.inventory.logic import fixed
from casemate.inventory.reading import Props, as_text
from casemate.model.secret import Secret
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.store import Store
from casemate.model.value import Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource

_IP = "settings.ip_configuration"
_OPEN = frozenset({"0.0.0.0/0", "::/0"})


def sql(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_sql_database_instance`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="database",
        service="sql",
        encryption=by_key(props, "encryption_key_name"),
        transit=_transit(props),
        publicly_routable=props.flag(f"{_IP}.ipv4_enabled", True, "ipv4_enabled: true unless set"),
        network_restricted=_restricted(props),
        authenticated=fixed("authentication", resource.at, True, "the server always asks for a login"),
        backup=props.flag("settings.backup_configuration.enabled", False, "backups are off unless turned on"),
        deletion_protected=props.flag("deletion_protection", True, "deletion_protection: true unless set"),
    )
    yield from _credential(resource, context, "root_password")


def _transit(props: Props) -> Setting[bool]:
    if props.find(f"{_IP}.ssl_mode") is not None:
        return props.read(f"{_IP}.ssl_mode", _is_encrypted_only, False)
    return props.flag(f"{_IP}.require_ssl", False, "plain connections are accepted unless ssl_mode says otherwise")


def _is_encrypted_only(value: Value) -> bool:
    return as_text(value).upper() in {"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}


def _restricted(props: Props) -> Setting[bool]:
    """No authorised network is the whole internet; without any, the address is reached through the proxy only."""
    for network in props.sections(f"{_IP}.authorized_networks"):
        value = network.find("value")
        if value is not None and text_of(value) in _OPEN:
            return Declared(f"{_IP}.authorized_networks", value.at, False)
    return fixed(f"{_IP}.authorized_networks", props.at, True, "closed but for the authorised networks")


def sql_user(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_sql_user`."""
    yield from _credential(resource, context, "password")


def _credential(resource: Resource, context: Context, path: str) -> Iterator[Entity]:
    value = resource.properties.get(path)
    if value is not None and display(value):
        shared = about(resource, context, "credential", at=context.props(resource).key_at(path))
        yield Secret(
            **shared, kind="credential", value=value, encrypted=fixed(path, value.at, True, "kept by the service")
        )


def dataset(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_bigquery_dataset`."""
    props = context.props(resource)
    public: Setting[bool] = granted(resource, context, "google_bigquery_dataset")
    for entry in props.sections("access"):
        for path in ("special_group", "iam_member"):
            value = entry.find(path)
            if value is not None and display(value) in PUBLIC:
                public = Declared(f"access.{path}", value.at, True)
    for other in context.referrers(resource.key, "google_bigquery_dataset_access"):
        for path in ("special_group", "iam_member"):
            value = other.properties.get(path)
            if value is not None and display(value) in PUBLIC:
                public = Declared(path, value.at, True)
    yield Store(
        **about(resource, context),
        kind="warehouse",
        service="bigquery",
        public=public,
        encryption=by_key(props, "default_encryption_configuration.kms_key_name"),
    )


def table(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_bigquery_table`."""
    props = context.props(resource)
    grant = public_grant(resource, context, "google_bigquery_table")
    yield Store(
        **about(resource, context),
        kind="table",
        service="bigquery",
        encryption=by_key(props, "encryption_configuration.kms_key_name"),
        public=Declared("member", grant.at, True) if grant is not None else None,
        deletion_protected=props.flag("deletion_protection", True, "deletion_protection: true unless set"),
    )


def redis(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_redis_instance`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="cache",
        service="redis",
        encryption=by_key(props, "customer_managed_key"),
        transit=props.read("transit_encryption_mode", _is_tls, False, "transit_encryption_mode: DISABLED unless set"),
        authenticated=props.flag("auth_enabled", False, "auth_enabled: false unless set"),
        publicly_routable=fixed("network", resource.at, False, "Memorystore has no public addresses"),
    )


def _is_tls(value: Value) -> bool:
    return as_text(value).upper() == "SERVER_AUTHENTICATION"


def spanner(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_spanner_database`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="database",
        service="spanner",
        encryption=by_key(props, "encryption_config.kms_key_name"),
        deletion_protected=props.flag("deletion_protection", True, "deletion_protection: true unless set"),
    )


def firestore(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_firestore_database`."""
    props = context.props(resource)
    recovery = "point_in_time_recovery_enablement"
    protection = "delete_protection_state"
    yield Store(
        **about(resource, context),
        kind="document-store",
        service="firestore",
        encryption=by_key(props, "cmek_config.kms_key_name"),
        backup=props.read(recovery, lambda value: as_text(value).endswith("_ENABLED"), False, "off unless turned on"),
        deletion_protected=props.read(
            protection, lambda value: as_text(value).endswith("_ENABLED"), False, "off unless turned on"
        ),
    )


def log_bucket(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_logging_project_bucket_config`."""
    props = context.props(resource)
    days: Setting[int | None] = props.number("retention_days", 30, "30 days unless set")
    encryption = by_key(props, "cmek_settings.kms_key_name")
    yield Store(
        **about(resource, context), kind="log-group", service="logging", encryption=encryption, retention_days=days
    )


def file_share(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_filestore_instance`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="file-system",
        service="filestore",
        encryption=by_key(props, "kms_key_name"),
        publicly_routable=Defaulted("networks", resource.at, False, "Filestore has no public addresses"),
    )


BUILDERS: dict[str, Builder] = {
    "google_sql_database_instance": sql,
    "google_sql_user": sql_user,
    "google_bigquery_dataset": dataset,
    "google_bigquery_table": table,
    "google_redis_instance": redis,
    "google_spanner_database": spanner,
    "google_firestore_database": firestore,
    "google_logging_project_bucket_config": log_bucket,
    "google_filestore_instance": file_share,
}
