"""All sources, in the order in which a record is shown to them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.monitor.events.source import Body, Source, Spelling

_MODULES = {
    "aws.cloudtrail": ("casemate.monitor.events.cloudtrail", "CLOUDTRAIL"),
    "casemate.guard": ("casemate.monitor.events.runtime", "GUARD"),
    "casemate.gateway": ("casemate.monitor.events.runtime", "GATEWAY"),
    "aws.insight": ("casemate.monitor.events.insight", "INSIGHT"),
    "aws.guardduty": ("casemate.monitor.events.findings", "GUARDDUTY"),
    "aws.securityhub": ("casemate.monitor.events.findings", "SECURITYHUB"),
    "aws.lambda": ("casemate.monitor.events.function_logs", "LAMBDA"),
    "aws.apigateway": ("casemate.monitor.events.access_logs", "APIGATEWAY"),
    "aws.alb": ("casemate.monitor.events.access_logs", "ALB"),
    "aws.vpcflow": ("casemate.monitor.events.flow_logs", "VPCFLOW"),
    "azure.signin": ("casemate.monitor.events.azure", "SIGNIN"),
    "azure.audit": ("casemate.monitor.events.azure", "AUDIT"),
    "azure.function": ("casemate.monitor.events.azure", "FUNCTION"),
    "azure.activity": ("casemate.monitor.events.azure", "ACTIVITY"),
    "google.audit": ("casemate.monitor.events.google", "AUDIT"),
    "google.function": ("casemate.monitor.events.google", "FUNCTION"),
    "github.audit": ("casemate.monitor.events.repositories", "GITHUB"),
    "github.webhook": ("casemate.monitor.events.repositories", "WEBHOOK"),
    "gitlab.audit": ("casemate.monitor.events.repositories", "GITLAB"),
    "okta.system": ("casemate.monitor.events.others", "OKTA"),
    "kubernetes.audit": ("casemate.monitor.events.others", "KUBERNETES"),
    "otlp": ("casemate.monitor.events.others", "OTLP"),
}
"""Name -> where the `Source` is. The most exact recognisers come first; `other` takes what nobody knows."""


@cache
def sources() -> tuple[Source, ...]:
    """Every source."""
    return tuple(getattr(import_module(module), name) for module, name in _MODULES.values())


@cache
def by_name() -> Mapping[str, Source]:
    """Sources by name."""
    return {one.name: one for one in sources()}


@cache
def fields_of(source: str) -> Mapping[str, Spelling]:
    """The canonical fields of a source, by its name; of an unknown one none."""
    found = by_name().get(source)
    return found.complete() if found is not None else {}


def source_of(body: Body) -> Source | None:
    """The source whose record this is."""
    for one in sources():
        if one.recognise(body):
            return one
    return None
