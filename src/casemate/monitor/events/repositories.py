"""GitHub and GitLab: audit logs, and GitHub's webhook deliveries.

A webhook's kind stands in a header: the transport puts it under `x-github-event`; else the payload's keys say it.
Sources: GitHub docs, "Audit log events for your organization" and "Webhook events and payloads"; GitLab docs, "Audit
event schema" and "Audit events API".
"""

from __future__ import annotations

from collections.abc import Callable

from casemate.monitor.events.source import Body, Source, at, either, first, text
from casemate.monitor.events.times import UNKNOWN, epoch, iso

_GITHUB_AUDIT_KEYS = ("org", "repo", "business", "user", "_document_id", "actor_id", "repository")


def _moment(*names: str) -> Callable[[Body], int]:
    """The first of the places (`a/b` is a path) that holds a time."""

    def read(body: Body) -> int:
        for name in names:
            value = at(body, *name.split("/"))
            if value is not None:
                moment = epoch(value) if not isinstance(value, str) or value.isdigit() else iso(value)
                if moment != UNKNOWN:
                    return moment
        return UNKNOWN

    return read


def _is_github_audit(body: Body) -> bool:
    action = body.get("action")
    return (
        isinstance(action, str)
        and "." in action
        and (("@timestamp" in body or "created_at" in body) or isinstance(body.get("actor"), str))
        and any(name in body for name in _GITHUB_AUDIT_KEYS)
        and "sender" not in body
    )


GITHUB = Source(
    name="github.audit",
    title="GitHub audit log",
    recognise=_is_github_audit,
    id=either("_document_id"),
    time=_moment("@timestamp", "created_at"),
    account=lambda body: text(body, "org") or text(body, "business"),
    fields={
        "service": lambda body: text(body, "action").partition(".")[0],
        "action": ("action",),
        "outcome": lambda body: "failure" if text(body, "operation_type") == "denied" else "success",
        "actor": ("actor",),
        "actor_type": lambda body: (
            "Bot" if at(body, "actor_is_bot") is True or text(body, "actor").endswith("[bot]") else "User"
        ),
        "address": ("actor_ip",),
        "agent": ("user_agent",),
        "access_key": first(("hashed_token",), ("programmatic_access_type",)),
        "region": ("actor_location", "country_code"),
        "resource": either("repo", "repository", "team", "user"),
        "message": either("explanation", "name"),
    },
    sigma=(("github", "audit", None),),
    log="the organisation's audit log, streamed or read through its API",
)

_KINDS = (
    ("workflow_job", "workflow_job"), ("workflow_run", "workflow_run"), ("pull_request", "pull_request"),
    ("deployment", "deployment"), ("check_run", "check_run"), ("rule", "branch_protection_rule"), ("key", "deploy_key"),
    ("alert", "alert"), ("member", "member"), ("forkee", "fork"), ("release", "release"), ("hook", "meta"),
    ("commits", "push"), ("repository_ruleset", "repository_ruleset"),
)  # fmt: skip


def _event(body: Body) -> str:
    """`workflow_run.completed`, `push`: the kind of the delivery with its action."""
    kind = text(body, "x-github-event") or next((kind for key, kind in _KINDS if key in body), "repository")
    action = text(body, "action")
    return f"{kind}.{action}" if action else kind


WEBHOOK = Source(
    name="github.webhook",
    title="GitHub webhook deliveries",
    recognise=lambda body: bool(text(body, "sender", "login"))
    and ("repository" in body or "organization" in body or "x-github-event" in body),
    id=either("x-github-delivery"),
    time=_moment(
        "workflow_run/updated_at", "workflow_job/started_at", "pull_request/updated_at", "head_commit/timestamp",
        "repository/updated_at", "key/created_at", "alert/updated_at",
    ),
    account=lambda body: text(body, "organization", "login") or text(body, "repository", "owner", "login"),
    fields={
        "service": lambda body: _event(body).partition(".")[0],
        "action": _event,
        "outcome": lambda body: {
            "failure": "failure", "timed_out": "failure", "startup_failure": "failure", "success": "success",
        }.get(text(body, "workflow_run", "conclusion") or text(body, "workflow_job", "conclusion")),
        "actor": ("sender", "login"),
        "actor_type": ("sender", "type"),
        "resource": ("repository", "full_name"),
        "message": first(("workflow_run", "name"), ("head_commit", "message"), ("pull_request", "title")),
    },
    log="a webhook of the organisation to the monitor's HTTP feed, with its secret",
)  # fmt: skip


def _gitlab_action(body: Body) -> object:
    said = either("event_type", "event_name")(body)
    if said:
        return said
    details = at(body, "details")
    if isinstance(details, dict):
        for word in ("change", "add", "remove", "custom_message"):
            if details.get(word):
                return f"{word} {details[word]}" if word != "custom_message" else details[word]
    return None


GITLAB = Source(
    name="gitlab.audit",
    title="GitLab audit events",
    recognise=lambda body: "author_id" in body and "entity_type" in body and "details" in body,
    id=lambda body: at(body, "id"),
    time=_moment("created_at"),
    account=lambda body: (text(body, "entity_path") or text(body, "details", "entity_path")).partition("/")[0],
    fields={
        "service": ("entity_type",),
        "action": _gitlab_action,
        "outcome": lambda _: "success",
        "actor": first(("author_name",), ("details", "author_name"), ("author_id",)),
        "address": first(("ip_address",), ("details", "ip_address")),
        "resource": first(("entity_path",), ("details", "entity_path"), ("details", "target_details")),
        "message": first(("details", "custom_message"), ("target_details",), ("details", "target_details")),
    },
    verbatim={"action": "part"},
    log="audit event streaming of the group, or its audit events API",
)
