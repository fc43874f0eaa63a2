"""The user's own tables: MaxMind databases, CSV and JSON; in alerts, in rules, and read again when they change."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.monitor.test_monitor_running import record

from casemate.authoring.query import event, known
from casemate.cli.main import main
from casemate.errors import ConfigurationError
from casemate.model.alert import Alert
from casemate.model.finding import HIGH
from casemate.monitor.events.decoding import decode
from casemate.monitor.events.registry import fields_of
from casemate.monitor.hunt.dialects import DUCKDB
from casemate.monitor.hunt.exact import exact
from casemate.monitor.knowledge import Knowledge
from casemate.monitor.matching.compiling import compiled
from casemate.monitor.matching.plain import holds
from casemate.monitor.tables import Tables, _lookup, tables


def alert(**about: str) -> Alert:
    return Alert("a" * 32, "r", "T", HIGH, 0, ("e",), about=about)


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")


def test_networks_are_found_by_the_longest_prefix(tmp_path: Path) -> None:
    written(
        tmp_path,
        "n.csv",
        "network,site,note\n10.0.0.0/8,all,,too,many\n10.1.0.0/16,zurich,\x1b[31m\n2001:db8::/32,six,x\n",
    )
    found = tables({"sites": {"file": "n.csv", "lookup": "address"}}, tmp_path)
    assert found.enriched(alert(address="10.1.2.3")).about["site"] == "zurich"
    assert found.enriched(alert(address="10.2.2.3")).about["site"] == "all"
    assert found.enriched(alert(address="2001:db8::1")).about["site"] == "six"
    told = found.enriched(alert(address="10.1.2.3")).about["tables"]
    assert told == f"sites {found.tables[0].version}"
    for address in ("192.0.2.1", "none", "", "10.1.2.3/8"):
        assert found.enriched(alert(address=address)) == alert(address=address)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=20), st.integers(0, 2**32 - 1))
def test_the_longest_prefix_is_what_a_search_through_all_finds(networks: list[tuple[int, int]], address: int) -> None:
    from ipaddress import ip_address, ip_network

    listed = [ip_network((number, length), strict=False) for number, length in networks]
    keyed: dict[str, dict[str, object]] = {str(one): {"n": str(one)} for one in listed}
    one = ip_address(address)
    holding = [network for network in listed if one in network]
    wanted = str(max(holding, key=lambda network: network.prefixlen)) if holding else None
    found = _lookup(keyed).get(str(one)) if keyed else None
    assert (found or {}).get("n") == wanted


def test_text_is_found_without_case(tmp_path: Path) -> None:
    written(tmp_path, "a.json", json.dumps({"111122223333": {"team": "pay", "on": True}, "444455556666": "other"}))
    written(tmp_path, "u.json", json.dumps(["Alice", "Bob"]))
    found = tables(
        {"accounts": {"file": "a.json", "lookup": "account_id"}, "users": {"file": "u.json", "lookup": "actor"}},
        tmp_path,
    )
    about = found.enriched(alert(account_id="111122223333", actor="ALICE")).about
    assert (about["team"], about["on"]) == ("pay", "true")
    assert found.enriched(alert(account_id="444455556666")).about["label"] == "other"
    assert found.placeholders()["users"] == ("Alice", "Bob")
    assert found.knowledge().holds("table:users", ("alice",))


def test_a_maxmind_database_says_network_and_country(tmp_path: Path) -> None:
    writer = pytest.importorskip("mmdb_writer")
    pytest.importorskip("maxminddb")
    from netaddr import IPSet  # type: ignore[import-untyped]

    made = writer.MMDBWriter(6, "GeoLite2-Test", ipv4_compatible=True)
    made.insert_network(
        IPSet(["198.51.100.0/24"]),
        {
            "autonomous_system_number": 64500,
            "autonomous_system_organization": "Evil GmbH",
            "country": {"iso_code": "CH"},
        },
    )
    made.to_db_file(str(tmp_path / "x.mmdb"))
    found = tables({"geo": {"file": "x.mmdb"}}, tmp_path)
    about = found.enriched(alert(address="198.51.100.7")).about
    assert (about["asn"], about["as"], about["country"]) == ("64500", "Evil GmbH", "CH")
    assert about["tables"].startswith("geo GeoLite2-Test 20")
    assert found.enriched(alert(address="203.0.113.1")) == alert(address="203.0.113.1")
    assert found.enriched(alert(address="lambda.amazonaws.com")) == alert(address="lambda.amazonaws.com")
    (tmp_path / "y.mmdb").write_bytes(b"no database")
    with pytest.raises(ConfigurationError, match="no MaxMind database"):
        tables({"geo": {"file": "y.mmdb"}}, tmp_path)


def later(path: Path) -> None:
    """As if the file had been written a moment after."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_a_file_that_changes_is_read_again_and_a_broken_one_is_not_taken(tmp_path: Path) -> None:
    written(tmp_path, "n.csv", "user,team\nalice,pay\n")
    found = tables({"teams": {"file": "n.csv", "lookup": "actor", "columns": ["team"]}}, tmp_path)
    assert not found.changed()
    written(tmp_path, "n.csv", "user,team\nalice,shop\n")
    later(tmp_path / "n.csv")
    assert found.changed()
    again = found.again()
    assert again.enriched(alert(actor="alice")).about["team"] == "shop"
    assert again.tables[0].version != found.tables[0].version
    (tmp_path / "n.csv").write_bytes(b"\xff\xfe\x00")
    later(tmp_path / "n.csv")
    kept = again.again()
    assert kept.enriched(alert(actor="alice")).about["team"] == "shop"
    assert not kept.changed()
    (tmp_path / "n.csv").unlink()
    assert not kept.changed()


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({}, ""),
        ({"file": "gone.csv"}, ""),
        ({"file": "x.csv", "key": "nope"}, "a,b\n1,2\n"),
        ({"file": "x.json"}, "{broken"),
        ({"file": "x.json"}, "5"),
        ({"file": "x.csv", "what": 1}, "a,b\n"),
        ({"file": "x.csv", "columns": "a"}, "a,b\n"),
        ({"file": "x.csv"}, 'a,b\n"1"x,2\n'),
    ],
)
def test_a_table_that_cannot_be_is_refused(tmp_path: Path, row: dict[str, object], text: str) -> None:
    for name in ("x.csv", "x.json"):
        written(tmp_path, name, text)
    with pytest.raises(ConfigurationError):
        tables({"t": row}, tmp_path)


