"""What Azure's SDKs call their clients, and which client another one makes: facts for `sdk_clouds.py`.

Sources: Azure SDK for Python and Azure SDK for JavaScript, reference of each package named below
(https://learn.microsoft.com/python/api/overview/azure, https://learn.microsoft.com/javascript/api/overview/azure).
"""

from __future__ import annotations

from casemate.analysis.code.interpret.sdk_kinds import Client, Kind

IDENTITY = ("azure.identity", "@azure/identity", "azure.core.credentials.TokenCredential")
"""Credentials that are the function's identity (or a developer's own): the calls need rights of it."""
KEYS = frozenset({
    "AzureKeyCredential", "AzureNamedKeyCredential", "AzureSasCredential", "StorageSharedKeyCredential",
    "NamedKeyCredential", "SASCredential",
})  # fmt: skip
"""Credentials that are a key: whoever has it needs no right."""
ROOTS = ("azure.", "@azure/")
NO_SDK = (
    "azure.functions", "azure.identity", "azure.core", "azure.monitor", "azure.durable_functions", "azure.common",
    "@azure/functions", "@azure/identity", "@azure/core", "@azure/logger", "@azure/monitor", "@azure/abort",
    "@azure/msal",
)  # fmt: skip
"""Packages that ask nothing of Azure's resources in the name of the function."""

_STORAGE = ("account", "credential")
CLASSES: dict[str, Client] = {
    "BlobServiceClient": Client("blob.service", _STORAGE),
    "ContainerClient": Client("blob.container", ("account", "container", "credential")),
    "BlobClient": Client("blob.blob", ("account", "container", "blob")),
    "BlockBlobClient": Client("blob.blob", ("account",)),
    "DataLakeServiceClient": Client("lake.service", _STORAGE),
    "FileSystemClient": Client("lake.system", ("account", "container")),
    "DataLakeFileClient": Client("lake.file", ("account", "container", "blob")),
    "DataLakeDirectoryClient": Client("lake.directory", ("account", "container", "blob")),
    "QueueServiceClient": Client("queue.service", _STORAGE),
    "QueueClient": Client("queue.queue", ("account", "queue", "credential")),
    "TableServiceClient": Client("table.service", _STORAGE),
    "TableClient": Client("table.table", ("account", "table", "credential")),
    "ShareServiceClient": Client("share.service", _STORAGE),
    "ShareClient": Client("share.share", ("account", "share", "credential")),
    "ShareDirectoryClient": Client("share.directory", ("account", "share")),
    "ShareFileClient": Client("share.file", ("account", "share")),
    "CosmosClient": Client("cosmos.client", ("account", "credential")),
    "ServiceBusClient": Client("bus.client", ("namespace", "credential")),
    "ServiceBusAdministrationClient": Client("bus.administration", ("namespace", "credential")),
    "EventHubProducerClient": Client("hub.producer", ("namespace", "hub", "credential")),
    "EventHubConsumerClient": Client("hub.consumer", ("namespace", "hub", "consumergroup", "credential")),
    "EventHubBufferedProducerClient": Client("hub.producer", ("namespace", "hub", "credential")),
    "EventGridPublisherClient": Client("grid.publisher", ("gridtopic", "credential")),
    "SecretClient": Client("vault.secrets", ("vault", "credential")),
    "KeyClient": Client("vault.keys", ("vault", "credential")),
    "CryptographyClient": Client("vault.cryptography", ("key", "credential")),
    "CertificateClient": Client("vault.certificates", ("vault", "credential")),
    "AzureAppConfigurationClient": Client("configuration.store", ("store", "credential")),
    "AppConfigurationClient": Client("configuration.store", ("store", "credential")),
    "LogsQueryClient": Client("logs.query", ("credential",)),
    "SearchClient": Client("search.index", ("search", "index", "credential")),
}
"""Class -> what it is a client of, and what its arguments are, in Python's order."""
SCRIPT_ORDER: dict[str, tuple[str, ...]] = {
    "ContainerClient": ("account", "credential"),
    "BlobClient": ("account", "credential"),
    "QueueClient": ("account", "credential"),
    "ShareClient": ("account", "credential"),
    "ShareFileClient": ("account", "credential"),
    "DataLakeFileClient": ("account", "credential"),
    "EventHubConsumerClient": ("consumergroup", "namespace", "hub", "credential"),
    "EventGridPublisherClient": ("gridtopic", "schema", "credential"),
}
"""JavaScript's order where it is another."""

