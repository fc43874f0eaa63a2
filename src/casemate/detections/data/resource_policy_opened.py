"""A resource was opened to a foreign account or to everybody.

What it does
------------
Reports policies and grants of queues, topics, keys, secrets, tables, streams, registries, vaults, event buses, domains and shares that let
in a foreign account or everybody, by hand.

Why it matters
--------------
The other account reads messages, secrets or images, or puts messages in, with its own credentials and for good.

How to respond
--------------
Put the former policy back, rotate what could be read, and look at the resource's data events.

When to allow it
----------------
Systems that span accounts: through the template; suppress by the foreign account.

References
----------
- https://attack.mitre.org/techniques/T1098/
- https://attack.mitre.org/techniques/T1537/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "resource-policy-opened",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.collection", "attack.exfiltration", "attack.t1098", "attack.t1537"],
)
def detect() -> Pattern:
    opened = event.action.is_(
        "SetQueueAttributes", "SetTopicAttributes", "PutKeyPolicy", "CreateGrant", "PutResourcePolicy", "SetRepositoryPolicy",
        "PutRegistryPolicy", "PutPermission", "PutBackupVaultAccessPolicy", "SetVaultAccessPolicy", "PutFileSystemPolicy",
        "UpdateElasticsearchDomainConfig", "UpdateDomainConfig", "CreateResourceShare", "AssociateResourceShare",
        "PutPolicy", "ModifyVpcEndpointServicePermissions", "CreateElasticsearchDomain", "CreateDomain", "SetIdentityPolicy", "PutDestinationPolicy", "ShareDirectory",
        "AddPermission", "CreateStream", "PutImagePolicy", "PutContainerRecipePolicy", "PutComponentPolicy",
    )  # fmt: skip
    mine = event.service.is_("lambda", "s3")
    return each(opened & ~mine & event.foreign.exists() & DONE & BY_HAND, by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        r"""{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sqs.amazonaws.com", "eventName": "SetQueueAttributes", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "attributes": {"Policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"sqs:*\"}]}"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "CreateGrant", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"keyId": "k", "granteePrincipal": "arn:aws:iam::999988887777:root", "operations": ["Decrypt"]}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sqs.amazonaws.com", "eventName": "SetQueueAttributes", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "attributes": {"VisibilityTimeout": "60"}}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
