"""Whom the account trusts to say who somebody is was changed.

What it does
------------
Reports identity providers (SAML, OpenID Connect) that are made, changed or given another certificate, by hand.

Why it matters
--------------
Who controls a provider signs in as anybody it may speak for, with all roles that trust it.

How to respond
--------------
Compare the provider's metadata with the real one, put it back, and revoke the sessions of the roles that trust it.

When to allow it
----------------
Certificates of providers are renewed now and then; expect the alert and check the fingerprint.

References
----------
- https://attack.mitre.org/techniques/T1484/002/
- https://attack.mitre.org/techniques/T1556/
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "identity-provider-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.defense-evasion", "attack.t1484.002", "attack.t1556"],
)
def detect() -> Pattern:
    changed = event.action.is_(
        "CreateSAMLProvider", "UpdateSAMLProvider", "CreateOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint",
        "AddClientIDToOpenIDConnectProvider", "CreateInstanceAccessControlAttributeConfiguration", "AssociateDirectory",
        "EnableExternalIdPConfigurationForDirectory", "UpdateExternalIdPConfigurationForDirectory",
        "ImportExternalIdPCertificate", "CreateExternalIdPConfigurationForDirectory", "DeleteExternalIdPCertificate",
    )  # fmt: skip
    return each(changed & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "UpdateSAMLProvider", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"sAMLProviderArn": "arn:aws:iam::111122223333:saml-provider/corp"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListSAMLProviders", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": null, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateOpenIDConnectProvider", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "Terraform/1.6", "requestParameters": {"url": "https://token.actions.githubusercontent.com"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
