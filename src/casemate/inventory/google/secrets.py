"""Secret Manager and Cloud KMS.

Sources: Google Cloud documentation, "Secret Manager overview", "About secret rotation", "Key rotation" (symmetric
keys only), "Cloud KMS key states" (30 days until destruction unless set).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.google.entity import about, pointing, target
from casemate.inventory.logic import fixed
from casemate.inventory.reading import Unreadable, as_text
from casemate.model.secret import Key, Secret
from casemate.model.setting import convert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_SECRET = "google_secret_manager_secret"  # noqa: S105 - a type's name
_VERSION = "google_secret_manager_secret_version"
_ASYMMETRIC = ("ASYMMETRIC", "MAC", "RAW")


def secret(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_secret_manager_secret` with what its versions write into it."""
    props = context.props(resource)
    versions = pointing(resource, context, "secret", _VERSION)
    written = next(
        (value for version in versions if (value := version.properties.get("secret_data")) is not None), None
    )
    paths = (
        "replication.auto.customer_managed_encryption",
        "replication.user_managed.replicas.customer_managed_encryption",
    )
    keyed = next((path for path in paths if props.find(path) is not None), paths[0])
    limited = "ttl" if props.find("ttl") is not None else "expire_time"
    yield Secret(
        **about(resource, context),
        kind="secret",
        value=written,
        encrypted=fixed("encryption", resource.at, True, "Secret Manager encrypts"),
        customer_key=props.present(keyed, "encrypted with a key of Google"),
        rotated=props.present("rotation", "no rotation is set"),
        expires=props.present(limited, "no expiry is set"),
    )


def version(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_secret_manager_secret_version` of a secret that was not scanned."""
    value = resource.properties.get("secret_data")
    if value is None or target(resource.properties.get("secret"), context, _SECRET) is not None:
        return
    kept = fixed("encryption", resource.at, True, "Secret Manager encrypts")
    yield Secret(**about(resource, context), kind="secret", value=value, encrypted=kept)


def key(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_kms_crypto_key`."""
    props = context.props(resource)
    purpose = props.text("purpose", "ENCRYPT_DECRYPT", "purpose: ENCRYPT_DECRYPT unless set")
    yield Key(
        **about(resource, context),
        kind="key",
        rotation=props.present("rotation_period", "never rotated unless rotation_period is set"),
        symmetric=convert(purpose, lambda text: not text.upper().startswith(_ASYMMETRIC)),
        deletion_days=props.read("destroy_scheduled_duration", _days, 30, "30 days unless set"),
    )


def _days(value: Value) -> int:
    text = as_text(value).removesuffix("s")
    if not text.replace(".", "", 1).isdigit():
        raise Unreadable("not a duration")
    return int(float(text)) // 86_400


BUILDERS: dict[str, Builder] = {_SECRET: secret, _VERSION: version, "google_kms_crypto_key": key}
