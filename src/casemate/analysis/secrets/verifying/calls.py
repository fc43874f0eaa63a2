"""The one harmless read call of each kind that has one, and how its answer reads.

A call is listed only when it changes nothing, costs nothing, returns little more than who the key is, and goes to the
host that gave the key out. Kinds without such a call (PyPI: none; keys of self-hosted services: the host is not known)
are not asked about.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

State = Literal["active", "inactive", "unknown"]
"""`active`: the issuer accepts it; `inactive`: the issuer says that it does not; `unknown`: neither was said."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to `https://{host}{path}`.

    `headers` makes the headers of a value; `reads` tells the state from status and body, None for the usual one.
    """

    host: str
    path: str
    headers: Callable[[str], dict[str, str]]
    method: str = "GET"
    reads: Callable[[int, bytes], State] | None = None


def by_status(status: int, _: bytes) -> State:
    """200 is yes, 401 is no, and nothing else says either (403 may be a network's own refusal)."""
    return "active" if status == 200 else "inactive" if status == 401 else "unknown"


def by_status_or_rights(status: int, _: bytes) -> State:
    """As `by_status`, where the issuer answers 403 to a key that is good and may not do this."""
    return "active" if status in {200, 403} else "inactive" if status == 401 else "unknown"


_REVOKED = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})


def of_slack(status: int, body: bytes) -> State:
    """Slack answers 200 whatever it thinks ("auth.test", errors)."""
    answer = _object(body) if status == 200 else {}
    if answer.get("ok") is True:
        return "active"
    return "inactive" if answer.get("error") in _REVOKED else "unknown"


_REFUSED = (b"InvalidClientTokenId", b"SignatureDoesNotMatch", b"ExpiredToken")


def of_aws(status: int, body: bytes) -> State:
    """GetCallerIdentity needs no permission, so 403 says which part of the key is wrong (STS, "Common errors")."""
    if status == 200:
        return "active"
    return "inactive" if status in {400, 403} and any(word in body for word in _REFUSED) else "unknown"


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def _named(name: str, **more: str) -> Callable[[str], dict[str, str]]:
    return lambda value: {name: value, **{key.replace("_", "-"): text for key, text in more.items()}}


def _notion(value: str) -> dict[str, str]:
    return {**_bearer(value), "Notion-Version": "2022-06-28"}


def _discord(value: str) -> dict[str, str]:
    return {"Authorization": f"Bot {value}"}


_GITHUB = Call("api.github.com", "/user", _bearer)
_STRIPE = Call("api.stripe.com", "/v1/balance", _bearer, reads=by_status_or_rights)
_SLACK = Call("slack.com", "/api/auth.test", _bearer, "POST", of_slack)
_OPENAI = Call("api.openai.com", "/v1/models", _bearer)
CALLS: dict[str, Call] = {
    "github-token": _GITHUB,
    "github-fine-grained-token": _GITHUB,
    "gitlab-token": Call("gitlab.com", "/api/v4/personal_access_tokens/self", _named("PRIVATE-TOKEN")),
    "slack-token": _SLACK,
    "slack-short-token": _SLACK,
    "stripe-key": _STRIPE,
    "sendgrid-key": Call("api.sendgrid.com", "/v3/scopes", _bearer),
    "npm-token": Call("registry.npmjs.org", "/-/whoami", _bearer),
    "openai-key": _OPENAI,
    "openai-project-key": _OPENAI,
    "anthropic-key": Call("api.anthropic.com", "/v1/models", _named("x-api-key", anthropic_version="2023-06-01")),
    "huggingface-token": Call("huggingface.co", "/api/whoami-v2", _bearer),
    "digitalocean-token": Call("api.digitalocean.com", "/v2/account", _bearer, reads=by_status_or_rights),
    "figma-token": Call("api.figma.com", "/v1/me", _named("X-Figma-Token"), reads=by_status),
    "postman-key": Call("api.getpostman.com", "/me", _named("X-Api-Key")),
    "notion-token": Call("api.notion.com", "/v1/users/me", _notion),
    "discord-bot-token": Call("discord.com", "/api/v10/users/@me", _discord),
}
"""Kind -> call. Source: each provider's API reference ("Get the authenticated user", "auth.test", "Retrieve balance",
"Retrieve a list of scopes", "whoami", "List models", "Get your bot user")."""

AWS_KEY, AWS_SECRET, AWS_SESSION = "aws-access-key-id", "aws-secret-access-key", "aws-session-token"
AWS = Call("sts.us-east-1.amazonaws.com", "/?Action=GetCallerIdentity&Version=2011-06-15", _bearer, reads=of_aws)
"""The headers are a signature over id and secret (STS, "GetCallerIdentity")."""
HOSTS = frozenset({AWS.host, *(call.host for call in CALLS.values())})
"""The only hosts that are ever asked."""
