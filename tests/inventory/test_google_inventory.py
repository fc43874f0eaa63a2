"""Resources of the Terraform google provider -> the typed inventory, through the builders of Google Cloud."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from casemate.inventory.build import build
from casemate.inventory.google import BUILDERS
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.setting import Declared, Defaulted, Unresolved
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown
from casemate.sources import google
from casemate.sources.source import Options
from casemate.sources.syntax import json as json_syntax
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.inventory import Inventory
    from casemate.model.setting import Setting
    from casemate.model.value import Value

Body = dict[str, Any]
FUNCTION = "google_cloudfunctions_function.f"
SECOND = "google_cloudfunctions2_function.f"
_REFERENCE = re.compile(r"\$\{([\w.]+)\.(\w+)\}")


def of(resources: dict[str, Body]) -> Inventory:
    """Addresses (`TYPE.NAME`) with their arguments. `${ADDRESS.ATTRIBUTE}` is a reference, `${var.NAME}` is not known."""
    root = json_syntax.parse(json.dumps(resources, indent=1), "main.tf").root
    assert isinstance(root, Fields)
    found = {
        address: Resource(
            type=address.partition(".")[0], name=address, key=address, at=entry.key_at, body=entry.value.at,
            properties=_properties(entry.value), dialect="terraform",
        )
        for address, entry in root.entries.items()
    }  # fmt: skip
    inventory = build([Reading((Stack(name="s", path="s", root="", dialect="terraform", resources=found),))])
    assert not inventory.diagnostics, inventory.diagnostics
    return inventory


def _properties(value: Value) -> Fields:
    resolved = _resolved(value)
    return resolved if isinstance(resolved, Fields) else Fields({"odd": Entry(value.at, resolved)}, value.at)


def _resolved(value: Value) -> Value:
    match value:
        case Literal(value=str(text)) if match := _REFERENCE.fullmatch(text):
            if match[1] == "var":
                return Unknown(f"variable {match[2]} has no default", value.at, "parameter", text)
            return Reference(match[1], match[2], value.at)
        case Fields(entries=entries):
            return Fields(
                {key: Entry(entry.key_at, _resolved(entry.value)) for key, entry in entries.items()}, value.at
            )
        case Items(items=items):
            return Items([_resolved(item) for item in items], value.at)
        case _:
            return value


def declared(setting: Setting[Any] | None) -> object:
    assert isinstance(setting, Declared), setting
    return setting.value


def defaulted(setting: Setting[Any] | None) -> object:
    assert isinstance(setting, Defaulted), setting
    assert setting.source
    return setting.value


def member(**more: object) -> Body:
    return {
        "cloud_function": f"${{{FUNCTION}.name}}",
        "role": "roles/cloudfunctions.invoker",
        "member": "allUsers",
        **more,
    }


HTTP = {"name": "hello", "runtime": "python37", "trigger_http": True}


def test_a_function_of_the_first_generation() -> None:
    found = of({
        FUNCTION: {
            **HTTP, "available_memory_mb": 128, "timeout": 90, "max_instances": 3, "entry_point": "main", "ingress_settings": "ALLOW_ALL",
            "service_account_email": "${google_service_account.sa.email}", "vpc_connector": "c", "https_trigger_security_level": "SECURE_OPTIONAL",
            "environment_variables": {"MODE": "prod"}, "secret_environment_variables": [{"key": "DB", "secret": "db", "version": "1"}],
        },
        "google_service_account.sa": {"account_id": "runner"},
    })  # fmt: skip
    (function,) = found.functions
    assert function.kind == "google-function"
    assert declared(function.runtime) == "python37"
    assert (function.timeout.value, function.memory.value, function.reserved_concurrency.value) == (90, 128, 3)
    assert declared(function.ingress) == "ALLOW_ALL"
    assert declared(function.in_network) is True
    assert declared(function.https_required) is False
    assert [variable.name for variable in function.environment] == ["MODE"]
    assert [variable.name for variable in function.secret_environment] == ["DB"]
    assert function.role is not None
    assert function.role.target == found.roles[0].id
    assert found.roles[0].kind == "identity"
    assert defaulted(found.routes[0].auth) == "iam"


def test_without_a_service_account_a_function_has_the_default_one() -> None:
    found = of({FUNCTION: HTTP})
    (role,) = found.roles
    assert role.implied
    assert [policy.term.text for policy in role.managed] == ["roles/editor"]
    assert found.functions[0].role is not None
    assert found.functions[0].role.target == role.id


def test_everybody_as_invoker_is_one_open_route_at_the_member() -> None:
    found = of({FUNCTION: HTTP, "google_cloudfunctions_function_iam_member.open": member()})
    (route,) = found.routes
    assert (route.name, declared(route.auth)) == (FUNCTION, "none")
    assert route.auth.at.start_line > found.functions[0].at.start_line + 4
    assert not found.bindings


@pytest.mark.parametrize(
    ("more", "auth"),
    [
        ({"member": "user:a@acme.example"}, "iam"),
        ({"role": "roles/cloudfunctions.viewer"}, "iam"),
        ({"condition": [{"expression": "request.time < x"}]}, "iam"),
        ({"cloud_function": "hello"}, "none"),
    ],
)
def test_other_members_do_not_open_a_route(more: Body, auth: str) -> None:
    found = of({FUNCTION: HTTP, "google_cloudfunctions_function_iam_member.m": member(**more)})
    assert found.routes[0].auth.value == auth


def test_an_unknown_member_leaves_the_route_undecided() -> None:
    found = of({FUNCTION: HTTP, "google_cloudfunctions_function_iam_member.m": member(member="${var.member}")})
    assert isinstance(found.routes[0].auth, Unresolved)


def test_a_binding_and_a_policy_open_a_route_too() -> None:
    binding = {
        "cloud_function": f"${{{FUNCTION}.name}}",
        "role": "roles/cloudfunctions.invoker",
        "members": ["user:a@b", "allUsers"],
    }
    assert of({FUNCTION: HTTP, "google_cloudfunctions_function_iam_binding.b": binding}).routes[0].auth.value == "none"
    policy = {"cloud_function": f"${{{FUNCTION}.name}}", "policy_data": "${google_iam_policy.p.policy_data}"}
    data = {"binding": [{"role": "roles/cloudfunctions.invoker", "members": ["allUsers"]}]}
    found = of({FUNCTION: HTTP, "google_cloudfunctions_function_iam_policy.p": policy, "google_iam_policy.p": data})
    assert found.routes[0].auth.value == "none"


def test_an_open_invoker_of_a_function_elsewhere_is_a_route() -> None:
    (route,) = of(
        {
            "google_cloud_run_service_iam_member.m": {
                "service": "other",
                "role": "roles/run.invoker",
                "member": "allUsers",
            }
        }
    ).routes
    assert declared(route.auth) == "none"


def test_a_function_of_the_second_generation_is_opened_through_its_service() -> None:
    found = of({
        SECOND: {"name": "f", "build_config": [{"runtime": "nodejs18", "entry_point": "x"}], "service_config": [{"available_memory": "1Gi", "timeout_seconds": 60}]},
        "google_cloud_run_service_iam_member.m": {"service": f"${{{SECOND}.name}}", "role": "roles/run.invoker", "member": "allUsers"},
    })  # fmt: skip
    (function,) = found.functions
    assert (function.runtime.value, function.memory.value, function.timeout.value) == ("nodejs18", 1024, 60)
    assert declared(found.routes[0].auth) == "none"


def test_events() -> None:
    found = of(
        {
            SECOND: {
                "event_trigger": [
                    {
                        "event_type": "google.cloud.pubsub.topic.v1.messagePublished",
                        "pubsub_topic": "${google_pubsub_topic.t.id}",
                    }
                ]
            },
            "google_pubsub_topic.t": {"name": "t"},
        }
    )
    (trigger,) = found.triggers
    assert trigger.kind == "topic"
    assert trigger.source is not None
    assert trigger.source.target == found.stores[0].id
    assert not found.routes


def test_cloud_run() -> None:
    container = {
        "image": "gcr.io/a/b",
        "env": [{"name": "A", "value": "b"}, {"name": "S", "value_source": [{"secret_key_ref": [{"secret": "s"}]}]}],
    }
    v2 = {
        "name": "r",
        "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY",
        "invoker_iam_disabled": True,
        "template": [{"containers": [container], "timeout": "10s"}],
    }
    found = of({"google_cloud_run_v2_service.r": v2})
    (function,) = found.functions
    assert function.kind == "cloud-run"
    assert function.timeout.value == 10
    assert declared(function.ingress) == "ALLOW_INTERNAL_ONLY"
    assert [variable.name for variable in function.environment] == ["A"]
    assert [variable.name for variable in function.secret_environment] == ["S"]
    assert declared(found.routes[0].auth) == "none"


def test_deployment_files_reach_the_same_builders() -> None:
    text = b"steps:\n- name: gcr.io/cloud-builders/gcloud\n  args:\n  - run\n  - deploy\n  - hello\n  - --image=x\n  - --allow-unauthenticated\n"
    reading = google.read(MemoryTree({"cloudbuild.yaml": text}), ("cloudbuild.yaml",), Options())
    found = build([reading])
    assert not found.diagnostics
    assert [function.name for function in found.functions] == ["hello"]
    (route,) = found.routes
    assert (declared(route.auth), route.auth.at.start_line) == ("none", 8)


BUCKET = "google_storage_bucket.b"


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        (
            "google_storage_bucket_iam_member.m",
            {"bucket": f"${{{BUCKET}.name}}", "role": "roles/storage.objectViewer", "member": "allUsers"},
        ),
        (
            "google_storage_bucket_iam_binding.m",
            {"bucket": "acme", "role": "roles/storage.objectViewer", "members": ["allAuthenticatedUsers"]},
        ),
        ("google_storage_bucket_acl.m", {"bucket": f"${{{BUCKET}.name}}", "predefined_acl": "publicRead"}),
        ("google_storage_bucket_acl.m", {"bucket": f"${{{BUCKET}.name}}", "role_entity": ["READER:allUsers"]}),
        (
            "google_storage_bucket_access_control.m",
            {"bucket": f"${{{BUCKET}.name}}", "entity": "allUsers", "role": "READER"},
        ),
    ],
)
def test_public_buckets(address: str, arguments: Body) -> None:
    found = of({BUCKET: {"name": "acme"}, address: arguments})
    (store,) = found.stores
    assert declared(store.public) is True
    assert not found.bindings
    enforced = of({BUCKET: {"name": "acme", "public_access_prevention": "enforced"}, address: arguments}).stores[0]
    assert enforced.public is not None
    assert enforced.public.values() == [False]


def test_bucket_settings() -> None:
    silent = of({BUCKET: {"name": "acme"}}).stores[0]
    assert (
        defaulted(silent.public),
        defaulted(silent.versioned),
        defaulted(silent.logging),
        defaulted(silent.encryption),
    ) == (False, False, False, "default")
    full = of(
        {
            BUCKET: {
                "versioning": [{"enabled": True}],
                "logging": [{"log_bucket": "l"}],
                "encryption": [{"default_kms_key_name": "k"}],
                "cors": [{"origin": ["*"]}],
            }
        }
    )
    store = full.stores[0]
    assert (declared(store.versioned), declared(store.logging), declared(store.encryption)) == (True, True, "customer")
    assert store.cors is not None
    assert declared(store.cors.origins[0]) == "*"


def test_sql() -> None:
    address = {
        "ipv4_enabled": True,
        "ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
        "authorized_networks": [{"value": "0.0.0.0/0"}],
    }
    settings = [{"ip_configuration": [address], "backup_configuration": [{"enabled": False}]}]
    found = of(
        {
            "google_sql_database_instance.d": {"settings": settings, "root_password": "made-up"},
            "google_sql_user.u": {"password": "${var.p}"},
        }
    )
    (store,) = found.stores
    assert [
        declared(setting)
        for setting in (store.transit, store.publicly_routable, store.network_restricted, store.backup)
    ] == [False, True, False, False]
    assert [secret.kind for secret in found.secrets] == ["credential", "credential"]
    safe = of(
        {
            "google_sql_database_instance.d": {
                "settings": [{"ip_configuration": [{"ipv4_enabled": False, "require_ssl": True}]}]
            }
        }
    ).stores[0]
    assert (declared(safe.transit), declared(safe.publicly_routable), defaulted(safe.network_restricted)) == (
        True,
        False,
        True,
    )


def test_data_sets_caches_topics() -> None:
    found = of(
        {
            "google_bigquery_dataset.d": {"access": [{"role": "READER", "special_group": "allAuthenticatedUsers"}]},
            "google_redis_instance.r": {"auth_enabled": True},
            "google_pubsub_subscription.s": {"topic": "t", "dead_letter_policy": [{"dead_letter_topic": "d"}]},
        }
    )
    stores = {store.name.partition(".")[0]: store for store in found.stores}
    assert declared(stores["google_bigquery_dataset"].public) is True
    assert (
        declared(stores["google_redis_instance"].authenticated),
        defaulted(stores["google_redis_instance"].transit),
    ) == (True, False)
    assert declared(stores["google_pubsub_subscription"].dead_letter) is True


def test_secrets_and_keys() -> None:
    found = of(
        {
            "google_secret_manager_secret.s": {"secret_id": "s", "rotation": [{"rotation_period": "1s"}]},
            "google_secret_manager_secret_version.v": {
                "secret": "${google_secret_manager_secret.s.id}",
                "secret_data": "made-up",
            },
            "google_kms_crypto_key.k": {"name": "k", "rotation_period": "7776000s"},
            "google_kms_crypto_key.sign": {"name": "s", "purpose": "ASYMMETRIC_SIGN"},
            "google_service_account_key.k": {"service_account_id": "x"},
        }
    )
    (secret, credential) = found.secrets
    assert (repr(secret.value), declared(secret.rotated)) == ("Literal('made-up')", True)
    assert (credential.kind, defaulted(credential.expires)) == ("credential", False)
    (key, sign) = found.keys
    assert (declared(key.rotation), key.symmetric.value, sign.symmetric.value) == (True, True, False)
    assert key.deletion_days is not None
    assert key.deletion_days.value == 30


def test_bindings() -> None:
    found = of(
        {
            "google_service_account.sa": {"account_id": "runner"},
            "google_project_iam_member.m": {
                "project": "p",
                "role": "roles/editor",
                "member": "serviceAccount:runner@p.iam.gserviceaccount.com",
            },
            "google_folder_iam_binding.b": {"folder": "1", "role": "roles/owner", "members": ["allUsers", "user:a@b"]},
            "google_project_iam_custom_role.r": {"role_id": "r", "permissions": ["storage.objects.get"]},
        }
    )
    assert [(binding.role.text, binding.scope_kind, len(binding.members)) for binding in found.bindings] == [
        ("roles/editor", "project", 1), ("roles/owner", "organisation", 2),
    ]  # fmt: skip
    assert found.bindings[0].members[0].targets == (found.roles[0].id,)
    assert [term.text for term in found.roles[1].statements[0].actions] == ["storage.objects.get"]


def test_firewalls() -> None:
    rule = {"allow": [{"protocol": "tcp", "ports": ["22", "8000-8100"]}], "source_ranges": ["0.0.0.0/0"]}
    (network,) = of({"google_compute_firewall.f": rule}).networks
    assert [(item.source.value, item.from_port.value, item.to_port.value) for item in network.rules] == [
        ("0.0.0.0/0", 22, 22),
        ("0.0.0.0/0", 8000, 8100),
    ]
    tagged = of({"google_compute_firewall.f": {"allow": [{"protocol": "all"}], "source_tags": ["web"]}}).networks[0]
    assert tagged.rules[0].source.value == "tag"
    assert not of({"google_compute_firewall.f": {**rule, "disabled": True}}).networks[0].rules
    assert of({"google_compute_firewall.f": {"deny": [{"protocol": "tcp"}]}}).networks[0].rules[0].allow is False


def test_machines_subnets_clusters() -> None:
    found = of(
        {
            "google_compute_instance.i": {
                "network_interface": [{"access_config": [{}]}],
                "metadata": {"startup-script": "x", "serial-port-enable": "TRUE"},
            },
            "google_compute_subnetwork.s": {"name": "s"},
            "google_container_cluster.c": {
                "master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "0.0.0.0/0"}]}]
            },
        }
    )
    machine = next(host for host in found.hosts if host.kind == "machine")
    assert (declared(machine.public_address), repr(machine.user_data), declared(machine.password_login)) == (
        True,
        "Literal('x')",
        True,
    )
    networks = {network.kind: network for network in found.networks}
    assert defaulted(networks["subnet"].flow_logs) is False
    assert declared(networks["cluster"].public_endpoint) is True


def test_what_calls_and_what_watches() -> None:
    found = of({
        FUNCTION: HTTP,
        "google_cloud_scheduler_job.j": {"schedule": "* * * * *", "http_target": [{"uri": f"${{{FUNCTION}.https_trigger_url}}"}]},
        "google_cloudbuild_trigger.b": {"github": [{"pull_request": [{"branch": "main"}]}], "build": [{"step": [{"name": "gcr.io/cloud-builders/gcloud", "args": ["run", "deploy"]}]}]},
        "google_logging_project_sink.s": {"destination": "storage.googleapis.com/b"},
        "google_api_gateway_gateway.g": {"api_config": "c"},
    })  # fmt: skip
    assert [trigger.kind for trigger in found.triggers] == ["schedule"]
    assert found.triggers[0].function.target == found.functions[0].id
    assert found.pipelines[0].events[0][0] == "pull_request"
    assert [term.text for term in found.pipelines[0].deploys] == ["[run, deploy]"]
    assert [monitor.kind for monitor in found.monitors] == ["trail"]
    assert [api.kind for api in found.apis] == ["google"]


ODD: tuple[Any, ...] = (
    {}, [], "text", 1, {"template": "x", "settings": [1], "event_trigger": "${var.x}", "access": [None], "allow": {"ports": "y"}},
    {"policy_data": "${google_iam_policy.gone.policy_data}", "members": {"a": 1}, "member": [], "role": [1]},
)  # fmt: skip


@pytest.mark.parametrize("type_", sorted(BUILDERS))
@pytest.mark.parametrize("odd", ODD)
def test_odd_arguments_never_fail(type_: str, odd: object) -> None:
    of({f"{type_}.odd": odd if isinstance(odd, dict) else {"name": odd, "template": odd, "bucket": odd}})


def test_public_members_that_nothing_else_states_stay_bindings() -> None:
    found = of({
        FUNCTION: HTTP,
        "google_cloudfunctions_function_iam_member.any": member(member="allAuthenticatedUsers"),
        "google_secret_manager_secret.s": {"secret_id": "s"},
        "google_secret_manager_secret_iam_member.m": {
            "secret_id": "${google_secret_manager_secret.s.id}", "role": "roles/secretmanager.secretAccessor", "member": "allUsers",
        },
    })  # fmt: skip
    assert [binding.members[0].text for binding in found.bindings] == ["allAuthenticatedUsers", "allUsers"]
    assert found.bindings[1].scope.targets == (found.secrets[0].id,)


def test_each_further_grant_to_everybody_speaks_for_itself() -> None:
    found = of(
        {
            "google_storage_bucket.b": {"name": "files"},
            "google_storage_bucket_iam_member.a": {"bucket": "files", "role": "roles/x", "member": "allUsers"},
            "google_storage_bucket_iam_member.c": {"bucket": "files", "role": "roles/y", "member": "allUsers"},
            "google_storage_bucket_access_control.d": {"bucket": "files", "entity": "allUsers"},
        }
    )
    assert [binding.role.text for binding in found.bindings] == ["roles/y"]
    assert [store.name for store in found.stores if store.public is not None and store.public.ever(bool)] == [
        "google_storage_bucket.b",
        "google_storage_bucket_access_control.d",
    ]


def test_a_default_account_that_is_written_out_is_the_default_account() -> None:
    found = of({FUNCTION: {"service_account_email": "123456-compute@developer.gserviceaccount.com"}})
    (role,) = [role for role in found.roles if role.implied]
    assert [policy.term.text for policy in role.managed] == ["roles/editor"]
    assert role.managed[0].term.at.start_line == 3


def test_what_is_called_over_plain_http() -> None:
    found = of(
        {
            "google_pubsub_subscription.a": {"push_config": {"push_endpoint": "http://x.example"}},
            "google_pubsub_subscription.b": {"push_config": {"push_endpoint": "https://x.example"}},
            "google_cloud_scheduler_job.c": {"http_target": {"uri": "http://x.example"}},
            "google_cloud_scheduler_job.d": {"http_target": {"uri": "https://x.example"}},
        }
    )
    assert {store.name[-1]: [clear.ever(bool) for clear in store.delivers_in_clear] for store in found.stores} == {
        "a": [True],
        "b": [False],
        "c": [True],
    }


def test_the_tls_of_a_load_balancer_is_that_of_its_policy() -> None:
    found = of(
        {
            "google_compute_ssl_policy.old": {"min_tls_version": "TLS_1_1"},
            "google_compute_target_https_proxy.a": {"ssl_policy": "${google_compute_ssl_policy.old.id}"},
            "google_compute_target_https_proxy.b": {"ssl_policy": "${var.policy}"},
            "google_compute_target_https_proxy.c": {},
        }
    )
    a, b, c = (api.minimum_tls for api in found.apis)
    assert isinstance(a, Declared)
    assert a.value == "1.1"
    assert isinstance(b, Unresolved)
    assert isinstance(c, Defaulted)
