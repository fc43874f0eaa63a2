"""Somebody is asked for his second factor again and again.

What it does
------------
Reports a user who refuses or misses five requests for the second factor within an hour.

Why it matters
--------------
The password is known already; the attacker waits until the owner taps yes.

How to respond
--------------
Set a new password, use number matching, look for a sign-in that succeeded.

When to allow it
----------------
A telephone without a signal.

References
----------
- https://attack.mitre.org/techniques/T1621/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, HOUR, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "factor-asked-until-tired",
    severity=HIGH,
    sources=["azure.signin"],
    tags=["attack.credential-access", "attack.t1621"],
)
def detect() -> Pattern:
    coded = event.raw("resultType").exists() | event.raw("ResultType").exists() | event.raw("status.errorCode").exists()
    return at_least(5, coded & event.error.is_("500121", "50088"), within=HOUR, by=(event.actor,), every=DAY)


_RECORD = """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "500121", "callerIpAddress": "198.51.100.7", "correlationId": "#", "location": "NL", "properties": {"id": "#", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 500121}}}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(2)),
    ),
]
