"""Administrator passwords of several instances were asked for.

What it does
------------
Reports GetPasswordData for three different instances by one principal within an hour, also where it was refused.

Why it matters
--------------
The call gives the first administrator password of a Windows instance, encrypted for its key pair. Nobody needs many at once.

How to respond
--------------
Revoke the principal's credentials, set the passwords anew.

When to allow it
----------------
The set-up of a fleet of Windows machines.

References
----------
- https://attack.mitre.org/techniques/T1552/005/
- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "windows-passwords-asked",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1552.005"],
)
def detect() -> Pattern:
    return different(
        3,
        (event.raw("requestParameters.instanceId"),),
        event.action.is_("GetPasswordData"),
        within=HOUR,
        by=(event.role, event.actor_name, event.account),
        every=HOUR,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"
_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetPasswordData", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"instanceId": "i-1"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSCWWVLB7BES:aws-go-sdk-1688990082523310002", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-ec2-get-password-data-role/aws-go-sdk-1688990082523310002", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCWLLE7IWW", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-ec2-get-password-data-role", "userName": "stratus-red-team-ec2-get-password-data-role"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T11:54:47Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetPasswordData", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57", "errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not authorized to perform this operation. Encoded au", "requestParameters": {"instanceId": "i-yo72hkw7elzv1ald"}, "responseElements": null, "eventID": "00d955a7-4797-46c4-ba50-ed0c81867020", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSCWWVLB7BES:aws-go-sdk-1688990082523310002", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-ec2-get-password-data-role/aws-go-sdk-1688990082523310002", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCWLLE7IWW", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-ec2-get-password-data-role", "userName": "stratus-red-team-ec2-get-password-data-role"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T11:54:47Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetPasswordData", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57", "errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not authorized to perform this operation. Encoded au", "requestParameters": {"instanceId": "i-tfvyr9tlvlmkf9zj"}, "responseElements": null, "eventID": "2ec37c12-94b8-4df5-813b-98bca0fb0edb", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "principalId": "AROATFQR7NSCWWVLB7BES:aws-go-sdk-1688990082523310002", "arn": "arn:aws:sts::123837392027:assumed-role/stratus-red-team-ec2-get-password-data-role/aws-go-sdk-1688990082523310002", "accountId": "123837392027", "accessKeyId": "ASIATFQR7NSCWLLE7IWW", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123837392027:role/stratus-red-team-ec2-get-password-data-role", "userName": "stratus-red-team-ec2-get-password-data-role"}, "attributes": {"mfaAuthenticated": "false"}}}, "eventTime": "2023-07-10T11:54:47Z", "eventSource": "ec2.amazonaws.com", "eventName": "GetPasswordData", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57", "errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not authorized to perform this operation. Encoded au", "requestParameters": {"instanceId": "i-cf6ffvclrtu9msqi"}, "responseElements": null, "eventID": "97178d6a-6cf7-49f9-b116-a189a06c3295", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(5)),
    ),
]
