"""Cosmos DB, SQL, PostgreSQL, MySQL, MariaDB, Redis, Search, with their firewalls.

Sources: Azure documentation, template reference of each type; "Configure IP firewall in Azure Cosmos DB"; "Azure SQL
Database and Azure Synapse IP firewall rules" (0.0.0.0-0.0.0.0 lets all of Azure in); "Azure Cache for Redis TLS" (1.2
is the minimum since 2025).
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about, ancestor, children, last_name, parent, public_access, tls
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import every, fixed, negated, some
from casemate.inventory.reading import Props, as_text, word
from casemate.model.entity import Link
from casemate.model.network import Network, NetworkRule
from casemate.model.secret import Secret
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.store import Store
from casemate.model.value import Items, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption
    from casemate.model.value import Value

_KEYED = "Azure encrypts it with a key of Microsoft unless a customer's is given"
_SQL_TLS = "Azure SQL Database accepts nothing older than TLS 1.2 since 2025-08-31"
_WIDE = 2**20
"""Addresses in one firewall range from which on it counts as open to the internet (a /12: no organisation has more in
one place).
"""


def cosmos(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.DocumentDB/databaseAccounts`."""
    props = context.props(resource)
    backup = props.present("properties.backupPolicy")
    yield Store(
        **about(resource, context),
        kind="document-store",
        service="cosmosdb",
        encryption=_by_key(props, "properties.keyVaultKeyUri"),
        transit=fixed("transit", resource.at, True, "Cosmos DB serves nothing but TLS"),
        minimum_tls=props.read("properties.minimalTlsVersion", tls, "1.2", "Cosmos DB: TLS 1.2 unless set otherwise"),
        publicly_routable=public_access(props),
        network_restricted=_cosmos_network(props),
        authenticated=fixed("authentication", resource.at, True, "Cosmos DB always asks for a key or token"),
        shared_key_access=negated(
            props.flag("properties.disableLocalAuth", False, "disableLocalAuth: false unless set")
        ),
        backup=backup if backup.declared else fixed("backupPolicy", resource.at, True, "periodic backup is always on"),
    )


def _cosmos_network(props: Props) -> Setting[bool]:
    """Networks are restricted by a filter of addresses, by virtual networks, or by having no public address.

    An account of which the template says something about it is judged there, so that a finding stands at that setting.
    """
    routable = public_access(props)
    if routable.always(lambda value: not value):
        return negated(routable)
    for path in ("properties.ipRules", "properties.ipRangeFilter"):
        value = props.find(path)
        if not is_empty(value) and value is not None:
            return Declared(path.removeprefix("properties."), value.at, _is_narrow(value))
    return props.flag("properties.isVirtualNetworkFilterEnabled", False, "no filter of networks unless one is set")


def _is_narrow(value: Value) -> bool:
    texts: list[str] = []
    for _, item in Props(value, value.at).each():
        inner = Props(item, item.at).find("ipAddressOrRange")
        texts += display(inner if inner is not None else item).split(",")
    return all(text.strip() not in {"0.0.0.0/0", "*"} for text in texts)


