"""What runs inside a function stays small: its cold start pays for every module and every byte."""

import subprocess
import sys
import zipfile
from pathlib import Path

import casemate_guard

PACKAGE = Path(casemate_guard.__file__).parent
PROJECT = Path(__file__).parents[2] / "guard"

# What redaction may load beside what `re` and `typing` load, which differs from one Python to the next.
REDACT_MAY_IMPORT = {"casemate_guard", "casemate_guard.redact", "bisect", "_bisect"}
WHEEL_LIMIT = 64 * 1024


def imported_by(statement: str, *, given: str = "sys") -> set[str]:
    """Return the modules that a bare interpreter, without site, loads for `statement` after it has loaded `given`."""
    program = (
        f"import sys, {given}; sys.path.insert(0, {str(PACKAGE.parent)!r}); before = set(sys.modules); {statement}"
    )
    program += "; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_itself_imports_nothing() -> None:
    assert imported_by("import casemate_guard") == {"casemate_guard"}


def test_redaction_imports_only_what_is_budgeted() -> None:
    modules = imported_by("import casemate_guard.redact", given="re, typing")
    assert "casemate_guard.redact" in modules
    assert modules - REDACT_MAY_IMPORT == set()


def test_every_module_of_the_guard_has_a_budget() -> None:
    assert {path.stem for path in PACKAGE.rglob("*.py")} == {"__init__", "redact"}


def test_the_wheel_is_small_and_needs_nothing(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < WHEEL_LIMIT
    with zipfile.ZipFile(wheel) as archive:
        assert "casemate_guard/py.typed" in archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    assert "Requires-Dist" not in metadata
