"""An API that can be reached around its front door.

What it does
------------
Reports APIs that have a custom domain but still answer on the generated address.

Why it matters
--------------
Protection that stands on the custom domain or the distribution in front (mutual TLS, firewall, rate rules) is
bypassed by the generated address.

How to fix
----------
Set `DisableExecuteApiEndpoint: true`.

When to allow it
----------------
APIs whose generated address is what clients use.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, bad, good, judge, rule
from casemate.model.api import Api
from casemate.model.value import references

_MAPPINGS = frozenset({"AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping"})


@rule("default-endpoint-open", weakness="missing-waf", severity=LOW, tags=["cwe-288"], profile="strict")
def check(api: Api, system: System) -> Iterator[Outcome]:
    stack = system.stack_of(api)
    mapped = any(
        resource.type in _MAPPINGS
        and any(reference.target == api.resource.key for reference in references(resource.properties))
        for resource in (stack.resources.values() if stack else ())
    )
    if mapped and api.kind in {"rest", "http"} and not api.private.ever(bool):
        yield from judge(
            api.default_endpoint, bool, f"{api.name} also answers on its generated address, around its own domain"
        )


CASES = [
    bad(
        "cloudformation",
        """
        Shop:  # <- here
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Domain:
          Type: AWS::ApiGateway::DomainName
          Properties: {DomainName: api.shop.example, SecurityPolicy: TLS_1_2}
        Mapping:
          Type: AWS::ApiGateway::BasePathMapping
          Properties: {DomainName: !Ref Domain, RestApiId: !Ref Shop, Stage: prod}
        """,
    ),
    good(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop, DisableExecuteApiEndpoint: true}
        Domain:
          Type: AWS::ApiGateway::DomainName
          Properties: {DomainName: api.shop.example, SecurityPolicy: TLS_1_2}
        Mapping:
          Type: AWS::ApiGateway::BasePathMapping
          Properties: {DomainName: !Ref Domain, RestApiId: !Ref Shop, Stage: prod}
        """,
    ),
]
