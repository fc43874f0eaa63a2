"""Machines, disks, clusters and containers."""

from __future__ import annotations

from casemate.sources.terraform.lowering.notation import camel
from casemate.sources.terraform.lowering.table import Native, Table

_TOP = "name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }"
_LINUX = "disable_password_authentication=osProfile.linuxConfiguration.disablePasswordAuthentication"
_MACHINE = f"""
    {_TOP} size=hardwareProfile.vmSize vm_size=hardwareProfile.vmSize admin_username=osProfile.adminUsername
    admin_password=osProfile.adminPassword custom_data=osProfile.customData user_data {_LINUX}
    allow_extension_operations=osProfile.allowExtensionOperations
    encryption_at_host_enabled=securityProfile.encryptionAtHost
    secure_boot_enabled=securityProfile.uefiSettings.secureBootEnabled
    network_interface_ids=networkProfile.networkInterfaces:ids
    os_disk=storageProfile.osDisk{{ caching storage_account_type=managedDisk.storageAccountType
    disk_encryption_set_id=managedDisk.diskEncryptionSet.id }}
    os_profile=osProfile{{ computer_name admin_username admin_password custom_data }}
    os_profile_linux_config=osProfile.linuxConfiguration{{ disable_password_authentication }}
    os_profile_windows_config=osProfile.windowsConfiguration{{ provision_vm_agent=provisionVMAgent
    enable_automatic_upgrades=enableAutomaticUpdates }}
    source_image_reference=storageProfile.imageReference{{ publisher offer sku version }}
    storage_image_reference=storageProfile.imageReference{{ publisher offer sku version }}
    storage_os_disk=storageProfile.osDisk{{ name caching vhd_uri=vhd.uri
    managed_disk_type=managedDisk.storageAccountType }}
    storage_data_disk=storageProfile.dataDisks[ name lun caching vhd_uri=vhd.uri ]
    boot_diagnostics=diagnosticsProfile.bootDiagnostics{{ storage_account_uri=storageUri enabled }}
"""
_APP_TEMPLATE = """
    template=template{ container=containers[ name image cpu=resources.cpu memory=resources.memory args command
    env=env[ name value secret_name=secretRef ] ] min_replicas=scale.minReplicas max_replicas=scale.maxReplicas }
    ingress=configuration.ingress{ external_enabled=external target_port transport
    allow_insecure_connections=allowInsecure
    client_certificate_mode ip_security_restriction=ipSecurityRestrictions[ name action ip_address_range description ] }
    secret=configuration.secrets[ name value key_vault_secret_id=keyVaultUrl identity ]
    registry=configuration.registries[ server username password_secret_name=passwordSecretRef identity ]
"""

NATIVES: dict[str, Native] = {
    "azurerm_kubernetes_cluster": Native(
        "Microsoft.ContainerService/managedClusters",
        f"""
        {_TOP} dns_prefix kubernetes_version role_based_access_control_enabled=enableRBAC
        role_based_access_control.enabled=enableRBAC local_account_disabled=disableLocalAccounts
        api_server_authorized_ip_ranges=apiServerAccessProfile.authorizedIPRanges
        api_server_access_profile.authorized_ip_ranges=apiServerAccessProfile.authorizedIPRanges
        private_cluster_enabled=apiServerAccessProfile.enablePrivateCluster
        network_profile=networkProfile{{ network_plugin network_policy outbound_type load_balancer_sku }}
        azure_policy_enabled=addonProfiles.azurepolicy.enabled oms_agent=addonProfiles.omsagent.enabled:true
        addon_profile.kube_dashboard.enabled=addonProfiles.kubeDashboard.enabled
        addon_profile.oms_agent.enabled=addonProfiles.omsagent.enabled
        addon_profile.azure_policy.enabled=addonProfiles.azurepolicy.enabled
        disk_encryption_set_id=diskEncryptionSetID run_command_enabled=apiServerAccessProfile.disableRunCommand:not
        default_node_pool=agentPoolProfiles[ name vm_size node_count=count os_disk_type
        enable_node_public_ip=enableNodePublicIP
        node_public_ip_enabled=enableNodePublicIP host_encryption_enabled=enableEncryptionAtHost
        vnet_subnet_id=vnetSubnetID ]
        service_principal=servicePrincipalProfile{{ client_id client_secret=secret }}
    """,
    ),
    "azurerm_container_group": Native(
        "Microsoft.ContainerInstance/containerGroups",
        f"""
        {_TOP} os_type ip_address_type=ipAddress.type subnet_ids=subnetIds:ids
        container=containers[ name image=properties.image environment_variables=properties.environmentVariables:settings
        secure_environment_variables=properties.secureEnvironmentVariables:settings ]
        image_registry_credential=imageRegistryCredentials[ server username password ]
    """,
    ),
    "azurerm_container_app": Native(
        "Microsoft.App/containerApps", f"{_TOP} container_app_environment_id=managedEnvironmentId {_APP_TEMPLATE}"
    ),
    "azurerm_container_app_job": Native(
        "Microsoft.App/jobs", f"{_TOP} container_app_environment_id=environmentId {_APP_TEMPLATE}"
    ),
    "azurerm_container_app_environment": Native(
        "Microsoft.App/managedEnvironments",
        f"""
        {_TOP} log_analytics_workspace_id=appLogsConfiguration.logAnalyticsConfiguration.customerId
        infrastructure_subnet_id=vnetConfiguration.infrastructureSubnetId
        internal_load_balancer_enabled=vnetConfiguration.internal
        mutual_tls_enabled=peerAuthentication.mtls.enabled
    """,
    ),
    "azurerm_managed_disk": Native(
        "Microsoft.Compute/disks",
        f"""
        {_TOP} storage_account_type=/sku.name disk_encryption_set_id=encryption.diskEncryptionSetId
        encryption_settings=encryptionSettingsCollection{{ enabled }}
        encryption_settings.enabled=encryptionSettingsCollection.enabled
        network_access_policy public_network_access_enabled=publicNetworkAccess:Enabled disk_size_gb=diskSizeGB
        create_option=creationData.createOption
    """,
    ),
    "azurerm_linux_virtual_machine": Native(
        "Microsoft.Compute/virtualMachines",
        _MACHINE,
        {"osProfile.linuxConfiguration.disablePasswordAuthentication": True, "storageProfile.osDisk.osType": "Linux"},
    ),
    "azurerm_windows_virtual_machine": Native(
        "Microsoft.Compute/virtualMachines", _MACHINE, {"storageProfile.osDisk.osType": "Windows"}
    ),
    "azurerm_virtual_machine": Native("Microsoft.Compute/virtualMachines", _MACHINE),
    "azurerm_virtual_machine_extension": Native(
        "Microsoft.Compute/virtualMachines/extensions",
        """
        name=/name virtual_machine_id=/parent publisher type settings protected_settings
    """,
    ),
    "azurerm_linux_virtual_machine_scale_set": Native(
        "Microsoft.Compute/virtualMachineScaleSets",
        f"""
        {_TOP} sku=/sku.name instances=/sku.capacity admin_username=virtualMachineProfile.osProfile.adminUsername
        admin_password=virtualMachineProfile.osProfile.adminPassword
        custom_data=virtualMachineProfile.osProfile.customData
        disable_password_authentication=virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication
        encryption_at_host_enabled=virtualMachineProfile.securityProfile.encryptionAtHost
    """,
        {"virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication": True},
    ),
}

TABLE = Table(natives=NATIVES, spelling=camel, section="properties")
