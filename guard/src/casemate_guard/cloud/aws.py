"""Signature Version 4, credentials and the JSON protocol of AWS ("AWS Signature Version 4 for API requests")."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from time import gmtime, strftime, time
from urllib.parse import quote, urlsplit

from casemate_guard.cloud import CloudError, exchange, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate_guard.cloud import Json

_TARGETS = {
    "secretsmanager": ("secretsmanager", "SECRETS_MANAGER"),
    "ssm": ("AmazonSSM", "SSM"),
    "kms": ("TrentService", "KMS"),
    "dynamodb": ("DynamoDB_20120810", "DYNAMODB"),
    "sqs": ("AmazonSQS", "SQS"),
}
"""Service -> prefix of `X-Amz-Target`, suffix of `AWS_ENDPOINT_URL_…` ("Service-specific endpoints")."""
_SUFFIXES = (("cn-", "amazonaws.com.cn"), ("us-iso-", "c2s.ic.gov"), ("us-isob-", "sc2s.sgov.gov"))
_UNSIGNED = {"expect", "transfer-encoding", "user-agent", "x-amzn-trace-id", "connection"}


class Credentials:
    """An access key; `expires` in Unix seconds, 0 where nobody says."""

    __slots__ = ("expires", "key", "secret", "token")

    def __init__(self, key: str, secret: str, token: str = "", expires: float = 0) -> None:
        self.key = key
        self.secret = secret
        self.token = token
        self.expires = expires

    def __repr__(self) -> str:
        return "Credentials(…)"


_container: Credentials | None = None


def credentials(now: Callable[[], float] = time) -> Credentials:
    """From the environment, or from the container's address (SnapStart, ECS, EKS). Raises `CloudError` without either.

    Profiles and single sign-on are not read: a function has neither (`aws configure export-credentials --format env`).
    """
    global _container  # noqa: PLW0603 - one identity a process
    from os import environ

    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN", ""))
    if _container is not None and now() < _container.expires - 300:
        return _container
    place = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    if relative := environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        place = f"http://169.254.170.2{relative}"
    what = "credentials of the container"
    if not place:
        raise CloudError("AWS", "no credentials in the environment", 0)
    allowed = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    if named := environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
        with open(named, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs a cold start 5 ms
            allowed = file.read().strip()
    found = exchange(what, "GET", place, {"Authorization": allowed} if allowed else {})
    key, secret, session = (text(found, name, what=what) for name in ("AccessKeyId", "SecretAccessKey", "Token"))
    _container = Credentials(key, secret, session, _seconds(str(found.get("Expiration", ""))))
    return _container


def _seconds(stamp: str) -> float:
    """Unix seconds of `2026-11-24T12:00:00Z`."""
    from calendar import timegm
    from time import strptime

    try:
        return float(timegm(strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return 0.0


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    service: str,
    region: str,
    given: Credentials,
    now: float,
) -> dict[str, str]:
    """The headers with `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`; not for S3, whose paths differ."""
    parts = urlsplit(url)
    stamp = strftime("%Y%m%dT%H%M%SZ", gmtime(now))
    sent = {**headers, "X-Amz-Date": stamp}
    if given.token:
        sent["X-Amz-Security-Token"] = given.token
    standard = {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.port not in {None, standard}:
        host += f":{parts.port}"
    signed = {"host": host}
    signed |= {name.lower(): " ".join(one.split()) for name, one in sent.items() if name.lower() not in _UNSIGNED}
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        (
            method.upper(),
            quote(_normal(parts.path), safe="/~"),
            "&".join(f"{name}={value}" for name, _, value in sorted(p.partition("=") for p in parts.query.split("&")))
            if parts.query
            else "",
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            "",
            names,
            sha256(body).hexdigest(),
        )
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    key = f"AWS4{given.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text_to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(key, text_to_sign.encode(), "sha256").hex()
    sent["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={given.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def _normal(path: str) -> str:
    """A path without `.`, `..` and empty steps (RFC 3986 section 6.2.2.3)."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/" + "/".join(steps) + ("/" if steps and path.endswith("/") else "")


def call(
    service: str, action: str, payload: Mapping[str, object], region: str = "", now: Callable[[], float] = time
) -> Json:
    """One action of Secrets Manager, Systems Manager, KMS, DynamoDB or SQS. Raises `CloudError`.

    The address is the region's, or that of `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`; plain HTTP only to this
    machine.
    """
    from json import dumps

    prefix, variable = _TARGETS[service]
    what = f"{service} {action}"
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    if not region:
        raise CloudError(what, "no region: set AWS_REGION", 0)
    body = dumps(payload).encode()
    url = address(service, region, variable)
    version = "1.0" if service in {"dynamodb", "sqs"} else "1.1"
    headers = {"Content-Type": f"application/x-amz-json-{version}"}
    headers["X-Amz-Target"] = f"{prefix}.{action}"
    who = credentials(now)
    return exchange(
        what, "POST", url, sign("POST", url, headers, body, service=service, region=region, given=who, now=now()), body
    )


def address(service: str, region: str, variable: str) -> str:
    """Where a service is reached."""
    from os import environ

    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        given = environ.get(f"AWS_ENDPOINT_URL_{variable}") or environ.get("AWS_ENDPOINT_URL")
        if given:
            return given.rstrip("/") + "/"
    if not region.replace("-", "").isalnum():
        raise CloudError(service, "no such region", 0)  # a host name is made of it
    suffix = next((one for start, one in _SUFFIXES if region.startswith(start)), "amazonaws.com")
    fips = "-fips" if environ.get("AWS_USE_FIPS_ENDPOINT", "").lower() == "true" else ""
    return f"https://{service}{fips}.{region}.{suffix}/"
