"""Serverless functions and the settings that decide their security."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.entity import Link
    from casemate.model.location import Span
    from casemate.model.setting import Setting
    from casemate.model.value import Value

FunctionKind = Literal["lambda", "azure-app", "azure-function", "google-function", "cloud-run", "edge"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable (or app setting): `value` as declared, maybe symbolic; `at` the name's span."""

    name: str
    value: Value
    at: Span


@dataclass(frozen=True, slots=True)
class Cors:
    """Cross-origin sharing: allowed origins (`*` for any), whether credentials are allowed, headers, methods."""

    at: Span
    origins: tuple[Setting[str], ...]
    credentials: Setting[bool]
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A URL of the function itself. `auth`: `NONE` or `AWS_IAM`."""

    at: Span
    auth: Setting[str]
    cors: Cors | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """Which code a function runs.

    `uri`: folder, archive or bucket key, relative to the stack's root; `handler`: as the platform spells it
    (`app.handler`);
    `inline`: source text written in the template; `image`: container image; `files`: the file that the platform enters,
    as a path of the tree, once somebody looked for it (`analysis.code.located`).
    """

    handler: Setting[str] | None = None
    uri: Setting[str] | None = None
    inline: Value | None = None
    image: Setting[str] | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hosting:
    """Settings of an Azure function app's host (`Microsoft.Web/sites`).

    `http_logging`: requests are logged (None: nothing is said, Application Insights is what function apps use);
    `host_names`: for each custom host
    name the state of its TLS binding (`Disabled`, `SniEnabled`, `IpBasedEnabled`).
    """

    https_only: Setting[bool]
    minimum_tls: Setting[str]
    ftps: Setting[str]
    remote_debugging: Setting[bool]
    public_network: Setting[bool]
    client_certificates: Setting[bool]
    ip_restricted: Setting[bool]
    authentication: Setting[bool]
    managed_identity: Setting[bool]
    http_logging: Setting[bool] | None = None
    host_names: tuple[Setting[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Function(Entity):
    """One function, or the Azure app that hosts several.

    Numbers: `timeout` seconds, `memory` MiB, `reserved_concurrency` executions (None: not reserved). `runtime`: as
    the platform spells it
    (`python3.12`, `nodejs20.x`; Azure `node|20`; Google `python312`). `environment_key`: the customer's KMS key, None
    for the service's own.
    `ingress`: Google's ingress settings. `app`: for an Azure function, the app; `host_version`: the version of the
    Azure Functions host
    (`~4`, `v3`), which has an end of support of its own. `secret_environment`: variables that the platform fills from
    a secret manager.
    `https_required`: Google's first generation, plain HTTP is refused or redirected.
    """

    kind: FunctionKind
    runtime: Setting[str | None]
    code: Code
    timeout: Setting[int]
    memory: Setting[int]
    reserved_concurrency: Setting[int | None]
    environment: tuple[Variable, ...]
    environment_key: Setting[str | None]
    tracing: Setting[bool]
    dead_letter: Setting[bool]
    in_network: Setting[bool]
    code_signing: Setting[bool]
    role: Link | None
    url: FunctionUrl | None = None
    cors: Cors | None = None
    layers: tuple[Link, ...] = ()
    security_groups: tuple[Link, ...] = ()
    subnets: tuple[Link, ...] = ()
    hosting: Hosting | None = None
    ingress: Setting[str] | None = None
    app: Link | None = None
    log_group: Link | None = None
    host_version: Setting[str | None] | None = None
    secret_environment: tuple[Variable, ...] = ()
    https_required: Setting[bool] | None = None
