"""The advisories in force: the snapshot that ships, and the newer one that the user has brought.

For each ecosystem the user's file counts when it knows the ecosystem and is not older there, or when ours is partial.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.analysis.supply.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.analysis.supply.snapshot import Coverage, Known
    from casemate.model.dependency import Advisory, Ecosystem, Package

FILE = "advisories.dat"
STALE_DAYS = 30
"""Older data is told to the user: new advisories come out daily."""


class Advisories:
    """Several snapshots as one. The first that is responsible for an ecosystem answers for it."""

    def __init__(self, snapshots: tuple[Snapshot, ...]) -> None:
        self.snapshots = snapshots
        self._chosen: dict[Ecosystem, Snapshot | None] = {}

    def _for(self, ecosystem: Ecosystem) -> Snapshot | None:
        if ecosystem not in self._chosen:
            best: Snapshot | None = None
            for snapshot in self.snapshots:
                coverage = snapshot.coverage(ecosystem)
                held = best.coverage(ecosystem) if best else None
                if coverage is not None and (held is None or _is_better(coverage, held)):
                    best = snapshot
            self._chosen[ecosystem] = best
        return self._chosen[ecosystem]

    def coverage(self, ecosystem: Ecosystem) -> Coverage | None:
        """What is known of an ecosystem, None when nothing is."""
        snapshot = self._for(ecosystem)
        return snapshot.coverage(ecosystem) if snapshot else None

    def known(self, package: Package) -> tuple[Known, ...]:
        """Every advisory about a package."""
        snapshot = self._for(package.ecosystem)
        return snapshot.known(package) if snapshot else ()

    def matches(self, package: Package, version: str) -> list[Advisory]:
        """The advisories that affect exactly this version."""
        snapshot = self._for(package.ecosystem)
        return snapshot.matches(package, version) if snapshot else []


def _is_better(one: Coverage, held: Coverage) -> bool:
    if bool(one.note) != bool(held.note):
        return not one.note
    return one.date > held.date


def data_folder(
    environment: Mapping[str, str], *, platform: str = sys.platform, home: Path | None = None
) -> Path | None:
    """Where the user's own data lives: `$CASEMATE_DATA`, else the platform's folder for data; None without a home.

    Relative paths are ignored, as the XDG Base Directory Specification wants it: they would depend on where one stands.
    """
    said = environment.get("CASEMATE_DATA", "")
    if said and Path(said).is_absolute():
        return Path(said)
    if home is None:
        try:
            home = Path.home()
        except RuntimeError:
            return None
    if platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return (Path(local) if local and Path(local).is_absolute() else home / "AppData" / "Local") / "casemate"
    xdg = environment.get("XDG_DATA_HOME", "")
    if xdg and Path(xdg).is_absolute():
        return Path(xdg) / "casemate"
    return home / ("Library/Application Support" if platform == "darwin" else ".local/share") / "casemate"


def shipped() -> Snapshot:
    """The snapshot in the package."""
    return Snapshot(Path(__file__).with_name("data") / FILE)


def in_force() -> Advisories:
    """What look-ups ask, opened once a process for each place of the user's data."""
    return _placed(os.environ.get("CASEMATE_DATA"), os.environ.get("XDG_DATA_HOME"), os.environ.get("HOME"))


@lru_cache(maxsize=4)
def _placed(*_: str | None) -> Advisories:
    """For each setting of the variables that say where the user's data lives."""
    folder = data_folder(os.environ)
    return _opened(str(folder) if folder else "")


@lru_cache(maxsize=4)
def _opened(folder: str) -> Advisories:
    own = Path(folder) / FILE if folder else None
    if own is not None and own.is_file():
        return Advisories((shipped(), Snapshot(own)))
    return Advisories((shipped(),))
