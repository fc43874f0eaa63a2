"""GuardDuty reports credentials, a bucket or an attack over several steps.

What it does
------------
Reports findings about identities, buckets and attack sequences with a severity of 4 or more.

Why it matters
--------------
GuardDuty sees what no log of yours has: DNS, addresses of attackers, what is usual for the account.

How to respond
--------------
Follow the finding's own steps; revoke the credentials it names.

When to allow it
----------------
Suppress in GuardDuty what you know to be harmless.

References
----------
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "guardduty-reports-identity",
    severity=HIGH,
    sources=["aws.guardduty"],
    tags=[
        "attack.initial-access",
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.defense-evasion",
        "attack.credential-access",
        "attack.discovery",
        "attack.exfiltration",
        "attack.impact",
        "attack.collection",
        "attack.reconnaissance",
        "attack.lateral-movement",
        "attack.t1078.004",
    ],
)
def detect() -> Pattern:
    kind = event.action.contains(":IAMUser/", ":S3/", "AttackSequence:", ":RDS/", ":IAMUser-", ":Kubernetes/")
    return each(kind & event.raw("severity").over(3.9), by=(event.account, event.action, event.actor), every=DAY)


CASES = [
    fires(
        """{"schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": "f1", "type": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS", "severity": 8, "updatedAt": "2026-03-01T10:00:00.000Z", "title": "The Lambda function orders queries a command and control server", "service": {"serviceName": "guardduty", "action": {"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "203.0.113.9"}}}}, "resource": {"resourceType": "AccessKey", "accessKeyDetails": {"userName": "web", "userType": "AssumedRole", "accessKeyId": "ASIAEXAMPLE"}}}""",
    ),
    quiet(
        """{"schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": "f1", "type": "Policy:IAMUser/RootCredentialUsage", "severity": 2, "updatedAt": "2026-03-01T10:00:00.000Z", "title": "The Lambda function orders queries a command and control server", "service": {"serviceName": "guardduty", "action": {"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "203.0.113.9"}}}}, "resource": {"resourceType": "Lambda", "lambdaDetails": {"functionName": "orders", "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}}}""",
    ),
]
