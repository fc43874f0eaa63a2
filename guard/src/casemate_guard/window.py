"""A window of signatures that all instances of a consumer share: a DynamoDB table with the key `id` (a string).

An item is one signature: `by`, the delivery that used it first, and `expires` in Unix seconds, for the table's time to
live ("Using time to live (TTL) in DynamoDB"). `if_not_exists` makes one write decide ("Update expressions"), so two
instances never both use a signature, and a delivery that comes again is still its first user.
"""

from __future__ import annotations

from casemate_guard.cloud import CloudError
from casemate_guard.cloud.aws import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def dynamodb(table: str, region: str = "") -> Callable[[str, float, str], str]:
    """For `signed.Window(shared=…)`. What it gives raises `CloudError` where the table cannot say: nothing passes."""

    def first(identity: str, expires: float, delivery: str) -> str:
        found = call(
            "dynamodb",
            "UpdateItem",
            {
                "TableName": table,
                "Key": {"id": {"S": identity}},
                "UpdateExpression": "SET #b = if_not_exists(#b, :b), #e = if_not_exists(#e, :e)",
                "ExpressionAttributeNames": {"#b": "by", "#e": "expires"},
                "ExpressionAttributeValues": {":b": {"S": delivery}, ":e": {"N": str(int(expires) + 1)}},
                "ReturnValues": "ALL_NEW",
            },
            region,
        )
        kept = found.get("Attributes")
        user = kept.get("by") if isinstance(kept, dict) else None
        if not isinstance(user, dict) or not isinstance(user.get("S"), str):
            raise CloudError("dynamodb UpdateItem", "no attributes", 0)
        return str(user["S"])

    return first
