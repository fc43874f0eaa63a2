from casemate_waf.executor import Transaction, Verdict
from casemate_waf.loading import parse
from casemate_waf.message import Request, Response


def verdict(rules: str, request: Request, response: Response | None = None, *, to_the_end: bool = False) -> Verdict:
    return Transaction(parse(rules), to_the_end=to_the_end).run(request, response)


def ids(rules: str, uri: str, **fields: bytes) -> list[int]:
    headers = tuple((name.replace("_", "-").encode(), value) for name, value in fields.items() if name != "body")
    request = Request(uri=uri.encode(), headers=headers, body=fields.get("body", b""))
    return [match.rule.id for match in verdict(rules, request, to_the_end=True).matches]


SCORING = """
SecDefaultAction "phase:2,log,pass"
SecAction "id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score=0,setvar:tx.limit=5"
SecRule ARGS "@rx attack(\\d)" "id:2,phase:2,block,capture,t:none,t:lowercase,\\
    msg:'found %{TX.1}',logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}',setvar:'tx.inbound_anomaly_score=+5'"
SecRule TX:inbound_anomaly_score "@ge %{tx.limit}" "id:3,phase:2,deny,status:406"
SecAction "id:4,phase:2,pass"
"""


def test_scores_add_up_for_every_match_and_decide() -> None:
    answer = verdict(SCORING, Request(uri=b"/?a=ATTACK7&b=attack8"))
    assert (answer.action, answer.status, answer.decided_by, answer.score) == ("block", 406, 3, 10)
    assert [match.rule.id for match in answer.matches] == [2, 3]
    first = answer.matches[0]
    assert (first.message, first.data) == (b"found 8", b"ARGS:b=attack8")
    assert (first.transformations, first.hit) == (("lowercase",), b"attack8")


def test_nothing_found_is_allowed() -> None:
    answer = verdict(SCORING, Request(uri=b"/?a=peace"))
    assert (answer.action, answer.status, answer.decided_by, answer.score) == ("allow", 200, None, 0)
    assert [match.rule.id for match in answer.matches] == [4]


def test_detection_only_lists_and_never_blocks() -> None:
    answer = verdict("SecRuleEngine DetectionOnly\n" + SCORING, Request(uri=b"/?a=attack1"))
    assert (answer.action, [match.rule.id for match in answer.matches]) == ("allow", [2, 3, 4])


def test_to_the_end_lists_more_and_decides_the_same() -> None:
    answer = verdict(SCORING, Request(uri=b"/?a=attack1"), to_the_end=True)
    assert (answer.action, answer.decided_by, [match.rule.id for match in answer.matches]) == ("block", 3, [2, 3, 4])


def test_a_chain_matches_as_a_whole_and_sees_what_matched() -> None:
    rules = """
    SecRule ARGS "@rx x" "id:1,phase:2,pass,setvar:tx.seen=+1,chain"
        SecRule MATCHED_VARS "@contains y" "t:none,chain"
            SecRule MATCHED_VAR_NAME "@endsWith :b"
    SecRule TX:seen "@eq 2" "id:2,phase:2,pass"
    """
    assert ids(rules, "/?a=x&b=xy") == [1, 2]
    assert ids(rules, "/?a=xy&b=z") == []


def test_skip_after_markers_and_skip() -> None:
    rules = """
    SecRule ARGS:a "@streq 1" "id:1,phase:2,pass,nolog,skipAfter:END"
    SecAction "id:2,phase:2,pass"
    SecMarker END
    SecAction "id:3,phase:2,pass,nolog,skip:1"
    SecAction "id:4,phase:2,pass"
    SecAction "id:5,phase:2,pass"
    """
    assert ids(rules, "/?a=1") == [5]
    assert ids(rules, "/?a=2") == [2, 5]


