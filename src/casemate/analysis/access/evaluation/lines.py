"""Cases as JSON Lines: each is read the quick way where it is plainly well-formed, else with all care.

No spelling of a case is read differently for it: the quick way refuses what it does not wholly understand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.quick import NOT_PLAIN, Cases
from casemate.errors import UsageError

if TYPE_CHECKING:
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.evaluation.request import Request


class Lines:
    """Reads lines; remembers policies that come again."""

    def __init__(self) -> None:
        self._cases = Cases()
        self._quick = self._cases.read

    def __len__(self) -> int:
        """How many policies it remembers."""
        return len(self._cases)

    def read(self, text: bytes | str) -> tuple[object, Request, Policies]:
        """Name, request and policies of one line, in UTF-8 where it is bytes.

        Raises `ValueError` for what is no JSON, `UsageError` for what is no case; then `name_in` tells the name.
        """
        try:
            return self._quick(text)
        except (*NOT_PLAIN, UsageError):
            case = json.loads(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
        request, policies = case_from_json(case)
        return case.get("name"), request, policies


def name_in(text: bytes | str) -> object:
    """The name of a case that could not be read, as far as it can be told."""
    try:
        case = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return case.get("name") if isinstance(case, dict) else None
