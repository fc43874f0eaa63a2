"""A public API without a web application firewall.

What it does
------------
Reports public REST and GraphQL APIs, distributions and load balancers to which no web ACL is attached. HTTP APIs
cannot have one; they need a distribution in front.

Why it matters
--------------
Known attacks, bots and floods reach the functions unfiltered.

How to fix
----------
Attach an `AWS::WAFv2::WebACL` with the managed common rules and a rate rule per address.

When to allow it
----------------
Internal APIs, and those behind a protected distribution.

References
----------
- https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Api

_PROTECTABLE = frozenset({"rest", "graphql", "cdn", "load-balancer"})


@rule("api-without-waf", weakness="missing-waf", severity=LOW, tags=["cwe-693"], profile="strict")
def check(api: Api, system: System) -> Iterator[Outcome]:
    if api.kind in _PROTECTABLE and not api.private.ever(bool):
        yield from judge(api.waf, lambda on: not on, f"No web application firewall stands before {api.name}")


CASES = [
    bad(
        "cloudformation",
        """
        Site:  # <- here
          Type: AWS::CloudFront::Distribution
          Properties:
            DistributionConfig:
              Enabled: true
              DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: https-only}
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
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
              WebACLId: arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1
              DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: https-only}
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        """,
    ),
]
