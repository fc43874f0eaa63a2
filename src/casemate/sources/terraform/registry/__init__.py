"""Modules of the public registry that serverless systems are made of, as far as their arguments decide what is made.

A registry module is not part of what is scanned, but what it makes follows from its documented arguments. Each `.tf`
file here says that in as few lines as it takes: the arguments with their defaults, the resources they end in under the
addresses that Terraform prints, and the outputs. It is evaluated like a local module; every node stands at the call,
so that a default is told there, and what the caller gives keeps its own place.

Sources: the READMEs ("Inputs", "Outputs", "Resources") of the modules of github.com/terraform-aws-modules.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.sources.syntax import hcl

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import File

_NAMED = re.compile(
    r"(?:[a-z0-9.-]{1,60}/)?terraform-aws-modules/([a-z0-9-]{1,40})/aws(?://(modules/[a-z0-9_/-]{1,60}))?\Z"
)
"""`NAMESPACE/NAME/PROVIDER` with the registry's host before it and a folder inside of the module after it."""
_GIT = re.compile(
    r"(?:git::)?(?:https://|ssh://git@|git@)?github\.com[/:]terraform-aws-modules/terraform-aws-([a-z0-9-]{1,40}?)(?:\.git)?"
    r"(?://([a-z0-9_/-]{1,60}))?(?:\?[^/]{0,200})?\Z"
)
_FOLDER = Path(__file__).parent


def name_of(source: str) -> str | None:
    """Which described module a `source` names, or None. A folder inside of one is another: `iam.iam-policy`."""
    found = _NAMED.match(source) or _GIT.match(source)
    if found is None:
        return None
    name = f"{found[1]}.{found[2].removeprefix('modules/')}" if found[2] else found[1]
    return name if name in known() else None


def described(name: str, at: Span) -> File:
    """The description of a module, every node of it at `at`."""
    return hcl.parse(text(name), at.path, at)


@cache
def known() -> frozenset[str]:
    """The names of the modules that are described."""
    return frozenset(path.stem for path in _FOLDER.glob("*.tf"))


@cache
def text(name: str) -> str:
    """The description of a known module as it is written."""
    return (_FOLDER / f"{name}.tf").read_text(encoding="utf-8")
