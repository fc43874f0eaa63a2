"""What watches: log groups, alarms, trails, detectors, budgets, recorders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.entity import about
from casemate.inventory.aws.linking import linked
from casemate.inventory.reading import word
from casemate.model.setting import Defaulted
from casemate.model.store import Store
from casemate.model.value import text_of
from casemate.model.workflow import Monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.entity import Entity, Link
    from casemate.model.resource import Resource
    from casemate.model.value import Value


def log_group(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Logs::LogGroup`. Without `RetentionInDays` logs are kept for ever."""
    props = context.props(resource)
    forever = "AWS::Logs::LogGroup RetentionInDays: log events never expire unless set"
    yield Store(
        **about(resource, context),
        kind="log-group",
        service="logs",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
        retention_days=props.number("RetentionInDays", None, forever),
        deletion_protected=props.flag("DeletionProtectionEnabled", False, "AWS::Logs::LogGroup: off unless set"),
    )


def alarm(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CloudWatch::Alarm`: watches what its dimensions name. `enabled`: its actions are on."""
    props = context.props(resource)
    metric = props.find("MetricName")
    if metric is None:
        metric = next(
            (name for query in props.sections("Metrics") if (name := query.find("MetricStat.Metric.MetricName"))), None
        )
    yield Monitor(
        **about(resource, context),
        kind="alarm",
        watches=tuple(_watched(props, context)),
        enabled=props.flag("ActionsEnabled", True, "AWS::CloudWatch::Alarm ActionsEnabled: true by default"),
        metric=text_of(metric),
    )


def _watched(props: Props, context: Context) -> Iterator[Link]:
    for value in _dimensions(props):
        link = linked(value, context)
        if link is not None:
            yield link


def _dimensions(props: Props) -> Iterator[Value]:
    for dimension in props.sections("Dimensions"):
        value = dimension.find("Value")
        if value is not None:
            yield value
    for query in props.sections("Metrics"):
        for dimension in query.sections("MetricStat.Metric.Dimensions"):
            value = dimension.find("Value")
            if value is not None:
                yield value


def composite_alarm(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CloudWatch::CompositeAlarm`."""
    props = context.props(resource)
    link = linked(props.find("AlarmRule"), context)
    yield Monitor(
        **about(resource, context),
        kind="alarm",
        watches=(link,) if link else (),
        enabled=props.flag("ActionsEnabled", True, "AWS::CloudWatch::CompositeAlarm ActionsEnabled: true by default"),
    )


def trail(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CloudTrail::Trail`.

    `watches`: where it writes; `validated`: digests that show whether a log file was changed.
    """
    props = context.props(resource)
    link = linked(props.find("S3BucketName"), context)
    yield Monitor(
        **about(resource, context),
        kind="trail",
        watches=(link,) if link else (),
        enabled=props.flag("IsLogging", True, "a trail logs unless it is stopped"),
        multi_region=props.flag(
            "IsMultiRegionTrail", False, "AWS::CloudTrail::Trail IsMultiRegionTrail: false by default"
        ),
        validated=props.flag(
            "EnableLogFileValidation", False, "AWS::CloudTrail::Trail EnableLogFileValidation: false by default"
        ),
    )


def guard_duty(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::GuardDuty::Detector`."""
    props = context.props(resource)
    yield Monitor(
        **about(resource, context), kind="detector", enabled=props.flag("Enable", True, "a detector is on unless set")
    )


def macie(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Macie::Session`."""
    props = context.props(resource)
    on = "AWS::Macie::Session Status: ENABLED by default"
    yield Monitor(**about(resource, context), kind="detector", enabled=props.read("Status", word("ENABLED"), True, on))


def detector(resource: Resource, context: Context) -> Iterator[Entity]:
    """Security Hub, Access Analyzer, Detective: on by being declared."""
    yield Monitor(
        **about(resource, context),
        kind="detector",
        enabled=Defaulted("enabled", resource.at, True, "on by being declared"),
    )


def budget(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Budgets::Budget` and the cost anomaly monitor. `enabled`: somebody is notified."""
    props = context.props(resource)
    name = "NotificationsWithSubscribers"
    enabled = props.present(name) if resource.type == "AWS::Budgets::Budget" else None
    yield Monitor(**about(resource, context), kind="budget", enabled=enabled)


def recorder(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Config::ConfigurationRecorder`. `enabled`: it records every type."""
    props = context.props(resource)
    yield Monitor(
        **about(resource, context),
        kind="recorder",
        enabled=props.flag("RecordingGroup.AllSupported", True, "AWS Config records all supported types by default"),
    )


BUILDERS: dict[str, Builder] = {
    "AWS::Logs::LogGroup": log_group,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite_alarm,
    "AWS::CloudTrail::Trail": trail,
    "AWS::GuardDuty::Detector": guard_duty,
    "AWS::Macie::Session": macie,
    "AWS::SecurityHub::Hub": detector,
    "AWS::AccessAnalyzer::Analyzer": detector,
    "AWS::Detective::Graph": detector,
    "AWS::Budgets::Budget": budget,
    "AWS::CE::AnomalyMonitor": budget,
    "AWS::Config::ConfigurationRecorder": recorder,
}