KINDS: dict[str, Kind] = {
    "blob.service": Kind("azure.storage.blob.BlobServiceClient", {
        "getcontainerclient": ("blob.container", ("container",)), "getblobclient": ("blob.blob", ("container", "blob")),
        "createcontainer": ("blob.container", ("container",)),
    }),
    "blob.container": Kind("azure.storage.blob.ContainerClient", {
        "getblobclient": ("blob.blob", ("blob",)), "getblockblobclient": ("blob.blob", ("blob",)),
        "getappendblobclient": ("blob.blob", ("blob",)), "getpageblobclient": ("blob.blob", ("blob",)),
        "getblobleaseclient": ("blob.lease", ()), "uploadblob": ("blob.blob", ("blob",)),
    }),
    "blob.blob": Kind("azure.storage.blob.BlobClient", {
        "getblockblobclient": ("blob.blob", ()), "getappendblobclient": ("blob.blob", ()),
        "getpageblobclient": ("blob.blob", ()), "getblobleaseclient": ("blob.lease", ()),
        "withsnapshot": ("blob.blob", ()), "withversion": ("blob.blob", ()),
    }),
    "blob.lease": Kind("azure.storage.blob.BlobLeaseClient"),
    "lake.service": Kind("azure.storage.filedatalake.DataLakeServiceClient", {
        "getfilesystemclient": ("lake.system", ("container",)), "getfileclient": ("lake.file", ("container", "blob")),
        "getdirectoryclient": ("lake.directory", ("container", "blob")),
    }),
    "lake.system": Kind("azure.storage.filedatalake.FileSystemClient", {
        "getfileclient": ("lake.file", ("blob",)), "getdirectoryclient": ("lake.directory", ("blob",)),
    }),
    "lake.directory": Kind("azure.storage.filedatalake.DataLakeDirectoryClient", {
        "getfileclient": ("lake.file", ("blob",)), "getsubdirectoryclient": ("lake.directory", ("blob",)),
        "createfile": ("lake.file", ("blob",)),
    }),
    "lake.file": Kind("azure.storage.filedatalake.DataLakeFileClient"),
    "queue.service": Kind("azure.storage.queue.QueueServiceClient", {
        "getqueueclient": ("queue.queue", ("queue",)), "createqueue": ("queue.queue", ("queue",)),
    }),
    "queue.queue": Kind("azure.storage.queue.QueueClient"),
    "table.service": Kind("azure.data.tables.TableServiceClient", {
        "gettableclient": ("table.table", ("table",)), "createtable": ("table.table", ("table",)),
        "createtableifnotexists": ("table.table", ("table",)),
    }),
    "table.table": Kind("azure.data.tables.TableClient"),
    "share.service": Kind("azure.storage.fileshare.ShareServiceClient", {
        "getshareclient": ("share.share", ("share",)), "createshare": ("share.share", ("share",)),
    }),
    "share.share": Kind("azure.storage.fileshare.ShareClient", {
        "getdirectoryclient": ("share.directory", ()), "getfileclient": ("share.file", ()),
        "createdirectory": ("share.directory", ()),
    }, {"rootDirectoryClient": "share.directory"}),
    "share.directory": Kind("azure.storage.fileshare.ShareDirectoryClient", {
        "getfileclient": ("share.file", ()), "getsubdirectoryclient": ("share.directory", ()),
        "getdirectoryclient": ("share.directory", ()), "uploadfile": ("share.file", ()),
    }),
    "share.file": Kind("azure.storage.fileshare.ShareFileClient"),
    "cosmos.client": Kind("azure.cosmos.CosmosClient", {
        "getdatabaseclient": ("cosmos.database", ("database",)), "database": ("cosmos.database", ("database",)),
        "createdatabaseifnotexists": ("cosmos.database", ("database",)),
        "createdatabase": ("cosmos.database", ("database",)),
    }, {"databases": "cosmos.databases"}),
    "cosmos.databases": Kind("cosmos.Databases"),
    "cosmos.database": Kind("azure.cosmos.DatabaseProxy", {
        "getcontainerclient": ("cosmos.container", ("collection",)), "container": ("cosmos.container", ("collection",)),
        "createcontainerifnotexists": ("cosmos.container", ("collection",)),
        "createcontainer": ("cosmos.container", ("collection",)),
    }, {"containers": "cosmos.containers"}, "cosmos.Database"),
    "cosmos.containers": Kind("cosmos.Containers"),
    "cosmos.container": Kind(
        "azure.cosmos.ContainerProxy", {"item": ("cosmos.item", ())}, {"items": "cosmos.items"}, "cosmos.Container"
    ),
    "cosmos.items": Kind("cosmos.Items", {"query": ("cosmos.query", ()), "readall": ("cosmos.query", ())}),
    "cosmos.query": Kind("cosmos.Query"),
    "cosmos.item": Kind("cosmos.Item"),
    "bus.client": Kind("azure.servicebus.ServiceBusClient", {
        "getqueuesender": ("bus.sender", ("queue",)), "gettopicsender": ("bus.sender", ("topic",)),
        "createsender": ("bus.sender", ("queueortopic",)), "getqueuereceiver": ("bus.receiver", ("queue",)),
        "getsubscriptionreceiver": ("bus.receiver", ("topic", "subscription")),
        "createreceiver": ("bus.receiver", ("queueortopic", "subscription")),
        "acceptsession": ("bus.receiver", ("queueortopic", "session")),
        "acceptnextsession": ("bus.receiver", ("queueortopic",)),
        "createrulemanager": ("bus.rules", ("topic", "subscription")),
    }),
    "bus.sender": Kind("azure.servicebus.ServiceBusSender"),
    "bus.receiver": Kind("azure.servicebus.ServiceBusReceiver"),
    "bus.rules": Kind("azure.servicebus.RuleManager"),
    "bus.administration": Kind("azure.servicebus.management.ServiceBusAdministrationClient"),
    "hub.producer": Kind("azure.eventhub.EventHubProducerClient"),
    "hub.consumer": Kind("azure.eventhub.EventHubConsumerClient"),
    "grid.publisher": Kind("azure.eventgrid.EventGridPublisherClient"),
    "vault.secrets": Kind("azure.keyvault.secrets.SecretClient"),
    "vault.keys": Kind("azure.keyvault.keys.KeyClient", {"getcryptographyclient": ("vault.cryptography", ())}),
    "vault.cryptography": Kind("azure.keyvault.keys.crypto.CryptographyClient"),
    "vault.certificates": Kind("azure.keyvault.certificates.CertificateClient"),
    "configuration.store": Kind("azure.appconfiguration.AzureAppConfigurationClient"),
    "logs.query": Kind("azure.monitor.query.LogsQueryClient"),
    "search.index": Kind("azure.search.documents.SearchClient"),
}  # fmt: skip

