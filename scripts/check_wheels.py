#!/usr/bin/env python3
"""Checks that the wheels in dist/ hold every file of the source trees, the typed marker and the licence.

Usage: check_wheels.py DIST
"""

import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = {"casemate": ROOT / "src", "casemate_guard": ROOT / "guard" / "src", "casemate_waf": ROOT / "waf" / "src"}
INCLUDED = {"casemate": {ROOT / "examples" / "shop": "casemate/sample"}}
"""What pyproject.toml adds to a wheel from elsewhere: package -> folder -> where it lies in the wheel."""


def problems(wheel: Path, package: str, source: Path) -> list[str]:
    """Return what is wrong with one wheel, a line each."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        (metadata_name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(metadata_name).decode())
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for folder, inside in INCLUDED.get(package, {}).items():
        expected |= {f"{inside}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    found = [f"{wheel.name}: lacks {name}" for name in sorted(expected - names)]
    strangers = sorted(name for name in names - expected if ".dist-info/" not in name)
    found += [f"{wheel.name}: {name} is not in the source tree" for name in strangers]
    if f"{package}/py.typed" not in names:
        found.append(f"{wheel.name}: lacks py.typed")
    if not any(name.endswith("/licenses/LICENSE") for name in names):
        found.append(f"{wheel.name}: lacks its licence")
    needed = [one for one in metadata.get_all("Requires-Dist") or () if "extra ==" not in one]
    if package == "casemate_guard" and needed:
        found.append(f"{wheel.name}: the guard must have no required dependency")
    return found


def main(dist: Path) -> int:
    """Print every problem and return 1 if there is one."""
    found: list[str] = []
    for package, source in PROJECTS.items():
        wheels = sorted(dist.glob(f"{package}-*.whl"))
        if len(wheels) != 1:
            found.append(f"{dist}: {len(wheels)} wheels of {package}, not one")
        for wheel in wheels:
            found += problems(wheel, package, source)
    print("\n".join(found) or "wheels: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
