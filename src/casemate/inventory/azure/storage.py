"""Storage accounts with what is in them, container registries, disks' sibling stores.

Sources: Azure documentation, "Microsoft.Storage storageAccounts" (template reference), "Require secure transfer",
"Migrate to TLS 1.2 for Azure Blob Storage" (nothing older is accepted since 2026-02-03), "Remediate anonymous read
access"; azurerm_storage_account for what azurerm sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import (
    about,
    ancestor,
    by_dialect,
    children,
    network_restricted,
    public_access,
    tls,
)
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import every, negated
from casemate.inventory.reading import Props, as_text, word
from casemate.model.entity import Link
from casemate.model.function import Cors
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved
from casemate.model.store import Store
from casemate.model.value import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption, StoreKind
    from casemate.model.value import Value

_ACCOUNT = "Microsoft.Storage/storageAccounts"
_SERVICES = f"{_ACCOUNT}/blobServices"


def account(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Storage/storageAccounts`."""
    props = context.props(resource)
    service = next(children(resource, context, _SERVICES), None)
    blobs = context.props(service) if service is not None else Props(None, resource.at)
    soft = (
        blobs.flag("properties.deleteRetentionPolicy.enabled", False, "no soft delete is declared")
        if service is not None
        else None
    )
    yield Store(
        **about(resource, context),
        kind="storage-account",
        service="storage",
        encryption=_encryption(props),
        transit=props.flag(
            "properties.supportsHttpsTrafficOnly",
            True,
            "supportsHttpsTrafficOnly: true by default since API version 2019-04-01",
        ),
        minimum_tls=props.read(
            "properties.minimumTlsVersion",
            tls,
            "1.2",
            "Azure Storage accepts nothing older than TLS 1.2 since 2026-02-03",
        ),
        public_blocked=_public_blocked(props, resource),
        publicly_routable=public_access(props),
        network_restricted=_restricted(props),
        shared_key_access=props.flag("properties.allowSharedKeyAccess", True, "allowSharedKeyAccess: true unless set"),
        versioned=blobs.flag("properties.isVersioningEnabled", False, "no versioning is declared")
        if service is not None
        else None,
        backup=soft,
        cors=_cors(blobs),
    )


def _public_blocked(props: Props, resource: Resource) -> Setting[bool]:
    source = by_dialect(
        resource,
        "allowBlobPublicAccess: false by default for new accounts",
        "azurerm sets allow_nested_items_to_be_public to true unless told otherwise",
    )
    return negated(props.flag("properties.allowBlobPublicAccess", resource.dialect == "terraform", source))


def _restricted(props: Props) -> Setting[bool]:
    """Closed by its firewall, or by having no public address at all."""
    routable = public_access(props)
    if routable.always(lambda value: not value):
        return negated(routable)
    return network_restricted(props)


def _encryption(props: Props) -> Setting[Encryption]:
    path = "properties.encryption.keySource"
    source = "Azure Storage encrypts with a key of Microsoft unless told otherwise"
    return props.read(path, _key_source, "default", source)


def _key_source(value: Value) -> Encryption:
    return "customer" if as_text(value).lower() == "microsoft.keyvault" else "default"


def _cors(blobs: Props) -> Cors | None:
    rules = list(blobs.sections("properties.cors.corsRules"))
    if not rules:
        return None
    origins = tuple(
        Props(origin, origin.at, "cors.allowedOrigins").text((), "")
        for rule in rules
        for _, origin in rule.each("allowedOrigins")
    )
    methods = tuple(display(method).upper() for rule in rules for _, method in rule.each("allowedMethods"))
    return Cors(
        blobs.key_at("properties.cors"),
        origins,
        Defaulted("credentials", rules[0].at, False, "Azure Storage has no such setting"),
        methods,
    )


