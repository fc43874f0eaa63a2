"""Data of a caller in the query of a document store.

What it does
------------
Follows data that a caller controls into the text of DynamoDB expressions and PartiQL statements, into `$where` and
into MongoDB filters that take a parsed body as it is (an object in place of a value is an operator).

Why it matters
--------------
`{"$ne": null}` in place of a password matches every user; text in an expression reads attributes that were not meant.

How to fix
----------
Give values through `ExpressionAttributeValues` or `Parameters`, build expressions with `boto3.dynamodb.conditions`,
and turn values of a body into text or numbers before they enter a filter.

When to allow it
----------------
Data that is only a value, never part of the text or an object, is recognised.

References
----------
- https://cwe.mitre.org/data/definitions/943.html
- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("nosql-injection", weakness="nosql-injection", severity=HIGH, tags=["cwe-943", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "nosql":
        yield reported(flow, "a caller can change what the query matches", HIGH)


CASES = [
    bad(
        "python",
        """
        import boto3

        client = boto3.client("dynamodb")


        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            return client.execute_statement(Statement=f"SELECT * FROM users WHERE name = '{name}'")  # <- here
    """,
    ),
    good(
        "python",
        """
        import boto3

        client = boto3.client("dynamodb")


        def handler(event, context):
            name = event["queryStringParameters"]["name"]
            return client.execute_statement(
                Statement="SELECT * FROM users WHERE name = ?", Parameters=[{"S": name}]
            )
    """,
    ),
]
