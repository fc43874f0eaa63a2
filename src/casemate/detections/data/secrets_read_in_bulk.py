"""One principal reads many secrets.

What it does
------------
Reports twelve different secrets of Secrets Manager that one principal reads within ten minutes.

Why it matters
--------------
A program reads the few secrets that it needs, again and again. Whoever reads them all collects them.

How to respond
--------------
Revoke the principal's credentials and rotate every secret that the alert counts; whoever read them has them.

When to allow it
----------------
Backups and tools that rotate or move secrets: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1555/006/
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "secrets-read-in-bulk",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1555.006"],
)
def detect() -> Pattern:
    read = event.action.is_("GetSecretValue") & DONE & ~BY_SERVICE & ~DEPLOYED
    return different(
        12,
        (event.raw("requestParameters.secretId"),),
        read,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"
_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"secretId": "shop/db"}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:51Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-18-L0CnJd"}, "responseElements": null, "eventID": "f4108991-868e-42a0-b6d5-175ea45e64f4", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-11-mekIRl"}, "responseElements": null, "eventID": "08679fd1-5117-4df5-ac1f-b9e4eecb882e", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-10-agquim"}, "responseElements": null, "eventID": "401a892a-c8ab-4ee4-b409-23175ce72d52", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-0-xehWok"}, "responseElements": null, "eventID": "4b173618-da95-48a9-b2dd-67a5a881bf4f", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-17-QaRzei"}, "responseElements": null, "eventID": "689e7fcf-a97f-4dc9-affc-95fba9e640e0", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-14-ZgthLn"}, "responseElements": null, "eventID": "9a88ba52-bdb0-4ef4-8e5d-91fdae91da26", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-4-xehWok"}, "responseElements": null, "eventID": "a63ddf5b-e32d-4b95-8109-16b496ae64cf", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-8-2aONLk"}, "responseElements": null, "eventID": "ce2e992f-5103-41de-8768-fba65aa3aa60", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-16-ZgthLn"}, "responseElements": null, "eventID": "f00bf4c2-e724-45ef-a004-fc7bc3b00a29", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:52Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-2-agquim"}, "responseElements": null, "eventID": "ff6dd695-ae1a-4506-b2da-0d90ec179e92", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:53Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-15-wL771x"}, "responseElements": null, "eventID": "31bef8eb-8f2c-470f-93f4-1a3260cbf9da", "readOnly": true, "recipientAccountId": "123837392027"}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:57:53Z", "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_561fe49b-e6b4-44da-a587-f2c718eb578a", "requestParameters": {"secretId": "arn:aws:secretsmanager:us-east-1:123837392027:secret:stratus-red-team-retrieve-secret-13-nFvpuv"}, "responseElements": null, "eventID": "39e25ce7-7c4c-442a-8a07-e52a0d5522a6", "readOnly": true, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(30)),
    ),
]
