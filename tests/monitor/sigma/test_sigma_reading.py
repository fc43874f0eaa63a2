from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from casemate.authoring.patterns import Each
from casemate.authoring.query import Expression
from casemate.model.event import Event
from casemate.model.finding import Severity
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.plain import holds
from casemate.monitor.sigma import read_rules
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.sigma.conftest import Load

    from casemate.authoring.detection import Detection

RULE = """
title: Function URL without authentication
id: 11111111-1111-4111-8111-111111111111
status: deprecated
description: Says more.
author: Ann, Bob
references: [https://example.org/a]
falsepositives: [Unlikely]
tags: [attack.Persistence, attack.t1098]
level: critical
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: CreateFunctionUrlConfig}
  condition: selection
"""


def meets(one: Detection, body: dict[str, object]) -> bool:
    assert isinstance(one.pattern, Each)
    assert isinstance(one.pattern.stage.where, Expression)
    return holds(one.pattern.stage.where, Event("other", "1", 0, "", body), {}, NOTHING)


def test_metadata_goes_into_the_detection() -> None:
    tree = MemoryTree({"a/rule.yml": RULE.encode()})
    (one,), diagnostics = read_rules(tree, licence="DRL-1.1")
    assert diagnostics == []
    assert one.name == "11111111-1111-4111-8111-111111111111"
    assert one.severity == Severity.CRITICAL
    assert one.tags == ("attack.persistence", "attack.t1098", "status.deprecated")
    assert one.tactics == ("persistence",)
    assert (one.author, one.licence, one.path) == ("Ann, Bob", "DRL-1.1", "a/rule.yml")
    assert (one.references, one.false_positives) == (("https://example.org/a",), ("Unlikely",))
    assert one.sources == ("aws.cloudtrail",)
    (own,), _ = read_rules(MemoryTree({"r.yml": (RULE + "license: MIT\n").encode()}), licence="DRL-1.1")
    assert own.licence == "MIT"
    assert own.version == one.version


def test_levels(load: Load) -> None:
    for level, severity in (("informational", Severity.LOW), ("high", Severity.HIGH)):
        (one,), _ = load(RULE.replace("critical", level))
        assert one.severity == severity
    (one,), _ = load(RULE.replace("level: critical\n", ""))
    assert one.severity == Severity.MEDIUM
    assert load(RULE.replace("critical", "grave"))[0] == []


def test_a_bad_rule_does_not_keep_the_others_from_loading(load: Load) -> None:
    bad = RULE.replace("condition: selection", "condition: nothing").replace("1111-4", "2222-4")
    detections, diagnostics = load(f"{bad}---\njust: a map\n---\n- a list\n---{RULE}")
    assert len(detections) == 1
    assert [(one.code, one.level, one.at.start_line) for one in diagnostics] == [
        ("no-sigma-rule", "note", 16),
        ("no-sigma-rule", "note", 18),
        ("sigma-rule", "error", 14),
    ]


def test_bad_files_are_diagnostics() -> None:
    tree = MemoryTree({"a.yml": b"title: [", "b.yml": b"\xff\xfe\xfa", "c.yml": RULE.encode(), "d.txt": b"title: ["})
    detections, diagnostics = read_rules(tree)
    assert len(detections) == 1
    assert [(one.code, one.at.path) for one in diagnostics] == [("yaml-syntax", "a.yml"), ("invalid-utf-8", "b.yml")]