def test_exclusions_at_load_and_at_run_time() -> None:
    find = "SecRule ARGS|REQUEST_COOKIES \"@contains evil\" \"id:10,phase:2,pass,tag:'kind/x',msg:'m'\"\n"
    assert ids(find, "/?a=evil") == [10]
    assert ids(find + "SecRuleRemoveById 9-11\n", "/?a=evil") == []
    assert ids(find + "SecRuleRemoveByTag ^kind/\n", "/?a=evil") == []
    assert ids(find + 'SecRuleUpdateTargetById 10 "!ARGS:a"\n', "/?a=evil") == []
    assert ids(find + 'SecRuleUpdateTargetById 10 "!ARGS:/^b/"\n', "/?a=evil&bc=evil") == [10]
    assert ids(find + 'SecRuleUpdateTargetByTag kind "!ARGS"\n', "/?a=evil") == []
    for control in (
        "ruleRemoveById=10",
        "ruleRemoveById=5-15",
        "ruleRemoveByTag=kind/.*",
        "ruleRemoveByMsg=^m$",
        "ruleRemoveTargetById=10;ARGS:a",
        "ruleRemoveTargetByTag=kind;ARGS",
        "ruleEngine=Off",
    ):
        assert ids(f'SecAction "id:1,phase:1,pass,nolog,ctl:{control}"\n{find}', "/?a=evil") == [], control
    assert ids(f'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=10;ARGS:z"\n{find}', "/?a=evil") == [10]


def test_counts_negation_and_macros_in_operators() -> None:
    rules = """
    SecRule &ARGS "@gt 2" "id:1,phase:2,pass"
    SecRule REQUEST_METHOD "!@within GET POST" "id:2,phase:1,pass"
    SecRule ARGS:a "!@rx ^\\d+$" "id:3,phase:2,pass"
    SecAction "id:4,phase:1,pass,nolog,setvar:'tx.words=|one| |two|'"
    SecRule ARGS:b "@within %{tx.words}" "id:5,phase:2,pass"
    SecRule &REQUEST_HEADERS:Host "@eq 0" "id:6,phase:1,pass"
    """
    assert ids(rules, "/?a=1&b=one&c=", Host=b"h") == [1, 5]
    assert ids(rules, "/?a=x&b=three") == [6, 3]


def test_multi_match_looks_at_every_step() -> None:
    rules = 'SecRule ARGS "@contains %41" "id:1,phase:2,pass,multiMatch,t:none,t:urlDecodeUni"'
    assert ids(rules, "/?a=%2541") == [1]
    assert ids(rules.replace("multiMatch,", ""), "/?a=%2541") == []


def test_setvar_sets_adds_deletes_and_expands_names() -> None:
    rules = """
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.n=3,setvar:tx.n=-1,setvar:tx.gone=1,setvar:!tx.gone,setvar:'tx.k_%{tx.n}=v'"
    SecRule TX:K_2 "@streq v" "id:2,phase:1,pass"
    SecRule &TX:gone "@eq 0" "id:3,phase:1,pass"
    SecRule TX:/^k_/ "@rx ." "id:4,phase:1,pass"
    """
    assert ids(rules, "/") == [2, 3, 4]


def test_allow_ends_and_phase_five_always_runs() -> None:
    rules = """
    SecRule ARGS:a "@streq 1" "id:1,phase:1,allow,nolog"
    SecAction "id:2,phase:2,deny"
    SecAction "id:3,phase:5,pass"
    """
    assert ids(rules, "/?a=1") == [3]
    answer = verdict(rules, Request())
    assert (answer.action, [match.rule.id for match in answer.matches]) == ("block", [2, 3])


