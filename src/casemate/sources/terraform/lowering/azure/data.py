"""Storage accounts, vaults, databases, caches and registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Literal, Reference, Value, display
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.converting import concatenated, fields, scalar
from casemate.sources.terraform.lowering.notation import camel, shape
from casemate.sources.terraform.lowering.shaping import shaped
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_TOP = "name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }"
_ACLS = "default_action bypass:comma ip_rules=ipRules:values virtual_network_subnet_ids=virtualNetworkRules:ids"
_CHILD = "name=/name"
_SERVER = f"""
    {_TOP} administrator_login administrator_login_password administrator_password=administratorLoginPassword version
    ssl_enforcement_enabled=sslEnforcement:Enabled ssl_minimal_tls_version_enforced=minimalTlsVersion
    public_network_access_enabled=publicNetworkAccess:Enabled
    infrastructure_encryption_enabled=infrastructureEncryption:Enabled
    geo_redundant_backup_enabled=storageProfile.geoRedundantBackup:Enabled
    backup_retention_days=storageProfile.backupRetentionDays sku_name=/sku.name
    threat_detection_policy=securityAlertPolicy{{ enabled=state:Enabled email_account_admins email_addresses
    retention_days }}
"""
_FLEXIBLE = f"""
    {_TOP} administrator_login administrator_password=administratorLoginPassword version sku_name=/sku.name
    public_network_access_enabled=network.publicNetworkAccess:Enabled
    delegated_subnet_id=network.delegatedSubnetResourceId
    backup_retention_days=backup.backupRetentionDays geo_redundant_backup_enabled=backup.geoRedundantBackup:Enabled
    authentication=authConfig{{ active_directory_auth_enabled=activeDirectoryAuth:Enabled
    password_auth_enabled=passwordAuth:Enabled }}
    customer_managed_key=dataEncryption{{ key_vault_key_id=primaryKeyURI primary_user_assigned_identity_id }}
    high_availability=highAvailability{{ mode }}
"""
_FIREWALL = f"{_CHILD} server_id=/parent server_name=/parent start_ip_address end_ip_address"
_SETTING = f"{_CHILD} server_id=/parent server_name=/parent value"
_SQL = f"""
    {_TOP} version administrator_login administrator_login_password minimum_tls_version=minimalTlsVersion
    public_network_access_enabled=publicNetworkAccess:Enabled
    outbound_network_restriction_enabled=restrictOutboundNetworkAccess:Enabled
    azuread_administrator=administrators{{ login_username=login object_id=sid tenant_id
    azuread_authentication_only=azureADOnlyAuthentication }}
    transparent_data_encryption_key_vault_key_id=keyId
"""
_SQL_DATABASE = f"""
    {_CHILD} location=/location server_id=/parent server_name=/parent sku_name=/sku.name zone_redundant collation
    max_size_gb
    storage_account_type=requestedBackupStorageRedundancy read_scale:Enabled
"""
_AUDIT = """
    server_id=/parent database_id=/parent storage_endpoint storage_account_access_key retention_in_days=retentionDays
    log_monitoring_enabled=isAzureMonitorTargetEnabled
    storage_account_access_key_is_secondary=isStorageSecondaryKeyInUse enabled=state:Enabled
"""
_ALERT = """
    server_id=/parent server_name=/parent state email_account_admins email_addresses disabled_alerts retention_days
    storage_endpoint
    storage_account_access_key
