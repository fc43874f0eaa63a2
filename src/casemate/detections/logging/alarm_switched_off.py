"""An alarm or an event rule was switched off by hand.

What it does
------------
Reports CloudWatch alarms that are deleted or lose their actions, EventBridge rules that are disabled, deleted or lose their targets, and
topics' subscriptions that are removed, by hand.

Why it matters
--------------
Alarms and rules are how events reach people and responders. Without them the log fills and nobody comes.

How to respond
--------------
Switch it on again; look at what it would have told in between.

When to allow it
----------------
Operators who silence an alarm during work: for hours, not for good.

References
----------
- https://attack.mitre.org/techniques/T1562/006/
- https://attack.mitre.org/techniques/T1562/001/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "alarm-switched-off",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.defense-evasion", "attack.t1562.006", "attack.t1562.001"],
)
def detect() -> Pattern:
    alarms = event.action.is_("DeleteAlarms", "DisableAlarmActions") & event.service.is_("monitoring")
    rules = event.action.is_("DisableRule", "DeleteRule", "RemoveTargets") & event.service.is_("events")
    topics = event.action.is_("Unsubscribe") & event.service.is_("sns")
    return each((alarms | rules | topics) & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "events.amazonaws.com", "eventName": "DisableRule", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "guardduty-to-sns"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "monitoring.amazonaws.com", "eventName": "DeleteAlarms", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"alarmNames": ["root-login"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "events.amazonaws.com", "eventName": "PutRule", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "r"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "monitoring.amazonaws.com", "eventName": "DeleteAlarms", "awsRegion": "eu-west-1", "sourceIPAddress": "autoscaling.amazonaws.com", "userAgent": "autoscaling.amazonaws.com", "requestParameters": {"alarmNames": ["TargetTracking-x"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
