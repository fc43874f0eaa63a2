"""Who may do what: members and bindings of every `google_…_iam_…` resource, service accounts and their keys.

Sources: Google Cloud documentation, "IAM overview" (allUsers, allAuthenticatedUsers), "Service accounts overview"
(default service accounts have the Editor role unless an organisation policy forbids it), Terraform google provider
"IAM policy for …".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.inventory.google.entity import about, pointing, target
from casemate.inventory.logic import fixed
from casemate.inventory.reading import Props
from casemate.model.policy import Binding, Role, Statement, Term
from casemate.model.secret import Secret
from casemate.model.value import Fields, Reference, Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource

ScopeKind = OneOf["organisation", "subscription", "project", "resource-group", "resource", "unknown"]

EVERYBODY = "allUsers"
PUBLIC = frozenset({EVERYBODY, "allAuthenticatedUsers"})
"""`allAuthenticatedUsers` is anybody with a Google account."""
FORMS = ("member", "binding", "policy")
CALLABLE = (
    "google_cloudfunctions_function",
    "google_cloudfunctions2_function",
    "google_cloud_run_service",
    "google_cloud_run_v2_service",
)
"""What can be called over HTTP: `functions.py` builds access to these."""
INVOKERS = frozenset(
    {
        "roles/cloudfunctions.invoker",
        "roles/run.invoker",
        "roles/run.servicesInvoker",
        "roles/cloudfunctions.admin",
        "roles/run.admin",
        "roles/cloudfunctions.developer",
        "roles/run.developer",
        "roles/editor",
        "roles/owner",
    }
)
"""Roles that hold `run.routes.invoke` or `cloudfunctions.functions.invoke`."""
_STATED = frozenset(
    {
        "google_storage_bucket",
        "google_pubsub_topic",
        "google_pubsub_subscription",
        "google_bigquery_dataset",
        "google_bigquery_table",
        "google_artifact_registry_repository",
    }
)
"""Stores that say themselves that they are public."""

SUBJECTS: dict[str, str] = {
    # Terraform resource without its `_iam_…` end: the argument that names what access is given to
    "google_project": "project",
    "google_folder": "folder",
    "google_organization": "org_id",
    "google_cloudfunctions_function": "cloud_function",
    "google_cloudfunctions2_function": "cloud_function",
    "google_cloud_run_service": "service",
    "google_cloud_run_v2_service": "name",
    "google_cloud_run_v2_job": "name",
    "google_storage_bucket": "bucket",
    "google_pubsub_topic": "topic",
    "google_pubsub_subscription": "subscription",
    "google_bigquery_dataset": "dataset_id",
    "google_bigquery_table": "table_id",
    "google_secret_manager_secret": "secret_id",
    "google_kms_crypto_key": "crypto_key_id",
    "google_kms_key_ring": "key_ring_id",
    "google_service_account": "service_account_id",
    "google_artifact_registry_repository": "repository",
    "google_api_gateway_api": "api",
    "google_api_gateway_gateway": "gateway",
    "google_compute_instance": "instance_name",
    "google_compute_subnetwork": "subnetwork",
    "google_spanner_database": "database",
    "google_cloud_tasks_queue": "name",
}
_WIDE: dict[str, ScopeKind] = {
    "google_project": "project",
    "google_folder": "organisation",
    "google_organization": "organisation",
}


def iam_types(*subjects: str) -> tuple[str, ...]:
    """The Terraform types that give access to these."""
    return tuple(f"{subject}_iam_{form}" for subject in subjects for form in FORMS)


@dataclass(frozen=True, slots=True)
class Grant:
    """One member that gets one role. `at`: the member."""

    role: Value
    member: Value
    condition: str | None

    @property
    def at(self) -> Span:
        """Where the member stands."""
        return self.member.at

    @property
    def role_name(self) -> str:
        """`roles/run.invoker`."""
        return display(self.role)

    @property
    def member_name(self) -> str:
        """`allUsers`, `serviceAccount:…`."""
        return display(self.member)


def grants(resource: Resource, context: Context) -> Iterator[Grant]:
    """What an `_iam_member`, `_iam_binding` or `_iam_policy` gives."""
    props = context.props(resource)
    if resource.type.endswith("_iam_policy"):
        yield from _policy_grants(props.find("policy_data"), context)
        return
    role = props.find("role")
    condition = props.find("condition")
    words = display(condition) if condition is not None else None
    for _, member in props.each("member" if resource.type.endswith("_member") else "members"):
        if role is not None:
            yield Grant(role, member, words)


def _policy_grants(value: Value | None, context: Context) -> Iterator[Grant]:
    """A policy written as JSON, or by a data source `google_iam_policy` with its `binding` blocks."""
    declared = context.resource(value) if isinstance(value, Reference) else None
    source = declared.properties if declared is not None else value
    if not isinstance(source, Fields):
        return
    key = "binding" if "binding" in source.entries else "bindings"
    for entry in Props(source, source.at).sections(key):
        role = entry.find("role")
        for _, member in entry.each("members"):
            if role is not None:
                yield Grant(role, member, None)


def grants_on(resource: Resource, context: Context, *subjects: str) -> Iterator[tuple[Resource, Grant]]:
    """Each grant on `resource` that is declared beside it, with the resource that declares it."""
    for subject in subjects:
        for form in FORMS:
            for other in pointing(resource, context, SUBJECTS[subject], f"{subject}_iam_{form}"):
                for grant in grants(other, context):
                    yield other, grant


def public_grant(resource: Resource, context: Context, *subjects: str) -> Grant | None:
    """The first grant that lets everybody in, if there is one."""
    return next(
        (
            grant
            for _, grant in grants_on(resource, context, *subjects)
            if grant.member_name in PUBLIC and grant.condition is None
        ),
        None,
    )


def bindings(resource: Resource, context: Context) -> Iterator[Entity]:
    """A `Binding` for each role of an IAM resource.

    A public member of something that is declared beside it is left out: that thing itself (its route, its store) says
    that it is public, so that one cause gives one finding.
    """
    subject = resource.type.rpartition("_iam_")[0]
    argument = SUBJECTS[subject]
    value = resource.properties.get(argument)
    known = target(value, context, subject, *(CALLABLE if subject in CALLABLE else ()))
    scope = _scope(resource, context, value, known, subject)
    by_role: dict[str, list[Grant]] = {}
    for grant in grants(resource, context):
        if grant.condition is None and _is_stated(grant, subject, known, context):
            continue
        by_role.setdefault(grant.role_name, []).append(grant)
    for number, found in enumerate(by_role.values()):
        yield Binding(
            **about(resource, context, f"{number}" if number else ""),
            role=_role(found[0].role, context),
            members=tuple(_member(grant.member, context) for grant in found),
            scope=scope,
            scope_kind=_WIDE.get(subject, "resource"),
            condition_text=found[0].condition,
        )


def _is_stated(grant: Grant, subject: str, known: Resource | None, context: Context) -> bool:
    """Whether another entity says that everybody is let in: the route of what can be called, or a declared store.

    A store says so once, at the first grant; each further one has to be taken away too, and speaks for itself.
    """
    if subject in CALLABLE:
        return grant.member_name == EVERYBODY and grant.role_name in INVOKERS
    if known is None or subject not in _STATED or grant.member_name not in PUBLIC:
        return False
    first = public_grant(known, context, subject)
    inline = any(
        display(value) in PUBLIC
        for entry in context.props(known).sections("access")
        for path in ("special_group", "iam_member")
        if (value := entry.find(path)) is not None
    )
    return not inline and (first is None or first.at == grant.at)


def _scope(resource: Resource, context: Context, value: Value | None, known: Resource | None, subject: str) -> Term:
    if known is not None and value is not None:
        return Term(known.name, value.at, (context.id(known.key),))
    if value is not None:
        return context.term(value)
    return Term(f"the {subject.removeprefix('google_')} of the provider", resource.at)


def _role(value: Value, context: Context) -> Term:
    declared = context.resource(value)
    if declared is not None:
        return Term(declared.name, value.at, (context.id(declared.key),))
    return context.term(value)


_ACCOUNT = re.compile(r"serviceAccount:([^@]+)@")


def _member(value: Value, context: Context) -> Term:
    """A member, with the service account it names also when its address is written out."""
    term = context.term(value)
    if term.targets:
        return term
    match = _ACCOUNT.match(term.text)
    if match is not None:
        for account in context.of_type("google_service_account"):
            if text_of(account.properties.get("account_id")) == match[1]:
                return Term(term.text, term.at, (context.id(account.key),), term.known)
    return term


def custom_role(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_project_iam_custom_role`, `google_organization_iam_custom_role`: a policy with its permissions."""
    props = context.props(resource)
    actions = tuple(context.term(value) for _, value in props.each("permissions"))
    statement = Statement(
        effect="Allow",
        at=props.key_at("permissions"),
        owner=resource.name,
        origin="permissions of the custom role",
        actions=actions,
        resources=(Term("whatever it is granted on", resource.at),),
    )
    yield Role(**about(resource, context), kind="policy", statements=(statement,) if actions else ())


def service_account(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_service_account`."""
    yield Role(**about(resource, context), kind="identity")


def service_account_key(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_service_account_key`: a key that never expires by itself and that the state file holds."""
    at = resource.at
    yield Secret(
        **about(resource, context),
        kind="credential",
        value=None,
        encrypted=fixed("encryption", at, True, "shown once, and kept in the state"),
        rotated=fixed("keepers", at, "keepers" in resource.properties.entries, "rotated only where keepers change"),
        expires=fixed("expiry", at, False, "keys of service accounts do not expire by themselves"),
    )


BUILDERS: dict[str, Builder] = {
    **dict.fromkeys(iam_types(*(subject for subject in SUBJECTS if subject not in CALLABLE)), bindings),
    "google_service_account": service_account,
    "google_service_account_key": service_account_key,
    "google_project_iam_custom_role": custom_role,
    "google_organization_iam_custom_role": custom_role,
}
