"""The serial console was switched on or used.

What it does
------------
Reports EnableSerialConsoleAccess, and keys that are pushed to an instance's serial console.

Why it matters
--------------
The serial console reaches an instance past every network rule, and hardly anybody uses it.

How to respond
--------------
Switch it off for the account, end the session, ask who it was.

When to allow it
----------------
Rescue of an instance that does not start.

References
----------
- https://attack.mitre.org/techniques/T1021/008/
- https://attack.mitre.org/techniques/T1021/
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-serial-console.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "serial-console-used",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.lateral-movement", "attack.defense-evasion", "attack.t1021.008", "attack.t1021"],
)
def detect() -> Pattern:
    return each(
        event.action.is_("EnableSerialConsoleAccess", "SendSerialConsoleSSHPublicKey"),
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "EnableSerialConsoleAccess", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2-instance-connect.amazonaws.com", "eventName": "SendSerialConsoleSSHPublicKey", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-1", "serialPort": 0}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetSerialConsoleAccessStatus", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
