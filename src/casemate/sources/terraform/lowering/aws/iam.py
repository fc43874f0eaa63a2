"""Roles, users, groups and their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Entry, Fields, Items
from casemate.sources.terraform.lowering.table import Addition, Extra, Join, Native, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

NATIVES: dict[str, Native] = {
    "aws_iam_role": Native(
        "AWS::IAM::Role",
        """
        name=RoleName assume_role_policy=AssumeRolePolicyDocument inline_policy=Policies[ name=PolicyName
        policy=PolicyDocument ] description managed_policy_arns max_session_duration path permissions_boundary
        tags:tags
    """,
    ),
    "aws_iam_user": Native("AWS::IAM::User", "name=UserName path permissions_boundary tags:tags"),
    "aws_iam_group": Native("AWS::IAM::Group", "name=GroupName path"),
    "aws_iam_policy": Native(
        "AWS::IAM::ManagedPolicy",
        """
        name=ManagedPolicyName policy=PolicyDocument description path
    """,
    ),
    "aws_iam_role_policy": Native(
        "AWS::IAM::Policy",
        """
        name=PolicyName policy=PolicyDocument role=Roles:list
    """,
    ),
    "aws_iam_user_policy": Native(
        "AWS::IAM::Policy",
        """
        name=PolicyName policy=PolicyDocument user=Users:list
    """,
    ),
    "aws_iam_group_policy": Native(
        "AWS::IAM::Policy",
        """
        name=PolicyName policy=PolicyDocument group=Groups:list
    """,
    ),
    "aws_iam_access_key": Native("AWS::IAM::AccessKey", "user=UserName status"),
    "aws_iam_account_password_policy": Native(
        "AWS::IAM::AccountPasswordPolicy",
        """
        minimum_password_length require_symbols require_numbers require_uppercase_characters
        require_lowercase_characters max_password_age password_reuse_prevention allow_users_to_change_password
        hard_expiry
    """,
    ),
    "aws_iam_openid_connect_provider": Native(
        "AWS::IAM::OIDCProvider",
        """
        client_id_list url tags:tags thumbprint_list
    """,
    ),
    "aws_iam_saml_provider": Native("AWS::IAM::SAMLProvider", "name saml_metadata_document tags:tags"),
    "aws_iam_instance_profile": Native(
        "AWS::IAM::InstanceProfile",
        """
        name=InstanceProfileName role=Roles:list path
    """,
    ),
    "aws_iam_server_certificate": Native(
        "AWS::IAM::ServerCertificate",
        """
        name=ServerCertificateName certificate_body private_key certificate_chain path tags:tags
    """,
    ),
    "aws_iam_service_linked_role": Native(
        "AWS::IAM::ServiceLinkedRole",
        """
        aws_service_name=AWSServiceName custom_suffix description
    """,
    ),
    "aws_iam_virtual_mfa_device": Native(
        "AWS::IAM::VirtualMFADevice",
        """
        virtual_mfa_device_name path tags:tags
    """,
    ),
    "aws_iam_group_membership": Native("AWS::IAM::UserToGroupAddition", "group=GroupName users"),
    "aws_rolesanywhere_profile": Native(
        "AWS::RolesAnywhere::Profile",
        """
        name accept_role_session_name duration_seconds enabled managed_policy_arns require_instance_properties
        role_arns session_policy tags:tags
    """,
    ),
    "aws_rolesanywhere_trust_anchor": Native(
        "AWS::RolesAnywhere::TrustAnchor",
        """
        name source{ source_data{ acm_pca_arn x509_certificate_data } source_type } enabled
        notification_settings[ channel enabled event threshold ] tags:tags
    """,
    ),
    "aws_organizations_policy": Native(
        "AWS::Organizations::Policy",
        """
        content name description tags:tags type
    """,
    ),
    "aws_organizations_policy_attachment": Native("Casemate::Organizations::PolicyAttachment", "policy_id target_id"),
    "aws_accessanalyzer_analyzer": Native(
        "AWS::AccessAnalyzer::Analyzer",
        """
        analyzer_name tags:tags type
    """,
    ),
}

JOINS: dict[str, Join] = {
    "aws_iam_role_policy_attachments_exclusive": Join(
        "role_name",
        ("aws_iam_role",),
        """
        policy_arns=ManagedPolicyArns
    """,
    ),
    "aws_iam_user_group_membership": Join("user", ("aws_iam_user",), "groups"),
    "aws_iam_user_login_profile": Join(
        "user",
        ("aws_iam_user",),
        """
        password_reset_required=LoginProfile.PasswordResetRequired
    """,
    ),
}

_HOLDERS = {"role": "aws_iam_role", "user": "aws_iam_user", "group": "aws_iam_group"}


def _attachment(_: RawResource, arguments: Fields, declared: Declared) -> Iterator[Addition | Extra]:
    """A managed policy on roles, users or groups.

    It is listed on the holder if that is declared here, else on the policy; where neither is, it stands by itself.
    """
    policy = arguments.entries.get("policy_arn")
    if policy is None:
        return
    apart: dict[str, Entry] = {}
    for kind, type_ in _HOLDERS.items():
        for name in (kind, f"{kind}s"):
            entry = arguments.entries.get(name)
            if entry is None:
                continue
            for value in entry.value.items if isinstance(entry.value, Items) else (entry.value,):
                holders = list(declared.named_by(value, (type_,)))
                for holder in holders:
                    yield holder.address, _list("ManagedPolicyArns", policy)
                held = [] if holders else list(declared.named_by(policy.value, ("aws_iam_policy",)))
                for one in held:
                    yield one.address, _list(f"{kind.capitalize()}s", Entry(entry.key_at, value))
                if not holders and not held and not isinstance(value, Absent):
                    apart[f"{kind.capitalize()}s"] = entry
    if apart:
        found = Fields({"PolicyArn": policy, **apart}, arguments.at)
        yield Extra("Casemate::IAM::PolicyAttachment", "", found)


def _membership(_: RawResource, arguments: Fields, declared: Declared) -> Iterator[Extra]:
    """The groups of a user that is not declared here; those of one that is are its own."""
    user, groups = arguments.entries.get("user"), arguments.entries.get("groups")
    if user is not None and groups is not None and not any(declared.named_by(user.value, ("aws_iam_user",))):
        found = {"GroupName": groups, "Users": Entry(user.key_at, Items([user.value], user.value.at))}
        yield Extra("AWS::IAM::UserToGroupAddition", "", Fields(found, arguments.at))


def _list(name: str, entry: Entry) -> Fields:
    return Fields({name: Entry(entry.key_at, Items([entry.value], entry.value.at))}, entry.value.at)


TABLE = Table(
    natives=NATIVES,
    joins=JOINS,
    more={
        "aws_iam_role_policy_attachment": _attachment,
        "aws_iam_user_policy_attachment": _attachment,
        "aws_iam_group_policy_attachment": _attachment,
        "aws_iam_policy_attachment": _attachment,
        "aws_iam_user_group_membership": _membership,
    },
)
