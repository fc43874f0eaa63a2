"""Declarative YAML for Google Cloud, one document a resource.

Sources: Google Cloud documentation, "Cloud Run YAML reference", "Config Connector resources"; Deployment Manager
"Supported resource types".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.record import replace
from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span

_MAPS = frozenset(
    {
        "annotations",
        "labels",
        "limits",
        "requests",
        "environmentVariables",
        "buildEnvironmentVariables",
        "nodeSelector",
        "data",
    }
)
"""Maps whose keys are the user's own words, which no schema renames."""
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

CONNECTOR_KINDS = {
    "CloudFunctionsFunction": "google_cloudfunctions_function",
    "CloudFunctions2Function": "google_cloudfunctions2_function",
    "RunService": "google_cloud_run_v2_service",
    "StorageBucket": "google_storage_bucket",
    "PubSubTopic": "google_pubsub_topic",
    "PubSubSubscription": "google_pubsub_subscription",
    "SQLInstance": "google_sql_database_instance",
    "BigQueryDataset": "google_bigquery_dataset",
    "KMSCryptoKey": "google_kms_crypto_key",
    "SecretManagerSecret": "google_secret_manager_secret",
    "IAMServiceAccount": "google_service_account",
    "IAMServiceAccountKey": "google_service_account_key",
    "ComputeFirewall": "google_compute_firewall",
    "ComputeInstance": "google_compute_instance",
    "ComputeDisk": "google_compute_disk",
    "ComputeSubnetwork": "google_compute_subnetwork",
    "ContainerCluster": "google_container_cluster",
    "CloudSchedulerJob": "google_cloud_scheduler_job",
    "CloudBuildTrigger": "google_cloudbuild_trigger",
}
"""Config Connector's kinds are generated from the Terraform provider's schema, in camel case."""
_IAM_TARGETS = {
    # kind of the resource: (Terraform resource, argument that names it)
    "CloudFunctionsFunction": ("google_cloudfunctions_function_iam_member", "cloud_function"),
    "CloudFunctions2Function": ("google_cloudfunctions2_function_iam_member", "cloud_function"),
    "RunService": ("google_cloud_run_v2_service_iam_member", "name"),
    "StorageBucket": ("google_storage_bucket_iam_member", "bucket"),
    "PubSubTopic": ("google_pubsub_topic_iam_member", "topic"),
    "PubSubSubscription": ("google_pubsub_subscription_iam_member", "subscription"),
    "SecretManagerSecret": ("google_secret_manager_secret_iam_member", "secret_id"),
    "KMSCryptoKey": ("google_kms_crypto_key_iam_member", "crypto_key_id"),
    "Project": ("google_project_iam_member", "project"),
    "Folder": ("google_folder_iam_member", "folder"),
    "Organization": ("google_organization_iam_member", "org_id"),
}
_REFERENCE_NAMES = {
    ("CloudFunctionsFunction", "serviceAccountRef"): "service_account_email",
    ("CloudFunctions2Function", "serviceAccountRef"): "service_account_email",
    ("CloudFunctionsFunction", "vpcConnectorRef"): "vpc_connector",
    ("StorageBucket", "kmsKeyRef"): "default_kms_key_name",
    ("SQLInstance", "encryptionKMSCryptoKeyRef"): "encryption_key_name",
}
_DEPLOYMENT_MANAGER = {
    "cloudfunctions.v1.function": "google_cloudfunctions_function",
    "gcp-types/cloudfunctions-v1:projects.locations.functions": "google_cloudfunctions_function",
    "gcp-types/cloudfunctions-v2:projects.locations.functions": "google_cloudfunctions2_function",
    "storage.v1.bucket": "google_storage_bucket",
    "gcp-types/storage-v1:buckets": "google_storage_bucket",
    "pubsub.v1.topic": "google_pubsub_topic",
    "gcp-types/pubsub-v1:projects.topics": "google_pubsub_topic",
}


def snake(name: str) -> str:
    """`serviceAccountEmail` -> `service_account_email`."""
    return _WORD.sub("_", name).lower()


def resources(document: Fields) -> Iterator[Resource]:
    """The resources of one YAML document; none when it is something else."""
    version, kind = text_of(document.get("apiVersion")) or "", text_of(document.get("kind")) or ""
    if version.startswith("serving.knative.dev/") and kind == "Service":
        yield _knative(document)
    elif "cnrm.cloud.google.com/" in version and kind in {"IAMPolicy", "IAMPartialPolicy"}:
        yield from _policy(document)
    elif "cnrm.cloud.google.com/" in version:
        found = _connector(document, kind)
        if found is not None:
            yield found
    elif is_app_engine(document):
        yield _app_engine(document)
    elif isinstance(listed := document.get("resources"), Items):
        for item in listed.items:
            type_ = _DEPLOYMENT_MANAGER.get(text_of(item.get("type")) or "") if isinstance(item, Fields) else None
            if type_ is not None and isinstance(item, Fields):
                yield _managed(item, type_)


_SECURE = {"always": "SECURE_ALWAYS", "optional": "SECURE_OPTIONAL", "never": "SECURE_NEVER"}


def is_app_engine(document: Fields) -> bool:
    """Whether it is an app.yaml, which is in no way marked but by its keys."""
    return (
        text_of(document.get("runtime")) is not None and not {"apiVersion", "steps", "name"} & document.entries.keys()
    )


