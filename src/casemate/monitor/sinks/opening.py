"""Receivers by their short form, `KIND=ADDRESS`; what is secret comes from the environment.

splunk=https://splunk:8088     CASEMATE_SPLUNK_TOKEN
elastic=https://es:9200        CASEMATE_ELASTIC_AUTHORIZATION (`ApiKey …`); ?index=NAME
syslog=tls://host:6514         RFC 5424; also tcp:// and udp://
cef=tls://host:6514            the Common Event Format over syslog
webhook=https://host/path      CASEMATE_WEBHOOK_SECRET signs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import parse_qs, urlsplit, urlunsplit

from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.monitor.sinks.sink import Sink


def opened(given: str, environment: Mapping[str, str]) -> Sink:
    """The receiver. Raises `UsageError` for an unknown form or kind, `ConfigurationError` for its address."""
    kind, equals, address = given.partition("=")
    make = _KINDS.get(kind)
    if make is None or not equals or not address:
        raise UsageError(f"--to {given}: want KIND=ADDRESS", hint=f"kinds: {', '.join(_KINDS)}")
    return make(address, environment)


def _splunk(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.splunk import SplunkSink

    token = _secret("splunk", "CASEMATE_SPLUNK_TOKEN", environment)
    url, query = _apart(address)
    return SplunkSink(url, token, index=query.get("index"))


def _elastic(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.elastic import ElasticSink

    url, query = _apart(address)
    authorization = environment.get("CASEMATE_ELASTIC_AUTHORIZATION")
    headers = {"Authorization": authorization} if authorization else {}
    return ElasticSink(url, index=query.get("index", "casemate-alerts"), headers=headers)


def _syslog(form: Literal["rfc5424", "cef"]) -> Callable[[str, Mapping[str, str]], Sink]:
    def make(address: str, environment: Mapping[str, str]) -> Sink:
        from casemate.monitor.sinks.syslog import SyslogSink

        del environment
        parts = urlsplit(address)
        if parts.scheme not in {"tls", "tcp", "udp"} or not parts.hostname:
            raise UsageError(f"{address}: want tls://HOST:PORT, tcp://… or udp://…")
        port = parts.port or (6514 if parts.scheme == "tls" else 514)
        transport = cast("Literal['tls', 'tcp', 'udp']", parts.scheme)
        return SyslogSink(
            parts.hostname, port, transport=transport, form=form, name="cef" if form == "cef" else "syslog"
        )

    return make


def _webhook(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.webhook import WebhookSink

    return WebhookSink(address, secret=environment.get("CASEMATE_WEBHOOK_SECRET"))


def _slack(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.chat import slack

    return slack(_secret("slack", "CASEMATE_SLACK_URL", environment) if address == "env" else address)


def _teams(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.chat import teams

    return teams(_secret("teams", "CASEMATE_TEAMS_URL", environment) if address == "env" else address)


def _pagerduty(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.tickets import PAGERDUTY, pagerduty

    key = _secret("pagerduty", "CASEMATE_PAGERDUTY_KEY", environment)
    return pagerduty(key, url=PAGERDUTY if address == "env" else address)


def _jira(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.tickets import jira

    url, slash, project = address.rpartition("/")
    if not slash or not project.isalnum():
        raise UsageError(f"jira={address}: want https://SITE/PROJECT")
    return jira(url, project, _secret("jira", "CASEMATE_JIRA_AUTHORIZATION", environment))


def _github(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.tickets import github

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", address):
        raise UsageError(f"github={address}: want OWNER/NAME")
    return github(address, _secret("github", "CASEMATE_GITHUB_TOKEN", environment))


def _secret(kind: str, name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name)
    if not value:
        raise UsageError(f"{kind} wants a secret", hint=f"set {name}")
    return value


def _apart(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), query


_KINDS: dict[str, Callable[[str, Mapping[str, str]], Sink]] = {
    "splunk": _splunk,
    "elastic": _elastic,
    "syslog": _syslog("rfc5424"),
    "cef": _syslog("cef"),
    "webhook": _webhook,
    "slack": _slack,
    "teams": _teams,
    "pagerduty": _pagerduty,
    "jira": _jira,
    "github": _github,
}
"""Kind -> what opens it."""
