"""Who may do what: IAM statements, Azure role assignments, Google bindings, as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.entity import Entity, Link
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.location import Span

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class Term:
    """One string of a policy, maybe symbolic.

    `text`: as declared, references written `${Name.Attribute}`; `targets`: ids of the entities it refers to; `known`:
    False when
    a part is unresolved and not a reference to a declared resource (then neither "wild" nor "narrow" can be claimed).
    """

    text: str
    at: Span
    targets: tuple[str, ...] = ()
    known: bool = True

    @property
    def is_star(self) -> bool:
        """Whether it is the lone wildcard."""
        return self.known and self.text == "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement speaks of. `type`.

    `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for the bare wildcard.
    """

    type: str
    term: Term

    @property
    def is_anyone(self) -> bool:
        """Whether it stands for everybody, anonymous callers included."""
        return self.term.is_star and self.type in {"*", "AWS"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: operator as written (`StringEquals`, `ForAllValues:StringLike`, `Null`), key, values."""

    operator: str
    key: str
    values: tuple[Term, ...]
    at: Span


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """One policy statement.

    `owner`: name of the resource that declares it (a role, a managed policy, a function with SAM `Policies`);
    `origin`: how it came to
    be, in words (`inline policy 'x'`, `SAM policy template S3ReadPolicy`, `provider.iam.role.statements`); `implied`:
    True
    when no person wrote it (framework or SAM template), so that no finding asks people to edit it word by word.
    Exactly one of `actions`/`not_actions` is non-empty, likewise resources, unless the policy is broken or is a trust
    policy.
    """

    effect: Effect
    at: Span
    owner: str
    origin: str
    actions: tuple[Term, ...] = ()
    not_actions: tuple[Term, ...] = ()
    resources: tuple[Term, ...] = ()
    not_resources: tuple[Term, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None
    condition: str | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy attached by name or ARN that is not declared in the scanned files."""

    term: Term
    owner: str
    origin: str


RoleKind = Literal["role", "user", "group", "policy", "identity"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Role(Entity):
    """An identity with what it may do.

    `kind`: `policy` is a managed policy attached to nothing that was scanned; `identity` an Azure managed identity or
    Google service account.
    `statements`: every identity statement that reaches it, inline, attached, SAM and framework implied; `trust`: who
    may assume it.
    `permission_sets`: Azure role definitions or Google roles granted to it stand in `Binding`s of the inventory.
    """

    kind: RoleKind
    trust: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()
    managed: tuple[ManagedPolicy, ...] = ()
    boundary: Term | None = None
    implied: bool = False

    @property
    def kind_label(self) -> str:
        """The kind itself."""
        return self.kind


PolicySubject = Literal[
    "function", "layer", "bucket", "queue", "topic", "table", "stream", "bus", "registry", "repository", "secret",
    "key", "api",
    "endpoint", "file-system", "search-domain", "vault", "state-machine", "access-point", "log-group", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourcePolicy(Entity):
    """A policy that stands on a resource: who may reach it from outside the identity policies.

    `subject`: what kind of thing it protects; `target`: id of that entity, when it was scanned. `name` and `at` are
    those of the thing that
    declares the policy.
    """

    subject: PolicySubject
    target: Link | None = None
    statements: tuple[Statement, ...] = ()

    @property
    def kind_label(self) -> str:
        """The kind of the protected thing."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Binding(Entity):
    """Azure role assignment or Google IAM binding: `members` get `role` on `scope`.

    `role`: `Owner`, `roles/editor`, …; `scope`: what it is granted on, and `scope_kind` how wide that is.
    """

    role: Term
    members: tuple[Term, ...]
    scope: Term
    scope_kind: Literal["organisation", "subscription", "project", "resource-group", "resource", "unknown"]
    condition_text: str | None = None
