"""Somebody looks through the whole account.

What it does
------------
Reports one principal that makes twelve different listing calls, over users, functions, stores, networks and logs, within ten minutes,
outside of the console and of tools that deploy.

Why it matters
--------------
Whoever takes over a key looks at what there is before he acts. Programs list one kind of thing.

How to respond
--------------
Look at who the principal is; if it is a function's role or a key that nobody uses for this, revoke it.

When to allow it
----------------
Scanners and inventory tools: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1087/004/
- https://attack.mitre.org/techniques/T1526/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, LOOKING
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "account-enumerated",
    severity=MEDIUM,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1580", "attack.t1087.004", "attack.t1526"],
)
def detect() -> Pattern:
    looked = (
        event.action.is_(*LOOKING)
        & BY_HAND
        & event.raw("sessionCredentialFromConsole").missing()
        & ~event.agent.contains("Mozilla/")
    )
    return different(
        12, (event.service, event.action), looked, within=10 * MINUTE, by=(event.actor, event.account), every=HOUR
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListUsers", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListRoles", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListRoles", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListGroups", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListGroups", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListPolicies", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListPolicies", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "GetAccountSummary", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "GetAccountSummary", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListBuckets", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "ListFunctions20150331", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListFunctions20150331", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "ListSecrets", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListSecrets", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeInstances", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeSnapshots", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeSnapshots", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "DescribeTrails", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeTrails", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "guardduty.amazonaws.com", "eventName": "ListDetectors", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "ListDetectors", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "rds.amazonaws.com", "eventName": "DescribeDBInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeDBInstances", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "GetCallerIdentity", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeInstances", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeVpcs", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeVpcs", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeSecurityGroups", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "DescribeSecurityGroups", "recipientAccountId": "111122223333"}""",
    ),
]
