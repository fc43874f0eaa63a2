"""A pipeline role that any repository can assume.

What it does
------------
Reports roles that trust an OIDC provider which everybody can use (GitHub Actions, GitLab, Bitbucket, CircleCI,
Terraform Cloud, …) without a condition on the token's subject, or with one that strangers can fulfil (`repo:*`,
`repo:acme*`); and roles that trust Cognito identity pools or a social login without a condition on the audience, which
says whose pool or app it is. An issuer whose address names one organisation (CircleCI, Bitbucket) is low: no stranger
gets its tokens, but every project of the organisation does.

Why it matters
--------------
Everybody can run a job on these services and gets tokens from the same provider. Without a pinned subject, a
stranger's repository can take the role and deploy into the account.

How to fix
----------
Add a condition on the subject that names organisation, repository and branch or environment, for example
`token.actions.githubusercontent.com:sub` = `repo:acme/shop:ref:refs/heads/main`, and one on the audience.

When to allow it
----------------
Never for shared providers; a provider that only your organisation can use is judged by its own claims.

References
----------
- https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, LOW, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.policy import Role, Statement

_SHARED = (
    "token.actions.githubusercontent.com", "gitlab.com", "api.bitbucket.org", "oidc.circleci.com", "app.terraform.io", "oidc.buildkite",
    "agent.buildkite.com", "vstoken.dev.azure.com", "oidc.vercel.com", "app.pulumi.com", "api.pulumi.com",
)  # fmt: skip
_OWNED = late(r"oidc\.circleci\.com/org/[^/*?]+|api\.bitbucket\.org/2\.0/workspaces/[^/*?]+")
"""Issuers whose address names one organisation or workspace: nobody else's tokens come from there."""
_BY_AUDIENCE = ("cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com")
"""Providers whose tokens tell by their audience for whose pool or app they were made."""
_AUDIENCES = (":aud", ":app_id", ":oaud", ":sub")
_SUBJECTS = (
    ":sub",
    ":repository",
    ":repository_id",
    ":repository_owner",
    ":repository_owner_id",
    ":job_workflow_ref",
    ":project_path",
    ":namespace_path",
    ":oaud",
    ":email",
)


@rule("oidc-trust-without-subject", weakness="confused-deputy", severity=HIGH, tags=["cwe-441", "cwe-863"])
def check(role: Role, system: System) -> Iterator[Outcome]:
    for statement in role.trust:
        if statement.effect != "Allow":
            continue
        for principal in statement.principals:
            provider = next((host for host in (*_SHARED, *_BY_AUDIENCE) if host in principal.term.text), None)
            if principal.type != "Federated" or provider is None:
                continue
            by_audience = provider in _BY_AUDIENCE
            if not _is_pinned(statement, _AUDIENCES if by_audience else _SUBJECTS):
                what = "audience" if by_audience else "subject"
                owned = _OWNED.search(principal.term.text) is not None
                who = f"Any project of one organisation at {provider}" if owned else f"Any account of {provider}"
                yield Violation(
                    f"{who} can assume {role.name}: no condition pins the token's {what}",
                    principal.term.at,
                    severity=LOW if owned else HIGH,
                    resource=role,
                    evidence={
                        "conditions": ", ".join(
                            f"{entry.key} = {'|'.join(term.text for term in entry.values)}"
                            for entry in statement.conditions
                        )
                        or "none"
                    },
                )


def _is_pinned(statement: Statement, keys: tuple[str, ...]) -> bool:
    for condition in statement.conditions:
        if condition.key == "?":
            return True
        operator = condition.operator.lower()
        if (
            not f":{condition.key.lower()}".endswith(keys)
            or "not" in operator
            or operator.endswith("ifexists")
            or operator.startswith("forallvalues")
        ):
            continue
        if condition.values and not any(_is_empty(term.text) for term in condition.values if term.known):
            return True
    return False


def _is_empty(value: str) -> bool:
    """A pattern that a stranger's subject matches: `*`, `repo:*`, `repo:acme*` (whoever calls himself acme-2)."""
    for prefix in ("repo:", "project_path:", "organization:"):
        value = value.removeprefix(prefix)
    owner = value.split("/", 1)[0].split(":", 1)[0]
    return "*" in owner or "?" in owner


CASES = [
    bad(
        "cloudformation",
        """
        Deploy:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: arn:aws:iam::123456789012:oidc-provider/oidc.circleci.com/org/0f1e2d3c  # <- here
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringEquals: {"oidc.circleci.com/org/0f1e2d3c:aud": 0f1e2d3c}
        """,
    ),
    bad(
        "cloudformation",
        """
        Deploy:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: !Sub arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com  # <- here
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringEquals: {"token.actions.githubusercontent.com:aud": sts.amazonaws.com}
        """,
    ),
    good(
        "cloudformation",
        """
        Deploy:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: !Sub arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringEquals: {"token.actions.githubusercontent.com:aud": sts.amazonaws.com}
                    StringLike: {"token.actions.githubusercontent.com:sub": "repo:acme/shop:*"}
        """,
    ),
    bad(
        "cloudformation",
        """
        Deploy:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com  # <- here
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringLike: {"token.actions.githubusercontent.com:sub": "repo:*"}
        Prefix:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com  # <- here
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringLike: {"token.actions.githubusercontent.com:sub": "repo:acme*"}
        Guests:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: cognito-identity.amazonaws.com  # <- here
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    ForAnyValue:StringLike: {"cognito-identity.amazonaws.com:amr": unauthenticated}
        """,
    ),
    good(
        "cloudformation",
        """
        Users:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    Federated: cognito-identity.amazonaws.com
                  Action: sts:AssumeRoleWithWebIdentity
                  Condition:
                    StringEquals: {"cognito-identity.amazonaws.com:aud": !Ref Pool}
                    ForAnyValue:StringLike: {"cognito-identity.amazonaws.com:amr": authenticated}
        """,
    ),
    good(
        "terraform",
        """
        resource "azurerm_user_assigned_identity" "deploy" {
          name                = "deploy"
          resource_group_name = "shop"
          location            = "westeurope"
        }
        resource "azurerm_federated_identity_credential" "deploy" {
          name                = "deploy"
          resource_group_name = "shop"
          parent_id           = azurerm_user_assigned_identity.deploy.id
          issuer              = "https://token.actions.githubusercontent.com"
          subject             = "repo:acme/shop:environment:production"
          audience            = ["api://AzureADTokenExchange"]
        }
        """,
    ),
    bad(
        "terraform",
        """
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
          attribute_mapping = { "google.subject" = "assertion.sub" }
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"  # <- here
          }
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
          attribute_condition = "assertion.repository_owner == 'acme' && assertion.ref == 'refs/heads/main'"
          attribute_mapping = { "google.subject" = "assertion.sub" }
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }
        """,
    ),
]
