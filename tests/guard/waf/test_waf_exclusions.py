import json

import pytest

from casemate_waf.exclusions import (
    LogError,
    Proposal,
    Refusal,
    Seen,
    Terms,
    entries,
    is_attack,
    matches,
    propose,
    written,
)
from casemate_waf.loading import parse
from casemate_waf.message import Request
from casemate_waf.replay import check, request_of

RULES = r"""
SecRule ARGS "@rx (?i)select|o'brien" "id:100,phase:2,deny,t:none,msg:'Words'"
SecRule ARGS:other "@rx drop" "id:101,phase:2,deny,t:none"
"""


def record(
    number: int, client: int, value: str = "O'Brien", *, path: str = "/people", name: str = "name"
) -> dict[str, object]:
    sent = value.replace(" ", "+")
    return {
        "client_ip": f"198.51.100.{client}",
        "time_stamp": f"Mon Nov {2 + number % 3} 10:00:00 2026",
        "unique_id": f"u{number}",
        "request": {"method": "GET", "http_version": 1.1, "uri": f"{path}?{name}={sent}", "headers": {"Host": "h"}},
        "response": {"http_code": 403},
        "messages": [
            {
                "message": "Words",
                "details": {
                    "match": f"Matched \"Operator `Rx' with parameter `x' against variable `ARGS:{name}' (Value: `{value}' )",
                    "ruleId": "100",
                },
            }
        ],
    }


def log(*records: dict[str, object]) -> list[bytes]:
    return [json.dumps({"transaction": one}).encode() for one in records]


def proposed(*records: dict[str, object], terms: Terms | None = None) -> tuple[list[Proposal], list[Refusal]]:
    return propose([one for found in entries(log(*records), "a.log") for one in matches(found)], terms)


FINE = [record(number, number % 4) for number in range(8)]


def test_one_variable_of_one_rule_on_one_path_is_proposed() -> None:
    proposals, refusals = proposed(*FINE)
    assert refusals == []
    (one,) = proposals
    assert (one.rule, one.variable, one.paths, one.everywhere) == (100, "ARGS:name", ("/people",), False)
    assert one.evidence == (8, 4, 3, "2026-11-02", "2026-11-04")
    text = written(proposals, range(5000, 5010))
    assert '"id:5000,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=100;ARGS:name"' in text
    assert "# 100 (Words) at ARGS:name on /people: 8 requests of 4 clients on 3 days (2026-11-02 to 2026-11-04)" in text
    assert "SecRuleRemove" not in text
    parse(text)


def test_many_paths_need_the_variable_everywhere() -> None:
    records = [record(n, n % 4, path=f"/p{page}") for page in range(3) for n in range(5)]
    (one,) = proposed(*records, terms=Terms(paths=3))[0]
    assert one.everywhere
    text = written([one], range(1, 2))
    assert 'SecRuleUpdateTargetById 100 "!ARGS:name"' in text
    parse(RULES + text)


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([record(n, 1) for n in range(50)], "1 of 3 clients"),
        ([record(n, n) for n in range(4)], "4 of 5 requests"),
        ([*FINE, record(9, 9, "1' or '1'='1")], "reads as an attack"),
        ([*FINE, record(9, 9, "<script>alert(1)</script>")], "reads as an attack"),
        ([*FINE, record(9, 9, "[redacted:secret]")], "redacted or cut off"),
        ([record(n, n, name="na,me") for n in range(8)], "its name cannot be written"),
        ([record(n, n, path="/a b") for n in range(8)], "the path cannot be written"),
        ([record(n, n, path='/a"%20b') for n in range(8)], "the path cannot be written"),
    ],
)
def test_what_is_no_safe_exclusion_is_refused(records: list[dict[str, object]], why: str) -> None:
    proposals, refusals = proposed(*records)
    assert proposals == []
    assert why in refusals[0].why


def test_a_variable_without_members_is_refused() -> None:
    seen = [Seen(1, "REQUEST_BODY", "/", "x", str(n), "", str(n), "") for n in range(9)]
    assert "no members" in propose(seen)[1][0].why


def test_a_name_that_pretends_to_be_the_end_is_left_out() -> None:
    forged = record(1, 1, name="a' (Value: `x' )")
    assert list(matches(forged)) == []


def test_a_value_that_the_log_cuts_off_is_taken_from_the_request() -> None:
    long = "O'Brien " + "x" * 200
    assert [one.value for one in matches(record(1, 1, long))] == [long]


def test_own_rules_tell_attacks() -> None:
    assert is_attack("1 union select password from users")
    assert is_attack("../../../../etc/passwd")
    assert not is_attack("O'Brien & sons, 2nd floor")


@pytest.mark.parametrize("line", [b"no json", b"[]", b'{"transaction": 1}', b'{"transaction": {}}', b"[" * 100_000])
def test_a_line_that_is_no_record_is_named(line: bytes) -> None:
    with pytest.raises(LogError, match=r"a\.log:2"):
        list(entries([b"", line], "a.log"))


def test_too_few_ids_are_an_error() -> None:
    with pytest.raises(ValueError, match="more exclusions than ids"):
        written(proposed(*FINE)[0], range(0))


def test_the_check_runs_log_and_attacks_again() -> None:
    rules = parse(RULES)
    proposals, _ = proposed(*FINE)
    attacks = [("a", Request(uri=b"/people?q=select")), ("b", Request(uri=b"/people?name=o'brien")), ("c", Request())]
    done = check(rules, proposals, FINE, attacks)
    assert (done.requests, done.unread, done.still, done.blocked, done.attacks) == (8, 0, (), (), 3)
    assert done.lost == ("b",)
    assert not done.holds
    assert check(rules, proposals, FINE, attacks[:1]).holds


def test_the_check_tells_what_other_rules_block() -> None:
    rules = parse(RULES)
    more = record(20, 1)
    more["request"] = {"method": "GET", "http_version": 1.1, "uri": "/people?name=O'Brien&other=drop", "headers": {}}
    done = check(rules, proposed(*FINE)[0], [more], [])
    assert done.blocked == ("u20: 101",)


def test_a_redacted_request_is_not_run_again() -> None:
    assert request_of({"uri": "/?password=[redacted:secret]"}) is None
    done = check(parse(RULES), proposed(*FINE)[0], [{"request": {"uri": "/?a=[redacted:secret]"}}], [])
    assert done.unread == 1
