"""An API cache that keeps answers in clear.

What it does
------------
Reports API stages with a cache whose data is not encrypted.

Why it matters
--------------
Cached answers are data of your users, at rest on machines of the gateway.

How to fix
----------
Set `CacheDataEncrypted: true` in the method settings.

When to allow it
----------------
Public data.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.api import Api


@rule("api-cache-unencrypted", weakness="missing-encryption-at-rest", severity=MEDIUM, tags=["cwe-311"])
def check(api: Api, system: System) -> Iterator[Outcome]:
    change = Change(api.id, "set", ("MethodSettings", "0", "CacheDataEncrypted"), True)
    fix = Fix("Encrypt the cache", safe=True, changes=(change,))
    yield from judge(
        api.cache_encrypted,
        lambda encrypted: not encrypted,
        f"The cache of {api.name} is not encrypted",
        fixes=(fix,) if api.cache_encrypted.declared else (),
    )


CASES = [
    bad(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Prod:
          Type: AWS::ApiGateway::Stage
          Properties:
            RestApiId: !Ref Shop
            StageName: prod
            CacheClusterEnabled: true
            MethodSettings:
              - HttpMethod: "*"
                ResourcePath: /*
                CachingEnabled: true
                CacheDataEncrypted: false  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Prod:
          Type: AWS::ApiGateway::Stage
          Properties:
            RestApiId: !Ref Shop
            StageName: prod
            CacheClusterEnabled: true
            MethodSettings: [{HttpMethod: "*", ResourcePath: /*, CachingEnabled: true, CacheDataEncrypted: true}]
        """,
    ),
]
