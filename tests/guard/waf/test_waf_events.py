import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from casemate_guard.events.decode import decode
from casemate_waf.executor import Transaction
from casemate_waf.loading import parse

RULES = parse("""
SecRule ARGS "@contains <evil>" "id:1,phase:2,deny"
SecRule ARGS_NAMES "@contains <evil>" "id:2,phase:2,deny"
SecRule &REQUEST_HEADERS:Host "@eq 0" "id:3,phase:1,deny"
""")


def test_what_is_hidden_in_layers_is_found() -> None:
    inner = json.dumps({"m": "<evil>"})
    for hidden in (inner, base64.b64encode(inner.encode()).decode(), json.dumps({"Message": inner}), "%3Cevil%3E"):
        verdict = Transaction(RULES).inspect(decode({"Records": [{"body": hidden}]}))
        assert (verdict.action, verdict.decided_by) == ("block", 1)


def test_names_are_inspected_and_plain_events_pass() -> None:
    assert Transaction(RULES).inspect(decode({"<evil>": 1})).decided_by == 2
    assert Transaction(RULES).inspect(decode({"Records": [{"body": "hello"}]})).action == "allow"


def test_what_the_platform_wrote_is_no_argument() -> None:
    record = {
        "messageId": "<evil>",
        "body": "x",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q",
    }
    assert Transaction(RULES).inspect(decode({"Records": [record]})).action == "allow"


def test_what_is_beyond_the_budgets_is_blocked() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    found = decode(deep)
    assert found.excesses
    assert Transaction(RULES).inspect(found).action == "block"


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_event_raises(event: object) -> None:
    Transaction(RULES).inspect(decode(event))
