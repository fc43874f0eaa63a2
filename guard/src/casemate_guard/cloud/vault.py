"""HashiCorp Vault and OpenBao over their HTTP interface, configured by their own environment variables."""

from __future__ import annotations

from os import environ
from time import time

from casemate_guard.cloud import CloudError, exchange, text, token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate_guard.cloud import Json


def _set(name: str) -> str:
    return environ.get(f"VAULT_{name}") or environ.get(f"BAO_{name}") or ""


def _send(what: str, path: str, payload: Json | None, key: str) -> Json:
    place = _set("ADDR")
    if not place:
        raise CloudError(what, "no address: set VAULT_ADDR or BAO_ADDR", 0)
    headers = {"X-Vault-Request": "true"}
    if key:
        headers["X-Vault-Token"] = key
    if namespace := _set("NAMESPACE"):
        headers["X-Vault-Namespace"] = namespace
    url = f"{place.rstrip('/')}/v1/{path}"
    return exchange(what, "GET" if payload is None else "POST", url, headers, payload, ca_file=_set("CACERT"))


def login_token(now: Callable[[], float] = time) -> str:
    """`VAULT_TOKEN`, or what signing in with the function's AWS role gives (`VAULT_AUTH_ROLE`, as Vault's extension).

    The sign-in is a signed `sts:GetCallerIdentity` ("AWS auth method"); `VAULT_IAM_SERVER_ID` binds it to one server.
    """
    if given := _set("TOKEN"):
        return given
    role = _set("AUTH_ROLE")
    if not role:
        raise CloudError("vault", "no token: set VAULT_TOKEN or VAULT_AUTH_ROLE", 0)

    def make() -> tuple[str, float]:
        from base64 import b64encode
        from json import dumps

        from casemate_guard.cloud import aws

        region = environ.get("AWS_REGION", "us-east-1")
        url, body = aws.address("sts", region, "STS"), b"Action=GetCallerIdentity&Version=2011-06-15"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        if server := _set("IAM_SERVER_ID"):
            headers["X-Vault-AWS-IAM-Server-ID"] = server
        who = aws.credentials(now)
        sent = aws.sign("POST", url, headers, body, service="sts", region=region, given=who, now=now())
        provider = _set("AUTH_PROVIDER") or "aws"
        asked: Json = {"role": role, "iam_http_request_method": "POST"}
        parts = (("url", url.encode()), ("body", body), ("headers", dumps(sent).encode()))
        asked |= {f"iam_request_{name}": b64encode(value).decode() for name, value in parts}
        found = _send("vault login", f"auth/{provider}/login", asked, "")
        auth = found.get("auth")
        lasts = auth.get("lease_duration") if isinstance(auth, dict) else None
        return text(found, "auth", "client_token", what="vault login"), now() + (lasts if isinstance(lasts, int) else 0)

    return token(f"vault {_set('ADDR')} {role}", make, now())


def call(path: str, payload: Json | None = None) -> Json:
    """Read a path, or write to it with a payload. Raises `CloudError`."""
    return _send(f"vault {path.partition('?')[0]}", path, payload, login_token())
