"""Why a verdict is what it is: for each rule that matched, where, after what, and on which text, redacted."""

from typing import TypedDict

from casemate_guard.redact import mask
from casemate_waf.executor import Match, Verdict

_CONTEXT = 20
"""Characters shown before and after what was matched."""
_LONGEST = 120


class Reason(TypedDict):
    """One rule that matched. `span` are the bytes (from, to) of `matched` in the value after `transformations`."""

    rule: int
    severity: str | None
    message: str
    field: str
    transformations: list[str]
    span: tuple[int, int]
    matched: str
    where: str
    """The rule's file and line."""


def explain(verdict: Verdict) -> list[Reason]:
    """The reasons of a verdict, in the order in which the rules matched; secrets in them are masked."""
    return [_reason(match) for match in verdict.matches]


def _reason(match: Match) -> Reason:
    from casemate_waf.transformations import TRANSFORMATIONS

    value = match.member.value if match.member else b""
    for name in match.transformations:
        value = TRANSFORMATIONS[name](value)
    start = max(value.find(match.hit), 0)
    return Reason(
        rule=match.rule.id,
        severity=match.rule.severity,
        message=_shown(match.message),
        field=_shown(match.member.name) if match.member else "",
        transformations=list(match.transformations),
        span=(start, start + len(match.hit)),
        matched=_around(_shown(value), _shown(match.hit)),
        where=f"{match.rule.place.path}:{match.rule.place.line}",
    )


def _around(value: str, hit: str) -> str:
    """The match with a little of what stands around it, cut out of what has been masked as a whole."""
    start = value.find(hit)
    if start < 0:  # the match is part of a secret
        return "[redacted]"
    return value[max(0, start - _CONTEXT) : start + min(len(hit), _LONGEST) + _CONTEXT]


def _shown(text: bytes) -> str:
    return mask(text.decode("utf-8", "backslashreplace"))
