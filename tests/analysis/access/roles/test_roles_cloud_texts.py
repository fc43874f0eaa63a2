"""Role assignments as text: what is scanned can put nothing into them but its own name."""

from __future__ import annotations

import json

import pytest

from casemate.analysis.access.needs.statements import Needed
from casemate.analysis.access.roles.assigning import assignments
from casemate.analysis.access.roles.cloud_texts import assignments_text
from casemate.model.location import Span

AT = (Span("app.py", 3, 1, 3, 9),)
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
HOSTILE = 'x"\n}\nresource "azurerm_role_assignment" "evil" {\n  a = "${file(1)}'


def text(action: str, resource: str, dialect: str, name: str = "shop") -> str:
    cloud = "azure" if action.startswith("Microsoft") else "google"
    found = assignments([Needed(action, resource, False, AT)], cloud, name)
    return assignments_text(found, dialect, name, None, {})


def test_terraform_of_azure() -> None:
    assert text(READ, "${azurerm_storage_account.data}/blobServices/default/containers/c", "terraform") == (
        "# app.py:3\n"
        'resource "azurerm_role_assignment" "shop_1" {\n'
        '  role_definition_name = "Storage Blob Data Reader"\n'
        '  scope = "${azurerm_storage_account.data.id}/blobServices/default/containers/c"\n'
        "  principal_id = var.principal_id\n"
        "}\n"
    )


def test_a_custom_role_in_terraform() -> None:
    made = text(READ.replace("read", "write"), "${azurerm_storage_account.data}", "terraform")
    assert 'resource "azurerm_role_definition" "shop_1"' in made
    assert "data_actions = [" in made
    assert "role_definition_id = azurerm_role_definition.shop_1.role_definition_resource_id" in made


def test_cosmos_has_assignments_of_its_own() -> None:
    action = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"
    made = text(action, "${azurerm_cosmosdb_account.shop}", "terraform")
    assert 'resource "azurerm_cosmosdb_sql_role_assignment"' in made
    assert "00000000-0000-0000-0000-000000000001" in made


def test_terraform_of_google_without_a_known_thing() -> None:
    made = text("pubsub.topics.publish", "projects/*/topics/news", "terraform")
    assert 'resource "google_project_iam_member" "shop_1"' in made
    assert "# projects/*/topics/news" in made


def test_bicep() -> None:
    made = text(READ, "*", "bicep")
    assert "roleAssignments@2022-04-01" in made
    assert "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" in made


def test_json() -> None:
    (one,) = json.loads(text(READ.replace("read", "write"), "*", "json"))
    assert (one["custom"], one["dataActions"], one["actions"]) == (True, [READ.replace("read", "write")], [])


@pytest.mark.parametrize("dialect", ["terraform", "bicep"])
@pytest.mark.parametrize(
    "owner", ["${azurerm_storage_account.data}/blobServices/default/containers/", "Microsoft.X/y/"]
)
def test_names_of_scanned_things_stay_names(dialect: str, owner: str) -> None:
    made = text(READ.replace("read", "write"), owner + HOSTILE, dialect, HOSTILE)
    assert made.count("\nresource ") + made.startswith("resource") == 2
    assert '"evil" {\n' not in made
    code = "\n".join(line.partition(" //" if dialect == "bicep" else " # ")[0] for line in made.splitlines())
    assert "${file" not in code.replace("$${file", "")
