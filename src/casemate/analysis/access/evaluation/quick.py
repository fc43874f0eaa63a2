"""Cases as they come in JSON Lines, most of which nobody has seen before: decoded and checked in one pass.

A line is decoded by types, its policies are kept as their bytes first: what stands in many lines is looked up by them.
What is not plainly well-formed is left to `cases`, which reads everything and says what is wrong: this module only ever
says "not me".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from casemate.analysis.access.evaluation.plain import Document, NotPlainError, Scalar, group_of, text_of
from casemate.analysis.access.evaluation.policies import Policies
from casemate.analysis.access.evaluation.request import Request

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.compiled import Group
    from casemate.analysis.access.evaluation.document import PolicyKind

_REMEMBERED: Final = 4096
_ONCE: Final = 1024
"""What is kept of that which was met twice, and of that which was met once and may come again."""
_LARGEST: Final = 32 * 1024
"""Bytes of policies that are kept: larger ones than any that AWS stores would fill the memory."""
_ABSENT: Final = Raw(b"null")

_Blocked: TypeAlias = bool | UnsetType | None
_Managed: TypeAlias = bool | str | UnsetType | None
_Kind: TypeAlias = Document | list[Document] | None


class _Asked(Struct, forbid_unknown_fields=True, gc=False):
    """The request of a case."""

    principal: str
    action: str
    resource: str
    resource_account: str | None = None
    context: dict[str, Scalar | list[Scalar] | None] | None = None
    block_public_access: _Blocked = UNSET
    management_account: _Managed = UNSET


class _Case(Struct, gc=False):
    """A line. What else stands in it is of no concern."""

    request: _Asked
    policies: Raw = _ABSENT
    name: Any = None
    block_public_access: _Blocked = UNSET
    management_account: _Managed = UNSET


class _Given(Struct, forbid_unknown_fields=True, gc=False):
    """The policies of a case by kind; those of an organisation, which come again and again, still as their text."""

    identity: _Kind = None
    resource: _Kind = None
    boundary: _Kind = None
    session: _Kind = None
    endpoint: _Kind = None
    scps: Raw = _ABSENT
    rcps: Raw = _ABSENT
    block_public_access: _Blocked = UNSET
    management_account: _Managed = UNSET


NOT_PLAIN: Final = (msgspec.MsgspecError, NotPlainError, RecursionError, UnicodeError)
"""What `Cases.read` raises for what it leaves to others."""

_case = msgspec.json.Decoder(_Case).decode
_given = msgspec.json.Decoder(_Given).decode
_levels = msgspec.json.Decoder(list[list[Document]]).decode


class _Kept:
    """What was met by its bytes: that which comes again stays, that which came once goes when its time is over."""

    __slots__ = ("_again", "_once")

    def __init__(self) -> None:
        self._again: dict[object, Any] = {}
        self._once: dict[object, Any] = {}

    def __len__(self) -> int:
        return len(self._again) + len(self._once)

    def find(self, key: object) -> Any:  # noqa: ANN401 - what was kept under it
        """What stands under a key, None for nothing."""
        found = self._again.get(key)
        if found is None and (found := self._once.pop(key, None)) is not None:
            if len(self._again) >= _REMEMBERED:
                self._again.clear()
            self._again[key] = found
        return found

    def keep(self, key: object, found: object) -> None:
        """Keep what is new, for a while."""
        if len(self._once) >= _ONCE:
            self._once.clear()
        self._once[key] = found


class Cases:
    """Reads lines; keeps policies that come again, by their bytes."""

    def __init__(self) -> None:
        self._policies = _Kept()
        self._groups = _Kept()

    def __len__(self) -> int:
        """How many policies it remembers."""
        return len(self._policies)

    def read(self, line: bytes | str) -> tuple[object, Request, Policies]:
        """Name, request and policies of one line; raises one of `NOT_PLAIN`, or `UsageError`."""
        case = _case(line)
        asked = case.request
        if not (asked.principal and asked.action and asked.resource):
            raise NotPlainError
        context: dict[str, tuple[str, ...]] = {}
        if asked.context:
            for key, value in asked.context.items():
                if isinstance(value, str):
                    context[key] = (value,)
                elif value is not None:
                    context[key] = tuple([text_of(one) for one in (value if isinstance(value, list) else (value,))])
        request = Request(asked.principal, asked.action, asked.resource, asked.resource_account, context)
        text = bytes(case.policies)
        blocked, managed = asked.block_public_access, asked.management_account
        if blocked is UNSET:
            blocked = case.block_public_access
        if managed is UNSET:
            managed = case.management_account
        known = text if blocked is UNSET is managed else (text, blocked, managed)
        policies: Policies | None = self._policies.find(known)
        if policies is None:
            policies = self._read(text, blocked, managed, request.action)
            if len(text) <= _LARGEST:
                self._policies.keep(known, policies)
        return case.name, request, policies

    def _read(self, text: bytes, blocked: _Blocked, managed: _Managed, action: str) -> Policies:
        """Policies that were not met before. `blocked`, `managed`: the settings that stand beside them."""
        given = _given(text)
        if given.block_public_access is not UNSET:
            blocked = given.block_public_access
        if given.management_account is not UNSET:
            managed = given.management_account
        resource = given.resource
        if isinstance(resource, list) and len(resource) > 1:
            raise NotPlainError
        return Policies(
            identity=group_of(given.identity or [], "identity", action),
            resource=group_of(resource, "resource", action) if resource else None,
            boundary=group_of(given.boundary, "boundary", action) if given.boundary else None,
            session=group_of(given.session, "session", action) if given.session else None,
            endpoint=group_of(given.endpoint, "endpoint", action) if given.endpoint else None,
            scps=None if given.scps is _ABSENT else self._several(given.scps, "scp", action),
            rcps=None if given.rcps is _ABSENT else self._several(given.rcps, "rcp", action),
            block_public_access=blocked is True,
            management_account=None if isinstance(managed, UnsetType) else managed,
        )

    def _several(self, raw: Raw, kind: PolicyKind, action: str) -> tuple[Group, ...] | None:
        """The levels of an organisation."""
        data = bytes(raw)
        if data == b"null":
            return None
        found: tuple[Group, ...] | None = self._groups.find((kind, data))
        if found is None:
            found = tuple([group_of(level, kind, action, number) for number, level in enumerate(_levels(data), 1)])
            if len(data) <= _LARGEST:
                self._groups.keep((kind, data), found)
        return found
