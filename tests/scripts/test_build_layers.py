from __future__ import annotations

import os
import zipfile
from pathlib import Path
from runpy import run_path

import pytest

SCRIPT = run_path(str(Path(__file__).parents[2] / "scripts" / "build_layers.py"))


def content(folder: Path) -> Path:
    (folder / "casemate_guard").mkdir(parents=True)
    (folder / "casemate_guard" / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "casemate_guard" / "fast.so").write_bytes(b"\x7fELF")
    (folder / "casemate_guard" / "__init__.pyc").write_bytes(b"compiled")
    (folder / "a.dist-info").mkdir()
    (folder / "a.dist-info" / "RECORD").write_text("", encoding="utf-8")
    (folder / "a.dist-info" / "METADATA").write_text("Name: a\n", encoding="utf-8")
    return folder


def test_equal_folders_give_equal_bytes(tmp_path: Path) -> None:
    first, second = content(tmp_path / "one"), content(tmp_path / "two")
    os.utime(second / "casemate_guard" / "__init__.py", (1, 1))
    (second / "casemate_guard" / "__init__.py").chmod(0o777)
    digests = [SCRIPT["packed"](folder, tmp_path / f"{folder.name}.zip") for folder in (first, second)]
    assert digests[0] == digests[1]
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == [
            "python/a.dist-info/METADATA",
            "python/casemate_guard/__init__.py",
            "python/casemate_guard/fast.so",
        ]
        modes = {one.filename: one.external_attr >> 16 & 0o777 for one in archive.infolist()}
    assert modes["python/casemate_guard/__init__.py"] == 0o644
    assert modes["python/casemate_guard/fast.so"] == 0o755


@pytest.mark.slow
def test_a_layer_holds_the_guard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert SCRIPT["main"](["--out", str(tmp_path), "--python", "3.12", "--arch", "arm64"]) == 0
    (layer,) = tmp_path.glob("*.zip")
    assert layer.name.endswith("-python3.12-arm64.zip")
    assert layer.name in capsys.readouterr().out
    with zipfile.ZipFile(layer) as archive:
        assert "python/casemate_guard/handler.py" in archive.namelist()
