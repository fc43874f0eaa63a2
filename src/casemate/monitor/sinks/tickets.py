"""PagerDuty, Jira and GitHub: an alert as an incident, an issue, a ticket.

Source: PagerDuty "Events API v2" (`dedup_key` makes a second delivery the same incident); Jira Cloud REST v3 "Create
issue" and the Atlassian Document Format; GitHub REST "Create an issue". Jira and GitHub know no idempotency: the
alert's id is a label in Jira and a line of the body in GitHub, by which a second one can be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.monitor.events.times import written
from casemate.monitor.sinks.chat import facts
from casemate.monitor.sinks.posting import PostingSink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.alert import Alert

_PAGER = {"low": "info", "medium": "warning", "high": "error", "critical": "critical"}
PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
GITHUB = "https://api.github.com"


def pagerduty(routing_key: str, *, url: str = PAGERDUTY, name: str = "pagerduty") -> PostingSink:
    """The service behind an integration key."""
    return PostingSink(url, lambda alert: pagerduty_event(alert, routing_key), name=name)


def pagerduty_event(alert: Alert, routing_key: str) -> Mapping[str, object]:
    """A trigger; summary at most 1,024 characters."""
    payload: dict[str, object] = {
        "summary": alert.title[:1024],
        "source": alert.about.get("function") or alert.account or alert.source or "casemate",
        "severity": _PAGER[alert.severity.word],
        "component": alert.source,
        "class": alert.rule,
        "custom_details": dict(facts(alert)),
    }
    if alert.time >= 0:
        payload["timestamp"] = written(alert.time)
    return {"routing_key": routing_key, "event_action": "trigger", "dedup_key": alert.id, "payload": payload}


def jira(url: str, project: str, authorization: str, *, name: str = "jira", kind: str = "Task") -> PostingSink:
    """A project of the site at `url`. `authorization`: `Basic …` of mail and token, or `Bearer …`."""
    return PostingSink(
        f"{url.rstrip('/')}/rest/api/3/issue",
        lambda alert: jira_issue(alert, project, kind),
        name=name,
        headers={"Authorization": authorization, "Accept": "application/json"},
    )


def jira_issue(alert: Alert, project: str, kind: str) -> Mapping[str, object]:
    """An issue; the description is a document of text nodes, so nothing in it is markup."""
    lines = [f"{name}: {value}" for name, value in facts(alert)]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line[:30_000]}]} for line in lines]
    return {
        "fields": {
            "project": {"key": project},
            "issuetype": {"name": kind},
            "summary": " ".join(f"[{alert.severity.word}] {alert.title}".split())[:255],
            "labels": ["casemate", f"casemate-{alert.id}"],
            "description": {"type": "doc", "version": 1, "content": paragraphs},
        }
    }


def github(repository: str, token: str, *, url: str = GITHUB, name: str = "github") -> PostingSink:
    """The issues of `owner/name`."""
    return PostingSink(
        f"{url.rstrip('/')}/repos/{repository}/issues",
        github_issue,
        name=name,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
    )


def github_issue(alert: Alert) -> Mapping[str, object]:
    """An issue; what came from events stands in a code block that it cannot end, so it neither mentions nor links."""
    lines = "\n".join(f"    {name}: {value}" for name, value in facts(alert))
    return {
        "title": " ".join(f"[{alert.severity.word}] {alert.title}".split())[:250],
        "body": f"{lines}\n\n<!-- casemate-alert {alert.id} -->\n"[:60_000],
        "labels": ["casemate", alert.severity.word],
    }
