"""A distribution fetches from its origin in clear.

What it does
------------
Reports distributions whose origin is reached over HTTP, or over whatever protocol the viewer used.

Why it matters
--------------
The lock in the browser ends at the edge: between the edge and the origin everything is readable and can be changed.

How to fix
----------
Set `OriginProtocolPolicy: https-only`.

When to allow it
----------------
S3 web site endpoints, which have no HTTPS; use the REST endpoint with origin access control instead.

References
----------
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, bad, good, judge, rule
from casemate.model.api import Api


@rule("origin-over-plain-http", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-319"])
def check(api: Api, system: System) -> Iterator[Outcome]:
    for origin in api.origins_https:
        yield from judge(origin, lambda secure: not secure, f"{api.name} fetches from an origin over plain HTTP")


CASES = [
    bad(
        "cloudformation",
        """
        Site:
          Type: AWS::CloudFront::Distribution
          Properties:
            DistributionConfig:
              Enabled: true
              DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: https-only}
              Origins:
                - Id: web
                  DomainName: web.example
                  CustomOriginConfig:
                    OriginProtocolPolicy: http-only  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Site:
          Type: AWS::CloudFront::Distribution
          Properties:
            DistributionConfig:
              Enabled: true
              DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: https-only}
              Origins:
                - Id: web
                  DomainName: web.example
                  CustomOriginConfig: {OriginProtocolPolicy: https-only}
        """,
    ),
]
