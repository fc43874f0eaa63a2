"""AWS: Terraform types -> CloudFormation types, one module a subject.

Sources: Terraform AWS provider documentation; AWS CloudFormation Template Reference. Types that CloudFormation has
not (`AWS::KMS::KeyPolicy`, `AWS::ECR::RepositoryPolicy`, `AWS::EFS::FileSystemPolicy`,
`AWS::OpenSearchService::DomainPolicy`, `AWS::Backup::BackupVaultPolicy`, `AWS::IAM::AccountPasswordPolicy`,
`AWS::S3::AccountPublicAccessBlock`, `AWS::XRay::EncryptionConfig`) are named in its manner.
"""

from __future__ import annotations

from casemate.sources.terraform.lowering.aws import (
    analytics,
    api,
    cognito,
    compute,
    database,
    edge,
    events,
    functions,
    iam,
    messaging,
    network,
    observability,
    platforms,
    secrets,
    storage,
    workflows,
)
from casemate.sources.terraform.lowering.table import Table, united

_OLD_NAMES = {
    "aws_alb": "aws_lb",
    "aws_alb_listener": "aws_lb_listener",
    "aws_alb_listener_rule": "aws_lb_listener_rule",
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
}
"""Names that the provider still takes for the same thing."""

_TABLE = united(
    analytics.TABLE,
    api.TABLE,
    cognito.TABLE,
    compute.TABLE,
    database.TABLE,
    edge.TABLE,
    events.TABLE,
    functions.TABLE,
    iam.TABLE,
    messaging.TABLE,
    network.TABLE,
    observability.TABLE,
    platforms.TABLE,
    secrets.TABLE,
    storage.TABLE,
    workflows.TABLE,
)
TABLE = Table(
    natives={
        **_TABLE.natives,
        **{old: _TABLE.natives[new] for old, new in _OLD_NAMES.items() if new in _TABLE.natives},
    },
    joins={**_TABLE.joins, **{old: _TABLE.joins[new] for old, new in _OLD_NAMES.items() if new in _TABLE.joins}},
    more=_TABLE.more,
    prepare={
        **_TABLE.prepare,
        **{old: _TABLE.prepare[new] for old, new in _OLD_NAMES.items() if new in _TABLE.prepare},
    },
)
"""Every AWS type."""
