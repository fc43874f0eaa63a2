"""`casemate sbom`: a CycloneDX bill of materials of the system, or one for each function; or its VEX."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli import given, inputs
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.system import System
    from casemate.model.diagnostic import Diagnostic, Input


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `sbom`."""
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: the working directory)"
    )
    parser.add_argument("--split", metavar="DIR", help="write one file a function into DIR, and system.cdx.json")
    parser.add_argument("--output", metavar="FILE", help="write to FILE instead of standard output")
    parser.add_argument(
        "--vex",
        choices=["openvex", "cyclonedx"],
        help="state of each weakness whether it is reached: as an OpenVEX document, or in the bill itself",
    )
    inputs.flags(parser)
    inputs.config_flag(parser)
    given.flags(parser)
    parser.add_argument("--now", metavar="ISO", help="write this time into the file (default: none)")


def run(args: argparse.Namespace) -> int:
    """Print or write; exit code 3 when something was not read, or there was nothing."""
    from casemate.analysis.system import System
    from casemate.outputs.cyclonedx import bom

    paths = inputs.paths_of(args.paths)
    config = inputs.config_of(args, paths, ("exclude", "stage", *given.SETTINGS))
    tree = inputs.tree_for(paths, args.root, config.texts("exclude"))
    inventory = inputs.inventory_of(tree, inputs.options_of(args, config.text("stage") or None))
    system = System(inventory, inputs.moment(args.now).date(), tree=tree)
    name = paths[0].resolve().name if paths[0].is_dir() else paths[0].resolve().parent.name
    system.supply = given.given(config, tree.root, (name,))
    dependencies = system.dependencies
    now = inputs.moment(args.now) if args.now or os.environ.get("SOURCE_DATE_EPOCH") else None
    if args.vex == "openvex":
        if args.split:
            raise UsageError("--vex openvex states things of the system as a whole", hint="leave out --split")
        from casemate.outputs.openvex import vex

        text = vex(system, dependencies, name=name, now=inputs.moment(args.now))
    else:
        analysed = system if args.vex else None
        text = bom(inventory, dependencies, name=name, now=now, system=analysed)
        if args.split:
            folder = Path(args.split)
            _make(folder)
            _write(folder / "system.cdx.json", text)
            taken: set[str] = {"system"}
            for function in inventory.functions:
                one = bom(inventory, dependencies, name=name, now=now, function=function, system=analysed)
                _write(folder / f"{_file_name(function.name, taken)}.cdx.json", one)
            return _code((*inventory.inputs, *system.packages.inputs), _problems(system))
    if args.output:
        _write(Path(args.output), text)
    else:
        sys.stdout.write(text)
    return _code((*inventory.inputs, *system.packages.inputs), _problems(system))


def _problems(system: System) -> tuple[Diagnostic, ...]:
    vex = system.supply.vex if system.supply is not None else None
    told = (*vex.diagnostics, *vex.unknown(system.dependencies)) if vex is not None else ()
    return (*system.inventory.diagnostics, *system.packages.diagnostics, *told)


def _code(read: tuple[Input, ...], diagnostics: tuple[Diagnostic, ...]) -> int:
    for diagnostic in diagnostics:
        at = diagnostic.at
        sys.stderr.write(f"{at.path}:{at.start_line}: {diagnostic.level}: {diagnostic.message}\n")
    failed = any(diagnostic.level == "error" for diagnostic in diagnostics)
    return 3 if failed or not read or any(entry.status == "failed" for entry in read) else 0


def _file_name(name: str, taken: set[str]) -> str:
    """A name that every file system takes; a number is added where two functions share it."""
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:100] or "function"
    found, number = base, 1
    while found.lower() in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found.lower())
    return found


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}") from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
