"""An image, disk or snapshot was shared or exported.

What it does
------------
Reports policies of images, snapshots and disks, images that are exported or inserted in another project, and exports of databases and
datasets, by a person.

Why it matters
--------------
Whoever may use the image makes a disk of it in his own project.

How to respond
--------------
Take the binding away, treat the data as lost.

When to allow it
----------------
Images that a team builds for others: through its pipeline.

References
----------
- https://attack.mitre.org/techniques/T1537/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "image-or-disk-shared",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.exfiltration", "attack.collection", "attack.t1537"],
)
def detect() -> Pattern:
    shared = event.action.is_(
        "compute.images.setIamPolicy",
        "compute.snapshots.setIamPolicy",
        "compute.disks.setIamPolicy",
        "compute.machineImages.setIamPolicy",
        "cloudsql.instances.export",
        "sqladmin.instances.export",
    )
    exported = event.action.ends("ExportDocuments", "InsertJob") & event.raw(
        "protoPayload.metadata.jobChange.job.jobConfig.type"
    ).is_("EXPORT")
    return each((shared | exported) & DONE & event.actor_type.is_("User"), by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.images.setIamPolicy", "resourceName": "projects/shop/global/images/base"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "beta.compute.disks.setIamPolicy", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "compute.googleapis.com", "methodName": "v1.compute.images.list", "resourceName": "projects/shop"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
