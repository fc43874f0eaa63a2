"""Whether a Principal or NotPrincipal element speaks of a caller, and how directly: that decides what limits the grant.

IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal"; "Evaluating identity-based policies with
resource-based policies" for the consequences.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.analysis.access.evaluation.document import PrincipalPattern
    from casemate.analysis.access.evaluation.request import Caller, Request


class Grade(IntEnum):
    """How a statement names the caller. The higher, the less limits what it grants within one account.

    `ACCOUNT` only delegates to the caller's account, whose own policies decide. `ROLE` names the role of a session
    (or the user who federated): boundary and session policy still limit it. `DIRECT` names the session, user or service
    itself, or everybody: implicit denies elsewhere do not limit it.
    """

    NONE = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


_ANY = frozenset({"*", "AWS"})
_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
_ACCOUNT = re.compile(r"\d{12}")
_NAMED = re.compile(r"arn:[\w-]+:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)", re.DOTALL)
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{12,}")


def quickly(pattern: PrincipalPattern, request: Request) -> Grade | None:
    """How one principal names the caller, where that is plain to see; None where `Principals` has to say it."""
    kind, value = pattern
    if value == "*" and kind in _ANY:
        return Grade.DIRECT
    who = request.caller
    account = who.account
    if account is None:
        return Grade.DIRECT if who.kind == "service" and kind == "Service" and value == who.text else None
    if kind != "AWS" or who.kind == "identity-provider":
        return None
    if value == who.text:
        return Grade.ROLE if who.kind == "role" else Grade.DIRECT
    if value in (account, f"arn:{who.partition}:iam::{account}:root"):
        return Grade.DIRECT if who.kind == "root" else Grade.ACCOUNT
    if value == who.role:
        return Grade.ROLE
    return Grade.NONE if value.startswith("arn:") and f":{account}:" not in value else None


class Principals:
    """The principals of one statement, sorted for look-up."""

    __slots__ = ("accounts", "everyone", "exact", "federated", "ids", "roles", "services", "users")

    def __init__(self, patterns: Iterable[PrincipalPattern]) -> None:
        self.everyone = False
        self.exact: set[str] = set()
        self.services: set[str] = set()
        self.federated: set[str] = set()
        self.accounts: set[str] = set()
        self.roles: set[tuple[str, str]] = set()
        self.users: set[tuple[str, str]] = set()
        self.ids: tuple[str, ...] = ()
        for pattern in patterns:
            self._add(pattern)

    def _add(self, pattern: PrincipalPattern) -> None:
        value = pattern.value
        if pattern.is_everyone:
            self.everyone = True
        elif pattern.type == "Service":
            self.services.add(value)
        elif pattern.type == "Federated":
            self.federated.add(value)
        elif (root := _ROOT.fullmatch(value)) is not None:
            self.accounts.add(root[1])
        elif _ACCOUNT.fullmatch(value):
            self.accounts.add(value)
        else:
            self.exact.add(value)
            named = _NAMED.fullmatch(value)
            if named is not None:
                (self.roles if named[2] == "role" else self.users).add((named[1], named[3]))
            elif _UNIQUE_ID.fullmatch(value):
                self.ids = (*self.ids, value)

    def grade(self, request: Request) -> Grade:
        """How these principals name the caller of `request`."""
        who = request.caller
        if self.everyone:
            return Grade.DIRECT
        if who.account is None:
            return Grade.DIRECT if self._names_outsider(who) else Grade.NONE
        if who.kind == "identity-provider":
            return Grade.DIRECT if who.text in self.federated or "*" in self.federated else Grade.NONE
        named = self._named(who)
        if named is Grade.NONE and self.ids:
            named = self._by_id(request)
        if named is not Grade.NONE:
            return named
        if who.account in self.accounts:
            return Grade.DIRECT if who.kind == "root" else Grade.ACCOUNT
        return Grade.NONE

    def _names_outsider(self, who: Caller) -> bool:
        if who.kind == "service":
            return who.text in self.services or "*" in self.services
        if who.kind == "identity-provider":
            provider = f":oidc-provider/{who.text}"
            return (
                who.text in self.services
                or not self.federated.isdisjoint({who.text, "*"})
                or any(name.endswith(provider) for name in self.federated)
            )
        return who.text in self.exact

    def _named(self, who: Caller) -> Grade:
        account = who.account or ""
        if who.kind == "role":
            return Grade.ROLE if (account, who.role_name) in self.roles else Grade.NONE
        if who.text in self.exact:
            return Grade.DIRECT
        if who.kind == "session" and (account, who.role_name) in self.roles:
            return Grade.ROLE
        # "This session's ARN is based on the original identity that was federated" (Principal page).
        if who.kind == "federated-user" and (account, who.name) in self.users:
            return Grade.ROLE
        return Grade.NONE

    def _by_id(self, request: Request) -> Grade:
        """A deleted and recreated principal stands as its unique id, which begins aws:userid."""
        for user_id in request.context.get("aws:userid", ()):
            head = user_id.partition(":")[0]
            if head in self.ids:
                return Grade.ROLE if head.startswith("AROA") else Grade.DIRECT
        return Grade.NONE

    def excepts(self, request: Request) -> bool:
        """Whether, as a NotPrincipal element, they leave the caller out.

        Only who is named itself is left out: naming its account or, for a session, its role does not do
        ("NotPrincipal": each of account, role and session has to be listed). A caller that is given as a role is
        named by the role.
        """
        if self.everyone:
            return True
        grade = self.grade(request)
        return grade is Grade.DIRECT or (grade is Grade.ROLE and request.caller.kind == "role")
