"""Zappa: `zappa_settings.json`, `.toml` or `.yaml`, lowered to what `zappa deploy` makes of each stage.

`source.py` reads the files and resolves `extends`, `stage.py` builds the function, its role, its API, URL and events,
`policies.py` holds the permissions that Zappa gives a role when the settings say nothing: they are very broad, and
are told at the stage's key.

Source: Zappa's README, "Advanced Settings"; its source, `zappa/cli.py` (defaults), `zappa/core.py` (resources),
`zappa/policies/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.sources.source import Options, Reading
    from casemate.sources.tree import Tree

KIND = "zappa"
_NAME = re.compile(r"(^|/)zappa_settings\.(json|toml|ya?ml)$")


def claims(path: str, data: bytes) -> bool:
    """By its name."""
    return _NAME.search(path) is not None and bool(data.strip())


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every application with each of its stages, or with the one that was asked for."""
    from casemate.sources.zappa.source import read_settings  # only where such a file was found

    return read_settings(tree, paths, options)
