"""What AWS's own managed policies let an identity reach among the things of its stack.

A managed policy speaks of a whole service and names nothing, so its edges go to everything of that service that the
same stack declares: what else would it have been attached for. The table holds the policies that are given to functions
to use a service; those that only let a function run (execution roles) or be polled for (event source mappings) draw no
edge, nor do those that manage a service whose data has its own sign-in (AmazonRDSFullAccess). What grants everything
(AdministratorAccess) is told by the role, not by an edge to each thing.

Source: AWS Managed Policy Reference, one page a policy; a test compares each row with the policy's statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.function import Function
from casemate.model.secret import Secret
from casemate.model.store import Store
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.entity import Entity
    from casemate.model.inventory import EdgeKind

_READ: tuple[EdgeKind, ...] = ("reads",)
_WRITE: tuple[EdgeKind, ...] = ("writes",)
_BOTH: tuple[EdgeKind, ...] = ("reads", "writes")
_INVOKE: tuple[EdgeKind, ...] = ("invokes",)

REACH: dict[str, tuple[str, tuple[EdgeKind, ...]]] = {
    "AmazonS3FullAccess": ("s3", _BOTH),
    "AmazonS3ReadOnlyAccess": ("s3", _READ),
    "AmazonDynamoDBFullAccess": ("dynamodb", _BOTH),
    "AmazonDynamoDBFullAccess_v2": ("dynamodb", _BOTH),
    "AmazonDynamoDBReadOnlyAccess": ("dynamodb", _READ),
    "AmazonSQSFullAccess": ("sqs", _BOTH),
    "AmazonSQSReadOnlyAccess": ("sqs", _READ),
    "AmazonSNSFullAccess": ("sns", _BOTH),
    "AmazonSNSReadOnlyAccess": ("sns", _READ),
    "AmazonKinesisFullAccess": ("kinesis", _BOTH),
    "AmazonKinesisReadOnlyAccess": ("kinesis", _READ),
    "AmazonKinesisFirehoseFullAccess": ("firehose", _BOTH),
    "AmazonKinesisFirehoseReadOnlyAccess": ("firehose", _READ),
    "AmazonEventBridgeFullAccess": ("events", _BOTH),
    "AmazonEventBridgeReadOnlyAccess": ("events", _READ),
    "CloudWatchEventsFullAccess": ("events", _BOTH),
    "AmazonRDSDataFullAccess": ("rds", _BOTH),
    "AmazonElasticFileSystemClientReadWriteAccess": ("elasticfilesystem", _BOTH),
    "AmazonElasticFileSystemClientReadOnlyAccess": ("elasticfilesystem", _READ),
    "AmazonElasticFileSystemClientFullAccess": ("elasticfilesystem", _BOTH),
    "AmazonOpenSearchServiceFullAccess": ("es", _BOTH),
    "AmazonOpenSearchServiceReadOnlyAccess": ("es", _READ),
    "AmazonRedshiftDataFullAccess": ("redshift", _BOTH),
    "AmazonTimestreamFullAccess": ("timestream", _BOTH),
    "AmazonTimestreamReadOnlyAccess": ("timestream", _READ),
    "AmazonEC2ContainerRegistryReadOnly": ("ecr", _READ),
    "AmazonEC2ContainerRegistryFullAccess": ("ecr", _BOTH),
    "SecretsManagerReadWrite": ("secretsmanager", _BOTH),
    "AWSLambda_FullAccess": ("lambda", _INVOKE),
    "AWSLambdaRole": ("lambda", _INVOKE),
    "AWSStepFunctionsFullAccess": ("states", _INVOKE),
}
"""Managed policy -> (service, what it lets one do there)."""


def service_of(thing: Entity) -> str:
    """The service that a thing belongs to, as IAM actions name it."""
    match thing:
        case Function():
            return "lambda" if thing.kind == "lambda" else thing.kind
        case StateMachine():
            return "states"
        case Secret():
            return "secretsmanager" if thing.resource.type.startswith("AWS::SecretsManager::") else thing.kind
        case Store():
            return thing.service
        case _:
            return ""


def managed_reach(policy: str, things: Iterable[tuple[str, str]]) -> Iterator[tuple[str, EdgeKind]]:
    """(target, kind) for each of `things` (id, service) that the managed policy (name or ARN) reaches."""
    service, kinds = REACH.get(policy.rpartition("/")[2], ("", ()))
    for target, offered in things if service else ():
        if offered == service:
            for kind in kinds:
                yield target, kind
