"""What watches: alerts, the activity log, diagnostic settings, Defender plans; Log Analytics workspaces as stores.

Sources: Azure documentation, "Microsoft.Insights …" template reference, "Diagnostic settings in Azure Monitor", "Log
Analytics: data retention".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about, link_to, parent, public_access
from casemate.inventory.logic import fixed, some
from casemate.inventory.reading import Props, as_number, word
from casemate.model.entity import Link
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.store import Store
from casemate.model.value import Value, references, text_of
from casemate.model.workflow import Monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource


def alert(resource: Resource, context: Context) -> Iterator[Entity]:
    """Alerts on metrics, on the activity log, on queries."""
    props = context.props(resource)
    flag = "properties.isEnabled" if props.find("properties.isEnabled") is not None else "properties.enabled"
    metric = next(
        (
            text
            for path in ("properties.condition.dataSource.metricName", "properties.criteria.allOf.metricName")
            if (text := text_of(props.find(path)))
        ),
        None,
    )
    watched = [
        link
        for path in ("properties.scopes", "properties.condition.dataSource.resourceUri")
        for link in _links(props, path, context)
    ]
    enabled = props.flag(flag, True, "enabled unless turned off")
    yield Monitor(**about(resource, context), kind="alarm", watches=tuple(watched), enabled=enabled, metric=metric)


def _links(props: Props, path: str, context: Context) -> Iterator[Link]:
    for _, value in props.each(path):
        link = context.link(value)
        if link is not None:
            yield link


def diagnostics(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Insights/diagnosticSettings`: logs of one resource are kept; enabled when some category is."""
    props = context.props(resource)
    above = parent(resource, context)
    watches: tuple[Link, ...] = (link_to(above, context, resource.at),) if above is not None else ()
    if not watches:
        target = props.find("scope") or props.find("properties.targetResourceId")
        link = context.link(target)
        watches = (link,) if link is not None else ()
    categories = [
        entry.flag("enabled", True, "a category that is listed") for entry in props.sections("properties.logs")
    ]
    enabled = some(*categories) if categories else fixed("logs", resource.at, False, "no category of logs is listed")
    yield Monitor(**about(resource, context), kind="trail", watches=watches, enabled=enabled)


def activity_log(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Insights/logProfiles`: the export of the activity log."""
    props = context.props(resource)
    locations = {(text_of(value) or "").lower() for _, value in props.each("properties.locations")}
    everywhere = "global" in locations
    at = props.key_at("properties.locations")
    yield Monitor(
        **about(resource, context),
        kind="trail",
        enabled=fixed("enabled", resource.at, True, "a log profile is on"),
        multi_region=Declared("locations", at, everywhere),
    )


def plan(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Security/pricings`: a plan of Defender for Cloud."""
    props = context.props(resource)
    enabled = props.read("properties.pricingTier", word("Standard"), False, "pricingTier: Free unless set")
    yield Monitor(**about(resource, context), kind="detector", enabled=enabled)


def workspace(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.OperationalInsights/workspaces` and `Microsoft.Insights/components`: where logs are kept."""
    props = context.props(resource)
    insights = resource.type == "Microsoft.Insights/components"
    path = (
        "properties.RetentionInDays"
        if insights and props.find("properties.RetentionInDays") is not None
        else "properties.retentionInDays"
    )
    default = 90 if insights else 30
    source = f"{default} days unless set"
    retention: Setting[int | None] = props.read(path, _days, default, source)
    yield Store(
        **about(resource, context),
        kind="log-group",
        service="insights" if insights else "operationalinsights",
        encryption=None if insights else Defaulted("encryption", resource.at, "default", "Azure Monitor encrypts it"),
        retention_days=retention,
        publicly_routable=public_access(props, "properties.publicNetworkAccessForIngestion"),
    )


def _days(value: Value) -> int:
    return as_number(value)


def flow_log(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Network/networkWatchers/flowLogs`: the store of one network's traffic records."""
    props = context.props(resource)
    value = props.find("properties.targetResourceId")
    watches = (
        (link,)
        if value is not None and any(True for _ in references(value)) and (link := context.link(value)) is not None
        else ()
    )
    yield Monitor(
        **about(resource, context),
        kind="recorder",
        watches=watches,
        enabled=props.flag("properties.enabled", True, "on unless turned off"),
    )


BUILDERS: dict[str, Builder] = {
    "Microsoft.Insights/alertrules": alert,
    "Microsoft.Insights/metricAlerts": alert,
    "Microsoft.Insights/activityLogAlerts": alert,
    "Microsoft.Insights/scheduledQueryRules": alert,
    "Microsoft.Insights/diagnosticSettings": diagnostics,
    "Microsoft.Insights/logProfiles": activity_log,
    "Microsoft.Insights/components": workspace,
    "Microsoft.OperationalInsights/workspaces": workspace,
    "Microsoft.Security/pricings": plan,
    "Microsoft.Network/networkWatchers/flowLogs": flow_log,
}
