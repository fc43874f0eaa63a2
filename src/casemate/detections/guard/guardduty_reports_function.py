"""GuardDuty reports a function.

What it does
------------
Reports findings of Lambda Protection: command servers, mining, drop points, Tor, trojans.

Why it matters
--------------
A function that talks to such an address runs somebody else's code.

How to respond
--------------
Isolate the function, keep its version as evidence, rotate its secrets.

When to allow it
----------------
Addresses that you know to be harmless: a trusted list in GuardDuty.

References
----------
- https://attack.mitre.org/techniques/T1648/
- https://attack.mitre.org/techniques/T1496/
- https://attack.mitre.org/techniques/T1041/
- https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "guardduty-reports-function",
    severity=HIGH,
    sources=["aws.guardduty"],
    tags=["attack.execution", "attack.exfiltration", "attack.impact", "attack.t1648", "attack.t1496", "attack.t1041"],
    playbook="function-breached",
)
def detect() -> Pattern:
    return each(
        event.action.contains(":Lambda/", ":Runtime/") & event.action.exists(),
        by=(event.account, event.function, event.action),
        every=DAY,
    )


CASES = [
    fires(
        """{"schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": "f1", "type": "Backdoor:Lambda/C&CActivity.B", "severity": 8, "updatedAt": "2026-03-01T10:00:00.000Z", "title": "The Lambda function orders queries a command and control server", "service": {"serviceName": "guardduty", "action": {"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "203.0.113.9"}}}}, "resource": {"resourceType": "Lambda", "lambdaDetails": {"functionName": "orders", "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}}}""",
    ),
    quiet(
        """{"schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": "f1", "type": "Recon:EC2/Portscan", "severity": 8, "updatedAt": "2026-03-01T10:00:00.000Z", "title": "The Lambda function orders queries a command and control server", "service": {"serviceName": "guardduty", "action": {"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "203.0.113.9"}}}}, "resource": {"resourceType": "Lambda", "lambdaDetails": {"functionName": "orders", "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}}}""",
    ),
]
