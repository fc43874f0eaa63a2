"""A bucket was opened to a foreign account or to everybody.

What it does
------------
Reports bucket policies and access control lists that let in an account other than the bucket's, or everybody, by hand.

Why it matters
--------------
Whoever is let in fetches the objects at leisure, with his own credentials.

How to respond
--------------
Put the former policy back, and look for reads from outside (data events, server access logs).

When to allow it
----------------
Partners and public web content: their policies come from the template.

References
----------
- https://attack.mitre.org/techniques/T1537/
- https://attack.mitre.org/techniques/T1530/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from casemate.authoring.conditions import DEPLOYED, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "bucket-opened-to-others",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.exfiltration", "attack.collection", "attack.t1537", "attack.t1530"],
)
def detect() -> Pattern:
    opened = event.action.is_(
        "PutBucketPolicy", "PutBucketAcl", "PutObjectAcl", "PutAccessPointPolicy", "PutMultiRegionAccessPointPolicy"
    )
    return each(opened & event.foreign.exists() & DONE & ~DEPLOYED, by=(event.actor, event.account), every=HOUR)


_ORIGIN = "invictus-ir/aws_dataset at 4667aa9 (MIT), minimised"

CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T12:22:41Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "[stratus-red-team_0362e208-cc47-4ba7-9c39-195518d6e937]", "requestParameters": {"bucketPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::193672423079:root"}, "Action": ["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"], "Resource": ["arn:aws:s3:::stratus-red-team-bdbp-lhfzvgcamn/*", "arn:aws:s3:::stratus-red-team-bdbp-lhfzvgcamn"]}]}, "bucketName": "stratus-red-team-bdbp-lhfzvgcamn", "Host": "stratus-red-team-bdbp-lhfzvgcamn.s3.us-east-1.amazonaws.com", "policy": ""}, "responseElements": null, "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "bytesTransferredIn": 416, "AuthenticationMethod": "AuthHeader", "x-amz-id-2": "Yvqsd7JkrSKVa8M79YcGbNOKf9FLppwCMP5n0J3wvCVGVLPTGobZCD3FKWo/TLzhppyapQ/o/Qw=", "bytesTransferredOut": 0}, "eventID": "d58cf935-0194-41d0-baa0-9efc030ce2e6", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketAcl", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "AccessControlPolicy": {"AccessControlList": {"Grant": {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}}}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "AIDATFQR7NSC5AU2ZV3IE", "arn": "arn:aws:iam::123837392027:user/bert-jan", "accountId": "123837392027", "accessKeyId": "AKIATFQR7NSC8Q4X20BJ", "userName": "bert-jan"}, "eventTime": "2023-07-10T11:59:58Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "awsRegion": "us-east-1", "sourceIPAddress": "192.168.10.20", "userAgent": "[APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_1d949e3e-4092-4c96-a6ef-96a967510a46 HashiCorp-terraform-exec/0.17.3]", "requestParameters": {"bucketPolicy": {"Version": "2012-10-17", "Statement": [{"Action": "s3:GetBucketAcl", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Resource": "arn:aws:s3:::stratus-red-team-ctes-bucket-qyxyekjbtk", "Sid": "AWSCloudTrailAclCheck"}, {"Action": "s3:PutObject", "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Resource": "arn:aws:s3:::stratus-red-team-ctes-bucket-qyxyekjbtk/*", "Sid": "AWSCloudTrailWrite"}]}, "bucketName": "stratus-red-team-ctes-bucket-qyxyekjbtk", "Host": "stratus-red-team-ctes-bucket-qyxyekjbtk.s3.amazonaws.com", "policy": ""}, "responseElements": null, "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "bytesTransferredIn": 494, "AuthenticationMethod": "AuthHeader", "x-amz-id-2": "nYXxFQV/wJW6Q8m2FyK2HAI8cus359tlU7z9JFVzEsUpAMXvR6IOm2o/ukKHTitxkHKEsN4U/qU=", "bytesTransferredOut": 0}, "eventID": "988f1043-3e3d-4d84-803b-1b4d00e0df90", "readOnly": false, "recipientAccountId": "123837392027"}""",
        origin=_ORIGIN,
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"bucketName": "reports", "bucketPolicy": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}]}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
