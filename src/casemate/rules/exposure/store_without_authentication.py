"""A store that asks nobody who they are.

What it does
------------
Reports caches, brokers and Kafka clusters that accept clients without authentication, where that is declared.

Why it matters
--------------
Whoever reaches the port, for example from a compromised function in the same network, reads and changes everything.

How to fix
----------
Turn on authentication: an auth token or IAM for Redis, SASL or mTLS for Kafka.

When to allow it
----------------
Never in production.

References
----------
- https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
- https://docs.aws.amazon.com/msk/latest/developerguide/kafka_apis_iam.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.store import Store

_OPEN_BY_DEFAULT = frozenset({"msk", "kafka"})
"""Services that let every client in when the template says nothing."""


@rule("store-without-authentication", weakness="missing-auth", severity=MEDIUM, tags=["cwe-306"])
def check(store: Store, system: System) -> Iterator[Outcome]:
    if store.authenticated is not None and (store.authenticated.declared or store.service in _OPEN_BY_DEFAULT):
        yield from judge(
            store.authenticated,
            lambda asked: not asked,
            f"The {store.kind} {store.name} accepts clients without authentication",
        )


CASES = [
    bad(
        "cloudformation",
        """
        Stream:  # <- here
          Type: AWS::MSK::Cluster
          Properties:
            ClusterName: orders
            KafkaVersion: 3.7.x
            NumberOfBrokerNodes: 3
            BrokerNodeGroupInfo: {InstanceType: kafka.m5.large, ClientSubnets: [subnet-1]}
            ClientAuthentication:
              Unauthenticated:
                Enabled: true
        """,
    ),
    good(
        "cloudformation",
        """
        Stream:
          Type: AWS::MSK::Cluster
          Properties:
            ClusterName: orders
            KafkaVersion: 3.7.x
            NumberOfBrokerNodes: 3
            BrokerNodeGroupInfo: {InstanceType: kafka.m5.large, ClientSubnets: [subnet-1]}
            ClientAuthentication:
              Sasl: {Iam: {Enabled: true}}
        """,
    ),
]
