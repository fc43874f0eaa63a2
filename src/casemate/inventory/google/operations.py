"""API gateways, schedules and queues that call functions, build triggers, sinks and alerts.

Sources: Google Cloud documentation, "API Gateway overview", "Cloud Scheduler: HTTP target authentication", "Cloud
Build triggers" (approval, pull requests from forks), "Route logs to supported destinations", "Configure Data Access
audit logs"; Terraform google provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.google.access import CALLABLE
from casemate.inventory.google.entity import about
from casemate.inventory.google.storage import in_clear
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import as_text
from casemate.model.api import Api
from casemate.model.entity import Link
from casemate.model.policy import Term
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.store import Store
from casemate.model.trigger import Trigger
from casemate.model.value import Value, display, references, text_of
from casemate.model.workflow import Job, Monitor, Pipeline, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource

_IN_DESCRIPTION = "decided in the API description"


def gateway(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_api_gateway_gateway`: what it asks of callers stands in the OpenAPI description of its configuration."""
    at = resource.at
    yield Api(
        **about(resource, context),
        kind="google",
        private=fixed("private", at, False, "API Gateway is public"),
        throttled=fixed("quota", at, False, _IN_DESCRIPTION),
        access_logs=fixed("logs", at, True, "API Gateway logs requests by itself"),
        execution_logs=Defaulted("logs", at, "ERROR", "API Gateway logs by itself"),
        full_payload_logs=fixed("logs", at, False, "bodies are not logged"),
        tracing=fixed("tracing", at, True, "Google traces requests by itself"),
        waf=fixed("waf", at, False, "Cloud Armor stands before a load balancer, not before API Gateway"),
        minimum_tls=Defaulted("tls", at, "1.2", "API Gateway accepts TLS 1.2 and later"),
        https_only=fixed("tls", at, True, "API Gateway serves nothing but HTTPS"),
        cache_encrypted=fixed("cache", at, True, "API Gateway has no cache"),
        validation=fixed("validation", at, False, "API Gateway does not validate bodies"),
        default_endpoint=fixed("endpoint", at, True, "the gateway.dev name is always served"),
    )