"""
_ACCOUNT = ("azurerm_storage_account",)

NATIVES: dict[str, Native] = {
    "azurerm_storage_account": Native(
        "Microsoft.Storage/storageAccounts",
        f"""
        {_TOP} account_kind=/kind sku_name=/sku.name access_tier enable_https_traffic_only=supportsHttpsTrafficOnly
        https_traffic_only_enabled=supportsHttpsTrafficOnly min_tls_version=minimumTlsVersion
        allow_blob_public_access allow_nested_items_to_be_public=allowBlobPublicAccess
        shared_access_key_enabled=allowSharedKeyAccess
        public_network_access_enabled=publicNetworkAccess:Enabled network_rules=networkAcls{{ {_ACLS} }}
        infrastructure_encryption_enabled=encryption.requireInfrastructureEncryption
        customer_managed_key=encryption.keyvaultproperties{{ key_vault_key_id=keyvaulturi user_assigned_identity_id }}
        customer_managed_key.key_vault_key_id=encryption.keySource:keyvault
        default_to_oauth_authentication=defaultToOAuthAuthentication
        cross_tenant_replication_enabled=allowCrossTenantReplication is_hns_enabled sftp_enabled=isSftpEnabled
        local_user_enabled=isLocalUserEnabled allowed_copy_scope static_website=staticWebsite{{ index_document
        error_404_document }}
        sas_policy=sasPolicy{{ expiration_period=sasExpirationPeriod expiration_action }}
    """,
        {
            "/kind": "StorageV2",
            "allowBlobPublicAccess": True,
            "supportsHttpsTrafficOnly": True,
            "minimumTlsVersion": "TLS1_2",
        },
    ),
    "azurerm_storage_container": Native(
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        f"""
        {_CHILD} storage_account_id=/parent storage_account_name=/parent container_access_type=publicAccess:access
        metadata
    """,
        {"publicAccess": "None"},
    ),
    "azurerm_storage_account_sas": Native("Casemate::Azure::SharedAccessSignature", "https_only start expiry"),
    "azurerm_storage_account_blob_container_sas": Native(
        "Casemate::Azure::SharedAccessSignature", "https_only start expiry"
    ),
    "azurerm_storage_share": Native(
        "Microsoft.Storage/storageAccounts/fileServices/shares",
        f"""
        {_CHILD} storage_account_id=/parent storage_account_name=/parent quota=shareQuota
        enabled_protocol=enabledProtocols
    """,
    ),
    "azurerm_storage_queue": Native(
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        f"""
        {_CHILD} storage_account_id=/parent storage_account_name=/parent
    """,
    ),
    "azurerm_storage_table": Native(
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        f"""
        {_CHILD} storage_account_name=/parent
    """,
    ),
    "azurerm_key_vault": Native(
        "Microsoft.KeyVault/vaults",
        f"""
        {_TOP} sku_name=sku.name tenant_id enabled_for_deployment enabled_for_disk_encryption
        enabled_for_template_deployment
        purge_protection_enabled=enablePurgeProtection soft_delete_enabled=enableSoftDelete
        soft_delete_retention_days=softDeleteRetentionInDays enable_rbac_authorization
        rbac_authorization_enabled=enableRbacAuthorization
        public_network_access_enabled=publicNetworkAccess:enabled network_acls=networkAcls{{ {_ACLS} }}
        access_policy=accessPolicies[ tenant_id object_id application_id key_permissions=permissions.keys
            secret_permissions=permissions.secrets certificate_permissions=permissions.certificates
            storage_permissions=permissions.storage ]
    """,
    ),
    "azurerm_key_vault_secret": Native(
        "Microsoft.KeyVault/vaults/secrets",
        f"""
        {_CHILD} key_vault_id=/parent value content_type expiration_date=attributes.exp not_before_date=attributes.nbf
    """,
    ),
    "azurerm_key_vault_key": Native(
        "Microsoft.KeyVault/vaults/keys",
        f"""
        {_CHILD} key_vault_id=/parent key_type=kty key_size key_opts=keyOps curve=curveName
        expiration_date=attributes.exp
        not_before_date=attributes.nbf rotation_policy.expire_after=rotationPolicy.attributes.expiryTime
        rotation_policy.automatic=rotationPolicy.lifetimeActions[ time_before_expiry=trigger.timeBeforeExpiry
        time_after_creation=trigger.timeAfterCreate time_before_expiry=action.type:rotate
        time_after_creation=action.type:rotate ]
    """,
    ),
    "azurerm_key_vault_certificate": Native("Microsoft.KeyVault/vaults/certificates", f"{_CHILD} key_vault_id=/parent"),
    "azurerm_cosmosdb_account": Native(
        "Microsoft.DocumentDB/databaseAccounts",
        f"""
        {_TOP} kind=/kind offer_type=databaseAccountOfferType public_network_access_enabled=publicNetworkAccess:Enabled
        ip_range_filter=ipRules:addresses is_virtual_network_filter_enabled
        virtual_network_rule=virtualNetworkRules[ id ]
        key_vault_key_id=keyVaultKeyUri local_authentication_disabled=disableLocalAuth
        local_authentication_enabled=disableLocalAuth:not
        minimal_tls_version access_key_metadata_writes_enabled=disableKeyBasedMetadataWriteAccess:not
        network_acl_bypass_for_azure_services=networkAclBypass backup=backupPolicy{{ type tier
        interval_in_minutes=periodicModeProperties.backupIntervalInMinutes
        retention_in_hours=periodicModeProperties.backupRetentionIntervalInHours }} capabilities[ name ]
        automatic_failover_enabled=enableAutomaticFailover enable_automatic_failover cors_rule=cors[
        allowed_origins:comma ]
    """,
    ),
    "azurerm_cosmosdb_sql_database": Native(
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases",
        f"""
        {_CHILD} account_name=/parent throughput=options.throughput
    """,
    ),
    "azurerm_cosmosdb_sql_role_assignment": Native(
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
        f"""
        {_CHILD} account_name=/parent role_definition_id principal_id scope
    """,
    ),
    "azurerm_sql_server": Native("Microsoft.Sql/servers", _SQL),
    "azurerm_mssql_server": Native("Microsoft.Sql/servers", _SQL),
    "azurerm_sql_firewall_rule": Native("Microsoft.Sql/servers/firewallRules", _FIREWALL),
    "azurerm_mssql_firewall_rule": Native("Microsoft.Sql/servers/firewallRules", _FIREWALL),
    "azurerm_sql_database": Native("Microsoft.Sql/servers/databases", _SQL_DATABASE),
    "azurerm_mssql_database": Native("Microsoft.Sql/servers/databases", _SQL_DATABASE),
    "azurerm_sql_active_directory_administrator": Native(
        "Microsoft.Sql/servers/administrators",
        """
        server_name=/parent login object_id=sid tenant_id azuread_authentication_only=azureADOnlyAuthentication
    """,
    ),
    "azurerm_mssql_server_extended_auditing_policy": Native(
        "Microsoft.Sql/servers/auditingSettings", _AUDIT, {"state": "Enabled"}
    ),
    "azurerm_mssql_database_extended_auditing_policy": Native(
        "Microsoft.Sql/servers/databases/auditingSettings", _AUDIT, {"state": "Enabled"}
    ),
    "azurerm_mssql_server_security_alert_policy": Native("Microsoft.Sql/servers/securityAlertPolicies", _ALERT),
    "azurerm_mssql_virtual_network_rule": Native(
        "Microsoft.Sql/servers/virtualNetworkRules",
        f"""
        {_CHILD} server_id=/parent subnet_id=virtualNetworkSubnetId
    """,
    ),
    "azurerm_postgresql_server": Native("Microsoft.DBforPostgreSQL/servers", _SERVER),
    "azurerm_mysql_server": Native("Microsoft.DBforMySQL/servers", _SERVER),
    "azurerm_mariadb_server": Native("Microsoft.DBforMariaDB/servers", _SERVER),
    "azurerm_postgresql_flexible_server": Native("Microsoft.DBforPostgreSQL/flexibleServers", _FLEXIBLE),
    "azurerm_mysql_flexible_server": Native("Microsoft.DBforMySQL/flexibleServers", _FLEXIBLE),
    "azurerm_postgresql_firewall_rule": Native("Microsoft.DBforPostgreSQL/servers/firewallRules", _FIREWALL),
    "azurerm_mysql_firewall_rule": Native("Microsoft.DBforMySQL/servers/firewallRules", _FIREWALL),
    "azurerm_mariadb_firewall_rule": Native("Microsoft.DBforMariaDB/servers/firewallRules", _FIREWALL),
    "azurerm_postgresql_flexible_server_firewall_rule": Native(
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules", _FIREWALL
    ),
    "azurerm_mysql_flexible_server_firewall_rule": Native(
        "Microsoft.DBforMySQL/flexibleServers/firewallRules", _FIREWALL
    ),
    "azurerm_postgresql_configuration": Native("Microsoft.DBforPostgreSQL/servers/configurations", _SETTING),
    "azurerm_mysql_configuration": Native("Microsoft.DBforMySQL/servers/configurations", _SETTING),
    "azurerm_postgresql_flexible_server_configuration": Native(
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations", _SETTING
    ),
    "azurerm_mysql_flexible_server_configuration": Native(
        "Microsoft.DBforMySQL/flexibleServers/configurations", _SETTING
    ),
    "azurerm_redis_cache": Native(
        "Microsoft.Cache/Redis",
        f"""
        {_TOP} enable_non_ssl_port non_ssl_port_enabled=enableNonSslPort minimum_tls_version
        public_network_access_enabled=publicNetworkAccess:Enabled sku_name=sku.name family=sku.family
        capacity=sku.capacity
        access_keys_authentication_enabled=disableAccessKeyAuthentication:not subnet_id
        redis_configuration=redisConfiguration{{ enable_authentication=authnotrequired:not
        authentication_enabled=authnotrequired:not
        active_directory_authentication_enabled=aad-enabled rdb_backup_enabled=rdb-backup-enabled }}
    """,
        {"minimumTlsVersion": "1.0"},
    ),
    "azurerm_redis_firewall_rule": Native(
        "Microsoft.Cache/Redis/firewallRules",
        """
        name=/name redis_cache_name=/parent start_ip=startIP end_ip=endIP
    """,
    ),
    "azurerm_container_registry": Native(
        "Microsoft.ContainerRegistry/registries",
        f"""
        {_TOP} sku=/sku.name admin_enabled=adminUserEnabled public_network_access_enabled=publicNetworkAccess:Enabled
        anonymous_pull_enabled data_endpoint_enabled export_policy_enabled=policies.exportPolicy.status:enabled
        quarantine_policy_enabled=policies.quarantinePolicy.status:enabled
        trust_policy.enabled=policies.trustPolicy.status:enabled
        trust_policy_enabled=policies.trustPolicy.status:enabled retention_policy_in_days=policies.retentionPolicy.days
        network_rule_set=networkRuleSet{{ default_action ip_rule=ipRules[ action ip_range=value ] }}
        encryption=encryption{{ key_vault_key_id=keyVaultProperties.keyIdentifier key_vault_key_id=status:on }}
    """,
    ),
    "azurerm_search_service": Native(
        "Microsoft.Search/searchServices",
        f"""
        {_TOP} sku=/sku.name public_network_access_enabled=publicNetworkAccess:Enabled
        local_authentication_enabled=disableLocalAuth:not allowed_ips=networkRuleSet.ipRules:values
    """,
    ),
    "azurerm_cognitive_account": Native(
        "Microsoft.CognitiveServices/accounts",
        f"""
        {_TOP} kind=/kind sku_name=/sku.name public_network_access_enabled=publicNetworkAccess:Enabled
        local_auth_enabled=disableLocalAuth:not network_acls=networkAcls{{ {_ACLS} }}
        custom_subdomain_name=customSubDomainName
    """,
    ),
    "azurerm_app_configuration": Native(
        "Microsoft.AppConfiguration/configurationStores",
        f"""
        {_TOP} sku=/sku.name public_network_access=publicNetworkAccess local_auth_enabled=disableLocalAuth:not
        purge_protection_enabled=enablePurgeProtection
    """,
    ),
}

JOINS: dict[str, Join] = {
    "azurerm_key_vault_access_policy": Join(
        "key_vault_id",
        ("azurerm_key_vault",),
        """
        tenant_id object_id application_id key_permissions=permissions.keys secret_permissions=permissions.secrets
        certificate_permissions=permissions.certificates storage_permissions=permissions.storage
    """,
        into="properties.accessPolicies",
    ),
    "azurerm_storage_account_customer_managed_key": Join(
        "storage_account_id",
        _ACCOUNT,
        """
        key_vault_id=encryption.keyvaultproperties.keyvaulturi key_name=encryption.keyvaultproperties.keyname
        key_name=encryption.keySource:keyvault
    """,
    ),
    "azurerm_storage_account_network_rules": Join(
        "storage_account_id storage_account_name",
        _ACCOUNT,
        """
        default_action=networkAcls.defaultAction bypass=networkAcls.bypass:comma ip_rules=networkAcls.ipRules:values
        virtual_network_subnet_ids=networkAcls.virtualNetworkRules:ids
    """,
    ),
    "azurerm_mssql_server_transparent_data_encryption": Join(
        "server_id", ("azurerm_mssql_server",), "key_vault_key_id=keyId"
    ),
}

_BLOBS = """
    versioning_enabled=isVersioningEnabled change_feed_enabled=changeFeed.enabled
    delete_retention_policy=deleteRetentionPolicy{ days } delete_retention_policy=deleteRetentionPolicy.enabled:true
    container_delete_retention_policy=containerDeleteRetentionPolicy{ days }
    container_delete_retention_policy=containerDeleteRetentionPolicy.enabled:true
    cors_rule=cors.corsRules[ allowed_origins allowed_methods allowed_headers exposed_headers max_age_in_seconds ]
