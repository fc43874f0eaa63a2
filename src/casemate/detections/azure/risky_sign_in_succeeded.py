"""A sign-in that Entra ID calls risky succeeded.

What it does
------------
Reports successful sign-ins with a high risk, and device code sign-ins to management tools.

Why it matters
--------------
Entra ID knows leaked passwords and addresses of attackers; a device code is typed in for somebody else by a victim of phishing.

How to respond
--------------
End the sessions, set a new password, look at what was done.

When to allow it
----------------
Travel; developers who use device codes on machines without a browser: suppress them by name.

References
----------
- https://attack.mitre.org/techniques/T1078/004/
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "risky-sign-in-succeeded",
    severity=HIGH,
    sources=["azure.signin"],
    tags=["attack.initial-access", "attack.t1078.004"],
)
def detect() -> Pattern:
    risky = event.raw("properties.riskLevelDuringSignIn").is_("high") | event.raw("properties.riskLevelAggregated").is_(
        "high"
    )
    device = event.raw("properties.authenticationProtocol").is_("deviceCode") & event.service.is_(
        "Microsoft Azure CLI", "Microsoft Azure PowerShell", "Microsoft Authentication Broker", "Azure Portal"
    )
    return each((risky | device) & DONE, by=(event.actor, event.address), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "0", "callerIpAddress": "198.51.100.7", "correlationId": "1", "location": "NL", "properties": {"id": "1", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 0}, "riskLevelDuringSignIn": "high"}}""",
    ),
    fires(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "0", "callerIpAddress": "198.51.100.7", "correlationId": "1", "location": "NL", "properties": {"id": "1", "userPrincipalName": "alice@example.com", "appDisplayName": "Microsoft Azure CLI", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 0}, "authenticationProtocol": "deviceCode"}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "0", "callerIpAddress": "198.51.100.7", "correlationId": "1", "location": "NL", "properties": {"id": "1", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 0}, "riskLevelDuringSignIn": "none"}}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00Z", "resourceId": "/tenants/3a1b/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "3a1b", "resultType": "50053", "callerIpAddress": "198.51.100.7", "correlationId": "1", "location": "NL", "properties": {"id": "1", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 50053}, "riskLevelDuringSignIn": "high"}}""",
    ),
]
