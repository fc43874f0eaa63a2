"""Cloud Functions of both generations and Cloud Run services, with the route that reaches each and who may take it.

Everybody may call a function when `allUsers` has an invoker role on it: the route's authentication is then `none`, at
the member's place. Sources: Google Cloud documentation, "Cloud Functions: allow public access", "Configure network
settings" (ingress), "Cloud Run: allow public access" (IAM, invoker_iam_disabled), "Function identity" (default
service accounts); Terraform google provider for names and defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.inventory.google.access import CALLABLE, EVERYBODY, INVOKERS, bindings, grants, grants_on, iam_types
from casemate.inventory.google.entity import about, target
from casemate.inventory.google.shapes import SHAPES, Shape
from casemate.inventory.logic import fixed
from casemate.inventory.reading import Props, Unreadable, as_text
from casemate.model.api import Route
from casemate.model.entity import Link
from casemate.model.function import Code, Function, Variable
from casemate.model.policy import ManagedPolicy, Role, Term
from casemate.model.setting import Cases, Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.trigger import Trigger
from casemate.model.value import Fields, Unknown, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.api import AuthKind
    from casemate.model.entity import Entity
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.trigger import TriggerKind
    from casemate.model.value import Value

_INGRESS = {
    "all": "ALLOW_ALL",
    "internal": "ALLOW_INTERNAL_ONLY",
    "internal-and-cloud-load-balancing": "ALLOW_INTERNAL_AND_GCLB",
    "ingress_traffic_all": "ALLOW_ALL",
    "ingress_traffic_internal_only": "ALLOW_INTERNAL_ONLY",
    "ingress_traffic_internal_load_balancer": "ALLOW_INTERNAL_AND_GCLB",
    "ingress_traffic_none": "ALLOW_INTERNAL_ONLY",
}
_BY_IAM = "callers need an invoker role unless allUsers has one"
_NO_SETTING = "Google has no such setting"
_EVENTS: tuple[tuple[str, TriggerKind], ...] = (
    ("pubsub", "topic"),
    ("storage", "bucket"),
    ("firestore", "document-store"),
    ("datastore", "document-store"),
    ("audit", "logs"),
    ("firebase.database", "document-store"),
    ("auth", "user-pool"),
    ("scheduler", "schedule"),
    ("logging", "logs"),
)


def function(resource: Resource, context: Context) -> Iterator[Entity]:
    """One function or service, its route or trigger, and its identity when it is the default one."""
    shape = SHAPES[resource.type]
    props = context.props(resource)
    account = props.find(shape.account)
    named = account
    if account is not None and _DEFAULT_ACCOUNT.search(text_of(account) or "") is not None:
        account = None  # written out, and yet the one that is taken when none is named
    role = _role(account, resource, context)
    variables, secrets = _environment(props, shape)
    yield Function(
        **about(resource, context),
        kind=shape.kind,
        runtime=props.text(shape.runtime, None)
        if shape.runtime
        else Defaulted("runtime", resource.at, None, "a container brings its own"),
        code=_code(props, shape),
        timeout=props.read(
            shape.timeout, _seconds, shape.default_timeout, f"{shape.default_timeout} seconds unless set"
        ),
        memory=props.read(
            shape.memory, _mebibytes, 256 if shape.kind == "google-function" else 512, "the service's default"
        ),
        reserved_concurrency=props.number(
            shape.instances, None, "no limit of instances but the service's own unless set"
        ),
        environment=variables,
        environment_key=props.text(shape.key, None, "encrypted with a key of Google"),
        tracing=fixed("tracing", resource.at, True, "Google traces requests by itself"),
        dead_letter=fixed("deadLetter", resource.at, True, f"{_NO_SETTING} on a function"),
        in_network=_in_network(props, shape, resource),
        code_signing=fixed("binaryAuthorization", resource.at, True, f"{_NO_SETTING} on a function"),
        role=role,
        ingress=props.read(shape.ingress, _ingress, "ALLOW_ALL", "all traffic is allowed unless ingress is set"),
        secret_environment=secrets,
        https_required=_https(props, resource),
    )
    if account is None:
        yield _default_identity(resource, context, shape, named.at if named is not None else resource.at)
    if resource.type in CALLABLE and _is_http(props, resource):
        yield _route(resource, context, props)
    yield from _triggers(resource, context, props)


def _code(props: Props, shape: Shape) -> Code:
    handler = (
        props.text(shape.entry, "", "the function's own name")
        if shape.entry and props.find(shape.entry) is not None
        else None
    )
    image = (
        props.text(f"{shape.containers}.image", "")
        if shape.containers and props.find(f"{shape.containers}.image") is not None
        else None
    )
    path = next(
        (
            path
            for path in ("source_archive_object", "build_config.source.storage_source.object", "source")
            if props.find(path)
        ),
        None,
    )
    return Code(
        handler=handler, uri=props.text(path, "") if path and shape.kind == "google-function" else None, image=image
    )


def _environment(props: Props, shape: Shape) -> tuple[tuple[Variable, ...], tuple[Variable, ...]]:
    """(variables in clear, variables from Secret Manager)."""
    plain: list[Variable] = []
    secret: list[Variable] = []
    if shape.variables:
        plain += [Variable(name, value, at) for name, at, value in props.items(shape.variables)]
    for entry in props.sections(shape.secrets) if shape.secrets else ():
        name = entry.find("key")
        if name is not None:
            secret.append(Variable(display(name), _from_manager(entry.find("secret"), name.at), name.at))
    for container in props.sections(shape.containers) if shape.containers else ():
        for entry in container.sections("env"):
            name = entry.find("name")
            value = entry.find("value")
            source = entry.find("value_source") or entry.find("value_from")
            if name is not None and source is not None:
                secret.append(Variable(display(name), _from_manager(source, name.at), name.at))
            elif name is not None and value is not None:
                plain.append(Variable(display(name), value, name.at))
    return tuple(plain), tuple(secret)


def _from_manager(value: Value | None, at: Span) -> Value:
    return Unknown("from Secret Manager", at, "secret-store", display(value) if value is not None else "")


def _seconds(value: Value) -> int:
    """`60`, `60s`, `1.5s`."""
    match = re.fullmatch(r"(\d+)(?:\.\d+)?(m?)s?", as_text(value).strip())
    if match is None:
        raise Unreadable("not a duration")
    return int(match[1]) * (60 if match[2] else 1)


_UNITS = {
    "": 1.0,
    "M": 1.0,
    "Mi": 1.0,
    "MB": 1.0,
    "MiB": 1.0,
    "G": 1024.0,
    "Gi": 1024.0,
    "GB": 1024.0,
    "GiB": 1024.0,
    "Ki": 1 / 1024,
}


def _mebibytes(value: Value) -> int:
    """`256`, `256M`, `1Gi`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", as_text(value).strip())
    if match is None or match[2] not in _UNITS:
        raise Unreadable("not an amount of memory")
    return int(float(match[1]) * _UNITS[match[2]])


