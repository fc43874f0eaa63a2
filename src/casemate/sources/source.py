"""What a source is, and what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casemate.model.record import dataclass, field
from casemate.model.resource import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.sources.tree import Tree

__all__ = ["Options", "Reading", "Source"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says about deployment.

    `parameters` (`--param K=V`), `stage`, and `var_files` (Terraform tfvars, parameter files), paths
    in the tree. Nothing is ever taken from the environment.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    stage: str | None = None
    var_files: tuple[str, ...] = ()


class Source(Protocol):
    """One dialect. A module of `casemate.sources` with these two functions (and `KIND`) is one."""

    KIND: str

    def claims(self, path: str, data: bytes) -> bool:
        """Whether this file is of this dialect, from its path and content alone.

        Cheap (a few searches in `data`), and never raises.
        """

    def read(self, tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
        """All claimed files of the tree at once, in sorted order. Never raises for bad input.

        Every path ends as an `Input`, problems as `Diagnostic`s.
        """
