"""A decision in words: what decided, where it stands, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.evaluation.compiled import Group
from casemate.analysis.access.evaluation.evaluate import Answer, Because, Decision, decide
from casemate.analysis.access.evaluation.principals import Grade
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.evaluation.document import Condition
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.evaluation.request import Request

_WORDS: dict[Answer, str] = {
    "allowed": "allowed",
    "explicit-deny": "denied explicitly",
    "implicit-deny": "denied because nothing allows it",
}
_SHOWN = 4
"""Near misses that are told; more help nobody."""


def reason(because: Because) -> dict[str, object]:
    """One reason as plain data: what `access decide` prints in `because`."""
    return told(because.text, because.group, None if because.hit is None else because.hit.statement)


def told(text: str, group: Group | None, deciding: Compiled | None) -> dict[str, object]:
    """As `reason`, of its parts: the same parts come back many times, and their text can be kept."""
    found: dict[str, object] = {}
    if group is not None:
        found["policy"] = group.kind
        if group.level is not None:
            found["level"] = group.level
    if deciding is not None:
        statement = deciding.statement
        found["document"] = deciding.document
        found["statement"] = statement.index
        found["sid"] = deciding.sid
        found["effect"] = "Allow" if deciding.allow else "Deny"
        if statement.at is not None:
            found["path"] = statement.at.path
            found["line"] = statement.at.start_line
    found["reason"] = text
    return found


def where(each: Compiled) -> str:
    """A statement as people find it: its place, or its document, and its Sid or number."""
    at = each.statement.at
    place = each.policy.name or each.kind
    return f"{each.statement.label} of {place}" + (f" ({at.path}:{at.start_line})" if at else "")


def changes(decision: Decision, policies: Policies) -> list[str]:
    """What would change the answer, the nearest first: each a sentence without a full stop."""
    request = decision.request
    if decision.answer == "implicit-deny":
        return list(_missing(decision, request))
    found: list[str] = []
    for because in decision.because:
        if because.hit is None:
            continue
        each = because.hit.statement
        other = decide(request, _without(policies, each)).answer
        found.append(f"without {where(each)} the request would be {_WORDS[other]}")
        if not each.statement.allow:
            found.extend(_escapes(each, request))
    return found


def _escapes(each: Compiled, request: Request) -> Iterator[str]:
    for condition in each.statement.conditions:
        yield f"it applies since {_told(condition, request)}"


def _missing(decision: Decision, request: Request) -> Iterator[str]:
    for because in decision.because:
        group = because.group
        if group is None:
            continue
        near = [text for each in _allows(group) if (text := _near(each, request)) is not None]
        yield from near[:_SHOWN]
        action, resource = request.action_written, request.resource
        if group.level is not None and not group.count:
            yield f"attach a policy to level {group.level}: one without any denies all (AWS attaches full access)"
        elif group.kind == "rcp":
            yield f"list RCPFullAWSAccess, which AWS attaches everywhere, among the {group.label}"
        else:
            yield f"a statement of the {group.label} that allows {action} on {resource} is needed"


def _allows(group: Group) -> Iterator[Compiled]:
    for statements in group.statements:
        for each in statements:
            if each.statement.allow:
                yield each


def _near(each: Compiled, request: Request) -> str | None:
    """Why an Allow does not apply, when only one thing is missing."""
    if not each.speaks_of_action(request.action):
        return None
    on_resource, named = each.speaks_of_resource(request), each.grade(request) is not Grade.NONE
    failing = each.failing(request)
    if on_resource and named and failing:
        told = "; ".join(_told(condition, request, failing=True) for condition in failing)
        return f"{where(each)} would allow it, but {told}"
    if not on_resource and named and not failing:
        patterns = each.statement.resources or each.statement.not_resources
        negation = "" if each.statement.resources else "all but "
        return f"{where(each)} allows the action on {negation}{_some(patterns)}, not on {request.resource}"
    if on_resource and not named and not failing:
        return f"{where(each)} allows it to other principals than {request.caller.text}"
    return None


def _told(condition: Condition, request: Request, *, failing: bool = False) -> str:
    operator, key = condition.written
    values = request.context.get(condition.key)
    given = "is missing from the request" if values is None else f"is {_some(values)}"
    sense = "does not hold" if failing else "holds"
    return f"{operator} {key} {_some(condition.values)} {sense}: {key} {given}"


def _some(texts: Iterable[str]) -> str:
    listed = [repr(text) for text in texts]
    shown = ", ".join(listed[:_SHOWN])
    return f"{shown}, …" if len(listed) > _SHOWN else shown or "nothing"


def _without(policies: Policies, each: Compiled) -> Policies:
    """The same policies, but for one statement."""

    def group(given: Group | None) -> Group | None:
        if given is None or each.policy not in given.policies:
            return given
        kept = tuple(statement for statement in each.policy.statements if statement is not each.statement)
        rest = tuple(replace(policy, statements=kept) if policy is each.policy else policy for policy in given.policies)
        return Group(rest, given.kind, given.level)

    def levels(given: tuple[Group, ...] | None) -> tuple[Group, ...] | None:
        return None if given is None else tuple(group(level) or level for level in given)

    return replace(
        policies,
        identity=group(policies.identity) or policies.identity,
        resource=group(policies.resource),
        boundary=group(policies.boundary),
        session=group(policies.session),
        endpoint=group(policies.endpoint),
        scps=levels(policies.scps),
        rcps=levels(policies.rcps),
    )