def _ingress(value: Value) -> str:
    text = as_text(value)
    return _INGRESS.get(text.lower(), text)


def _in_network(props: Props, shape: Shape, resource: Resource) -> Setting[bool]:
    for path in shape.network:
        if props.find(path) is not None:
            return props.present(path)
    return fixed("vpc_connector", resource.at, False, "no connection to a network is set")


def _https(props: Props, resource: Resource) -> Setting[bool] | None:
    """First generation and App Engine only: `SECURE_OPTIONAL` serves plain HTTP.

    Its default differs between the API and the console, so silence says nothing.
    """
    if resource.type.startswith("google_app_engine_"):
        for handler in props.sections("handlers"):
            level = text_of(handler.find("security_level")) or ""
            if level.upper() in {"SECURE_OPTIONAL", "SECURE_NEVER"}:
                return Declared("security_level", handler.key_at("security_level"), False)
        return None
    if resource.type != "google_cloudfunctions_function" or props.find("https_trigger_security_level") is None:
        return None
    return convert(props.text("https_trigger_security_level", ""), lambda text: text.upper() == "SECURE_ALWAYS")


# -- identity
# -----------------------------------------------------------------------------------------------------------------
def _role(account: Value | None, resource: Resource, context: Context) -> Link | None:
    if account is None:
        return Link("default service account", resource.at, f"{context.id(resource.key)}/default-identity")
    found = context.link(account)
    if found is not None and found.target is None:
        short = found.text.partition("@")[0]
        for other in context.of_type("google_service_account"):
            if text_of(other.properties.get("account_id")) == short or other.key == found.text:
                return Link(found.text, found.at, context.id(other.key))
    return found


_DEFAULT_ACCOUNT = re.compile(
    r"^(?:serviceAccount:)?(?:\d{4,20}-compute@developer|[\w.:-]{1,80}@appspot)\.gserviceaccount\.com$"
)


def _default_identity(resource: Resource, context: Context, shape: Shape, at: Span) -> Role:
    """The service account that is taken when none is named: Editor of the project unless somebody took it away."""
    editor = ManagedPolicy(Term("roles/editor", at), resource.name, shape.default_account)
    return Role(**about(resource, context, "default-identity"), kind="identity", implied=True, managed=(editor,))


# -- the route
# ----------------------------------------------------------------------------------------------------------------
def _is_http(props: Props, resource: Resource) -> bool:
    if resource.type == "google_cloudfunctions_function":
        return props.flag("trigger_http", False).ever(bool) or props.find("https_trigger") is not None
    return props.find("event_trigger") is None


