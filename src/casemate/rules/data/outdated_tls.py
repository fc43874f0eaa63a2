"""An outdated TLS version is accepted.

What it does
------------
Reports APIs, domains, distributions, load balancers, function apps, storage accounts and databases whose minimum TLS
version is below 1.2, where that is declared.

Why it matters
--------------
TLS 1.0 and 1.1 are deprecated (RFC 8996); their weaknesses let an attacker on the path read or change traffic of
clients that are talked into them.

How to fix
----------
Set the minimum to TLS 1.2 or newer: `SecurityPolicy: TLS_1_2`, `MinimumProtocolVersion: TLSv1.2_2021`,
`minTlsVersion: 1.2`, an `ELBSecurityPolicy-TLS13-…` policy.

When to allow it
----------------
Devices in the field that cannot be updated, on an endpoint of their own.

References
----------
- https://www.rfc-editor.org/rfc/rfc8996
- https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.api import Api
from casemate.model.function import Function
from casemate.model.setting import Setting
from casemate.model.store import Store

_OLD = re.compile(
    r"(?i)(tls|ssl)[-_ v]*(1([-_.]?[01])?)(?![-_.\d])|sslv3|tlsv1(_2016)?$|tls_?1_[01]$|^1\.[01]$|elbsecuritypolicy-(2015-05|2016-08|tls-1-[01].*|fs-2018-06|fs-1-1.*)$|policy-min-tls-1-0"
)
"""SSL 3, TLS 1.0 and 1.1 in the spelling of API Gateway, CloudFront, ELB (policies that still accept TLS 1.0), Azure, OpenSearch and Google."""


_NEW: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "AWS::CloudFront::Distribution",
        ("DistributionConfig", "ViewerCertificate", "MinimumProtocolVersion"),
        "TLSv1.2_2021",
    ),
    ("AWS::ElasticLoadBalancing", ("SslPolicy",), "ELBSecurityPolicy-TLS13-1-2-2021-06"),
    ("AWS::ApiGatewayV2::", ("DomainNameConfigurations", "SecurityPolicy"), "TLS_1_2"),
    ("AWS::ApiGateway::", ("SecurityPolicy",), "TLS_1_2"),
    ("AWS::OpenSearchService::Domain", ("DomainEndpointOptions", "TLSSecurityPolicy"), "Policy-Min-TLS-1-2-2019-07"),
    ("AWS::Elasticsearch::Domain", ("DomainEndpointOptions", "TLSSecurityPolicy"), "Policy-Min-TLS-1-2-2019-07"),
    ("Microsoft.Web/sites", ("properties", "siteConfig", "minTlsVersion"), "1.2"),
    ("Microsoft.Storage/storageAccounts", ("properties", "minimumTlsVersion"), "TLS1_2"),
    ("Microsoft.DocumentDB/databaseAccounts", ("properties", "minimalTlsVersion"), "Tls12"),
    ("Microsoft.EventGrid/", ("properties", "minimumTlsVersionAllowed"), "1.2"),
    ("Microsoft.Sql/servers", ("properties", "minimalTlsVersion"), "1.2"),
    ("Microsoft.DBfor", ("properties", "minimalTlsVersion"), "TLS1_2"),
    ("Microsoft.", ("properties", "minimumTlsVersion"), "1.2"),
)
"""Beginning of a native type -> the setting, and TLS 1.2 as that service spells it. The first that fits counts."""


@rule("outdated-tls", weakness="missing-encryption-in-transit", severity=MEDIUM, tags=["cwe-326", "cwe-327"])
def check(subject: Api | Function | Store, system: System) -> Iterator[Outcome]:
    setting: Setting[str | None] | None
    if isinstance(subject, Function):
        setting = subject.hosting.minimum_tls if subject.hosting else None
    else:
        setting = subject.minimum_tls
    if setting is not None and setting.declared:
        yield from judge(
            setting,
            lambda version: version is not None and _OLD.search(version) is not None,
            f"{subject.name} accepts outdated TLS versions",
            fixes=_fixes(subject),
        )


def _fixes(subject: Api | Function | Store) -> tuple[Fix, ...]:
    for type_, path, value in _NEW:
        if subject.resource.type.startswith(type_):
            change = Change(subject.id, "set", path, value)
            return (Fix("Accept TLS 1.2 and later only", safe=False, changes=(change,)),)
    return ()


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
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
              ViewerCertificate:
                AcmCertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/1
                SslSupportMethod: sni-only
                MinimumProtocolVersion: TLSv1  # <- here
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
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
              ViewerCertificate:
                AcmCertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/1
                SslSupportMethod: sni-only
                MinimumProtocolVersion: TLSv1.2_2021
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Version: {Type: String}
        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: true
                DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: https-only}
                Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
                ViewerCertificate: {AcmCertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/1, MinimumProtocolVersion: !Ref Version}
        """,
    ),
]
