"""The fast engine gives the verdicts of the executor, with both kinds of databases, from a file too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate_guard.events.decode import decode
from casemate_guard.waf import sqli, xss
from casemate_waf import artefact
from casemate_waf.executor import Transaction, Verdict
from casemate_waf.expressions import SEPARATOR, halves, lightened, loosened, parsed, rendered, scannable, shortest
from casemate_waf.fast import EngineError, Fast
from casemate_waf.loading import parse
from casemate_waf.message import Request, Response
from casemate_waf.patterns import compiled, held
from casemate_waf.probes import hyperscan_finder
from casemate_waf.rules import Place, Selector
from casemate_waf.scanning import Re2Finder, Texts, family, misses, node
from casemate_waf.transformations import TRANSFORMATIONS

if TYPE_CHECKING:
    from casemate_waf.rules import RuleSet

_NOISE = r"['^]*(?:\$[a-z]*)?"
EVASIVE = rf"(?i)(?:^|[;|])\s*(?:{'|'.join(_NOISE.join(word) for word in ('whoami', 'uname', 'catalog'))})\b"
RULES = parse(
    rf"""
SecDefaultAction "phase:1,log,pass"
SecDefaultAction "phase:2,log,pass"
SecAction "id:1,phase:1,nolog,pass,setvar:tx.score=0,setvar:tx.limit=5,setvar:tx.level=1"
SecRule TX:level "@lt 2" "id:2,phase:2,nolog,pass,skipAfter:END-STRICT"
SecRule ARGS "@rx a" "id:3,phase:2,pass,setvar:tx.score=+1"
SecMarker END-STRICT
SecRule ARGS|ARGS_NAMES "@rx (?i)^<script\b" "id:10,phase:2,capture,t:none,t:urlDecodeUni,t:htmlEntityDecode,t:jsDecode,\
    block,setvar:'tx.score=+5',logdata:'%{{TX.0}} in %{{MATCHED_VAR_NAME}}'"
SecRule ARGS "@pm union select" "id:11,phase:2,t:none,t:lowercase,t:replaceComments,pass,setvar:tx.score=+2,chain"
    SecRule MATCHED_VAR "@rx from\s" "t:none,t:lowercase"
SecRule ARGS "@detectSQLi" "id:12,phase:2,t:none,t:urlDecodeUni,t:removeNulls,pass,setvar:tx.score=+3"
SecRule ARGS "@detectXSS" "id:13,phase:2,t:none,t:urlDecodeUni,t:cssDecode,pass,setvar:tx.score=+3"
SecRule ARGS "@rx {EVASIVE}" "id:14,phase:2,t:none,pass,setvar:tx.score=+4"
SecRule ARGS "@rx etc/passwd$" "id:15,phase:2,t:none,t:normalizePath,multiMatch,pass,setvar:tx.score=+4"
SecRule ARGS "@validateByteRange 9,10,13,32-126" "id:16,phase:2,t:none,pass"
SecRule ARGS "@streq exact" "id:17,phase:2,t:none,t:trim,pass"
SecRule ARGS "@rx __proto__" "id:18,phase:2,t:none,t:base64Decode,pass"
SecRule &ARGS "@gt 6" "id:19,phase:2,pass"
SecRule ARGS "@gt 40" "id:20,phase:2,t:length,pass,setvar:tx.long_%{{MATCHED_VAR_NAME}}=1"
SecRule TX:/^long_/ "@eq 1" "id:21,phase:2,t:none,pass"
SecRule REQUEST_HEADERS:User-Agent "@beginsWith evil" "id:22,phase:1,deny,status:406"
SecRule ARGS:free "@contains keep" "id:23,phase:2,pass,nolog,ctl:ruleRemoveTargetById=10;ARGS:free"
SecRule ARGS "@rx __proto__" "id:24,phase:2,t:none,t:urlDecodeUni,t:jsDecode,t:removeWhitespace,t:base64Decode,\
    t:urlDecodeUni,t:jsDecode,t:replaceComments,multiMatch,pass"
