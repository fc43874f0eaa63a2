"""Logs beside the clouds': Okta's System Log, Kubernetes audits, and what OTLP carries.

Sources: Okta developer docs, "System Log API"; Kubernetes docs, "Auditing" (`audit.k8s.io/v1`); OpenTelemetry, "Logs
Data Model".
"""

from __future__ import annotations

from casemate.monitor.events.source import Source, at, first, text
from casemate.monitor.events.times import epoch, iso

OKTA = Source(
    name="okta.system",
    title="Okta System Log",
    recognise=lambda body: "eventType" in body and "published" in body and "outcome" in body and "actor" in body,
    id=lambda body: at(body, "uuid"),
    time=lambda body: iso(at(body, "published")),
    account=lambda body: text(body, "debugContext", "debugData", "orgUrl"),
    fields={
        "service": lambda _: "okta",
        "action": ("eventType",),
        "outcome": lambda body: "success" if text(body, "outcome", "result") in {"SUCCESS", "ALLOW"} else "failure",
        "error": ("outcome", "reason"),
        "actor": ("actor", "alternateId"),
        "actor_type": ("actor", "type"),
        "actor_name": ("actor", "displayName"),
        "session": ("authenticationContext", "externalSessionId"),
        "address": ("client", "ipAddress"),
        "agent": ("client", "userAgent", "rawUserAgent"),
        "region": ("client", "geographicalContext", "country"),
        "resource": ("target", "alternateId"),
        "message": ("displayMessage",),
    },
    sigma=(("okta", "okta", None),),
    sigma_fields={"eventtype": ("eventType",), "displaymessage": ("displayMessage",)},
    log="Okta's System Log, by log streaming or its API",
)

KUBERNETES = Source(
    name="kubernetes.audit",
    title="Kubernetes audit log",
    recognise=lambda body: (
        "verb" in body
        and (
            text(body, "apiVersion").startswith("audit.k8s.io/")
            or (body.get("kind") == "Event" and "objectRef" in body)
        )
    ),
    id=lambda body: f"{text(body, 'auditID')}/{text(body, 'stage')}" if at(body, "auditID") else None,
    time=lambda body: iso(first(("requestReceivedTimestamp",), ("stageTimestamp",))(body)),
    account=lambda _: "",
    fields={
        "service": first(("objectRef", "apiGroup"), ("objectRef", "resource")),
        "action": ("verb",),
        "outcome": lambda body: "failure" if _code(at(body, "responseStatus", "code")) >= 400 else "success",
        "error": ("responseStatus", "reason"),
        "actor": ("user", "username"),
        "address": ("sourceIPs",),
        "agent": ("userAgent",),
        "resource": ("requestURI",),
        "message": ("responseStatus", "message"),
    },
    sigma=(("kubernetes", "audit", None), ("kubernetes", None, "application")),
    sigma_fields={
        "hostPath": ("requestObject", "spec", "volumes", "hostPath"),
        "capabilities": ("requestObject", "spec", "containers", "securityContext", "capabilities", "add"),
        "apiGroup": ("objectRef", "apiGroup"),
        "resource": ("objectRef", "resource"),
        "namespace": ("objectRef", "namespace"),
        "username": ("user", "username"),
    },
    log="the cluster's audit policy; not part of a serverless system, read for the user's own Sigma rules",
)


def _code(value: object) -> int:
    return value if isinstance(value, int) else 0


OTLP = Source(
    name="otlp",
    title="OpenTelemetry log records",
    recognise=lambda body: "timeUnixNano" in body and "body" in body and "resource" in body,
    id=lambda _: None,
    time=lambda body: epoch(at(body, "timeUnixNano") or at(body, "observedTimeUnixNano")),
    account=lambda body: text(body, "resource", "cloud.account.id"),
    fields={
        "region": ("resource", "cloud.region"),
        "service": ("resource", "service.name"),
        "action": first(("attributes", "event.name"), ("eventName",)),
        "error": ("attributes", "exception.type"),
        "actor": first(("attributes", "enduser.id"), ("attributes", "user.id")),
        "address": first(("attributes", "client.address"), ("attributes", "source.address")),
        "agent": ("attributes", "user_agent.original"),
        "function": ("resource", "faas.name"),
        "resource": first(("attributes", "url.path"), ("resource", "cloud.resource_id")),
        "session": ("traceId",),
        "message": ("body",),
    },
    log="an OpenTelemetry exporter or collector with OTLP/HTTP to the monitor's HTTP feed",
)
