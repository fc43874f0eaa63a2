"""Duties that one principal must not have together, as pairs of actions.

Sources: NIST SP 800-53, AC-5 "Separation of duties"; AWS Well-Architected Framework, Security Pillar, SEC01-BP06 and
SEC08-BP01; AWS KMS Developer Guide, "Key administrators and key users". The pairs of the configuration are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access.cloud_escalation import is_broad
from casemate.analysis.access.grants import matches, service_wildcards
from casemate.errors import ConfigurationError
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.access.grants import Grant, Grants
    from casemate.analysis.access.permissions import Granted


@dataclass(frozen=True, slots=True)
class Pair:
    """Two duties. One action of each suffices to have it; `first` and `second` are words for messages."""

    name: str
    first: str
    first_actions: tuple[str, ...]
    second: str
    second_actions: tuple[str, ...]


_CODE = (
    "lambda:UpdateFunctionCode", "lambda:PublishLayerVersion", "codecommit:GitPush", "codecommit:PutFile",
    "codecommit:CreateCommit", "ecr:PutImage", "codeartifact:PublishPackageVersion",
    "cloudfunctions.functions.sourceCodeSet", "cloudfunctions.functions.update", "run.services.update",
    "Microsoft.Web/sites/publish/Action", "Microsoft.Web/sites/extensions/write",
)  # fmt: skip
_DATA = (
    "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "s3:PutObject",
    "s3:DeleteObject", "rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", "kinesis:PutRecord",
    "kinesis:PutRecords", "datastore.entities.update", "datastore.entities.create", "storage.objects.create",
    "storage.objects.delete", "bigquery.tables.updateData",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
)  # fmt: skip

PAIRS = (
    Pair(
        "code-and-approval",
        "change code",
        _CODE,
        "change or approve its deployment",
        (
            "codepipeline:PutApprovalResult", "codepipeline:UpdatePipeline", "codepipeline:EnableStageTransition",
            "codepipeline:OverrideStageCondition", "codebuild:UpdateProject",
            "codecommit:UpdatePullRequestApprovalState", "codecommit:OverridePullRequestApprovalRules",
            "codecommit:DeletePullRequestApprovalRule", "codedeploy:ContinueDeployment",
            "lambda:DeleteFunctionCodeSigningConfig", "lambda:UpdateCodeSigningConfig",
            "cloudbuild.builds.approve", "clouddeploy.rollouts.approve", "clouddeploy.deliveryPipelines.update",
        ),
    ),
    Pair(
        "request-and-approval",
        "ask for a change",
        ("codecommit:CreatePullRequest", "codepipeline:StartPipelineExecution", "ssm:StartChangeRequestExecution"),
        "approve it",
        (
            "codecommit:UpdatePullRequestApprovalState", "codecommit:OverridePullRequestApprovalRules",
            "codepipeline:PutApprovalResult", "ssm:SendAutomationSignal",
        ),
    ),
    Pair(
        "data-and-traces",
        "write data",
        _DATA,
        "delete the traces of it",
        (
            "logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DeleteRetentionPolicy", "cloudtrail:StopLogging",
            "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors",
            "cloudtrail:DeleteEventDataStore", "config:StopConfigurationRecorder",
            "config:DeleteConfigurationRecorder", "guardduty:DeleteDetector", "ec2:DeleteFlowLogs",
            "logging.logs.delete", "logging.sinks.delete", "logging.sinks.update",
            "Microsoft.Insights/DiagnosticSettings/Delete", "Microsoft.OperationalInsights/workspaces/delete",
        ),
    ),
    Pair(
        "data-and-backups",
        "write data",
        _DATA,
        "delete its backups",
        (
            "backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "dynamodb:DeleteBackup", "rds:DeleteDBSnapshot",
            "rds:DeleteDBClusterSnapshot", "datastore.backups.delete", "Microsoft.RecoveryServices/vaults/delete",
        ),
    ),
    Pair(
        "key-use-and-administration",
        "use a key",
        (
            "kms:Decrypt", "kms:GenerateDataKey", "kms:Sign", "cloudkms.cryptoKeyVersions.useToDecrypt",
            "Microsoft.KeyVault/vaults/keys/decrypt/action",
        ),
        "administer it",
        (
            "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey", "kms:DeleteImportedKeyMaterial",
            "cloudkms.cryptoKeyVersions.destroy", "cloudkms.cryptoKeys.setIamPolicy",
            "Microsoft.KeyVault/vaults/keys/delete",
        ),
    ),
)  # fmt: skip
"""The pairs that hold everywhere: actions of AWS, Azure and Google together."""


def configured(options: Mapping[str, object]) -> tuple[Pair, ...]:
    """The pairs in force: ours without those in `without`, and those in `pairs` (`name`, `first`, `second`: lists).

    Raises `ConfigurationError` for a pair that cannot be read.
    """
    without = options.get("without")
    off = {str(name) for name in without} if isinstance(without, list | tuple) else set()
    extra = options.get("pairs", ())
    if not isinstance(extra, list | tuple):
        raise ConfigurationError("pairs has to be a list of tables", hint="[[rules.duties-not-separated.pairs]]")
    return (*(pair for pair in PAIRS if pair.name not in off), *map(_pair, extra))


def _pair(given: object) -> Pair:
    hint = 'write name = "…", first = ["service:Action"], second = ["service:Action"]'
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise ConfigurationError("a pair of duties has to be a table with a name", hint=hint)
    first, second = given.get("first"), given.get("second")
    if not isinstance(first, list) or not isinstance(second, list) or not first or not second:
        raise ConfigurationError(f"the pair {given['name']!r} needs first and second, two lists of actions", hint=hint)
    firsts, seconds = (tuple(str(item) for item in each) for each in (first, second))
    return Pair(given["name"], f"use {firsts[0]}", firsts, f"use {seconds[0]}", seconds)


@dataclass(frozen=True, slots=True)
class Together:
    """A pair that one identity has, with the grants and actions that give each half."""

    pair: Pair
    first: Grant
    first_action: str
    second: Grant
    second_action: str


def together(grants: Grants, pairs: tuple[Pair, ...]) -> Iterator[Together]:
    """The pairs that an AWS identity has. An administrator has all of them and is reported as such elsewhere.

    Grants of a whole service (`logs:*`) are left out: they are reported as wildcards, and nobody wrote the duty down.
    So are those on the resources of another service: `*` on one bucket deletes no log group.
    """
    named = {
        action for grant in grants.all if grant.allow for action in _reached(tuple(grant.actions), _aws_actions(pairs))
    }
    near = [
        pair for pair in pairs if named.intersection(pair.first_actions) and named.intersection(pair.second_actions)
    ]
    if not near or grants.admin:
        return
    for pair in near:
        second = _first(grants, pair.second_actions)
        if second is None:
            continue
        first = _first(grants, pair.first_actions)
        if first is not None:
            yield Together(pair, *first, *second)


@lru_cache(maxsize=64)
def _aws_actions(pairs: tuple[Pair, ...]) -> tuple[tuple[str, str], ...]:
    """The actions of AWS in these pairs, each with its lower-case form."""
    actions = {action for pair in pairs for action in (*pair.first_actions, *pair.second_actions)}
    return tuple((action.lower(), action) for action in sorted(actions) if ":" in action)


@lru_cache(maxsize=16_384)
def _reached(patterns: tuple[str, ...], actions: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The actions that these patterns stand for: a quick look, since most roles reach none."""
    found: set[str] = set()
    by_name = dict(actions)
    for pattern in patterns:
        lowered = pattern.lower()
        if "*" not in lowered and "?" not in lowered:
            if lowered in by_name:
                found.add(by_name[lowered])
        elif not service_wildcards(pattern):
            found.update(action for _, action in actions if matches(pattern, action))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class TogetherByRoles:
    """A pair that one identity of Azure or Google has, with the bindings that give each half."""

    pair: Pair
    first: Granted
    first_action: str
    second: Granted
    second_action: str


def together_by_roles(granted: Sequence[Granted], pairs: tuple[Pair, ...]) -> Iterator[TogetherByRoles]:
    """The pairs that an identity of Azure or Google has, roles left out that are too much by their name."""
    if any(map(is_broad, granted)):
        return
    for pair in pairs:
        second = _role_with(granted, pair.second_actions)
        first = None if second is None else _role_with(granted, pair.first_actions)
        if first is not None and second is not None:
            yield TogetherByRoles(pair, *first, *second)


def _role_with(granted: Sequence[Granted], actions: tuple[str, ...]) -> tuple[Granted, str] | None:
    return next(((each, action) for action in actions for each in granted if each.permissions.may(action)), None)


def _first(grants: Grants, actions: tuple[str, ...]) -> tuple[Grant, str] | None:
    for action in actions:
        for grant in grants.allowing(action):
            named = any(matches(each, action) and not service_wildcards(each) for each in grant.actions)
            if grant.known and named and grants.reaches(grant, action):
                return grant, action
    return None
