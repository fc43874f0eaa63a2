from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.policy import ResourcePolicy
from casemate.model.setting import Declared, Defaulted, Unresolved
from casemate.model.store import Store


def _built(text: str) -> Built:
    return built(text, "storage", "resource_policies", "keys")


def test_a_silent_bucket_has_what_the_service_does() -> None:
    bucket = _built("Resources:\n  Data:\n    Type: AWS::S3::Bucket\n").one(Store)
    assert (bucket.kind, bucket.service) == ("bucket", "s3")
    assert bucket.encryption is not None
    assert isinstance(bucket.encryption, Defaulted)
    assert bucket.encryption.value == "default"
    assert "2023" in bucket.encryption.source
    assert bucket.public is not None
    assert bucket.public.value is False
    assert isinstance(bucket.public_blocked, Defaulted)
    assert bucket.public_blocked.value is True
    for setting in (bucket.versioned, bucket.logging, bucket.website, bucket.transit):
        assert setting is not None
        assert setting.value is False
        assert setting.at == bucket.at, "an absent setting is at the resource's name"
    assert bucket.cors is None
    assert bucket.id == "template.yaml#Data"


BUCKETS = """
Resources:
  Open:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      VersioningConfiguration: {Status: Suspended}
      WebsiteConfiguration: {IndexDocument: index.html}
  Ignored:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicReadWrite
      PublicAccessBlockConfiguration: {IgnorePublicAcls: true}
  Everyone:
    Type: AWS::S3::Bucket
    Properties: {AccessControl: AuthenticatedRead}
  Logs:
    Type: AWS::S3::Bucket
    Properties: {AccessControl: LogDeliveryWrite}
  Blocked:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: "true"
      VersioningConfiguration: {Status: Enabled}
      LoggingConfiguration: {DestinationBucketName: !Ref Logs}
"""


@pytest.mark.parametrize(
    ("name", "public", "blocked"),
    [
        ("Open", True, True),
        ("Ignored", False, False),
        ("Everyone", True, True),
        ("Logs", False, True),
        ("Blocked", False, True),
    ],
)
def test_acl_and_block_together_say_whether_a_bucket_is_public(name: str, public: bool, blocked: bool) -> None:  # noqa: FBT001
    bucket = _built(BUCKETS).one(Store, name)
    assert bucket.public is not None
    assert bucket.public.value is public
    assert bucket.public_blocked is not None
    assert bucket.public_blocked.value is blocked


def test_spans_and_words_of_a_bucket() -> None:
    inventory = _built(BUCKETS)
    bucket = inventory.one(Store, "Open")
    assert isinstance(bucket.public, Declared)
    assert (bucket.public.at.start_line, bucket.public.at.start_column) == (6, 22)
    assert bucket.versioned is not None
    assert bucket.versioned.value is False
    assert bucket.website is not None
    assert bucket.website.value is True
    blocked = inventory.one(Store, "Blocked")
    assert blocked.versioned is not None
    assert blocked.versioned.value is True
    assert blocked.logging is not None
    assert blocked.logging.value is True


def test_an_unknown_acl_is_not_judged() -> None:
    text = "Parameters:\n  Acl: {Type: String}\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: !Ref Acl}\n"
    bucket = _built(text).one(Store)
    assert isinstance(bucket.public, Unresolved)


def test_a_conditional_acl_keeps_its_condition() -> None:
    bucket = _built("""
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: !If [IsProd, Private, PublicRead]
""").one(Store)
    assert bucket.public is not None
    assert [(words, leaf.value) for words, leaf in bucket.public.leaves() if not isinstance(leaf, Unresolved)] == [
        ("if IsProd", False),
        ("else of IsProd", True),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("SSEAlgorithm: AES256", "service"),
        ("SSEAlgorithm: aws:kms", "service"),
        ("SSEAlgorithm: aws:kms, KMSMasterKeyID: alias/aws/s3", "service"),
        ("SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn", "customer"),
        ("SSEAlgorithm: aws:kms:dsse, KMSMasterKeyID: !Ref Key", "customer"),
    ],
)
def test_bucket_encryption(rule: str, expected: str) -> None:
    bucket = _built(f"""
Resources:
  Key: {{Type: AWS::KMS::Key}}
  B:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {{{rule}}}
""").one(Store)
    assert bucket.encryption is not None
    assert bucket.encryption.value == expected
    assert bucket.encryption.at.start_line == 9


