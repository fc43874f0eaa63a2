"""The models of a language's libraries, found by walking `libraries/<language>/` when its first file is looked at."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

from casemate.analysis.code import models as m

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T", bound=m.Model)

FOLDERS = {
    "python": "python", "javascript": "javascript", "typescript": "javascript", "go": "go", "java": "java",
    "csharp": "csharp",
}  # fmt: skip
"""Language -> the folder of its libraries."""

Index = dict[str, tuple[T, ...]]
"""Models by the name of their callee."""


class Models:
    """The models of one language by kind and by callee.

    `members`: names that mean something when they are read (sources, and what makes an object); `types`: the names
    whose members are modelled: a method of these that is not is harmless, and `*.method` does not speak of it.
    """

    def __init__(self, language: str, models: Iterable[m.Model], own: Iterable[m.Model] = ()) -> None:
        self.language = language
        self.own = frozenset(model.callee for model in own)
        every = list(models)
        self.sources: Index[m.Source] = _index(every, m.Source)
        self.sinks: Index[m.Sink] = _index(every, m.Sink)
        self.misuses: Index[m.Misuse] = _index(every, m.Misuse)
        self.cures: Index[m.Cure] = _index(every, m.Cure)
        self.passes: Index[m.Passes] = _index(every, m.Passes)
        self.makes: Index[m.Makes] = _index(every, m.Makes)
        self.calls: Index[m.Calls] = _index(every, m.Calls)
        self.guessable = frozenset(
            callee for callee, found in self.misuses.items() if any(one.kind == "weak-randomness" for one in found)
        )
        self.members = frozenset((*self.sources, *self.makes))
        self.callees = frozenset(model.callee for model in every)
        self.types = frozenset(callee.rpartition(".")[0] for callee in self.callees if not callee.startswith("*."))


def _index(models: list[m.Model], kind: type[T]) -> Index[T]:
    table: dict[str, list[T]] = {}
    for model in models:
        if isinstance(model, kind):
            table.setdefault(model.callee, []).append(model)
    return {callee: tuple(found) for callee, found in table.items()}


@cache
def models_of(language: str, own: tuple[m.Model, ...] = ()) -> Models:
    """The models of a language with a team's own; only those when no libraries of it are described."""
    folder = FOLDERS.get(language, language)
    try:
        package = import_module(f"{__name__}.{folder}")
    except ModuleNotFoundError:
        return Models(language, own, own)
    found: list[m.Model] = list(getattr(package, "MODELS", ()))
    for entry in sorted(iter_modules(package.__path__), key=lambda entry: entry.name):
        if not entry.name.startswith("_"):
            found.extend(getattr(import_module(f"{package.__name__}.{entry.name}"), "MODELS", ()))
    return Models(folder, [*own, *found], own)
