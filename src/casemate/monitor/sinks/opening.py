"""Receivers by their short form, `KIND=ADDRESS`; what is secret comes from the environment.

splunk=https://splunk:8088     CASEMATE_SPLUNK_TOKEN
elastic=https://es:9200        CASEMATE_ELASTIC_AUTHORIZATION (`ApiKey …`); ?index=NAME
syslog=tls://host:6514         RFC 5424; also tcp:// and udp://
cef=tls://host:6514            the Common Event Format over syslog
webhook=https://host/path      CASEMATE_WEBHOOK_SECRET signs
"""

from __future__ import annotations

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

    token = environment.get("CASEMATE_SPLUNK_TOKEN")
    if not token:
        raise UsageError("splunk wants a token", hint="set CASEMATE_SPLUNK_TOKEN")
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
}
"""Kind -> what opens it."""
