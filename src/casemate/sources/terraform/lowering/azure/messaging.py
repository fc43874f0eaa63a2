"""Service Bus, Event Hubs, Event Grid and SignalR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Value
from casemate.sources.terraform.lowering.converting import flag
from casemate.sources.terraform.lowering.notation import camel
from casemate.sources.terraform.lowering.table import Join, Native, Table

if TYPE_CHECKING:
    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

_TOP = "name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }"
_NAMESPACE = f"""
    {_TOP} sku=/sku.name capacity=/sku.capacity local_auth_enabled=disableLocalAuth:not
    local_authentication_enabled=disableLocalAuth:not minimum_tls_version
    public_network_access_enabled=publicNetworkAccess:Enabled
    zone_redundant customer_managed_key=encryption{{ key_vault_key_id=keyVaultProperties.keyName
    infrastructure_encryption_enabled=requireInfrastructureEncryption }}
"""
_RIGHTS = """
    name=/name namespace_id=/parent namespace_name=/parent eventhub_name=/parent queue_id=/parent topic_id=/parent
    rights
"""
_GRID = """
    name=/name location=/location tags=/tags identity=/identity{ type identity_ids=userAssignedIdentities }
    public_network_access_enabled=publicNetworkAccess:Enabled local_auth_enabled=disableLocalAuth:not input_schema
    inbound_ip_rule=inboundIpRules[ ip_mask action ] source_arm_resource_id=source topic_type source_resource_id=source
"""
_GRID_SUBSCRIPTION = """
    name=/name scope=/scope system_topic=/parent included_event_types=filter.includedEventTypes event_delivery_schema
    azure_function_endpoint=destination{ function_id=properties.resourceId }
    webhook_endpoint=destination{ url=properties.endpointUrl } storage_queue_endpoint=destination{
    storage_account_id=properties.resourceId
    queue_name=properties.queueName } eventhub_endpoint_id=destination.properties.resourceId
    service_bus_queue_endpoint_id=destination.properties.resourceId
    service_bus_topic_endpoint_id=destination.properties.resourceId
    storage_blob_dead_letter_destination=deadLetterDestination{ storage_account_id=properties.resourceId
    storage_blob_container_name=properties.blobContainerName } retry_policy{
    event_time_to_live=eventTimeToLiveInMinutes max_delivery_attempts }
"""

NATIVES: dict[str, Native] = {
    "azurerm_servicebus_namespace": Native(
        "Microsoft.ServiceBus/namespaces",
        f"""
        {_NAMESPACE} network_rule_set=networkRuleSet{{ default_action
        public_network_access_enabled=publicNetworkAccess:Enabled
        ip_rules=ipRules:masks trusted_services_allowed=trustedServiceAccessEnabled }}
    """,
    ),
    "azurerm_servicebus_queue": Native(
        "Microsoft.ServiceBus/namespaces/queues",
        """
        name=/name namespace_id=/parent namespace_name=/parent max_delivery_count dead_lettering_on_message_expiration
        default_message_ttl=defaultMessageTimeToLive lock_duration requires_session requires_duplicate_detection
        forward_dead_lettered_messages_to
    """,
    ),
    "azurerm_servicebus_topic": Native(
        "Microsoft.ServiceBus/namespaces/topics", "name=/name namespace_id=/parent namespace_name=/parent"
    ),
    "azurerm_servicebus_subscription": Native(
        "Microsoft.ServiceBus/namespaces/topics/subscriptions",
        """
        name=/name topic_id=/parent topic_name=/parent max_delivery_count dead_lettering_on_message_expiration
        lock_duration
    """,
    ),
    "azurerm_servicebus_namespace_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/authorizationRules", _RIGHTS
    ),
    "azurerm_servicebus_queue_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/queues/authorizationRules", _RIGHTS
    ),
    "azurerm_servicebus_topic_authorization_rule": Native(
        "Microsoft.ServiceBus/namespaces/topics/authorizationRules", _RIGHTS
    ),
    "azurerm_eventhub_namespace": Native(
        "Microsoft.EventHub/namespaces",
        f"""
        {_NAMESPACE} network_rulesets=networkRuleSet{{ default_action
        public_network_access_enabled=publicNetworkAccess:Enabled
        trusted_service_access_enabled ip_rule=ipRules[ ip_mask action ] }}
    """,
    ),
    "azurerm_eventhub": Native(
        "Microsoft.EventHub/namespaces/eventhubs",
        """
        name=/name namespace_id=/parent namespace_name=/parent partition_count message_retention=messageRetentionInDays
        capture_description=captureDescription{ enabled encoding }
    """,
    ),
    "azurerm_eventhub_namespace_authorization_rule": Native(
        "Microsoft.EventHub/namespaces/authorizationRules", _RIGHTS
    ),
    "azurerm_eventhub_authorization_rule": Native(
        "Microsoft.EventHub/namespaces/eventhubs/authorizationRules", _RIGHTS
    ),
    "azurerm_eventgrid_topic": Native("Microsoft.EventGrid/topics", _GRID),
    "azurerm_eventgrid_domain": Native("Microsoft.EventGrid/domains", _GRID),
    "azurerm_eventgrid_system_topic": Native("Microsoft.EventGrid/systemTopics", _GRID),
    "azurerm_eventgrid_event_subscription": Native("Microsoft.EventGrid/eventSubscriptions", _GRID_SUBSCRIPTION),
    "azurerm_eventgrid_system_topic_event_subscription": Native(
        "Microsoft.EventGrid/systemTopics/eventSubscriptions", _GRID_SUBSCRIPTION
    ),
    "azurerm_signalr_service": Native(
        "Microsoft.SignalRService/SignalR",
        f"""
        {_TOP} sku=/sku{{ name capacity }} public_network_access_enabled=publicNetworkAccess:Enabled
        local_auth_enabled=disableLocalAuth:not tls_client_cert_enabled=tls.clientCertEnabled cors=cors{{
        allowed_origins }}
        connectivity_logs_enabled http_request_logs_enabled
    """,
    ),
}

JOINS: dict[str, Join] = {
    "azurerm_servicebus_namespace_network_rule_set": Join(
        "namespace_id",
        ("azurerm_servicebus_namespace",),
        """
        default_action=networkRuleSet.defaultAction
        public_network_access_enabled=networkRuleSet.publicNetworkAccess:Enabled
        ip_rules=networkRuleSet.ipRules:masks trusted_services_allowed=networkRuleSet.trustedServiceAccessEnabled
    """,
    ),
}


def _rights(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """`listen`, `send` and `manage` as ARM's list of rights."""
    given = [(word, arguments.entries.get(word.lower())) for word in ("Listen", "Send", "Manage")]
    on = [(word, entry) for word, entry in given if entry is not None and flag(entry.value)]
    if not on:
        return arguments
    listed: list[Value] = [Literal(word, entry.value.at) for word, entry in on]
    return Fields(
        {**arguments.entries, "rights": Entry(on[0][1].key_at, Items(listed, on[0][1].value.at))}, arguments.at
    )


TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    prepare={name: _rights for name in NATIVES if name.endswith("authorization_rule")},
    spelling=camel,
    section="properties",
)
