"""Data of a caller in the instructions of a model.

What it does
------------
Follows data that a caller controls into the *system* text or instructions of a language model, and answers of a model
into places that do harm. The text of a user's own turn is what models are for and is not reported.

Why it matters
--------------
The model follows whoever writes its instructions: it gives away what it was told, and calls tools with other
arguments.

How to fix
----------
Keep instructions constant, give data as the user's turn, and treat the model's answer like data of a caller.

When to allow it
----------------
Assistants whose users write the instructions themselves.

References
----------
- https://cwe.mitre.org/data/definitions/1427.html
- https://genai.owasp.org/llmrisk/llm01-prompt-injection/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("prompt-injection", weakness="prompt-injection", severity=MEDIUM, tags=["cwe-1427", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "prompt":
        yield reported(flow, "a caller can give the model other instructions", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import anthropic

        client = anthropic.Anthropic()


        def handler(event, context):
            tone = event["queryStringParameters"]["tone"]
            rule = "Answer in this tone: " + tone
            return client.messages.create(model="claude", max_tokens=100, system=rule, messages=[])  # <- here
    """,
    ),
    good(
        "python",
        """
        import anthropic

        client = anthropic.Anthropic()


        def handler(event, context):
            text = event["queryStringParameters"]["text"]
            return client.messages.create(
                model="claude", max_tokens=100, system="Answer briefly.", messages=[{"role": "user", "content": text}]
            )
    """,
    ),
]
