"""A git revision as a tree: read through git's objects, never through a checkout."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from casemate.errors import RepositoryError
from casemate.sources import revision as module
from casemate.sources.revision import RevisionTree

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example",
    }
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        **identity,
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "app").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "-b", "main", str(root))
    (root / "app" / "template.yaml").write_text("old\n")
    (root / "größe 1.yaml").write_text("wide\n")
    (root / "node_modules").mkdir()
    (root / "node_modules" / "x.yaml").write_text("theirs\n")
    (root / "secret").write_text("s\n")
    (root / "link.yaml").symlink_to("/etc/passwd")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "one")
    (root / "app" / "template.yaml").write_text("new\n")
    (root / "added.yaml").write_text("new\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "two")
    return root


def test_files_are_those_of_the_revision(repository: Path) -> None:
    tree = RevisionTree(repository, "HEAD~1")
    assert list(tree.paths()) == ["app/template.yaml", "größe 1.yaml", "secret"]
    assert tree.read("app/template.yaml") == b"old\n"
    assert tree.read("größe 1.yaml") == b"wide\n"
    assert tree.size("app/template.yaml") == 4
    assert tree.head("app/template.yaml", 2) == b"ol"
    assert RevisionTree(repository, "main").read("app/template.yaml") == b"new\n"


def test_what_is_not_there_is_none(repository: Path) -> None:
    tree = RevisionTree(repository, "HEAD~1")
    for path in ("added.yaml", "link.yaml", "../repository/secret", "/etc/passwd", ""):
        assert tree.read(path) is None
        assert tree.size(path) is None
        assert tree.head(path, 5) == b""


def test_a_folder_of_a_repository_can_be_the_root(repository: Path) -> None:
    tree = RevisionTree(repository / "app", "HEAD~1")
    assert list(tree.paths()) == ["template.yaml"]
    assert tree.read("template.yaml") == b"old\n"


def test_starts_and_excludes_are_those_of_the_scan(repository: Path) -> None:
    assert list(RevisionTree(repository, "HEAD", ("app",)).paths()) == ["app/template.yaml"]
    assert list(RevisionTree(repository, "HEAD", ("",), ("app/*", "größe*")).paths()) == ["added.yaml", "secret"]


def test_a_large_file_is_not_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    tree = RevisionTree(repository, "HEAD")
    assert tree.size("app/template.yaml") == 4
    assert tree.read("app/template.yaml") is None


@pytest.mark.parametrize("revision", ["no-such-branch", "--all", "-x", "", " ", "HEAD\nmain", "HEAD:app", "main..HEAD"])
def test_an_unknown_revision_is_an_error(repository: Path, revision: str) -> None:
    with pytest.raises(RepositoryError):
        RevisionTree(repository, revision)


def test_a_folder_without_a_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="not in a git repository"):
        RevisionTree(tmp_path, "HEAD")


def test_submodules_are_left_out(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    git(repository, "commit", "--quiet", "-m", "three")
    assert "module" not in list(RevisionTree(repository, "HEAD").paths())


def test_nothing_of_the_repository_is_run(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    hook = repository / ".git" / "evil"
    hook.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    hook.chmod(0o755)
    (repository / ".gitattributes").write_text("*.yaml diff=evil filter=evil\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "attributes")
    for name in (
        "core.fsmonitor",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.pager",
        "core.editor",
    ):
        git(repository, "config", name, str(hook))
    mark.unlink(missing_ok=True)
    tree = RevisionTree(repository, "HEAD")
    assert tree.read("app/template.yaml") == b"new\n"
    assert list(tree.paths())
    assert not mark.exists()


def test_a_working_tree_is_never_touched(repository: Path) -> None:
    (repository / "app" / "template.yaml").write_text("edited\n")
    index = (repository / ".git" / "index").read_bytes()
    tree = RevisionTree(repository, "HEAD~1")
    assert tree.read("app/template.yaml") == b"old\n"
    assert (repository / "app" / "template.yaml").read_text() == "edited\n"
    assert (repository / ".git" / "index").read_bytes() == index
