from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.policy import ResourcePolicy
from casemate.model.secret import Key, Secret
from casemate.model.value import Literal, Text, Unknown


def _built(text: str) -> Built:
    return built(text, "keys", "credentials", "resource_policies")


@pytest.mark.parametrize(
    ("properties", "rotation", "symmetric", "days"),
    [
        ("{Enabled: true}", False, True, 30),
        ("{EnableKeyRotation: true, PendingWindowInDays: 7}", True, True, 7),
        ("{KeySpec: RSA_4096, KeyUsage: SIGN_VERIFY}", False, False, 30),
        ("{Origin: EXTERNAL}", None, True, 30),
    ],
)
def test_keys(properties: str, rotation: bool | None, symmetric: bool, days: int) -> None:  # noqa: FBT001
    key = _built(f"Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties: {properties}\n").one(Key)
    assert (None if key.rotation is None else key.rotation.value) is rotation
    assert key.symmetric.value is symmetric
    assert key.deletion_days is not None
    assert key.deletion_days.value == days


def test_the_policy_of_a_key() -> None:
    inventory = _built("""
Resources:
  K:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
""")
    policy = inventory.one(ResourcePolicy)
    assert policy.subject == "key"
    assert policy.target is not None
    assert policy.target.target == inventory.one(Key).id
    assert policy.statements[0].at.start_line == 8


def test_secrets_and_their_rotation() -> None:
    inventory = _built("""
Resources:
  Written: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: '{"password": "abc"}'}}
  Generated:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 32}, KmsKeyId: !Ref K}
  Schedule:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Generated, RotationRules: {AutomaticallyAfterDays: 30}}
  K: {Type: AWS::KMS::Key}
  Policy:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref Written
      ResourcePolicy: {Statement: [{Effect: Allow, Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*"}]}
""")
    written, generated = inventory.one(Secret, "Written"), inventory.one(Secret, "Generated")
    assert isinstance(written.value, Literal)
    assert written.rotated is not None
    assert written.rotated.value is False
    assert written.customer_key is not None
    assert written.customer_key.value is False
    assert generated.value is None
    assert generated.rotated is not None
    assert (generated.rotated.value, generated.rotated.at.start_line) == (True, 7)
    assert generated.customer_key is not None
    assert generated.customer_key.value is True
    policy = inventory.one(ResourcePolicy)
    assert policy.target is not None
    assert (policy.subject, policy.target.target) == ("secret", written.id)


@pytest.mark.parametrize(("type_", "encrypted"), [("String", False), ("StringList", False), ("SecureString", True)])
def test_parameters(type_: str, encrypted: bool) -> None:  # noqa: FBT001
    text = f"Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {{Type: {type_}, Value: v}}\n"
    parameter = _built(text).one(Secret)
    assert parameter.kind == "parameter"
    assert parameter.encrypted.value is encrypted
    assert isinstance(parameter.value, Literal)


def test_credentials_wherever_a_service_takes_them() -> None:
    inventory = _built("""
Parameters:
  Plain: {Type: String, Default: letmein}
Resources:
  Directory: {Type: AWS::DirectoryService::SimpleAD, Properties: {Password: !Ref Plain}}
  Users: {Type: AWS::ElastiCache::User, Properties: {Passwords: [one, !Sub "two-${AWS::StackName}"]}}
  Source: {Type: AWS::CodeBuild::SourceCredential, Properties: {Token: "{{resolve:secretsmanager:gh:SecretString:t}}"}}
  Provider: {Type: AWS::Cognito::UserPoolIdentityProvider, Properties: {ProviderDetails: {client_secret: abc}}}
  Partner:
    Type: AWS::Events::Connection
    Properties: {AuthorizationType: API_KEY, AuthParameters: {ApiKeyAuthParameters: {ApiKeyName: k, ApiKeyValue: abc}}}
  Silent: {Type: AWS::DMS::Endpoint, Properties: {EndpointType: source}}
  Conditional: {Type: AWS::DMS::Endpoint, Properties: {Password: !If [A, x, !Ref "AWS::NoValue"]}}
Conditions:
  A: !Equals [!Ref AWS::Region, eu-west-1]
""")
    found = [(secret.name, type(secret.value)) for secret in inventory.all(Secret)]
    assert found[:6] == [
        ("Directory", Literal),
        ("Users", Literal),
        ("Users", Text),
        ("Source", Unknown),
        ("Provider", Literal),
        ("Partner", Literal),
    ]
    assert {name for name, _ in found[6:]} == {"Conditional"}


def test_access_keys_are_not_rotated_by_anything() -> None:
    secret = _built("Resources:\n  K: {Type: AWS::IAM::AccessKey, Properties: {UserName: u}}\n").one(Secret)
    assert secret.kind == "credential"
    assert secret.rotated is not None
    assert secret.rotated.value is False
