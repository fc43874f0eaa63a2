"""`casemate waf test --audit FILE`: the audit log of a rule set, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    from casemate_waf.executor import Verdict
    from casemate_waf.message import Request, Response
    from casemate_waf.rules import RuleSet


class AuditFile:
    """Writes what the rule set wants audited. One that says nothing about it is audited as `RelevantOnly`.

    `at`: the time of every entry, in seconds since 1970. Raises `UsageError` when the file cannot be written.
    """

    def __init__(self, rules: RuleSet, path: str, at: float) -> None:
        from casemate_waf.audit import Auditor

        said = any(name == "secauditengine" for name, _ in rules.audit)
        self._auditor = Auditor(rules, engine=None if said else "RelevantOnly")
        self._at = at
        self._path = path
        try:
            Path(path).write_bytes(b"")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None

    def write(self, case: object, message: object, verdict: Verdict) -> None:
        """Write about one case: a request and its response, or an event."""
        from casemate_guard.events.decode import decode
        from casemate_waf.audit import Case
        from casemate_waf.executor import BEARER

        name = "" if case is None else str(case)
        if isinstance(message, tuple):
            exchange: tuple[Request, Response | None] = message
            what = Case(name, self._at, *exchange)
        else:
            body = json.dumps(message).encode("utf-8", "replace")
            what = Case(name, self._at, BEARER._replace(body=body), event=decode(message))
        entry = self._auditor.entry(verdict, what)
        if entry is None:
            return
        try:
            with Path(self._path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as error:
            raise UsageError(f"{self._path} cannot be written: {error.strerror}") from None