def proxy(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_target_https_proxy` and its siblings: the front of a load balancer, with its SSL policy.

    Source: Google Cloud documentation, "SSL policies overview" (TLS 1.0 unless a policy asks for more).
    """
    at = resource.at
    named = context.props(resource).find("ssl_policy")
    policy = context.resource(named)
    tls: Setting[str | None] = Defaulted("ssl_policy", at, "1.0", "the default policy accepts TLS 1.0")
    if policy is not None and policy.type.endswith("_ssl_policy"):
        tls = context.props(policy).read("min_tls_version", _tls, "1.0", "min_tls_version: TLS_1_0 unless set")
    elif named is not None:
        tls = Unresolved("ssl_policy", named.at, "the policy was not scanned")
    unsaid = "decided at the backend service"
    yield Api(
        **about(resource, context),
        kind="load-balancer",
        private=Unresolved("load_balancing_scheme", at, "decided at the forwarding rule"),
        throttled=Unresolved("security_policy", at, unsaid),
        access_logs=Unresolved("log_config", at, unsaid),
        execution_logs=Defaulted("logs", at, "OFF", "a load balancer runs nothing"),
        full_payload_logs=fixed("logs", at, False, "bodies are not logged"),
        tracing=fixed("tracing", at, True, "Google traces requests by itself"),
        waf=Unresolved("security_policy", at, unsaid),
        minimum_tls=tls,
        https_only=fixed("tls", at, True, "an HTTPS proxy serves nothing else"),
        cache_encrypted=fixed("cache", at, True, "Google encrypts what it caches"),
        validation=fixed("validation", at, False, "a load balancer validates no requests"),
        default_endpoint=fixed("endpoint", at, True, "its address is always served"),
    )


def _tls(value: Value) -> str:
    """`TLS_1_2` -> `1.2`."""
    return as_text(value).upper().removeprefix("TLS_").replace("_", ".")


def scheduler(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_cloud_scheduler_job` that calls a function or publishes to a topic which is declared here."""
    props = context.props(resource)
    uri = props.find("http_target.uri")
    called = _called(uri, context)
    clear = in_clear(props, "http_target.uri")
    if any(setting.ever(bool) for setting in clear):
        yield Store(**about(resource, context, "calls"), kind="queue", service="scheduler", delivers_in_clear=clear)
    if uri is None or called is None:
        return
    yield Trigger(
        **about(resource, context),
        kind="schedule",
        function=Link(called.name, uri.at, context.id(called.key)),
        source=context.link(props.find("schedule")),
        dead_letter=fixed("deadLetter", resource.at, False, "failed calls are not kept"),
        retries=props.number("retry_config.retry_count", 0, "not retried unless set"),
        enabled=negated(props.flag("paused", False, "runs unless paused")),
    )


def _called(value: Value | None, context: Context) -> Resource | None:
    for reference in references(value) if value is not None else ():
        found = context.stack.resources.get(reference.target)
        if found is not None and found.type in CALLABLE:
            return found
    return None


def build_trigger(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_cloudbuild_trigger`: a pipeline with the steps that are written in it."""
    props = context.props(resource)
    events: list[tuple[str, Span]] = []
    for path, push, pull in (
        ("github", "push", "pull_request"),
        ("trigger_template", "", ""),
        ("webhook_config", "", ""),
        ("pubsub_config", "", ""),
    ):
        if props.find(path) is None:
            continue
        at = props.key_at(path)
        if push and props.find(f"{path}.{pull}") is not None:
            events.append(("pull_request", at))
        else:
            events.append(({"webhook_config": "webhook", "pubsub_config": "pubsub"}.get(path, "push"), at))
    account = props.find("service_account")
    steps = tuple(_steps(props))
    job = Job(
        name=resource.name,
        at=resource.at,
        steps=steps,
        environment=tuple((key, value) for key, _, value in props.items("substitutions")),
    )
    deploys = tuple(
        Term(text, step.at)
        for step in steps
        if step.run is not None and "deploy" in (text := display(step.run)) and "gcloud" in f"{text} {step.name}"
    )
    yield Pipeline(
        **about(resource, context),
        kind="cloud-build",
        events=tuple(events),
        jobs=(job,) if steps else (),
        assumes=(context.term(account),) if account is not None else (),
        deploys=deploys,
        environment=tuple((key, value) for key, _, value in props.items("substitutions")),
    )


def _steps(props: Props) -> Iterator[Step]:
    for entry in props.sections("build.step"):
        image = entry.find("name")
        if image is None:
            continue
        yield Step(
            name=text_of(entry.find("id")) or display(image),
            at=image.at,
            uses=entry.text("name", ""),
            run=entry.find("script") or entry.find("args"),
            environment=tuple((display(value), value) for _, value in entry.each("env")),
        )


def sink(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_logging_project_sink` and its siblings: an export of logs."""
    props = context.props(resource)
    link = context.link(props.find("destination"))
    enabled = negated(props.flag("disabled", False, "on unless disabled"))
    yield Monitor(
        **about(resource, context), kind="trail", watches=(link,) if link is not None else (), enabled=enabled
    )


def audit(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_project_iam_audit_config`: Data Access logs of a service (`allServices`)."""
    props = context.props(resource)
    exempt = any(True for section in props.sections("audit_log_config") for _ in section.each("exempted_members"))
    complete = fixed(
        "exempted_members",
        props.key_at("audit_log_config"),
        not exempt,
        "some members are exempted" if exempt else "nobody is exempted",
    )
    yield Monitor(**about(resource, context), kind="trail", enabled=complete, metric=text_of(props.find("service")))


def alert(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_monitoring_alert_policy`, `google_billing_budget`."""
    props = context.props(resource)
    budget = resource.type == "google_billing_budget"
    yield Monitor(
        **about(resource, context),
        kind="budget" if budget else "alarm",
        enabled=props.flag("enabled", True, "on unless turned off"),
        metric=text_of(props.find("conditions.condition_threshold.filter")),
    )


BUILDERS: dict[str, Builder] = {
    "google_api_gateway_gateway": gateway,
    "google_cloud_scheduler_job": scheduler,
    "google_compute_target_https_proxy": proxy,
    "google_compute_region_target_https_proxy": proxy,
    "google_compute_target_ssl_proxy": proxy,
    "google_cloudbuild_trigger": build_trigger,
    "google_logging_project_sink": sink,
    "google_logging_organization_sink": sink,
    "google_logging_folder_sink": sink,
    "google_project_iam_audit_config": audit,
    "google_monitoring_alert_policy": alert,
    "google_billing_budget": alert,
}
