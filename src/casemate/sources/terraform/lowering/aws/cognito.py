"""User pools and identity pools."""

from __future__ import annotations

from casemate.sources.terraform.lowering.table import Native, Table

NATIVES: dict[str, Native] = {
    "aws_cognito_user_pool": Native(
        "AWS::Cognito::UserPool",
        """
        name=UserPoolName password_policy=Policies.PasswordPolicy{ minimum_length require_lowercase
        require_numbers require_symbols require_uppercase temporary_password_validity_days
        password_history_size } software_token_mfa_configuration.enabled=EnabledMfas:totp
        user_pool_add_ons=UserPoolAddOns{ advanced_security_mode }
        account_recovery_setting=AccountRecoverySetting{ recovery_mechanism=RecoveryMechanisms[ name priority
        ] } tags=UserPoolTags
        sign_in_policy.allowed_first_auth_factors=Policies.SignInPolicy.AllowedFirstAuthFactors
        admin_create_user_config{ allow_admin_create_user_only invite_message_template{ email_message
        email_subject sms_message=SMSMessage } } alias_attributes auto_verified_attributes deletion_protection
        device_configuration{ challenge_required_on_new_device device_only_remembered_on_user_prompt }
        email_configuration{ configuration_set email_sending_account reply_to_email_address source_arn }
        email_verification_message email_verification_subject lambda_config{ create_auth_challenge
        custom_email_sender{ lambda_arn lambda_version } custom_message custom_sms_sender=CustomSMSSender{
        lambda_arn lambda_version } define_auth_challenge kms_key_id=KMSKeyID post_authentication
        post_confirmation pre_authentication pre_sign_up pre_token_generation pre_token_generation_config{
        lambda_arn lambda_version } user_migration verify_auth_challenge_response } mfa_configuration schema[
        attribute_data_type name developer_only_attribute mutable number_attribute_constraints{ max_value
        min_value } required string_attribute_constraints{ max_length min_length } ]
        sms_authentication_message sms_configuration{ external_id sns_caller_arn sns_region }
        sms_verification_message user_attribute_update_settings{ attributes_require_verification_before_update
        } username_attributes username_configuration{ case_sensitive } user_pool_tier
        verification_message_template{ default_email_option email_message email_message_by_link email_subject
        email_subject_by_link sms_message }
    """,
    ),
    "aws_cognito_user_pool_client": Native(
        "AWS::Cognito::UserPoolClient",
        """
        name=ClientName allowed_oauth_flows_user_pool_client=AllowedOAuthFlowsUserPoolClient user_pool_id
        access_token_validity allowed_oauth_flows=AllowedOAuthFlows allowed_oauth_scopes=AllowedOAuthScopes
        analytics_configuration{ application_arn application_id external_id role_arn user_data_shared }
        auth_session_validity callback_urls=CallbackURLs default_redirect_uri=DefaultRedirectURI
        enable_propagate_additional_user_context_data enable_token_revocation explicit_auth_flows
        generate_secret id_token_validity logout_urls=LogoutURLs prevent_user_existence_errors read_attributes
        refresh_token_rotation{ feature retry_grace_period_seconds } refresh_token_validity
        supported_identity_providers token_validity_units{ access_token id_token refresh_token }
        write_attributes
    """,
    ),
    "aws_cognito_user_pool_domain": Native(
        "AWS::Cognito::UserPoolDomain",
        """
        certificate_arn=CustomDomainConfig.CertificateArn domain user_pool_id managed_login_version
    """,
    ),
    "aws_cognito_identity_pool": Native(
        "AWS::Cognito::IdentityPool",
        """
        identity_pool_name tags=IdentityPoolTags allow_classic_flow allow_unauthenticated_identities
        cognito_identity_providers[ client_id provider_name server_side_token_check ] developer_provider_name
        openid_connect_provider_arns=OpenIdConnectProviderARNs saml_provider_arns=SamlProviderARNs
        supported_login_providers
    """,
    ),
    "aws_cognito_identity_pool_roles_attachment": Native(
        "AWS::Cognito::IdentityPoolRoleAttachment",
        """
        identity_pool_id roles
    """,
    ),
    "aws_cognito_identity_provider": Native(
        "AWS::Cognito::UserPoolIdentityProvider",
        """
        provider_details provider_name provider_type user_pool_id attribute_mapping idp_identifiers
    """,
    ),
    "aws_cognito_resource_server": Native(
        "AWS::Cognito::UserPoolResourceServer",
        """
        scope=Scopes[ scope_description scope_name ] identifier name user_pool_id
    """,
    ),
    "aws_cognito_user": Native("AWS::Cognito::UserPoolUser", "user_pool_id username"),
    "aws_cognito_user_group": Native(
        "AWS::Cognito::UserPoolGroup",
        """
        name=GroupName user_pool_id description precedence role_arn
    """,
    ),
    "aws_cognito_risk_configuration": Native(
        "AWS::Cognito::UserPoolRiskConfigurationAttachment",
        """
        user_pool_id account_takeover_risk_configuration{ actions{ high_action{ event_action notify }
        low_action{ event_action notify } medium_action{ event_action notify } } notify_configuration{
        source_arn block_email{ html_body subject text_body } from mfa_email{ html_body subject text_body }
        no_action_email{ html_body subject text_body } reply_to } } client_id
        compromised_credentials_risk_configuration{ actions{ event_action } event_filter }
        risk_exception_configuration{ blocked_ip_range_list=BlockedIPRangeList
        skipped_ip_range_list=SkippedIPRangeList }
    """,
    ),
}

TABLE = Table(natives=NATIVES)
