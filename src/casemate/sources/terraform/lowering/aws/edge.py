"""Load balancers, DNS, CloudFront and WAF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Entry, Fields, Items, Literal, Value, display
from casemate.sources.terraform.lowering.blocks import blocks
from casemate.sources.terraform.lowering.table import Join, Native, Table

if TYPE_CHECKING:
    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_lb": Native(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        """
        internal=Scheme:internal load_balancer_type=Type load_balancer_attributes security_groups subnets name
        ip_address_type subnet_mapping=SubnetMappings[ subnet_id allocation_id ] tags:tags
    """,
    ),
    "aws_lb_listener": Native(
        "AWS::ElasticLoadBalancingV2::Listener",
        """
        default_action=DefaultActions[ type order target_group_arn redirect=RedirectConfig{ host path port
        protocol query status_code } fixed_response=FixedResponseConfig{ content_type message_body status_code
        } forward=ForwardConfig{ target_group=TargetGroups[ arn=TargetGroupArn weight ] }
        authenticate_cognito=AuthenticateCognitoConfig{ user_pool_arn user_pool_client_id user_pool_domain }
        authenticate_oidc=AuthenticateOidcConfig{ issuer client_id client_secret authorization_endpoint
        token_endpoint user_info_endpoint } ] certificate_arn=Certificates:certificate load_balancer_arn
        alpn_policy mutual_authentication{ mode advertise_trust_store_ca_names
        ignore_client_certificate_expiry trust_store_arn } port protocol ssl_policy tags:tags
    """,
    ),
    "aws_lb_listener_rule": Native(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        """
        action=Actions[ type order target_group_arn redirect=RedirectConfig{ host path port protocol query
        status_code } fixed_response=FixedResponseConfig{ content_type message_body status_code }
        authenticate_cognito=AuthenticateCognitoConfig{ user_pool_arn user_pool_client_id user_pool_domain }
        authenticate_oidc=AuthenticateOidcConfig{ issuer client_id client_secret authorization_endpoint
        token_endpoint user_info_endpoint } ] condition=Conditions[ path_pattern=PathPatternConfig{ values }
        host_header=HostHeaderConfig{ values } http_header=HttpHeaderConfig{ http_header_name values }
        source_ip=SourceIpConfig{ values } ] listener_arn priority tags:tags transform=Transforms[ type
        host_header_rewrite_config{ rewrite=Rewrites[ regex replace ] } url_rewrite_config{ rewrite=Rewrites[
        regex replace ] } ]
    """,
    ),
    "aws_lb_target_group": Native(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        """
        health_check.enabled=HealthCheckEnabled health_check.path=HealthCheckPath
        health_check.protocol=HealthCheckProtocol ip_address_type name port protocol protocol_version
        tags:tags target_control_port target_type vpc_id
    """,
    ),
    "aws_elb": Native(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        """
        name=LoadBalancerName internal=Scheme:internal listener=Listeners[ instance_port instance_protocol
        lb_port=LoadBalancerPort lb_protocol=Protocol ssl_certificate_id=SSLCertificateId ]
        access_logs=AccessLoggingPolicy{ bucket=S3BucketName bucket_prefix=S3BucketPrefix enabled
        interval=EmitInterval } health_check=HealthCheck{ healthy_threshold interval target timeout
        unhealthy_threshold } availability_zones instances security_groups source_security_group subnets
        tags:tags
    """,
    ),
    "aws_route53_zone": Native(
        "AWS::Route53::HostedZone",
        """
        vpc=VPCs[ vpc_id=VPCId vpc_region=VPCRegion ] comment=HostedZoneConfig.Comment
        tags=HostedZoneTags:tags name delegation_set_id
    """,
    ),
    "aws_route53_record": Native(
        "AWS::Route53::RecordSet",
        """
        records=ResourceRecords zone_id=HostedZoneId alias=AliasTarget{ name=DNSName zone_id=HostedZoneId
        evaluate_target_health } ttl=TTL name type health_check_id set_identifier
    """,
    ),
    "aws_cloudfront_distribution": Native(
        "AWS::CloudFront::Distribution",
        """
        aliases=DistributionConfig.Aliases comment=DistributionConfig.Comment
        default_root_object=DistributionConfig.DefaultRootObject enabled=DistributionConfig.Enabled
        http_version=DistributionConfig.HttpVersion price_class=DistributionConfig.PriceClass
        web_acl_id=DistributionConfig.WebACLId is_ipv6_enabled=DistributionConfig.IPV6Enabled
        logging_config=DistributionConfig.Logging{ bucket include_cookies prefix }
        viewer_certificate=DistributionConfig.ViewerCertificate{ acm_certificate_arn
        cloudfront_default_certificate=CloudFrontDefaultCertificate iam_certificate_id
        minimum_protocol_version ssl_support_method }
        restrictions.geo_restriction=DistributionConfig.Restrictions.GeoRestriction{ restriction_type
        locations } origin=DistributionConfig.Origins[ origin_id=Id domain_name origin_path
        origin_access_control_id connection_attempts connection_timeout s3_origin_config=S3OriginConfig{
        origin_access_identity } custom_origin_config=CustomOriginConfig{ http_port=HTTPPort
        https_port=HTTPSPort origin_protocol_policy origin_ssl_protocols=OriginSSLProtocols }
        custom_header=OriginCustomHeaders[ name=HeaderName value=HeaderValue ] origin_shield=OriginShield{
        enabled origin_shield_region } ] default_cache_behavior=DistributionConfig.DefaultCacheBehavior{
        target_origin_id viewer_protocol_policy allowed_methods cached_methods cache_policy_id
        origin_request_policy_id response_headers_policy_id compress field_level_encryption_id trusted_signers
        trusted_key_groups lambda_function_association=LambdaFunctionAssociations[ event_type
        lambda_arn=LambdaFunctionARN include_body ] function_association=FunctionAssociations[ event_type
        function_arn=FunctionARN ] forwarded_values=ForwardedValues{ query_string headers cookies=Cookies{
        forward whitelisted_names } } } ordered_cache_behavior=DistributionConfig.CacheBehaviors[ path_pattern
        target_origin_id viewer_protocol_policy allowed_methods cached_methods cache_policy_id
        origin_request_policy_id response_headers_policy_id compress field_level_encryption_id trusted_signers
        trusted_key_groups lambda_function_association=LambdaFunctionAssociations[ event_type
        lambda_arn=LambdaFunctionARN include_body ] function_association=FunctionAssociations[ event_type
        function_arn=FunctionARN ] forwarded_values=ForwardedValues{ query_string headers cookies=Cookies{
        forward whitelisted_names } } ] tags:tags
    """,
    ),
    "aws_cloudfront_origin_access_identity": Native(
        "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        """
        comment=CloudFrontOriginAccessIdentityConfig.Comment
    """,
    ),
    "aws_cloudfront_origin_access_control": Native(
        "AWS::CloudFront::OriginAccessControl",
        """
        name=OriginAccessControlConfig.Name
        origin_access_control_origin_type=OriginAccessControlConfig.OriginAccessControlOriginType
        signing_behavior=OriginAccessControlConfig.SigningBehavior
        signing_protocol=OriginAccessControlConfig.SigningProtocol
    """,
    ),
    "aws_cloudfront_function": Native(
        "AWS::CloudFront::Function",
        """
        code=FunctionCode runtime=FunctionConfig.Runtime comment=FunctionConfig.Comment publish=AutoPublish
        name
    """,
    ),
    "aws_cloudfront_response_headers_policy": Native(
        "AWS::CloudFront::ResponseHeadersPolicy",
        """
        name=ResponseHeadersPolicyConfig.Name cors_config=ResponseHeadersPolicyConfig.CorsConfig{
        access_control_allow_credentials
        access_control_allow_headers.items=AccessControlAllowHeaders.Items
        access_control_allow_methods.items=AccessControlAllowMethods.Items
        access_control_allow_origins.items=AccessControlAllowOrigins.Items origin_override }
        security_headers_config=ResponseHeadersPolicyConfig.SecurityHeadersConfig{
        strict_transport_security=StrictTransportSecurity{ access_control_max_age_sec include_subdomains
        override preload } content_security_policy=ContentSecurityPolicy{ content_security_policy override }
        frame_options=FrameOptions{ frame_option override } }
    """,
    ),
    "aws_wafv2_web_acl": Native(
        "AWS::WAFv2::WebACL",
        """
        default_action=DefaultAction{ allow=Allow:empty block=Block:empty } rule=Rules[ name priority
        action=Action{ allow=Allow:empty block=Block:empty count=Count:empty captcha=Captcha:empty }
        override_action=OverrideAction{ none=None:empty count=Count:empty }
        visibility_config=VisibilityConfig{ cloudwatch_metrics_enabled=CloudWatchMetricsEnabled metric_name
        sampled_requests_enabled } statement=Statement{
        managed_rule_group_statement=ManagedRuleGroupStatement{ name vendor_name version }
        rate_based_statement=RateBasedStatement{ limit aggregate_key_type evaluation_window_sec }
        ip_set_reference_statement=IPSetReferenceStatement{ arn }
        rule_group_reference_statement=RuleGroupReferenceStatement{ arn }
        geo_match_statement=GeoMatchStatement{ country_codes } } ] visibility_config=VisibilityConfig{
        cloudwatch_metrics_enabled=CloudWatchMetricsEnabled metric_name sampled_requests_enabled } scope
        captcha_config{ immunity_time_property{ immunity_time } } challenge_config{ immunity_time_property{
        immunity_time } } data_protection_config{ data_protection=DataProtections[ action field{ field_type
        field_keys } exclude_rate_based_details exclude_rule_match_details ] } description name tags:tags
        token_domains
    """,
    ),
    "aws_wafv2_web_acl_association": Native(
        "AWS::WAFv2::WebACLAssociation",
        """
        resource_arn web_acl_arn=WebACLArn
    """,
    ),
    "aws_wafv2_web_acl_logging_configuration": Native(
        "AWS::WAFv2::LoggingConfiguration",
        """
        log_destination_configs resource_arn
    """,
    ),
    "aws_wafv2_ip_set": Native(
        "AWS::WAFv2::IPSet",
        """
        ip_address_version=IPAddressVersion scope addresses description name tags:tags
    """,
    ),
    "aws_wafv2_rule_group": Native("AWS::WAFv2::RuleGroup", "name scope capacity"),
    "aws_waf_web_acl": Native(
        "AWS::WAF::WebACL",
        """
        default_action.type=DefaultAction.Type metric_name name
    """,
    ),
    "aws_wafregional_web_acl": Native(
        "AWS::WAFRegional::WebACL",
        """
        default_action.type=DefaultAction.Type metric_name name
    """,
    ),
    "aws_wafregional_web_acl_association": Native(
        "AWS::WAFRegional::WebACLAssociation",
        """
        web_acl_id=WebACLId resource_arn
    """,
    ),
    "aws_shield_protection": Native("AWS::Shield::Protection", "name resource_arn tags:tags"),
}

JOINS: dict[str, Join] = {
    "aws_lb_target_group_attachment": Join(
        "target_group_arn",
        ("aws_lb_target_group", "aws_alb_target_group"),
        """
        target_id=Id port availability_zone
    """,
        into="Targets",
    ),
}

_FLAGS = {
    "enable_deletion_protection": "deletion_protection.enabled",
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "enable_http2": "routing.http2.enabled",
    "enable_waf_fail_open": "waf.fail_open.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
}
_LOGS = {"bucket": "access_logs.s3.bucket", "prefix": "access_logs.s3.prefix"}


def _attributes(_: RawResource, arguments: Fields, __: Declared) -> Fields:
    """Arguments of a load balancer as its list of attributes.

    Terraform turns access logs off unless the block says `enabled`.
    """
    found: list[Value] = []
    for argument, name in _FLAGS.items():
        entry = arguments.entries.get(argument)
        if entry is not None and not isinstance(entry.value, Absent):
            found.append(_attribute(name, entry))
    for block in blocks(arguments.get("access_logs")):
        enabled = block.entries.get("enabled") or Entry(block.at, Literal("false", block.at))
        found.append(_attribute("access_logs.s3.enabled", enabled))
        found.extend(
            _attribute(name, block.entries[argument]) for argument, name in _LOGS.items() if argument in block.entries
        )
    if not found:
        return arguments
    listed = Entry(found[0].at, Items(found, found[0].at))
    return Fields({**arguments.entries, "load_balancer_attributes": listed}, arguments.at)


def _attribute(name: str, entry: Entry) -> Fields:
    value = entry.value
    if isinstance(value, Literal) and isinstance(value.value, bool):
        value = Literal(display(value), value.at)
    return Fields(
        {"Key": Entry(entry.key_at, Literal(name, entry.key_at)), "Value": Entry(entry.key_at, value)}, value.at
    )


TABLE = Table(natives=NATIVES, joins=JOINS, prepare={"aws_lb": _attributes})
