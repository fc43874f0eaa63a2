from __future__ import annotations

import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest
from scripts import build_cloud_roles

from casemate.analysis.access import azure_roles, google_roles
from casemate.analysis.access.azure_roles import built_in
from casemate.analysis.access.cloud_escalation import GOOGLE, Way, escalating, is_service_agent, opened
from casemate.analysis.access.data import archive
from casemate.analysis.access.duties import PAIRS
from casemate.analysis.access.google_roles import predefined
from casemate.analysis.access.permissions import Granted, granted_to, identity_of, members_of
from casemate.analysis.system import System
from casemate.inventory.azure.identity import BUILT_IN
from casemate.inventory.build import build
from casemate.model.function import Function
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from pathlib import Path


def system_of(text: str, name: str = "main.tf") -> System:
    tree = MemoryTree({name: text.encode()})
    return System(build(discover(tree, Options()).readings), date(2026, 11, 24), tree=tree)


def _granted(function: Function, system: System) -> tuple[Granted, ...]:
    """All that a function's identity is granted."""
    identity = identity_of(function, system)
    return () if identity is None else granted_to(identity, system)


def test_built_in_roles_of_azure_by_name_and_id() -> None:
    owner = built_in("Owner")
    assert owner is not None
    assert owner.actions == ("*",)
    assert built_in("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/" + owner.id) == owner
    assert built_in("No Such Role") is None


def test_the_inventory_knows_the_same_ids() -> None:
    for identifier, name in BUILT_IN.items():
        found = built_in(identifier)
        assert found is not None, name
        assert found.name == name


@pytest.mark.parametrize(
    "name",
    [
        "Contributor", "User Access Administrator", "Role Based Access Control Administrator", "Website Contributor",
        "Managed Identity Operator", "Storage Blob Data Owner", "Key Vault Secrets User", "Azure Service Bus Data Sender",
        "Azure Event Hubs Data Receiver", "DocumentDB Account Contributor", "Logic App Contributor",
    ],
)  # fmt: skip
def test_the_common_roles_of_azure_are_there(name: str) -> None:
    found = built_in(name)
    assert found is not None
    assert found.actions or found.data_actions


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("roles/owner", "resourcemanager.projects.setIamPolicy"),
        ("roles/editor", "cloudfunctions.functions.create"),
        ("roles/viewer", "run.services.get"),
        ("roles/iam.serviceAccountTokenCreator", "iam.serviceAccounts.getAccessToken"),
        ("roles/iam.serviceAccountUser", "iam.serviceAccounts.actAs"),
        ("roles/iam.serviceAccountKeyAdmin", "iam.serviceAccountKeys.create"),
        ("roles/cloudfunctions.developer", "cloudfunctions.functions.sourceCodeSet"),
        ("roles/run.invoker", "run.routes.invoke"),
        ("roles/storage.objectViewer", "storage.objects.get"),
        ("roles/secretmanager.secretAccessor", "secretmanager.versions.access"),
        ("roles/pubsub.publisher", "pubsub.topics.publish"),
        ("roles/datastore.user", "datastore.entities.update"),
        ("roles/bigquery.dataEditor", "bigquery.tables.updateData"),
        ("roles/cloudbuild.builds.editor", "cloudbuild.builds.create"),
    ],
)
def test_predefined_roles_of_google(role: str, permission: str) -> None:
    found = predefined(role)
    assert found is not None
    assert permission in found


def test_what_is_no_predefined_role() -> None:
    assert predefined("roles/no.such") is None
    assert predefined("projects/shop/roles/deployer") is None
    assert predefined("roles/run.serviceAgent") is None
    assert google_roles.edition() == azure_roles.edition()


def test_the_permissions_that_rules_name_exist() -> None:
    known = predefined("roles/owner")
    assert known is not None
    beyond = {
        "iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt",
        "iam.serviceAccounts.implicitDelegation", "orgpolicy.policy.set", "orgpolicy.policies.update",
        "resourcemanager.folders.setIamPolicy", "resourcemanager.organizations.setIamPolicy", "storage.objects.create",
        "storage.objects.delete", "bigquery.tables.updateData",
    }  # fmt: skip
    named = {action for way in GOOGLE for step in way.steps for action in step}
    named |= {
        action
        for pair in PAIRS
        for action in (*pair.first_actions, *pair.second_actions)
        if ":" not in action and "/" not in action
    }
    assert named - known <= beyond


AZURE = """
resource "azurerm_resource_group" "shop" {
  name     = "shop"
  location = "westeurope"
}
resource "azurerm_user_assigned_identity" "worker" {
  name                = "worker"
  resource_group_name = azurerm_resource_group.shop.name
  location            = "westeurope"
}
resource "azurerm_linux_function_app" "shop" {
  name                = "shop"
  resource_group_name = azurerm_resource_group.shop.name
  location            = "westeurope"
  service_plan_id     = "plan"
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.worker.id]
  }
  site_config {}
}
resource "azurerm_role_assignment" "blobs" {
  scope                = azurerm_resource_group.shop.id
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = azurerm_user_assigned_identity.worker.principal_id
}
resource "azurerm_role_assignment" "ROLE" {
  scope                = azurerm_resource_group.shop.id
  role_definition_name = "ROLE"
  principal_id         = azurerm_user_assigned_identity.worker.principal_id
}
"""


def test_effective_permissions_of_a_function_of_azure() -> None:
    system = system_of(AZURE.replace("ROLE", "Managed Identity Operator"))
    (function,) = [each for each in system.inventory.functions if each.role is not None]
    granted = _granted(function, system)
    assert len(granted) == 2
    blob = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    assert any(each.permissions.may(f"{blob}/read") for each in granted)
    assert not any(each.permissions.may(f"{blob}/write") for each in granted)
    assert opened(granted) == ()


