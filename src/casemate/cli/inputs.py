"""What every verb that reads a system is given: paths, what is left out, parameters, and the day; not a verb itself."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.code.models import Model
    from casemate.analysis.system import System
    from casemate.config import Config
    from casemate.model.inventory import Inventory
    from casemate.sources.source import Options
    from casemate.sources.tree import FolderTree


def flags(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """The flags that say what is read and how."""
    parser.add_argument("--exclude", action="append", metavar="GLOB", help="leave these paths out; may repeat")
    parser.add_argument(
        "--param", action="append", metavar="K=V", help="value of a template parameter or variable; may repeat"
    )
    parser.add_argument("--stage", help="deployment stage")
    parser.add_argument("--var-file", action="append", metavar="F", help="tfvars or parameter file; may repeat")
    parser.add_argument("--root", metavar="DIR", help="paths are reported relative to DIR (default: the git top level)")


def config_flag(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """The flag that names a configuration file, for verbs that read one."""
    parser.add_argument("--config", metavar="FILE", help="configuration file")


def config_of(args: argparse.Namespace, paths: list[Path], names: tuple[str, ...] = ("exclude", "stage")) -> Config:
    """The settings for a run on `paths`, each with its origin: defaults, file, variables, the flags called `names`.

    A verb without the flag `--config` reads the file that is found from the working directory upwards. Raises
    `ConfigurationError` for what no setting may be.
    """
    from casemate.config import load

    flags_ = {name: getattr(args, name.replace("-", "_"), None) for name in names}
    given = getattr(args, "config", None)
    return load(
        start=Path.cwd(), scanned=paths, given=Path(given) if given else None, environment=os.environ, flags=flags_
    )


def own_models(config: Config) -> tuple[Model, ...]:
    """The team's own sources, sinks and sanitisers. Raises `ConfigurationError` for a broken row."""
    if not config.code:
        return ()
    from casemate.analysis.code.libraries.teams import own_models as models_of

    return models_of(config.code, str(config.file))


def paths_of(given: list[str]) -> list[Path]:
    """The paths. Raises `UsageError` when one does not exist."""
    paths = [Path(path) for path in given]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"{missing[0]} does not exist")
    return paths


def tree_for(paths: list[Path], root: str | None, exclude: tuple[str, ...] = ()) -> FolderTree:
    """The tree for these paths. Raises `UsageError` when a path lies outside of the root."""
    from casemate.sources.tree import FolderTree

    resolved = [path.resolve() for path in paths]
    base = Path(root).resolve() if root else _root(resolved)
    starts = []
    for path in resolved:
        if not path.is_relative_to(base):
            raise UsageError(f"{path} lies outside of the root {base}", hint="give a --root above all paths")
        relative = path.relative_to(base).as_posix()
        starts.append("" if relative == "." else relative)
    return FolderTree(base, tuple(starts), exclude)


def _root(paths: list[Path]) -> Path:
    """The git top level that holds all paths, else their common folder."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    common = Path(os.path.commonpath(folders))
    return next((folder for folder in (common, *common.parents) if (folder / ".git").exists()), common)


def parameters_of(given: list[str] | None) -> dict[str, str]:
    """`--param K=V` flags as a mapping. Raises `UsageError` for another form."""
    parameters = {}
    for pair in given or []:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {pair}: want NAME=VALUE")
        parameters[name] = value
    return parameters


def options_of(args: argparse.Namespace, stage: str | None = None) -> Options:
    """What the sources are told. `stage`: from the configuration, where the verb reads one."""
    from casemate.sources.source import Options

    return Options(parameters_of(args.param), stage or args.stage, tuple(args.var_file or ()))


def inventory_of(tree: FolderTree, options: Options) -> Inventory:
    """The inventory of everything in the tree."""
    from casemate.inventory.build import build
    from casemate.sources.discover import discover

    return build(discover(tree, options).readings)


def system_of(args: argparse.Namespace, *, declared: bool = False) -> System:
    """The system of `args.paths`, with its code, read by the settings of the configuration as `scan` reads it.

    What could not be read is told on stderr. Raises `UsageError` for a path that does not exist or leaves the root, and
    with `declared` when no template is there.
    """
    from weakref import finalize

    from casemate.analysis.system import System
    from casemate.store.cache import open_cache

    paths = paths_of(args.paths)
    config = config_of(args, paths)
    tree = tree_for(paths, args.root, config.texts("exclude"))
    inventory = inventory_of(tree, options_of(args, config.text("stage") or None))
    for diagnostic in inventory.diagnostics:
        if diagnostic.level == "error":
            sys.stderr.write(f"{diagnostic.at.path}:{diagnostic.at.start_line}: {diagnostic.message}\n")
    if declared and not inventory.inputs:
        raise UsageError(f"nothing serverless is below {paths[0]}", hint="give the folder of a template")
    cache = open_cache(os.environ, scanned=[tree.root])
    system = System(inventory, moment(None).date(), tree=tree, cache=cache)
    finalize(system, cache.close)  # the file is let go with the system that reads it
    system.own_models = own_models(config)
    return system


def moment(given: str | None) -> datetime:
    """`--now`, else SOURCE_DATE_EPOCH, else the clock. Raises `UsageError` for what is no ISO date."""
    if given is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if not epoch:
            return datetime.now(UTC)
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise UsageError(f"SOURCE_DATE_EPOCH {epoch[:40]}: not a number of seconds since 1970") from error
    try:
        parsed = (
            datetime.fromisoformat(given)
            if len(given) > len("2026-01-01")
            else datetime.combine(date.fromisoformat(given), datetime.min.time())
        )
    except ValueError as error:
        raise UsageError(f"--now {given}: not an ISO date", hint="like 2026-11-24 or 2026-11-24T12:00:00Z") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
