"""Receivers by their short form, `KIND=ADDRESS`; what is secret comes from the environment.

splunk=https://splunk:8088     CASEMATE_SPLUNK_TOKEN
elastic=https://es:9200        CASEMATE_ELASTIC_AUTHORIZATION (`ApiKey …`); ?index=NAME
opensearch=https://os:9200     CASEMATE_OPENSEARCH_AUTHORIZATION (`Basic …`); ?index=NAME
syslog=tls://host:6514         RFC 5424; also tcp:// and udp://
cef=tls://host:6514            the Common Event Format over syslog
webhook=https://host/path      CASEMATE_WEBHOOK_SECRET signs
kafka=HOST:9092/TOPIC          CASEMATE_KAFKA_USER, CASEMATE_KAFKA_PASSWORD (see `casemate.monitor.kafka`)
securityhub=ACCOUNT?region=R   the credentials of AWS's environment
securitylake=BUCKET/ext/NAME?region=R
sentinel=https://DCE/RULE/STREAM?tenant=T&client=C    CASEMATE_SENTINEL_SECRET; without a client a managed identity
secops=https://R-chronicle.googleapis.com/v1alpha/projects/P/locations/R/instances/I    CASEMATE_SECOPS_TOKEN
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import parse_qs, urlsplit, urlunsplit

from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casemate.monitor.sinks.sink import Sink


def opened(given: str, environment: Mapping[str, str]) -> Sink:
    """The receiver. Raises `UsageError` for an unknown form or kind, `ConfigurationError` for its address."""
    kind, equals, address = given.partition("=")
    make = _KINDS.get(kind)
    if make is None or not equals or not address:
        raise UsageError(f"--to {given}: want KIND=ADDRESS", hint=f"kinds: {', '.join(_KINDS)}")
    return make(address, environment)


def opened_all(given: Sequence[str], environment: Mapping[str, str]) -> list[Sink]:
    """The receivers, each with a name of its own: a second one of a kind is `KIND-2`, in the order of the flags."""
    sinks = [opened(one, environment) for one in given]
    names: list[str] = []
    for sink in sinks:
        names.append(sink.name)
        if (count := names.count(sink.name)) > 1:
            sink.name = f"{sink.name}-{count}"
    return sinks


def _splunk(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.splunk import SplunkSink

    token = _secret("splunk", "CASEMATE_SPLUNK_TOKEN", environment)
    url, query = _apart(address)
    return SplunkSink(url, token, index=query.get("index"))


def _elastic(kind: str) -> Callable[[str, Mapping[str, str]], Sink]:
    """OpenSearch has the same bulk API."""

    def make(address: str, environment: Mapping[str, str]) -> Sink:
        from casemate.monitor.sinks.elastic import ElasticSink

        url, query = _apart(address)
        authorization = environment.get(f"CASEMATE_{kind.upper()}_AUTHORIZATION")
        headers = {"Authorization": authorization} if authorization else {}
        return ElasticSink(url, index=query.get("index", "casemate-alerts"), name=kind, headers=headers)

    return make


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


def _kafka(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.kafka import settings
    from casemate.monitor.sinks.kafka import KafkaSink

    place, query = _query(address)
    servers, slash, topic = place.rpartition("/")
    if not slash or not servers or not topic:
        raise UsageError(f"kafka={address}: want HOST:PORT/TOPIC")
    tls, cafile = query.get("tls") != "no", query.get("cafile")
    return KafkaSink(topic, settings=settings(servers, tls=tls, cafile=cafile, environment=environment))


def _securityhub(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.aws import region_of
    from casemate.monitor.sinks.securityhub import SecurityHubSink

    del environment
    account, query = _query(address)
    if not re.fullmatch(r"[0-9]{12}", account):
        raise UsageError(f"securityhub={address}: want the account of twelve digits")
    return SecurityHubSink(account, region_of(query.get("region")))


def _securitylake(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.aws import region_of
    from casemate.monitor.sinks.securitylake import SecurityLakeSink

    del environment
    place, query = _query(address)
    bucket, _, prefix = place.partition("/")
    if not bucket or not prefix:
        raise UsageError(f"securitylake={address}: want BUCKET/ext/SOURCE")
    return SecurityLakeSink(bucket, prefix, region_of(query.get("region")), account=query.get("account", "external"))


def _sentinel(address: str, environment: Mapping[str, str]) -> Sink:
    import time

    from casemate.monitor.sinks.sentinel import AUTHORITY, SentinelSink, client_token

    url, query = _apart(address)
    parts = urlsplit(url)
    names = parts.path.strip("/").split("/")
    if len(names) != 2 or not all(names):
        raise UsageError(f"sentinel={address}: want https://ENDPOINT/RULE/STREAM?tenant=…&client=…")
    if query.get("client"):
        secret = _secret("sentinel", "CASEMATE_SENTINEL_SECRET", environment)
        authority = environment.get("CASEMATE_SENTINEL_AUTHORITY", AUTHORITY)
        token = client_token(query.get("tenant", "common"), query["client"], secret, authority=authority)
    else:
        from casemate_guard.cloud.azure import identity_token

        def token() -> tuple[str, float]:
            return identity_token("https://monitor.azure.com"), time.time() + 600

    return SentinelSink(f"{parts.scheme}://{parts.netloc}", names[0], names[1], token)


def _secops(address: str, environment: Mapping[str, str]) -> Sink:
    from casemate.monitor.sinks.secops import SecOpsSink
    from casemate_guard.cloud.google import access_token

    given = environment.get("CASEMATE_SECOPS_TOKEN")
    return SecOpsSink(address, (lambda: given) if given else access_token)


def _query(address: str) -> tuple[str, dict[str, str]]:
    place, _, text = address.partition("?")
    return place, {name: values[-1] for name, values in parse_qs(text).items()}


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
    "elastic": _elastic("elastic"),
    "opensearch": _elastic("opensearch"),
    "syslog": _syslog("rfc5424"),
    "cef": _syslog("cef"),
    "webhook": _webhook,
    "slack": _slack,
    "teams": _teams,
    "pagerduty": _pagerduty,
    "jira": _jira,
    "github": _github,
    "kafka": _kafka,
    "securityhub": _securityhub,
    "securitylake": _securitylake,
    "sentinel": _sentinel,
    "secops": _secops,
}
"""Kind -> what opens it."""
