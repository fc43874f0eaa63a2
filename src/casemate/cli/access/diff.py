"""`casemate access diff`: what roles grant and no function needs, and what functions need and no role grants."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from casemate.cli import inputs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate.analysis.access.needs.cloud_comparing import IdentityComparison
    from casemate.analysis.access.needs.comparing import Unused
    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.access.needs.roles import RoleComparison
    from casemate.analysis.access.needs.statements import Needed
    from casemate.analysis.system import System

_SHOWN = 8
_MOST = 200
"""Permissions of one binding that are written at most: a basic role has thousands."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access diff`."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="what to scan (default: here)")
    inputs.flags(parser)
    inputs.config_flag(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")


def run(args: argparse.Namespace) -> int:
    """Print the comparison of every role; 0 whatever it says, 3 when nothing could be compared."""
    from casemate.analysis.access.needs.cloud_comparing import identities
    from casemate.analysis.access.needs.gathering import function_needs
    from casemate.analysis.access.needs.roles import compared

    system = inputs.system_of(args)
    needs = function_needs(system)
    found = list(compared(system, needs))
    others = list(identities(system, needs))
    seen = {each.function.id for one in others for each in one.needs if each.function is not None}
    alone = [one for one in needs.values() if one.function is not None and system.role_of(one.function) is None
             and one.function.id not in seen]  # fmt: skip
    if args.format == "json":
        lines = [*(as_json(one, system) for one in found), *(_identity_json(one) for one in others),
                 *(_alone_json(one) for one in alone)]  # fmt: skip
        sys.stdout.write(json.dumps({"roles": lines}, indent=2, ensure_ascii=False) + "\n")
    else:
        for one in found:
            sys.stdout.write("\n".join(_lines(one, system)) + "\n\n")
        for other in others:
            sys.stdout.write("\n".join(_identity_lines(other)) + "\n\n")
        for needed in alone:
            sys.stdout.write(f"{needed.name}: {_without_role(needed)}\n")
    return 0 if found or others or alone else 3


def as_json(one: RoleComparison, system: System) -> dict[str, object]:
    """One role: `unused`, `missing`, and the reasons why it cannot be complete."""
    comparison = one.comparison
    return {
        "role": one.role.name,
        "path": one.role.at.path,
        "line": one.role.at.start_line,
        "functions": [needs.name for needs in one.needs],
        "complete": one.complete,
        "unused": [_unused(unused, system) for unused in comparison.unused] if comparison is not None else [],
        "missing": [_missing(need) for need in comparison.missing] if comparison is not None else [],
        "not_followed": list(one.reasons),
    }


def _unused(unused: Unused, system: System) -> dict[str, object]:
    from casemate.analysis.access.needs.roles import reached

    grant = unused.grant
    return {
        "granted": list(grant.actions),
        "Resource": list(grant.resources),
        "origin": grant.origin,
        "path": grant.at.path,
        "line": grant.at.start_line,
        "unused": list(unused.actions),
        "used": list(unused.used),
        "writes": unused.writes,
        "reaches": list(reached(grant, unused.actions, system)),
    }


def _missing(need: Needed) -> dict[str, object]:
    return {
        "Action": need.action,
        "Resource": need.resource,
        "because": [{"path": at.path, "line": at.start_line} for at in need.because],
    }


def _identity_json(one: IdentityComparison) -> dict[str, object]:
    """One identity of Azure or Google, in the form of a role; `needless`: nothing of the binding is needed."""
    return {
        "role": one.identity.name,
        "path": one.identity.at.path,
        "line": one.identity.at.start_line,
        "functions": [needs.name for needs in one.needs],
        "complete": one.complete,
        "unused": [
            {
                "granted": unused.granted.binding.role.text,
                "Resource": unused.granted.binding.scope.text,
                "path": unused.granted.binding.at.path,
                "line": unused.granted.binding.at.start_line,
                "unused": list(unused.actions[:_MOST]),
                "used": list(unused.used),
                "needless": unused.needless,
            }
            for unused in one.unused
        ],
        "missing": [_missing(need) for need in one.missing],
        "not_followed": [*one.reasons, *one.open],
    }


def _identity_lines(one: IdentityComparison) -> Iterator[str]:
    names = ", ".join(needs.name for needs in one.needs)
    yield f"{one.identity.name}  {one.identity.at.path}:{one.identity.at.start_line}  identity of {names}"
    if one.unused:
        yield "  granted, never needed"
        for unused in one.unused:
            binding = unused.granted.binding
            yield f"    {binding.at.path}:{binding.at.start_line}  {_some(unused.actions)}"
            yield f"      granted as {binding.role.text} on {binding.scope.text}"
            yield f"      needed of it: {_some(unused.used) if unused.used else 'nothing'}"
    if one.missing:
        yield "  needed, not granted: fails when it runs"
        for need in one.missing:
            places = ", ".join(f"{at.path}:{at.start_line}" for at in need.because[:4])
            yield f"    {places}  {need.action} on {need.resource}"
    if one.reasons:
        yield "  not followed, so nothing is called unneeded"
        yield from (f"    {reason}" for reason in one.reasons)
    if one.open:
        yield "  not known, so nothing is called missing"
        yield from (f"    {reason}" for reason in one.open)
    elif not one.unused and not one.missing and not one.reasons:
        yield "  grants what is needed"


def _alone_json(needs: FunctionNeeds) -> dict[str, object]:
    return {"role": None, "functions": [needs.name], "complete": False, "unused": [], "missing": [],
            "not_followed": [_without_role(needs)]}  # fmt: skip


def _without_role(needs: FunctionNeeds) -> str:
    function = needs.function
    if function is not None and function.cloud != "aws":
        return "no identity of it was found in the scanned files"
    if function is not None and function.kind != "lambda":
        return "it is no Lambda function"
    return "its role is declared elsewhere"


def _lines(one: RoleComparison, system: System) -> Iterator[str]:
    from casemate.analysis.access.needs.roles import reached

    names = ", ".join(needs.name for needs in one.needs)
    yield f"{one.role.name}  {one.role.at.path}:{one.role.at.start_line}  role of {names}"
    comparison = one.comparison
    if comparison is not None and comparison.unused:
        yield "  granted, never needed"
        for unused in comparison.unused:
            grant = unused.grant
            yield f"    {grant.at.path}:{grant.at.start_line}  {_some(unused.actions)}"
            yield f"      granted as {_some(grant.actions)} on {_some(grant.resources)} ({grant.origin})"
            if unused.used:
                yield f"      needed of it: {_some(unused.used)}"
            things = reached(grant, unused.actions, system)
            if things:
                yield f"      reaches {_some(things)}"
    if comparison is not None and comparison.missing:
        yield "  needed, not granted: fails when it runs"
        for need in comparison.missing:
            places = ", ".join(f"{at.path}:{at.start_line}" for at in need.because[:4])
            yield f"    {places}  {need.action} on {need.resource}"
    if one.reasons:
        yield "  not followed, so nothing is called unneeded"
        yield from (f"    {reason}" for reason in one.reasons)
    elif comparison is not None and not comparison.unused and not comparison.missing:
        yield "  grants what is needed"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
