"""What the platform itself writes into an event or a record: a direct call that pretends to be one mostly lacks it.

Required members and their types only, never more than each page shows for every event of the kind. Sources: Lambda
developer guide, the "Example event" of each source; Amazon S3 user guide, "Event message structure"; EventBridge user
guide, "AWS service event metadata"; API Gateway developer guide, "Input format of a Lambda function for proxy
integration"; SES developer guide, "Examples of event data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.protect.bodies import Json

_TEXT: Json = {"type": "string"}
_SOME: Json = {"type": "string", "minLength": 1}


def _object(required: dict[str, Json], optional: dict[str, Json] | None = None) -> dict[str, Json]:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _source(service: str) -> Json:
    return {"const": f"aws:{service}"}


_V2 = _object({"requestContext": _object({"http": _object({"method": _SOME, "path": _TEXT})})})
_V1 = _object({"httpMethod": _SOME, "path": _TEXT, "requestContext": {"type": "object"}})

RECORDS: dict[str, dict[str, Json]] = {
    "sqs": _object({"messageId": _SOME, "receiptHandle": _SOME, "body": _TEXT, "eventSourceARN": _SOME}),
    "sns": _object({"EventSource": _source("sns"), "Sns": _object({"MessageId": _SOME, "TopicArn": _SOME})}),
    "s3": _object(
        {
            "eventName": _SOME,
            "s3": _object({"bucket": _object({"name": _SOME}), "object": _object({"key": _SOME})}),
        }
    ),
    "kinesis": _object({"eventID": _SOME, "kinesis": _object({"data": _TEXT, "sequenceNumber": _SOME})}),
    "dynamodb-stream": _object(
        {"eventName": {"enum": ["INSERT", "MODIFY", "REMOVE"]}, "dynamodb": _object({"Keys": {"type": "object"}})}
    ),
    "firehose": _object({"recordId": _SOME, "data": _TEXT}),
    "ses": _object({"ses": _object({"mail": {"type": "object"}})}),
}
RECORDS["sns-in-sqs"] = RECORDS["sqs"]
"""Trigger -> the schema of a record."""

EVENTS: dict[str, dict[str, Json]] = {
    "http-v1": _V1,
    "http-v2": _V2,
    "function-url": _V2,
    "alb": _object({"httpMethod": _SOME, "path": _TEXT, "requestContext": _object({"elb": {"type": "object"}})}),
    "websocket": _object({"requestContext": _object({"connectionId": _SOME})}),
    "eventbridge": _object(
        {"id": _SOME, "source": _SOME, "account": _SOME, "time": {"type": "string", "format": "date-time"}}
    ),
    "schedule": _object({"source": _SOME, "detail": {"type": "object"}}),
    "cognito": _object({"triggerSource": _SOME, "userPoolId": _SOME, "request": {"type": "object"}}),
    "cloudwatch-logs": _object({"awslogs": _object({"data": _SOME})}),
    "cloudformation": _object({"RequestType": {"enum": ["Create", "Update", "Delete"]}, "ResponseURL": _SOME}),
}
"""Trigger -> the schema of an event."""
