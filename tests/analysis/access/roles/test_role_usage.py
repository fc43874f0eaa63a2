"""What CloudTrail recorded beside what the code needs."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from tests.analysis.access.needs.needs_applications import sam, system

from casemate.analysis.access.roles.plan import RolePlan, plan
from casemate.analysis.access.roles.usage import with_usage
from casemate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CODE = "import boto3, os\ndef handler(event, context):\n    boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='m')\n"


def event(name: str, source: str, session: str = "Shop", **more: object) -> dict[str, object]:
    arn = f"arn:aws:sts::123456789012:assumed-role/{session}Role/{session}"
    return {
        "eventName": name,
        "eventSource": f"{source}.amazonaws.com",
        "userIdentity": {"type": "AssumedRole", "arn": arn},
        **more,
    }


EVENTS = [
    event("SendMessage", "sqs"), event("SendMessage", "sqs"), event("GetFunction20150331v2", "lambda"),
    event("DeleteTable", "dynamodb", resources=[{"ARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/t"}]),
    event("DeleteBucket", "s3", session="Other"), event("DeleteQueue", "sqs", errorCode="AccessDenied"),
]  # fmt: skip


def planned(file: Path) -> RolePlan:
    made = system(sam(CODE))
    one = next(value for value in made.needs.values() if value.name == "Shop")
    return with_usage(plan(one, made, "sam"), [file], made)


@pytest.mark.parametrize("form", ["records", "lines", "gzip"])
def test_recorded_calls_are_added_and_said(form: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    text = "\n".join(map(json.dumps, EVENTS)) if form == "lines" else json.dumps({"Records": EVENTS})
    file.write_bytes(gzip.compress(text.encode()) if form == "gzip" else text.encode())
    found = {action: statement for statement in planned(file).statements for action in statement.actions}
    assert set(found) == {"sqs:SendMessage", "lambda:GetFunction", "dynamodb:DeleteTable"}
    assert found["sqs:SendMessage"].comments == ("src/app.py:3", "recorded by CloudTrail: sqs:SendMessage 2 times")
    assert found["dynamodb:DeleteTable"].resources == ("arn:aws:dynamodb:eu-west-1:123456789012:table/t",)
    assert found["lambda:GetFunction"].comments == ("recorded 1 times by CloudTrail, and not seen in the code",)


def test_what_is_not_recorded_is_marked_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    file.write_text('{"Records": []}')
    assert planned(file).statements[0].comments == ("src/app.py:3", "not recorded by CloudTrail")


@pytest.mark.parametrize("content", [b"nothing", b"\x1f\x8bx"])
def test_a_file_that_is_no_log_is_an_error_of_use(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    file.write_bytes(content)
    with pytest.raises(UsageError):
        planned(file)
