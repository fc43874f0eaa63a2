"""How fast secrets are found, and as ratios against other scanners on the same files.

    python benchmarks/secrets.py [FOLDER] [--history REPOSITORY] [--peers VENV | --no-peers] [--slice MB]

FOLDER: real repositories, the more the better; without one, the standard library of this Python, which is code that
every machine has. `--peers`: a virtual environment with `detect-secrets`, `kingfisher-bin` or `credsweeper`; without
one, the first two are installed for this run into a temporary one. The slow ones are run on a slice.
Speed is megabytes of files a CPU second, of user and system, children included.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import sysconfig
import tempfile
import venv
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.analysis.secrets import engine
from casemate.analysis.secrets.files import leaks
from casemate.analysis.secrets.history import blobs, leaks_in_history
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.secrets.prefilter import Prefilter

MEGA = 1_000_000
ROUNDS = 3
PEERS = ("detect-secrets==1.5.0", "kingfisher-bin==2.14.0")
COMMANDS = {
    "detect-secrets": ["scan", "--all-files"],
    "kingfisher": ["scan", "--no-update-check", "--no-validate"],
    "credsweeper": ["--ml_threshold", "0", "--path"],
}
"""Command of a peer -> its arguments, before the folder."""
QUICK = frozenset({"kingfisher"})
"""Peers that start slowly and read fast: they get all files and not the slice."""


def seconds() -> float:
    """CPU seconds of this process and of its children so far."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in both)


def measured(label: str, size: int, run: Callable[[], int], rounds: int = ROUNDS) -> float:
    """Run it, print and give back the best of the rounds in megabytes a CPU second: other work only slows it down."""
    best, found = float("inf"), 0
    for _ in range(rounds):
        started = seconds()
        found = run()
        best = min(best, max(seconds() - started, 1e-6))
    print(f"{label:44} {size / MEGA / best:8.1f} MB per CPU-second   {found} found", flush=True)
    return size / MEGA / best


def searched(files: list[tuple[str, bytes]], prefilter: Prefilter) -> int:
    """How many secrets there are."""
    return sum(len(engine.leaks_in(path, data, prefilter)) for path, data in files)


def text_files(tree: FolderTree) -> list[tuple[str, bytes]]:
    """Every text file of a tree."""
    read = ((path, tree.read(path)) for path in tree.paths())
    return [(path, data) for path, data in read if data is not None and engine.as_text(data) is not None]


def peers(folder: Path | None, stack: ExitStack) -> list[Path]:
    """The commands of other scanners; none when they cannot be installed."""
    where = folder
    if where is None:
        where = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        venv.create(where, with_pip=True)
    programs = where / ("Scripts" if sys.platform == "win32" else "bin")
    if folder is None:
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", *PEERS]
        if subprocess.run(pip, check=False).returncode:
            print("no other scanner could be installed: no ratios")
    return [file for name in COMMANDS for file in [programs / name] if file.exists()]


def rate_of(program: Path, folder: Path, size: int) -> float | None:
    """A peer on a folder, twice: the first run may prepare what it keeps. It runs there: one looks nowhere else."""
    command = [str(program), *COMMANDS[program.name], "."]

    def run() -> int:
        # a scanner's exit code says whether it found something
        subprocess.run(command, check=False, capture_output=True, timeout=3600, cwd=folder)
        return 0

    try:
        return measured(f"{program.name}, {size / MEGA:.1f} MB (found: not counted)", size, run, rounds=2)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{program.name}: {type(error).__name__}")
        return None


def against(files: list[tuple[str, bytes]], others: list[Path], native: Prefilter) -> None:
    """Ours and the others' on the same files."""
    size = sum(len(data) for _, data in files)
    ours = measured(f"Casemate, {size / MEGA:.1f} MB in memory", size, lambda: searched(files, native))
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, data) in enumerate(files):
            (Path(folder) / f"{number}{Path(path).suffix}").write_bytes(data)
        for program in others:
            rate = rate_of(program, Path(folder), size)
            if rate is not None:
                print(f"{'':44} {ours / rate:8.1f} times as fast as {program.name}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed of the search for secrets, beside other scanners.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--history", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--slice", type=float, default=3.0)
    args = parser.parse_args()
    gc.disable()  # as the command does
    tree = FolderTree(args.folder)
    files = text_files(tree)
    size = sum(len(data) for _, data in files)
    print(f"{len(files)} text files, {size / MEGA:.1f} MB")
    with ExitStack() as stack:
        cache = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        native = engine.native(cache)
        measured(f"in memory, {native.name}", size, lambda: searched(files, native))
        measured("in memory, re2", size, lambda: searched(files, engine.portable()), rounds=1)
        measured(
            "end to end: walk, read, search, layers", size, lambda: len(leaks(FolderTree(args.folder), None, cache)[0])
        )
        if args.history:
            total = sum(len(data) for _, data in blobs(args.history))
            measured("history", total, lambda: sum(1 for _ in leaks_in_history(args.history, native)))
        if not args.no_peers:
            others = peers(args.peers, stack)
            step = max(1, int(size / (args.slice * MEGA)))
            against(files[::step], [one for one in others if one.name not in QUICK], native)
            against(files, [one for one in others if one.name in QUICK], native)


if __name__ == "__main__":
    main()
