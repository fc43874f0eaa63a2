"""Tokens of managed identities, and Key Vault ("How to use managed identities for App Service and Azure Functions")."""

from __future__ import annotations

from os import environ
from time import time

from casemate_guard.cloud import CloudError, exchange, text, token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate_guard.cloud import Json

_VERSION = "7.4"
_DOMAINS = (
    *(".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net"),
    *(".managedhsm.azure.net", ".managedhsm.azure.cn", ".managedhsm.usgovcloudapi.net"),
)


def identity_token(resource: str, now: Callable[[], float] = time) -> str:
    """A token for a resource, from App Service and Functions (`IDENTITY_ENDPOINT`) or the instance's metadata service.

    `AZURE_CLIENT_ID` names a user-assigned identity; `AZURE_POD_IDENTITY_AUTHORITY_HOST` another metadata service.
    """

    def make() -> tuple[str, float]:
        from urllib.parse import urlencode

        place, secret = environ.get("IDENTITY_ENDPOINT"), environ.get("IDENTITY_HEADER")
        query = {"resource": resource}
        if client := environ.get("AZURE_CLIENT_ID"):
            query["client_id"] = client
        if place and secret:
            query["api-version"] = "2019-08-01"
            headers = {"X-IDENTITY-HEADER": secret}
        else:
            host = environ.get("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://169.254.169.254").rstrip("/")
            place = f"{host}/metadata/identity/oauth2/token"
            query["api-version"] = "2018-02-01"
            headers = {"Metadata": "true"}
        what = "managed identity"
        found = exchange(what, "GET", f"{place}?{urlencode(query)}", headers)
        expires = str(found.get("expires_on", ""))
        return text(found, "access_token", what=what), float(expires) if expires.isdigit() else now() + 600

    return token(f"azure {resource}", make, now())


def vault_call(vault: str, path: str, payload: Json | None = None) -> Json:
    """GET (or POST with a payload) a path of a vault: its name, its host, or a host and port of this machine."""
    from casemate_guard.tls import is_near

    host = vault.lower() if "." in vault or ":" in vault else f"{vault.lower()}.vault.azure.net"
    name = host.partition(":")[0]
    near = is_near(name)
    if not near and (not name.endswith(_DOMAINS) or not name.replace("-", "").replace(".", "").isalnum()):
        raise CloudError(f"Key Vault {vault[:80]!r}", "no such vault", 0)  # the token is for Key Vault alone
    resource = "https://" + ("vault.azure.net" if near else name.partition(".")[2])
    scheme = "http" if near else "https"
    headers = {"Authorization": f"Bearer {identity_token(resource)}", "Content-Type": "application/json"}
    url = f"{scheme}://{host}/{path}?api-version={_VERSION}"
    return exchange(f"Key Vault {name}", "GET" if payload is None else "POST", url, headers, payload)
