"""A planned role beside what CloudTrail recorded of the present one: calls that the code does not show are added.

Source: CloudTrail user guide, "CloudTrail record contents" (`eventSource`, `eventName`, `userIdentity`, `errorCode`,
`resources`). Data events (objects, items, invocations) are recorded only where a trail asks for them, so that what is
not recorded is marked and never taken away.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casemate.analysis.access.needs.operations import needs, operation_of, service_of
from casemate.analysis.access.roles.plan import RolePlan, RoleStatement
from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from casemate.analysis.system import System

MAX_BYTES = 200_000_000
_DENIED = ("AccessDenied", "UnauthorizedOperation", "Client.UnauthorizedOperation", "AccessDeniedException")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One action that was recorded: how often, on which resources."""

    action: str
    count: int
    resources: tuple[str, ...]


def with_usage(plan: RolePlan, files: Iterable[Path], system: System) -> RolePlan:
    """The plan with what was recorded of the function's role: added where the code does not show it.

    Raises `UsageError` for a file that is no CloudTrail log.
    """
    names = _names(plan, system)
    found = recorded((event for file in files for event in events_of(file)), names)
    planned = {action for statement in plan.statements for action in statement.actions}
    statements = [_marked(statement, found) for statement in plan.statements]
    for action, use in sorted(found.items()):
        if action not in planned:
            sid = "Recorded" + "".join(part[:1].upper() + part[1:] for part in action.replace("-", "").split(":"))
            comment = f"recorded {use.count} times by CloudTrail, and not seen in the code"
            statements.append(RoleStatement(sid, "Allow", (action,), use.resources or ("*",), (comment,)))
    return replace(plan, statements=tuple(statements))


def _names(plan: RolePlan, system: System) -> frozenset[str]:
    """What sessions of the function's role are called in events: the role's name; of the session, the function's."""
    from casemate.model.value import text_of

    function = plan.needs.function
    role = system.role_of(function) if function is not None else None
    found = {plan.needs.name}
    for entity, key in ((function, "FunctionName"), (role, "RoleName")):
        if entity is not None:
            found |= {entity.name, entity.resource.key, text_of(entity.resource.properties.get(key)) or ""}
    return frozenset(found - {""})


def _marked(statement: RoleStatement, found: dict[str, Recorded]) -> RoleStatement:
    known = [f"{action} {found[action].count} times" for action in statement.actions if action in found]
    words = f"recorded by CloudTrail: {', '.join(known)}" if known else "not recorded by CloudTrail"
    return replace(statement, comments=(*statement.comments, words))


def recorded(events: Iterable[dict[str, Any]], names: frozenset[str]) -> dict[str, Recorded]:
    """The actions that sessions of these names used, without what was refused."""
    counts: dict[str, int] = {}
    resources: dict[str, dict[str, None]] = {}
    for event in events:
        if not _is_theirs(event, names) or str(event.get("errorCode", "")) in _DENIED:
            continue
        client = service_of(str(event.get("eventSource", "")).partition(".")[0])
        known = operation_of(client, _operation(str(event.get("eventName", "")))) if client else None
        if known is None:
            continue
        arns = [str(one["ARN"]) for one in event.get("resources") or () if isinstance(one, dict) and one.get("ARN")]
        for need in needs(*known, ()):
            if need.conditional:
                continue
            counts[need.action] = counts.get(need.action, 0) + 1
            resources.setdefault(need.action, {}).update(dict.fromkeys(arns))
    return {action: Recorded(action, count, tuple(resources[action])) for action, count in counts.items()}


def _operation(name: str) -> str:
    """Event names of Lambda carry the version of its API: `GetFunction20150331v2`."""
    head = name.rstrip("v0123456789")
    return head if len(name) - len(head) >= 8 else name


def _is_theirs(event: dict[str, Any], names: frozenset[str]) -> bool:
    identity = event.get("userIdentity")
    if not isinstance(identity, dict) or identity.get("type") != "AssumedRole":
        return False
    parts = str(identity.get("arn", "")).split("/")
    return len(parts) >= 3 and (parts[-2] in names or parts[-1] in names)


def events_of(file: Path) -> Iterator[dict[str, Any]]:
    """The events of a CloudTrail file (`Records`, or one a line), gzipped or not. Raises `UsageError`."""
    try:
        data = file.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(file) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UsageError(f"{file} is larger than {MAX_BYTES} bytes")
        text = data.decode("utf-8", "replace").strip()
        try:
            whole = json.loads(text)
            found = whole.get("Records", [whole]) if isinstance(whole, dict) else whole
        except ValueError:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise UsageError(f"{file} is no CloudTrail log: {error}", hint="give a file with `Records`") from error
    yield from (one for one in found if isinstance(one, dict))
