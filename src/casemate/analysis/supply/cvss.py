"""CVSS base scores from vectors: 3.0 and 3.1 (FIRST, "CVSS v3.1 Specification", section 7.1) and 2.0 (section 3.2.1).

CVSS 4.0 scores need its look-up of macro vectors; they are not computed, the advisory's own word for its severity is
taken instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.finding import CRITICAL, HIGH, LOW, MEDIUM

if TYPE_CHECKING:
    from casemate.model.finding import Severity

_V3 = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"N": (0.85, 0.85), "L": (0.62, 0.68), "H": (0.27, 0.5)}
_V2 = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": {"N": 0.0, "P": 0.275, "C": 0.660},
}
_WORDS: dict[str, Severity | None] = {
    "LOW": LOW, "MODERATE": MEDIUM, "MEDIUM": MEDIUM, "HIGH": HIGH, "CRITICAL": CRITICAL,
}  # fmt: skip


def base_score(vector: str) -> float | None:
    """The base score of a vector, or None when it is of a version that is not computed, or malformed."""
    fields = dict(part.split(":", 1) for part in vector.split("/") if ":" in part)
    try:
        if vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
            return _third(fields)
        return _second(fields) if vector.startswith("AV:") else None
    except KeyError:
        return None


def severity_of(score: float | None, word: str | None = None) -> Severity | None:
    """The qualitative rating of a score (section 5); without one, the source's own word; None when neither says."""
    if score is not None:
        return CRITICAL if score >= 9 else HIGH if score >= 7 else MEDIUM if score >= 4 else LOW
    return _WORDS.get((word or "").upper())


def _third(fields: dict[str, str]) -> float:
    changed = {"U": False, "C": True}[fields["S"]]
    impacts = [_V3["C"][fields[name]] for name in ("C", "I", "A")]
    missing = 1 - (1 - impacts[0]) * (1 - impacts[1]) * (1 - impacts[2])
    impact = 7.52 * (missing - 0.029) - 3.25 * (missing - 0.02) ** 15 if changed else 6.42 * missing
    if impact <= 0:
        return 0.0
    privileges = _PRIVILEGES[fields["PR"]][changed]
    ease = 8.22 * _V3["AV"][fields["AV"]] * _V3["AC"][fields["AC"]] * privileges * _V3["UI"][fields["UI"]]
    return _rounded_up(min(1.08 * (impact + ease) if changed else impact + ease, 10))


def _rounded_up(value: float) -> float:
    """To one decimal, upwards, in integers (appendix A)."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10


def _second(fields: dict[str, str]) -> float:
    impacts = [_V2["C"][fields[name]] for name in ("C", "I", "A")]
    impact = 10.41 * (1 - (1 - impacts[0]) * (1 - impacts[1]) * (1 - impacts[2]))
    ease = 20 * _V2["AV"][fields["AV"]] * _V2["AC"][fields["AC"]] * _V2["Au"][fields["Au"]]
    return round((0.6 * impact + 0.4 * ease - 1.5) * (0.0 if impact == 0 else 1.176), 1)