def test_ways_of_azure_need_each_step() -> None:
    def ways(role: str) -> set[str]:
        (member,) = members_of(system_of(AZURE.replace("ROLE", role)))
        return {each.way.id for each in opened(member.granted)}

    assert ways("Contributor") >= {"deploy-as-identity", "publish-code", "run-on-machine", "open-vault"}
    assert "assign-role" not in ways("Contributor")
    assert "assign-role" in ways("User Access Administrator")
    assert ways("Website Contributor") == {"publish-code"}
    assert ways("Key Vault Contributor") == {"open-vault"}
    assert ways("Reader") == set()
    assert ways("Managed Identity Contributor") == {"federate-identity"}


STRONG = """
resource "azurerm_user_assigned_identity" "ci" {
  name                = "ci"
  resource_group_name = azurerm_resource_group.shop.name
  location            = "westeurope"
}
resource "azurerm_role_assignment" "ci" {
  scope                = azurerm_linux_function_app.shop.id
  role_definition_name = "Website Contributor"
  principal_id         = azurerm_user_assigned_identity.ci.principal_id
}
"""


@pytest.mark.parametrize(("role", "expected"), [("Contributor", ["ci"]), ("Reader", [])])
def test_publishing_to_one_app_matters_when_the_app_has_more(role: str, expected: list[str]) -> None:
    system = system_of(AZURE.replace("ROLE", role) + STRONG)
    assert [each.member.name.rpartition(".")[2] for each in escalating(system)] == expected


GOOGLE_TF = """
resource "google_service_account" "worker" {{
  account_id = "worker"
}}
resource "google_cloudfunctions2_function" "shop" {{
  name     = "shop"
  location = "europe-west1"
  build_config {{
    runtime     = "python312"
    entry_point = "run"
  }}
  service_config {{
    service_account_email = google_service_account.worker.email
  }}
}}
resource "google_project_iam_custom_role" "own" {{
  role_id     = "own"
  title       = "own"
  permissions = [{permissions}]
}}
resource "google_project_iam_member" "own" {{
  project = "shop"
  role    = google_project_iam_custom_role.own.id
  member  = "serviceAccount:${{google_service_account.worker.email}}"
}}
"""


@pytest.mark.parametrize("way", GOOGLE, ids=lambda way: way.id)
def test_a_way_of_google_needs_each_step(way: Way) -> None:
    needed = [step[0] for step in way.steps]

    def ways(permissions: list[str]) -> set[str]:
        text = ", ".join(f'"{each}"' for each in permissions)
        system = system_of(GOOGLE_TF.format(permissions=text))
        (function,) = system.inventory.functions
        return {each.way.id for each in opened(_granted(function, system))}

    assert way.id in ways(needed)
    for left_out in needed:
        kept = [each for each in needed if each != left_out]
        assert way.id not in ways([*kept, "run.services.get"])


def test_a_function_without_an_account_is_an_editor() -> None:
    text = GOOGLE_TF.format(permissions='"run.services.get"')
    text = text.replace("    service_account_email = google_service_account.worker.email\n", "")
    system = system_of(text)
    (function,) = system.inventory.functions
    (granted,) = _granted(function, system)
    assert granted.binding.role.text == "roles/editor"
    assert granted.permissions.may("cloudfunctions.functions.create")
    assert not granted.permissions.may("resourcemanager.projects.setIamPolicy")


def test_agents_of_google_are_known() -> None:
    assert is_service_agent("serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com")
    assert is_service_agent("serviceAccount:service-123@gcf-admin-robot.iam.gserviceaccount.com")
    assert not is_service_agent("serviceAccount:worker@shop.iam.gserviceaccount.com")
    assert not is_service_agent("serviceAccount:123@cloudbuild.gserviceaccount.com")


# -- the data files ----------------------------------------------------------------------------------------------------
def repository(path: Path) -> Path:
    role = '{"includedPermissions": ["run.services.get", "run.services.list", "run.routes.invoke"]}'
    azure = (
        '[{"name": "id-1", "roleName": "My Role", "permissions": [{"actions": ["A/b"], "notActions": [],'
        ' "dataActions": ["C/d"], "notDataActions": []}]}]'
    )
    for name, content in {
        "gcp/roles/run.viewer.json": role,
        "gcp/roles/viewer.json": role,
        "gcp/roles/run.serviceAgent.json": role,
        "azure/built-in-roles-raw.json": azure,
    }.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    git = ["git", "-C", str(path), "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return path


@pytest.mark.parametrize("cloud", ["azure", "google"])
def test_the_script_writes_what_it_checks(tmp_path: Path, cloud: str) -> None:
    source, output = repository(tmp_path / "in"), tmp_path / "out.dat"
    assert build_cloud_roles.main([cloud, str(source), str(output)]) == 0
    assert build_cloud_roles.main([cloud, str(source), str(output), "--check"]) == 0
    header, documents = build_cloud_roles.decode(output.read_bytes())
    assert header["licence"] == "MIT"
    if cloud == "azure":
        assert documents == {"roles": {"my role": ["id-1", "My Role", ["A/b"], [], ["C/d"], []]}}
    else:
        grouped = "run.routes:invoke;run.services:get,list"
        assert documents == {"run": {"run.viewer": grouped}, "viewer": {"viewer": grouped}}


def test_the_committed_files_are_whole() -> None:
    for name in ("azure_roles.dat", "google_roles.dat"):
        data = archive(name)
        header, documents = build_cloud_roles.decode(data.path.read_bytes())
        assert header["input_sha256"]
        assert set(documents) == set(data.index)
