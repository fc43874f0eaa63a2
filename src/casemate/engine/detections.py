"""Which detections there are, without importing them; as `engine.catalogue` for rules."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from casemate.authoring.detection import Detection
from casemate.engine.content import folder_of, indexed, modules_in, one_of
from casemate.errors import ContentError
from casemate.model.finding import Severity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

PACKAGE = "casemate.detections"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of detections says of one. `needs`: relations of the inventory without which it does not run."""

    name: str
    module: str
    title: str
    severity: Severity
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The folder it is in."""
        return self.module.split(".")[-2]


@cache
def listed() -> tuple[Listed, ...]:
    """Every detection of Casemate, sorted by name. A file that the index does not know yet is imported."""
    root = folder_of(PACKAGE)
    index = indexed(root, _entry)
    found = [index[module] if module in index else list_module(module) for module in modules_in(root, PACKAGE)]
    return tuple(sorted(found, key=lambda one: one.name))


def _entry(module: str, entry: Mapping[str, Any]) -> Listed:
    return Listed(
        entry["name"],
        module,
        entry["title"],
        Severity[entry["severity"].upper()],
        tuple(entry["sources"]),
        tuple(entry["tags"]),
        tuple(entry["needs"]),
    )


def list_module(module: str) -> Listed:
    """The listing of one module, by importing it."""
    one = detection_of(import_module(module))
    return Listed(one.name, module, one.title, one.severity, one.sources, one.tags, tuple(sorted(one.needs)))


def detection_of(module: ModuleType) -> Detection:
    """The one `Detection` of a content module. Raises `ContentError` when there is none or several."""
    return one_of(module, Detection, "detection")


def every() -> tuple[Listed, ...]:
    """Every detection by its file, whatever the index says. Raises `ContentError` for a name that stands twice."""
    names: dict[str, Listed] = {}
    for module in modules_in(folder_of(PACKAGE), PACKAGE):
        one = list_module(module)
        if one.name in names:
            raise ContentError(
                f"two detections are called {one.name}", hint=f"{names[one.name].module} and {one.module}"
            )
        names[one.name] = one
    return tuple(names[name] for name in sorted(names))


@cache
def load_all() -> tuple[Detection, ...]:
    """Every detection, imported, by name."""
    return tuple(detection_of(import_module(one.module)) for one in listed())


def index_text() -> str:
    """What the index should hold, as text; written by `make docs`, compared by `make lint`."""
    entries = {
        one.module: {
            "name": one.name,
            "title": one.title,
            "severity": one.severity.word,
            "sources": list(one.sources),
            "tags": list(one.tags),
            "needs": list(one.needs),
        }
        for one in sorted(every(), key=lambda one: one.module)
    }
    return json.dumps(entries, indent=1) + "\n"
