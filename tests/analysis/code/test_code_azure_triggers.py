"""What a function of Azure's Node.js model v4 is started with."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found


def harms(verb: str, options: str, body: str) -> list[str]:
    text = f"""
    const {{ app }} = require('@azure/functions');
    const {{ execSync }} = require('node:child_process');
    app.{verb}('work', {{
      {options}
      handler: async (message, context) => {{
        {body}
      }},
    }});
    """
    return [one for one in found({"app.js": text}) if one.startswith(("command", "ssrf"))]


@pytest.mark.parametrize(
    ("verb", "body", "expected"),
    [
        ("storageBlob", "execSync('identify ' + context.triggerMetadata.name);", True),
        ("storageBlob", "const { name } = context.triggerMetadata; execSync(`identify ${name}`);", True),
        ("storageBlob", "execSync('identify ' + message.toString());", True),
        ("storageBlob", "execSync('identify ' + Number(context.triggerMetadata.name));", False),
        ("storageQueue", "execSync('mail ' + message.to);", True),
        ("storageQueue", "execSync('mail ' + JSON.parse(message).to);", True),
        ("serviceBusQueue", "execSync('mail ' + context.triggerMetadata.userProperties.to);", True),
        ("serviceBusQueue", "execSync('mail ' + context.triggerMetadata.deliveryCount);", False),
        ("serviceBusQueue", "execSync('mail ' + context.triggerMetadata.messageId);", False),
        ("serviceBusTopic", "execSync('mail ' + message.to);", True),
        ("eventHub", "for (const one of message) { execSync('mail ' + one.to); }", True),
        ("eventGrid", "execSync('mail ' + message.data.url);", True),
        ("cosmosDB", "message.forEach((one) => { execSync('mail ' + one.to); });", True),
        ("timer", "execSync('mail ' + message.isPastDue);", False),
        ("serviceBusQueue", "execSync('mail ' + context.functionName + context.invocationId);", False),
        ("serviceBusQueue", "execSync('mail list');", False),
    ],
)
def test_a_message_and_its_metadata(verb: str, body: str, expected: bool) -> None:  # noqa: FBT001 - the expected value
    assert harms(verb, "connection: 'S',", body) == (["command:6"] if expected else [])


def test_a_request_is_read_as_before() -> None:
    assert harms("http", "methods: ['GET'],", "execSync('mail ' + message.query.get('to'));") == ["command:6"]


def test_a_message_is_not_asked_like_a_request() -> None:
    assert harms("serviceBusQueue", "queueName: 'q',", "await fetch(message.callback);") == ["ssrf:6"]
