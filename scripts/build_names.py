"""Compile the names of the most used packages that ship in `src/casemate/analysis/supply/data`.

    build_names.py FOLDER src/casemate/analysis/supply/data/names.dat

FOLDER holds `pypi-top.txt` and `npm-top.txt`: one name a line, most used first (names only: facts of the public
registries). With `--check` nothing is written: exit 1 when the recorded hashes or the names differ from the inputs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zlib
from pathlib import Path

from casemate.analysis.supply.names import read_names
from casemate.model.dependency import Ecosystem
from casemate.sources.lockfiles.names import normalised

INPUTS: tuple[tuple[str, Ecosystem], ...] = (("pypi-top.txt", "PyPI"), ("npm-top.txt", "npm"))
DATE = "2026-11-01"
"""Of the lists (README of the inputs: autumn 2026)."""


def main() -> int:
    """Compile, or check what was compiled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    names, header = gathered(args.folder)
    if args.check:
        recorded, found = read_names(args.output)
        problems = [key for key in header if recorded.get(key) != header[key]]
        problems += [ecosystem for ecosystem, listed in names.items() if found[ecosystem] != listed]
        print(", ".join(problems) or "in agreement with its inputs")
        return 1 if problems else 0
    body = zlib.compress("\n\n".join("\n".join(names[ecosystem]) for _, ecosystem in INPUTS).encode(), 9)
    args.output.write_bytes(json.dumps(header, separators=(",", ":")).encode() + b"\n" + body)
    print(f"{args.output}: {args.output.stat().st_size:,} bytes")
    return 0


def gathered(folder: Path) -> tuple[dict[str, list[str]], dict[str, object]]:
    """The normalised names of each ecosystem, and the header."""
    names: dict[str, list[str]] = {}
    inputs = []
    for file, ecosystem in INPUTS:
        raw = (folder / file).read_bytes()
        listed = [normalised(ecosystem, line.strip()) for line in raw.decode().splitlines() if line.strip()]
        names[ecosystem] = list(dict.fromkeys(listed))
        inputs.append({"name": file, "sha256": hashlib.sha256(raw).hexdigest()})
    order = [ecosystem for _, ecosystem in INPUTS]
    return names, {"schema": "casemate-names/1", "date": DATE, "inputs": inputs, "ecosystems": order}


if __name__ == "__main__":
    sys.exit(main())
