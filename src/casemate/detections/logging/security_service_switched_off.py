"""A service that watches the account was switched off.

What it does
------------
Reports GuardDuty, Security Hub, Config, Macie, Inspector, Detective or Access Analyzer that is disabled, deleted, suspended or cut off from
its administrator, also where that failed.

Why it matters
--------------
It is done before what the service would have reported.

How to respond
--------------
Switch the service on again, revoke the caller's credentials, and look at the hours after as if no service had watched (none had).

When to allow it
----------------
The removal of an account.

References
----------
- https://attack.mitre.org/techniques/T1562/001/
- https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import CRITICAL


@detection(
    "security-service-switched-off",
    severity=CRITICAL,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.001"],
)
def detect() -> Pattern:
    off = event.action.is_(
        "DeleteDetector", "StopMonitoringMembers", "DisassociateFromMasterAccount", "DisassociateFromAdministratorAccount",
        "DisassociateMembers", "DeleteMembers", "DisableSecurityHub", "DisassociateFromAdministratorAccount",
        "StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel", "DisableMacie",
        "DeleteAnalyzer", "DisableOrganizationAdminAccount", "DeleteGraph", "DeleteConformancePack",
        "DeleteOrganizationConformancePack",
    )  # fmt: skip
    inspector = event.action.is_("Disable") & event.service.is_("inspector2")
    detector = event.action.is_("UpdateDetector") & event.raw("requestParameters.enable").is_(False)
    return each((off | inspector | detector) & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "DeleteDetector", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"detectorId": "d"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "config.amazonaws.com", "eventName": "StopConfigurationRecorder", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"configurationRecorderName": "default"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "UpdateDetector", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"detectorId": "d", "enable": false}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCS5BLNV76", "userName": "bert-jan", "sessionContext": {"sessionIssuer": {}, "attributes": {"mfaAuthenticated": "true"}}}, "eventTime": "2023-07-10T12:28:28Z", "eventSource": "guardduty.amazonaws.com", "eventName": "ListDetectors", "awsRegion": "us-east-1", "sourceIPAddress": "10.8.8.10", "userAgent": "RDS Console, aws-internal/3 aws-sdk-java/1.11.975 Linux/5.10.184-153.731.amzn2int.x86_64 OpenJDK_64-Bit_Server_VM/25.242-b08 java/1.8.0_242 vendor/Oracle_Corporation cfg/retry-mode/legacy", "requestParameters": null, "responseElements": null, "eventID": "f7a5aa5b-75ca-4c02-b3f2-f4945ccab547", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "UpdateDetector", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"detectorId": "d", "enable": true}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
