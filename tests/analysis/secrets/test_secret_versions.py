"""Versions of a file: each secret once, from the commit that brought it in."""

from __future__ import annotations

import random
import string
import subprocess
from typing import TYPE_CHECKING

from casemate.analysis.secrets.engine import portable, valued_leaks_in
from casemate.analysis.secrets.history import leaks_in_history
from casemate.analysis.secrets.versions import Known, Versions

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "tR7#m" + "qXw2pL", "vB4$k" + "zHn9dQ"


def commit(folder: Path, name: str, text: str, date: str) -> None:
    (folder / name).write_text(text)
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.net", "-c", "commit.gpgsign=false")
    for arguments in (("add", "-A"), (*identity, "commit", "-q", "-m", name, "--date", date)):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_a_secret_is_reported_once_from_its_first_commit_at_its_own_line(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, capture_output=True)
    filler = "".join(f"line {number}\n" for number in range(60))
    commit(tmp_path, "app.ini", f"{filler}password = {FIRST}\n", "2024-01-01T00:00:00Z")
    commit(
        tmp_path,
        "app.ini",
        f"{filler}password = {FIRST}\nmore = 1\n{filler}password = {SECOND}\n",
        "2024-02-01T00:00:00Z",
    )
    commit(tmp_path, "app.ini", f"{filler}password = ${{A}}\n{filler}password = {SECOND}\n", "2024-03-01T00:00:00Z")
    found = [(leak.at.start_line, leak.past) for leak in leaks_in_history(tmp_path, portable())]
    assert [line for line, _ in found] == [61, 123]
    assert [(past.date[:7], past.in_head) for _, past in found if past] == [("2024-01", False), ("2024-02", True)]


def test_a_secret_that_moved_to_another_file_is_still_there(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, capture_output=True)
    commit(tmp_path, "old.ini", f"password = {FIRST}\n", "2024-01-01T00:00:00Z")
    (tmp_path / "old.ini").unlink()
    commit(tmp_path, "new.ini", f"a = 1\npassword = {FIRST}\n", "2024-02-01T00:00:00Z")
    assert {leak.past.in_head for leak in leaks_in_history(tmp_path, portable()) if leak.past} == {True}


def test_versions_give_what_all_of_them_hold() -> None:
    """What is found in the fresh stretches of all versions is what is found in the whole versions."""
    source = random.Random(5)  # noqa: S311 - test data

    def drawn(count: int) -> str:
        return "".join(source.choice(string.ascii_letters + string.digits) for _ in range(count))

    body = "\n".join(drawn(64) for _ in range(30))
    pem = "-----BEGIN RSA PRIVATE " + f"KEY-----\n{body}\n-----END RSA PRIVATE " + "KEY-----"
    lines = [f"value {number}" for number in range(80)]
    whole: set[bytes] = set()
    pieces: set[bytes] = set()
    versions = Versions()
    for number in range(25):
        place = source.randrange(len(lines))
        new = (f'"api_key": "{drawn(32)}"', f"name: DB_PASSWORD\nvalue: {drawn(12)}9#x", "plain text", pem)[number % 4]
        if number % 5 == 4:
            del lines[place]
        lines.insert(place, new)
        if number == 13:
            pem = pem.replace(body[200:240], drawn(40))
        text = "\n".join(lines).encode()
        whole |= {value for _, value in valued_leaks_in("a.txt", text, portable())}
        for stretch in versions.fresh(text):
            pieces |= {value for _, value in valued_leaks_in("a.txt", stretch.text, portable())}
    assert len(whole) > 10
    assert pieces == whole


def test_what_is_known_of_lines_changes_no_answer() -> None:
    known = Known(portable())
    texts = [f"a\n{line}\nb\n".encode() for line in ("x = 1", f"password = {FIRST}", "password = ${X}")]
    assert [known.holds_credential(text) for text in texts * 2] == [False, True, False] * 2


def test_both_engines_find_the_same_versions() -> None:
    import pytest

    pytest.importorskip("hyperscan")
    from casemate.analysis.secrets.engine import detectors
    from casemate.analysis.secrets.prefilter import Hyperscan

    native, plain = Known(Hyperscan(detectors())), Known(portable())
    for text in (
        b"k = 1",
        f"a\npassword = {FIRST}\n".encode(),
        b"token: ghp_short",
        f"password = {SECOND}".encode(),
    ) * 2:
        assert native.holds_credential(text) is plain.holds_credential(text)
