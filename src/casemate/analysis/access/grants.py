"""What a role is granted, as one set.

Every statement that reaches it, AWS managed policies written out, denies and boundary applied.

This answers coarse questions ("may it do X on any resource?"); the full decision engine is another capability.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access import managed
from casemate.analysis.access.catalogue import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.policy import Role

_ARN_PARTS = 6
_NAMED_FIRST = frozenset({"sqs", "sns", "execute-api", "codecommit"})
"""Services whose ARNs name the resource where others name its type (Service Authorization Reference)."""
_UP_TO_WILDCARD = re.compile(r"[^*?]*")


@dataclass(frozen=True, slots=True)
class Grant:
    """One allowed (or denied) set of actions on a set of resources.

    `resources`: patterns with `${Name.Attribute}` for what deployment fills in; `targets`: ids of the entities that
    they refer to; `conditions`: (operator, key, values), lower-case keys.
    """

    allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    targets: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    origin: str
    owner: str
    at: Span
    known: bool = True

    def covers(self, action: str) -> bool:
        """Whether the grant speaks of `action` (`iam:PassRole`)."""
        if self.not_actions:
            return not any(matches(pattern, action) for pattern in self.not_actions)
        return any(matches(pattern, action) for pattern in self.actions)

    @property
    def unlimited(self) -> bool:
        """Whether it holds on every resource of its kind: `*`, or an ARN whose resource part is only wildcards."""
        return any(is_unlimited(resource) for resource in self.resources)

    def passes_to(self, service: str) -> bool:
        """Whether a condition on `iam:PassedToService`, if there is one, allows this service."""
        for operator, key, values in self.conditions:
            kind = operator.lower().split(":")[-1]
            if key != "iam:passedtoservice" or kind == "null":
                continue
            if any(matches(value, service) for value in values) == ("not" in kind):
                return False
        return True


class Grants:
    """Everything that one role is granted and denied."""

    def __init__(self, role: Role, inventory: Inventory) -> None:
        self.role = role
        self._inventory = inventory

    @cached_property
    def all(self) -> tuple[Grant, ...]:
        """Every grant, in the order of the files; managed policies last."""
        return (*_declared(self.role), *_managed(self.role))

    @cached_property
    def _boundary(self) -> tuple[Grant, ...] | None:
        """The grants of the permissions boundary, or None when there is none or it is not known."""
        from casemate.model.policy import Role

        boundary = self.role.boundary
        if boundary is None:
            return None
        declared = next((self._inventory.find(target, Role) for target in boundary.targets), None)
        if declared is not None:
            return tuple(_declared(declared))
        statements = managed.managed_policy(boundary.text)
        return (
            None if statements is None else tuple(_written_out(statements, boundary.text, self.role.name, boundary.at))
        )

    def allowing(self, action: str) -> tuple[Grant, ...]:
        """The Allow grants for `action`.

        None when an unconditional Deny on everything or the boundary takes it away.
        """
        found = tuple(grant for grant in self.all if grant.allow and grant.covers(action))
        if not found:
            return ()
        if any(
            not grant.allow and not grant.conditions and grant.covers(action) and grant.unlimited for grant in self.all
        ):
            return ()
        if self._boundary is not None and not any(grant.allow and grant.covers(action) for grant in self._boundary):
            return ()
        return found

    @property
    def admin(self) -> bool:
        """Whether it may do everything on everything."""
        if any(managed.is_admin(policy.term.text) for policy in self.role.managed):
            return True
        return any(
            grant.allow and not grant.conditions and "*" in grant.resources and _everything(grant) for grant in self.all
        )


def _everything(grant: Grant) -> bool:
    return any(pattern in {"*", "*:*"} for pattern in grant.actions)


def _declared(role: Role) -> Iterator[Grant]:
    for statement in role.statements:
        known = all(term.known for term in (*statement.actions, *statement.not_actions))
        yield Grant(
            allow=statement.effect == "Allow",
            actions=tuple(term.text for term in statement.actions if term.known),
            not_actions=tuple(term.text for term in statement.not_actions if term.known),
            # everything but a few may be allowed like everything; denied, it still leaves the few
            resources=tuple(term.text for term in statement.resources)
            or (("*",) if statement.not_resources and statement.effect == "Allow" else ()),
            targets=tuple(target for term in statement.resources for target in term.targets),
            conditions=tuple(
                (condition.operator, condition.key.lower(), tuple(term.text for term in condition.values))
                for condition in statement.conditions
            ),
            origin=statement.origin,
            owner=statement.owner,
            at=statement.at,
            known=known,
        )


def _managed(role: Role) -> Iterator[Grant]:
    for policy in role.managed:
        statements = managed.managed_policy(policy.term.text)
        if statements is not None:
            yield from _written_out(statements, policy.term.text, policy.owner, policy.term.at)


def _written_out(statements: tuple[managed.ManagedStatement, ...], name: str, owner: str, at: Span) -> Iterator[Grant]:
    for statement in statements:
        yield Grant(
            allow=statement.effect == "Allow",
            actions=statement.actions,
            not_actions=statement.not_actions,
            resources=statement.resources or ("*",),
            targets=(),
            conditions=tuple(
                (condition.operator, condition.key.lower(), condition.values) for condition in statement.conditions
            ),
            origin=f"managed policy {name.rsplit('/', 1)[-1]}",
            owner=owner,
            at=at,
        )


@lru_cache(maxsize=65_536)
def matches(pattern: str, text: str) -> bool:
    """IAM's wildcard match, without case: `*` any run, `?` one character.

    >>> matches("iam:Pass*", "iam:PassRole")
    True
    """
    pattern, text = pattern.lower(), text.lower()
    prefix = _UP_TO_WILDCARD.match(pattern)
    start = prefix[0] if prefix else ""
    if len(start) == len(pattern):
        return pattern == text
    if not text.startswith(start):
        return False
    if pattern == start + "*":
        return True
    expression = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def is_unlimited(resource: str) -> bool:
    """Whether a resource pattern fixes no resource.

    `*`, `arn:aws:iam::*:role/*`, `arn:aws:lambda:eu-west-1:123456789012:function:*`.

    The resource type may be named; everything after it must be wildcards.
    """
    if resource == "*":
        return True
    parts = resource.split(":", 5)
    if len(parts) < _ARN_PARTS:
        return False
    tail = re.split(r"[:/]", parts[5])
    named_first = parts[2] in _NAMED_FIRST or (parts[2] == "s3" and not parts[4])  # a bucket, not `accesspoint/…`
    rest = tail[:1] if named_first else tail[1:] if len(tail) > 1 else tail
    return all(piece == "" or not piece.strip("*") for piece in rest)


def service_wildcards(pattern: str) -> str | None:
    """The service of a pattern that stands for all of its actions (`s3:*`), else None."""
    service, colon, name = pattern.partition(":")
    return service.lower() if colon and name and not name.strip("*") else None


def includes_permissions_management(pattern: str) -> bool:
    """Whether a partial wildcard (`iam:*Policy`) reaches actions that change who may do what."""
    from casemate.analysis.access.catalogue import levels

    return "*" in pattern and bool(expand(pattern)) and "Permissions management" in levels(pattern)
