"""Fixes from end to end: a weak system in, the same system without the weakness out."""

from __future__ import annotations

import io
import os
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.engine.weak_systems import WEAK, cfn

from casemate.engine.fixing import fix, with_edits
from casemate.engine.scanning import Request, Scan, scan
from casemate.engine.writing import write
from casemate.errors import EditError
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casemate.model.finding import Report

TODAY = date(2026, 11, 24)


def laid(root: Path, files: Mapping[str, str]) -> FolderTree:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return FolderTree(root)


def scanned(tree: FolderTree, *rules: str) -> tuple[Scan, Request]:
    request = Request(today=TODAY, only=rules, profile="strict")
    return scan(tree, request), request


def fixed(tree: FolderTree, *rules: str, unsafe: bool = True) -> tuple[Report, str]:
    result, request = scanned(tree, *rules)
    assert result.report.open, "the input is weak"
    log = io.StringIO()
    _, report = fix(result, result.report, tree, request, unsafe=unsafe, log=log)
    return report, log.getvalue()


@pytest.mark.parametrize(("rule", "dialect", "files"), WEAK, ids=[f"{rule} in {dialect}" for rule, dialect, _ in WEAK])
def test_a_fix_ends_the_finding(tmp_path: Path, rule: str, dialect: str, files: dict[str, str]) -> None:
    tree = laid(tmp_path, files)
    report, log = fixed(tree, rule)
    assert not report.open, log
    again, _ = scanned(FolderTree(tmp_path), rule)
    assert not again.report.open
    assert not again.report.diagnostics


def test_only_safe_fixes_unless_asked(tmp_path: Path) -> None:
    files = cfn("""
        Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
        Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 8}}
    """)
    report, log = fixed(laid(tmp_path, files), "store-unencrypted", unsafe=False)
    assert [finding.resource.name for finding in report.open] == ["Disk"]
    assert "1 fixed, 0 not, 1 files written" in log


def test_fixes_of_one_section_follow_one_another(tmp_path: Path) -> None:
    files = cfn("Orders: {Type: AWS::DynamoDB::Table}\nFiles: {Type: AWS::S3::Bucket}\n")
    report, log = fixed(laid(tmp_path, files), "backup-off", "deletion-unprotected")
    assert not report.open, log
    text = (tmp_path / "template.yaml").read_text()
    assert text.count("Properties") == 2
    assert "DeletionProtectionEnabled: true" in text
    assert "PointInTimeRecoveryEnabled: true" in text


def test_a_fix_that_would_bring_a_new_finding_is_not_made(tmp_path: Path) -> None:
    """Without its ACL the bucket is as closed as before; the rule folder's own `good` would accept it, a second rule does not."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "private_forbidden.py").write_text(RULE)
    tree = laid(tmp_path / "system", cfn("Files: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}"))
    before = (tmp_path / "system" / "template.yaml").read_text()
    from casemate.engine.catalogue import user_rules

    request = Request(today=TODAY, only=("public-store", "private-forbidden"), extra=user_rules(rules))
    result = scan(tree, request)
    log = io.StringIO()
    _, report = fix(result, result.report, tree, request, unsafe=True, log=log)
    assert [finding.rule for finding in report.open] == ["public-store"]
    assert "not fixed template.yaml:2: public-store: private-forbidden would appear at Files" in log.getvalue()
    assert (tmp_path / "system" / "template.yaml").read_text() == before


RULE = '''"""Private ACLs are forbidden here.

What it does
------------
x

Why it matters
--------------
x

How to fix
----------
x

When to allow it
----------------
x

References
----------
- x
"""

from __future__ import annotations

from casemate.authoring import HIGH, judge, rule


@rule("private-forbidden", weakness="public-access", severity=HIGH, tags=["cwe-732"])
def check(store: Store, system: System):
    if store.public is not None and store.public.declared:
        yield from judge(store.public, lambda public: not public, "private")


CASES = []
'''


def test_a_suppressed_finding_is_left_alone(tmp_path: Path) -> None:
    text = "Resources:\n  Files:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead  # casemate: ignore[public-store] -- a web site\n"
    tree = laid(tmp_path, {"template.yaml": text})
    result, request = scanned(tree, "public-store")
    fix(result, result.report, tree, request, unsafe=True, log=io.StringIO())
    assert (tmp_path / "template.yaml").read_text() == text


def test_what_a_difference_leaves_out_is_neither_fixed_nor_reported(tmp_path: Path) -> None:
    from dataclasses import replace

    files = cfn("""
        Old: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}
        New: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}
    """)
    tree = laid(tmp_path, files)
    result, request = scanned(tree, "public-store")
    new = replace(result.report, findings=tuple(one for one in result.report.findings if one.resource.name == "New"))
    _, report = fix(result, new, tree, request, unsafe=True, log=io.StringIO())
    assert report.findings == ()
    text = (tmp_path / "template.yaml").read_text()
    assert "Old: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}" in text
    assert "New: {Type: AWS::S3::Bucket, Properties: {AccessControl: Private}}" in text


def test_fixes_show_their_edits_or_text(tmp_path: Path) -> None:
    files = {
        **cfn("Files: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}"),
        "cdk.out/Shop.template.json": '{"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"},'
        ' "Metadata": {"aws:cdk:path": "Shop/Files/Resource"}}}}',
    }
    tree = laid(tmp_path, files)
    result, _ = scanned(tree, "public-store")
    report = with_edits(result.report, result.inventory, tree)
    by_path = {finding.primary.span.path: finding.fixes[0] for finding in report.open if finding.primary.span}
    edit = by_path["template.yaml"].edits[0]
    data = (tmp_path / "template.yaml").read_bytes()
    assert (data[edit.start_byte : edit.end_byte], edit.text) == (b"PublicRead", "Private")
    assert by_path["cdk.out/Shop.template.json"].edits == ()
    assert (
        by_path["cdk.out/Shop.template.json"].text
        == 'files.node.defaultChild.addPropertyOverride("AccessControl", "Private")'
    )


# -- writing -----------------------------------------------------------------------------------------------------------
def test_a_file_keeps_its_mode_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write(tmp_path, "a.yaml", b"old", b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_nothing_is_written_through_a_link_or_out_of_the_root(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "a.yaml").write_bytes(b"old")
    (root / "link.yaml").symlink_to(outside / "a.yaml")
    (root / "folder").symlink_to(outside)
    (root / "inner.yaml").write_bytes(b"old")
    (root / "alias.yaml").symlink_to(root / "inner.yaml")
    for path in ("link.yaml", "folder/a.yaml", "alias.yaml", "../outside/a.yaml"):
        with pytest.raises(EditError):
            write(root, path, b"old", b"new")
    assert (outside / "a.yaml").read_bytes() == b"old"
    assert (root / "inner.yaml").read_bytes() == b"old"


def test_a_file_that_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"newer")
    with pytest.raises(EditError, match="has changed"):
        write(tmp_path, "a.yaml", b"old", b"new")
    with pytest.raises(EditError):
        write(tmp_path, "missing.yaml", b"", b"new")
