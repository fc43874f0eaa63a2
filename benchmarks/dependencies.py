"""How fast dependencies are read and matched, and whether the data keeps its promises.

    benchmarks/dependencies.py [FOLDER_OF_REAL_PROJECTS]

Prints: CPU seconds for 10,000 packages (3,000 of them in the data) matched by a fresh process, reading the data
included; the size of the shipped data; with a folder, megabytes a second of reading its manifests and locks, by format.
`packaging`, which is no matcher but the usual way to ask a version of PyPI, is timed beside it on the same versions.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import defaultdict
from itertools import cycle, islice
from pathlib import Path

from packaging.version import Version

from casemate.analysis.supply.advisories import shipped
from casemate.analysis.supply.ordering import version_key
from casemate.model.dependency import Package
from casemate.sources.lockfiles.formats import parser_of, wanted

PACKAGES = 10_000


def main() -> None:
    """Print the figures. Collection is off, as in a scan."""
    gc.disable()
    matching()
    if len(sys.argv) > 1:
        reading(Path(sys.argv[1]))


def matching() -> None:
    """10,000 different packages, 30 % of them known, each in a version of its own."""
    names = [*shipped().packages("PyPI"), *shipped().packages("npm")]
    known = list(islice(cycle(names), PACKAGES * 3 // 10))
    asked = [(package, f"{number % 7}.{number % 23}.{number % 11}") for number, package in enumerate(known)]
    asked += [
        (Package("npm" if number % 2 else "PyPI", f"unknown-package-{number}"), f"{number % 9}.{number % 31}.0")
        for number in range(PACKAGES - len(asked))
    ]
    version_key("PyPI", "1.0")  # the import of `packaging` is not what is measured
    started = time.process_time()
    snapshot = shipped()
    found = sum(len(snapshot.matches(package, version)) for package, version in asked)
    cold = time.process_time() - started
    started = time.process_time()
    sum(len(snapshot.matches(package, version)) for package, version in asked)
    warm = time.process_time() - started
    started = time.process_time()
    floor = Version("1.0")
    sum(Version(version) < floor for _, version in asked)
    alone = time.process_time() - started
    print(f"{len(asked):,} packages matched: {cold:.3f} s first, {warm:.3f} s again; {found:,} advisories apply")
    print(f"packaging alone, one comparison a package: {alone:.3f} s")
    print(f"data: {sum(file.stat().st_size for file in shipped().path.parent.glob('*.dat')):,} bytes")


def reading(folder: Path) -> None:
    """Every manifest and lock below a folder, by format."""
    seconds: dict[str, float] = defaultdict(float)
    size: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for path in sorted(folder.rglob("*")):
        name = path.as_posix()
        parse = parser_of(name) if wanted(name) and "node_modules" not in path.parts and path.is_file() else None
        if parse is None:
            continue
        data = path.read_bytes()
        started = time.process_time()
        file = parse(name, data)
        seconds[file.format] += time.process_time() - started
        size[file.format] += len(data)
        count[file.format] += len(file.locked) + len(file.requirements)
    for name in sorted(size):
        rate = size[name] / 1e6 / max(seconds[name], 1e-9)
        print(f"{name:24} {size[name] / 1e6:8.2f} MB {count[name]:7,} packages {rate:7.1f} MB/s")


if __name__ == "__main__":
    main()
