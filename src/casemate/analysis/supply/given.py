"""What the user gives beside the sources: files about exploitation, VEX documents, bills of others, attestations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.analysis.supply.attesting import Attestations
    from casemate.analysis.supply.exploitation import Exploitation
    from casemate.analysis.supply.vex.statements import Vex
    from casemate.sources.lockfiles.bills import Bill


@dataclass(frozen=True, slots=True)
class Given:
    """Each part is None (or empty) when it was not given."""

    exploitation: Exploitation | None = None
    vex: Vex | None = None
    bills: tuple[Bill, ...] = ()
    attestations: Attestations | None = None
