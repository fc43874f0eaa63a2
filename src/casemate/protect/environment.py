"""Values of environment variables, encrypted in the template, for the guard to open (`casemate_guard.environment`).

A value that several functions share (`Globals`, `provider`) is encrypted once, for all of them; where one of them is no
function that the guard runs in, it stays and is told. Only what is written out can be encrypted: what is a reference is
no secret of the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.secrets.judging import literal_secret
from casemate.edits import applied, collides, lower
from casemate.errors import EditError, UsageError
from casemate.model.finding import Change
from casemate.model.value import Literal, text_of
from casemate_guard.environment import KEK, MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from casemate.analysis.system import System
    from casemate.model.finding import Edit
    from casemate.model.function import Function, Variable
    from casemate.model.location import Span

_PATH: dict[str, tuple[str, ...]] = {"aws": ("Environment", "Variables")}
"""Where a cloud's functions keep their variables, in the native spelling of their type."""


@dataclass(frozen=True, slots=True)
class Encrypted:
    """One value that is encrypted: `name` of the variable, for `function` (or the stack that shares it), at `at`."""

    name: str
    function: str
    at: Span


@dataclass(frozen=True, slots=True)
class Kept:
    """One that is not, and why."""

    name: str
    function: str
    at: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """What was decided, and the files as they become."""

    encrypted: tuple[Encrypted, ...]
    kept: tuple[Kept, ...]
    files: dict[str, tuple[bytes, bytes]]
    """Path -> (as it is, as it becomes)."""


def sealing(system: System, kek: str, seal: Callable[[str, str, str], str], wanted: Iterable[str] = ()) -> Sealing:
    """Encrypt the secrets among the variables, or those that are `wanted` by name.

    `seal`: (name of the function, name of the variable, value) -> the text that stands for it.
    Raises `UsageError` for a wanted name that no function has.
    """
    names = frozenset(wanted)
    places: dict[Span, list[tuple[Function, Variable]]] = {}
    for function in system.inventory.functions:
        for variable in function.environment:
            if variable.name in names or (not names and literal_secret(variable.name, variable.value) is not None):
                places.setdefault(variable.value.at, []).append((function, variable))
    missing = names - {variable.name for group in places.values() for _, variable in group}
    if missing:
        raise UsageError(f"no function has a variable {min(missing)}")
    encrypted: list[Encrypted] = []
    kept: list[Kept] = []
    edits: dict[str, list[Edit]] = {}
    for at, group in places.items():
        functions = [function for function, _ in group]
        variable = group[0][1]
        shared = len(functions) > 1
        name = _stack_name(functions[0], system) if shared else functions[0].name
        try:
            _add(edits, list(_edits(at, functions, variable, kek, seal(name, variable.name, _value(group)), system)))
            encrypted.append(Encrypted(variable.name, name, at))
        except EditError as error:
            kept.append(Kept(variable.name, name, at, error.message))
    return Sealing(tuple(encrypted), tuple(kept), dict(_files(edits, system)))


def _value(group: list[tuple[Function, Variable]]) -> str:
    """The text to encrypt. Raises `EditError` with the reason why there is none."""
    for function, _ in group:
        runtimes = [str(one).lower() for one in function.runtime.values() if one]
        if not runtimes or not all(one.startswith("python") for one in runtimes):
            raise EditError(f"the guard does not run in {function.name}, which could not read it")
        if function.cloud not in _PATH:
            raise EditError(f"variables of {function.cloud} functions are not edited")
    value = group[0][1].value
    text = text_of(value)
    if text is None or not isinstance(value, Literal):
        raise EditError("its value is not written out")
    if text.startswith(MARK):
        raise EditError("it is encrypted already")
    return text


def _stack_name(function: Function, system: System) -> str:
    stack = system.stack_of(function)
    return stack.name.replace(":", "-") if stack is not None else function.name


def _edits(
    at: Span, functions: list[Function], variable: Variable, kek: str, text: str, system: System
) -> Iterator[Edit]:
    tree = system.tree
    if tree is None:
        raise EditError("there are no files")
    for number, function in enumerate(functions):
        path = _PATH[function.cloud]
        if number == 0:  # shared or not, it stands in one place
            yield from lower(Change(function.id, "set", (*path, variable.name), text), system.inventory, tree.read, at)
        if all(one.name != KEK for one in function.environment):
            yield from lower(Change(function.id, "set", (*path, KEK), kek), system.inventory, tree.read)


def _add(edits: dict[str, list[Edit]], new: list[Edit]) -> None:
    """Take the edits, all or none; the same one twice is one."""
    fresh = [edit for edit in new if edit not in edits.get(edit.path, ())]
    for edit in fresh:
        if any(collides(edit, other) for other in edits.get(edit.path, ())):
            raise EditError("its place is changed by another edit; run it again afterwards")
    for edit in fresh:
        edits.setdefault(edit.path, []).append(edit)


def _files(edits: dict[str, list[Edit]], system: System) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    for path, wanted in sorted(edits.items()):
        data = system.tree.read(path) if system.tree is not None else None
        if data is not None:
            yield path, (data, applied(data, wanted))