def _route(resource: Resource, context: Context, props: Props) -> Route:
    return _built(
        resource,
        context,
        _authentication(resource, context, props),
        Link(resource.name, resource.at, context.id(resource.key)),
    )


def _authentication(resource: Resource, context: Context, props: Props) -> Setting[AuthKind]:
    """What callers must show."""
    for path in ("invoker_iam_disabled", ("metadata", "annotations", "run.googleapis.com/invoker-iam-disabled")):
        if props.find(path) is not None:
            return convert(props.flag(path, False), _unless)
    undecided: Setting[AuthKind] | None = None
    for declaring, grant in grants_on(resource, context, *CALLABLE):
        if grant.condition is not None or grant.role_name not in INVOKERS:
            continue
        if grant.member_name == EVERYBODY:
            open_: Setting[AuthKind] = Declared("member", grant.at, "none")
            if declaring.condition is not None:
                closed: Setting[AuthKind] = Defaulted("member", resource.at, "iam", _BY_IAM)
                return Cases(
                    "member", grant.at, ((declaring.condition, open_), (f"else of {declaring.condition}", closed))
                )
            return open_
        if isinstance(grant.member, Unknown):
            undecided = Unresolved("member", grant.at, grant.member.reason)
    return undecided or Defaulted("member", resource.at, "iam", _BY_IAM)


def _unless(disabled: bool) -> AuthKind:  # noqa: FBT001 - a setting's value
    return "none" if disabled else "iam"


def _built(resource: Resource, context: Context, auth: Setting[AuthKind], link: Link) -> Route:
    at = auth.at
    return Route(
        **about(resource, context, "http", at=at),
        kind="google-http",
        method="ANY",
        path="/",
        auth=auth,
        api_key=fixed("apiKey", at, False, "functions ask for no API key"),
        validated=fixed("validation", at, False, "input is not validated"),
        throttled=fixed("throttling", at, False, "functions have no rate limit"),
        api=None,
        function=link,
    )


def invoker(resource: Resource, context: Context) -> Iterator[Entity]:
    """An IAM resource on a function: its bindings, and the open route when the function itself was not scanned here."""
    yield from bindings(resource, context)
    argument = {"google_cloud_run_service": "service", "google_cloud_run_v2_service": "name"}.get(
        resource.type.rpartition("_iam_")[0], "cloud_function"
    )
    value = resource.properties.get(argument)
    if target(value, context, *CALLABLE) is not None:
        return
    for grant in grants(resource, context):
        if grant.member_name == EVERYBODY and grant.role_name in INVOKERS and grant.condition is None:
            link = context.link(value) or Link(resource.name, resource.at)
            yield _built(resource, context, Declared("member", grant.at, "none"), link)
            return


# -- triggers
# -----------------------------------------------------------------------------------------------------------------
def _triggers(resource: Resource, context: Context, props: Props) -> Iterator[Entity]:
    function = Link(resource.name, resource.at, context.id(resource.key))
    for number, entry in enumerate(props.sections("event_trigger")):
        type_ = (text_of(entry.find("event_type")) or "").lower()
        kind: TriggerKind = next((found for word, found in _EVENTS if word in type_), "other")
        source = entry.find("pubsub_topic") or entry.find("resource") or _filtered(entry)
        if source is not None and isinstance(source, Fields):
            source = None
        retry = (
            text_of(entry.find("retry_policy")) == "RETRY_POLICY_RETRY"
            or text_of(entry.find("failure_policy.retry")) == "true"
        )
        at = entry.at if entry.at.path == resource.at.path else resource.at
        yield Trigger(
            **about(resource, context, f"event-{number}", at=at),
            kind=kind,
            function=function,
            source=context.link(source),
            dead_letter=fixed("deadLetter", at, False, "events are dropped, or retried for as long as they are kept"),
            retries=Defaulted(
                "retry_policy", at, None if retry else 0, "retried until they expire" if retry else "not retried"
            ),
            enabled=fixed("enabled", at, True, "always"),
        )
    named: tuple[tuple[str, TriggerKind], ...] = (("trigger_topic", "topic"), ("trigger_bucket", "bucket"))
    for word, called in named:
        value = props.find(word)
        if value is not None:
            yield Trigger(
                **about(resource, context, word, at=value.at),
                kind=called,
                function=function,
                source=context.link(value),
                dead_letter=fixed("deadLetter", value.at, False, "events are dropped"),
                retries=Defaulted("retry", value.at, 0, "not retried unless --retry"),
                enabled=fixed("enabled", value.at, True, "always"),
            )


def _filtered(entry: Props) -> Value | None:
    for section in entry.sections("event_filters"):
        if text_of(section.find("attribute")) in {"bucket", "document", "database"}:
            return section.find("value")
    return None


BUILDERS: dict[str, Builder] = {**dict.fromkeys(SHAPES, function), **dict.fromkeys(iam_types(*CALLABLE), invoker)}
