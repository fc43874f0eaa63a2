"""Tokens of the metadata server, and Google's REST interfaces ("Access tokens", "Viewing and querying VM metadata")."""

from __future__ import annotations

from os import environ
from time import time

from casemate_guard.cloud import CloudError, exchange, text, token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate_guard.cloud import Json


def access_token(now: Callable[[], float] = time) -> str:
    """A token of the function's service account; `GCE_METADATA_HOST` names another metadata server."""

    def make() -> tuple[str, float]:
        host = environ.get("GCE_METADATA_HOST", "metadata.google.internal")
        url = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
        what = "metadata server"
        found = exchange(what, "GET", url, {"Metadata-Flavor": "Google"})
        lasts = found.get("expires_in")
        return text(found, "access_token", what=what), now() + (lasts if isinstance(lasts, int) else 600)

    return token("google", make, now())


def call(service: str, path: str, payload: Json | None = None) -> Json:
    """GET (or POST with a payload) `path` of `<service>.googleapis.com`.

    `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>` names another address, as it does for gcloud.
    """
    if not service.isalnum():
        raise CloudError("Google", "no such service", 0)
    place = environ.get(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service.upper()}", f"https://{service}.googleapis.com")
    headers = {"Authorization": f"Bearer {access_token()}", "Content-Type": "application/json"}
    url = f"{place.rstrip('/')}/v1/{path}"
    return exchange(f"{service} {path.rpartition(':')[2]}", "GET" if payload is None else "POST", url, headers, payload)
