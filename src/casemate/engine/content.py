"""Where content lives: packages of modules in folders by subject, of which each defines one rule, detection and so on.

Discovery reads file names only; what selection needs to know stands in a generated index beside them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from casemate.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

INDEX = "index.json"
T = TypeVar("T")
Entry = TypeVar("Entry")


def folder_of(package: str) -> Path:
    """The folder of a package of content. Raises `ContentError` when it is not installed."""
    spec = util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ContentError(f"the package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def modules_in(root: Path, package: str) -> Iterator[str]:
    """Dotted names of all content modules, from the files alone."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))):
        for file in sorted(folder.glob("*.py")):
            if not file.name.startswith("_"):
                yield f"{package}.{folder.name}.{file.stem}"


def indexed(root: Path, entry: Callable[[str, Mapping[str, object]], Entry]) -> dict[str, Entry]:
    """The generated index: module -> what `entry` makes of it. Empty when it is missing or of another form."""
    try:
        found = json.loads((root / INDEX).read_text("utf-8"))
        return {module: entry(module, values) for module, values in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def one_of(module: ModuleType, kind: type[T], word: str) -> T:
    """The one piece of content that a module defines. Raises `ContentError` when there is none or several."""
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, kind) and getattr(value, "module", None) == module.__name__
    ]
    if len(found) != 1:
        raise ContentError(f"{module.__name__} defines {len(found)} {word}s", hint=f"one file is one {word}")
    return found[0]


def user_module(file: Path) -> str:
    """The name under which a file of the user's own is imported."""
    return f"casemate_user_content.{file.stem}"


@cache
def import_file(file: Path) -> ModuleType:
    """A file of the user's own content. Raises `ContentError` when it breaks on import."""
    spec = util.spec_from_file_location(user_module(file), file)
    if spec is None or spec.loader is None:
        raise ContentError(f"{file} cannot be imported")
    module = util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ContentError(f"{file}: {error!r}", hint="correct it; it is your own code") from error
    return module
