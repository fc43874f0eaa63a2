"""A second factor was put on another user.

What it does
------------
Reports EnableMFADevice for a user other than the caller, by hand.

Why it matters
--------------
The intruder's own device lets him in again after the password was changed, and keeps the owner out.

How to respond
--------------
Remove the device, ask the user, end the sessions.

When to allow it
----------------
Help desks that set up new people.

References
----------
- https://attack.mitre.org/techniques/T1556/006/
- https://attack.mitre.org/techniques/T1098/005/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "second-factor-added-for-another",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.t1556.006", "attack.t1098.005"],
)
def detect() -> Pattern:
    other = event.raw("requestParameters.userName").exists() & ~event.raw("requestParameters.userName").same_as(
        event.actor_name
    )
    return each(
        event.action.is_("EnableMFADevice", "ResyncMFADevice") & other & DONE & BY_HAND,
        by=(event.actor, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "EnableMFADevice", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "alice", "serialNumber": "arn:aws:iam::111122223333:mfa/x"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "EnableMFADevice", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"userName": "mallory"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
