from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from casemate.store.cache import FILE, MAX_VALUE, FileCache, NoCache, cache_folder, key_of, open_cache


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / FILE


@pytest.fixture
def cache(file: Path) -> Iterator[FileCache]:
    cache = FileCache(file)
    yield cache
    cache.close()


def test_what_is_put_is_got_by_another_run(cache: FileCache, file: Path) -> None:
    cache.put_many("summary", {b"a": b"1", b"b": b"\x00\xff"})
    cache.close()
    again = FileCache(file)
    assert again.get("summary", b"a") == b"1"
    assert again.get_many("summary", [b"b", b"c", b"b"]) == {b"b": b"\x00\xff"}
    assert again.get("other kind", b"a") is None
    again.close()


def test_a_value_is_replaced(cache: FileCache) -> None:
    cache.put_many("summary", {b"a": b"1"})
    cache.put_many("summary", {b"a": b"2"})
    assert cache.get("summary", b"a") == b"2"


def test_many_keys(cache: FileCache) -> None:
    items = {number.to_bytes(4, "big"): str(number).encode() for number in range(2500)}
    cache.put_many("number", items)
    assert cache.get_many("number", items) == items


def test_keys_tell_producers_and_parts_apart() -> None:
    keys = {key_of("p/1", b"a", b"bc"), key_of("p/1", b"ab", b"c"), key_of("p/2", b"a", b"bc"), key_of("p/1", b"abc")}
    assert len(keys) == 4
    assert all(len(key) == 20 for key in keys)


def test_the_least_recently_used_goes_first(file: Path) -> None:
    value = bytes(10_000)
    first = FileCache(file, max_bytes=350_000)
    first.put_many("v", {b"old %d" % number: value for number in range(25)})
    first.put_many("v", {b"kept": b"dear"})
    first.close()
    second = FileCache(file, max_bytes=350_000)
    assert second.get("v", b"kept") == b"dear"
    second.put_many("v", {b"new %d" % number: value for number in range(15)})
    second.close()
    third = FileCache(file, max_bytes=350_000)
    assert third.get("v", b"kept") == b"dear"
    assert not third.get_many("v", [b"old %d" % number for number in range(20)])
    assert third.get("v", b"new 14") == value
    third.close()
    assert file.stat().st_size < 350_000


def test_a_value_too_large_is_not_kept(cache: FileCache) -> None:
    cache.put_many("v", {b"large": bytes(MAX_VALUE + 1), b"small": b"1"})
    assert cache.get_many("v", [b"large", b"small"]) == {b"small": b"1"}


