"""What the authoriser says decides nothing.

What it does
------------
Looks for handlers that read the authoriser's result or the caller's claims, use them in no check and no query, and pick
objects by what the request says; and for authorisers that answer "allow" to whatever they are sent.

Why it matters
--------------
The API looks protected and is not: any caller who is signed in acts for every other one, or anybody is let in.

How to fix
----------
Decide by the identity: make it part of the query, or compare it with the owner. In an authoriser, verify the token and
deny by default.

When to allow it
----------------
An authoriser of a development stage that is never deployed in front of real data.

References
----------
- https://cwe.mitre.org/data/definitions/863.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("authorizer-ignored", weakness="broken-access-control", severity=HIGH, tags=["cwe-863", "owasp-sls-02"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "authorizer-ignored":
        yield reported(flow, flow.steps[-1].label, HIGH)


CASES = [
    bad(
        "python",
        """
        import json

        import boto3

        table = boto3.resource("dynamodb").Table("accounts")


        def handler(event, context):
            user = event["requestContext"]["authorizer"]["claims"]["sub"]  # <- here
            print("called by", user)
            account = json.loads(event["body"])["account"]
            table.delete_item(Key={"id": account})
            return {"statusCode": 204}
    """,
    ),
    bad(
        "python",
        """
        def handler(event, context):  # <- here
            return {
                "principalId": "user",
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
                    ],
                },
            }
    """,
    ),
    bad(
        "javascript",
        """
        exports.handler = async (event) => { // <- here
          console.log("token", event.headers.authorization);
          return { isAuthorized: true };
        };
    """,
    ),
    good(
        "python",
        """
        import json

        import boto3

        table = boto3.resource("dynamodb").Table("accounts")


        def handler(event, context):
            user = event["requestContext"]["authorizer"]["claims"]["sub"]
            account = json.loads(event["body"])["account"]
            table.delete_item(
                Key={"id": account}, ConditionExpression="owner = :me", ExpressionAttributeValues={":me": user}
            )
            return {"statusCode": 204}
    """,
    ),
    good(
        "python",
        """
        import os

        import jwt


        def handler(event, context):
            jwt.decode(event["authorizationToken"], os.environ["KEY"], algorithms=["RS256"])
            return {
                "principalId": "user",
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
                    ],
                },
            }
    """,
    ),
    good(
        "javascript",
        """
        exports.handler = async (event) => {
          if (event.headers["x-key"] !== process.env.KEY) throw new Error("Unauthorized");
          return { isAuthorized: true };
        };
    """,
    ),
    good(
        "javascript",
        """
        exports.handler = async (event) => ({ isAuthorized: event.headers["x-key"] === process.env.KEY });
    """,
    ),
]
