"""What is remembered of files: by path and content, in runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from casemate.store.cache import FileCache, NoCache
from casemate.store.remembered import UNKNOWN, Remembered

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.store.cache import Cache

FILES = [(f"folder/file-{number}.txt", b"content %d" % number) for number in range(300)]


def passed(cache: Cache | NoCache, files: list[tuple[str, bytes]], producer: str = "test 1") -> list[str]:
    """One run over the files: the paths of which nothing was known, each of which is then known."""
    remembered = Remembered(cache, "test", producer)
    unknown: list[str] = []
    for run in remembered.runs(files):
        for number, (path, _) in enumerate(run.files):
            if run.known[number] == UNKNOWN:
                unknown.append(path)
                run.known[number] = 7
        remembered.keep(run)
    remembered.close()
    return unknown


def test_a_second_run_knows_every_file(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "c.sqlite3")
    paths = [path for path, _ in FILES]
    assert passed(cache, FILES) == paths
    assert passed(cache, FILES) == []
    assert passed(cache, FILES, "test 2") == paths  # another version knows nothing of it


def test_a_change_costs_its_neighbourhood_and_no_more(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "c.sqlite3")
    passed(cache, FILES)
    changed = [*FILES[:100], ("folder/file-100.txt", b"another"), *FILES[101:]]
    again = passed(cache, changed)
    assert "folder/file-100.txt" in again
    assert len(again) < len(FILES)
    added = [*FILES[:100], ("folder/file-099a.txt", b"new"), *FILES[100:]]
    again = passed(cache, added)
    assert "folder/file-099a.txt" in again
    assert len(again) < len(FILES)


def test_a_path_is_a_part_of_what_is_known(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "c.sqlite3")
    assert passed(cache, [("a.txt", b"same")]) == ["a.txt"]
    assert passed(cache, [("b.txt", b"same")]) == ["b.txt"]
    assert passed(cache, [("b.txt", b"same")]) == []


def test_without_a_cache_nothing_is_known() -> None:
    paths = [path for path, _ in FILES]
    assert passed(NoCache(), FILES) == paths
    assert passed(NoCache(), FILES) == paths


@given(st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=8)), max_size=20))
def test_every_file_is_in_one_run_and_in_order(files: list[tuple[str, bytes]]) -> None:
    assert [file for run in Remembered(NoCache(), "test", "1").runs(files) for file in run.files] == files
