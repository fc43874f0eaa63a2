"""What can be stated of a weakness of a package: from what the code was seen to do, never from what is likely.

`not_affected` is said only where it is proven for every function that ships the package: its code was read whole, no
other package of the lock needs it, no framework loads it by name, and the weak code is out of reach. `affected` is said
where a weak function is called. Everything else is under investigation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.supply.reporting import cure_of
from casemate.analysis.supply.symbols import weak_names
from casemate.analysis.supply.weighing import is_out_of_reach, reaching_words
from casemate.model.function import Function
from casemate.model.value import text_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from casemate.analysis.supply.vex.statements import Status
    from casemate.analysis.system import System
    from casemate.model.dependency import Advisory, Dependency

NOT_PRESENT = "vulnerable_code_not_present"
NOT_EXECUTED = "vulnerable_code_not_in_execute_path"


class Stated(NamedTuple):
    """`justification`: of OpenVEX, empty without; `detail`: why; `action`: what to do, where affected."""

    status: Status
    justification: str
    detail: str
    action: str


def stated(dependency: Dependency, group: Collection[Advisory], system: System) -> Stated:
    """What is stated of one weakness of a dependency."""
    vex = system.supply.vex if system.supply is not None else None
    given = vex.about(dependency, group) if vex is not None else None
    if given is not None and given.status in {"not_affected", "fixed"}:
        return Stated(given.status, given.justification, given.detail, "")
    named = weak_names(group)
    names = named[0] if named else ()
    reach = system.reach if dependency.functions else None
    reached = reach.of(dependency, names) if reach is not None else None
    words = reaching_words(reached, names).lstrip("; ")
    version = cure_of(dependency, tuple(group))
    action = f"go to {dependency.name} {version} or later" if version else f"replace {dependency.name}"
    if reached is not None and is_out_of_reach(dependency, group, reached):
        if reached.state == "absent" and _are_bundled(dependency, system):
            detail = f"{words}, and the bundler ships only what is imported"
            return Stated("not_affected", NOT_PRESENT, detail, "")
        detail = f"{words}; all of their code was read, and no other package of the lock needs it"
        return Stated("not_affected", NOT_EXECUTED, detail, "")
    if reached is not None and reached.state == "called":
        return Stated("affected", "", words, action)
    return Stated("under_investigation", "", words, "")


def _are_bundled(dependency: Dependency, system: System) -> bool:
    """Whether every function that ships the package is built by esbuild, which leaves out what nothing imports.

    Source: AWS SAM developer guide, "Building Node.js Lambda functions with esbuild".
    """
    functions = [system.inventory.find(id_, Function) for id_ in dependency.functions]
    methods = [
        text_of(function.resource.metadata.get("BuildMethod"))
        if function is not None and function.resource.metadata is not None else None
        for function in functions
    ]  # fmt: skip
    return bool(methods) and all(method == "esbuild" for method in methods)
