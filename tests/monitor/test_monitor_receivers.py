"""Receivers that no package brings along: servers that keep to their documentation; and what attackers put in alerts."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.monitor.test_monitor_sinks import Server, alert

from casemate.errors import UsageError
from casemate.model.alert import Alert
from casemate.model.finding import LOW
from casemate.monitor.sinks.chat import slack_message, teams_message
from casemate.monitor.sinks.elastic import document
from casemate.monitor.sinks.ocsf import finding
from casemate.monitor.sinks.opening import opened, opened_all
from casemate.monitor.sinks.secops import udm
from casemate.monitor.sinks.securityhub import SecurityHubSink
from casemate.monitor.sinks.sentinel import row
from casemate.monitor.sinks.shapes import ascii_line, plain
from casemate.monitor.sinks.sink import Sent, Sink
from casemate.monitor.sinks.syslog import cef, message
from casemate.monitor.sinks.tickets import github_issue, jira_issue, pagerduty_event


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def sentinel(server: Server) -> Iterator[Sink]:
    environment = {"CASEMATE_SENTINEL_SECRET": "s3cret", "CASEMATE_SENTINEL_AUTHORITY": server.url}
    made = opened(f"sentinel={server.url}/dcr-1/Custom-Casemate?tenant=t1&client=c1", environment)
    yield made
    made.close()


TOKEN: tuple[int, bytes, dict[str, str]] = (
    200,
    b'{"token_type": "Bearer", "expires_in": 3599, "access_token": "tok"}',
    {},
)


def test_sentinel_takes_rows_with_a_token(server: Server, sentinel: Sink) -> None:
    sink = sentinel
    server.answers = [TOKEN, (204, b"", {}), (204, b"", {})]
    for number in (1, 2):
        assert sink.send([alert(number)]).taken == {f"{number:032x}"}
    (path, _, form), (place, headers, body), _ = server.requests  # one token for both
    assert path == "/t1/oauth2/v2.0/token"
    asked = {name: values[0] for name, values in parse_qs(form.decode()).items()}
    assert asked["scope"] == "https://monitor.azure.com/.default"
    assert (asked["grant_type"], asked["client_id"], asked["client_secret"]) == ("client_credentials", "c1", "s3cret")
    assert place == "/dataCollectionRules/dcr-1/streams/Custom-Casemate?api-version=2023-01-01"
    assert headers["authorization"] == "Bearer tok"
    [told] = json.loads(body)
    assert (told["AlertId"], told["TimeGenerated"], told["Severity"]) == (
        f"{1:032x}", "2026-03-01T10:00:00Z", "Critical",
    )  # fmt: skip


def test_sentinel_in_trouble(server: Server, sentinel: Sink) -> None:
    sink = sentinel
    server.answers = [(400, b'{"error": "invalid_client"}', {})]
    assert "invalid_client" in sink.send([alert(1)]).trouble
    server.answers = [TOKEN, (429, b"", {"Retry-After": "30"})]
    sent = sink.send([alert(1)])
    assert sent.again == {f"{1:032x}"}
    assert sent.wait == 30.0
    server.answers = [(401, b"", {}), TOKEN, (204, b"", {})]
    assert sink.send([alert(1)]).again
    assert sink.send([alert(1)]).taken
    server.answers = [(400, b"bad", {}), (204, b"", {}), (400, b"bad", {})]
    sent = sink.send([alert(1), alert(2)])
    assert sent.taken == {f"{1:032x}"}
    assert set(sent.refused) == {f"{2:032x}"}
    sent = sink.send([alert(1, agent="x" * 1_100_000)])
    assert "bytes" in sent.refused[f"{1:032x}"]


def test_secops_takes_events_of_its_model(server: Server) -> None:
    place = "/v1alpha/projects/p/locations/eu/instances/i"
    sink = opened(f"secops={server.url}{place}", {"CASEMATE_SECOPS_TOKEN": "tok"})
    assert sink.send([alert(1), alert(2)]).taken == {f"{number:032x}" for number in (1, 2)}
    [(path, headers, body)] = server.requests
    assert (path, headers["authorization"]) == (f"{place}/events:import", "Bearer tok")
    first = json.loads(body)["inlineSource"]["events"][0]["udm"]
    assert first["metadata"]["productLogId"] == f"{1:032x}"
    assert first["securityResult"][0]["severity"] == "CRITICAL"
    assert first["principal"]["ip"] == ["198.51.100.7"]
    server.answers = [(503, b"", {}), (400, b"", {}), (200, b"{}", {}), (400, b"no", {})]
    assert sink.send([alert(1)]).again
    sent = sink.send([alert(1), alert(2)])
    sink.close()
    assert sent.taken == {f"{1:032x}"}
    assert set(sent.refused) == {f"{2:032x}"}


@pytest.mark.parametrize(
    "given_",
    [
        "sentinel=https://dce/rule",
        "securityhub=me?region=x",
        "securitylake=bucket?region=x",
        "kafka=host:9092",
        "nope=x",
    ],
)
def test_receivers_that_cannot_be_are_refused(given_: str) -> None:
    with pytest.raises(UsageError):
        opened(given_, {"CASEMATE_SENTINEL_SECRET": "x"})


def test_two_receivers_of_a_kind_have_names_of_their_own() -> None:
    names = [sink.name for sink in opened_all(["webhook=https://a/", "webhook=https://b/", "slack=https://c/"], {})]
    assert names == ["webhook", "webhook-2", "slack"]


RSYSLOG = """
module(load="imtcp")
input(type="imtcp" port="0" listenPortFileName="{folder}/port")
template(name="all" type="list") {{ property(name="jsonmesg") constant(value="\\n") }}
action(type="omfile" file="{folder}/out.json" template="all")
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("rsyslogd") is None, reason="apt-get install rsyslog")
@pytest.mark.parametrize("kind", ["syslog", "cef"])
def test_rsyslog_reads_each_alert_as_one_message(tmp_path: Path, kind: str) -> None:
    (tmp_path / "rs.conf").write_text(RSYSLOG.format(folder=tmp_path))
    command = ["rsyslogd", "-n", "-f", str(tmp_path / "rs.conf"), "-i", str(tmp_path / "pid")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            hostile = 'x|y=z\\ "]\n<13>1 - - evil - - - [forged@1 a="b"]'
            sent = Sent()
            while len(sent.taken) < 5:  # the port's file may be half written
                port = awaited(tmp_path / "port", lambda text: text.strip().isdigit()).strip()
                sink = opened(f"{kind}=tcp://127.0.0.1:{port}", {})
                sent = sink.send([alert(number, hostile, agent=hostile) for number in range(5)])
                sink.close()
            text = awaited(tmp_path / "out.json", lambda text: text.count("casemate@32473") >= 5 or "CEF" in text)
        finally:
            process.terminate()
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["programname"] for row in rows if "forged" in line_of(row)} == {"casemate"}
    assert len([row for row in rows if row["programname"] == "casemate"]) == 5


