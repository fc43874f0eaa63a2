"""Conditions that many detections share: who did it, and in what way.

They keep the noise down. An attacker who knows them can get round them, since a user agent is what the caller says.
What must not be missed at any price does not use them.
"""

from __future__ import annotations

from casemate.authoring.query import event

DONE = event.outcome.is_("success")
DENIED = event.error.is_(
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
)
"""How AWS services say that somebody may not."""

_CONSOLE = ("signin.amazonaws.com", "console.amazonaws.com", "cloudshell.amazonaws.com")
_INVOKER = event.raw("userIdentity.invokedBy")
_IDENTITY = event.raw("userIdentity.principalId")

BY_SERVICE = (
    event.actor_type.is_("AWSService")
    | (event.address.ends(".amazonaws.com") & ~event.address.is_(*_CONSOLE))
    | (_INVOKER.ends(".amazonaws.com") & ~_INVOKER.is_(*_CONSOLE))
    | event.role.contains(":role/aws-service-role/")
)
"""An AWS service did it, by itself or on somebody's behalf (CloudTrail user guide, "userIdentity element").

`AWS Internal` as an address is no sign of it: the console calls that way too."""

DEPLOYED = (
    event.agent.contains("Terraform", "OpenTofu", "pulumi", "aws-cdk", "crossplane", "CodePipeline")
    | _IDENTITY.contains(":AWSCodeBuild-", ":AWSCloudFormation", ":GitHubActions", ":github-actions", ":gitlab-")
    | event.raw("userIdentity.sessionContext.webIdFederationData.federatedProvider").exists()
)
"""A tool that deploys did it: infrastructure as code by its user agent, a pipeline by its session or because it signs
in with OpenID Connect. Of CloudTrail, as the one above."""

BY_HAND = ~BY_SERVICE & ~DEPLOYED
"""Neither an AWS service nor a tool that deploys."""

LOOKING = (
    "ListUsers", "ListRoles", "ListGroups", "ListPolicies", "GetAccountAuthorizationDetails", "GetAccountSummary",
    "ListAccessKeys", "ListMFADevices", "ListSSHPublicKeys", "GetAccountPasswordPolicy", "ListAttachedUserPolicies",
    "ListUserPolicies", "ListGroupsForUser", "ListInstanceProfiles", "ListAccountAliases", "ListBuckets",
    "ListFunctions", "ListSecrets",
    "DescribeParameters", "DescribeSnapshots", "DescribeTrails", "ListDetectors", "DescribeDBInstances",
    "DescribeSecurityGroups", "DescribeVpcs", "DescribeKeyPairs", "ListTopics", "ListQueues",
    "ListTables", "ListStacks", "ListClusters", "ListNotebookInstances", "GetBucketPolicy",
    "GetBucketAcl", "DescribeOrganization", "ListAccounts", "ListIdentities", "GetSendQuota", "DescribeFlowLogs",
    "DescribeConfigurationRecorders", "DescribeHub", "ListHostedZones", "DescribeRepositories", "ListProjects",
    "DescribeRegions", "DescribeAccountAttributes", "DescribeInstanceTypeOfferings", "ListKeys",
    "ListDetectors", "GetRestApis", "ListDistributions", "DescribeLoadBalancers", "DescribeAutoScalingGroups",
)  # fmt: skip
"""Calls that list what there is: each is daily work, many different ones by one principal within minutes are not. What
programs call all the time (GetCallerIdentity, DescribeInstances, DescribeStacks) says nothing and is left out."""

BY_PLATFORM = (
    event.agent.contains("awslambda-worker", "aws-internal", "AWS Internal")
    | event.agent.ends(".amazonaws.com")
    | event.address.ends(".amazonaws.com")
    | event.via.ends(".amazonaws.com")
    | event.session.starts("awslambda_")
)
"""A function's role at work without the function's code: Lambda's worker at a cold start, the pollers of event sources,
and services on the function's behalf."""
