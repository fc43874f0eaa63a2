"""State machines, user directories and delivery pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.entity import Link
    from casemate.model.location import Span
    from casemate.model.policy import Term
    from casemate.model.setting import Setting
    from casemate.model.value import Value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateMachine(Entity):
    """A Step Functions state machine.

    `log_level`: OFF, ERROR, FATAL, ALL; `invokes`: what its states call;
    `uncaught`: names of task states without Catch, `endless`: task states that wait for a token or job without a
    timeout.
    """

    express: Setting[bool]
    log_level: Setting[str]
    logs_data: Setting[bool]
    tracing: Setting[bool]
    encrypted: Setting[bool]
    role: Link | None
    definition: Value | None = None
    invokes: tuple[Link, ...] = ()
    uncaught: tuple[tuple[str, Span], ...] = ()
    endless: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UserPool(Entity):
    """A user directory (Cognito user or identity pool) or one client of it.

    `mfa`: OFF, OPTIONAL, ON; `password_length`: minimum; `guests`: unauthenticated identities get credentials.
    """

    kind: Literal["pool", "client", "identity-pool"]
    mfa: Setting[str] | None = None
    password_length: Setting[int] | None = None
    password_classes: Setting[int] | None = None
    self_sign_up: Setting[bool] | None = None
    advanced_security: Setting[str] | None = None
    guests: Setting[bool] | None = None
    client_secret: Setting[bool] | None = None
    flows: tuple[Setting[str], ...] = ()
    reveals_users: Setting[bool] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job: an action or image it `uses`, or a script it `run`s, with its inputs and environment.

    `folder`: where the script runs, when it is said.
    """

    name: str
    at: Span
    uses: Setting[str] | None = None
    run: Value | None = None
    inputs: tuple[tuple[str, Value], ...] = ()
    environment: tuple[tuple[str, Value], ...] = ()
    folder: Value | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its permissions (scope -> access, `*` for all), steps, the deployment environment, its runner."""

    name: str
    at: Span
    steps: tuple[Step, ...]
    permissions: tuple[tuple[str, Setting[str]], ...] | None = None
    environment: tuple[tuple[str, Value], ...] = ()
    deployment: Setting[str] | None = None
    self_hosted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pipeline(Entity):
    """A delivery pipeline (GitHub Actions workflow, GitLab CI, CodeBuild project, Azure Pipelines).

    `events`: what starts it (`push`, `pull_request_target`, …); `assumes`: cloud roles it takes, `static_keys`:
    places where long-lived
    cloud keys are used; `deploys`: commands that deploy, as text with their place.
    """

    kind: Literal["github-actions", "gitlab-ci", "codebuild", "codepipeline", "azure-pipelines", "cloud-build"]
    events: tuple[tuple[str, Span], ...] = ()
    permissions: tuple[tuple[str, Setting[str]], ...] | None = None
    jobs: tuple[Job, ...] = ()
    assumes: tuple[Term, ...] = ()
    static_keys: tuple[Term, ...] = ()
    deploys: tuple[Term, ...] = ()
    environment: tuple[tuple[str, Value], ...] = ()
    privileged: Setting[bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Monitor(Entity):
    """An alarm, trail, detector or budget: what watches over the system. `watches`: what it looks at."""

    kind: Literal["alarm", "trail", "detector", "budget", "recorder"]
    watches: tuple[Link, ...] = ()
    enabled: Setting[bool] | None = None
    multi_region: Setting[bool] | None = None
    validated: Setting[bool] | None = None
    metric: str | None = None
