"""Another account that is let in.

What it does
------------
Reports policies on functions, layers, buckets, queues, topics, tables, streams, buses, repositories, secrets, keys,
APIs and trust policies of roles that let an account or organisation in that is not yours: as principal, or as the
account for which a service or everybody may come (`aws:SourceAccount`, `aws:SourceArn`, `aws:PrincipalOrgID`).
Which are yours says the configuration:

    [rules.external-account-access]
    accounts = ["111122223333", "444455556666"]
    organisations = ["o-abcdefghij"]

Without it nobody can tell whose an account number is; then only accounts that may do everything (`*`, `s3:*`) are
reported. Accounts of AWS that deliver logs are known.

Why it matters
--------------
Whoever administers that account decides which of its users, roles and guests use your resource.

How to fix
----------
Remove the account, name one role of it, or add its number to the configuration when it is yours.

When to allow it
----------------
Partners with a contract, under a condition (`sts:ExternalId`, `aws:PrincipalArn`), with an exemption that ends.

References
----------
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.access.catalogue import levels
from casemate.analysis.access.grants import service_wildcards
from casemate.analysis.access.outsiders import outsiders
from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.finding import Severity
from casemate.model.policy import ResourcePolicy, Role, Statement

_SERIOUS = frozenset({"Write", "Permissions management"})


@rule("external-account-access", weakness="over-permissive-iam", severity=HIGH, tags=["cwe-284", "owasp-sls-06"])
def check(subject: Role | ResourcePolicy, system: System) -> Iterator[Outcome]:
    if subject.cloud != "aws":
        return
    options = system.options("external-account-access")
    accounts, organisations = _texts(options.get("accounts")), _texts(options.get("organisations"))
    told = bool(accounts or organisations)
    for statement in subject.trust if isinstance(subject, Role) else subject.statements:
        everything = any(_is_everything(term.text) for term in statement.actions) or bool(statement.not_actions)
        if not told and (isinstance(subject, Role) or subject.subject == "key" or not everything):
            continue
        for outsider in outsiders(statement, accounts, organisations):
            yield Violation(
                f"{outsider.name[:1].upper()}{outsider.name[1:]} {_may(statement, subject, system)}",
                outsider.at,
                severity=_severity(statement) if told else MEDIUM,
                confidence="high" if told else "medium",
                resource=subject,
                evidence={
                    "ours": ", ".join(sorted(accounts | organisations)) or "not configured",
                    "conditions": ", ".join(f"{each.operator} {each.key}" for each in statement.conditions) or "none",
                },
                cause=outsider.name,
            )


def _texts(given: object) -> frozenset[str]:
    return frozenset(str(item) for item in given) if isinstance(given, list | tuple) else frozenset()


def _is_everything(pattern: str) -> bool:
    return pattern == "*" or service_wildcards(pattern) is not None


def _may(statement: Statement, subject: Role | ResourcePolicy, system: System) -> str:
    if isinstance(subject, Role):
        return f"may assume {subject.name}"
    target = system.target(subject.target)
    terms = statement.actions or statement.not_actions
    actions = ", ".join(term.text for term in terms[:4]) + (", …" if len(terms) > 4 else "")
    but = "everything but " if statement.not_actions else ""
    return f"may use {but}{actions} on the {subject.subject} {target.name if target else subject.name}"


def _severity(statement: Statement) -> Severity:
    serious = statement.not_actions or any(not _SERIOUS.isdisjoint(levels(term.text)) for term in statement.actions)
    return HIGH if serious else MEDIUM


CASES = [
    bad(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
        Policy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Files
            PolicyDocument:
              Statement:
                - Effect: Allow
                  Principal:
                    AWS: arn:aws:iam::210987654321:root  # <- here
                  Action: s3:*
                  Resource: !Sub "${Files.Arn}/*"
        """,
    ),
    good(
        "cloudformation",
        """
        Files:
          Type: AWS::S3::Bucket
        Policy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Files
            PolicyDocument:
              Statement:
                - Effect: Allow
                  Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
                  Action: s3:*
                  Resource: !Sub "${Files.Arn}/*"
                - Effect: Allow
                  Principal: {AWS: arn:aws:iam::127311923021:root}
                  Action: s3:*
                  Resource: !Sub "${Files.Arn}/*"
                - Effect: Allow
                  Principal: {AWS: arn:aws:iam::210987654321:root}
                  Action: s3:*
                  Resource: !Sub "${Files.Arn}/*"
                  Condition: {StringEquals: {aws:PrincipalOrgID: o-abcdefghij}}
                - Effect: Allow
                  Principal: {AWS: arn:aws:iam::210987654321:role/reader}
                  Action: s3:GetObject
                  Resource: !Sub "${Files.Arn}/*"
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_ecr_repository" "app" {
          name = "app"
        }
        resource "aws_ecr_repository_policy" "app" {
          repository = aws_ecr_repository.app.name
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = { AWS = "210987654321" } # <- here
              Action    = "ecr:*"
            }]
          })
        }
        """,
    ),
]
