"""Very costly machines were asked for.

What it does
------------
Reports machines with accelerators, or of types for computing (a2, a3, g2), that a person makes, also where it was refused.

Why it matters
--------------
Stolen credentials are turned into money by mining on the dearest machines.

How to respond
--------------
Delete them, revoke the credentials, look at all regions.

When to allow it
----------------
Teams that train models: suppress them.

References
----------
- https://attack.mitre.org/techniques/T1496/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "costly-machines-made",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.impact", "attack.t1496"],
)
def detect() -> Pattern:
    made = event.action.is_("compute.instances.insert", "compute.instances.bulkInsert")
    costly = event.raw("protoPayload.request.guestAccelerators").exists() | event.raw(
        "protoPayload.request.machineType"
    ).matches("/(a2|a3|a4|g2)-")
    return each(made & costly & event.actor_type.is_("User"), by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.insert", "resourceName": "projects/shop", "request": {"machineType": "projects/shop/zones/e/machineTypes/a2-highgpu-1g"}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.insert", "resourceName": "projects/shop", "request": {"machineType": "projects/shop/zones/e/machineTypes/e2-small"}}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
