"""What a scan costs: `python benchmarks/bench.py [--copies N] [--no-rival]`.

Copies of the sample system, N, 2N and 4N of them, in a temporary folder; each is scanned in a process of its own,
three times, and the middle one counts: CPU seconds of user and system, and the peak of memory. Then one template as a
whole process, `casemate --help`, and, with CORPUS=DIR in the environment, that folder. Beside them checkov on the same
files (CHECKOV=PATH, else the one on PATH, else installed for this run), since seconds mean little on another machine,
and a ratio does. Nothing is written into the tree.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "examples" / "shop"
RIVAL = "checkov==3.3.30"
ROUNDS = 3
CASEMATE = (sys.executable, "-m", "casemate")
_CHILD = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
errors = done.stderr.decode("utf-8", "replace")[-500:]
with open(sys.argv[1], "w") as file:
    json.dump([used.ru_utime + used.ru_stime, memory, done.returncode, errors], file)
"""
"""Runs a command and tells what it used. A process for each: the peak of memory never falls again."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The middle of several runs: CPU seconds, and the highest peak of memory in bytes."""

    seconds: float
    memory: int

    @property
    def megabytes(self) -> float:
        return self.memory / 1_000_000


def measured(command: Sequence[str], rounds: int = ROUNDS, *, accept: Sequence[int] = (0, 1)) -> Cost:
    """The cost of a command. Raises `SystemExit` when it ends otherwise than accepted: a crash is no measurement."""
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cost.json"
        for _ in range(rounds):
            subprocess.run([sys.executable, "-c", _CHILD, str(file), *command], check=True, cwd=folder)
            seconds, memory, code, errors = json.loads(file.read_text("utf-8"))
            if code not in accept:
                sys.exit(f"{' '.join(command)} ended with {code}:\n{errors}")
            costs.append((seconds, memory))
    return Cost(statistics.median(seconds for seconds, _ in costs), max(memory for _, memory in costs))


def copies(count: int, folder: Path) -> int:
    """So many copies of the sample system below `folder`; returns the number of files."""
    for number in range(count):
        shutil.copytree(SHOP, folder / f"shop-{number:05}")
    return count * files_in(SHOP)


def files_in(folder: Path) -> int:
    """How many files there are."""
    return sum(len(names) for _, _, names in os.walk(folder))


def scan(path: Path) -> tuple[str, ...]:
    """The command that scans a folder or a file."""
    root = path if path.is_dir() else path.parent
    fixed = ("--format", "json", "--quiet", "--now", "2026-01-01", "--fail-on", "none")
    return (*CASEMATE, "scan", str(path), "--root", str(root), *fixed)


def rival(folder: Path, *, may_install: bool) -> tuple[str, ...] | None:
    """How to call checkov, installing it below `folder` if need be; None when there is none."""
    given = os.environ.get("CHECKOV") or shutil.which("checkov")
    if given:
        return (given,)
    if not may_install:
        return None
    print(f"installing {RIVAL} for this run …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "rival")], check=True)
    binaries = folder / "rival" / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run([str(binaries / "python"), "-m", "pip", "install", "--quiet", RIVAL], check=False)
    return (str(binaries / "checkov"),) if done.returncode == 0 else None


def rival_scan(command: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """The same scan by checkov, without a network."""
    return (
        *command,
        "--directory",
        str(folder),
        "--output",
        "json",
        "--compact",
        "--quiet",
        "--skip-download",
        "--soft-fail",
    )


def row(what: str, files: int | None, cost: Cost, against: Cost | None = None, note: str = "") -> None:
    """One line of the table."""
    each = f"{1000 * cost.seconds / files:8.2f}" if files and files > 1 else " " * 8
    number = "" if files is None else str(files)
    ratio = f"{against.seconds / cost.seconds:6.1f} ×" if against else ""
    print(f"{what:<34}{number:>8}{cost.seconds:>9.2f}{each}{cost.megabytes:>9.0f}  {ratio:>8}  {note}".rstrip())


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--copies",
        type=int,
        default=100,
        metavar="N",
        help="copies of the sample system in the smallest corpus (default: 100)",
    )
    parser.add_argument("--no-rival", action="store_true", help="without checkov")
    args = parser.parse_args()
    corpus = os.environ.get("CORPUS")
    with tempfile.TemporaryDirectory(prefix="casemate-bench-") as name:
        folder = Path(name)
        other = None if args.no_rival else rival(folder, may_install=True)
        print(f"{'':<34}{'files':>8}{'CPU s':>9}{'ms/file':>8}{'MB':>9}  {'checkov':>8}")
        start = measured((*CASEMATE, "--help"))
        row("casemate --help", None, start)
        shutil.copytree(SHOP, folder / "one")
        row("one template, whole process", 1, measured(scan(folder / "one" / "template.yaml")))
        sizes: list[tuple[int, Cost]] = []
        for factor in (1, 2, 4):
            here = folder / f"copies-{factor}"
            files = copies(args.copies * factor, here)
            cost = measured(scan(here))
            against = measured(rival_scan(other, here), 1) if other and factor == 1 else None
            row(f"{args.copies * factor} copies of the sample", files, cost, against, _note(against))
            sizes.append((files, cost))
        if corpus:
            path = Path(corpus).resolve()
            cost = measured(scan(path), accept=(0, 1, 3))
            against = measured(rival_scan(other, path), 1) if other else None
            row(path.name, files_in(path), cost, against, _note(against))
        growth = _marginal(sizes[1:]) / _marginal(sizes[:2])
        print(
            f"\nOne more file among {sizes[2][0]} costs {growth:.2f} × what it costs among {sizes[1][0]}; 1 is linear."
        )
    return 0


def _marginal(sizes: Sequence[tuple[int, Cost]]) -> float:
    """CPU seconds of one more file, between two sizes: what starting costs is in neither."""
    (fewer, less), (more, cost) = sizes
    return max(cost.seconds - less.seconds, 1e-9) / (more - fewer)


def _note(against: Cost | None) -> str:
    return f"(checkov: {against.seconds:.1f} s, {against.megabytes:.0f} MB)" if against else ""


if __name__ == "__main__":
    sys.exit(main())
