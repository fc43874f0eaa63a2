"""A function or service was deployed by a person.

What it does
------------
Reports functions and Cloud Run services that a person makes, changes or gives another service account, rather than a pipeline's service
account.

Why it matters
--------------
New code runs with the function's service account, which is by default an editor of the project.

How to respond
--------------
Compare the code with the build, deploy the former version, revoke the person's sessions.

When to allow it
----------------
Developers' own projects.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1648/
- https://cloud.google.com/functions/docs/reference/audit-logging
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "function-changed-by-person",
    severity=MEDIUM,
    sources=["google.audit"],
    tags=["attack.persistence", "attack.execution", "attack.privilege-escalation", "attack.t1525", "attack.t1648"],
)
def detect() -> Pattern:
    deployed = event.action.is_(
        "CreateFunction", "UpdateFunction", "GenerateUploadUrl", "ReplaceService", "CreateService", "UpdateService", "UpdateJob", "RunJob",
    )  # fmt: skip
    return each(
        deployed & event.service.is_("cloudfunctions", "run") & DONE & event.actor_type.is_("User"),
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudfunctions.googleapis.com", "methodName": "google.cloud.functions.v2.FunctionService.UpdateFunction", "resourceName": "projects/shop/locations/europe-west1/functions/orders"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
    quiet(
        """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "deploy@shop.iam.gserviceaccount.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "cloudfunctions.googleapis.com", "methodName": "google.cloud.functions.v2.FunctionService.UpdateFunction", "resourceName": "projects/shop/locations/europe-west1/functions/orders"}, "insertId": "i1", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}""",
    ),
]
