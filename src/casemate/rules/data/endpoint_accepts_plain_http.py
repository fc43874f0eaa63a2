"""An entry point that serves plain HTTP.

What it does
------------
Reports load balancer listeners that serve HTTP without a redirect to HTTPS, distributions with `allow-all`, function
apps without `httpsOnly`, and Google functions that allow HTTP.

Why it matters
--------------
Tokens, cookies and payloads cross the network in clear; an attacker on the path can read and change them.

How to fix
----------
Redirect HTTP to HTTPS: a listener with a redirect action, `ViewerProtocolPolicy: redirect-to-https`, `httpsOnly:
true`.

When to allow it
----------------
Internal load balancers behind another TLS terminator.

References
----------
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
- https://learn.microsoft.com/azure/app-service/configure-ssl-bindings#enforce-https
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.api import Api
from casemate.model.function import Function
from casemate.model.network import Host
from casemate.model.setting import Unresolved


@rule("endpoint-accepts-plain-http", weakness="missing-encryption-in-transit", severity=HIGH, tags=["cwe-319"])
def check(subject: Api | Function | Host, system: System) -> Iterator[Outcome]:
    if isinstance(subject, Host):
        yield from judge(subject.https_only, lambda only: not only, f"{subject.name} can be called over plain HTTP")
        return
    if isinstance(subject, Function):
        if subject.hosting is not None and subject.kind != "azure-function":
            yield from judge(
                subject.hosting.https_only,
                lambda only: not only,
                f"{subject.name} can be called over plain HTTP",
                fixes=_fixes(subject),
            )
        yield from judge(
            subject.https_required,
            lambda required: not required,
            f"{subject.name} can be called over plain HTTP",
            severity=MEDIUM,
        )
        return
    severity = MEDIUM if subject.private.ever(bool) or isinstance(subject.private, Unresolved) else HIGH
    yield from judge(
        subject.https_only,
        lambda only: not only,
        f"{subject.name} serves plain HTTP",
        severity=severity,
        fixes=_fixes(subject),
    )


def _fixes(subject: Api | Function) -> tuple[Fix, ...]:
    if isinstance(subject, Function):
        change = Change(subject.id, "set", ("properties", "httpsOnly"), True)
        return (Fix("Redirect HTTP to HTTPS", safe=True, changes=(change,)),)
    if subject.resource.type == "AWS::CloudFront::Distribution":
        path = ("DistributionConfig", "DefaultCacheBehavior", "ViewerProtocolPolicy")
        change = Change(subject.id, "set", path, "redirect-to-https")
        return (Fix("Redirect HTTP to HTTPS", safe=True, changes=(change,)),)
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
              DefaultCacheBehavior:
                TargetOriginId: web
                ViewerProtocolPolicy: allow-all  # <- here
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
              DefaultCacheBehavior:
                TargetOriginId: web
                ViewerProtocolPolicy: redirect-to-https
              Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Policy: {Type: String}
        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: true
                DefaultCacheBehavior: {TargetOriginId: web, ViewerProtocolPolicy: !Ref Policy}
                Origins: [{Id: web, DomainName: web.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        """,
    ),
    bad(
        "terraform",
        """
        resource "google_cloudfunctions_function" "hello" {
          name                         = "hello"
          runtime                      = "nodejs22"
          trigger_http                 = true
          https_trigger_security_level = "SECURE_OPTIONAL"  # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "google_cloudfunctions_function" "hello" {
          name                         = "hello"
          runtime                      = "nodejs22"
          trigger_http                 = true
          https_trigger_security_level = "SECURE_ALWAYS"
        }
        resource "google_cloudfunctions_function" "silent" {
          name         = "silent"
          runtime      = "nodejs22"
          trigger_http = true
        }
        """,
    ),
    bad(
        "terraform",
        """
        variable "balancer" {}
        resource "aws_lb_listener" "plain" {
          load_balancer_arn = var.balancer
          port              = 80
          protocol          = "HTTP" # <- here
          default_action {
            type             = "forward"
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1"
          }
        }
        """,
    ),
    good(
        "terraform",
        """
        variable "balancer" {}
        resource "aws_lb_listener" "plain" {
          load_balancer_arn = var.balancer
          port              = 80
          protocol          = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              port        = "443"
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
        """,
    ),
    bad(
        "terraform",
        """
        resource "azurerm_container_app" "shop" {
          name                         = "shop"
          resource_group_name          = "shop"
          container_app_environment_id = "x"
          revision_mode                = "Single"
          ingress {
            external_enabled           = true
            allow_insecure_connections = true # <- here
            target_port                = 80
            traffic_weight { percentage = 100 }
          }
          template {
            container {
              name   = "shop"
              image  = "acme/shop:1"
              cpu    = 0.5
              memory = "1Gi"
            }
          }
        }
        """,
    ),
]
