"""Somebody guesses console passwords.

What it does
------------
Reports eight or more failed console sign-ins from one address within half an hour, whatever the users' names.

Why it matters
--------------
Guessing one password for many users, or many for one, is tried until it works; the sign-in that follows looks like any other.

How to respond
--------------
Block the address, see whether a sign-in from it succeeded, and ask for a second factor everywhere.

When to allow it
----------------
Offices behind one address on the day after passwords expired.

References
----------
- https://attack.mitre.org/techniques/T1110/003/
- https://attack.mitre.org/techniques/T1110/001/
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "console-login-guessed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.initial-access", "attack.t1110.003", "attack.t1110.001"],
)
def detect() -> Pattern:
    return at_least(
        8,
        event.action.is_("ConsoleLogin") & event.outcome.is_("failure"),
        within=30 * MINUTE,
        by=(event.address, event.account),
        every=DAY,
    )


_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": {"ConsoleLogin": "Failure"}, "eventID": "#", "recipientAccountId": "111122223333", "errorMessage": "Failed authentication"}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(8)),
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(3)),
    ),
]