def line_of(found: dict[str, str]) -> str:
    return found["rawmsg"]


def awaited(file: Path, holds: Callable[[str], bool]) -> str:
    """What stands in a file, once something does."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        text = file.read_text("utf-8") if file.exists() else ""
        if holds(text):
            return text
        threading.Event().wait(0.02)
    raise AssertionError(f"{file} is not written")


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("\n\r\x00\x1b\x85\u2028\u2029\u202e\"\\|=]<>&`*_@[](){}'\ud800"), st.characters(), st.just("A")
    ),
    max_size=60,
)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    names = ("actor", "session", "address", "agent", "region", "function", "resource", "action")
    about = {name: draw(HOSTILE) for name in draw(st.sets(st.sampled_from(names)))}
    long = draw(st.sampled_from((1, 1, 1, 3000)))
    return Alert(
        f"{draw(st.integers(0, 99)):032x}", draw(HOSTILE) or "r", draw(HOSTILE) * long, LOW, draw(st.integers(-1, 2**41)),
        (draw(HOSTILE),), 1, "aws.cloudtrail", draw(HOSTILE), {"actor": draw(HOSTILE)}, about, ("attack.impact",),
        owner=draw(HOSTILE),
    )  # fmt: skip


CONTROL = {chr(code) for code in (*range(32), *range(127, 160))} | {"\u2028", "\u2029"}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(alerts())
def test_whatever_stands_in_an_alert_breaks_no_receiver(one: Alert) -> None:
    for form in ("rfc5424", "cef"):
        text = message(one, form).encode("utf-8", "replace").decode()
        assert not CONTROL & set(text)
        assert text.startswith("<")
    assert unescaped(cef(one).split("CEF:0", 1)[1], "|") == 7 + cef_pipes(one)
    assert "\n" not in ascii_line(plain(one))[:-1]
    for made in (
        document(one), finding(one, 5), row(one, 5.0), udm(one, 5.0), slack_message(one), teams_message(one),
        pagerduty_event(one, "k"), jira_issue(one, "P", "Task"), github_issue(one),
    ):  # fmt: skip
        json.dumps(made).encode("ascii")
    text = str(github_issue(one)["body"])
    assert all(line.startswith(("    ", "<!-- casemate-alert")) for line in text.split("\n") if line)
    assert len(str(github_issue(one)["title"])) <= 250


def cef_pipes(one: Alert) -> int:
    """In the extension a bar needs no escape."""
    return cef(one).rpartition("externalId=")[2].count("|")


def unescaped(text: str, sign: str) -> int:
    """How often a sign stands without a backslash before it."""
    count, skip = 0, False
    for char in text:
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == sign:
            count += 1
    return count


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=100)
@given(alerts())
def test_a_finding_of_security_hub_keeps_its_limits(one: Alert) -> None:
    import os
    from unittest.mock import patch

    with patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}):
        made = SecurityHubSink("111122223333", "eu-west-1", now=lambda: 5.0).document(one)
    assert 0 < len(str(made["Title"])) <= 256
    assert 0 < len(str(made["Description"])) <= 1024
    assert len(str(made["GeneratorId"])) <= 512
    fields = made["ProductFields"]
    assert isinstance(fields, dict)
    assert all(len(name) <= 128 and len(value) <= 1024 for name, value in fields.items())
    assert len(json.dumps(made)) < 240_000