SIGMA = """
title: A stranger
id: 11111111-1111-4111-8111-111111111111
status: test
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: DeleteTrail}
  known: {'sourceIPAddress|cidr|expand': '%offices%'}
  condition: selection and not known
level: high
"""


def test_rules_ask_tables_and_alerts_say_of_which_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "offices.csv", "network,site\n10.0.0.0/8,hq\n")
    written(tmp_path, "rule.yml", SIGMA)
    written(tmp_path, "c.toml", '[monitor.tables.offices]\nfile = "offices.csv"\nlookup = "address"\n')
    lines = [
        json.dumps({**json.loads(record(number, "DeleteTrail")), "sourceIPAddress": address})
        for number, address in enumerate(("10.1.1.1", "192.0.2.1"))
    ]
    written(tmp_path, "e.ndjson", "\n".join(lines))
    command = ["monitor", "replay", str(tmp_path / "e.ndjson"), "--rules", str(tmp_path / "rule.yml")]
    assert main([*command, "--config", str(tmp_path / "c.toml")]) == 0
    printed = capsys.readouterr()
    [shown] = [json.loads(line) for line in printed.out.splitlines()]
    assert shown["events"] == ["e1"]
    assert shown["about"]["tables"].startswith("offices ")


def test_versions_are_of_the_tables_that_a_detection_asks() -> None:
    assert Tables(asked={"r": ("t",)}).enriched(alert()) == alert()
    assert replace(alert(), about={}).about == {}


