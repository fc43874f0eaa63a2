import json

import pytest

from casemate_guard.events.decode import decode
from casemate_waf.audit import Auditor, Case
from casemate_waf.errors import RuleSetError
from casemate_waf.executor import BEARER, Transaction
from casemate_waf.loading import parse
from casemate_waf.message import Request, Response

RULES = """
SecAuditEngine RelevantOnly
SecAuditLogRelevantStatus "^(?:5|4(?!04))"
SecAuditLogParts ABCEFHZ
SecComponentSignature "set/1"
SecRule ARGS "@rx evil" "id:1,phase:2,pass,t:none,t:lowercase,msg:'Evil',tag:'x',tag:'y',severity:'CRITICAL',\\
    ver:'a/1',rev:'2',logdata:'%{MATCHED_VAR}'"
SecRule ARGS:quiet "@rx ." "id:2,phase:2,pass,nolog,auditlog"
SecRule ARGS:loud "@rx ." "id:3,phase:2,pass,log,noauditlog"
"""


def entry(rules: str, request: Request, response: Response | None = None) -> dict[str, object] | None:
    loaded = parse(rules)
    verdict = Transaction(loaded, to_the_end=True).run(request, response)
    return Auditor(loaded).entry(verdict, Case("u1", 1_793_000_000.0, request, response))


def transaction(rules: str, request: Request, response: Response | None = None) -> dict[str, object]:
    found = entry(rules, request, response)
    assert found is not None
    inner = found["transaction"]
    assert isinstance(inner, dict)
    return inner


def test_the_shape_is_that_of_libmodsecurity() -> None:
    request = Request(uri=b"/a?q=EVIL", headers=((b"Host", b"h"), (b"Cookie", b"sid=1")), body=b"")
    written = transaction(RULES, request, Response(200, ((b"Content-Type", b"text/plain"),), b"fine"))
    assert " ".join(written) == (
        "client_ip time_stamp server_id client_port host_ip host_port unique_id is_interrupted request response "
        "producer messages"
    )
    assert written["time_stamp"] == "Mon Oct 26 07:33:20 2026"
    assert written["request"] == {
        "method": "GET",
        "http_version": "1.1",
        "hostname": "h",
        "uri": "/a?q=EVIL",
        "body": "",
        "headers": {"Host": "h", "Cookie": "[redacted:header]"},
    }
    assert written["response"] == {"body": "fine", "http_code": 200, "headers": {"Content-Type": "text/plain"}}
    assert written["messages"] == [
        {
            "message": "Evil",
            "details": {
                "match": "Matched \"Operator `Rx' with parameter `evil' against variable `ARGS:q' (Value: `EVIL' )",
                "reference": "o0,4v9,4t:lowercase",
                "ruleId": "1",
                "file": "rules.conf",
                "lineNumber": "6",
                "data": "evil",
                "severity": "2",
                "ver": "a/1",
                "rev": "2",
                "tags": ["x", "y"],
                "maturity": "0",
                "accuracy": "0",
            },
        }
    ]
    assert json.loads(json.dumps(written)) == written


def test_relevant_is_a_match_or_a_status() -> None:
    assert entry(RULES, Request(uri=b"/?a=b")) is None
    assert entry(RULES, Request(uri=b"/?loud=1")) is None
    assert entry(RULES, Request(uri=b"/?a=b"), Response(404)) is None
    assert entry(RULES, Request(uri=b"/?a=b"), Response(403)) is not None
    assert transaction(RULES, Request(uri=b"/?quiet=1"))["messages"] != []
    assert entry(RULES.replace("RelevantOnly", "Off"), Request(uri=b"/?q=evil")) is None
    assert entry(RULES.replace("RelevantOnly", "On"), Request(uri=b"/")) is not None


def test_a_rule_changes_engine_and_parts() -> None:
    more = """
SecRule ARGS:off "@rx ." "id:10,phase:1,pass,nolog,ctl:auditEngine=Off"
SecRule ARGS:fewer "@rx ." "id:11,phase:1,pass,nolog,ctl:auditLogParts=-BC"
SecRule ARGS:none "@rx ." "id:12,phase:1,pass,nolog,ctl:auditLogParts=AZ"
"""
    assert entry(RULES + more, Request(uri=b"/?q=evil&off=1")) is None
    assert set(transaction(RULES + more, Request(uri=b"/?q=evil&fewer=1"))["request"]) == {  # type: ignore[call-overload]
        "method",
        "http_version",
        "hostname",
        "uri",
    }
    assert "messages" not in transaction(RULES + more, Request(uri=b"/?q=evil&none=1"))


def test_parts_that_a_logging_rule_adds_need_no_second_run() -> None:
    more = """
SecRule RESPONSE_BODY "@rx leak" "id:12,phase:4,pass,ctl:auditLogParts=+E"
"""
    rules = RULES.replace("ABCEFHZ", "ABHZ").replace("nolog,auditlog", "log")
    answer = Response(200, ((b"Content-Type", b"text/plain"),), b"a leak")
    assert transaction(rules + more, Request(), answer)["response"] == {"body": "a leak", "http_code": 200}


@pytest.mark.parametrize(
    ("request_", "secret"),
    [
        (Request(uri=b"/?password=evil-hunter2-evil"), "hunter2"),
        (Request(uri=b"/?q=evil", headers=((b"Authorization", b"Bearer abcdefabcdefabcdef"),)), "abcdef"),
        (Request(uri=b"/?q=evil&mail=jane.doe@example.org"), "jane.doe@"),
        (
            Request(
                b"POST",
                headers=((b"Content-Type", b"application/json"),),
                body=b'{"user": {"password": "evil-hunter2-evil"}}',
            ),
            "hunter2",
        ),
    ],
)
def test_secrets_do_not_reach_the_log(request_: Request, secret: str) -> None:
    assert secret not in json.dumps(transaction(RULES, request_))


def test_an_event_is_written_as_what_carries_it() -> None:
    rules = parse(RULES)
    event = {"Records": [{"body": "evil"}]}
    found = decode(event)
    verdict = Transaction(rules, to_the_end=True).inspect(found)
    case = Case("e", 0.0, BEARER._replace(body=json.dumps(event).encode()), event=found)
    written = Auditor(rules).entry(verdict, case)
    assert written is not None
    assert "against variable `ARGS:Records" in json.dumps(written)


@pytest.mark.parametrize("line", ["SecAuditEngine Maybe", "SecAuditLogParts XY", "SecAuditLogFormat XML"])
def test_a_setting_that_is_not_known_is_refused(line: str) -> None:
    with pytest.raises(RuleSetError, match="does not take"):
        parse(line)
