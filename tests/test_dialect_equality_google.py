"""The same Google resource in Config Connector or Knative YAML and in Terraform gives the same settings."""

from __future__ import annotations

import textwrap

import pytest
from tests.test_dialect_equality_azure import read, settings

GROUP = {
    "StorageBucket": "storage", "CloudFunctions2Function": "cloudfunctions2", "CloudFunctionsFunction": "cloudfunctions",
    "SQLInstance": "sql", "KMSCryptoKey": "kms", "ComputeFirewall": "compute", "PubSubTopic": "pubsub", "RunService": "run",
    "BigQueryDataset": "bigquery", "SecretManagerSecret": "secretmanager",
}  # fmt: skip

CASES: dict[str, tuple[str, str, str, str, str]] = {
    "bucket": (
        "Store", "StorageBucket", "location: EU\nuniformBucketLevelAccess: true\npublicAccessPrevention: enforced\nversioning: {enabled: true}",
        "google_storage_bucket", 'location = "EU"\nuniform_bucket_level_access = true\npublic_access_prevention = "enforced"\nversioning {\n  enabled = true\n}',
    ),
    "bucket, own key": (
        "Store", "StorageBucket", "location: EU\nencryption: {kmsKeyRef: {external: projects/p/k}}", "google_storage_bucket",
        'location = "EU"\nencryption {\n  default_kms_key_name = "projects/p/k"\n}',
    ),
    "bucket, bare": ("Store", "StorageBucket", "location: EU", "google_storage_bucket", 'location = "EU"'),
    "function, second generation": (
        "Function", "CloudFunctions2Function",
        "location: europe-west1\nbuildConfig: {runtime: python312, entryPoint: run}\nserviceConfig: {ingressSettings: ALLOW_ALL, availableMemory: 256M, timeoutSeconds: 60, maxInstanceCount: 3, environmentVariables: {MODE: prod}}",
        "google_cloudfunctions2_function",
        'location = "europe-west1"\nbuild_config {\n  runtime = "python312"\n  entry_point = "run"\n}\nservice_config {\n  ingress_settings = "ALLOW_ALL"\n  available_memory = "256M"\n  timeout_seconds = 60\n  max_instance_count = 3\n  environment_variables = { MODE = "prod" }\n}',
    ),
    "function, first generation": (
        "Function", "CloudFunctionsFunction",
        "region: europe-west1\nruntime: nodejs20\nentryPoint: run\nhttpsTrigger: {securityLevel: SECURE_OPTIONAL}\navailableMemoryMb: 128\ntimeout: 30\ningressSettings: ALLOW_INTERNAL_ONLY",
        "google_cloudfunctions_function",
        'region = "europe-west1"\nruntime = "nodejs20"\nentry_point = "run"\ntrigger_http = true\nhttps_trigger_security_level = "SECURE_OPTIONAL"\navailable_memory_mb = 128\ntimeout = 30\ningress_settings = "ALLOW_INTERNAL_ONLY"',
    ),
    "cloud run": (
        "Function", "RunService",
        "location: europe-west1\ningress: INGRESS_TRAFFIC_ALL\ntemplate: {timeout: 30s, scaling: {maxInstanceCount: 2}, containers: [{image: gcr.io/a/b, env: [{name: MODE, value: prod}]}]}",
        "google_cloud_run_v2_service",
        'location = "europe-west1"\ningress = "INGRESS_TRAFFIC_ALL"\ntemplate {\n  timeout = "30s"\n  scaling {\n    max_instance_count = 2\n  }\n  containers {\n    image = "gcr.io/a/b"\n    env {\n      name = "MODE"\n      value = "prod"\n    }\n  }\n}',
    ),
    "sql": (
        "Store", "SQLInstance",
        "databaseVersion: POSTGRES_15\nregion: europe-west1\nsettings: {tier: db-f1-micro, ipConfiguration: {ipv4Enabled: true, requireSsl: true}, backupConfiguration: {enabled: true}}",
        "google_sql_database_instance",
        'database_version = "POSTGRES_15"\nregion = "europe-west1"\nsettings {\n  tier = "db-f1-micro"\n  ip_configuration {\n    ipv4_enabled = true\n    require_ssl = true\n  }\n  backup_configuration {\n    enabled = true\n  }\n}',
    ),
    "sql, own key": (
        "Store", "SQLInstance", "databaseVersion: MYSQL_8_0\nencryptionKMSCryptoKeyRef: {external: projects/p/k}\nsettings: {tier: t}",
        "google_sql_database_instance", 'database_version = "MYSQL_8_0"\nencryption_key_name = "projects/p/k"\nsettings {\n  tier = "t"\n}',
    ),
    "key": (
        "Key", "KMSCryptoKey", "rotationPeriod: 7776000s\npurpose: ENCRYPT_DECRYPT", "google_kms_crypto_key",
        'rotation_period = "7776000s"\npurpose = "ENCRYPT_DECRYPT"\nkey_ring = "r"',
    ),
    "topic": ("Store", "PubSubTopic", "kmsKeyRef: {external: projects/p/k}", "google_pubsub_topic", 'kms_key_name = "projects/p/k"'),
    "dataset": (
        "Store", "BigQueryDataset", "location: EU\naccess: [{role: READER, specialGroup: allAuthenticatedUsers}]", "google_bigquery_dataset",
        'dataset_id = "x"\nlocation = "EU"\naccess {\n  role = "READER"\n  special_group = "allAuthenticatedUsers"\n}',
    ),
    "firewall": (
        "Network", "ComputeFirewall", "networkRef: {name: default}\nsourceRanges: [0.0.0.0/0]\nallow: [{protocol: tcp, ports: ['22']}]",
        "google_compute_firewall", 'network = "default"\nsource_ranges = ["0.0.0.0/0"]\nallow {\n  protocol = "tcp"\n  ports = ["22"]\n}',
    ),
}  # fmt: skip


def connector(kind: str, spec: str) -> str:
    head = f"apiVersion: {GROUP[kind]}.cnrm.cloud.google.com/v1beta1\nkind: {kind}\nmetadata: {{name: x}}\nspec:\n"
    return head + textwrap.indent(spec, "  ") + "\n"


def terraform(type_: str, body: str) -> str:
    return f'resource "{type_}" "x" {{\n  name = "x"\n{textwrap.indent(body, "  ")}\n}}\n'


@pytest.mark.parametrize("feature", CASES)
def test_yaml_and_terraform_agree(feature: str) -> None:
    kind, connector_kind, spec, type_, body = CASES[feature]
    left = settings(read("resource.yaml", connector(connector_kind, spec)), kind)
    assert left or kind == "Network"
    assert left == settings(read("main.tf", terraform(type_, body)), kind)
