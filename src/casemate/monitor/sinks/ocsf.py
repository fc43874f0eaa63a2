"""An alert as OCSF's Detection Finding (class 2004).

Source: OCSF 1.5.0 (schema.ocsf.io), "Detection Finding", objects `finding_info`, `attack`, `metadata`; tactics by
MITRE ATT&CK for Enterprise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.monitor.events.ocsf import CLASSES, VERSION

if TYPE_CHECKING:
    from casemate.model.alert import Alert

CLASS = 2004
SEVERITY = {"low": 2, "medium": 3, "high": 4, "critical": 5}
TACTICS = {
    "initial-access": "TA0001", "execution": "TA0002", "persistence": "TA0003", "privilege-escalation": "TA0004",
    "defense-evasion": "TA0005", "credential-access": "TA0006", "discovery": "TA0007", "lateral-movement": "TA0008",
    "collection": "TA0009", "exfiltration": "TA0010", "command-and-control": "TA0011", "impact": "TA0040",
    "resource-development": "TA0042", "reconnaissance": "TA0043",
}  # fmt: skip
_CLOUDS = {"aws": "AWS", "azure": "Azure", "google": "GCP"}


def finding(alert: Alert, now: int) -> dict[str, object]:
    """The document. `now`: milliseconds, the time of an alert that has none."""
    from casemate import __version__

    time = alert.time if alert.time >= 0 else now
    about = alert.about
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": CLASS // 1000,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": CLASSES[CLASS],
        "type_uid": CLASS * 100 + 1,
        "type_name": f"{CLASSES[CLASS]}: Create",
        "time": time,
        "severity_id": SEVERITY[alert.severity.word],
        "severity": alert.severity.word.capitalize(),
        "status_id": 1,
        "status": "New",
        "message": alert.title,
        "count": alert.count,
        "is_alert": True,
        "metadata": {
            "version": VERSION,
            "uid": alert.id,
            "product": {"name": "Casemate", "vendor_name": "Casemate", "version": __version__},
            "profiles": ["cloud"],
        },
        "finding_info": {
            "uid": alert.id,
            "title": alert.title,
            "created_time": time,
            "types": list(alert.tags),
            "related_events": [{"uid": one} for one in alert.events[:100]],
            "related_events_count": alert.count,
            "analytic": {"uid": alert.rule, "name": alert.rule, "type": "Rule", "type_id": 1},
            "attacks": attacks(alert),
            "src_url": alert.runbook,
        },
        "cloud": {
            "provider": _CLOUDS.get(alert.source.partition(".")[0], "Other"),
            "region": about.get("region"),
            "account": {"uid": alert.account},
        },
        "resources": [
            {"uid": about[name], "type": kind, "name": about[name]}
            for name, kind in (("function", "Function"), ("resource", "Resource"))
            if about.get(name)
        ],
        "evidences": [
            {
                "actor": {"user": {"uid": about.get("actor"), "name": about.get("actor")}},
                "src_endpoint": {"ip": about.get("address")},
                "api": {"operation": about.get("action"), "service": {"name": about.get("service")}},
            }
        ],
        "unmapped": json.dumps(
            {"about": dict(about), "group": dict(alert.group), "owner": alert.owner}, sort_keys=True
        ),
    }


def attacks(alert: Alert) -> list[dict[str, object]]:
    """The ATT&CK tags as OCSF's `attack` objects."""
    found: list[dict[str, object]] = []
    for tag in alert.tags:
        name = tag.removeprefix("attack.")
        if name == tag:
            continue
        if name in TACTICS:
            found.append({"tactic": {"uid": TACTICS[name], "name": name.replace("-", " ").title()}, "technique": None})
        elif name[:1] == "t" and name[1:2].isdigit():
            found.append({"tactic": None, "technique": {"uid": name.upper(), "name": None}})
    return found