def server(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Sql/servers`, and servers of PostgreSQL, MySQL and MariaDB."""
    props = context.props(resource)
    sql = resource.type == "Microsoft.Sql/servers"
    flexible = resource.type.endswith("/flexibleServers")
    yield Store(
        **about(resource, context),
        kind="database",
        service=resource.type.partition("/")[0].removeprefix("Microsoft.DBfor").removeprefix("Microsoft.").lower(),
        encryption=_by_key(props, "properties.keyId" if sql else "properties.dataEncryption.primaryKeyURI"),
        transit=_transit(resource, context, props, sql=sql, flexible=flexible),
        minimum_tls=_minimum(resource, props, sql=sql, flexible=flexible),
        publicly_routable=_routable(props, flexible=flexible),
        network_restricted=_firewalled(resource, props, flexible=flexible),
        authenticated=fixed("authentication", resource.at, True, "the server always asks for a login"),
        backup=fixed("backup", resource.at, True, "automatic backups are always on"),
        logging=_auditing(resource, context) if sql else None,
    )
    secret = props.find("properties.administratorLoginPassword")
    if secret is not None:
        shared = about(resource, context, "administrator", at=props.key_at("properties.administratorLoginPassword"))
        at = secret.at
        yield Secret(
            **shared,
            kind="credential",
            value=secret,
            encrypted=fixed("administratorLoginPassword", at, True, "kept by the service"),
        )


def _routable(props: Props, *, flexible: bool) -> Setting[bool]:
    if flexible and not is_empty(props.find("properties.network.delegatedSubnetResourceId")):
        return Declared("network.delegatedSubnetResourceId", props.key_at("properties.network"), False)
    path = "properties.network.publicNetworkAccess" if flexible else "properties.publicNetworkAccess"
    return public_access(props, path if props.find(path) is not None else "properties.publicNetworkAccess")


def _firewalled(resource: Resource, props: Props, *, flexible: bool) -> Setting[bool]:
    """Every firewall rule is narrow.

    The rules are entities of their own (`Network`), where each is judged at its own place.
    """
    routable = _routable(props, flexible=flexible)
    if routable.always(lambda value: not value):
        return negated(routable)
    return fixed("firewallRules", resource.at, True, "closed but for the firewall rules that are declared")


def _transit(resource: Resource, context: Context, props: Props, *, sql: bool, flexible: bool) -> Setting[bool]:
    if sql:
        return fixed("transit", resource.at, True, "Azure SQL Database always encrypts connections")
    if flexible:
        for child in children(resource, context, f"{resource.type}/configurations"):
            if last_name(child).lower() == "require_secure_transport":
                return context.props(child).flag("properties.value", True)
        return fixed("require_secure_transport", resource.at, True, "require_secure_transport: on unless set")
    return _encrypts(props)


def lone_configuration(resource: Resource, context: Context) -> Iterator[Entity]:
    """A setting of a flexible server that was not scanned: the server as far as it is known."""
    if parent(resource, context) is None and last_name(resource).lower() == "require_secure_transport":
        yield Store(
            **about(resource, context),
            kind="database",
            service=resource.type.partition("/")[0].removeprefix("Microsoft.DBfor").lower(),
            transit=context.props(resource).flag("properties.value", True, "on unless set"),
        )


def _minimum(resource: Resource, props: Props, *, sql: bool, flexible: bool) -> Setting[str | None]:
    if flexible:
        return Defaulted("ssl_min_protocol_version", resource.at, "1.2", "flexible servers: TLS 1.2 unless set")
    path = "properties.minimalTlsVersion"
    if sql:
        return props.read(path, tls, "1.2", _SQL_TLS)
    if _encrypts(props).always(lambda value: not value):
        return Defaulted("minimalTlsVersion", resource.at, None, "connections are not encrypted at all")
    if resource.dialect == "terraform":
        return props.read(
            path, tls, "1.2", "azurerm sets ssl_minimal_tls_version_enforced to TLS1_2 unless told otherwise"
        )
    return props.read(path, tls, "none", "minimalTlsVersion: not enforced unless set")


def _encrypts(props: Props) -> Setting[bool]:
    return props.flag("properties.sslEnforcement", True, "sslEnforcement: Enabled by default")


def _auditing(resource: Resource, context: Context) -> Setting[bool]:
    for child in children(resource, context, "Microsoft.Sql/servers/auditingSettings"):
        return context.props(child).read("properties.state", word("Enabled"), False, "state: Disabled unless set")
    return fixed("auditingSettings", resource.at, False, "no auditing is declared")


def database(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Sql/servers/databases`: transparent data encryption is on unless a child resource turns it off."""
    encryption: Setting[Encryption] | None = None  # as its server is, unless a child says otherwise
    for child in children(resource, context, f"{resource.type}/transparentDataEncryption"):
        path = "properties.state" if context.props(child).find("properties.state") is not None else "properties.status"
        encryption = context.props(child).read(path, _transparent, "default", "on by default")
    yield Store(
        **about(resource, context),
        kind="database",
        service="sql",
        encryption=encryption,
        backup=fixed("backup", resource.at, True, "automatic backups are always on"),
    )


def _transparent(value: Value) -> Encryption:
    return "none" if as_text(value).lower() == "disabled" else "default"


def firewall_rule(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/firewallRules` of SQL, PostgreSQL, MySQL, MariaDB, Redis: a firewall with one rule.

    The source is the range as `a.b.c.d-e.f.g.h`, `0.0.0.0/0` when it spans the internet, `AzureServices` for
    0.0.0.0-0.0.0.0 (any tenant's).
    """
    props = context.props(resource)
    at = resource.at
    first = "startIpAddress" if props.find("properties.startIpAddress") is not None else "startIP"
    last = "endIpAddress" if first == "startIpAddress" else "endIP"
    source = _range(props, f"properties.{first}", f"properties.{last}")
    above = ancestor(resource, context, resource.type.rpartition("/")[0])
    port = {"Sql": 1433, "DBforPostgreSQL": 5432, "DBforMySQL": 3306, "DBforMariaDB": 3306, "Cache": 6380}.get(
        resource.type.partition("/")[0].removeprefix("Microsoft.")
    )
    everywhere: Setting[int | None] = Defaulted("port", at, port, "the service's port")
    rule = NetworkRule(
        direction="in",
        allow=True,
        protocol=Defaulted("protocol", at, "tcp", "the service's protocol"),
        from_port=everywhere,
        to_port=everywhere,
        source=source,
        at=source.at,
        owner=resource.name,
    )
    link = Link(above.name, at, context.id(above.key)) if above is not None else None
    yield Network(**about(resource, context), kind="firewall", rules=(rule,), parent=link)


def _range(props: Props, first: str, last: str) -> Setting[str]:
    start, end = props.text(first, ""), props.text(last, "")
    low, high = start.value, end.value
    name = first.removeprefix("properties.")
    if low is None or high is None:
        reason = next(
            (leaf.reason for _, leaf in (*start.leaves(), *end.leaves()) if isinstance(leaf, Unresolved)),
            "depends on a condition",
        )
        return Unresolved(name, start.at, reason)
    if low == high == "0.0.0.0":  # noqa: S104 - what Azure's rule for all of Azure looks like
        return Declared(name, start.at, "AzureServices")
    try:
        size = int(IPv4Address(high)) - int(IPv4Address(low)) + 1
    except AddressValueError:
        return Unresolved(name, start.at, "not an address")
    return Declared(name, start.at, "0.0.0.0/0" if size >= _WIDE else f"{low}-{high}" if low != high else f"{low}/32")


def redis(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Cache/Redis`."""
    props = context.props(resource)
    plain = props.flag("properties.enableNonSslPort", False, "enableNonSslPort: false unless set")
    open_access = "properties.redisConfiguration.authnotrequired"
    subnet = props.present("properties.subnetId", "no subnet is set")
    yield Store(
        **about(resource, context),
        kind="cache",
        service="redis",
        encryption=Defaulted("encryption", resource.at, "default", "Azure encrypts the disks of caches"),
        transit=negated(plain),
        minimum_tls=props.read(
            "properties.minimumTlsVersion", tls, "1.2", "Azure Cache for Redis: nothing older than TLS 1.2 since 2025"
        ),
        publicly_routable=every(public_access(props), negated(subnet)),
        network_restricted=some(subnet, _has_firewall(resource, context)),
        authenticated=negated(props.flag(open_access, False, "a key is asked for unless authnotrequired")),
        shared_key_access=negated(props.flag("properties.disableAccessKeyAuthentication", False, "false unless set")),
        backup=props.flag("properties.redisConfiguration.rdb-backup-enabled", False, "no persistence unless turned on"),
    )


def _has_firewall(resource: Resource, context: Context) -> Setting[bool]:
    rules = list(children(resource, context, "Microsoft.Cache/Redis/firewallRules"))
    if rules:
        return Declared("firewallRules", rules[0].at, True)
    return fixed("firewallRules", resource.at, False, "open to all addresses unless firewall rules are declared")


def search(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Search/searchServices`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="search-domain",
        service="search",
        encryption=Defaulted("encryption", resource.at, "default", _KEYED),
        transit=fixed("transit", resource.at, True, "Azure AI Search serves nothing but HTTPS"),
        publicly_routable=public_access(props),
        network_restricted=_listed(props, "properties.networkRuleSet.ipRules"),
        shared_key_access=negated(
            props.flag("properties.disableLocalAuth", False, "disableLocalAuth: false unless set")
        ),
    )


def _listed(props: Props, path: str) -> Setting[bool]:
    value = props.find(path)
    if isinstance(value, Items) and value.items:
        return Declared(path, value.at, True)
    return fixed(path, props.at, False, "open to all addresses unless rules are declared")


def _by_key(props: Props, path: str) -> Setting[Encryption]:
    value = props.find(path)
    if value is None or is_empty(value) or text_of(value) == "null":
        return Defaulted(path.removeprefix("properties."), props.at, "default", _KEYED)
    return Declared(path.removeprefix("properties."), value.at, "customer")


BUILDERS: dict[str, Builder] = {
    "Microsoft.DBforMySQL/flexibleServers/configurations": lone_configuration,
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations": lone_configuration,
    "Microsoft.DocumentDB/databaseAccounts": cosmos,
    "Microsoft.Sql/servers": server,
    "Microsoft.Sql/servers/databases": database,
    "Microsoft.Cache/Redis": redis,
    "Microsoft.Search/searchServices": search,
    **dict.fromkeys(
        (
            "Microsoft.DBforPostgreSQL/servers",
            "Microsoft.DBforPostgreSQL/flexibleServers",
            "Microsoft.DBforMySQL/servers",
            "Microsoft.DBforMySQL/flexibleServers",
            "Microsoft.DBforMariaDB/servers",
        ),
        server,
    ),
    **dict.fromkeys(
        (
            "Microsoft.Sql/servers/firewallRules",
            "Microsoft.DBforPostgreSQL/servers/firewallRules",
            "Microsoft.DBforMySQL/servers/firewallRules",
            "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
            "Microsoft.DBforMySQL/flexibleServers/firewallRules",
            "Microsoft.DBforMariaDB/servers/firewallRules",
            "Microsoft.Cache/Redis/firewallRules",
        ),
        firewall_rule,
    ),
}
