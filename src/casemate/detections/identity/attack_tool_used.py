"""A tool for attacks on clouds made calls.

What it does
------------
Reports calls whose user agent names an offensive tool (Pacu, CloudFox, enumerate-iam, Stratus Red Team, TruffleHog …) or a Linux made for
attacks (Kali, Parrot, Pentoo, BlackArch).

Why it matters
--------------
Few who attack change what their tools say of themselves. A scanner that you did not order is an intruder's.

How to respond
--------------
Ask whether somebody tests. If not: revoke the credentials and see what the tool found.

When to allow it
----------------
Penetration tests and purple teams: suppress the actor until the end of the test.

References
----------
- https://attack.mitre.org/techniques/T1059/009/
- https://attack.mitre.org/techniques/T1526/
- https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "attack-tool-used",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.discovery", "attack.t1059.009", "attack.t1526"],
)
def detect() -> Pattern:
    return each(
        event.agent.contains(
            "kali", "parrot", "pentoo", "blackarch", "pacu", "cloudfox", "enumerate-iam", "stratus-red-team", "trufflehog",
            "weirdAAL", "cloudgoat", "aws_pwn", "endgame", "barq/", "nimbostratus", "leonidas", "derf-", "s3scanner", "cloud_enum",
        ),
        by=(event.actor, event.account),
        every=DAY,
    )  # fmt: skip


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSCWWVLB7BES:aws-go-sdk-1688990082523310002", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-ec2-get-password-data-role/aws-go-sdk-1688990082523310002", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCWLLE7IWW", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-ec2-get-password-data-role", "userName": "stratus-red-team-ec2-get-password-data-role"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T11:54:47Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetPasswordData", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57", "errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not authorized to perform this operation. Encoded au", "requestParameters": {"instanceId": "i-yo72hkw7elzv1ald"}, "responseElements": null, "eventID": "00d955a7-4797-46c4-ba50-ed0c81867020", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.9.89 Python/3.8.1 Linux/5.4.0-kali3-amd64 Botocore/1.12.189", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Boto3/1.34 Python/3.12 Linux/6.1 Botocore/1.34", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
