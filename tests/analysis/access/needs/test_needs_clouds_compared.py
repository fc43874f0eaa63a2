"""Functions of Azure and Google in a template: resources by variable, and granted against needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.access.needs.needs_applications import system

from casemate.analysis.access.needs.cloud_comparing import IdentityComparison, identities
from casemate.analysis.access.needs.gathering import function_needs

if TYPE_CHECKING:
    from casemate.analysis.system import System

AZURE = """
resource "azurerm_resource_group" "rg" {
  name     = "shop"
  location = "westeurope"
}
resource "azurerm_storage_account" "data" {
  name                     = "shopdata"
  resource_group_name      = azurerm_resource_group.rg.name
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
resource "azurerm_storage_account" "other" {
  name                     = "shopother"
  resource_group_name      = azurerm_resource_group.rg.name
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
resource "azurerm_linux_function_app" "shop" {
  name                = "shop"
  resource_group_name = azurerm_resource_group.rg.name
  location            = "westeurope"
  service_plan_id     = "x"
  site_config {
    application_stack {
      python_version = "3.12"
    }
  }
  identity {
    type = "SystemAssigned"
  }
  app_settings = {
    URL  = azurerm_storage_account.data.primary_blob_endpoint
    NAME = azurerm_storage_account.data.name
  }
}
resource "azurerm_role_assignment" "blob" {
  scope                = SCOPE
  role_definition_name = "ROLE"
  principal_id         = azurerm_linux_function_app.shop.identity[0].principal_id
}
"""
CODE = """
import os
import azure.functions as func
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient

app = func.FunctionApp()
blobs = BlobServiceClient(URL, credential=DefaultAzureCredential())

@app.route(route="orders")
def orders(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(blobs.get_blob_client("orders", "x").download_blob().readall())
"""
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
DATA = "azurerm_storage_account.data.id"


def azure(role: str = "Storage Blob Data Reader", scope: str = DATA, url: str = 'os.environ["URL"]') -> System:
    template = AZURE.replace("ROLE", role).replace("SCOPE", scope)
    return system({"main.tf": template, "function_app.py": CODE.replace("URL", url, 1), "host.json": "{}"})


def compared(made: System) -> IdentityComparison:
    (found,) = identities(made, function_needs(made))
    return found


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ('os.environ["URL"]', "${azurerm_storage_account.data}/blobServices/default/containers/orders"),
        ("f\"https://{os.environ['NAME']}.blob.core.windows.net\"",
         "${azurerm_storage_account.data}/blobServices/default/containers/orders"),
        ('"https://shopdata.blob.core.windows.net"',
         "${azurerm_storage_account.data}/blobServices/default/containers/orders"),
        ('"https://elsewhere.blob.core.windows.net"',
         "Microsoft.Storage/storageAccounts/elsewhere/blobServices/default/containers/orders"),
        ('os.environ["UNSET"]', "*"),
    ],
)  # fmt: skip
def test_the_account_by_variable_name_or_address(url: str, resource: str) -> None:
    found = [one for one in function_needs(azure(url=url)).values() if one.code.needed]
    assert found
    for one in found:
        assert [(need.action, need.resource) for need in one.code.needed] == [(READ, resource)]


def test_a_role_that_is_tight_leaves_nothing_but_what_goes_with_it() -> None:
    found = compared(azure())
    assert found.missing == ()
    assert [one.used for one in found.unused] == [(READ,)]


def test_a_role_on_another_account_is_needless_and_the_right_is_missing() -> None:
    found = compared(azure(scope="azurerm_storage_account.other.id"))
    assert [need.action for need in found.missing] == [READ]
    assert [one.needless for one in found.unused] == [True]


def test_a_wide_scope_covers_the_account() -> None:
    assert compared(azure(scope="azurerm_resource_group.rg.id")).missing == ()


def test_a_role_without_the_right_is_missing_it() -> None:
    found = compared(azure(role="Storage Queue Data Reader"))
    assert [need.action for need in found.missing] == [READ]


def test_a_role_that_is_not_known_may_grant_anything() -> None:
    found = compared(azure(role="Something of our own"))
    assert found.missing == ()
    assert found.open


def test_code_that_was_not_followed_leaves_nothing_unneeded() -> None:
    made = system({
        "main.tf": AZURE.replace("ROLE", "Storage Blob Data Owner").replace("SCOPE", DATA),
        "function_app.py": CODE.replace("URL", 'os.environ["URL"]', 1).replace(
            "return func", "getattr(blobs, req.params['x'])(); return func"
        ),
    })  # fmt: skip
    found = compared(made)
    assert (found.unused, bool(found.reasons)) == ((), True)


GOOGLE = """
resource "google_service_account" "fn" {
  account_id = "fn"
}
resource "google_storage_bucket" "files" {
  name     = "shop-files"
  location = "EU"
}
resource "google_pubsub_topic" "news" {
  name = "news"
}
resource "google_cloudfunctions2_function" "shop" {
  name     = "shop"
  location = "europe-west1"
  build_config {
    runtime     = "python312"
    entry_point = "handle"
  }
  service_config {
    service_account_email = google_service_account.fn.email
    environment_variables = {
      BUCKET = google_storage_bucket.files.name
      TOPIC  = google_pubsub_topic.news.id
    }
  }
}
resource "google_storage_bucket_iam_member" "files" {
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.admin"
  member = "serviceAccount:${google_service_account.fn.email}"
}
"""
HANDLER = """
import os
import functions_framework
from google.cloud import storage, pubsub_v1

client = storage.Client()
publisher = pubsub_v1.PublisherClient()

@functions_framework.http
def handle(request):
    data = client.bucket(os.environ["BUCKET"]).blob("a").download_as_bytes()
    publisher.publish(os.environ["TOPIC"], data)
    return "ok"
"""


def test_what_a_google_function_lacks_and_has_too_much() -> None:
    made = system({"main.tf": GOOGLE, "main.py": HANDLER})
    found = compared(made)
    assert [(need.action, need.resource) for need in found.missing] == [
        ("pubsub.topics.publish", "${google_pubsub_topic.news}")
    ]
    (unused,) = found.unused
    assert unused.used == ("storage.objects.get",)
    assert "storage.buckets.setIamPolicy" in unused.actions
