"""Layers of Lambda with the guard: one zip for each architecture and version of Python, the same bytes every time.

    python scripts/build_layers.py [--out DIR] [--wheel FILE] [--python 3.12 …] [--arch arm64 …] [--extras fast,crypto]

A layer is unpacked into /opt, and /opt/python is on the path ("Packaging your layer content", Lambda developer guide).
The guard itself is pure Python, so layers without extras are equal for all; with extras they hold the wheels for their
target, which pip takes from the index that it is configured with. Dates, order, rights and compression are fixed,
compiled Python is left out: equal input gives equal bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# glibc of the runtimes ("Lambda runtimes"): Amazon Linux 2 has 2.26 (Python 3.11), Amazon Linux 2023 has 2.34.
PLATFORMS = {
    "x86_64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64"),
}
OLD = {"3.11": ("manylinux_2_26", "manylinux_2_24", "manylinux2014")}
MOMENT = (1980, 1, 1, 0, 0, 0)
LEFT_OUT = (".pyc", ".pyi", ".pyx", ".c", ".h")
LIMIT = 250 * 1024 * 1024
"""Bytes of a function with its layers, unpacked ("Lambda quotas")."""


def built(folder: Path) -> Path:
    """The wheel of the guard, made from this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT / "guard", check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(wheel: Path, extras: str, python: str, arch: str, target: Path) -> None:
    """Unpack the wheel and what its extras need for one target."""
    platforms = PLATFORMS[arch]
    if python in OLD:
        machine = "x86_64" if arch == "x86_64" else "aarch64"
        platforms = tuple(f"{name}_{machine}" for name in OLD[python])
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-compile"]
    command += ["--target", str(target), "--only-binary=:all:", "--implementation", "cp", "--python-version", python]
    for platform in platforms:
        command += ["--platform", platform]
    subprocess.run([*command, f"{wheel}[{extras}]" if extras else str(wheel)], check=True)


def packed(source: Path, target: Path) -> str:
    """The zip of a folder, and its SHA-256; equal folders give equal bytes."""
    files = sorted(
        path
        for path in source.rglob("*")
        if path.is_file()
        and path.suffix not in LEFT_OUT
        and path.name not in {"RECORD", "INSTALLER", "direct_url.json", "REQUESTED"}
    )
    size = sum(path.stat().st_size for path in files)
    if size > LIMIT:
        sys.exit(f"{target.name} would be {size >> 20} MB unpacked; a function may have {LIMIT >> 20}")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(f"python/{path.relative_to(source).as_posix()}", MOMENT)
            entry.create_system = 3  # Unix, whatever the building machine is
            entry.external_attr = (0o100755 if path.suffix == ".so" else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return hashlib.sha256(target.read_bytes()).hexdigest()


def main(argv: list[str] | None = None) -> int:
    """Build the layers that are asked for, and print size and digest of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "layers", metavar="DIR")
    parser.add_argument("--wheel", type=Path, metavar="FILE", help="instead of one built from this checkout")
    parser.add_argument("--python", nargs="*", choices=PYTHONS, default=list(PYTHONS))
    parser.add_argument("--arch", nargs="*", choices=tuple(PLATFORMS), default=list(PLATFORMS))
    parser.add_argument("--extras", default="", help="such as fast,crypto,schema")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        wheel = args.wheel or built(folder)
        version = wheel.name.split("-")[1]
        for python in args.python:
            for arch in args.arch:
                content = folder / "content"
                shutil.rmtree(content, ignore_errors=True)
                installed(wheel.resolve(), args.extras, python, arch, content)
                kind = f"-{args.extras.replace(',', '-')}" if args.extras else ""
                target = args.out / f"casemate-guard-{version}{kind}-python{python}-{arch}.zip"
                digest = packed(content, target)
                print(f"{digest}  {target.stat().st_size:>9}  {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
