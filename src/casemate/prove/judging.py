"""The verdict on one call of a handler: the sink's arguments (or the response) are read by the grammar they are of.

Decided here, outside of the sandbox, from what was observed. A crash, a time-out or the mere presence of a payload
decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.prove.misuses import MISUSES, misuse
from casemate.prove.verdicts import queries, reaching, responses, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.prove.case import Case
    from casemate.prove.observing import Hit, Seen


def verdict(kind: str, case: Case, hits: list[Hit], seen: Seen) -> str:
    """How the data broke out; an empty text when it did not. Without a hit of the sink nothing is proven."""
    if kind in MISUSES:
        return misuse(kind, case.callee, hits)
    judge = _JUDGES.get(kind)
    if judge is None or not hits:
        return ""
    for hit in hits:
        found = judge(case, hit, seen)
        if found:
            return found
    return ""


_JUDGES: dict[str, Callable[[Case, Hit, Seen], str]] = {
    "command": running.command,
    "code": running.code,
    "sql": queries.sql,
    "nosql": queries.nosql,
    "path": reaching.path,
    "ssrf": reaching.ssrf,
    "xxe": reaching.xxe,
    "deserialization": running.read_object,
    "xss": responses.page,
    "redirect": responses.redirect,
    "template": running.template,
    "xpath": queries.xpath,
    "ldap": queries.ldap,
    "log": reaching.log,
    "header": responses.header,
    "sensitive-log": reaching.disclosed,
    "trust-boundary": reaching.kept,
    "dynamic-import": reaching.loaded,
    "chosen-resource": reaching.resource,
    "verbose-error": responses.error,
}
