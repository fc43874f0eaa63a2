"""Service Bus, Event Hubs, Event Grid, SignalR: what carries messages.

Sources: Azure documentation, template reference of each type; "Azure Service Bus: require a minimum TLS version" (1.2
unless set).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about, children, link_to, network_restricted, parent, public_access, tls
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import Props, is_known
from casemate.model.entity import Link
from casemate.model.policy import Binding, Term
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.store import Store
from casemate.model.trigger import Trigger
from casemate.model.value import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption, StoreKind

_KEYED = "Azure encrypts it with a key of Microsoft unless a customer's is given"


def namespace(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ServiceBus/namespaces`, `Microsoft.EventHub/namespaces`."""
    props = context.props(resource)
    rules = next(children(resource, context, f"{resource.type}/networkRuleSets"), None)
    inline = props.section("properties.networkRuleSet")
    restricted = (
        network_restricted(context.props(rules), "properties.defaultAction")
        if rules is not None
        else network_restricted(inline, "defaultAction")
    )
    routable = public_access(props)
    yield Store(
        **about(resource, context),
        kind="broker",
        service=_service(resource),
        encryption=_encryption(props),
        transit=fixed("transit", resource.at, True, "the service speaks nothing but TLS"),
        minimum_tls=props.read("properties.minimumTlsVersion", tls, "1.2", "minimumTlsVersion: 1.2 unless set"),
        publicly_routable=routable,
        network_restricted=negated(routable) if routable.always(lambda value: not value) else restricted,
        shared_key_access=negated(
            props.flag("properties.disableLocalAuth", False, "disableLocalAuth: false unless set")
        ),
    )


def _service(resource: Resource) -> str:
    return resource.type.partition("/")[0].removeprefix("Microsoft.").lower()


def _encryption(props: Props) -> Setting[Encryption]:
    value = props.find("properties.encryption.keyVaultProperties")
    if is_empty(value) or value is None:
        return Defaulted("encryption", props.at, "default", _KEYED)
    return Declared("encryption.keyVaultProperties", value.at, "customer")


def _part(kind: StoreKind) -> Builder:
    """A queue, topic or hub, secured as its namespace is. Queues and subscriptions always have a dead-letter queue."""

    def build(resource: Resource, context: Context) -> Iterator[Entity]:
        dead = fixed("deadLetter", resource.at, True, "every Service Bus queue has one") if kind == "queue" else None
        yield Store(**about(resource, context), kind=kind, service=_service(resource), dead_letter=dead)

    return build


def access_rule(resource: Resource, context: Context) -> Iterator[Entity]:
    """`…/authorizationRules`: a key whose holders get `rights` on the namespace, queue, topic or hub."""
    props = context.props(resource)
    above = parent(resource, context)
    rights = [value for _, value in props.each("properties.rights")]
    if not rights:
        return
    wide = next((value for value in rights if display(value).lower() == "manage"), rights[0])
    yield Binding(
        **about(resource, context),
        role=Term(", ".join(display(value) for value in rights), wide.at, (), all(map(is_known, rights))),
        members=(),
        scope=Term(above.name if above else "its parent", resource.at, (context.id(above.key),) if above else ()),
        scope_kind="resource",
    )


def event_grid(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.EventGrid/topics`, `domains`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="bus",
        service="eventgrid",
        encryption=Defaulted("encryption", resource.at, "default", "Event Grid encrypts what it keeps"),
        transit=fixed("transit", resource.at, True, "Event Grid serves nothing but HTTPS"),
        minimum_tls=props.read(
            "properties.minimumTlsVersionAllowed", tls, "1.2", "minimumTlsVersionAllowed: 1.2 unless set"
        ),
        publicly_routable=public_access(props),
        shared_key_access=negated(
            props.flag("properties.disableLocalAuth", False, "disableLocalAuth: false unless set")
        ),
    )


def event_subscription(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.EventGrid/…/eventSubscriptions` that call a function of an app which is declared here."""
    props = context.props(resource)
    endpoint = props.find("properties.destination.properties.resourceId")
    app = context.resource(endpoint)
    if endpoint is None or app is None or not app.type.startswith("Microsoft.Web/sites"):
        return
    above = parent(resource, context)
    source = link_to(above, context, resource.at) if above is not None else context.link(props.find("scope"))
    yield Trigger(
        **about(resource, context),
        kind="bus",
        function=Link(app.name, endpoint.at, context.id(app.key)),
        source=source,
        dead_letter=props.present(
            "properties.deadLetterDestination", "undelivered events are dropped unless a destination is set"
        ),
        retries=props.number("properties.retryPolicy.maxDeliveryAttempts", 30, "maxDeliveryAttempts: 30 unless set"),
        enabled=fixed("enabled", resource.at, True, "always"),
    )


BUILDERS: dict[str, Builder] = {
    **dict.fromkeys(
        (
            "Microsoft.ServiceBus/namespaces/authorizationRules",
            "Microsoft.ServiceBus/namespaces/queues/authorizationRules",
            "Microsoft.ServiceBus/namespaces/topics/authorizationRules",
            "Microsoft.EventHub/namespaces/authorizationRules",
            "Microsoft.EventHub/namespaces/eventhubs/authorizationRules",
        ),
        access_rule,
    ),
    "Microsoft.ServiceBus/namespaces": namespace,
    "Microsoft.EventHub/namespaces": namespace,
    "Microsoft.ServiceBus/namespaces/queues": _part("queue"),
    "Microsoft.ServiceBus/namespaces/topics": _part("topic"),
    "Microsoft.ServiceBus/namespaces/topics/subscriptions": _part("queue"),
    "Microsoft.EventHub/namespaces/eventhubs": _part("stream"),
    "Microsoft.EventGrid/eventSubscriptions": event_subscription,
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": event_subscription,
    "Microsoft.EventGrid/topics": event_grid,
    "Microsoft.EventGrid/domains": event_grid,
}
