"""Slack and Microsoft Teams: an alert as a message of a channel's incoming webhook.

Source: Slack "Sending messages using incoming webhooks", "Formatting text for app surfaces" (`&`, `<` and `>` are the
three signs to escape, and no mention comes from escaped text); Teams "Create an Incoming Webhook", Adaptive Cards 1.4.
Neither knows an id; the alert's id is part of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.monitor.events.times import written
from casemate.monitor.sinks.posting import PostingSink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.alert import Alert

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Control signs, and those that turn the direction of text around."""
_MARKDOWN = re.compile(r"([\\*_~`\[\]()#>|!])")
_LONGEST = 2500


def slack(url: str, *, name: str = "slack") -> PostingSink:
    """The channel behind an incoming webhook."""
    return PostingSink(url, slack_message, name=name)


def teams(url: str, *, name: str = "teams") -> PostingSink:
    """The channel behind an incoming webhook or a workflow."""
    return PostingSink(url, teams_message, name=name)


def slack_message(alert: Alert) -> Mapping[str, object]:
    """The alert in blocks; values are plain text, so nothing in them formats, links or mentions."""
    head = f"[{alert.severity.word}] {alert.title}"
    fields = [
        {"type": "plain_text", "text": f"{key}: {value}"[:_LONGEST], "emoji": False} for key, value in facts(alert)
    ]
    return {
        "text": _slack_text(head),
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": head[:_LONGEST], "emoji": False}},
            {"type": "section", "fields": fields[:10]},
        ],
    }


def _slack_text(text: str) -> str:
    plain = _CONTROL.sub(" ", text)[:_LONGEST]
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams_message(alert: Alert) -> Mapping[str, object]:
    """The alert as an Adaptive Card; text blocks know Markdown, so its signs are escaped."""
    listed = [{"title": key, "value": _markdown(value)} for key, value in facts(alert)]
    card = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {
                "type": "TextBlock",
                "weight": "Bolder",
                "wrap": True,
                "text": _markdown(f"{alert.severity.word}: {alert.title}"),
            },
            {"type": "FactSet", "facts": listed},
        ],
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [content]}


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _CONTROL.sub(" ", text))[:_LONGEST]


def facts(alert: Alert) -> list[tuple[str, str]]:
    """What a person reads first; control signs are gone."""
    found = {
        "time": written(alert.time),
        "rule": alert.rule,
        "account": alert.account,
        **alert.about,
        "events": f"{alert.count}, first {alert.events[0]}" if alert.events else str(alert.count),
        "playbook": alert.playbook or "",
        "alert": alert.id,
    }
    return [(name, _CONTROL.sub(" ", value)) for name, value in found.items() if value]
