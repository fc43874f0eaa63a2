"""Which named values are secrets. Values that look like real ones are put together here, so that no scanner trips over this file."""

from __future__ import annotations

import pytest

from casemate.analysis.secrets.judging import literal_secret, names_a_secret, secret_kind, secrets_in_text
from casemate.analysis.secrets.kinds import catalogue
from casemate.analysis.secrets.kinds.template import sample
from casemate.model.location import Span
from casemate.model.value import Cases, Items, Literal, Reference, Text, Unknown, Value

AT = Span("x", 1, 1, 1, 9)
WORD = "hunter" + "2-correct"
AWS_ID = "AK" + "IA" + "Q3EGWJZ5T7XPLM4R"
GITHUB = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SLACK = "xo" + "xb-" + "123456789012-123456789012-" + "aBcDeFgHiJkLmNoPqRsTuVwX"
STRIPE = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
GOOGLE = "AI" + "za" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"
PEM = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END " + "RSA PRIVATE KEY-----"
URL = "postgres://app:" + "s3cr3tpw9" + "@db.internal:5432/x"

SECRET_NAMES = (
    "PASSWORD", "DB_PASSWORD", "dbPassword", "DatabasePasswd", "db-pwd", "MYSQL_ROOT_PASS", "SECRET", "CLIENT_SECRET", "clientSecret",
    "JWT_SECRET", "API_TOKEN", "authToken", "GITHUB_TOKEN", "API_KEY", "apiKey", "stripeApiKey", "APIKEY", "SECRET_KEY", "ACCESS_KEY",
    "AWS_SECRET_ACCESS_KEY", "PRIVATE_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "AccountKey", "STORAGE_KEY", "CONNECTION_STRING", "SHARED_KEY",
    "MASTER_KEY", "JWT_KEY", "HMAC_KEY", "SSH_KEY", "CREDENTIALS", "SMTP_CREDENTIAL", "PASSPHRASE", "SECRET_KEY_BASE",
)  # fmt: skip
HARMLESS_NAMES = (
    "TABLE_NAME", "SECRET_ARN", "SECRET_NAME", "DB_PASSWORD_ARN", "DB_SECRET_ID", "TOKEN_URL", "TOKEN_TTL", "PASSWORD_MIN_LENGTH",
    "PASSWORD_POLICY", "TOKEN_EXPIRY", "AUTH_TOKEN_HEADER", "SECRETS_MANAGER_ENDPOINT", "SECRET_REGION", "API_KEY_NAME", "API_KEY_PARAMETER",
    "MAX_TOKENS", "PARTITION_KEY", "SORT_KEY", "PUBLIC_KEY", "KEY", "S3_KEY", "COMPASS", "PASSPORT_COUNTRY", "BYPASS", "PINNED", "SPINNER",
    "TOKENIZER", "SECRETARY", "USERNAME", "DB_HOST", "STAGE", "LOG_LEVEL", "KEYBOARD", "MONKEY", "API_KEY_SOURCE", "TOKEN_ISSUER", "SECRET_ROTATION",
)  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_that_say_so(name: str) -> None:
    assert names_a_secret(name)
    assert secret_kind(name, WORD) is not None


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_names_that_do_not(name: str) -> None:
    assert not names_a_secret(name)
    assert secret_kind(name, WORD) is None


@pytest.mark.parametrize(
    "value",
    [
        "", "abc", "   ", "true", "FALSE", "yes", "changeme-replace-me", "<your password>", "[secret]", "xxxxxx", "****", "....", "replace-me",
        "REPLACE_THIS_VALUE", "your-password", "insert-token-here", "TODO", "tbd", "none", "null", "dummy", "placeholder", "example-secret",
        "fill_me_in", "set-me", "undefined", "default", "${DB_PASSWORD}", "{{ password }}", "%PASSWORD%", "#{password}#", "__PASSWORD__",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", "/prod/db/password", "https://example.org/token", "prod/db/password",
        "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x/)", "projects/p/secrets/x/versions/1", "ssm:/x", "op://vault/x", "1234567",
    ],
)  # fmt: skip
def test_values_that_are_references_placeholders_or_settings(value: str) -> None:
    assert secret_kind("DB_PASSWORD", value) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (AWS_ID, "aws-access-key-id"),
        (GITHUB, "github-token"),
        (SLACK, "slack-token"),
        (STRIPE, "stripe-key"),
        (GOOGLE, "google-api-key"),
        (PEM, "private-key"),
        (URL, "password"),
    ],
)
def test_values_that_show_what_they_are_under_any_name(value: str, kind: str) -> None:
    assert secret_kind("SETTING", value) == kind


