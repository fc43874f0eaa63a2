"""What a rule set says about its audit log: whether to write, about what, and which parts.

The directives are ModSecurity's (Reference Manual v3.x, "SecAuditEngine", "SecAuditLogParts",
"SecAuditLogRelevantStatus", "SecAuditLogFormat"). Where a file of logs goes is the caller's business: the directives
that name files, modes and hosts have no effect here.
"""

import re
from typing import NamedTuple, Self

from casemate_waf.errors import RuleSetError
from casemate_waf.patterns import compiled
from casemate_waf.rules import Matcher, Place

DIRECTIVES = frozenset(("secauditengine", "secauditlogparts", "secauditlogrelevantstatus", "secauditlogformat"))
"""The directives that have an effect."""
ENGINES = {"on": "On", "off": "Off", "relevantonly": "RelevantOnly"}
_PARTS = re.compile(r"[ABCDEFGHIJKZ]+")
_CHANGED = re.compile(r"[+-]?[ABCDEFGHIJKZ]+")
USUAL_PARTS = frozenset("ABCFHZ")
"""What libmodsecurity 3 writes where nothing is said (src/audit_log/audit_log.h, `m_defaultParts`)."""


class Auditing(NamedTuple):
    """`engine` is On, Off or RelevantOnly; `relevant` is the pattern of statuses; `parts` are letters."""

    engine: str = "Off"
    parts: frozenset[str] = USUAL_PARTS
    relevant: Matcher | None = None

    @classmethod
    def of(cls, audit: tuple[tuple[str, str], ...]) -> Self:
        """The settings of `RuleSet.audit`; the last directive of a name holds."""
        said = dict(audit)
        status = said.get("secauditlogrelevantstatus")
        return cls(
            ENGINES[said.get("secauditengine", "off").lower()],
            frozenset(said["secauditlogparts"].upper()) if "secauditlogparts" in said else USUAL_PARTS,
            compiled(bare(status), Place("SecAuditLogRelevantStatus", 1)) if status else None,
        )

    def changed(self, name: str, value: str) -> Self:
        """The settings after `ctl:auditEngine` or `ctl:auditLogParts`."""
        if name == "auditengine":
            return self._replace(engine=ENGINES.get(value.lower(), self.engine))
        letters = frozenset(value.upper()) & frozenset("ABCDEFGHIJKZ")
        if value[:1] == "+":
            return self._replace(parts=self.parts | letters)
        return self._replace(parts=self.parts - letters if value[:1] == "-" else letters)


def bare(pattern: str) -> str:
    """The pattern of `SecAuditLogRelevantStatus`, with the look-ahead of ModSecurity's own example written out.

    `4(?!04)` is "4, but not 404" of a status of three digits.
    """
    return pattern.replace("4(?!04)", "4(?:[1-9][0-9]|0[0-35-9])")


def check(name: str, value: str, place: Place) -> None:
    """Raise `RuleSetError` for a value that a directive does not take."""
    if name == "secauditengine":
        fine = value.lower() in ENGINES
    elif name == "secauditlogparts":
        fine = _PARTS.fullmatch(value.upper()) is not None
    elif name == "secauditlogformat":
        fine = value.lower() in ("json", "native")  # one format is written: JSON
    else:
        compiled(bare(value), place)
        return
    if not fine:
        raise RuleSetError(f"{name} does not take {value[:40]!r}", *place)
