"""What the state forgets, writes down, and says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.authoring.detection import Detection, version_of
from casemate.authoring.patterns import Absence, Count, Distinct, Each, FirstSeen, Pattern, Sequence, Stage, Statistic
from casemate.authoring.query import event as names
from casemate.model.event import Event
from casemate.model.finding import MEDIUM
from casemate.monitor.correlation.state import EVICTED, State

if TYPE_CHECKING:
    from casemate.model.alert import Alert

MINUTE = 60_000
USER = names.raw("userIdentity.userName")
STAGE = Stage(USER.exists(), (USER,))
THREE = Count((STAGE,), (("gte", 3),), MINUTE)


def detection(pattern: Pattern) -> Detection:
    return Detection("d", "A title", MEDIUM, ("aws.cloudtrail",), pattern, version=version_of(pattern))


def happened(number: int, time: int, user: str = "u", **rest: object) -> Event:
    body = {"eventName": "Invoke", "sourceIPAddress": "1.2.3.4", "userIdentity": {"userName": user}, **rest}
    return Event("aws.cloudtrail", f"e{number}", time, "1", body)


def fed(state: State, *events: Event) -> list[Alert]:
    return [alert for one in events for alert in state.feed(0, (0,), one)]


def test_a_count_fires_as_soon_as_it_holds_and_once_a_period() -> None:
    state = State([detection(THREE)])
    assert fed(state, happened(1, 0), happened(2, 1000), happened(2, 1000)) == []
    (alert,) = fed(state, happened(3, 2000))
    assert (alert.events, alert.count, alert.time) == (("e1", "e2", "e3"), 3, 2000)
    assert alert.group == {"userIdentity.userName": "u"}
    assert alert.about["action"] == "Invoke"
    assert fed(state, happened(4, 3000)) == []
    assert len(fed(state, happened(5, MINUTE))) == 1


def test_what_no_window_reaches_is_forgotten() -> None:
    state = State([detection(THREE)], lateness=MINUTE)
    fed(state, happened(1, 0), happened(2, 1000))
    written = state.changes()
    assert state.size == 2
    state.advance({("aws.cloudtrail", "1"): 5 * MINUTE})
    assert state.size == 0
    gone = state.changes()
    assert {key for key, value in gone.items() if value is None} >= set(written)
    assert state.changes() == {}


def test_an_idle_account_holds_back_until_it_is_retired() -> None:
    few = Count((STAGE,), (("lt", 3),), MINUTE)
    state = State([detection(few)], lateness=0)
    fed(state, happened(1, 0))
    assert state.advance({("aws.cloudtrail", "1"): 10 * MINUTE, ("aws.cloudtrail", "2"): 0}) == []
    state.retire("aws.cloudtrail", "2")
    (alert,) = state.advance({("aws.cloudtrail", "1"): 11 * MINUTE})
    assert alert.about["address"] == "1.2.3.4"  # said though the event is long gone


def test_an_account_that_went_quiet_holds_back_for_an_hour() -> None:
    few = Count((STAGE,), (("lt", 3),), MINUTE)
    state = State([detection(few)], lateness=0)
    fed(state, happened(1, 0))
    assert state.advance({("aws.cloudtrail", "1"): 60 * MINUTE, ("aws.cloudtrail", "2"): 0}) == []
    assert len(state.advance({("aws.cloudtrail", "1"): 61 * MINUTE})) == 1


def test_absence_needs_events_beyond_its_window() -> None:
    missing = Absence(STAGE, Stage(names.raw("eventName").is_("Delete"), (USER,)), MINUTE)
    state = State([detection(missing)])
    fed(state, happened(1, 0))
    assert state.finish(MINUTE) == []
    assert len(state.finish(MINUTE + 1)) == 1


def test_sources_that_the_detection_does_not_read_hold_nothing_back() -> None:
    few = Count((STAGE,), (("lt", 3),), MINUTE)
    state = State([detection(few)], lateness=0)
    fed(state, happened(1, 0))
    assert len(state.advance({("aws.cloudtrail", "1"): 10 * MINUTE, ("azure.activity", "2"): 0})) == 1


def test_too_late_is_counted() -> None:
    seen = FirstSeen(STAGE, (names.raw("eventName"),), learn_events=1, learn_for=0)
    state = State([detection(seen)], lateness=MINUTE)
    fed(state, happened(1, 10 * MINUTE))
    state.advance({("aws.cloudtrail", "1"): 20 * MINUTE})
    assert fed(state, happened(2, 5 * MINUTE)) == []
    assert state.late == {"d": 1}


def test_what_does_not_fit_is_evicted_with_an_alert() -> None:
    lots = Distinct((STAGE,), (names.raw("n"),), (("gte", 1000),), 60 * MINUTE)
    for pattern in (
        lots,
        Sequence((STAGE, STAGE), 60 * MINUTE),
        Statistic((STAGE,), names.raw("n"), "sum", (("gt", 1e9),), MINUTE),
    ):
        state = State([detection(pattern)], limit=100)
        state.advance({("aws.cloudtrail", "1"): 100 * MINUTE})
        found = fed(
            state, *(happened(number, 100 * MINUTE + number, str(number % 7), n=number) for number in range(150))
        )
        assert [alert.rule for alert in found] == [EVICTED]
        assert found[0].group == {"rule": "d"}
        assert 50 < state.size <= 100


def test_a_baseline_that_does_not_fit_loses_what_is_oldest() -> None:
    seen = FirstSeen(STAGE, (names.raw("n"),), learn_events=1, learn_for=0)
    state = State([detection(seen)], limit=50, lateness=0)
    for number in range(120):
        fed(state, happened(number, number * 1000, n=number))
        state.advance({("aws.cloudtrail", "1"): number * 1000 + 1})
    assert state.size <= 51


def test_a_restart_goes_on_where_it_was() -> None:
    state = State([detection(THREE)])
    fed(state, happened(1, 0), happened(2, 1000))
    written = {key: value for key, value in state.changes().items() if value is not None}
    again = State([detection(THREE)])
    again.load(written, {})
    assert again.changes() == {}
    assert [alert.events for alert in fed(again, happened(2, 1000), happened(3, 2000))] == [("e1", "e2", "e3")]


def test_windows_of_another_version_are_dropped() -> None:
    state = State([detection(THREE)])
    fed(state, happened(1, 0))
    written = {key: value for key, value in state.changes().items() if value is not None}
    again = State([replace(detection(THREE), version="other")])
    again.load(written, {})
    assert again.changes() == dict.fromkeys(written)


def test_a_rule_that_only_feeds_others_says_nothing() -> None:
    state = State([replace(detection(Each(STAGE)), withheld=True), detection(Each(STAGE))])
    assert state.feed(0, (0,), happened(1, 0)) == []
    assert len(state.feed(1, (0,), happened(1, 0))) == 1


def test_an_event_without_a_time_is_in_no_window() -> None:
    state = State([detection(THREE), detection(Each(STAGE))])
    assert fed(state, *(happened(number, -1) for number in range(5))) == []
    assert len(state.feed(1, (0,), happened(1, -1))) == 1


def test_hostile_values_are_written_and_read() -> None:
    state = State([detection(THREE)])
    user = 'x"\x1f\u2028\ud800'
    fed(state, happened(1, 0, user), happened(2, 1, user))
    written = {key: value for key, value in state.changes().items() if value is not None}
    again = State([detection(THREE)])
    again.load(written, {})
    assert len(fed(again, happened(3, 2, user))) == 1