SecRule ARGS "@rx /bin/ls$" "id:25,phase:2,t:none,t:cmdLine,t:normalizePath,pass"
SecRule ARGS "@rx \\$" "id:26,phase:2,t:none,t:removeWhitespace,t:base64DecodeExt,t:jsDecode,pass"
SecRule ARGS "@validateByteRange 32-126" "id:27,phase:2,t:none,t:base64Decode,pass"
SecRule TX:/^long_ARGS/ "@eq 1" "id:28,phase:2,t:none,pass"
SecRule RESPONSE_BODY "@rx secret\d" "id:30,phase:4,deny,status:502"
SecRule TX:score "@ge %{{tx.limit}}" "id:99,phase:2,deny,status:403,msg:'score %{{tx.score}}'"
SecAction "id:100,phase:5,pass,nolog,setvar:tx.anomaly_score=%{{tx.score}}"
"""
)
BUILDS = {"hyperscan": hyperscan_finder, "re2": Re2Finder}
PIECES = (
    "<script", "%3Cscript>", "&lt;script x", "\\x3cscript", "union", "/**/", "SELECT a from b", "' or 1=1 --", "--",
    "onload=alert(1)", "<svg/onload=x", ";whoami", "; w'h'oami", '|un$x"ame', "uname", "cat$alog", "//etc/passwd",
    "a/../etc/passwd", "etc/passwd\x01", "\x00", "\x01", " exact ", "exact", "X19wcm90b19f", "é", "%u003cscript", "\\",
    "keep", "x" * 41, "X19wcm8ldTAwNzRvX18=", "X19wcm\\x38vKiovdG9fXw==", "XAE=", "XAFc", "/ bin//./l's", "LyouKi9fX3Byb3RvX18K", "+", "%", "&#x3c;script", "hello", " ", "\n",
)  # fmt: skip

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join) | st.text(max_size=12)
events = st.dictionaries(st.sampled_from(("a", "b", "free", "<script", "n")) | st.text(max_size=4), texts, max_size=7)


def told(verdict: Verdict) -> object:
    """What a verdict says; rules of a file are not the very same objects."""
    return verdict._replace(matches=()), [(match.rule.id, *match[1:]) for match in verdict.matches]


@pytest.fixture(scope="module", params=["hyperscan", "re2", "file"])
def engine(request: pytest.FixtureRequest) -> Fast:
    if request.param != "re2" and misses():
        pytest.skip(misses())
    if request.param == "file":
        return artefact.load(artefact.save(RULES), seconds=60).engine
    return Fast(RULES, build=BUILDS[request.param], seconds=60)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events, to_the_end=st.booleans())
def test_events_get_the_same_verdict(engine: Fast, event: dict[str, str], to_the_end: object) -> None:
    found = decode(event)
    plain = Transaction(RULES, to_the_end=bool(to_the_end)).inspect(found)
    fast = engine.inspect(found, to_the_end=bool(to_the_end))
    assert told(plain) == told(fast)
    assert told(engine.inspect(found, to_the_end=bool(to_the_end))) == told(plain)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=texts, body=texts, agent=st.sampled_from((b"evil", b"curl", b"")), answer=st.sampled_from((b"", b"secret1"))
)
def test_requests_get_the_same_verdict(engine: Fast, query: str, body: str, agent: bytes, answer: bytes) -> None:
    kind = (b"Content-Type", b"application/x-www-form-urlencoded")
    request = Request(
        method=b"POST",
        uri=b"/x?free=" + query.encode("utf-8", "surrogatepass"),
        headers=((b"User-Agent", agent), kind),
        body=b"a=" + body.encode("utf-8", "surrogatepass"),
    )
    for response in (None, Response(body=answer, headers=((b"Content-Type", b"text/plain"),))):
        for to_the_end in (True, False):
            plain = Transaction(RULES, to_the_end=to_the_end).run(request, response)
            assert told(plain) == told(engine.run(request, response, to_the_end=to_the_end))


def test_an_event_beyond_its_budget_is_blocked_by_both() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    found = decode(deep)
    assert told(Fast(RULES, build=Re2Finder).inspect(found)) == told(Transaction(RULES).inspect(found))


def test_out_of_time_is_an_error_and_never_an_allow() -> None:
    times = iter(range(0, 10_000, 5))
    slow = Fast(RULES, build=Re2Finder, seconds=3, clock=lambda: next(times))
    with pytest.raises(EngineError):
        slow.inspect(decode({"a": "<script"}))


def test_a_warm_engine_gives_the_same_verdicts() -> None:
    warm = artefact.load(artefact.save(RULES, request=False), seconds=60).engine
    warm.warm()
    for event in ({"a": "<script"}, {"a": "hello"}, {"free": "' or 1=1 --"}):
        assert told(warm.inspect(decode(event))) == told(Transaction(RULES).inspect(decode(event)))


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from((b"long_args", b"LONG_x", b"xlong_", b"lon", b"")) | st.binary(max_size=8))
@pytest.mark.parametrize("source", ["^long_", "long_*", "long_|x", "(?:lo|x)ng", "l.ng", "^lon?", "^long_[a-z]+$"])
def test_a_selector_takes_what_its_pattern_finds(source: str, key: bytes) -> None:
    matcher = compiled(source, Place("", 1), ignore_case=True)
    taken = Selector(source.encode(), matcher, held(source)).takes(key)
    assert taken == (matcher.search(key) is not None)


# --- the file
def test_a_changed_file_is_refused() -> None:
    data = artefact.save(RULES, request=False)
    for bad in (b"", data[:-1], b"X" + data[1:], data[:60] + bytes((data[60] ^ 1,)) + data[61:]):
        with pytest.raises(artefact.ArtefactError):
            artefact.load(bad)


def test_on_another_platform_the_rules_run_on_re2_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    data = artefact.save(RULES, request=False)
    monkeypatch.setattr(artefact, "_platform", lambda: ["1", "vax", "re2"])
    loaded = artefact.load(data)
    assert "vax" in loaded.health
    assert loaded.engine.inspect(decode({"a": "<script"})).action == "block"
    assert loaded.engine.inspect(decode({"a": "hello"})).action == "allow"


def test_the_digest_tells_rule_sets_apart() -> None:
    other: RuleSet = parse('SecRule ARGS "@rx a" "id:1,phase:2,deny"')
    assert artefact.digest(RULES) == artefact.digest(RULES)
    assert artefact.digest(RULES) != artefact.digest(other)


# --- filters find at least what they stand for
@pytest.mark.parametrize(
    "pattern",
    [
        r"^a\b",
        r"a$",
        r"(?i)x[^\s]+y",
        r"a{2,40}b",
        r"(?:^|;)ls\s",
        r"\x{e9}",
        EVASIVE,
        r"[^\x00-\x7f]",
        r"\S\D\W",
        r"^$",
    ],
)
def test_an_expression_finds_whatever_its_pattern_finds(pattern: str) -> None:
    exact = compiled(pattern, Place("", 1)).search
    expression = scannable(pattern.encode())
    forms = ([expression], [loosened(expression)], halves(expression) or [expression])
    builds = [Re2Finder] if misses() else [Re2Finder, hyperscan_finder]
    finders = [build([(1, part) for part in form]) for form in forms for build in builds]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.binary(max_size=6) | st.sampled_from([piece.encode() for piece in PIECES]), max_size=5))
    def check(values: list[bytes]) -> None:
        hits = any(exact(value) is not None for value in values)
        for finder in finders:
            found: set[int] = set()
            finder.scan(SEPARATOR.join((b"", *values, b"")), found)
            assert found or not hits

    check()


def test_a_pattern_against_evasion_is_taken_apart() -> None:
    light = lightened(EVASIVE.encode())
    assert light is not None
    assert (light.noise, light.signs) == (b"'^", b"$")
    assert "whoami" in light.bare
    assert lightened(rb"plain[a-z]+") is None


@pytest.mark.parametrize(
    ("pattern", "length"), [("abc", 3), ("a|bc", 1), ("^a{3}b?$", 3), ("(?:ab)+c*", 2), ("[a-z]\\d", 2)]
)
def test_the_shortest_find(pattern: str, length: int) -> None:
    assert shortest(scannable(pattern.encode())) == length


def test_a_tree_is_written_as_it_was_read() -> None:
    for pattern in (r"(?i)a(?:b|c[\]x]+)*?d{1,3}", r"[]a]|\)\(", r"x{,y}"):
        assert rendered(parsed(pattern)) == pattern


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "'",
                "or",
                "1",
                "=",
                "and",
                "select",
                "union",
                "all",
                "from",
                "--",
                "#",
                "/*",
                "*/",
                "(",
                ")",
                ",",
                ";",
                "sleep",
                "char",
                "x",
                "like",
                "is",
                "in",
                "null",
                "not",
                "!",
                "0x1f",
                "order",
                "by",
                "into",
                "outfile",
                "case",
                "when",
                "limit",
                "update",
                "set",
                "drop",
                "table",
                "@@v",
                "||",
                "&&",
                "`",
                "[",
                "]",
                "\\",
                "\x01",
                "<script",
                "<a",
                "onload=",
                "style=",
                "href=",
                "javascript:",
                "&#106;",
                "<",
                ">",
                "xmlns",
                "\x00",
                "insert",
                "delete",
                "exec",
                "waitfor",
                "delay",
                "iif",
                "mod",
                "true",
            ]
        ),
        max_size=9,
    ),
    st.sampled_from(("", " ")),
)
def test_what_the_tokenisers_find_their_expressions_find(words: list[str], gap: str) -> None:
    value = gap.join(words).encode()
    sql, script = (compiled(one.decode(), Place("", 1)).search for one in (sqli.necessary(), xss.necessary()))
    assert not sqli.is_sqli(value) or sql(value) is not None
    assert not xss.is_xss(value) or script(value) is not None


@pytest.mark.parametrize("name", sorted(set(TRANSFORMATIONS) - {"md5", "sha1"}))
@settings(max_examples=40, deadline=None)
@given(values=st.lists(texts.map(lambda text: text.encode("utf-8", "replace")), max_size=4, unique=True))
def test_joined_values_become_what_each_becomes(name: str, values: list[bytes]) -> None:
    changed = [TRANSFORMATIONS[name](value) for value in values]
    found = Texts(values)
    assert found.values(node((name,))) == changed
    assert found.joined(node((name,))) == SEPARATOR.join((b"", *changed, b""))


def test_chains_of_decoders_are_one_family() -> None:
    assert family(("urldecodeuni", "lowercase", "jsdecode")) == family(("trim",)) == ()
    assert family(("removewhitespace", "lowercase")) == family(("jsdecode", "base64decode")) != ()
