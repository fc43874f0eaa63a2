import pytest

from casemate_waf.errors import RuleSetError
from casemate_waf.loading import parse
from casemate_waf.macros import text_of
from casemate_waf.reading import actions, directives, variables
from casemate_waf.rules import Place

HERE = Place("a.conf", 1)


def test_directives_join_lines_skip_comments_and_know_where_they_begin() -> None:
    text = '# a comment\n\nSecAction \\\n    "id:1,\\\n# inside\n    pass"\nSecMarker END\n'
    first, second = directives(text, "a.conf")
    assert (first.name, first.arguments, first.place.line) == ("SecAction", ("id:1,pass",), 3)
    assert (second.name, second.arguments, second.place.line) == ("SecMarker", ("END",), 7)


def test_a_quote_within_quotes_is_escaped_and_other_backslashes_stay() -> None:
    (directive,) = directives(r'SecRule ARGS "@rx a\"b\d\\x"', "a.conf")
    assert directive.arguments == ("ARGS", r'@rx a"b\d\\x')


def test_an_open_quote_is_an_error_with_its_place() -> None:
    with pytest.raises(RuleSetError, match=r"a\.conf:2") as caught:
        list(directives('SecMarker A\nSecRule "ARGS\n', "a.conf"))
    assert (caught.value.path, caught.value.line) == ("a.conf", 2)


def test_actions_split_at_commas_outside_of_quotes() -> None:
    text = r"id:5,msg:'a, b: \'c\'',t:none,setvar:'tx.a=1',log"
    assert list(actions(text, HERE)) == [
        ("id", "5"),
        ("msg", "a, b: 'c'"),
        ("t", "none"),
        ("setvar", "tx.a=1"),
        ("log", None),
    ]


def test_variables_split_at_bars_outside_of_patterns() -> None:
    text = r"ARGS|!ARGS:/a|b\/c/|&TX:x|XML:/*|XML://@*|REQUEST_COOKIES:'/^x/'|REQUEST_HEADERS:User-Agent"
    assert list(variables(text, HERE)) == [
        ("ARGS", None),
        ("!ARGS", r"/a|b\/c/"),
        ("&TX", "x"),
        ("XML", "/*"),
        ("XML", "//@*"),
        ("REQUEST_COOKIES", "/^x/"),
        ("REQUEST_HEADERS", "User-Agent"),
    ]


def test_macros_are_told_from_text() -> None:
    assert text_of("a %{tx.One}-%{MATCHED_VAR}%").parts == (
        b"a ",
        ("TX", b"one"),
        b"-",
        ("MATCHED_VAR", b""),
        b"%",
    )
    assert text_of("%{not a macro").plain == b"%{not a macro"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('SecRule ARGS "@inspectFile /bin/x" "id:1"', "@inspectfile is refused: it runs a program"),
        ('SecRule REMOTE_ADDR "@rbl list.example" "id:1"', "@rbl is refused: it asks a remote list"),
        ('SecRuleScript "x.lua" "id:1"', "SecRuleScript is refused: it runs Lua"),
        ('SecRemoteRules key "https://rules.example"', "SecRemoteRules is refused"),
        ('SecAction "id:1,exec:/bin/x"', "the action exec is refused: running programs"),
        ('SecRule ARGS "@nonesuch x" "id:1"', "the operator @nonesuch is not supported"),
        ('SecRule NONESUCH "@rx x" "id:1"', "the variable NONESUCH is not supported"),
        ('SecRule ARGS "@rx x" "id:1,t:nonesuch"', "the transformation t:nonesuch is not supported"),
        ('SecRule ARGS "@rx x" "id:1,nonesuch"', "the action nonesuch is not supported"),
        ('SecRule ARGS "@rx x" "id:1,ctl:nonesuch=1"', "ctl:nonesuch is not supported"),
        ('SecRule ARGS "@rx (?=a)b" "id:1"', "needs what RE2 cannot do in linear time"),
        (r'SecRule ARGS "@rx (a)\1" "id:1"', "needs what RE2 cannot do in linear time"),
        ('SecRule ARGS "@rx x" "phase:2"', "the rule has no id"),
        ('SecRule ARGS "@rx x" "id:1,phase:9"', "there is no phase 9"),
        ('SecRule ARGS "@rx x" "id:1,chain"', "says chain, and nothing follows"),
        ('SecRule ARGS "@rx x" "id:1,chain"\nSecMarker A', "a chained rule must follow at once"),
        ('SecAction "id:1"\nSecAction "id:1"', r"rule 1 is there already, at rules.conf:1"),
        ('SecRule XML:/a/b "@rx x" "id:1"', "of XPath only"),
        ('SecRule ARGS "@ipMatch here" "id:1"', "@ipMatch"),
        ('SecRule ARGS "@validateByteRange 1-400" "id:1"', "@validateByteRange goes from 0 to 255"),
        ('SecRule ARGS "@pmFromFile ../secret" "id:1"', "is outside of the rule set"),
        ('SecRule ARGS "@pmFromFile none.data" "id:1"', "cannot be read"),
        ("SecNonesuch On", "SecNonesuch On is not supported"),
    ],
)
def test_what_cannot_be_executed_is_refused_with_file_and_line(line: str, message: str) -> None:
    with pytest.raises(RuleSetError, match=message) as caught:
        parse("# first\n" + line if "already" not in message else line)
    assert caught.value.path == "rules.conf"
    assert caught.value.line >= 1


def test_without_re2_patterns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(RuleSetError, match="google-re2 is not installed") as caught:
        parse('SecRule ARGS "@rx x" "id:1"')
    assert "casemate-guard[fast]" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "operator",
    [
        "exec",
        "fuzzyHash",
        "geoLookup",
        "gsbLookup",
        "inspectFile",
        "ipMatchFromURL",
        "pmFromURL",
        "rbl",
        "rsub",
        "validateDTD",
        "validateHash",
        "validateSchema",
    ],
)
def test_operators_that_reach_outside_are_refused(operator: str) -> None:
    with pytest.raises(RuleSetError, match=rf"@{operator.lower()} is refused: ") as caught:
        parse(f'SecRule ARGS "@{operator} x" "id:1"')
    assert caught.value.hint is not None


@pytest.mark.parametrize("action", ["exec:/bin/x", "append:'x'", "prepend:'x'", "proxy:'http://x'", "pause:'9'"])
def test_actions_that_reach_outside_are_refused(action: str) -> None:
    with pytest.raises(RuleSetError, match=r"the action .* is refused: "):
        parse(f'SecAction "id:1,{action}"')


@pytest.mark.parametrize(
    "directive",
    [
        "SecRuleInherit",
        "SecRuleScript",
        "SecRemoteRules",
        "SecRemoteRulesFailAction",
        "SecGeoLookupDb",
        "SecHttpBlKey",
        "SecHashEngine",
        "SecContentInjection",
        "SecStreamInBodyInspection",
        "SecStreamOutBodyInspection",
    ],
)
def test_directives_that_reach_outside_are_refused(directive: str) -> None:
    with pytest.raises(RuleSetError, match=f"{directive} is refused: ") as caught:
        parse(f"\n{directive} On")
    assert caught.value.line == 2


@pytest.mark.parametrize("included", ["/etc/x.conf", "../x.conf", "https://rules.example/x.conf"])
def test_include_stays_in_the_folder(included: str) -> None:
    with pytest.raises(RuleSetError, match="Include"):
        parse(f"Include {included}")
