"""Front doors: APIs, their routes and authorisers, distributions and load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.entity import Link
    from casemate.model.function import Cors
    from casemate.model.setting import Setting

ApiKind = Literal[
    "rest", "http", "websocket", "graphql", "events", "cdn", "load-balancer", "azure", "google"
]  # fmt: skip
AuthKind = Literal[
    "none", "iam", "jwt", "cognito", "lambda", "oidc", "api-key", "function-key", "admin-key", "mtls", "private"
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Api(Entity):
    """An entry point with the settings that hold for all of its routes (and of its stage, where it has one).

    `throttled`: a rate limit below the account's default is set; `waf`: a web ACL is attached; `minimum_tls`: as the
    cloud spells it;
    `https_only`: no plain HTTP is served or it is redirected; `private`: reachable only from a network; `implied`:
    framework made.
    """

    kind: ApiKind
    private: Setting[bool]
    throttled: Setting[bool]
    access_logs: Setting[bool]
    execution_logs: Setting[str]
    full_payload_logs: Setting[bool]
    tracing: Setting[bool]
    waf: Setting[bool]
    minimum_tls: Setting[str | None]
    https_only: Setting[bool]
    cache_encrypted: Setting[bool]
    validation: Setting[bool]
    default_endpoint: Setting[bool]
    cors: Cors | None = None
    origins_https: tuple[Setting[bool], ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Authorizer(Entity):
    """An authoriser of an API. `cache_seconds`: how long a decision is reused; `identity_sources`.

    What it is keyed by.
    """

    kind: AuthKind
    api: Link | None
    cache_seconds: Setting[int]
    identity_sources: tuple[str, ...] = ()
    function: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route(Entity):
    """One method and path that reaches a function (or another backend).

    `name` is the function's (or the route resource's) name as its author wrote it; `at` the event or route itself.
    `auth`: the effective
    authentication, defaults of the API included. `method`: upper case, `ANY` for all; a function URL has method
    `ANY`, path `/` and kind `function-url`; a channel of an Event API has `PUBLISH` and `SUBSCRIBE`.
    `reads_only`: GET or HEAD.
    """

    kind: Literal[
        "rest", "http", "websocket", "graphql", "events", "function-url", "azure-http", "google-http", "load-balancer"
    ]
    method: str
    path: str
    auth: Setting[AuthKind]
    api_key: Setting[bool]
    validated: Setting[bool]
    throttled: Setting[bool]
    api: Link | None
    function: Link | None
    cors: Cors | None = None

    @property
    def label(self) -> str:
        """`GET /users`, for messages."""
        return f"{self.method} {self.path}".strip()
