"""`az` -> ARM.

Sources: Azure CLI reference, "az role assignment", "az storage account", "az storage container", "az functionapp",
"az webapp", "az keyvault", "az sql server firewall-rule", "az postgres flexible-server", "az network nsg rule",
"az cosmosdb", "az redis", "az servicebus namespace", "az eventhubs namespace", "az acr", "az apim api".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Literal
from casemate.sources.commands.words import Placed, fields, items, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.value import Value
    from casemate.sources.commands.drafts import Draft, Drafts
    from casemate.sources.commands.words import Command

SWITCHES = frozenset({"--output-none", "--yes", "-y", "--no-wait", "--verbose", "--debug", "--only-show-errors"})
_SITE = "Microsoft.Web/sites"
_PUBLIC = {"blob": "Blob", "container": "Container", "off": "None"}
_ROLE = "Microsoft.Authorization/roleAssignments"


def read(command: Command, drafts: Drafts) -> None:
    """What one `az` command declares."""
    words = [word.text for word in command.plain]
    for prefix, reader in _COMMANDS.items():
        if tuple(words[: len(prefix)]) == prefix:
            reader(command, drafts)
            return


def _assignment(command: Command, drafts: Drafts) -> None:
    """`az role assignment create`, `az ad sp create-for-rbac`: a role for an identity at a scope."""
    role = command.get("--role")
    scopes = command.all("--scope", "--scopes")
    if role is None:
        return
    group = command.get("--resource-group", "-g")
    written: list[Value] = [scope.text_value() for scope in scopes]
    if not written and group is not None:
        written = [Literal(f"/resourceGroups/{group.text}", group.at)]
    member = command.get("--assignee-object-id", "--assignee", "--assignee-principal-id", "--name", "-n")
    condition = command.get("--condition")
    for scope in written or [Literal("the subscription", role.at)]:
        draft = drafts.whole(_ROLE, role, command.at)
        draft.set("properties.roleDefinitionName", role.text_value())
        draft.set("properties.principalId", member.text_value() if member is not None else None)
        draft.set("scope", scope)
        draft.set("properties.condition", condition.text_value() if condition is not None else None)


def _named(command: Command, drafts: Drafts, type_: str, *flags: str, whole: bool = False) -> Draft | None:
    name = command.get(*(flags or ("--name", "-n")))
    if name is None:
        return None
    draft = drafts.whole(type_, name, command.at) if whole else drafts.part(type_, name, command.at)
    draft.set("name", name.text_value())
    return draft


def _put(
    command: Command, draft: Draft, table: dict[str, str], convert: Callable[[Placed], Value] = Placed.text_value
) -> None:
    for flag, path in table.items():
        word = command.get(flag)
        if word is not None:
            draft.set(path, convert(word))


def _update(command: Command, draft: Draft, prefix: str = "") -> None:
    """`--set httpsOnly=false siteConfig.minTlsVersion=1.0`: the paths are ARM's own, below `properties`."""
    for word in command.all("--set"):
        path, equals, text = word.text.partition("=")
        if equals and path and "[" not in path:
            below = (
                path
                if path.startswith("properties.") or path.split(".")[0] in {"identity", "kind", "sku", "tags"}
                else f"{prefix}{path}"
            )
            draft.set(below, Placed(text, word.at, known=word.known).flag())


