import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from casemate_guard.waf.events import MAX_LEAVES, leaves
from casemate_guard.waf.executor import Transaction
from casemate_guard.waf.loading import parse

RULES = parse("""
SecRule ARGS "@contains <evil>" "id:1,phase:2,deny"
SecRule ARGS_NAMES "@contains <evil>" "id:2,phase:2,deny"
SecRule &REQUEST_HEADERS:Host "@eq 0" "id:3,phase:1,deny"
""")


def test_leaves_have_paths_and_views() -> None:
    event = {"a": [1, None, "x%20y"], "b": json.dumps({"c": "d"})}
    assert leaves(event).pairs == [
        (b"a.0", b"1"),
        (b"a.1", b""),
        (b"a.2", b"x%20y"),
        (b"a.2|url", b"x y"),
        (b"b", b'{"c": "d"}'),
        (b"b|json.c", b"d"),
    ]


def test_what_is_hidden_in_layers_is_found() -> None:
    inner = json.dumps({"m": "<evil>"})
    for hidden in (inner, base64.b64encode(inner.encode()).decode(), json.dumps({"Message": inner}), "%3Cevil%3E"):
        verdict = Transaction(RULES).inspect(leaves({"Records": [{"body": hidden}]}))
        assert (verdict.action, verdict.decided_by) == ("block", 1)


def test_names_are_inspected_and_plain_events_pass() -> None:
    assert Transaction(RULES).inspect(leaves({"<evil>": 1})).decided_by == 2
    assert Transaction(RULES).inspect(leaves({"Records": [{"body": "hello"}]})).action == "allow"


def test_what_is_beyond_the_bounds_is_blocked() -> None:
    deep: object = "x"
    for _ in range(100):
        deep = [deep]
    layers = "<evil>"
    for _ in range(8):
        layers = json.dumps([layers])
    for event in (deep, layers, ["x"] * (MAX_LEAVES + 1)):
        found = leaves(event)
        assert not found.complete
        assert Transaction(RULES).inspect(found).action == "block"


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_event_raises(event: object) -> None:
    assert leaves(event).complete
