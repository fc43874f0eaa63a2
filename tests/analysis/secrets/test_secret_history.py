"""Secrets in the history of a repository."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from casemate.analysis.secrets.engine import portable
from casemate.analysis.secrets.history import leaks_in_history

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "tR7#m" + "qXw2pL"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.net", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "settings.ini").write_text(f"password = {PASSWORD}\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "settings.ini").write_text("password = ${PASSWORD}\n")
    (tmp_path / "kept.ini").write_text(f"password = {PASSWORD}2\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "second")
    return tmp_path


def test_a_removed_secret_is_found_with_its_commit(repository: Path) -> None:
    found = {leak.at.path: leak for leak in leaks_in_history(repository, portable())}
    past = found["settings.ini"].past
    assert past is not None
    assert (past.author, past.in_head, len(past.commit)) == ("Ada", False, 40)
    kept = found["kept.ini"].past
    assert kept is not None
    assert kept.in_head


def test_a_repository_cannot_start_programs(repository: Path) -> None:
    marker = repository / "started"
    git(repository, "config", "core.fsmonitor", f"touch {marker}")
    git(repository, "config", "core.pager", f"touch {marker}")
    assert list(leaks_in_history(repository, portable()))
    assert not marker.exists()


def test_a_folder_without_history_has_none(tmp_path: Path) -> None:
    assert list(leaks_in_history(tmp_path, portable())) == []