def _storage_account(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.Storage/storageAccounts")
    if draft is None:
        return
    flags = {
        "--https-only": "properties.supportsHttpsTrafficOnly",
        "--allow-blob-public-access": "properties.allowBlobPublicAccess",
        "--allow-shared-key-access": "properties.allowSharedKeyAccess",
    }
    _put(command, draft, flags, _flag)
    texts = {
        "--min-tls-version": "properties.minimumTlsVersion",
        "--default-action": "properties.networkAcls.defaultAction",
        "--public-network-access": "properties.publicNetworkAccess",
    }
    _put(command, draft, texts)
    _update(command, draft, "properties.")


def _flag(word: Placed) -> Value:
    return word.flag()


def _container(command: Command, drafts: Drafts) -> None:
    access = command.get("--public-access")
    draft = _named(command, drafts, "Microsoft.Storage/storageAccounts/blobServices/containers", whole=True)
    if draft is not None and access is not None:
        known = _PUBLIC.get(access.text.lower())
        draft.set("properties.publicAccess", Literal(known, access.at) if known else access.text_value())


def _signature(command: Command, drafts: Drafts) -> None:
    """`az storage … generate-sas`: HTTP too, unless `--https-only`."""
    name = command.get("--account-name", "--name", "-n") or command.plain[-1]
    draft = drafts.whole("Casemate::Azure::SharedAccessSignature", name, command.at)
    at = command.place("--https-only")
    word = command.get("--https-only")
    if word is not None:
        draft.set("properties.httpsOnly", word.flag())
    else:
        draft.set("properties.httpsOnly", Literal(at is not None, at or command.plain[-1].at))


def _app(command: Command, drafts: Drafts) -> None:
    """`az functionapp create|update`, `az webapp update`."""
    draft = _named(command, drafts, _SITE)
    if draft is None:
        return
    if command.plain[0].text == "functionapp" and command.plain[1].text == "create":
        draft.set("kind", Literal("functionapp", draft.name.at))
    _put(command, draft, {"--https-only": "properties.httpsOnly"}, _flag)
    runtime, version = command.get("--runtime"), command.get("--runtime-version")
    if runtime is not None and version is not None and runtime.known and version.known:
        draft.set("properties.siteConfig.linuxFxVersion", Literal(f"{runtime.text}|{version.text}", version.at))
    host = command.get("--functions-version")
    if host is not None and host.known:
        setting = fields(
            host.at,
            name=Literal("FUNCTIONS_EXTENSION_VERSION", host.at),
            value=Literal(f"~{host.text.lstrip('~')}", host.at),
        )
        draft.add("properties.siteConfig.appSettings", setting)
    _update(command, draft, "properties.")


def _app_configuration(command: Command, drafts: Drafts) -> None:
    """`az functionapp config set`, `az webapp config set`."""
    draft = _named(command, drafts, _SITE)
    if draft is None:
        return
    site = "properties.siteConfig."
    texts = {
        "--min-tls-version": f"{site}minTlsVersion",
        "--ftps-state": f"{site}ftpsState",
        "--linux-fx-version": f"{site}linuxFxVersion",
        "--windows-fx-version": f"{site}windowsFxVersion",
        "--net-framework-version": f"{site}netFrameworkVersion",
        "--powershell-version": f"{site}powerShellVersion",
    }
    _put(command, draft, texts)
    _put(command, draft, {"--remote-debugging-enabled": f"{site}remoteDebuggingEnabled"}, _flag)
    _update(command, draft, site)


def _app_settings(command: Command, drafts: Drafts) -> None:
    """`az functionapp config appsettings set --settings A=1 B=2`, also connection strings."""
    draft = _named(command, drafts, _SITE)
    if draft is None:
        return
    for word in command.all("--settings", "--slot-settings"):
        key, equals, text = word.text.partition("=")
        if equals and key and not key.startswith("@"):
            value = Placed(text, word.at, known=word.known).text_value()
            draft.add("properties.siteConfig.appSettings", fields(word.at, name=Literal(key, word.at), value=value))


def _cors(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, _SITE)
    for origin in command.all("--allowed-origins") if draft is not None else ():
        assert draft is not None  # noqa: S101 - the loop is empty otherwise
        draft.add("properties.siteConfig.cors.allowedOrigins", origin.text_value())


def _vault(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.KeyVault/vaults")
    if draft is None:
        return
    texts = {
        "--default-action": "properties.networkAcls.defaultAction",
        "--public-network-access": "properties.publicNetworkAccess",
    }
    _put(command, draft, texts)
    _put(command, draft, {"--enable-purge-protection": "properties.enablePurgeProtection"}, _flag)


def _vault_policy(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.KeyVault/vaults/accessPolicies", whole=True)
    if draft is None:
        return
    kinds = {
        kind: items((word.text_value() for part in command.all(f"--{flag}-permissions") for word in split(part)), at)
        for kind, flag in (("keys", "key"), ("secrets", "secret"), ("certificates", "certificate"))
        if (at := command.place(f"--{flag}-permissions")) is not None
    }
    member = command.get("--object-id", "--spn", "--upn")
    if kinds:
        policy = fields(
            command.at,
            objectId=member.text_value() if member is not None else None,
            permissions=fields(next(iter(kinds.values())).at, **kinds),
        )
        draft.set("properties.accessPolicies", items([policy], command.at))


def _vault_secret(command: Command, drafts: Drafts) -> None:
    value = command.get("--value")
    draft = _named(command, drafts, "Microsoft.KeyVault/vaults/secrets", whole=True) if value is not None else None
    if draft is not None and value is not None:
        draft.set("properties.value", value.text_value())


def _firewall(type_: str) -> Callable[[Command, Drafts], None]:
    def reader(command: Command, drafts: Drafts) -> None:
        draft = _named(command, drafts, type_, "--rule-name", "-r", "--name", "-n", whole=True)
        if draft is not None:
            texts = {
                "--start-ip-address": "properties.startIpAddress",
                "--end-ip-address": "properties.endIpAddress",
            }
            _put(command, draft, texts)

    return reader


def _security_rule(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.Network/networkSecurityGroups/securityRules", whole=True)
    if draft is None:
        return
    at = draft.name.at
    draft.set("properties.access", Literal("Allow", at))
    draft.set("properties.direction", Literal("Inbound", at))
    draft.set("properties.protocol", Literal("*", at))
    texts = {
        "--access": "properties.access",
        "--direction": "properties.direction",
        "--protocol": "properties.protocol",
        "--priority": "properties.priority",
    }
    _put(command, draft, texts)
    sources = command.all("--source-address-prefixes", "--source-address-prefix")
    ports = command.all("--destination-port-ranges", "--destination-port-range")
    for words, path, default in (
        (sources, "properties.sourceAddressPrefixes", "*"),
        (ports, "properties.destinationPortRanges", "80"),
    ):
        values = [part.text_value() for word in words for part in split(word)]
        draft.set(path, items(values or [Literal(default, at)], words[0].at if words else at))


def _cosmos(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.DocumentDB/databaseAccounts")
    if draft is None:
        return
    texts = {
        "--ip-range-filter": "properties.ipRangeFilter",
        "--public-network-access": "properties.publicNetworkAccess",
        "--minimal-tls-version": "properties.minimalTlsVersion",
    }
    _put(command, draft, texts)


def _redis(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.Cache/redis")
    if draft is None:
        return
    at = command.place("--enable-non-ssl-port")
    if at is not None:
        word = command.get("--enable-non-ssl-port")
        draft.set("properties.enableNonSslPort", word.flag() if word is not None else Literal(True, at))
    _put(command, draft, {"--minimum-tls-version": "properties.minimumTlsVersion"})


def _namespace(type_: str) -> Callable[[Command, Drafts], None]:
    def reader(command: Command, drafts: Drafts) -> None:
        draft = _named(command, drafts, type_)
        if draft is not None:
            texts = {
                "--minimum-tls-version": "properties.minimumTlsVersion",
                "--min-tls": "properties.minimumTlsVersion",
                "--public-network-access": "properties.publicNetworkAccess",
            }
            _put(command, draft, texts)

    return reader


def _access_rule(type_: str) -> Callable[[Command, Drafts], None]:
    def reader(command: Command, drafts: Drafts) -> None:
        draft = _named(command, drafts, type_, whole=True)
        if draft is not None:
            rights = command.all("--rights")
            draft.set("properties.rights", items((word.text_value() for word in rights), draft.name.at))

    return reader


def _registry(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.ContainerRegistry/registries")
    if draft is None:
        return
    flags = {
        "--admin-enabled": "properties.adminUserEnabled",
        "--anonymous-pull-enabled": "properties.anonymousPullEnabled",
        "--public-network-enabled": "properties.publicNetworkAccess",
    }
    _put(command, draft, flags, _flag)


def _api(command: Command, drafts: Drafts) -> None:
    draft = _named(command, drafts, "Microsoft.ApiManagement/service/apis", "--api-id", "--name", "-n")
    if draft is None:
        return
    _put(command, draft, {"--subscription-required": "properties.subscriptionRequired"}, _flag)
    protocols = command.all("--protocols")
    if protocols:
        draft.set("properties.protocols", items((word.text_value() for word in protocols), protocols[0].at))


_RULES = "firewall-rule", "create"
_COMMANDS: dict[tuple[str, ...], Callable[[Command, Drafts], None]] = {
    ("role", "assignment", "create"): _assignment,
    ("ad", "sp", "create-for-rbac"): _assignment,
    ("storage", "account", "create"): _storage_account,
    ("storage", "account", "update"): _storage_account,
    ("storage", "container", "create"): _container,
    ("storage", "container", "set-permission"): _container,
    **{
        ("storage", thing, "generate-sas"): _signature
        for thing in ("account", "container", "blob", "queue", "table", "share", "file")
    },
    ("functionapp", "create"): _app,
    ("functionapp", "update"): _app,
    ("webapp", "update"): _app,
    ("functionapp", "config", "set"): _app_configuration,
    ("webapp", "config", "set"): _app_configuration,
    ("functionapp", "config", "appsettings", "set"): _app_settings,
    ("webapp", "config", "appsettings", "set"): _app_settings,
    ("webapp", "config", "connection-string", "set"): _app_settings,
    ("functionapp", "cors", "add"): _cors,
    ("webapp", "cors", "add"): _cors,
    ("keyvault", "create"): _vault,
    ("keyvault", "update"): _vault,
    ("keyvault", "set-policy"): _vault_policy,
    ("keyvault", "secret", "set"): _vault_secret,
    ("sql", "server", *_RULES): _firewall("Microsoft.Sql/servers/firewallRules"),
    ("postgres", "flexible-server", *_RULES): _firewall("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"),
    ("postgres", "server", *_RULES): _firewall("Microsoft.DBforPostgreSQL/servers/firewallRules"),
    ("mysql", "flexible-server", *_RULES): _firewall("Microsoft.DBforMySQL/flexibleServers/firewallRules"),
    ("mysql", "server", *_RULES): _firewall("Microsoft.DBforMySQL/servers/firewallRules"),
    ("network", "nsg", "rule", "create"): _security_rule,
    ("network", "nsg", "rule", "update"): _security_rule,
    ("cosmosdb", "create"): _cosmos,
    ("cosmosdb", "update"): _cosmos,
    ("redis", "create"): _redis,
    ("servicebus", "namespace", "create"): _namespace("Microsoft.ServiceBus/namespaces"),
    ("servicebus", "namespace", "update"): _namespace("Microsoft.ServiceBus/namespaces"),
    ("eventhubs", "namespace", "create"): _namespace("Microsoft.EventHub/namespaces"),
    ("eventhubs", "namespace", "update"): _namespace("Microsoft.EventHub/namespaces"),
    ("servicebus", "namespace", "authorization-rule", "create"): _access_rule(
        "Microsoft.ServiceBus/namespaces/authorizationRules"
    ),
    ("eventhubs", "namespace", "authorization-rule", "create"): _access_rule(
        "Microsoft.EventHub/namespaces/authorizationRules"
    ),
    ("acr", "create"): _registry,
    ("acr", "update"): _registry,
    ("apim", "api", "create"): _api,
    ("apim", "api", "update"): _api,
}