@pytest.mark.parametrize("content", [b"this is no database, however long one makes it" * 100, b"x"])
def test_a_corrupt_file_is_made_anew(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    cache = FileCache(file)
    assert cache.get("v", b"a") is None
    cache.put_many("v", {b"a": b"1"})
    assert cache.get("v", b"a") == b"1"
    cache.close()


def test_a_file_that_becomes_corrupt_is_made_anew(file: Path) -> None:
    cache = FileCache(file)
    cache.put_many("v", {number.to_bytes(2, "big"): bytes(3000) for number in range(100)})
    cache.close()
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(bytes(data))
    again = FileCache(file)
    assert again.get("v", b"\0\1") is None
    again.put_many("v", {b"a": b"1"})
    assert again.get("v", b"a") == b"1"
    again.close()


def test_a_file_that_cannot_be_opened_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    cache = FileCache(tmp_path / FILE)
    cache.put_many("v", {b"a": b"1"})
    assert cache.get("v", b"a") is None
    cache.close()


def test_a_file_that_is_held_costs_the_value_only(
    file: Path, cache: FileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemate.store.cache._BUSY_SECONDS", 0.01)
    cache.put_many("v", {b"a": b"1"})
    holder = sqlite3.connect(file)
    holder.execute("BEGIN IMMEDIATE")
    cache.put_many("v", {b"b": b"2"})
    holder.rollback()
    holder.close()
    assert cache.get_many("v", [b"a", b"b"]) == {b"a": b"1"}
    cache.put_many("v", {b"b": b"2"})
    assert cache.get("v", b"b") == b"2"


def _write_many(file: Path, process: int) -> None:
    cache = FileCache(file)
    for number in range(20):
        cache.put_many("v", {b"%d %d" % (process, number): b"%d" % number})
    cache.close()


def test_several_processes_write(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(file, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    cache = FileCache(file)
    keys = [b"%d %d" % (process, number) for process in range(3) for number in range(20)]
    assert len(cache.get_many("v", keys)) == 60
    cache.close()


def test_another_process_opens_its_own_connection(cache: FileCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put_many("v", {b"a": b"1"})
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def counted(file: Path, *, timeout: float, check_same_thread: bool) -> sqlite3.Connection:
        opened.append(connect(file, timeout=timeout, check_same_thread=check_same_thread))
        return opened[-1]

    monkeypatch.setattr("sqlite3.connect", counted)
    with monkeypatch.context() as patch:
        patch.setattr("casemate.store.cache.os.getpid", lambda: -1)
        assert cache.get("v", b"a") == b"1"
        assert len(opened) == 1
        cache.close()


def test_a_closed_cache_gives_nothing(cache: FileCache) -> None:
    cache.put_many("v", {b"a": b"1"})
    cache.close()
    assert cache.get("v", b"a") is None


def test_no_cache_keeps_nothing() -> None:
    cache = NoCache()
    cache.put_many("v", {b"a": b"1"})
    assert cache.get("v", b"a") is None
    assert cache.get_many("v", [b"a"]) == {}
    cache.close()


HOME = Path("/home/u").absolute()


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({}, "linux", HOME / ".cache/casemate"),
        ({}, "darwin", HOME / "Library/Caches/casemate"),
        ({}, "win32", HOME / "AppData/Local/casemate/cache"),
        ({"XDG_CACHE_HOME": str(HOME / "xdg")}, "linux", HOME / "xdg/casemate"),
        ({"XDG_CACHE_HOME": "relative"}, "linux", HOME / ".cache/casemate"),
        ({"CASEMATE_CACHE": str(HOME / "c"), "XDG_CACHE_HOME": str(HOME / "xdg")}, "linux", HOME / "c"),
        ({"CASEMATE_CACHE": "here"}, "linux", HOME / ".cache/casemate"),
        ({"LOCALAPPDATA": str(HOME / "local")}, "win32", HOME / "local/casemate/cache"),
    ],
)
def test_folder(environment: dict[str, str], platform: str, folder: Path) -> None:
    assert cache_folder(environment, platform=platform, home=HOME) == folder


def test_open_makes_a_private_folder(tmp_path: Path) -> None:
    cache = open_cache({"CASEMATE_CACHE": str(tmp_path / "a/b")}, [tmp_path / "project"])
    assert isinstance(cache, FileCache)
    cache.put_many("v", {b"a": b"1"})
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a/b" / FILE).stat().st_mode) == 0o600
    cache.close()


def test_a_cache_inside_of_what_is_scanned_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "project/cache").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "project/cache")
    for folder in (tmp_path / "project/cache", tmp_path / "link"):
        assert isinstance(open_cache({"CASEMATE_CACHE": str(folder)}, [tmp_path / "project"]), NoCache)
    assert not list((tmp_path / "project/cache").iterdir())


def test_a_folder_that_others_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    assert isinstance(open_cache({"CASEMATE_CACHE": str(folder)}), NoCache)
    folder.chmod(0o755)
    assert isinstance(open_cache({"CASEMATE_CACHE": str(folder)}), FileCache)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(open_cache({"CASEMATE_CACHE": str(tmp_path / "file/below")}), NoCache)
    assert isinstance(open_cache({"CASEMATE_CACHE": str(tmp_path / "x")}, enabled=False), NoCache)
    assert not (tmp_path / "x").exists()
