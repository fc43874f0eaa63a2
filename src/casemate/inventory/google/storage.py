"""Buckets, topics and subscriptions, registries, disks.

Sources: Google Cloud documentation, "Public access prevention", "Uniform bucket-level access", "Access control lists"
(predefined ACLs), "Dead-letter topics"; Terraform google provider for names and defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.google.access import PUBLIC, public_grant
from casemate.inventory.google.entity import about, by_key, pointing, target
from casemate.inventory.logic import every, fixed, negated
from casemate.inventory.reading import Props, as_text
from casemate.model.entity import Link
from casemate.model.function import Cors
from casemate.model.setting import Cases, Declared, Defaulted, Setting
from casemate.model.store import Store
from casemate.model.trigger import Trigger
from casemate.model.value import Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource

_PUBLIC_ACLS = frozenset({"publicread", "publicreadwrite", "authenticatedread"})


def bucket(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_storage_bucket` with the IAM members and ACLs that stand beside it."""
    props = context.props(resource)
    blocked = props.read(
        "public_access_prevention", _enforced, False, "public_access_prevention: inherited unless enforced"
    )
    public = _public(resource, context, props)
    kept = props.find("retention_policy.retention_period")
    yield Store(
        **about(resource, context),
        kind="bucket",
        service="storage",
        encryption=by_key(props, "encryption.default_kms_key_name"),
        transit=fixed("transit", resource.at, True, "Cloud Storage clients speak TLS"),
        public=every(public, negated(blocked)) if blocked.declared else public,
        public_blocked=blocked,
        versioned=props.flag("versioning.enabled", False, "versioning is off unless turned on"),
        backup=props.present("soft_delete_policy")
        if kept is None and props.find("soft_delete_policy") is not None
        else None,
        logging=props.present("logging", "no access log is kept unless asked for"),
        deletion_protected=props.flag("retention_policy.is_locked", False, "no locked retention")
        if kept is not None
        else None,
        website=props.present("website"),
        cors=_cors(props),
    )


def _enforced(value: Value) -> bool:
    return as_text(value).lower() == "enforced"


def _public(resource: Resource, context: Context, props: Props) -> Setting[bool]:
    """The place that lets everybody in: an IAM member, an ACL of its own, an entry of a list."""
    grant = public_grant(resource, context, "google_storage_bucket")
    if grant is not None:
        return Declared("member", grant.at, True)
    inline = props.read("predefined_acl", _is_public_acl, False, "private unless set")
    if inline.declared:
        return inline
    for other in pointing(
        resource, context, "bucket", "google_storage_bucket_acl", "google_storage_default_object_acl"
    ):
        view = context.props(other)
        acl = view.find("predefined_acl")
        if acl is not None:
            return view.read("predefined_acl", _is_public_acl, False)
        for _, entry in view.each("role_entity"):
            if display(entry).partition(":")[2] in PUBLIC:
                return Declared("role_entity", entry.at, True)
    for other in pointing(
        resource,
        context,
        "bucket",
        "google_storage_bucket_access_control",
        "google_storage_default_object_access_control",
    ):
        entity = other.properties.get("entity")
        if entity is not None and display(entity) in PUBLIC:
            return Declared("entity", entity.at, True)
    return fixed("member", resource.at, False, "no member or ACL that is declared lets everybody in")


def _is_public_acl(value: Value) -> bool:
    return as_text(value).lower().replace("-", "") in _PUBLIC_ACLS


def _cors(props: Props) -> Cors | None:
    rules = list(props.sections("cors"))
    if not rules:
        return None
    origins = tuple(
        Props(origin, origin.at, "cors.origin").text((), "") for rule in rules for _, origin in rule.each("origin")
    )
    methods = tuple(display(method).upper() for rule in rules for _, method in rule.each("method"))
    return Cors(
        props.key_at("cors"),
        origins,
        Defaulted("credentials", rules[0].at, False, "Cloud Storage has no such setting"),
        methods,
    )


def granted(resource: Resource, context: Context, subject: str) -> Setting[bool]:
    """Whether some member that is declared beside a resource is everybody."""
    grant = public_grant(resource, context, subject)
    if grant is None:
        return fixed("member", resource.at, False, "no member that is declared is everybody")
    return Declared("member", grant.at, True)


