"""The rights on customers' keys that come with calls on what these keys encrypt: services use them as the caller.

Sources: Amazon S3 user guide, "Using server-side encryption with AWS KMS keys", "Required permissions"; SQS developer
guide, "Key management", "Configure KMS permissions"; SNS developer guide, "Managing encryption keys"; DynamoDB
developer guide, "Encryption at rest: usage notes", "Authorizing use of your key"; Secrets Manager user guide, "Secret
encryption: permissions for the KMS key"; Kinesis developer guide, "Permissions to use user-generated keys"; Step
Functions developer guide, "Data at rest encryption"; EventBridge user guide, "Encrypting event buses".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.statements import Needed
from casemate.model.value import Literal, Reference, Text, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.resource import Stack
    from casemate.model.value import Value

_OWNER = re.compile(r"\$\{((?!AWS::)[^}!]+)\}")
_KEYS: dict[str, tuple[str, ...]] = {
    "AWS::S3::Bucket": (
        "BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault", "KMSMasterKeyID",
    ),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::Kinesis::Stream": ("StreamEncryption", "KeyId"),
    "AWS::StepFunctions::StateMachine": ("EncryptionConfiguration", "KmsKeyId"),
    "AWS::Events::EventBus": ("KmsKeyIdentifier",),
}  # fmt: skip
"""Where a type names the key that encrypts it."""

_READS, _WRITES, _BOTH = ("kms:Decrypt",), ("kms:GenerateDataKey",), ("kms:Decrypt", "kms:GenerateDataKey")
_USES: dict[str, tuple[str, ...]] = {
    "s3:GetObject": _READS, "s3:GetObjectVersion": _READS, "s3:PutObject": _WRITES,
    "sqs:SendMessage": _BOTH, "sqs:ReceiveMessage": _READS, "sns:Publish": _BOTH,
    **{f"dynamodb:{name}": _READS for name in (
        "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
        "ConditionCheckItem", "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "GetRecords")},
    "secretsmanager:GetSecretValue": _READS, "secretsmanager:PutSecretValue": _BOTH,
    "secretsmanager:CreateSecret": _BOTH, "secretsmanager:UpdateSecret": _BOTH,
    "kinesis:PutRecord": _WRITES, "kinesis:PutRecords": _WRITES, "kinesis:GetRecords": _READS,
    "kinesis:SubscribeToShard": _READS, "states:StartExecution": _BOTH, "states:StartSyncExecution": _BOTH,
    "events:PutEvents": _BOTH,
}  # fmt: skip
"""Action -> what the service does with the key for the caller."""


def key_needs(needed: Iterable[Needed], stack: Stack | None) -> Iterator[Needed]:
    """The rights on the keys of what is needed, each with the calls that need it."""
    if stack is None:
        return
    for need in needed:
        actions = _USES.get(need.action)
        arn = _key_of(need.resource, stack) if actions else None
        if actions is None or arn is None:
            continue
        for action in actions:
            yield Needed(action, arn, need.conditional, need.because, f"the key behind {need.action}")


def _key_of(resource: str, stack: Stack) -> str | None:
    """The ARN of the customer's key behind a resource of the stack, None when the service's own encrypts it."""
    owner = _OWNER.search(resource)
    if owner is None:
        return None
    key = owner[1]
    found = stack.resources.get(key) or stack.resources.get(key.rpartition(".")[0])
    path = _KEYS.get(found.type) if found is not None else None
    if found is None or path is None:
        return None
    value = _at(found.properties, path)
    if isinstance(value, Literal):
        text = str(value.value)
        named = text.startswith("arn:") and "alias/aws/" not in text
        return text if named and ":key/" in text else None if "alias/aws/" in text or not text.strip() else "*"
    target = next(references(value), None) if isinstance(value, (Reference, Text)) else None
    if target is None or target.target.startswith("AWS::"):
        return None
    kind = stack.resources.get(target.target)
    if kind is None:
        return None
    return f"${{{target.target}.Arn}}" if kind.type == "AWS::KMS::Key" else "*"


def _at(value: Value | None, path: tuple[str, ...]) -> Value | None:
    """What stands at a path; of a list the first element."""
    from casemate.model.value import Fields, Items

    for name in path:
        while isinstance(value, Items):
            value = value.items[0] if value.items else None
        if not isinstance(value, Fields):
            return None
        value = value.get(name)
    return value
