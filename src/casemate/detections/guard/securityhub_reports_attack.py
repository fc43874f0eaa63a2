"""Security Hub reports behaviour of an attacker.

What it does
------------
Reports new findings of weight that are about behaviour, effects or sensitive data (types TTPs, Effects, Unusual Behaviors, Sensitive Data
Identifications), not about settings: those are the scanner's.

Why it matters
--------------
It gathers what products of AWS and others see: Macie, Inspector, GuardDuty, partners.

How to respond
--------------
Follow the finding's own steps.

When to allow it
----------------
Set the workflow state of what you know in Security Hub.

References
----------
- https://attack.mitre.org/techniques/T1078/
- https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "securityhub-reports-attack",
    severity=HIGH,
    sources=["aws.securityhub"],
    tags=[
        "attack.initial-access",
        "attack.execution",
        "attack.persistence",
        "attack.defense-evasion",
        "attack.credential-access",
        "attack.discovery",
        "attack.collection",
        "attack.exfiltration",
        "attack.impact",
        "attack.t1078",
    ],
)
def detect() -> Pattern:
    behaviour = event.raw("Types").starts("TTPs", "Effects", "Unusual Behaviors", "Sensitive Data Identifications")
    heavy = event.raw("Severity.Label").is_("CRITICAL", "HIGH")
    fresh = event.raw("RecordState").is_("ACTIVE") & event.raw("Workflow.Status").is_("NEW")
    return each(
        behaviour & heavy & fresh & ~event.raw("ProductArn").ends("product/aws/guardduty"),
        by=(event.account, event.raw("Id")),
        every=DAY,
    )


CASES = [
    fires(
        """{"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:x/1", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/macie", "AwsAccountId": "111122223333", "Types": ["TTPs/Initial Access/UnauthorizedAccess"], "UpdatedAt": "2026-03-01T10:00:00Z", "Severity": {"Label": "CRITICAL"}, "Title": "t", "RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}, "Resources": [{"Type": "AwsLambdaFunction", "Id": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}]}""",
    ),
    quiet(
        """{"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:x/1", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/macie", "AwsAccountId": "111122223333", "Types": ["Software and Configuration Checks/AWS Security Best Practices"], "UpdatedAt": "2026-03-01T10:00:00Z", "Severity": {"Label": "CRITICAL"}, "Title": "t", "RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}, "Resources": [{"Type": "AwsLambdaFunction", "Id": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}]}""",
    ),
    quiet(
        """{"SchemaVersion": "2018-10-08", "Id": "arn:aws:securityhub:x/1", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/macie", "AwsAccountId": "111122223333", "Types": ["TTPs/Initial Access/UnauthorizedAccess"], "UpdatedAt": "2026-03-01T10:00:00Z", "Severity": {"Label": "CRITICAL"}, "Title": "t", "RecordState": "ACTIVE", "Workflow": {"Status": "SUPPRESSED"}, "Resources": [{"Type": "AwsLambdaFunction", "Id": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}]}""",
    ),
]
