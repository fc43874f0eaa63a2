"""The needs of every function of a system, and of code that no template declares."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.binding import Binder
from casemate.analysis.access.needs.guarding import guard_gaps, guard_needs
from casemate.analysis.access.needs.keys import key_needs
from casemate.analysis.access.needs.opaque import is_python, module_names, opaque
from casemate.analysis.access.needs.platform import platform_needs
from casemate.analysis.access.needs.statements import Needed, Needs, NotFollowed, needs_of
from casemate.model.function import Function
from casemate.model.record import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.access.needs.cloud_binding import CloudBinder
    from casemate.analysis.access.needs.guarding import Clouds
    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System

_FOLLOWED = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".java", ".cs")
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
        for identity in _entered(facts, system):
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
        clouds = _clouds(function, system)
        if function.kind != "lambda":
            from casemate.analysis.access.needs.cloud_platform import cloud_platform_needs

            platform = (*platform, *cloud_platform_needs(function, clouds()))
        platform = (*platform, *guard_needs(function, entries, system.tree, binder, clouds))
        code = _needs(entries, binder, clouds, opaque(function, entries, system.tree, own[root]))
        code = replace(code, needed=_merged((*code.needed, *key_needs(code.needed, stack))))
        platform = (*platform, *key_needs(platform, stack))
        found[function.id] = FunctionNeeds(function.name, function, code, platform, reason)
    return found


def _clouds(function: Function | None, system: System) -> Clouds:
    """The binder of Azure and Google, made when it is first asked: most systems are of one cloud."""

    @cache
    def made() -> CloudBinder:
        from casemate.analysis.access.needs.cloud_binding import CloudBinder

        return CloudBinder(function, system)

    return made


def _entered(facts: CodeFacts, system: System) -> tuple[str, ...]:
    """The functions whose code an entry is: an Azure function's, also of the app that it is deployed in.

    An entry that Azure's decorators register belongs to the app of the scanned files, where there is just one.
    """
    named = facts.functions
    sharp = facts.path.endswith(".cs") and any(call.sdk == "azure" for call in facts.calls)
    azure = sharp or facts.style.startswith("azure")
    if not named and azure:
        named = tuple(
            one.id for one in system.inventory.functions
            if one.kind == "azure-function" and one.at.path == facts.path and one.name == facts.name
        )  # fmt: skip
    functions = [system.inventory.find(one, Function) for one in named]
    apps = [one.app.target for one in functions if one is not None and one.app is not None and one.app.target]
    if not named and azure:
        every = [one for one in system.inventory.functions if one.kind == "azure-app"]
        roots = {one.id: _root(one, system) for one in every}
        inside = [one for one, root in roots.items() if not root or facts.path.startswith(f"{root}/")]
        apps += inside if len(inside) == 1 else []
    return tuple(dict.fromkeys((*named, *apps)))


def _root(function: Function, system: System) -> str:
    stack = system.stack_of(function)
    return stack.root if stack is not None else ""


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
    binder, clouds = Binder(None, system.inventory), _clouds(None, system)
    everything = system.code_facts.facts
    own = module_names(sorted(system.tree.paths(is_python)), "") if system.tree is not None else frozenset()
    imported = {file for facts in everything for file in facts.files if file != facts.path}
    entered = [facts for facts in everything if facts.path not in imported]
    if any(facts.style != _UNCALLED for facts in everything):
        entered = [facts for facts in entered if facts.style != _UNCALLED]
    return tuple(
        FunctionNeeds(
            f"{facts.path}:{facts.name}",
            None,
            _needs([facts], binder, clouds, opaque(None, [facts], system.tree, own)),
            tuple(guard_needs(None, [facts], system.tree, binder, clouds)),
        )
        for facts in entered
        if not _entered(facts, system)
    )


def _needs(entries: Iterable[CodeFacts], binder: Binder, clouds: Clouds, unseen: Iterable[NotFollowed]) -> Needs:
    listed = list(entries)
    if not listed:
        return needs_of((), binder, unseen)
    from casemate.analysis.access.needs.calls import gaps_of, uses_of
    from casemate.analysis.access.needs.cloud_calls import cloud_needs

    uses = [use for facts in listed for use in uses_of(facts)]
    others, unknown = cloud_needs(listed, clouds())
    gaps = [*(gap for facts in listed for gap in gaps_of(facts)), *unseen, *unknown, *guard_gaps(listed)]
    found = needs_of(uses, binder, gaps)
    return replace(found, needed=(*found.needed, *others)) if others else found


def _without_code(function: Function, *, entries: list[CodeFacts]) -> str | None:
    """Why there is nothing to follow; None when the code is there in a language that is followed."""
    runtime = next(iter(function.runtime.values()), None)
    if any(facts.path.endswith(_FOLLOWED) for facts in entries):
        return None
    followed = runtime is not None and runtime.lower().startswith(("python", "node", "go", "java", "dotnet"))
    if entries and followed:
        return None  # code in the template
    if runtime and not followed:
        return f"code of {runtime} is not analysed"
    if function.code.image is not None:
        return "it is a container image whose code was not found"
    return "its code was not found in the scanned files"