@pytest.mark.parametrize(
    "value",
    [
        "orders", "postgres://db.internal:5432/x", "https://user@example.org/x", "AK" + "IA", "gh" + "p_short", "-----BEGIN PUBLIC KEY-----",
        "123e4567-e89b-12d3-a456-426614174000", "d41d8cd98f00b204e9800998ecf8427e", "eu-west-1", "arn:aws:iam::123456789012:role/x",
        "postgres://app:${DB_PASSWORD}@db/x", "https://x.execute-api.eu-west-1.amazonaws.com/prod",
    ],
)  # fmt: skip
def test_their_safe_twins(value: str) -> None:
    assert secret_kind("SETTING", value) is None


HOOKS = "https://hooks.slack.com/" + "services/"
GENERATED = "x7Qp9Lm2Vw7R" + "tZaB4cD5eF6g"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (f"{HOOKS}T02AB3CD4/B0123ABCD/{GENERATED}", "slack-webhook"),
        (sample("https://discord.com/api/webhooks/{digit:18}/{base62:68}"), "discord-webhook"),
        (
            sample("https://shop.webhook.office.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{hex:32}/{uuid}"),
            "teams-webhook",
        ),
        (sample("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={b64:86}=="), "azure-storage-key"),
    ],
)
def test_a_value_with_the_mark_of_its_service_is_one_under_any_name(value: str, kind: str) -> None:
    assert secret_kind("SETTING", value) == kind
    assert literal_secret("SLACK_WEBHOOK", Literal(value, AT)) == kind


@pytest.mark.parametrize(
    "value",
    [
        f"{HOOKS}T00000000/B00000000/" + "X" * 24,
        f"{HOOKS}your/webhook/url",
        "https://discord.com/api/webhooks/",
        "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
        "https://github.com/shop/app/releases/download/v1.2.3/app.zip",
        "pk_live_" + GENERATED,
        "us-east-1_AbCdEf123:0123456789-abcdef",
    ],
)
def test_an_address_without_a_key_and_what_is_public_is_none(value: str) -> None:
    assert secret_kind("SLACK_WEBHOOK", value) is None


def test_kinds_that_are_credentials_by_themselves_are_found_in_settings() -> None:
    kinds = [one for one in catalogue().tokens if not one.public and not one.named]
    missed = [one.id for one in kinds if not any(secret_kind("SETTING", sample(form, 1)) for form in one.good)]
    assert len(missed) < len(kinds) / 10, missed  # commands, headers, and what a person may have thought up


@pytest.mark.parametrize("value", [AWS_ID, GITHUB, SLACK, STRIPE, GOOGLE, URL, WORD])
def test_the_value_never_leaves(value: str) -> None:
    kind = secret_kind("PASSWORD", value)
    assert kind is not None
    assert value not in kind


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Literal(WORD, AT), True),
        (Literal(12345678, AT), True),
        (Literal(True, AT), False),
        (Literal(None, AT), False),
        (Reference("Secret", None, AT), False),
        (Unknown("a parameter", AT, "parameter"), False),
        (Items((Literal(WORD, AT),), AT), False),
        (Text((Literal("pre-", AT), Reference("Secret", None, AT)), AT), False),
        (Text((Literal(f"{GITHUB} ", AT), Reference("X", None, AT)), AT), True),
        (Text((Literal("postgres://app:", AT), Reference("Secret", None, AT), Literal("@db", AT)), AT), False),
        (Cases((("IsDev", Literal(WORD, AT)), ("else", Reference("Secret", None, AT))), AT), True),
    ],
)
def test_every_case_of_a_value_is_considered(value: Value, found: bool) -> None:  # noqa: FBT001 - the expected value
    assert (literal_secret("DB_PASSWORD", value) is not None) is found


def test_secrets_in_a_script_have_their_line() -> None:
    script = f"#!/bin/sh\nexport DB_PASSWORD='{WORD}'\necho ok\ncurl -H 'x: {GITHUB}'\nexport API_KEY=$KEY\n"
    found = list(secrets_in_text(Literal(script, Span("t.yaml", 10, 5, 15, 1))))
    assert [(name, at.start_line) for name, _, at in found] == [("DB_PASSWORD", 12), ("github-token", 14)]
    assert list(secrets_in_text(Literal("echo hello\nexport TABLE=orders\n", AT))) == []
