"""One password is tried for many users.

What it does
------------
Reports one address whose sign-ins fail for ten different users within half an hour.

Why it matters
--------------
Nobody is locked out, and somebody uses that password.

How to respond
--------------
Block the address, look for a sign-in from it that succeeded, ask for a second factor.

When to allow it
----------------
An office behind one address when a service is down: the codes of wrong passwords are asked for, not of outages.

References
----------
- https://attack.mitre.org/techniques/T1110/003/
- https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "passwords-sprayed",
    severity=HIGH,
    sources=["azure.signin"],
    tags=["attack.credential-access", "attack.initial-access", "attack.t1110.003"],
)
def detect() -> Pattern:
    coded = event.raw("resultType").exists() | event.raw("ResultType").exists() | event.raw("status.errorCode").exists()
    wrong = coded & event.error.is_("50126", "50053", "50055", "50056", "50034", "50057")
    return different(10, (event.actor,), wrong, within=30 * MINUTE, by=(event.address,), every=DAY)


_RECORD = """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "50126", "callerIpAddress": "198.51.100.7", "correlationId": "#", "location": "NL", "properties": {"id": "#", "userPrincipalName": "user#@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 50126}}}"""
_RECORD_2 = """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "50126", "callerIpAddress": "198.51.100.7", "correlationId": "#", "location": "NL", "properties": {"id": "#", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 50126}}}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(10)),
    ),
]
