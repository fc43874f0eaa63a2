"""A baseline: findings that are known and accepted for now, by fingerprint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.errors import BaselineError
from casemate.model.finding import Suppressed
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from casemate.model.finding import Finding

SCHEMA = "casemate-baseline/1"


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline file. Raises `BaselineError` when it cannot be read or is something else."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror}", hint="write one with --baseline-write") from error
    except ValueError as error:
        raise BaselineError(f"{path}: not JSON ({error})", hint="write a new one with --baseline-write") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{path}: not a {SCHEMA} file", hint="write a new one with --baseline-write")
    return frozenset(
        str(entry["fingerprint"]) for entry in data["findings"] if isinstance(entry, dict) and "fingerprint" in entry
    )


def baseline_text(findings: Iterable[Finding]) -> str:
    """A baseline of these findings, with enough beside each fingerprint for a person to review it."""
    entries = [
        {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule,
            "path": finding.primary.span.path if finding.primary.span else finding.primary.arn,
            "resource": finding.resource.name,
        }
        for finding in findings
    ]
    entries.sort(
        key=lambda entry: (str(entry["path"]), str(entry["rule"]), str(entry["resource"]), str(entry["fingerprint"]))
    )
    return json.dumps({"schema": SCHEMA, "findings": entries}, indent=1) + "\n"


def apply_baseline(findings: Iterable[Finding], known: frozenset[str]) -> list[Finding]:
    """The findings, those of the baseline marked as suppressed by it."""
    reason = "in the baseline"
    return [
        replace(finding, suppressed=Suppressed("baseline", reason))
        if finding.suppressed is None and finding.fingerprint in known
        else finding
        for finding in findings
    ]