ALIASES = {
    "accounturl": "account", "endpoint": "account", "url": "account", "containername": "container",
    "blobname": "blob", "filesystemname": "container", "filesystem": "container", "queuename": "queue",
    "tablename": "table", "sharename": "share", "fullyqualifiednamespace": "namespace", "eventhubname": "hub",
    "topicname": "topic", "subscriptionname": "subscription", "vaulturl": "vault", "queueortopicname": "queueortopic",
    "baseurl": "store", "keyvaulturl": "vault",
}  # fmt: skip
"""Keyword, without case and underscores -> what it is here."""

PROVIDERS = {
    "virtualmachines": "Microsoft.Compute/virtualMachines", "disks": "Microsoft.Compute/disks",
    "snapshots": "Microsoft.Compute/snapshots", "virtualmachinescalesets": "Microsoft.Compute/virtualMachineScaleSets",
    "resourcegroups": "Microsoft.Resources/subscriptions/resourceGroups",
    "deployments": "Microsoft.Resources/deployments", "subscriptions": "Microsoft.Resources/subscriptions",
    "resources": "Microsoft.Resources/subscriptions/resources", "tags": "Microsoft.Resources/tags",
    "storageaccounts": "Microsoft.Storage/storageAccounts",
    "blobcontainers": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "webapps": "Microsoft.Web/sites", "appserviceplans": "Microsoft.Web/serverFarms",
    "vaults": "Microsoft.KeyVault/vaults", "networksecuritygroups": "Microsoft.Network/networkSecurityGroups",
    "securityrules": "Microsoft.Network/networkSecurityGroups/securityRules",
    "publicipaddresses": "Microsoft.Network/publicIPAddresses",
    "networkinterfaces": "Microsoft.Network/networkInterfaces", "virtualnetworks": "Microsoft.Network/virtualNetworks",
    "subnets": "Microsoft.Network/virtualNetworks/subnets", "zones": "Microsoft.Network/dnsZones",
    "recordsets": "Microsoft.Network/dnsZones", "roleassignments": "Microsoft.Authorization/roleAssignments",
    "roledefinitions": "Microsoft.Authorization/roleDefinitions",
    "databaseaccounts": "Microsoft.DocumentDB/databaseAccounts",
    "containergroups": "Microsoft.ContainerInstance/containerGroups", "workflows": "Microsoft.Logic/workflows",
    "containerapps": "Microsoft.App/containerApps", "jobs": "Microsoft.App/jobs",
    "registries": "Microsoft.ContainerRegistry/registries", "servers": "Microsoft.Sql/servers",
    "databases": "Microsoft.Sql/servers/databases", "metrics": "Microsoft.Insights/metrics",
    "activitylogs": "Microsoft.Insights/eventtypes", "managedclusters": "Microsoft.ContainerService/managedClusters",
    "userassignedidentities": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "functions": "Microsoft.Web/sites/functions",
}  # fmt: skip
"""Group of operations of a management client -> the resource type its actions are on."""
