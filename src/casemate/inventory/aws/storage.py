"""Buckets, file systems, volumes, vaults and registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.entity import about
from casemate.inventory.aws.resource_policies import refuses_plain_http, standing
from casemate.inventory.logic import every, negated
from casemate.inventory.reading import Props, as_text, word
from casemate.model.function import Cors
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.store import Store
from casemate.model.value import Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.store import Encryption

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BLOCK = "PublicAccessBlockConfiguration"
_PUBLIC_ACLS = word(
    "PublicRead", "PublicReadWrite", "AuthenticatedRead", "public-read", "public-read-write", "authenticated-read"
)
_BLOCKED_BY_DEFAULT = "S3 User Guide, 'Blocking public access': on for every bucket made since 2023-04"


def bucket(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::S3::Bucket`.

    A public ACL makes it public unless the block of public ACLs is declared: buckets made before 2023-04 have no block,
    and a template that
    asks for a public ACL means it. Source: S3 User Guide, "Access control list overview" (canned ACLs) and "Blocking
    public access".
    """
    props = context.props(resource)
    acl = props.read("AccessControl", _PUBLIC_ACLS, False, "AWS::S3::Bucket AccessControl: Private by default")
    ignored = (
        props.flag(f"{_BLOCK}.{name}", False, "no block of public ACLs is declared")
        for name in ("IgnorePublicAcls", "BlockPublicAcls")
    )
    rule = "BucketEncryption.ServerSideEncryptionConfiguration"
    algorithm = f"{rule}.ServerSideEncryptionByDefault.SSEAlgorithm"
    yield Store(
        **about(resource, context),
        kind="bucket",
        service="s3",
        encryption=encryption.by_word(
            props, algorithm, f"{rule}.ServerSideEncryptionByDefault.KMSMasterKeyID", resource.type
        ),
        transit=refuses_plain_http(resource, context, ("AWS::S3::BucketPolicy", "Bucket")),
        public=every(acl, *(negated(flag) for flag in ignored)),
        written_by_all=props.read(
            "AccessControl", word("PublicReadWrite", "public-read-write"), False, "Private by default"
        ),
        public_blocked=_public_blocked(props),
        versioned=props.read(
            "VersioningConfiguration.Status", word("Enabled"), False, "S3 keeps one version unless told otherwise"
        ),
        logging=props.present("LoggingConfiguration", "S3 writes no access log unless told to"),
        website=props.present("WebsiteConfiguration"),
        cors=_cors(props),
    )


