"""Canonical spelling of resource types: Azure ignores case, the inventory's tables do not."""

from __future__ import annotations

_KNOWN = """
Microsoft.ApiManagement/service Microsoft.ApiManagement/service/apis Microsoft.ApiManagement/service/apis/operations
Microsoft.ApiManagement/service/apis/policies Microsoft.ApiManagement/service/policies
Microsoft.ApiManagement/service/namedValues Microsoft.ApiManagement/service/products
Microsoft.ApiManagement/service/backends Microsoft.Authorization/roleAssignments
Microsoft.Authorization/roleDefinitions Microsoft.Authorization/locks Microsoft.Authorization/policyAssignments
Microsoft.Automation/automationAccounts Microsoft.Automation/automationAccounts/variables
Microsoft.App/containerApps Microsoft.App/managedEnvironments Microsoft.App/jobs Microsoft.Cache/Redis
Microsoft.Cache/Redis/firewallRules Microsoft.Cdn/profiles Microsoft.Cdn/profiles/endpoints
Microsoft.CognitiveServices/accounts Microsoft.Compute/virtualMachines Microsoft.Compute/virtualMachines/extensions
Microsoft.Compute/virtualMachineScaleSets Microsoft.Compute/disks Microsoft.ContainerInstance/containerGroups
Microsoft.ContainerRegistry/registries Microsoft.ContainerService/managedClusters
Microsoft.ContainerService/managedClusters/agentPools Microsoft.DBforMySQL/servers
Microsoft.DBforMySQL/servers/firewallRules Microsoft.DBforMySQL/flexibleServers
Microsoft.DBforMySQL/flexibleServers/firewallRules Microsoft.DBforMariaDB/servers
Microsoft.DBforMariaDB/servers/firewallRules Microsoft.DBforPostgreSQL/servers
Microsoft.DBforPostgreSQL/servers/firewallRules Microsoft.DBforPostgreSQL/servers/configurations
Microsoft.DBforPostgreSQL/flexibleServers Microsoft.DBforPostgreSQL/flexibleServers/firewallRules
Microsoft.DBforPostgreSQL/flexibleServers/configurations Microsoft.DocumentDB/databaseAccounts
Microsoft.DocumentDB/databaseAccounts/sqlDatabases Microsoft.EventGrid/topics Microsoft.EventGrid/systemTopics
Microsoft.EventGrid/domains Microsoft.EventGrid/eventSubscriptions Microsoft.EventGrid/systemTopics/eventSubscriptions
Microsoft.EventHub/namespaces Microsoft.EventHub/namespaces/eventhubs Microsoft.EventHub/namespaces/authorizationRules
Microsoft.EventHub/namespaces/networkRuleSets Microsoft.Insights/components Microsoft.Insights/diagnosticSettings
Microsoft.Insights/activityLogAlerts Microsoft.Insights/metricAlerts Microsoft.Insights/scheduledQueryRules
Microsoft.Insights/logProfiles Microsoft.Insights/actionGroups Microsoft.Insights/alertrules
Microsoft.Insights/webtests Microsoft.KeyVault/vaults Microsoft.KeyVault/vaults/secrets Microsoft.KeyVault/vaults/keys
Microsoft.KeyVault/vaults/accessPolicies Microsoft.Logic/workflows Microsoft.ManagedIdentity/userAssignedIdentities
Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials Microsoft.Network/networkSecurityGroups
Microsoft.Network/networkSecurityGroups/securityRules Microsoft.Network/virtualNetworks
Microsoft.Network/virtualNetworks/subnets Microsoft.Network/networkInterfaces Microsoft.Network/publicIPAddresses
Microsoft.Network/applicationGateways Microsoft.Network/frontDoors Microsoft.Network/networkWatchers
Microsoft.Network/networkWatchers/flowLogs Microsoft.Network/privateEndpoints Microsoft.Network/azureFirewalls
Microsoft.Network/loadBalancers Microsoft.Network/FrontDoorWebApplicationFirewallPolicies
Microsoft.OperationalInsights/workspaces Microsoft.Resources/deployments Microsoft.Resources/resourceGroups
Microsoft.Resources/deploymentScripts Microsoft.Search/searchServices Microsoft.Security/pricings
Microsoft.Security/securityContacts Microsoft.ServiceBus/namespaces Microsoft.ServiceBus/namespaces/queues
Microsoft.ServiceBus/namespaces/topics Microsoft.ServiceBus/namespaces/topics/subscriptions
Microsoft.ServiceBus/namespaces/authorizationRules Microsoft.ServiceBus/namespaces/networkRuleSets
Microsoft.SignalRService/SignalR Microsoft.Sql/servers Microsoft.Sql/servers/databases
Microsoft.Sql/servers/firewallRules Microsoft.Sql/servers/auditingSettings Microsoft.Sql/servers/securityAlertPolicies
Microsoft.Sql/servers/databases/transparentDataEncryption Microsoft.Sql/servers/administrators
Microsoft.Storage/storageAccounts Microsoft.Storage/storageAccounts/blobServices
Microsoft.Storage/storageAccounts/blobServices/containers Microsoft.Storage/storageAccounts/queueServices
Microsoft.Storage/storageAccounts/queueServices/queues Microsoft.Storage/storageAccounts/tableServices
Microsoft.Storage/storageAccounts/tableServices/tables Microsoft.Storage/storageAccounts/fileServices
Microsoft.Storage/storageAccounts/fileServices/shares Microsoft.Storage/storageAccounts/managementPolicies
Microsoft.Web/sites Microsoft.Web/sites/config Microsoft.Web/sites/functions Microsoft.Web/sites/hostNameBindings
Microsoft.Web/sites/slots Microsoft.Web/sites/slots/config Microsoft.Web/sites/basicPublishingCredentialsPolicies
Microsoft.Web/sites/deployments Microsoft.Web/sites/extensions Microsoft.Web/sites/networkConfig
Microsoft.Web/sites/privateEndpointConnections Microsoft.Web/sites/sourcecontrols
Microsoft.Web/sites/virtualNetworkConnections Microsoft.Web/serverfarms Microsoft.Web/staticSites
""".split()

_BY_LOWER = {name.lower(): name for name in _KNOWN}


def canonical(type_: str) -> str:
    """A type as Azure's documentation spells it; one that is not known only gets its `Microsoft.` right."""
    found = _BY_LOWER.get(type_.lower())
    if found is not None:
        return found
    return f"Microsoft.{type_[10:]}" if type_.lower().startswith("microsoft.") else type_
