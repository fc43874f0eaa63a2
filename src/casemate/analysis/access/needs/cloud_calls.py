"""The needs of code that calls the SDKs of Azure and Google."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.azure_operations import actions_of
from casemate.analysis.access.needs.calls import parameters_of
from casemate.analysis.access.needs.google_operations import permissions_of
from casemate.analysis.access.needs.statements import Needed, NotFollowed
from casemate.analysis.code.facts import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.needs.cloud_binding import CloudBinder
    from casemate.analysis.code.facts import CodeFacts, SdkCall

CLOUDS = frozenset({"azure", "google"})


def cloud_needs(entries: Iterable[CodeFacts], binder: CloudBinder) -> tuple[list[Needed], list[NotFollowed]]:
    """What the calls need, one an action and resource in the order of the code, and the calls that are not described.

    Calls of clients that have credentials of their own (a key, a connection string) need nothing of the identity.
    """
    found: dict[tuple[str, str], Needed] = {}
    gaps: list[NotFollowed] = []
    for call in (call for facts in entries for call in facts.calls if call.sdk in CLOUDS):
        if CREDENTIALS in call.parameters:
            continue
        rights = _rights(call)
        if rights is None:
            gaps.append(NotFollowed(call.at, f"the rights behind {call.service}.{call.operation} are not known"))
            continue
        for need in _needed(call, rights, binder):
            known = found.get((need.action, need.resource))
            because = tuple(dict.fromkeys((*(known.because if known else ()), *need.because)))
            conditional = need.conditional and (known is None or known.conditional)
            found[need.action, need.resource] = Needed(need.action, need.resource, conditional, because)
    return list(found.values()), gaps


def _rights(call: SdkCall) -> tuple[tuple[str, bool], ...] | None:
    method = call.operation.replace("_", "").lower()
    if call.sdk == "google":
        return permissions_of(call.service, method)
    found = actions_of(call.service, method)
    return None if found is None else tuple((action, conditional) for action, _, conditional in found)


def _needed(call: SdkCall, rights: tuple[tuple[str, bool], ...], binder: CloudBinder) -> Iterator[Needed]:
    if not rights:
        return
    parameters = parameters_of(call)
    on = binder.on_google if call.sdk == "google" else binder.on_azure
    for resource in on(call.service, parameters):
        for action, conditional in rights:
            yield Needed(action, resource if _below(action) else "*", conditional, (call.at,))


def _below(action: str) -> bool:
    """Whether a right is had on one thing; jobs and sessions of a project are not."""
    return not action.startswith(("bigquery.jobs.", "iam.serviceAccounts."))
