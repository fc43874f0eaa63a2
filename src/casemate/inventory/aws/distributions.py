"""CloudFront distributions.

Source: AWS CloudFormation Template Reference, "AWS::CloudFront::Distribution"; CloudFront developer guide,
"Requiring HTTPS", "Supported protocols and ciphers between viewers and CloudFront".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.linking import identity
from casemate.inventory.logic import every, negated
from casemate.inventory.reading import Props, Unreadable, as_text, word
from casemate.model.api import Api
from casemate.model.setting import Declared, Defaulted, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_CONFIG = "DistributionConfig"
_DELIVERY = "AWS::Logs::DeliverySource"


def distribution(resource: Resource, context: Context) -> Iterator[Api]:
    """`AWS::CloudFront::Distribution`."""
    props = context.props(resource)
    config = props.section(_CONFIG)
    at = resource.at
    https_only = _https_only(config)
    yield Api(
        **identity(resource, context),
        kind="cdn",
        private=Defaulted("Private", at, False, "distributions face the internet"),
        throttled=Defaulted("ThrottlingRateLimit", at, False, "distributions have no rate limits of their own"),
        access_logs=_access_logs(config, resource, context),
        execution_logs=Defaulted("LoggingLevel", at, "UNSUPPORTED", "distributions have access logs only"),
        full_payload_logs=Defaulted("DataTraceEnabled", at, False, "distributions do not log payloads"),
        tracing=Defaulted("TracingEnabled", at, False, "distributions do not trace"),
        waf=config.present("WebACLId", "no web ACL is attached"),
        minimum_tls=_minimum_tls(config),
        https_only=https_only,
        cache_encrypted=Defaulted("CacheDataEncrypted", at, True, "CloudFront encrypts what it caches"),
        validation=Defaulted("RequestValidatorId", at, False, "distributions do not validate requests"),
        default_endpoint=Defaulted("DisableExecuteApiEndpoint", at, True, "the default name cannot be switched off"),
        origins_https=tuple(_origins(config, https_only)),
        implied=resource.implied_by is not None,
    )


def _https_only(config: Props) -> Setting[bool]:
    """Each cache behaviour takes HTTPS only, or redirects to it."""
    default = Props(config.find("DefaultCacheBehavior"), config.at, f"{_CONFIG}.DefaultCacheBehavior")
    behaviours = [
        default,
        *(Props(found.value, config.at, found.prefix) for found in config.sections("CacheBehaviors")),
    ]
    plain = word("allow-all")
    source = "ViewerProtocolPolicy is required"
    return every(*(negated(found.read("ViewerProtocolPolicy", plain, False, source)) for found in behaviours))


def _access_logs(config: Props, resource: Resource, context: Context) -> Setting[bool]:
    """Standard logs in a bucket, their second version through a delivery, or real-time logs."""
    standard = config.present("Logging.Bucket", "requests are not logged")
    if standard.declared:
        return standard
    for delivery in context.referrers(resource.key, _DELIVERY):
        return Declared(_DELIVERY, delivery.at, True)
    real_time = config.present("DefaultCacheBehavior.RealtimeLogConfigArn")
    return real_time if real_time.declared else standard


def _minimum_tls(config: Props) -> Setting[str | None]:
    """With the *.cloudfront.net certificate the policy cannot be chosen, so that nothing is said of it."""
    name = "ViewerCertificate.MinimumProtocolVersion"
    certificates = ("ViewerCertificate.AcmCertificateArn", "ViewerCertificate.IamCertificateId")
    own = any(config.find(path) is not None for path in certificates)
    if own or config.find(name) is not None:
        return config.text(name, "TLSv1", "CloudFront's default for a certificate of one's own")
    return Defaulted(f"{_CONFIG}.{name}", config.at, None, "the policy of the default certificate cannot be chosen")


def _origins(config: Props, https_only: Setting[bool]) -> Iterator[Setting[bool]]:
    viewers = https_only.always(bool)

    def convert(value: Value) -> bool:
        text = as_text(value).lower()
        if text not in {"https-only", "http-only", "match-viewer"}:
            message = f"origin protocol policy {text[:30]} is not known"
            raise Unreadable(message)
        return text == "https-only" or (text == "match-viewer" and viewers)

    for origin in config.sections("Origins"):
        if origin.find("CustomOriginConfig") is not None:
            own = Props(origin.value, config.at, f"{_CONFIG}.Origins")
            yield own.read(
                "CustomOriginConfig.OriginProtocolPolicy", convert, False, "OriginProtocolPolicy is required"
            )


BUILDERS: dict[str, Builder] = {"AWS::CloudFront::Distribution": distribution}
