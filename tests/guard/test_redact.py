import copy
import dataclasses
import itertools
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate_guard.redact import Secret, find_secrets, mask

# Put together from parts, so that no secret scanner takes this file for a leak.
PREFIXED = [
    ("aws-access-key-id", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("aws-access-key-id", "ASIA" + "IOSFODNN7EXAMPLE"),
    ("github-token", "ghp_" + "a1B2" * 9),
    ("github-token", "github_pat_" + "a1B2" * 10 + "_" + "c3D4" * 14),
    ("gitlab-token", "glpat-" + "a1B2" * 5),
    ("slack-token", "xoxb-" + "123456789012-" + "a1B2" * 6),
    ("stripe-key", "sk_live_" + "a1B2" * 6),
    ("google-api-key", "AIza" + "a1B2_" * 7),
    ("npm-token", "npm_" + "a1B2" * 9),
    ("pypi-token", "pypi-" + "AgEIcHlwaS5vcmc" + "a1B2" * 12),
    ("sendgrid-key", "SG." + "a1" * 11 + "." + "b2_" * 14 + "c"),
    ("anthropic-key", "sk-ant-" + "api03-" + "a1B2" * 8),
    ("openai-key", "sk-proj-" + "a1B2" * 12),
]
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + "." + "c2lnbmF0dXJl"
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow" + "IBAAKCAQEA\n-----END RSA " + "PRIVATE KEY-----"


@pytest.mark.parametrize(("kind", "token"), PREFIXED)
def test_a_token_with_a_known_prefix_keeps_four_characters(kind: str, token: str) -> None:
    assert (
        mask(f"found {token}, twice: {token}")
        == f"found {token[:4]}[redacted:{kind}], twice: {token[:4]}[redacted:{kind}]"
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"Cookie: session={JWT}; a=b", "Cookie: session=[redacted:jwt]; a=b"),
        (f"a\n{KEY}\nb", "a\n[redacted:private-key]\nb"),
        (json.dumps({"pem": KEY}), '{"pem": "[redacted:private-key]"}'),
        (KEY[:45], "[redacted:private-key]"),
        ("postgres://app:hunter2@db/orders", "postgres://app:[redacted:password]@db/orders"),
        ("redis://:hunter2@cache:6379", "redis://:[redacted:password]@cache:6379"),
        ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [redacted:authorization]"),
        ("DB_PASSWORD=hunter2 next", "DB_PASSWORD=[redacted:password] next"),
        ('{"db_passwd": "a b c d"}', '{"db_passwd": "[redacted:password]"}'),
        ("apiKey: 'abc-def'", "apiKey: '[redacted:api-key]'"),
        ("aws_secret_access_key = wJalr/XUt+nFEMI=", "aws_secret_access_key = [redacted:secret]"),
        ('password = "one two AKIA' + 'IOSFODNN7EXAMPLE three"', 'password = "[redacted:password]"'),
        ("?token=abcdef&page=2", "?token=[redacted:token]&page=2"),
    ],
)
def test_other_secrets_keep_nothing(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AKIA is a prefix, AKIA" + "SHORT too",
        "the password is in the vault",
        "Password: !Ref DatabasePassword",
        "password: '{{resolve:secretsmanager:orders:SecretString:password}}'",
        "token: ${{ github.token }}",
        "secret: arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders",
        "https://example.com:8443/a@b",
        "https://example.com/ and 12:30 by a@b.example",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_spans_say_where_and_what() -> None:
    token = PREFIXED[0][1]
    text = f"é {token} password=hunter2"
    assert [(text[span.start : span.end], span.kind) for span in find_secrets(text)] == [
        (token, "aws-access-key-id"),
        ("hunter2", "password"),
    ]


# Secrets stand between spaces: glued to one another, the first hides where the next begins.
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from([f" {secret} " for secret in [*(token for _, token in PREFIXED), JWT, KEY]]),
        st.sampled_from(["password=", "token: ", "://a:b@", "[redacted:x]", '"', "'", "-----"]),
    ),
    max_size=12,
).map("".join)


@given(TEXTS)
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(TEXTS)
def test_spans_are_in_order_and_apart(text: str) -> None:
    spans = find_secrets(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))


@given(st.text(max_size=20), st.sampled_from(PREFIXED), st.text(max_size=20))
def test_no_token_survives_between_other_words(before: str, kind_and_token: tuple[str, str], after: str) -> None:
    token = kind_and_token[1]
    assert token not in mask(f"{before} {token} {after}")


def test_a_secret_shows_its_kind_only() -> None:
    secret = Secret("hunter2", "password")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr([secret]), f"{secret:>30}"]  # noqa: UP031 -- the old way must be safe too
    assert all("[redacted:password]" in text and "hunter2" not in text for text in shown)
    assert secret.reveal() == "hunter2"


def test_a_secret_cannot_leave_by_accident() -> None:
    secret = Secret("hunter2")
    with pytest.raises(TypeError):
        json.dumps({"password": secret})
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_a_secret_can_be_compared_hashed_and_copied() -> None:
    secret = Secret("hunter2", "password")
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert secret != "hunter2"
    assert len({secret, Secret("hunter2")}) == 1
    assert copy.deepcopy(secret) is secret
    assert copy.copy(secret) is secret


def test_a_secret_survives_a_dataclass() -> None:
    @dataclasses.dataclass(frozen=True)
    class Setting:
        value: Secret

    assert "hunter2" not in repr(Setting(Secret("hunter2")))
    assert "hunter2" not in repr(dataclasses.asdict(Setting(Secret("hunter2"))))
