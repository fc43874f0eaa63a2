"""Passwords and tokens that a template hands to a service.

The value itself is kept, so that a rule can tell a literal from a reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.entity import about
from casemate.model.secret import Secret
from casemate.model.setting import Declared, Defaulted
from casemate.model.value import Absent, Cases, Fields, Items, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource

PATHS: dict[str, tuple[str, ...]] = {
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::DocDB::DBCluster": ("MasterUserPassword",),
    "AWS::DocDBElastic::Cluster": ("AdminUserPassword",),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::RedshiftServerless::Namespace": ("AdminUserPassword",),
    "AWS::Lightsail::Database": ("MasterUserPassword",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::ElastiCache::User": ("Passwords",),
    "AWS::MemoryDB::User": ("AuthenticationMode.Passwords",),
    "AWS::Elasticsearch::Domain": ("AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",),
    "AWS::OpenSearchService::Domain": ("AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",),
    "AWS::AmazonMQ::Broker": ("Users.Password", "LdapServerMetadata.ServiceAccountPassword"),
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::FSx::FileSystem": (
        "WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password",
        "OntapConfiguration.FsxAdminPassword",
    ),
    "AWS::DMS::Endpoint": ("Password",),
    "AWS::Amplify::App": ("AccessToken", "OauthToken", "BasicAuthConfig.Password"),
    "AWS::Amplify::Branch": ("BasicAuthConfig.Password",),
    "AWS::CodeBuild::SourceCredential": ("Token",),
    "AWS::CodePipeline::Pipeline": ("Stages.Actions.Configuration.OAuthToken",),
    "AWS::CodePipeline::Webhook": ("AuthenticationConfiguration.SecretToken",),
    "AWS::Events::Connection": (
        "AuthParameters.ApiKeyAuthParameters.ApiKeyValue",
        "AuthParameters.BasicAuthParameters.Password",
        "AuthParameters.OAuthParameters.ClientParameters.ClientSecret",
    ),
    "AWS::Cognito::UserPoolIdentityProvider": ("ProviderDetails.client_secret",),
}
"""CloudFormation type -> where it takes passwords and tokens (properties that CloudFormation documents as secret)."""

_MANAGED = ("ManageMasterUserPassword", "ManageAdminPassword")


def credentials(resource: Resource, context: Context) -> Iterator[Secret]:
    """A `Secret` for each password or token; `value` as declared, None where the service manages it."""
    for path in PATHS.get(resource.type, ()):
        for number, value in enumerate(_values(resource.properties, tuple(path.split("."))), 1):
            part = path if number == 1 else f"{path}/{number}"
            yield Secret(
                **about(resource, context, part),
                kind="credential",
                value=value,
                encrypted=Defaulted(path, value.at, True, "the service does not show it again"),
            )
    props = context.props(resource)
    for flag in _MANAGED:
        if props.flag(flag, False).ever(bool):
            at = props.key_at(flag)
            yield Secret(
                **about(resource, context, flag),
                kind="credential",
                value=None,
                encrypted=Declared(flag, at, True),
                rotated=Declared(flag, at, True),
            )


def access_key(resource: Resource, context: Context) -> Iterator[Secret]:
    """`AWS::IAM::AccessKey`: a long-lived key of a user.

    Its secret is an attribute that the stack's outputs may show; nothing rotates it.
    """
    yield Secret(
        **about(resource, context),
        kind="credential",
        value=None,
        encrypted=Defaulted("SecretAccessKey", resource.at, True, "IAM shows it once"),
        rotated=Defaulted("Serial", resource.at, False, "IAM User Guide, 'Update access keys': only by hand"),
    )


def _values(value: Value, parts: tuple[str, ...]) -> Iterator[Value]:
    """Every value at a path, through lists and conditions."""
    match value:
        case Absent():
            return
        case Items(items=items):
            for item in items:
                yield from _values(item, parts)
        case Cases(cases=cases) if parts:
            for _, case in cases:
                yield from _values(case, parts)
        case Fields(entries=entries) if parts:
            entry = entries.get(parts[0])
            if entry is not None:
                yield from _values(entry.value, parts[1:])
        case _ if not parts:
            yield value


_WITH_BUILDERS = frozenset({
    "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::DocDBElastic::Cluster",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace", "AWS::ElastiCache::ReplicationGroup", "AWS::Elasticsearch::Domain",
    "AWS::OpenSearchService::Domain", "AWS::AmazonMQ::Broker", "AWS::FSx::FileSystem", "AWS::CodePipeline::Pipeline",
})  # fmt: skip
"""Types whose own builder calls `credentials`."""

BUILDERS: dict[str, Builder] = {type_: credentials for type_ in PATHS if type_ not in _WITH_BUILDERS}
BUILDERS["AWS::IAM::AccessKey"] = access_key
