from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials as TheirCredentials  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.key_services import Lookalike

from casemate_guard.cloud import CloudError, aws, azure, google, vault

WHEN = 1_795_000_000


MOMENT = dt.datetime.fromtimestamp(WHEN, dt.UTC)


def theirs(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    who: TheirCredentials,
    service: str,
    moment: dt.datetime = MOMENT,
) -> dict[str, str]:
    request = AWSRequest(method=method, url=url, headers=headers, data=body)
    auth = SigV4Auth(who, service, "eu-west-1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: moment)
        auth.add_auth(request)
    return dict(request.headers.items())


TOKENS = st.text("abcXYZ019-_.~", min_size=1, max_size=12)
PATHS = st.lists(st.text("ab1-._~%20é/ ", max_size=8), max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(
    st.sampled_from(["GET", "POST", "PUT"]),
    st.sampled_from(["https://kms.eu-west-1.amazonaws.com", "https://Example.com:8443", "http://127.0.0.1:5000"]),
    PATHS,
    st.dictionaries(TOKENS, TOKENS, max_size=3),
    st.dictionaries(
        st.sampled_from(["Content-Type", "X-Amz-Target", "X-Two"]), st.text("ab  c;=/", max_size=10).map(str.strip)
    ),
    st.binary(max_size=40),
    st.sampled_from(["", "session/token+=="]),
)
def test_signatures_are_those_of_botocore(
    method: str, base: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes, token: str
) -> None:
    url = base + path + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")
    mine = aws.sign(
        method,
        url,
        headers,
        body,
        service="kms",
        region="eu-west-1",
        given=aws.Credentials("AKID", "secret", token),
        now=WHEN,
    )
    wanted = theirs(method, url, headers, body, TheirCredentials("AKID", "secret", token or None), "kms")
    assert mine == wanted


def test_credentials_never_print() -> None:
    assert "secret" not in repr(aws.Credentials("AKID", "secret", "token"))


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "kms.eu-west-1.amazonaws.com"),
        ("cn-north-1", "kms.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "kms.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "kms.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "kms.us-isob-east-1.sc2s.sgov.gov"),
    ],
)
def test_a_service_is_where_its_region_says(no_cloud: pytest.MonkeyPatch, region: str, host: str) -> None:
    assert aws.address("kms", region, "KMS") == f"https://{host}/"
    with pytest.raises(CloudError):
        aws.address("kms", "evil.example/", "KMS")


def test_endpoints_are_overridden_as_the_sdks_document(no_cloud: pytest.MonkeyPatch) -> None:
    no_cloud.setenv("AWS_ENDPOINT_URL", "https://all.example/")
    no_cloud.setenv("AWS_ENDPOINT_URL_KMS", "https://kms.example")
    assert aws.address("kms", "eu-west-1", "KMS") == "https://kms.example/"
    assert aws.address("ssm", "eu-west-1", "SSM") == "https://all.example/"
    no_cloud.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert aws.address("ssm", "eu-west-1", "SSM") == "https://ssm.eu-west-1.amazonaws.com/"


def test_without_credentials_the_error_says_so(no_cloud: pytest.MonkeyPatch) -> None:
    no_cloud.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(CloudError, match="no credentials"):
        aws.call("kms", "Decrypt", {})


def test_tokens_are_kept_until_they_are_nearly_over(lookalike: Lookalike) -> None:
    assert [google.access_token(), google.access_token()] == ["google-token"] * 2
    assert [azure.identity_token("https://vault.azure.net") for _ in range(3)] == ["azure-token"] * 3
    assert lookalike.calls == {"computeMetadata": 1, "MSI": 1}


def test_a_token_that_is_nearly_over_is_fetched_again(lookalike: Lookalike) -> None:
    lookalike.lifetime = 100
    for _ in range(2):
        google.access_token()
        azure.identity_token("https://vault.azure.net")
    assert lookalike.calls == {"computeMetadata": 2, "MSI": 2}


@pytest.mark.parametrize(
    "vault", ["evil.example", "a.vault.azure.net.evil.example", "a/../b", "127.0.0.1.evil.example"]
)
def test_the_token_of_key_vault_goes_nowhere_else(lookalike: Lookalike, vault: str) -> None:
    with pytest.raises(CloudError, match="no such vault"):
        azure.vault_call(vault, "secrets/db")
    assert lookalike.calls == {}


def test_credentials_of_a_container(lookalike: Lookalike, no_cloud: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As SnapStart, ECS and EKS hand them out ("Container credential provider")."""
    asked: list[dict[str, str]] = []

    def answer(path: str, _query: object, headers: dict[str, str], _body: bytes) -> tuple[int, object]:
        assert path == "/role"
        asked.append(headers)
        end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=(200, 3600)[len(asked) - 1])
        return 200, {
            "AccessKeyId": "AKID",
            "SecretAccessKey": "secret",
            "Token": f"token-{len(asked)}",
            "Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        }

    no_cloud.setattr(lookalike, "answer", answer)
    (tmp_path / "token").write_text("from a file\n")
    no_cloud.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{lookalike.host}/role")
    no_cloud.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain")
    assert aws.credentials().token == "token-1"
    no_cloud.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    assert [aws.credentials().token for _ in range(3)] == ["token-2"] * 3  # the first was nearly over
    assert [one["authorization"] for one in asked] == ["plain", "from a file"]


def test_signing_in_to_vault_with_the_role_of_the_function(lookalike: Lookalike, no_cloud: pytest.MonkeyPatch) -> None:
    """The request that Vault sends on to STS is signed for this server, by botocore's measure."""
    signed_in: list[dict[str, str]] = []

    def answer(path: str, _query: object, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        if path == "/v1/auth/aws/login":
            signed_in.append(json.loads(body))
            return 200, {"auth": {"client_token": "vault-token", "lease_duration": 3600}}
        assert (path, headers["x-vault-token"]) == ("/v1/secret/data/app", "vault-token")
        return 200, {"data": {"data": {}}}

    no_cloud.setattr(lookalike, "answer", answer)
    for name, value in {
        "VAULT_ADDR": f"http://{lookalike.host}",
        "VAULT_AUTH_ROLE": "orders",
        "VAULT_IAM_SERVER_ID": "vault.example",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "session",
    }.items():
        no_cloud.setenv(name, value)
    for _ in range(2):
        vault.call("secret/data/app")
    (asked,) = signed_in
    url, body, headers = (b64decode(asked[f"iam_request_{name}"]).decode() for name in ("url", "body", "headers"))
    assert (asked["role"], url) == ("orders", "https://sts.eu-west-1.amazonaws.com/")
    assert body == "Action=GetCallerIdentity&Version=2011-06-15"
    sent = json.loads(headers)
    assert sent["X-Vault-AWS-IAM-Server-ID"] == "vault.example"
    plain = {name: sent[name] for name in ("Content-Type", "X-Vault-AWS-IAM-Server-ID")}
    who = TheirCredentials("AKID", "secret", "session")
    moment = dt.datetime.strptime(sent["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    assert sent == theirs("POST", url, plain, body.encode(), who, "sts", moment)
