"""An instance or a function looks around in the account.

What it does
------------
Reports four different listing calls within ten minutes that are signed with the credentials of an instance (session `i-…`) or come out of a
function.

Why it matters
--------------
A machine knows what it works on. If it asks who the users are, which buckets and trails there are, somebody else asks with its credentials.

How to respond
--------------
Isolate the machine, revoke its role's sessions, and find out how the attacker got in.

When to allow it
----------------
Machines for administration: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1580/
- https://attack.mitre.org/techniques/T1087/004/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, LOOKING
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "machine-looks-around",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.discovery", "attack.t1580", "attack.t1087.004"],
)
def detect() -> Pattern:
    machine = event.raw("userIdentity.principalId").contains(":i-") | event.agent.contains("exec-env/AWS_Lambda")
    return different(
        4,
        (event.service, event.action),
        event.action.is_(*LOOKING) & machine & ~BY_SERVICE,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "GetAccountSummary", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "GetAccountSummary", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null, "eventID": "ListBuckets", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null, "eventID": "ListUsers", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListRoles", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null, "eventID": "ListRoles", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
]
