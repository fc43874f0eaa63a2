"""What the analysis of a system's code gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.analysis.code.facts import CodeFacts
    from casemate.model.diagnostic import Diagnostic, Input


@dataclass(frozen=True, slots=True)
class CodeResult:
    """Facts of every entry, with the files that were looked at and the problems met."""

    facts: tuple[CodeFacts, ...] = ()
    inputs: tuple[Input, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
