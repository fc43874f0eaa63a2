"""The needs of every function of a system, and of code that no template declares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.binding import Binder
from casemate.analysis.access.needs.calls import gaps_of, uses_of
from casemate.analysis.access.needs.keys import key_needs
from casemate.analysis.access.needs.opaque import is_python, module_names, opaque
from casemate.analysis.access.needs.platform import platform_needs
from casemate.analysis.access.needs.statements import Needed, Needs, NotFollowed, needs_of
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System
    from casemate.model.function import Function

_FOLLOWED = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".java")
_UNCALLED = "loose"
"""Functions that nothing enters: only where nothing at all is entered they are taken for what runs."""


@dataclass(frozen=True, slots=True)
class FunctionNeeds:
    """What one function, or one entry that no template declares, needs.

    `name`: the function's, else `file:handler`; `code`: from its calls; `platform`: from its settings and triggers;
    `reason`: why there is no code to look at, None when there is.
    """

    name: str
    function: Function | None
    code: Needs
    platform: tuple[Needed, ...] = ()
    reason: str | None = None

    @property
    def all(self) -> tuple[Needed, ...]:
        """Every need, the code's first."""
        return (*self.code.needed, *self.platform)

    @property
    def complete(self) -> bool:
        """Whether the code was found and followed everywhere, so that what is not needed can be called unused."""
        return self.reason is None and not self.code.not_followed


def function_needs(system: System) -> Mapping[str, FunctionNeeds]:
    """By id of function: what it needs. Every function is there, with a reason where its code could not be read."""
    by_function: dict[str, list[CodeFacts]] = {}
    for facts in system.code_facts.facts:
        for identity in facts.functions:
            by_function.setdefault(identity, []).append(facts)
    found: dict[str, FunctionNeeds] = {}
    own: dict[str, frozenset[str]] = {}
    scripts = sorted(system.tree.paths(is_python)) if system.tree is not None else []
    for function in system.inventory.functions:
        entries = by_function.get(function.id, [])
        binder = Binder(function, system.inventory)
        platform = tuple(platform_needs(function, system))
        reason = _without_code(function, entries=entries)
        stack = system.stack_of(function)
        root = stack.root if stack is not None else ""
        if root not in own:
            own[root] = module_names(scripts, root)
        code = _needs(entries, binder, opaque(function, entries, system.tree, own[root]))
        code = replace(code, needed=_merged((*code.needed, *key_needs(code.needed, stack))))
        platform = (*platform, *key_needs(platform, stack))
        found[function.id] = FunctionNeeds(function.name, function, code, platform, reason)
    return found


def _merged(needed: Iterable[Needed]) -> tuple[Needed, ...]:
    """One an action and resource."""
    found: dict[tuple[str, str], Needed] = {}
    for need in needed:
        known = found.get((need.action, need.resource))
        if known is not None:
            because = tuple(dict.fromkeys((*known.because, *need.because)))
            need = replace(known, conditional=known.conditional and need.conditional, because=because)  # noqa: PLW2901
        found[need.action, need.resource] = need
    return tuple(found.values())


def loose_needs(system: System) -> tuple[FunctionNeeds, ...]:
    """The needs of entries that no template declares: one a file and handler.

    A file that another entered one imports is a library of it: what of it is called, that one says.
    """
    binder = Binder(None, system.inventory)
    everything = system.code_facts.facts
    own = module_names(sorted(system.tree.paths(is_python)), "") if system.tree is not None else frozenset()
    imported = {file for facts in everything for file in facts.files if file != facts.path}
    entered = [facts for facts in everything if facts.path not in imported]
    if any(facts.style != _UNCALLED for facts in everything):
        entered = [facts for facts in entered if facts.style != _UNCALLED]
    return tuple(
        FunctionNeeds(
            f"{facts.path}:{facts.name}", None, _needs([facts], binder, opaque(None, [facts], system.tree, own))
        )
        for facts in entered
        if not facts.functions
    )


def _needs(entries: Iterable[CodeFacts], binder: Binder, unseen: Iterable[NotFollowed]) -> Needs:
    listed = list(entries)
    uses = [use for facts in listed for use in uses_of(facts)]
    return needs_of(uses, binder, [*(gap for facts in listed for gap in gaps_of(facts)), *unseen])


def _without_code(function: Function, *, entries: list[CodeFacts]) -> str | None:
    """Why there is nothing to follow; None when the code is there in a language that is followed."""
    runtime = next(iter(function.runtime.values()), None)
    if any(facts.path.endswith(_FOLLOWED) for facts in entries):
        return None
    if entries and runtime and runtime.startswith(("python", "nodejs")):
        return None  # code in the template
    if runtime and not runtime.startswith(("python", "nodejs")):
        return f"code of {runtime} is not analysed"
    if function.code.image is not None:
        return "it is a container image whose code was not found"
    return "its code was not found in the scanned files"
