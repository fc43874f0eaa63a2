"""An SSH key or a start script was put on machines.

What it does
------------
Reports metadata of a project or machine that is set by a person (keys, start scripts), serial ports, and sign-ins with OS Login keys that
are imported.

Why it matters
--------------
A key in the project's metadata opens every machine in it, as root.

How to respond
--------------
Remove the key, look at the machines' sign-ins, block project-wide keys.

When to allow it
----------------
gcloud compute ssh sets a key the first time a person uses it; use OS Login.

References
----------
- https://attack.mitre.org/techniques/T1098/004/
- https://attack.mitre.org/techniques/T1021/004/
- https://cloud.google.com/compute/docs/connect/restrict-ssh-keys
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "ssh-key-added",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.lateral-movement", "attack.persistence", "attack.t1098.004", "attack.t1021.004"],
)
def detect() -> Pattern:
    put = event.action.is_(
        "compute.projects.setCommonInstanceMetadata",
        "compute.instances.setMetadata",
        "ImportSshPublicKey",
        "compute.instances.setServiceAccount",
    )
    return each(put & DONE & event.actor_type.is_("User"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.projects.setCommonInstanceMetadata", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.get", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
