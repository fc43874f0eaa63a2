"""Deployment YAML for Google Cloud -> the schema of the Terraform provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casemate.model.value import Unknown, display
from casemate.sources import google
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.resource import Reading, Resource

SERVICE = """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello
  annotations:
    run.googleapis.com/ingress: internal
spec:
  template:
    spec:
      serviceAccountName: runner@acme.iam.gserviceaccount.com
      timeoutSeconds: 30
      containers:
        - image: gcr.io/acme/hello
          env:
            - name: MODE
              value: prod
"""
BUILD = """\
steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, .]
  - name: gcr.io/google.com/cloudsdktool/cloud-sdk
    entrypoint: gcloud
    args:
      - run
      - deploy
      - hello
      - --image=gcr.io/$PROJECT_ID/hello
      - --allow-unauthenticated
      - --set-env-vars=^;^MODE=prod;LIST=a,b
  - name: gcr.io/cloud-builders/gcloud
    args: [functions, deploy, worker, --runtime, python37, --trigger-http, --ingress-settings=internal-only]
  - name: gcr.io/cloud-builders/gcloud
    entrypoint: bash
    args:
      - -c
      - |
        set -e
        gcloud beta functions deploy second --gen2 --runtime=nodejs20 \\
          --trigger-http --allow-unauthenticated
"""
CONNECTOR = """\
apiVersion: cloudfunctions.cnrm.cloud.google.com/v1beta1
kind: CloudFunctionsFunction
metadata:
  name: notify
spec:
  runtime: nodejs10
  availableMemoryMb: 128
  httpsTrigger:
    securityLevel: SECURE_ALWAYS
  serviceAccountRef:
    name: runner
  environmentVariables:
    apiMode: x
---
apiVersion: iam.cnrm.cloud.google.com/v1beta1
kind: IAMPolicyMember
metadata:
  name: open
spec:
  member: allUsers
  role: roles/cloudfunctions.invoker
  resourceRef:
    kind: CloudFunctionsFunction
    name: notify
"""


def read(text: str, path: str = "file.yaml") -> Reading:
    assert google.claims(path, text.encode())
    return google.read(MemoryTree({path: text.encode()}), (path,), Options())


def resources(text: str) -> dict[str, Resource]:
    return dict(read(text).stacks[0].resources)


def test_a_knative_service() -> None:
    service = resources(SERVICE)["hello"]
    assert (service.type, service.at.start_line) == ("google_cloud_run_service", 4)
    text = repr(service.properties)
    assert "'service_account_name': Literal('runner@acme.iam.gserviceaccount.com')" in text
    assert "'timeout_seconds': Literal(30)" in text
    assert "'run.googleapis.com/ingress': Literal('internal')" in text


def test_deploy_commands_of_a_build() -> None:
    found = resources(BUILD)
    assert {key: resource.type for key, resource in found.items()} == {
        "hello": "google_cloud_run_service",
        "hello/invoker": "google_cloud_run_service_iam_member",
        "worker": "google_cloudfunctions_function",
        "second": "google_cloudfunctions2_function",
        "second/invoker": "google_cloudfunctions2_function_iam_member",
        "pipeline": "Casemate::Pipeline::CloudBuild",
    }
    assert found["hello/invoker"].at.start_line == 11
    assert found["second/invoker"].at.start_line == 22
    assert "'LIST'" in repr(found["hello"].properties)
    assert "a,b" in repr(found["hello"].properties)
    worker = found["worker"].properties
    assert {key: display(entry.value) for key, entry in worker.entries.items()} == {
        "runtime": "python37", "trigger_http": "true", "ingress_settings": "ALLOW_INTERNAL_ONLY", "name": "worker",
        "service_account_email": "${a deployment that names none keeps the service account of the one before it}",
    }  # fmt: skip


def test_substitutions_of_a_build_are_not_known() -> None:
    build = "steps:\n- name: gcr.io/cloud-builders/gcloud\n  args: [functions, deploy, f, --runtime, $_RUNTIME]\n"
    assert isinstance(resources(build)["f"].properties.get("runtime"), Unknown)


def test_config_connector() -> None:
    found = resources(CONNECTOR)
    assert found["notify"].type == "google_cloudfunctions_function"
    text = repr(found["notify"].properties)
    assert "'available_memory_mb': Literal(128)" in text
    assert "'trigger_http': Literal(True)" in text
    assert "'service_account_email': Reference(runner.None)" in text
    assert "'apiMode'" in text
    assert found["open"].type == "google_cloudfunctions_function_iam_member"
    assert "'cloud_function': Reference(notify.None)" in repr(found["open"].properties)


def test_broken_yaml_is_a_diagnostic() -> None:
    reading = read("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: [\n")
    assert [entry.status for entry in reading.inputs] == ["failed"]
    assert reading.diagnostics[0].level == "error"


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        (SERVICE, True),
        (BUILD, True),
        (CONNECTOR, True),
        ("steps:\n- run: make\n", False),
        ("apiVersion: v1\nkind: Service\n", False),
    ],
)
def test_claims(text: str, claimed: bool) -> None:  # noqa: FBT001
    assert google.claims("x.yaml", text.encode()) is claimed


@pytest.mark.parametrize("member", ["allUsers", "{member: allUsers}"])
def test_policies_of_config_connector_are_bindings(member: str) -> None:
    found = resources(
        f"""\
apiVersion: iam.cnrm.cloud.google.com/v1beta1
kind: IAMPartialPolicy
metadata: {{name: topic}}
spec:
  resourceRef: {{kind: PubSubTopic, name: events}}
  bindings:
    - {{role: roles/pubsub.publisher, members: [{member}]}}
    - {{role: roles/pubsub.viewer, members: [user:a@b.example]}}
"""
    )
    assert {resource.type for resource in found.values()} == {"google_pubsub_topic_iam_binding"}
    members = [display(resource.properties.get("members") or resource.properties) for resource in found.values()]
    assert members == ["[allUsers]", "[user:a@b.example]"]


def test_an_app_yaml() -> None:
    text = """\
runtime: nodejs12
service: shop
env_variables: {MODE: live}
handlers:
  - {url: /.*, script: auto, secure: never}
"""
    assert google.claims("shop/app.yaml", text.encode())
    assert not google.claims("other.yaml", text.encode())
    assert not google.claims("app.yaml", b"runtime: x\nkind: Thing\n")
    found = read(text, "shop/app.yaml").stacks[0].resources["shop"]
    assert (found.type, found.at.start_line) == ("google_app_engine_standard_app_version", 2)
    assert "SECURE_NEVER" in repr(found.properties)