def _app_engine(document: Fields) -> Resource:
    """An `app.yaml` in the schema of `google_app_engine_standard_app_version` ("app.yaml reference")."""
    keys = ("runtime", "env_variables", "service_account", "automatic_scaling", "vpc_access_connector", "service")
    entries = {key: entry for key in keys if (entry := document.entries.get(key)) is not None}
    handlers = document.entries.get("handlers")
    if handlers is not None and isinstance(handlers.value, Items):
        made: list[Value] = []
        for handler in handlers.value.items:
            secure = handler.entries.get("secure") if isinstance(handler, Fields) else None
            if secure is not None:
                level = Literal(_SECURE.get((text_of(secure.value) or "").lower(), ""), secure.value.at)
                made.append(Fields({"security_level": Entry(secure.key_at, level)}, handler.at))
        entries["handlers"] = Entry(handlers.key_at, Items(made, handlers.value.at))
    named = document.entries.get("service") or document.entries["runtime"]
    name = text_of(document.get("service")) or "default"
    return Resource(
        type="google_app_engine_standard_app_version",
        name=name,
        key=name,
        at=named.value.at if "service" in document.entries else named.key_at,
        body=document.at,
        properties=Fields(entries, document.at),
        dialect="google",
    )


def _knative(document: Fields) -> Resource:
    """A Knative service is the schema of `google_cloud_run_service`, but for the case of its words."""
    metadata, spec = _section(document, "metadata"), _section(document, "spec")
    entries = {"metadata": Entry(metadata.at, metadata)}
    entries.update(_fields(spec, "").entries)
    return _built(document, metadata, "google_cloud_run_service", entries)


def _connector(document: Fields, kind: str) -> Resource | None:
    metadata, spec = _section(document, "metadata"), _section(document, "spec")
    if kind == "IAMPolicyMember":
        target = _section(spec, "resourceRef")
        found = _IAM_TARGETS.get(text_of(target.get("kind")) or "")
        if found is None:
            return None
        type_, argument = found
        entries = {key: entry for key, entry in spec.entries.items() if key in {"member", "role", "condition"}}
        entries[argument] = Entry(target.at, _referred(target))
        return _built(document, metadata, type_, entries)
    mapped = CONNECTOR_KINDS.get(kind)
    if mapped is None:
        return None
    entries = dict(_fields(spec, kind).entries)
    trigger = spec.entries.get("httpsTrigger")
    if trigger is not None:
        entries["trigger_http"] = Entry(trigger.key_at, Literal(True, trigger.value.at))
        if isinstance(trigger.value, Fields) and (level := trigger.value.entries.get("securityLevel")):
            entries["https_trigger_security_level"] = level
    return _built(document, metadata, mapped, entries)


def _policy(document: Fields) -> Iterator[Resource]:
    """`IAMPolicy` and `IAMPartialPolicy`: a binding for each role. Members are texts, or maps with a `member`."""
    metadata, spec = _section(document, "metadata"), _section(document, "spec")
    target = _section(spec, "resourceRef")
    found = _IAM_TARGETS.get(text_of(target.get("kind")) or "")
    listed = spec.get("bindings")
    if found is None or not isinstance(listed, Items):
        return
    type_, argument = found
    for number, item in enumerate(listed.items):
        members = item.get("members") if isinstance(item, Fields) else None
        if not isinstance(item, Fields) or not isinstance(members, Items):
            continue
        named = [held for one in members.items if (held := one.get("member") if isinstance(one, Fields) else one)]
        entries = {key: entry for key, entry in item.entries.items() if key in {"role", "condition"}}
        entries["members"] = Entry(members.at, Items(named, members.at))
        entries[argument] = Entry(target.at, _referred(target))
        made = _built(document, metadata, type_.replace("_iam_member", "_iam_binding"), entries)
        yield made if not number else replace(made, key=f"{made.key}#{number + 1}")


def _managed(item: Fields, type_: str) -> Resource:
    entries = dict(_fields(_section(item, "properties"), "").entries)
    if "https_trigger" in entries:
        entries["trigger_http"] = Entry(
            entries["https_trigger"].key_at, Literal(True, entries["https_trigger"].value.at)
        )
    return _built(item, item, type_, entries)


def _built(body: Fields, named: Fields, type_: str, entries: dict[str, Entry]) -> Resource:
    name = named.entries.get("name")
    at: Span = name.value.at if name is not None else body.at
    written = (text_of(name.value) if name is not None else None) or type_
    if name is not None and "name" not in entries:
        entries["name"] = name
    return Resource(
        type=type_,
        name=written,
        key=written,
        at=at,
        body=body.at,
        properties=Fields(entries, body.at),
        dialect="google",
    )


def _section(value: Fields, name: str) -> Fields:
    found = value.get(name)
    return found if isinstance(found, Fields) else Fields({}, value.at)


def _fields(value: Fields, kind: str) -> Fields:
    entries: dict[str, Entry] = {}
    for key, entry in value.entries.items():
        if key.endswith("Ref") and key != "secretKeyRef" and isinstance(entry.value, Fields):
            name = _REFERENCE_NAMES.get((kind, key)) or (
                "kms_key_name" if key == "kmsKeyRef" else snake(key.removesuffix("Ref"))
            )
            entries.setdefault(name, Entry(entry.key_at, _referred(entry.value)))
            continue
        entries[snake(key)] = Entry(entry.key_at, entry.value if key in _MAPS else _converted(entry.value, kind))
    return Fields(entries, value.at)


def _converted(value: Value, kind: str) -> Value:
    match value:
        case Fields():
            return _fields(value, kind)
        case Items(items=items):
            return Items([_converted(item, kind) for item in items], value.at)
        case _:
            return value


def _referred(target: Fields) -> Value:
    """`external` is written out; `name` names another document."""
    external = target.get("external")
    if external is not None:
        return external
    name = target.get("name")
    return Reference(text_of(name) or "", None, name.at) if name is not None else Literal("", target.at)