def stored_object(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Casemate::S3::Object`, which only Terraform declares: one with a public ACL, unless its bucket ignores it."""
    props = context.props(resource)
    acl = props.read("AccessControl", _PUBLIC_ACLS, False, "private unless set")
    if not acl.ever(bool):
        return
    holder = context.resource(props.find("Bucket"))
    blocked = context.props(holder) if holder is not None else None
    ignored = (
        blocked.flag(f"{_BLOCK}.{name}", False, "no block of public ACLs is declared")
        for name in (("IgnorePublicAcls", "BlockPublicAcls") if blocked is not None else ())
        if blocked is not None
    )
    yield Store(
        **about(resource, context),
        kind="object",
        service="s3",
        public=every(acl, *(negated(flag) for flag in ignored)),
    )


def _public_blocked(props: Props) -> Setting[bool]:
    if props.find(_BLOCK) is None:
        return Defaulted(_BLOCK, props.at, True, _BLOCKED_BY_DEFAULT)
    return every(
        *(props.flag(f"{_BLOCK}.{name}", False, "a block is declared that leaves this out") for name in _BLOCKS)
    )


def _cors(props: Props) -> Cors | None:
    rules = list(props.sections("CorsConfiguration.CorsRules"))
    origins = [origin for rule in rules for _, origin in rule.each("AllowedOrigins")]
    if not rules:
        return None
    return Cors(
        at=props.key_at("CorsConfiguration"),
        origins=tuple(Props(origin, origin.at, "AllowedOrigins").text((), "", "") for origin in origins),
        credentials=Defaulted("AllowCredentials", props.at, False, "CORS rules of S3 have no such setting"),
        methods=tuple(text for rule in rules for _, method in rule.each("AllowedMethods") if (text := text_of(method))),
    )


def directory_bucket(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::S3Express::DirectoryBucket`: always blocked from the public (S3 User Guide, "Directory buckets")."""
    props = context.props(resource)
    rule = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault"
    yield Store(
        **about(resource, context),
        kind="bucket",
        service="s3express",
        encryption=encryption.by_word(props, f"{rule}.SSEAlgorithm", f"{rule}.KMSMasterKeyID", resource.type),
        public=Defaulted("AccessControl", resource.at, False, "directory buckets have no ACLs"),
        public_blocked=Defaulted(_BLOCK, resource.at, True, "directory buckets block public access for good"),
    )


def access_point(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::S3::AccessPoint`: only its policy, which also says where its traffic may come from."""
    yield from standing(resource, context, "Policy", "access-point")


def file_system(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EFS::FileSystem`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="file-system",
        service="elasticfilesystem",
        encryption=encryption.by_flag(props, "Encrypted", "KmsKeyId", resource.type),
        backup=props.read(
            "BackupPolicy.Status", word("ENABLED"), False, "AWS::EFS::FileSystem BackupPolicy: off unless set"
        ),
    )
    yield from standing(resource, context, "FileSystemPolicy", "file-system")


def managed_file_system(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::FSx::FileSystem`: encrypted always."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="file-system",
        service="fsx",
        encryption=encryption.by_key(props, "KmsKeyId", resource.type),
    )
    yield from credentials(resource, context)


def volume(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::Volume`. One made from a snapshot is encrypted as the snapshot is."""
    yield Store(**about(resource, context), kind="volume", service="ebs", encryption=disk(context.props(resource)))


def disk(props: Props) -> Setting[Encryption]:
    """Encryption of an EBS volume from its `Encrypted`, `KmsKeyId` and `SnapshotId`."""
    if props.find("Encrypted") is None and props.find("SnapshotId") is not None:
        return Unresolved("Encrypted", props.key_at("SnapshotId"), "encrypted as the snapshot is that it is made from")
    return encryption.by_flag(props, "Encrypted", "KmsKeyId", "AWS::EC2::Volume")


def repository(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::ECR::Repository` and `AWS::ECR::PublicRepository` (which anybody may pull from: that is what it is for)."""
    props = context.props(resource)
    private = resource.type == "AWS::ECR::Repository"
    path = "EncryptionConfiguration.EncryptionType"
    scanning = "ImageScanningConfiguration.ScanOnPush"
    mutable = "AWS::ECR::Repository ImageTagMutability: MUTABLE by default"
    yield Store(
        **about(resource, context),
        kind="repository",
        service="ecr",
        encryption=encryption.by_word(props, path, "EncryptionConfiguration.KmsKey", resource.type),
        immutable_tags=props.read("ImageTagMutability", _immutable, False, mutable) if private else None,
        scan_on_push=props.flag(scanning, False, "AWS::ECR::Repository ScanOnPush: off by default")
        if private
        else None,
    )
    yield from standing(resource, context, "RepositoryPolicyText", "repository")


def _immutable(value: Value) -> bool:
    return as_text(value).upper().startswith("IMMUTABLE")


def artifact_domain(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CodeArtifact::Domain`: packages of all its repositories, encrypted with one key."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="registry",
        service="codeartifact",
        encryption=encryption.by_key(props, "EncryptionKey", resource.type),
    )
    yield from standing(resource, context, "PermissionsPolicyDocument", "registry")


def artifact_repository(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::CodeArtifact::Repository`: its packages lie in its domain."""
    yield Store(**about(resource, context), kind="repository", service="codeartifact")
    yield from standing(resource, context, "PermissionsPolicyDocument", "repository")


def vault(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Backup::BackupVault`. `deletion_protected`: a lock forbids early deletion."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="container",
        service="backup",
        encryption=encryption.by_key(props, "EncryptionKeyArn", resource.type),
        deletion_protected=props.present(
            "LockConfiguration", "AWS::Backup::BackupVault LockConfiguration: no lock unless set"
        ),
    )
    yield from standing(resource, context, "AccessPolicy", "vault")


BUILDERS: dict[str, Builder] = {
    "AWS::S3::Bucket": bucket,
    "Casemate::S3::Object": stored_object,
    "AWS::S3Express::DirectoryBucket": directory_bucket,
    "AWS::S3::AccessPoint": access_point,
    "AWS::EFS::FileSystem": file_system,
    "AWS::FSx::FileSystem": managed_file_system,
    "AWS::EC2::Volume": volume,
    "AWS::ECR::Repository": repository,
    "AWS::ECR::PublicRepository": repository,
    "AWS::CodeArtifact::Domain": artifact_domain,
    "AWS::CodeArtifact::Repository": artifact_repository,
    "AWS::Backup::BackupVault": vault,
}