"""
_CORS = "cors_rule=cors.corsRules[ allowed_origins allowed_methods ]"
_QUEUES = f"logging{{ delete read write version retention_policy_days }} {_CORS}"


def _account(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """Tier and replication as the name of ARM's sku: `Standard` and `LRS` -> `Standard_LRS`."""
    tier, copies = arguments.entries.get("account_tier"), arguments.entries.get("account_replication_type")
    if tier is None or copies is None:
        return arguments
    known = scalar(tier.value) is not None and scalar(copies.value) is not None
    text = f"{display(tier.value)}_{display(copies.value)}"
    name: Value = Literal(text, tier.value.at) if known else concatenated(tier.value.at, tier.value, "_", copies.value)
    return Fields({**arguments.entries, "sku_name": Entry(tier.key_at, name)}, arguments.at)


def _services(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """Settings of the account's services, which ARM has as children named `default`."""
    for argument, type_, text in (
        ("blob_properties", "blobServices", _BLOBS),
        ("queue_properties", "queueServices", _QUEUES),
        ("share_properties", "fileServices", _CORS),
    ):
        for block in blocks(arguments.get(argument)):
            parent = Reference(raw.address, None, raw.at)
            properties = shaped(shape(text, camel), block)
            made = fields(block.at, name="default", parent=parent, properties=properties)
            yield Extra(f"Microsoft.Storage/storageAccounts/{type_}", type_, made)


def _database(raw: RawResource, arguments: Fields, _: Declared) -> Iterator[Addition | Extra]:
    """Auditing, alerts and encryption written on the server or database itself, which ARM has as children."""
    parent = Reference(raw.address, None, raw.at)
    base = "Microsoft.Sql/servers" if raw.type.endswith("_server") else "Microsoft.Sql/servers/databases"
    for argument in ("extended_auditing_policy", "blob_extended_auditing_policy"):
        for block in blocks(arguments.get(argument)):
            on = Fields(
                {**shaped(shape(_AUDIT, camel), block).entries, "state": Entry(block.at, Literal("Enabled", block.at))},
                block.at,
            )
            yield Extra(
                f"{base}/auditingSettings", "auditing", fields(block.at, name="default", parent=parent, properties=on)
            )
    for block in blocks(arguments.get("threat_detection_policy")):
        made = fields(block.at, name="Default", parent=parent, properties=shaped(shape(_ALERT, camel), block))
        yield Extra(f"{base}/securityAlertPolicies", "alerts", made)
    switch = arguments.entries.get("transparent_data_encryption_enabled")
    if switch is not None and isinstance(switch.value, Literal):
        state = fields(
            switch.key_at, state=Literal("Enabled" if switch.value.value is True else "Disabled", switch.value.at)
        )
        made = fields(switch.key_at, name="current", parent=parent, properties=state)
        yield Extra(f"{base}/transparentDataEncryption", "encryption", made)


TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    more={
        "azurerm_storage_account": _services,
        "azurerm_sql_server": _database,
        "azurerm_mssql_server": _database,
        "azurerm_sql_database": _database,
        "azurerm_mssql_database": _database,
    },
    prepare={"azurerm_storage_account": _account},
    spelling=camel,
    section="properties",
)