def container(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/blobServices/containers`: anonymous reading takes the container's level *and* the account's leave."""
    props = context.props(resource)
    above = ancestor(resource, context, _ACCOUNT)
    public = props.read("properties.publicAccess", word("Blob", "Container"), False, "publicAccess: None unless set")
    blocked = _public_blocked(context.props(above), above) if above is not None else None
    if blocked is not None and public.ever(bool):
        # An account that says nothing may be an old one that allows it: whoever asks for a public container means it.
        public = every(public, negated(blocked)) if blocked.declared else public
    yield Store(**about(resource, context), kind="container", service="storage", public=public)


def queue(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/queueServices/queues`."""
    yield _part(resource, context, "queue")


def table(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/tableServices/tables`."""
    yield _part(resource, context, "table")


def share(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/fileServices/shares`."""
    yield _part(resource, context, "share")


def _part(resource: Resource, context: Context, kind: StoreKind) -> Store:
    """What is in an account is encrypted, reached and secured as the account is: only that is judged."""
    return Store(**about(resource, context), kind=kind, service="storage")


def registry(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ContainerRegistry/registries`.

    Sources: "Microsoft.ContainerRegistry registries", "Anonymous pull access".
    """
    props = context.props(resource)
    key = props.read("properties.encryption.status", word("enabled"), False, "encrypted with a key of Microsoft")
    yield Store(
        **about(resource, context),
        kind="registry",
        service="containerregistry",
        encryption=_customer(key),
        public=props.flag("properties.anonymousPullEnabled", False, "anonymousPullEnabled: false unless set"),
        publicly_routable=public_access(props),
        network_restricted=network_restricted(props, "properties.networkRuleSet.defaultAction"),
        shared_key_access=props.flag("properties.adminUserEnabled", False, "adminUserEnabled: false unless set"),
        immutable_tags=None,
    )


def _customer(flag: Setting[bool]) -> Setting[Encryption]:
    match flag:
        case Declared(name, at, value):
            return Declared(name, at, "customer" if value else "default")
        case Defaulted(name, at, value, source):
            return Defaulted(name, at, "customer" if value else "default", source)
        case Cases(name, at, cases):
            return Cases(name, at, tuple((words, _customer(case)) for words, case in cases))
        case _:
            return Unresolved(flag.name, flag.at, getattr(flag, "reason", "not known"))


def disk(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Compute/disks`: encrypted by the service always ("Server-side encryption of Azure Disk Storage")."""
    props = context.props(resource)
    present = not is_empty(props.find("properties.encryption.diskEncryptionSetId"))
    at = props.key_at("properties.encryption") if present else resource.at
    explicit = props.find("properties.encryptionSettingsCollection.enabled")
    encryption: Setting[Encryption] = Defaulted(
        "encryption", at, "default", "Azure encrypts managed disks with a key of Microsoft"
    )
    if present:
        encryption = Declared("encryption.diskEncryptionSetId", at, "customer")
    elif explicit is not None:
        encryption = Declared(
            "encryptionSettingsCollection.enabled", explicit.at, "service" if display(explicit) == "true" else "default"
        )
    yield Store(
        **about(resource, context),
        kind="volume",
        service="compute",
        encryption=encryption,
        publicly_routable=public_access(props) if props.find("properties.publicNetworkAccess") is not None else None,
    )


def part_of(resource: Resource, context: Context) -> Link | None:
    """The account of a container, queue, table or share."""
    above = ancestor(resource, context, _ACCOUNT)
    return Link(above.name, resource.at, context.id(above.key)) if above is not None else None


def signature(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::Azure::SharedAccessSignature`: a URL that opens a storage account, over which protocols it says."""
    props = context.props(resource)
    only = "the signature is good over HTTP too unless it says HTTPS only (signedProtocol)"
    yield Store(
        **about(resource, context),
        kind="object",
        service="shared access signature",
        transit=props.flag("properties.httpsOnly", resource.dialect == "terraform", only),
    )


BUILDERS: dict[str, Builder] = {
    "Casemate::Azure::SharedAccessSignature": signature,
    _ACCOUNT: account,
    f"{_SERVICES}/containers": container,
    f"{_ACCOUNT}/queueServices/queues": queue,
    f"{_ACCOUNT}/tableServices/tables": table,
    f"{_ACCOUNT}/fileServices/shares": share,
    "Microsoft.ContainerRegistry/registries": registry,
    "Microsoft.Compute/disks": disk,
}