def test_bodies_by_content_type_and_by_control() -> None:
    find = 'SecRule ARGS|XML:/*|XML://@* "@contains evil" "id:1,phase:2,pass"\n'
    assert ids(find, "/", Content_Type=b"application/json", body=b'{"a": ["evil"]}') == [1]
    assert ids(find, "/", Content_Type=b"text/xml", body=b"<a b='evil'/>") == [1]
    assert ids(find, "/", Content_Type=b"text/other", body=b"a=evil") == []
    forced = 'SecAction "id:2,phase:1,pass,nolog,ctl:requestBodyProcessor=URLENCODED"\n'
    assert ids(forced + find, "/", Content_Type=b"text/other", body=b"a=evil") == [1]
    broken = 'SecRule REQBODY_ERROR "!@eq 0" "id:3,phase:2,deny"'
    assert ids(broken, "/", Content_Type=b"application/json", body=b"{") == [3]


def test_a_body_over_the_limit_is_rejected_and_still_inspected() -> None:
    rules = 'SecRequestBodyLimit 4\nSecRule ARGS "@contains evil" "id:1,phase:2,pass"'
    request = Request(headers=((b"Content-Type", b"application/x-www-form-urlencoded"),), body=b"a=evil")
    answer = verdict(rules, request, to_the_end=True)
    assert (answer.action, answer.status, [match.rule.id for match in answer.matches]) == ("block", 413, [1])


def test_responses_are_inspected_by_type() -> None:
    rules = """
    SecRule RESPONSE_STATUS "@eq 500" "id:1,phase:3,pass"
    SecRule RESPONSE_BODY "@contains secret" "id:2,phase:4,deny"
    """
    page = Response(500, ((b"Content-Type", b"text/html; charset=utf-8"),), b"a secret")
    assert verdict(rules, Request(), page).decided_by == 2
    assert verdict(rules, Request(), page._replace(headers=((b"Content-Type", b"image/png"),))).action == "allow"


def test_the_address_of_an_unknown_peer_is_not_the_local_one() -> None:
    rules = 'SecRule REMOTE_ADDR "@ipMatch 127.0.0.1,::1,10.0.0.0/8" "id:1,phase:1,pass"'
    assert ids(rules, "/") == []
    for address in (b"127.0.0.1", b"::1", b"10.1.2.3", b"::ffff:10.1.2.3"):
        assert len(verdict(rules, Request(remote_address=address)).matches) == 1


def test_default_actions_of_a_phase() -> None:
    rules = """
    SecDefaultAction "phase:2,deny,status:418,nolog,t:lowercase"
    SecRule ARGS "@streq evil" "id:1,block"
    """
    answer = verdict(rules, Request(uri=b"/?a=EVIL"))
    assert (answer.action, answer.status, answer.matches) == ("block", 418, ())


def test_cookies_paths_and_absolute_uris() -> None:
    rules = """
    SecRule REQUEST_COOKIES:b "@streq 2=3" "id:1,phase:1,pass"
    SecRule REQUEST_FILENAME "@streq /p q" "id:2,phase:1,pass"
    SecRule REQUEST_BASENAME "@streq p q" "id:3,phase:1,pass"
    SecRule REQUEST_URI "@streq /p%20q?x=1" "id:4,phase:1,pass"
    SecRule REQUEST_URI_RAW "@beginsWith http" "id:5,phase:1,pass"
    """
    assert ids(rules, "http://host/p%20q?x=1", Cookie=b"a=1; b=2=3") == [1, 2, 3, 4, 5]


def test_a_verdict_is_explained_without_its_secrets() -> None:
    from casemate_waf.explain import explain

    key = "AKIA" + "IOSFODNN7EXAMPLE"
    rules = 'SecRule ARGS "@rx attack" "id:1,phase:2,deny,t:none,t:lowercase,msg:\'an attack\'"'
    found = explain(verdict(rules, Request(uri=f"/?a={key}%20ATTACK".encode())))
    assert [(one["rule"], one["field"], one["transformations"], one["span"]) for one in found] == [
        (1, "ARGS:a", ["lowercase"], (21, 27))
    ]
    assert "attack" in found[0]["matched"]
    assert found[0]["message"] == "an attack"
