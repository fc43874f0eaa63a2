"""An object is picked by an id of the request, without the caller's identity.

What it does
------------
Looks for handlers that read, change or delete one object (an item, an object of a bucket, a row) by an id that the
request brings, where the identity of the caller is neither part of that query nor of any check in the handler.

Why it matters
--------------
Whoever is signed in can put another user's id into the request and gets, or changes, what is not theirs.

How to fix
----------
Make the caller's identity (`requestContext.authorizer`) part of the key or of a condition of the query, or compare it
with the owner of what was read before anything is given back.

When to allow it
----------------
Objects that every caller may see: a catalogue, public pages. The rule cannot know that, so it is of low confidence and
shown by the strict profile only.

References
----------
- https://cwe.mitre.org/data/definitions/639.html
- https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("foreign-object", weakness="broken-access-control", severity=MEDIUM, tags=["cwe-639", "owasp-sls-02"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "foreign-object":
        yield reported(flow, "nothing ties the object to who asks for it", MEDIUM)


CASES = [
    bad(
        "python",
        """
        import boto3

        table = boto3.resource("dynamodb").Table("orders")


        def handler(event, context):
            order = event["pathParameters"]["id"]
            return table.get_item(Key={"id": order})["Item"]  # <- here
    """,
    ),
    bad(
        "python",
        """
        import psycopg2

        connection = psycopg2.connect("")


        def handler(event, context):
            cursor = connection.cursor()
            cursor.execute("delete from notes where id = %s", (event["pathParameters"]["id"],))  # <- here
    """,
    ),
    bad(
        "javascript",
        """
        const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
        const { DynamoDBDocumentClient, GetCommand } = require("@aws-sdk/lib-dynamodb");
        const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));

        exports.handler = async (event) => {
          const id = event.pathParameters.id;
          const found = await db.send(new GetCommand({ TableName: "orders", Key: { id } })); // <- here
          return { statusCode: 200, body: JSON.stringify(found.Item) };
        };
    """,
    ),
    good(
        "python",
        """
        import boto3

        table = boto3.resource("dynamodb").Table("orders")


        def handler(event, context):
            owner = event["requestContext"]["authorizer"]["claims"]["sub"]
            order = event["pathParameters"]["id"]
            return table.get_item(Key={"owner": owner, "id": order})["Item"]
    """,
    ),
    good(
        "python",
        """
        import boto3

        table = boto3.resource("dynamodb").Table("orders")


        def handler(event, context):
            item = table.get_item(Key={"id": event["pathParameters"]["id"]})["Item"]
            if item["owner"] != event["requestContext"]["authorizer"]["claims"]["sub"]:
                return {"statusCode": 403}
            return item
    """,
    ),
    good(
        "python",
        """
        import boto3
        from permissions import may_read

        table = boto3.resource("dynamodb").Table("orders")


        def handler(event, context):
            may_read(event)
            return table.get_item(Key={"id": event["pathParameters"]["id"]})["Item"]
    """,
    ),
    good(
        "javascript",
        """
        const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
        const { DynamoDBDocumentClient, GetCommand } = require("@aws-sdk/lib-dynamodb");
        const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));

        exports.handler = async (event) => {
          const found = await db.send(new GetCommand({ TableName: "orders", Key: { id: event.pathParameters.id } }));
          if (found.Item.owner !== event.requestContext.authorizer.claims.sub) return { statusCode: 403 };
          return { statusCode: 200, body: JSON.stringify(found.Item) };
        };
    """,
    ),
    good(
        "javascript",
        """
        const jwt = require("jsonwebtoken");
        const { DynamoDBClient, GetItemCommand } = require("@aws-sdk/client-dynamodb");
        const db = new DynamoDBClient({});

        exports.handler = async (event) => {
          jwt.verify(event.headers.authorization, process.env.KEY, { algorithms: ["HS256"] });
          const key = { id: { S: event.pathParameters.id } };
          return db.send(new GetItemCommand({ TableName: "orders", Key: key }));
        };
    """,
    ),
]
