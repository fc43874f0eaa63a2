"""One principal reads many parameters in clear.

What it does
------------
Reports twenty different parameters of Parameter Store that one principal reads with decryption within ten minutes.

Why it matters
--------------
SecureString parameters hold passwords and keys. A program reads its own; whoever reads them all collects them.

How to respond
--------------
Revoke the principal's credentials and rotate what the parameters hold.

When to allow it
----------------
Programs with many parameters in one path read them by path; tools that move parameters: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1552/007/
- https://attack.mitre.org/techniques/T1555/
- https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_SERVICE, DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, different
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "parameters-read-in-bulk",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.credential-access", "attack.t1552.007", "attack.t1555"],
)
def detect() -> Pattern:
    read = event.action.is_("GetParameters", "GetParameter") & event.raw("requestParameters.withDecryption").is_(True)
    return different(
        20,
        (event.resource,),
        read & DONE & ~BY_SERVICE & ~DEPLOYED,
        within=10 * MINUTE,
        by=(event.actor, event.account),
        every=HOUR,
    )


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"
_RECORD = """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameter", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"name": "/shop/db", "withDecryption": true}, "responseElements": null, "eventID": "#", "recipientAccountId": "111122223333"}"""

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:58:27Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_11a6ef34-e130-4579-a1d3-79c915cee6ec", "requestParameters": {"names": ["/credentials/stratus-red-team/credentials-10", "/credentials/stratus-red-team/credentials-17", "/credentials/stratus-red-team/credentials-18", "/credentials/stratus-red-team/credentials-19", "/credentials/stratus-red-team/credentials-2", "/credentials/stratus-red-team/credentials-24", "/credentials/stratus-red-team/credentials-26", "/credentials/stratus-red-team/credentials-41", "/credentials/stratus-red-team/credentials-6", "/credentials/stratus-red-team/credentials-8"], "withDecryption": true}, "responseElements": null, "eventID": "11badb48-54ce-433e-bef6-40e3a2cf02fe", "readOnly": true, "recipientAccountId": "123837392027", "resources": [{"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-10"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-17"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-18"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-19"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-2"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-24"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-26"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-41"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-6"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-8"}]}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:58:27Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_11a6ef34-e130-4579-a1d3-79c915cee6ec", "requestParameters": {"names": ["/credentials/stratus-red-team/credentials-0", "/credentials/stratus-red-team/credentials-12", "/credentials/stratus-red-team/credentials-15", "/credentials/stratus-red-team/credentials-16", "/credentials/stratus-red-team/credentials-21", "/credentials/stratus-red-team/credentials-25", "/credentials/stratus-red-team/credentials-30", "/credentials/stratus-red-team/credentials-34", "/credentials/stratus-red-team/credentials-35", "/credentials/stratus-red-team/credentials-9"], "withDecryption": true}, "responseElements": null, "eventID": "928546c4-79d3-4f9e-aec5-319ef6685cde", "readOnly": true, "recipientAccountId": "123837392027", "resources": [{"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-0"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-12"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-15"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-16"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-21"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-25"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-30"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-34"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-35"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-9"}]}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:58:27Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_11a6ef34-e130-4579-a1d3-79c915cee6ec", "requestParameters": {"names": ["/credentials/stratus-red-team/credentials-11", "/credentials/stratus-red-team/credentials-13", "/credentials/stratus-red-team/credentials-20", "/credentials/stratus-red-team/credentials-22", "/credentials/stratus-red-team/credentials-23", "/credentials/stratus-red-team/credentials-27", "/credentials/stratus-red-team/credentials-28", "/credentials/stratus-red-team/credentials-36", "/credentials/stratus-red-team/credentials-5", "/credentials/stratus-red-team/credentials-7"], "withDecryption": true}, "responseElements": null, "eventID": "b5b0961f-1d1e-423f-9944-1024a7267042", "readOnly": true, "recipientAccountId": "123837392027", "resources": [{"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-11"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-13"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-20"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-22"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-23"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-27"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-28"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-36"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-5"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-7"}]}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:58:28Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_11a6ef34-e130-4579-a1d3-79c915cee6ec", "requestParameters": {"names": ["/credentials/stratus-red-team/credentials-1", "/credentials/stratus-red-team/credentials-14", "/credentials/stratus-red-team/credentials-29", "/credentials/stratus-red-team/credentials-3", "/credentials/stratus-red-team/credentials-32", "/credentials/stratus-red-team/credentials-33", "/credentials/stratus-red-team/credentials-37", "/credentials/stratus-red-team/credentials-38", "/credentials/stratus-red-team/credentials-4", "/credentials/stratus-red-team/credentials-40"], "withDecryption": true}, "responseElements": null, "eventID": "7622e55c-d219-46c4-b344-a6febed98511", "readOnly": true, "recipientAccountId": "123837392027", "resources": [{"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-1"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-14"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-29"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-3"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-32"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-33"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-37"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-38"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-4"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-40"}]}
{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:58:28Z", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "stratus-red-team_11a6ef34-e130-4579-a1d3-79c915cee6ec", "requestParameters": {"names": ["/credentials/stratus-red-team/credentials-31", "/credentials/stratus-red-team/credentials-39"], "withDecryption": true}, "responseElements": null, "eventID": "bb3871a9-5a79-4424-bccc-c98472df7853", "readOnly": true, "recipientAccountId": "123837392027", "resources": [{"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-31"}, {"accountId": "123837392027", "ARN": "arn:aws:ssm:us-east-1:123837392027:parameter/credentials/stratus-red-team/credentials-39"}]}""",
        origin=_ORIGIN,
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(40)),
    ),
]
