"""Google Cloud: audit logs, and the logs of functions and Cloud Run services.

Method names are folded: `google.iam.admin.v1.CreateServiceAccountKey` → `CreateServiceAccountKey`,
`v1.compute.projects.setCommonInstanceMetadata` → `compute.projects.setCommonInstanceMetadata`.
Sources: Cloud Logging, "Understanding audit logs" (`AuditLog`, `LogEntry`); Cloud Run functions, "Write and view logs".
"""

from __future__ import annotations

import re

from casemate.monitor.events.source import Body, Source, at, first, text
from casemate.monitor.events.times import iso

_VERSION = re.compile(r"^(?:v\d\w{0,8}|alpha|beta)\.")


def folded(name: str) -> str:
    """A method's plain name."""
    if name.startswith("google."):
        return name.rpartition(".")[2]
    return _VERSION.sub("", name)


def _project(body: Body) -> str:
    given = text(body, "resource", "labels", "project_id")
    if given:
        return given
    parts = text(body, "logName").split("/")
    return parts[1] if len(parts) > 1 else ""


_FUNCTIONS = frozenset({"cloud_function", "cloud_run_revision", "cloud_run_job"})


def _function(body: Body) -> object:
    found = first(
        ("resource", "labels", "function_name"),
        ("resource", "labels", "service_name"),
        ("resource", "labels", "job_name"),
    )(body)
    if found:
        return found
    name = text(body, "protoPayload", "resourceName")
    for part in ("/functions/", "/services/"):
        if part in name and text(body, "protoPayload", "serviceName").startswith(("cloudfunctions", "run.")):
            return name.partition(part)[2].split("/")[0]
    return None


AUDIT = Source(
    name="google.audit",
    title="Google Cloud audit logs",
    recognise=lambda body: bool(text(body, "protoPayload", "methodName")),
    id=lambda body: at(body, "insertId"),
    time=lambda body: iso(first(("timestamp",), ("receiveTimestamp",))(body)),
    account=_project,
    fields={
        "region": first(
            ("resource", "labels", "location"), ("resource", "labels", "region"), ("resource", "labels", "zone")
        ),
        "service": lambda body: text(body, "protoPayload", "serviceName").removesuffix(".googleapis.com"),
        "action": lambda body: folded(text(body, "protoPayload", "methodName")),
        "outcome": lambda body: "failure" if at(body, "protoPayload", "status", "code") else "success",
        "error": ("protoPayload", "status", "message"),
        "actor": ("protoPayload", "authenticationInfo", "principalEmail"),
        "actor_type": lambda body: (
            "ServiceAccount"
            if text(body, "protoPayload", "authenticationInfo", "principalEmail").endswith(".gserviceaccount.com")
            else "User"
        ),
        "via": (
            "protoPayload",
            "authenticationInfo",
            "serviceAccountDelegationInfo",
            "firstPartyPrincipal",
            "principalEmail",
        ),
        "access_key": ("protoPayload", "authenticationInfo", "serviceAccountKeyName"),
        "address": ("protoPayload", "requestMetadata", "callerIp"),
        "agent": ("protoPayload", "requestMetadata", "callerSuppliedUserAgent"),
        "function": _function,
        "resource": ("protoPayload", "resourceName"),
        "message": ("protoPayload", "status", "message"),
    },
    sigma=(
        ("gcp", "gcp.audit", None),
        ("gcp", "audit", None),
        ("gcp", "google_workspace.admin", None),
        ("gcp", "google_workspace.login", None),
    ),
    sigma_fields={
        "gcp.audit.method_name": ("protoPayload", "methodName"),
        "gcp.audit.service_name": ("protoPayload", "serviceName"),
        "gcp.audit.resource_name": ("protoPayload", "resourceName"),
        "data.protoPayload.methodName": ("protoPayload", "methodName"),
        "data.protoPayload.serviceName": ("protoPayload", "serviceName"),
        "data.protoPayload.resourceName": ("protoPayload", "resourceName"),
        "data.protoPayload.authenticationInfo.principalEmail": ("protoPayload", "authenticationInfo", "principalEmail"),
        "data.protoPayload.authorizationInfo.permission": ("protoPayload", "authorizationInfo", "permission"),
        "data.protoPayload.authorizationInfo.granted": ("protoPayload", "authorizationInfo", "granted"),
        "eventService": ("protoPayload", "serviceName"),
        "eventName": ("protoPayload", "metadata", "event", "eventName"),
    },
    verbatim={"service": "start", "action": "part", "function": "part"},
    log="Admin Activity audit logs are always on; Data Access audit logs are switched on for each service; a log sink",
)

FUNCTION = Source(
    name="google.function",
    title="Google Cloud function and Cloud Run logs",
    recognise=lambda body: (
        text(body, "resource", "type") in _FUNCTIONS
        and "protoPayload" not in body
        and ("textPayload" in body or "jsonPayload" in body or "httpRequest" in body)
    ),
    id=lambda body: at(body, "insertId"),
    time=lambda body: iso(at(body, "timestamp")),
    account=_project,
    fields={
        "region": first(("resource", "labels", "region"), ("resource", "labels", "location")),
        "service": lambda body: "run" if text(body, "resource", "type") != "cloud_function" else "cloudfunctions",
        "action": first(("httpRequest", "requestMethod")),
        "outcome": lambda body: _http(at(body, "httpRequest", "status")),
        "error": first(("httpRequest", "status")),
        "address": ("httpRequest", "remoteIp"),
        "agent": ("httpRequest", "userAgent"),
        "function": _function,
        "resource": lambda body: text(body, "httpRequest", "requestUrl").partition("?")[0] or None,
        "session": first(("labels", "execution_id"), ("trace",)),
        "message": first(("textPayload",), ("jsonPayload", "message")),
    },
    verbatim={"function": "whole"},
    log="on by default; a log sink that sends them on",
)


def _http(status: object) -> str | None:
    if isinstance(status, int):
        return "failure" if status >= 400 else "success"
    return None
