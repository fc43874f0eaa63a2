"""The evaluation algorithm of the OSV schema, and the data that ships."""

from __future__ import annotations

import hashlib
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from casemate.analysis.supply.advisories import shipped
from casemate.analysis.supply.compiling import npm_rows, osv_rows
from casemate.analysis.supply.cvss import base_score, severity_of
from casemate.analysis.supply.matching import merged
from casemate.analysis.supply.osv import Affected
from casemate.analysis.supply.snapshot import Known
from casemate.model.dependency import Advisory, Package, VersionRange
from casemate.model.finding import CRITICAL, MEDIUM

EVENTS = st.lists(
    st.tuples(st.sampled_from(["introduced", "fixed", "last_affected", "limit"]), st.integers(1, 9)), max_size=6
)


def affected(*events: tuple[str, str], versions: tuple[str, ...] = ()) -> Affected:
    return Affected("npm", [VersionRange("SEMVER", events)], frozenset(versions))


def held(what: Affected) -> list[int]:
    return [number for number in range(1, 10) if what.holds(f"{number}.0.0")]


def test_introduced_zero_is_minus_infinity_and_fixed_is_exclusive() -> None:
    what = affected(("introduced", "0"), ("fixed", "3.0.0"))
    assert held(what) == [1, 2]
    assert what.holds("0.0.0-alpha")


def test_last_affected_is_inclusive() -> None:
    assert held(affected(("introduced", "2.0.0"), ("last_affected", "4.0.0"))) == [2, 3, 4]
    assert held(affected(("introduced", "4.0.0"), ("last_affected", "4.0.0"))) == [4]


def test_the_order_in_which_events_are_written_does_not_matter() -> None:
    events = (("introduced", "1.0.0"), ("fixed", "3.0.0"), ("introduced", "5.0.0"), ("fixed", "7.0.0"))
    for order in permutations(events):
        assert held(affected(*order)) == [1, 2, 5, 6]


def test_a_limit_cuts_everything_behind_it() -> None:
    assert held(affected(("introduced", "2.0.0"), ("limit", "5.0.0"))) == [2, 3, 4]
    assert held(affected(("introduced", "2.0.0"), ("limit", "3.0.0"), ("limit", "5.0.0"))) == [2, 3, 4]
    assert held(affected(("introduced", "8.0.0"), ("limit", "*"))) == [8, 9]


def test_listed_versions_count_beside_the_ranges() -> None:
    what = affected(("introduced", "8.0.0"), versions=("2.0.0", "not-a-version"))
    assert held(what) == [2, 8, 9]
    assert what.holds("not-a-version")
    assert what.holds("v2.0.0+build")


def test_a_range_with_a_version_that_is_none_is_left_out_and_told() -> None:
    what = affected(("introduced", "1.0.0"), ("fixed", "later"))
    assert held(what) == []
    assert not what.is_whole


@given(EVENTS)
def test_compiled_intervals_agree_with_the_algorithm_as_the_schema_writes_it(events: list[tuple[str, int]]) -> None:
    distinct = list({number: (kind, number) for kind, number in events}.values())  # ties are not defined there
    what = affected(*((kind, f"{number}.0.0") for kind, number in distinct))
    limits = [number for kind, number in distinct if kind == "limit"]
    for version in range(1, 10):
        vulnerable = False
        for kind, number in sorted(distinct, key=lambda event: event[1]):
            if kind == "introduced" and version >= number:
                vulnerable = True
            elif (kind == "fixed" and version >= number) or (kind == "last_affected" and version > number):
                vulnerable = False
        if limits and not any(version < limit for limit in limits):
            vulnerable = False
        assert what.holds(f"{version}.0.0") is vulnerable


def test_a_withdrawn_record_gives_nothing() -> None:
    record = {
        "id": "GHSA-aaaa-bbbb-cccc",
        "affected": [{"package": {"name": "left", "ecosystem": "npm"}, "versions": ["1.0.0"]}],
    }
    assert len(list(osv_rows(record))) == 1
    assert list(osv_rows({**record, "withdrawn": "2024-01-01T00:00:00Z"})) == []


def test_names_are_normalised_and_git_ranges_left_out() -> None:
    record = {
        "id": "PYSEC-2024-1",
        "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-79", "none"]},
        "affected": [
            {
                "package": {"name": "My_Package", "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]},
                ],
                "versions": ["1.0", "3.0.dev1+odd"],
            }
        ],
    }
    ((package, row),) = osv_rows(record)
    advisory = Known(package, row).advisory()
    assert package == Package("PyPI", "my-package")
    assert (advisory.severity, advisory.cwe, advisory.fixed) == (MEDIUM, ("CWE-79",), ("2",))
    assert Known(package, row).versions == {"3.0.dev1+odd"}, "1.0 lies in the range already"


def test_npm_texts_and_its_way_to_say_every_version() -> None:
    record = {"id": "X-1", "package": "left", "vulnerable_versions": "<=99.999.99999", "patched_versions": "<0.0.0"}
    ((package, row),) = npm_rows({**record, "aliases": []})
    assert Known(package, row).affects("100.0.0")
    assert Known(package, row).advisory().fixed == ()


def test_aliases_are_one_weakness_also_over_a_third() -> None:
    package = Package("npm", "left")
    one = Advisory(id="A", package=package, aliases=("CVE-1",))
    two = Advisory(id="B", package=package, aliases=("CVE-2",))
    both = Advisory(id="C", package=package, aliases=("CVE-1", "CVE-2"))
    assert len(merged([one, two])) == 2
    assert len(merged([one, two, both])) == 1


def test_cvss_scores_of_the_specification() -> None:
    assert base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H") == 9.8
    assert base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N") == 6.1
    assert base_score("CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H") == 7.8
    assert base_score("AV:N/AC:L/Au:N/C:P/I:P/A:P") == 7.5
    assert base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") is None
    assert severity_of(9.8) is CRITICAL
    assert severity_of(None, "moderate") is MEDIUM
    assert severity_of(None, "odd") is None


def test_the_shipped_data_is_whole_small_and_says_what_it_is() -> None:
    snapshot = shipped()
    assert snapshot.is_intact()
    assert snapshot.path.stat().st_size < 2_000_000
    assert [len(source.sha256) for source in snapshot.sources] == [len(hashlib.sha256().hexdigest())] * 3
    assert set(snapshot.ecosystems) == {"PyPI", "npm"}
    npm = snapshot.coverage("npm")
    assert npm is not None
    assert "small part" in npm.note
    odd = [
        known.advisory().id
        for package in (*snapshot.packages("PyPI"), *snapshot.packages("npm"))
        for known in snapshot.known(package)
        if not known.is_whole
    ]
    assert len(odd) <= 3, "an advisory that cannot be evaluated is told as undecided"
