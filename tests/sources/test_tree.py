from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from casemate.sources.tree import MAX_BYTES, FolderTree, MemoryTree, folder_of, inside


def write(base: Path, *names: str, text: str = "x") -> None:
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("base", "relative", "expected"),
    [
        ("app/api", "../shared/x.json", "app/shared/x.json"),
        ("app", "./x", "app/x"),
        ("", "a//b", "a/b"),
        ("app", "a\\b", "app/a/b"),
        ("app", "..", ""),
        ("app", "../..", None),
        ("app", "x/../../../etc", None),
        ("", "..", None),
        ("app", "/etc/passwd", None),
        ("app", "~/x", None),
        ("app", "\\\\server\\x", None),
        ("app", "C:\\x", None),
        ("app", "a\0b", None),
    ],
)
def test_inside_never_leaves_the_root(base: str, relative: str, expected: str | None) -> None:
    assert inside(base, relative) == expected


def test_paths_are_sorted_and_folders_of_tools_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "b/y", "b/x", "a", "node_modules/m/z", ".git/config", "c/.terraform/w", ".github/workflows/ci.yml")
    assert list(FolderTree(tmp_path).paths()) == [".github/workflows/ci.yml", "a", "b/x", "b/y"]
    assert list(FolderTree(tmp_path).paths(lambda path: path.endswith("x"))) == ["b/x"]


def test_starts_may_overlap_and_may_be_files(tmp_path: Path) -> None:
    write(tmp_path, "a/x", "a/b/y", "z")
    assert list(FolderTree(tmp_path, ("a/b", "a", "z", "none")).paths()) == ["a/b/y", "a/x", "z"]


IGNORES = {
    ".gitignore": "*.log\n!keep.log\n/top.yaml\nbuild/\n# comment\n\\#odd\n**/deep/*.yaml\nspaced \nmid/only.yaml\n[ab].txt\n*.tmp\\ \n",
    "sub/.gitignore": "!here.log\nlocal.yaml\n/anchored.yaml\n*\n!*.yaml\n!*.log\n!*/\n",
}
FILES = (
    "a.log", "keep.log", "top.yaml", "sub/top.yaml", "build/x.yaml", "sub/build/y.yaml", "sub/build", "#odd", "x/deep/a.yaml",
    "x/deep/b/a.yaml", "spaced", "mid/only.yaml", "x/mid/only.yaml", "a.txt", "c.txt", "sub/here.log", "sub/other.log",
    "sub/local.yaml", "sub/anchored.yaml", "sub/x/anchored.yaml", "sub/x/z.txt", "sub/x/local.yaml", "sub/keep.yaml", "d.tmp ",
)  # fmt: skip


def test_gitignore_means_what_git_says(tmp_path: Path) -> None:
    for name, text in IGNORES.items():
        write(tmp_path, name, text=text)
    names = [name for name in FILES if not any(other.startswith(f"{name}/") for other in FILES)]
    write(tmp_path, *names)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    listed = subprocess.run(
        ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=tmp_path, check=True, capture_output=True, text=True, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    expected = sorted(path for path in listed.stdout.split("\0") if path)
    assert sorted(FolderTree(tmp_path).paths()) == expected


def test_the_rules_above_a_start_hold_unless_they_ignore_it(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="gen/\n*.bak\n")
    write(tmp_path, "app/gen/x", "app/a", "app/a.bak", "app/gen/sub/y")
    assert list(FolderTree(tmp_path, ("app",)).paths()) == ["app/a"]
    assert list(FolderTree(tmp_path, ("app/gen",)).paths()) == ["app/gen/sub/y", "app/gen/x"]
    assert list(FolderTree(tmp_path, ("app/gen/sub",)).paths()) == ["app/gen/sub/y"]
    assert list(FolderTree(tmp_path, ("app/a.bak",)).paths()) == ["app/a.bak"]


def test_an_assembly_of_the_cdk_is_always_read(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="cdk.out\n*.json\n")
    write(tmp_path, "cdk.out/a.template.json", "b.json", "my-cdk.output/c.json")
    assert list(FolderTree(tmp_path).paths()) == [".gitignore", "cdk.out/a.template.json"]
    assert list(FolderTree(tmp_path, exclude=("cdk.out",)).paths()) == [".gitignore"]


def test_globs_of_the_user(tmp_path: Path) -> None:
    write(tmp_path, "a/x.yaml", "a/b/x.yaml", "c.yaml")
    assert list(FolderTree(tmp_path, exclude=("a/b",)).paths()) == ["a/x.yaml", "c.yaml"]
    assert list(FolderTree(tmp_path, exclude=("a*",)).paths()) == ["c.yaml"]
    assert list(FolderTree(tmp_path, exclude=("*.yaml",)).paths()) == []


def test_links_never_lead_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, "secret", "outside/f", text="out")
    write(root, "in", "folder/f", text="in")
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "near").symlink_to("in")
    (root / "out_folder").symlink_to(tmp_path / "outside")
    (root / "again").symlink_to(root)
    (root / "self").symlink_to("self")
    (root / "dangling").symlink_to("nothing")
    tree = FolderTree(root)
    assert list(tree.paths()) == ["folder/f", "in", "near", "out"]
    assert tree.read("near") == b"in"
    for path in (
        "out",
        "out_folder/f",
        "self",
        "dangling",
        "../secret",
        "/etc/passwd",
        str(tmp_path / "secret"),
        "folder",
        "a\0b",
    ):
        assert (tree.read(path), tree.size(path), tree.head(path, 9)) == (None, None, None), path
    assert tree.read("folder/../in") == b"in"


def test_a_gitignore_that_is_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "rules", text="*\n")
    root = tmp_path / "root"
    write(root, "a.yaml", "sub/b.yaml")
    (root / ".gitignore").symlink_to(tmp_path / "rules")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "sub" / ".gitignore")
    assert list(FolderTree(root).paths(lambda path: path.endswith("yaml"))) == ["a.yaml", "sub/b.yaml"]


def test_a_tree_deeper_than_python_can_call(tmp_path: Path) -> None:
    depth, here = 1_200, os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("x", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    finally:
        os.close(here)
    try:
        assert list(FolderTree(tmp_path).paths()) == ["d/" * depth + "x"]
    finally:  # Python's own rmtree cannot
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_large_file_is_not_read_but_its_head_is(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for tree in (FolderTree(tmp_path), MemoryTree({"big": bytes(MAX_BYTES + 1)})):
        assert tree.read("big") is None
        assert tree.head("big", 4) == bytes(4)
        assert tree.size("big") == MAX_BYTES + 1


def test_files_in_memory() -> None:
    tree = MemoryTree({"b": b"2", "a/x": b"1"})
    assert list(tree.paths()) == ["a/x", "b"]
    assert (tree.read("b"), tree.read("c"), tree.size("c"), tree.head("c", 1)) == (b"2", None, None, None)


@pytest.mark.parametrize(("path", "folder"), [("a/b/c", "a/b"), ("a", ""), ("a/b", "a")])
def test_the_folder_of_a_path(path: str, folder: str) -> None:
    assert folder_of(path) == folder
