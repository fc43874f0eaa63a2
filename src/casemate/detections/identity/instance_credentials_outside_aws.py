"""An instance's credentials are used from outside of AWS.

What it does
------------
Reports calls of an instance role's session (`i-…`) with the command line or from a desktop system, from an address that belongs to none of
the ranges out of which Amazon takes its addresses.

Why it matters
--------------
The credentials come from the instance's metadata and are used elsewhere: the instance was broken into, or made to fetch them.

How to respond
--------------
Revoke the role's sessions, require version 2 of the metadata service, find the hole on the instance.

When to allow it
----------------
Instances whose traffic leaves through a company's own addresses: suppress those.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://attack.mitre.org/techniques/T1078/004/
- https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH

_MAYBE_AWS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "2600::/12", "2a05:d000::/25", "2406:da00::/24",
    "3.0.0.0/8", "13.0.0.0/8", "15.0.0.0/8", "16.0.0.0/8", "18.0.0.0/8", "23.20.0.0/14", "34.0.0.0/8", "35.0.0.0/8", "43.0.0.0/8",
    "44.0.0.0/8", "46.51.128.0/17", "46.137.0.0/16", "47.128.0.0/14", "50.16.0.0/14", "50.112.0.0/16", "51.0.0.0/8", "52.0.0.0/8",
    "54.0.0.0/8", "56.0.0.0/8", "57.0.0.0/8", "63.32.0.0/14", "65.0.0.0/14", "67.202.0.0/18", "71.128.0.0/9", "72.44.32.0/19",
    "75.2.0.0/17", "75.101.128.0/17", "76.223.0.0/17", "79.125.0.0/17", "96.0.0.0/8", "98.0.0.0/8", "99.0.0.0/8", "100.20.0.0/14",
    "100.24.0.0/13", "100.48.0.0/12", "107.20.0.0/14", "108.128.0.0/9", "122.248.192.0/18", "140.179.0.0/16", "157.175.0.0/16",
    "157.241.0.0/16", "161.188.0.0/16", "174.129.0.0/16", "175.41.128.0/17", "176.34.0.0/16", "177.71.128.0/17", "184.32.0.0/11",
    "184.72.0.0/15", "184.169.128.0/17", "185.48.120.0/22", "204.236.128.0/17", "216.182.224.0/20",
)  # fmt: skip
"""More than Amazon's own ranges, so that what is outside of it is outside of AWS; and private ones."""


@detection(
    "instance-credentials-outside-aws",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.initial-access", "attack.t1552.005", "attack.t1078.004"],
)
def detect() -> Pattern:
    instance = event.raw("userIdentity.principalId").contains(":i-") & event.actor_type.is_("AssumedRole") & ~BY_SERVICE
    by_person = event.agent.contains(
        "aws-cli/", "Darwin", "Windows", "macOS", "kali", "console.amazonaws.com", "Mozilla/"
    )
    outside = event.address.matches("^[0-9a-fA-F.:]+$") & ~event.address.within(*_MAYBE_AWS)
    return each(instance & by_person & outside, by=(event.role, event.address), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "45.33.32.156", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "52.42.146.205", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0a1b2c3d4e5f60718", "arn": "arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web", "userName": "web"}}}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "45.33.32.156", "userAgent": "Boto3/1.34 Python/3.11 Linux/6.1", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
