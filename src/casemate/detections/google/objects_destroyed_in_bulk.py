"""Many objects of a bucket are deleted or rewritten.

What it does
------------
Reports fifty objects that one person deletes in one bucket within ten minutes. It needs data access logs of storage.

Why it matters
--------------
Programs delete what they made; a burst by a person's credentials empties the bucket.

How to respond
--------------
Take the person's role away, restore soft-deleted objects.

When to allow it
----------------
Clean-up by hand: announced.

References
----------
- https://attack.mitre.org/techniques/T1485/
- https://attack.mitre.org/techniques/T1486/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "objects-destroyed-in-bulk",
    severity=HIGH,
    sources=["google.audit"],
    tags=["attack.impact", "attack.t1485", "attack.t1486"],
)
def detect() -> Pattern:
    return different(
        50,
        (event.resource,),
        event.action.is_("storage.objects.delete") & DONE & event.actor_type.is_("User"),
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_RECORD = """{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "authenticationInfo": {"principalEmail": "alice@example.com"}, "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "google-cloud-sdk gcloud/450"}, "serviceName": "storage.googleapis.com", "methodName": "storage.objects.delete", "resourceName": "projects/_/buckets/reports/objects/a#"}, "insertId": "#", "resource": {"type": "project", "labels": {"project_id": "shop"}}, "timestamp": "2026-03-01T10:00:00.123456789Z", "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Factivity"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(50)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
]
