"""An instance's credentials are used from two places.

What it does
------------
Reports one temporary key of an instance role (session name `i-…`) that signs calls from two public addresses within an hour.

Why it matters
--------------
The key is handed out by the metadata service to the instance alone. A second address means that it was read there (a server-side request
forgery) and taken away.

How to respond
--------------
Revoke the role's sessions, require version 2 of the metadata service, find the hole on the instance.

When to allow it
----------------
Instances whose traffic leaves over several NAT addresses: put their ranges under a suppression.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, HOUR, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "instance-credentials-in-two-places",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.lateral-movement", "attack.t1552.005", "attack.t1078.004"],
)
def detect() -> Pattern:
    instance = (
        event.raw("userIdentity.principalId").contains(":i-")
        & ~BY_SERVICE
        & ~event.address.within("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    )
    return different(
        2,
        (event.address,),
        instance & event.access_key.exists(),
        within=HOUR,
        by=(event.access_key, event.account),
        every=DAY,
    )


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "Boto3/1.34", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:10:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "3.248.10.10", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:10:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": "10.0.3.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "2", "recipientAccountId": "111122223333"}""",
    ),
]
