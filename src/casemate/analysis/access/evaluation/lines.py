"""Cases as JSON Lines, where the same policies stand in many lines: their text is looked up, not decoded again.

A line is cut at its member `policies` and put together again from its decoded head, its tail and policies that are
known by their text. The cut is taken only when head and tail are JSON objects of their own, and the text between them
was decoded before as one whole value: then the line is the object that it looks like. Everything else is decoded in
full, so no spelling of a case is read differently for it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.analysis.access.evaluation.cases import case_from_json, request_of
from casemate.analysis.access.evaluation.quick import Documents

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.evaluation.request import Request

_decode = json.JSONDecoder().raw_decode
_KEY = '"policies":'
_REQUEST = re.compile(r',\s*"request"\s*:')
_REMEMBERED = 4096
_BYTES_REMEMBERED = 64 * 1024 * 1024
_SETTINGS = frozenset({"block_public_access", "management_account"})


class Lines:
    """Reads lines; remembers the policies of those that it read, by text."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, object], Policies] = {}
        self._size = 0
        self._documents = Documents()

    def __len__(self) -> int:
        """How many policies it remembers."""
        return len(self._known)

    def read(self, text: str) -> tuple[object, Request, Policies]:
        """Name, request and policies of one line.

        Raises `ValueError` for what is no JSON, `UsageError` for what is no case; then `name_in` tells the name.
        """
        cut = text.find(_KEY)
        if cut > 0:
            value, fields = _cut(text, cut)
            if fields is not None:
                settings = _settings(fields)
                known = self._known.get((value, settings))
                if known is not None:
                    return fields.get("name"), request_of(fields), known
                quick = self._documents.policies(value) if not settings else None
                if quick is not None:
                    request = request_of(fields)
                    self._keep(value, settings, quick)
                    return fields.get("name"), request, quick
                decoded = _object(value)
                if decoded is not None:
                    request, policies = case_from_json({**fields, "policies": decoded})
                    self._keep(value, settings, policies)
                    return fields.get("name"), request, policies
        case = json.loads(text)
        request, policies = case_from_json(case)
        return case.get("name"), request, policies

    def _keep(self, value: str, settings: object, policies: Policies) -> None:
        if len(self._known) >= _REMEMBERED or self._size + len(value) > _BYTES_REMEMBERED:
            self._known.clear()
            self._size = 0
        self._known[value, settings] = policies
        self._size += len(value)


def name_in(text: str) -> object:
    """The name of a case that could not be read, as far as it can be told."""
    try:
        case = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return case.get("name") if isinstance(case, dict) else None


def _cut(text: str, at: int) -> tuple[str, dict[str, object] | None]:
    """The text of the policies as it may be, and the members beside them, None where it cannot be cut there.

    The policies stand last, or before the request.
    """
    head, value = text[:at].rstrip(), text[at + len(_KEY) :].strip()
    before = _object(head.removesuffix(",") + "}")
    if before is None or (head[-1] != "," if before else head != "{"):
        return "", None
    if "request" in before:
        value, fields = value[:-1].rstrip(), before if value.endswith("}") else None
    else:
        following = _REQUEST.search(value)
        if following is None:
            return "", None
        value, fields = value[: following.start()].rstrip(), _object("{" + value[following.start() + 1 :])
        if fields is not None:
            fields = {**before, **fields}
    return value, None if fields is None or "policies" in fields else fields


def _object(text: str) -> dict[str, object] | None:
    """A JSON object without anything around it: `json.loads` without its care for spaces."""
    try:
        found, end = _decode(text, 0)
    except ValueError:
        return None
    return found if isinstance(found, dict) and end == len(text) else None


def _settings(fields: dict[str, object]) -> str:
    """What else of a case the policies depend on, as a key."""
    request = fields.get("request")
    if _SETTINGS.isdisjoint(fields) and isinstance(request, dict) and _SETTINGS.isdisjoint(request):
        return ""
    given = [
        (name, each[name])
        for each in (fields, request)
        if isinstance(each, dict)
        for name in sorted(_SETTINGS)
        if name in each
    ]
    return repr(given)
