"""Members of archives, read directly, are those that the standard library reads."""

from __future__ import annotations

import io
import zipfile

import pytest

from casemate.analysis.secrets.members import LARGEST_MEMBER, members


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, front: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return front + made.getvalue()


def every(_: str) -> bool:
    return True


ENTRIES = {"a.py": b"x = 1\n" * 50, "folder/": b"", "folder/ä.txt": b"token", "empty": b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("front", [b"", b"#!/usr/bin/env python3\n"])
def test_what_was_put_in_comes_out(method: int, front: bytes) -> None:
    found = dict(members(archive(ENTRIES, method, front), every))
    assert found == {name: content for name, content in ENTRIES.items() if not name.endswith("/")}


def test_only_what_is_wanted_is_unpacked() -> None:
    assert [name for name, _ in members(archive(ENTRIES), lambda name: name.endswith(".py"))] == ["a.py"]


def test_traps_stay_shut() -> None:
    assert list(members(archive({"zeros": b"\0" * 2_000_000, "large": b"ab" * LARGEST_MEMBER}), every)) == []


def test_a_broken_archive_breaks_nothing() -> None:
    whole = archive(ENTRIES)
    for place in range(0, len(whole), 3):
        list(members(whole[:place], every))
        list(members(whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :], every))
