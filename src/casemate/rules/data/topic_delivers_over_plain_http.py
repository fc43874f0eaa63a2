"""A topic sends its messages over plain HTTP.

What it does
------------
Reports topics with a subscription of the protocol `http`.

Why it matters
--------------
Whoever is on the way reads every message and can make up others: the receiver cannot tell them apart unless it verifies
their signatures.

How to fix
----------
Subscribe with the protocol `https` to an endpoint with a certificate, or deliver to a queue or a function.

When to allow it
----------------
Never for messages that say anything about people, money, or credentials.

References
----------
- https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
- https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule, unresolved
from casemate.model.store import Store


@rule("topic-delivers-over-plain-http", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-319"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    for clear in store.delivers_in_clear:
        yield from judge(clear, bool, f"{store.name} sends its messages over plain HTTP")


CASES = [
    bad(
        "cloudformation",
        """
        Orders: {Type: AWS::SNS::Topic}
        Hook:
          Type: AWS::SNS::Subscription
          Properties:
            TopicArn: !Ref Orders
            Protocol: http  # <- here
            Endpoint: http://hooks.example.com/orders
        """,
    ),
    bad(
        "terraform",
        """
        resource "aws_sns_topic" "orders" {}
        resource "aws_sns_topic_subscription" "hook" {
          topic_arn = aws_sns_topic.orders.arn
          protocol  = "http"  # <- here
          endpoint  = "http://hooks.example.com/orders"
        }
        """,
    ),
    good(
        "cloudformation",
        """
        Orders:
          Type: AWS::SNS::Topic
          Properties:
            Subscription:
              - {Protocol: https, Endpoint: "https://hooks.example.com/orders"}
              - {Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
        Queue: {Type: AWS::SQS::Queue}
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Way: {Type: String}
        Resources:
          Orders:
            Type: AWS::SNS::Topic
            Properties: {Subscription: [{Protocol: !Ref Way, Endpoint: "example.com"}]}
        """,
    ),
]