def test_cors_of_a_bucket() -> None:
    bucket = _built("""
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      CorsConfiguration:
        CorsRules:
          - {AllowedOrigins: ["*"], AllowedMethods: [GET, PUT]}
          - {AllowedOrigins: [https://a.example], AllowedMethods: [POST]}
""").one(Store)
    assert bucket.cors is not None
    assert [origin.value for origin in bucket.cors.origins] == ["*", "https://a.example"]
    assert bucket.cors.methods == ("GET", "PUT", "POST")
    assert bucket.cors.at.start_line == 6


def test_a_policy_that_denies_plain_http_enforces_tls() -> None:
    inventory = _built("""
Resources:
  B: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: !Sub "${B.Arn}/*"
            Condition: {Bool: {"aws:SecureTransport": false}}
""")
    bucket = inventory.one(Store)
    assert isinstance(bucket.transit, Declared)
    assert bucket.transit.value is True
    policy = inventory.one(ResourcePolicy)
    assert policy.subject == "bucket"
    assert policy.target is not None
    assert policy.target.target == bucket.id
    assert policy.statements[0].principals[0].is_anyone
    assert policy.name == "Policy"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{Size: 1}", "none"),
        ("{Size: 1, Encrypted: false}", "none"),
        ("{Size: 1, Encrypted: true}", "service"),
        ("{Size: 1, Encrypted: true, KmsKeyId: !Ref Key}", "customer"),
        ("{SnapshotId: snap-1}", None),
    ],
)
def test_volumes(properties: str, expected: str | None) -> None:
    text = (
        f"Resources:\n  Key: {{Type: AWS::KMS::Key}}\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {properties}\n"
    )
    volume = _built(text).one(Store)
    assert volume.kind == "volume"
    assert volume.encryption is not None
    assert volume.encryption.value == expected


def test_registries_and_file_systems() -> None:
    inventory = _built("""
Resources:
  Images:
    Type: AWS::ECR::Repository
    Properties:
      ImageScanningConfiguration: {ScanOnPush: true}
      ImageTagMutability: IMMUTABLE
      RepositoryPolicyText:
        Statement: [{Effect: Allow, Principal: "*", Action: "ecr:*"}]
  Public: {Type: AWS::ECR::PublicRepository}
  Files:
    Type: AWS::EFS::FileSystem
    Properties:
      BackupPolicy: {Status: ENABLED}
      FileSystemPolicy:
        Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "elasticfilesystem:ClientMount"}]
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: vault
      AccessPolicy: {Statement: [{Effect: Deny, Principal: "*", Action: "backup:DeleteBackupVault", Resource: "*"}]}
""")
    images = inventory.one(Store, "Images")
    assert images.scan_on_push is not None
    assert images.scan_on_push.value is True
    assert images.immutable_tags is not None
    assert images.immutable_tags.value is True
    assert inventory.one(Store, "Public").scan_on_push is None
    files = inventory.one(Store, "Files")
    assert files.encryption is not None
    assert files.encryption.value == "none"
    assert files.backup is not None
    assert files.backup.value is True
    subjects = {
        policy.name: (policy.subject, policy.target.target if policy.target else None)
        for policy in inventory.all(ResourcePolicy)
    }
    assert subjects == {
        "Images": ("repository", images.id),
        "Files": ("file-system", files.id),
        "Vault": ("vault", "template.yaml#Vault"),
    }


def test_a_policy_finds_its_bucket_by_the_name_that_is_written_out() -> None:
    inventory = _built("""
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: my-data}}
  Other: {Type: AWS::S3::Bucket, Properties: {BucketName: my-other-data}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: my-data
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: arn:aws:s3:::my-data/*
            Condition: {Bool: {"aws:SecureTransport": false}}
""")
    found = {store.name: store.transit.value for store in inventory.all(Store) if store.transit}
    assert found == {"B": True, "Other": False}
    policy = inventory.one(ResourcePolicy)
    assert policy.target is not None
    assert policy.target.target == "template.yaml#B"