def topic(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_pubsub_topic`."""
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="topic",
        service="pubsub",
        encryption=by_key(props, "kms_key_name"),
        public=granted(resource, context, "google_pubsub_topic"),
    )


def subscription(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_pubsub_subscription`: a queue; one that pushes to a declared service is also its trigger."""
    props = context.props(resource)
    dead = props.present("dead_letter_policy", "undelivered messages expire unless a dead-letter topic is set")
    yield Store(
        **about(resource, context),
        kind="queue",
        service="pubsub",
        dead_letter=dead,
        public=granted(resource, context, "google_pubsub_subscription"),
        delivers_in_clear=in_clear(props, "push_config.push_endpoint"),
    )
    endpoint = props.find("push_config.push_endpoint")
    called = context.resource(endpoint)
    if endpoint is not None and called is not None:
        yield Trigger(
            **about(resource, context, "push", at=endpoint.at),
            kind="topic",
            function=Link(called.name, endpoint.at, context.id(called.key)),
            source=context.link(props.find("topic")),
            dead_letter=dead,
            retries=props.number("dead_letter_policy.max_delivery_attempts", None, "retried until the message expires"),
            enabled=fixed("enabled", endpoint.at, True, "always"),
        )


def in_clear(props: Props, path: str) -> tuple[Setting[bool], ...]:
    """Whether what is called at `path` is called over plain HTTP; nothing where nothing is called."""
    if props.find(path) is None:
        return ()
    return (props.read(path, lambda value: display(value).strip().lower().startswith("http://"), False),)


def repository(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_artifact_registry_repository`."""
    props = context.props(resource)
    mutable = "tags may be moved unless immutable_tags is set"
    yield Store(
        **about(resource, context),
        kind="registry",
        service="artifactregistry",
        encryption=by_key(props, "kms_key_name"),
        public=granted(resource, context, "google_artifact_registry_repository"),
        immutable_tags=props.flag("docker_config.immutable_tags", False, mutable),
        scan_on_push=props.read(
            "vulnerability_scanning_config.enablement_config", _is_on, True, "inherited from the project"
        ),
    )


def _is_on(value: Value) -> bool:
    return as_text(value).upper() != "DISABLED"


def disk(resource: Resource, context: Context) -> Iterator[Entity]:
    """`google_compute_disk`."""
    props = context.props(resource)
    path = next(
        (path for path in ("disk_encryption_key.kms_key_self_link", "disk_encryption_key.raw_key") if props.find(path)),
        None,
    )
    yield Store(
        **about(resource, context),
        kind="volume",
        service="compute",
        encryption=by_key(props, path or "disk_encryption_key"),
    )


def lone_bucket_access(resource: Resource, context: Context) -> Iterator[Entity]:
    """An ACL of a bucket that was not scanned, or that something else already says is public: its own opening."""
    known = target(resource.properties.get("bucket"), context, "google_storage_bucket")
    if known is not None:
        told = _public(known, context, context.props(known))
        if not told.ever(bool) or told.at in {reference.at for reference in _members(resource, context)}:
            return
    props = context.props(resource)
    public: Setting[bool] | None = None
    if resource.type.endswith("access_control"):
        entity = props.find("entity")
        if entity is not None and text_of(entity) in PUBLIC:
            public = Declared("entity", entity.at, True)
    elif props.find("predefined_acl") is not None:
        public = props.read("predefined_acl", _is_public_acl, False)
    else:
        entry = next(
            (value for _, value in props.each("role_entity") if display(value).partition(":")[2] in PUBLIC), None
        )
        public = Declared("role_entity", entry.at, True) if entry is not None else None
    if public is not None and not isinstance(public, Cases):
        yield Store(**about(resource, context), kind="bucket", service="storage", public=public)


def _members(resource: Resource, context: Context) -> Iterator[Value]:
    """What an ACL names: its members, or the predefined list."""
    props = context.props(resource)
    for path in ("entity", "predefined_acl"):
        value = props.find(path)
        if value is not None:
            yield value
    yield from (value for _, value in props.each("role_entity"))


BUILDERS: dict[str, Builder] = {
    "google_storage_bucket": bucket,
    "google_pubsub_topic": topic,
    "google_pubsub_subscription": subscription,
    "google_artifact_registry_repository": repository,
    "google_compute_disk": disk,
    **dict.fromkeys(
        (
            "google_storage_bucket_acl",
            "google_storage_default_object_acl",
            "google_storage_bucket_access_control",
            "google_storage_default_object_access_control",
        ),
        lone_bucket_access,
    ),
}
