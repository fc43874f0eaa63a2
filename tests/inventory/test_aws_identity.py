from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.setting import Unresolved
from casemate.model.workflow import UserPool


def _built(text: str) -> Built:
    return built(text, "identity")


@pytest.mark.parametrize(
    ("properties", "length", "classes"),
    [
        ("{}", 8, 4),
        ("{Policies: {PasswordPolicy: {MinimumLength: 6}}}", 6, 0),
        ("{Policies: {PasswordPolicy: {MinimumLength: 12, RequireNumbers: true, RequireSymbols: true}}}", 12, 2),
        ("{Policies: {PasswordPolicy: {RequireNumbers: !Ref Unknown}}}", 8, None),
    ],
)
def test_password_policies(properties: str, length: int, classes: int | None) -> None:
    text = f"Parameters: {{Unknown: {{Type: String}}}}\nResources:\n  U: {{Type: AWS::Cognito::UserPool, Properties: {properties}}}\n"
    pool = _built(text).one(UserPool)
    assert pool.password_length is not None
    assert pool.password_length.value == length
    assert pool.password_classes is not None
    assert pool.password_classes.value == classes
    assert isinstance(pool.password_classes, Unresolved) is (classes is None)


def test_a_pool_its_client_and_its_guests() -> None:
    inventory = _built("""
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      MfaConfiguration: OPTIONAL
      AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}
      UserPoolAddOns: {AdvancedSecurityMode: ENFORCED}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref Pool
      ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
      AllowedOAuthFlows: [implicit]
      GenerateSecret: false
  Careful: {Type: AWS::Cognito::UserPoolClient, Properties: {PreventUserExistenceErrors: ENABLED}}
  Guests: {Type: AWS::Cognito::IdentityPool, Properties: {AllowUnauthenticatedIdentities: true}}
""")
    pool = inventory.one(UserPool, "Pool")
    assert pool.mfa is not None
    assert pool.self_sign_up is not None
    assert pool.advanced_security is not None
    assert (pool.mfa.value, pool.self_sign_up.value, pool.advanced_security.value) == ("OPTIONAL", False, "ENFORCED")
    client = inventory.one(UserPool, "Client")
    assert [(flow.value, flow.at.start_line) for flow in client.flows] == [
        ("ALLOW_USER_PASSWORD_AUTH", 13),
        ("ALLOW_REFRESH_TOKEN_AUTH", 13),
        ("implicit", 14),
    ]
    assert client.reveals_users is not None
    assert client.reveals_users.value is True
    careful = inventory.one(UserPool, "Careful")
    assert careful.reveals_users is not None
    assert careful.reveals_users.value is False
    guests = inventory.one(UserPool, "Guests")
    assert guests.guests is not None
    assert (guests.kind, guests.guests.value) == ("identity-pool", True)
