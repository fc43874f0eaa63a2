"""Somebody signed in to a site's deployment endpoint with its own password.

What it does
------------
Reports sign-ins with FTP or to the deployment endpoint (Kudu, Web Deploy) by publishing credentials, from the app's audit log.

Why it matters
--------------
The site's own publishing user is nobody: no second factor, no person. It replaces the code and opens a console.

How to respond
--------------
Switch basic publishing off, renew the credentials, compare the code with the build.

When to allow it
----------------
Old pipelines that still deploy with publishing profiles.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1078/
- https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "deployed-past-the-pipeline",
    severity=HIGH,
    sources=["azure.function"],
    tags=["attack.persistence", "attack.execution", "attack.initial-access", "attack.t1525", "attack.t1078"],
)
def detect() -> Pattern:
    login = event.action.is_("AppServiceAuditLogs") & event.raw("properties.User").starts("$")
    ftp = event.action.is_("AppServiceAuditLogs") & event.raw("properties.Protocol").is_("FTP", "FTPS")
    return each(login | ftp, by=(event.function, event.address), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "category": "AppServiceAuditLogs", "operationName": "Authorization", "properties": {"User": "$shop", "UserDisplayName": "$shop", "UserAddress": "198.51.100.7", "Protocol": "FTP"}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "category": "AppServiceAuditLogs", "operationName": "Authorization", "properties": {"User": "alice@example.com", "UserAddress": "198.51.100.7", "Protocol": "Kudu"}}""",
    ),
]