def test_a_detection_in_python_asks_a_table(tmp_path: Path) -> None:
    from casemate.authoring.detection import Detection, relations_of, version_of
    from casemate.authoring.patterns import each
    from casemate.authoring.query import event, known
    from casemate.monitor.knowledge import NOTHING
    from casemate.monitor.loading import runnable
    from casemate.monitor.replaying import replay_blocks

    pattern = each(event.action.is_("DeleteTrail") & ~known("table:crew", event.actor_name))
    made = Detection(
        "x", "X", HIGH, ("aws.cloudtrail",), pattern, version=version_of(pattern), needs=relations_of(pattern)
    )
    written(tmp_path, "crew.csv", "name\nAlice\n")
    found = tables({"crew": {"file": "crew.csv"}}, tmp_path).knowledge()
    assert runnable([made], NOTHING) == ((), ("x",))
    assert runnable([made], found) == ((made,), ())
    lines = []
    for number, name in enumerate(("alice", "mallory")):
        body = json.loads(record(number, "DeleteTrail", user=name))
        lines.append(json.dumps({**body, "userIdentity": {**body["userIdentity"], "userName": name}}).encode())
    told = replay_blocks([("x", b"\n".join(lines))], [made], found).alerts
    assert [alert.events for alert in told] == [("e1",)]


def test_a_run_takes_up_tables_that_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import argparse

    from casemate.cli.monitor import live
    from casemate.cli.monitor.settings import settings_of
    from casemate.monitor.durable.database import Database
    from casemate.monitor.feeds.feed import Batch
    from casemate.monitor.running import Counts

    monkeypatch.setattr(live, "_LOOK", 0.0)
    written(tmp_path, "offices.csv", "network,site\n10.0.0.0/8,hq\n")
    written(tmp_path, "rule.yml", SIGMA)
    written(tmp_path, "c.toml", '[monitor.tables.offices]\nfile = "offices.csv"\nlookup = "address"\n')
    args = argparse.Namespace(
        rules=[str(tmp_path / "rule.yml")], rule=None, inventory=None, config=str(tmp_path / "c.toml")
    )
    database = Database(tmp_path / "s.db")
    work = live._Work(settings_of(args), database, (), None, Counts())  # noqa: SLF001 - what `run` is made of
    line = json.dumps({**json.loads(record(1, "DeleteTrail")), "sourceIPAddress": "192.0.2.1"}).encode()
    assert not work.changed()
    written(tmp_path, "offices.csv", "network,site\n192.0.2.0/24,branch\n")
    later(tmp_path / "offices.csv")
    before = work.worker(None)
    assert work.changed()
    assert work.worker(None).take(Batch("f", line)) == []
    assert len(before.take(Batch("f", line))) == 1
    database.close()


def test_an_expression_asks_whether_an_address_is_in_a_network_of_a_table(tmp_path: Path) -> None:
    written(tmp_path, "n.csv", "network,site\n10.0.0.0/8,all\n2001:db8::/32,six\n192.0.2.7,one\n")
    relations = tables({"offices": {"file": "n.csv"}}, tmp_path).knowledge()
    asked = known("table:offices", event.address)
    tests = {name: compiled(asked, fields_of(name), relations) for name in ("aws.cloudtrail",)}
    for address, wanted in {
        "10.1.2.3": True, "2001:DB8::1": True, "192.0.2.7": True, "192.0.2.8": False, "11.0.0.1": False,
        "::a01:203": False, "lambda.amazonaws.com": False, "": False,
    }.items():  # fmt: skip
        one = decode(json.dumps({**json.loads(record(1, "CreateUser")), "sourceIPAddress": address}).encode())
        assert tests["aws.cloudtrail"](one.body) is wanted, address
        assert holds(asked, one, fields_of(one.source), relations) is wanted, address
    assert exact(asked, DUCKDB, relations) is None


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=20), st.integers(0, 2**32 - 1))
def test_a_relation_of_networks_is_what_a_search_through_all_finds(pairs: list[tuple[int, int]], number: int) -> None:
    from ipaddress import ip_address, ip_network

    listed = tuple(ip_network(pair, strict=False) for pair in pairs)
    one = ip_address(number)
    assert Knowledge(networks={"n": listed}).holds("n", (str(one),)) is any(one in network for network in listed)