def test_files_and_folders_by_path(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rule.yaml").write_text(RULE)
    (one,), _ = read_rules(tmp_path)
    assert one.path == f"{tmp_path.as_posix()}/deep/rule.yaml"
    assert len(read_rules([tmp_path / "deep" / "rule.yaml"])[0]) == 1
    detections, (problem,) = read_rules(tmp_path / "nowhere")
    assert detections == []
    assert problem.code == "unreadable"


def test_the_same_rule_twice_is_one(tmp_path: Path) -> None:
    detections, (problem,) = read_rules(MemoryTree({"a.yml": RULE.encode(), "b.yml": RULE.encode()}))
    assert len(detections) == 1
    assert (problem.code, problem.at.path) == ("duplicate-rule", "b.yml")


GLOBAL = """
action: global
title: shared
logsource: {product: nobody}
detection:
  condition: selection
---
id: one
detection:
  selection: {a: 1}
---
action: repeat
id: two
detection:
  selection: {b: 2}
---
action: reset
---
title: alone
logsource: {product: nobody}
detection:
  other: {c: 3}
  condition: other
"""


def test_actions_share_what_is_above(load: Load) -> None:
    (one, two, three), diagnostics = load(GLOBAL)
    assert [d.level for d in diagnostics] == ["note"]
    assert [one.name, two.name, three.name] == ["one", "two", "alone"]
    assert meets(one, {"a": 1})
    assert meets(two, {"a": 1, "b": 2})
    assert not meets(two, {"b": 2})
    assert meets(three, {"c": 3})


FILTER = """
---
title: not ours
logsource: {product: aws}
filter:
  rules: [11111111-1111-4111-8111-111111111111]
  selection: {actor: us}
  condition: not selection
"""


def test_a_filter_narrows_the_rules_that_it_names(load: Load) -> None:
    rule = RULE.replace("eventName: CreateFunctionUrlConfig", "awsRegion: x")
    (one,), diagnostics = load(rule + FILTER)
    assert diagnostics == []
    assert meets(one, {"awsRegion": "x"})
    assert not meets(one, {"awsRegion": "x", "actor": "us"})
    (any_rule,), _ = load(rule + FILTER.replace("[11111111-1111-4111-8111-111111111111]", "any"))
    assert not meets(any_rule, {"awsRegion": "x", "actor": "us"})
    (other,), (warning,) = load(rule + FILTER.replace("product: aws", "product: azure"))
    assert warning.code == "sigma-filter"
    assert meets(other, {"awsRegion": "x", "actor": "us"})


def test_a_log_that_nobody_here_has_is_said_once(load: Load) -> None:
    other = RULE.replace("product: aws, service: cloudtrail", "product: windows, category: process_creation")
    detections, diagnostics = load(f"{other}---{other.replace('8111', '8222')}")
    assert [one.sources for one in detections] == [("other",), ("other",)]
    (note,) = diagnostics
    assert note.level == "note"
    assert "windows/process_creation" in note.message
    assert "2 rules" in note.message


def test_a_service_that_only_a_category_shares_is_not_meant(load: Load) -> None:
    web = RULE.replace("product: aws, service: cloudtrail", "service: nothing-of-the-kind")
    (one,), _ = load(web)
    assert one.sources == ("other",)


def test_a_rule_without_a_log_is_asked_of_every_event(load: Load) -> None:
    (one,), (warning,) = load(RULE.replace("logsource: {product: aws, service: cloudtrail}\n", ""))
    assert warning.code == "sigma-logsource"
    assert {"aws.cloudtrail", "other"} <= set(one.sources)
    assert meets(one, {"eventName": "CreateFunctionUrlConfig"})


def test_hostile_files_are_bounded(load: Load) -> None:
    stars = RULE.replace("condition: selection", f"condition: 1 of {'*a' * 200}")
    assert load(stars)[0] == []
    deep = "title: d\ndetection:\n  selection: " + "[" * 250 + "]" * 250 + "\n  condition: selection\n"
    assert [one.code for one in load(deep)[1]] == ["too-deep"]
    long = RULE.replace("condition: selection", "condition: " + "selection or " * 3000 + "selection")
    assert load(long)[0] == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from(["", "null", "[]", "{}", "|all", "|re", "|base64offset", "|cidr", "|hour", "|expand", "*", "(?=a)", "- ", "not", "(", "---", "&a", "*a", "1 of them", "| near x", "| count() > 3", "correlation:", "filter:", "'", "%x%"]),
            st.sampled_from(["before", "after", "instead", "in"]),
        ),
        min_size=1,
        max_size=6,
    )
)  # fmt: skip
def test_a_damaged_rule_is_a_diagnostic_and_never_an_exception(changes: list[tuple[int, str, str]]) -> None:
    lines = (RULE + FILTER + GLOBAL).splitlines()
    for number, piece, where in changes:
        at = number % len(lines)
        if where == "in":
            key, colon, rest = lines[at].partition(":")
            lines[at] = f"{key}{piece}{colon}{rest}"
        elif where == "instead":
            lines[at] = f"{lines[at].partition(':')[0]}: {piece}"
        else:
            lines.insert(at + (where == "after"), piece)
    _, diagnostics = read_rules(MemoryTree({"a.yml": "\n".join(lines).encode()}))
    assert all(one.at.path == "a.yml" and one.at.start_line >= 1 for one in diagnostics)
