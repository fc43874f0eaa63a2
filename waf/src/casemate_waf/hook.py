"""A compiled rule set (`artefact`) as the hook of the guard: every record is judged by itself."""

from __future__ import annotations

import sys

from casemate_guard.decision import Hit
from casemate_guard.events.decode import Decoded
from casemate_waf.artefact import load
from casemate_waf.bodies import encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from casemate_guard.decision import Inspect
    from casemate_guard.events.leaves import Leaf
    from casemate_waf.executor import Verdict
    from casemate_waf.fast import Fast


def hook(data: bytes) -> Inspect:
    """The hook of an artefact. Raises `ArtefactError`; says on standard error when it cannot run as it was compiled."""
    loaded = load(data)
    if loaded.health:
        print(f"casemate-guard: the rule set runs slowly: {loaded.health}", file=sys.stderr)  # noqa: T201 - no log yet

    return lambda leaves: inspected(loaded.engine, leaves)


def inspected(engine: Fast, leaves: Sequence[Leaf], tell: Callable[[Verdict], None] | None = None) -> list[Hit]:
    """What a rule set finds hostile among leaves; `tell` hears the verdict of each record."""
    groups: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(leaf.record, []).append(leaf)
    hits: list[Hit] = []
    for group in groups.values():
        verdict = engine.inspect(Decoded("", group, (), (), ()), to_the_end=tell is not None)
        if tell is not None:
            tell(verdict)
        if verdict.action == "block":
            hits += _hits(verdict, group)
    return hits


def _hits(verdict: Verdict, group: list[Leaf]) -> Iterator[Hit]:
    """A hit for each rule that matched; the one that only adds up and decides is told where there is no other."""
    places = {encoded(leaf.path): leaf for leaf in group}
    found = [match for match in verdict.matches if match.rule.id != verdict.decided_by] or verdict.matches
    for match in found:
        key = match.member.key.partition(b"|")[0] if match.member is not None else b""
        yield Hit(places.get(key, group[0]), str(match.rule.id), match.message.decode("utf-8", "replace"))
    if not found:
        yield Hit(group[0], str(verdict.decided_by or "waf"))
