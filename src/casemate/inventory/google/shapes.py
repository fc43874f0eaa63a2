"""Where each type of function or service keeps what all of them have.

Source: Terraform google provider, the documentation of each resource; "Cloud Run YAML reference" for the annotations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.function import FunctionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Paths of one type's arguments; a tuple where a key itself holds a dot."""

    kind: FunctionKind
    runtime: str | None
    timeout: str
    default_timeout: int
    memory: str
    instances: str | tuple[str, ...]
    account: str
    ingress: str | tuple[str, ...]
    network: tuple[str | tuple[str, ...], ...]
    entry: str | None = None
    variables: str | None = None
    secrets: str | None = None
    containers: str | None = None
    key: str | tuple[str, ...] = "kms_key_name"
    default_account: str = "the default compute service account"


_NOTES = ["template", "metadata", "annotations"]
SHAPES: dict[str, Shape] = {
    "google_cloudfunctions_function": Shape(
        kind="google-function",
        runtime="runtime",
        timeout="timeout",
        default_timeout=60,
        memory="available_memory_mb",
        instances="max_instances",
        account="service_account_email",
        ingress="ingress_settings",
        network=("vpc_connector",),
        entry="entry_point",
        variables="environment_variables",
        secrets="secret_environment_variables",
        default_account="the default App Engine service account",
    ),
    **dict.fromkeys(
        ("google_app_engine_standard_app_version", "google_app_engine_flexible_app_version"),
        Shape(
            kind="cloud-run",
            runtime="runtime",
            timeout="timeout",
            default_timeout=60,
            memory="memory",
            instances="automatic_scaling.standard_scheduler_settings.max_instances",
            account="service_account",
            ingress="ingress",
            network=("vpc_access_connector",),
            variables="env_variables",
            default_account="the default App Engine service account",
        ),
    ),
    "google_cloudfunctions2_function": Shape(
        kind="google-function",
        runtime="build_config.runtime",
        timeout="service_config.timeout_seconds",
        default_timeout=60,
        memory="service_config.available_memory",
        instances="service_config.max_instance_count",
        account="service_config.service_account_email",
        ingress="service_config.ingress_settings",
        network=("service_config.vpc_connector", "service_config.direct_vpc_network_interface"),
        entry="build_config.entry_point",
        variables="service_config.environment_variables",
        secrets="service_config.secret_environment_variables",
    ),
    "google_cloud_run_service": Shape(
        kind="cloud-run",
        runtime=None,
        timeout="template.spec.timeout_seconds",
        default_timeout=300,
        memory="template.spec.containers.resources.limits.memory",
        instances=(*_NOTES, "autoscaling.knative.dev/maxScale"),
        account="template.spec.service_account_name",
        ingress=("metadata", "annotations", "run.googleapis.com/ingress"),
        network=(
            (*_NOTES, "run.googleapis.com/vpc-access-connector"),
            (*_NOTES, "run.googleapis.com/network-interfaces"),
        ),
        containers="template.spec.containers",
        key=(*_NOTES, "run.googleapis.com/encryption-key"),
    ),
    "google_cloud_run_v2_service": Shape(
        kind="cloud-run",
        runtime=None,
        timeout="template.timeout",
        default_timeout=300,
        memory="template.containers.resources.limits.memory",
        instances="template.scaling.max_instance_count",
        account="template.service_account",
        ingress="ingress",
        network=("template.vpc_access",),
        containers="template.containers",
        key="template.encryption_key",
    ),
    "google_cloud_run_v2_job": Shape(
        kind="cloud-run",
        runtime=None,
        timeout="template.template.timeout",
        default_timeout=600,
        memory="template.template.containers.resources.limits.memory",
        instances="template.parallelism",
        account="template.template.service_account",
        ingress="ingress",
        network=("template.template.vpc_access",),
        containers="template.template.containers",
        key="template.template.encryption_key",
    ),
}
