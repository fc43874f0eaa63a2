"""`casemate advisories update`: what it takes, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from casemate.analysis.supply.advisories import Advisories, data_folder, shipped
from casemate.analysis.supply.snapshot import Snapshot
from casemate.analysis.supply.updating import update
from casemate.errors import CasemateError
from casemate.model.dependency import Package


def record(number: int, day: str = "2026-11-01", ecosystem: str = "NuGet") -> dict[str, object]:
    return {
        "id": f"GHSA-0000-0000-{number:04}",
        "modified": f"{day}T00:00:00Z",
        "affected": [
            {
                "package": {"name": f"Package{number}", "ecosystem": ecosystem},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
            }
        ],
    }


def lines(path: Path, *records: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return str(path)


def test_an_osv_zip_lines_and_gzip_are_taken(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("GHSA-1.json", json.dumps(record(1)))
        out.writestr("readme.txt", "no record")
    packed = tmp_path / "more.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(record(2, ecosystem="Maven")).encode()))
    target = tmp_path / "data" / "advisories.dat"
    assert update(str(archive), target).counts == {"NuGet": 1}
    assert update(str(packed), target).counts == {"NuGet": 1, "Maven": 1}
    snapshot = Snapshot(target)
    assert snapshot.matches(Package("NuGet", "package1"), "1.9")[0].id == "GHSA-0000-0000-0001"
    assert snapshot.matches(Package("NuGet", "package1"), "2.0") == []
    assert [source.name for source in snapshot.sources] == ["all.zip", "more.jsonl.gz"]
    assert list(target.parent.iterdir()) == [target], "no temporary file stays"


def test_our_own_snapshot_is_taken_and_a_damaged_one_refused(tmp_path: Path) -> None:
    target = tmp_path / "advisories.dat"
    copy = tmp_path / "copy.dat"
    copy.write_bytes(shipped().path.read_bytes())
    assert update(str(copy), target).counts["PyPI"] > 2_000
    copy.write_bytes(copy.read_bytes()[:-5] + b"abcde")
    with pytest.raises(CasemateError, match="hash"):
        update(str(copy), tmp_path / "other.dat")


@pytest.mark.parametrize("text", ["{", "[1]", "", '{"id": "X"}'])
def test_what_holds_no_record_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(text)
    with pytest.raises(CasemateError):
        update(str(file), tmp_path / "advisories.dat")
    assert not (tmp_path / "advisories.dat").exists()


def test_older_and_shrunken_data_is_refused_unless_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "advisories.dat"
    update(lines(tmp_path / "a", *(record(number) for number in range(10))), target)
    before = target.read_bytes()
    with pytest.raises(CasemateError, match="of 2026-10-01"):
        update(lines(tmp_path / "b", *(record(number, "2026-10-01") for number in range(10))), target)
    with pytest.raises(CasemateError, match="more than half"):
        update(lines(tmp_path / "c", record(1, "2026-11-02")), target)
    assert target.read_bytes() == before
    assert update(str(tmp_path / "c"), target, older=True).counts == {"NuGet": 1}


def test_a_wrong_hash_and_an_address_without_tls_are_refused(tmp_path: Path) -> None:
    file = lines(tmp_path / "a", record(1))
    with pytest.raises(CasemateError, match="hashes to"):
        update(file, tmp_path / "out", sha256="00")
    with pytest.raises(CasemateError, match="https"):
        update("http://advisories.example.com/all.zip", tmp_path / "out")


def test_the_users_data_counts_where_it_is_newer_or_ours_is_partial(tmp_path: Path) -> None:
    target = tmp_path / "advisories.dat"
    update(lines(tmp_path / "a", record(1, "2025-01-01", "npm"), record(2, "2020-01-01", "PyPI")), target)
    both = Advisories((shipped(), Snapshot(target)))
    assert both.matches(Package("npm", "Package1"), "1.0.0")
    npm, pypi = both.coverage("npm"), both.coverage("PyPI")
    assert npm is not None
    assert pypi is not None
    assert (npm.advisories, npm.date) == (1, "2025-01-01")
    assert pypi.advisories > 2_000, "ours is newer"
    assert both.coverage("Maven") is None


def test_the_folder_of_the_users_data(tmp_path: Path) -> None:
    assert data_folder({"CASEMATE_DATA": str(tmp_path)}) == tmp_path
    assert (
        data_folder({"CASEMATE_DATA": "relative"}, platform="linux", home=tmp_path)
        == tmp_path / ".local/share/casemate"
    )
    assert data_folder({"XDG_DATA_HOME": str(tmp_path)}, platform="linux") == tmp_path / "casemate"
    assert data_folder({}, platform="darwin", home=tmp_path) == tmp_path / "Library/Application Support/casemate"
    assert data_folder({"LOCALAPPDATA": str(tmp_path)}, platform="win32") == tmp_path / "casemate"
