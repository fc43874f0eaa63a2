"""How fast secrets are found, as ratios against other scanners on the same files.

    python benchmarks/secrets.py FOLDER [--history REPOSITORY] [--peers VENV] [--slice MB]

FOLDER: real repositories, the more the better. `--peers`: a virtual environment with `detect-secrets` (and, if
installed, `credsweeper`); they are run on a slice, because they are slow.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from casemate.analysis.secrets import engine
from casemate.analysis.secrets.files import leaks
from casemate.analysis.secrets.history import blobs, leaks_in_history
from casemate.analysis.secrets.prefilter import Prefilter
from casemate.sources.tree import FolderTree

MEGA = 1_000_000


def measured(label: str, size: int, run: object) -> float:
    """Run once; print and give back megabytes a CPU second."""
    assert callable(run)
    started = time.process_time()
    found = run()
    seconds = max(time.process_time() - started, 1e-6)
    rate = size / MEGA / seconds
    print(f"{label:42} {rate:8.1f} MB per CPU-second   {found} found")
    return rate


def searched(files: list[tuple[str, bytes]], prefilter: Prefilter) -> int:
    """How many secrets there are."""
    return sum(len(engine.leaks_in(path, data, prefilter)) for path, data in files)


def peer(command: list[str], files: list[tuple[str, bytes]], label: str) -> None:
    """Another scanner on the same slice, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, data) in enumerate(files):
            target = Path(folder) / f"{number}{Path(path).suffix}"
            target.write_bytes(data)
        size = sum(len(data) for _, data in files)
        started = time.perf_counter()
        try:
            subprocess.run([*command, folder], check=False, capture_output=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{label:42} {type(error).__name__}")
            return
        print(f"{label:42} {size / MEGA / (time.perf_counter() - started):8.1f} MB per second")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--history", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--slice", type=float, default=5.0)
    args = parser.parse_args()
    tree = FolderTree(args.folder)
    files = []
    for path in tree.paths():
        data = tree.read(path)
        if data is not None and engine.as_text(data) is not None:
            files.append((path, data))
    size = sum(len(data) for _, data in files)
    print(f"{len(files)} text files, {size / MEGA:.1f} MB")
    with tempfile.TemporaryDirectory() as cache:
        native = engine.native(Path(cache))
        measured(f"in memory, {native.name}", size, lambda: searched(files, native))
        measured("in memory, re2", size, lambda: searched(files, engine.portable()))
        measured("end to end: walk, read, search, layers", size, lambda: len(leaks(tree, None, Path(cache))[0]))
        if args.history:
            total = sum(len(data) for _, data in blobs(args.history))
            measured("history", total, lambda: sum(1 for _ in leaks_in_history(args.history, native)))
    if args.peers:
        small, taken = [], 0
        for entry in files:
            if taken < args.slice * MEGA:
                small.append(entry)
                taken += len(entry[1])
        measured("slice in memory, ours", taken, lambda: searched(small, engine.portable()))
        bin_folder = args.peers / ("Scripts" if sys.platform == "win32" else "bin")
        peer([str(bin_folder / "detect-secrets"), "scan", "--all-files"], small, "slice, detect-secrets")
        if (bin_folder / "credsweeper").exists():
            peer([str(bin_folder / "credsweeper"), "--ml_threshold", "0", "--path"], small, "slice, credsweeper")


if __name__ == "__main__":
    main()
