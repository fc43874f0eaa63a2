"""The smallest roles of Azure and Google for what is needed; custom ones where the clouds' own are too strong."""

from __future__ import annotations

import pytest

from casemate.analysis.access.needs.azure_operations import actions_of
from casemate.analysis.access.needs.google_operations import permissions_of
from casemate.analysis.access.needs.statements import Needed
from casemate.analysis.access.roles.assigning import assignments, strength


def azure(*methods: str) -> list[Needed]:
    found = (actions_of(*one.rsplit(".", 1)) or () for one in methods)
    return [Needed(action, "x", conditional, ()) for each in found for action, _, conditional in each]


def google(*methods: str) -> list[Needed]:
    found = (permissions_of(*one.rsplit(".", 1)) or () for one in methods)
    return [Needed(action, "x", conditional, ()) for each in found for action, conditional in each if not conditional]


@pytest.mark.parametrize(
    ("methods", "role"),
    [
        ("blob.blob.downloadblob", "Storage Blob Data Reader"),
        ("blob.blob.upload blob.blob.delete blob.blob.downloadblob", "Storage Blob Data Contributor"),
        ("queue.queue.sendmessage", "Storage Queue Data Message Sender"),
        ("queue.queue.receivemessages queue.queue.deletemessage", "Storage Queue Data Message Processor"),
        ("table.table.getentity", "Storage Table Data Reader"),
        ("vault.secrets.getsecret", "Key Vault Secrets User"),
        ("bus.sender.sendmessages", "Azure Service Bus Data Sender"),
        ("bus.receiver.receivemessages", "Azure Service Bus Data Receiver"),
        ("hub.producer.sendbatch", "Azure Event Hubs Data Sender"),
        ("hub.consumer.receive", "Azure Event Hubs Data Receiver"),
        ("configuration.store.getconfigurationsetting", "App Configuration Data Reader"),
        ("grid.publisher.send", "EventGrid Data Sender"),
        ("cosmos.container.readitem", "Cosmos DB Built-in Data Reader"),
        ("cosmos.container.upsertitem", "Cosmos DB Built-in Data Contributor"),
        ("search.index.search", "Search Index Data Reader"),
    ],
)
def test_a_tight_role_of_azure(methods: str, role: str) -> None:
    (found,) = assignments(azure(*methods.split()), "azure", "shop")
    assert (found.role, found.custom) == (role, False)


@pytest.mark.parametrize(
    "methods",
    [
        "blob.blob.upload",
        "vault.secrets.setsecret",
        "table.table.upsertentity",
        "management.virtualmachines.beginstart",
    ],
)
def test_a_role_of_ones_own_where_azures_are_too_strong(methods: str) -> None:
    (found,) = assignments(azure(*methods.split()), "azure", "shop")
    assert found.custom
    assert set(found.actions) == {need.action for need in azure(*methods.split())}


@pytest.mark.parametrize(
    ("methods", "role"),
    [
        ("storage.blob.download", "roles/storage.objectViewer"),
        ("storage.blob.save", "roles/storage.objectCreator"),
        ("storage.blob.save storage.blob.download storage.blob.delete", "roles/storage.objectUser"),
        ("pubsub.publisher.publish", "roles/pubsub.publisher"),
        ("pubsub.subscriber.pull", "roles/pubsub.subscriber"),
        ("secrets.client.accesssecretversion", "roles/secretmanager.secretAccessor"),
        ("firestore.document.get", "roles/datastore.viewer"),
        ("kms.client.encrypt", "roles/cloudkms.cryptoKeyEncrypter"),
        ("kms.client.encrypt kms.client.decrypt", "roles/cloudkms.cryptoKeyEncrypterDecrypter"),
        ("tasks.client.createtask", "roles/cloudtasks.enqueuer"),
        ("logging.logger.logtext", "roles/logging.logWriter"),
        ("run.jobs.runjob", "roles/run.jobsExecutor"),
    ],
)
def test_a_tight_role_of_google(methods: str, role: str) -> None:
    (found,) = assignments(google(*methods.split()), "google", "shop")
    assert (found.role, found.custom) == (role, False)


def test_a_role_of_ones_own_where_googles_are_too_strong() -> None:
    (found,) = assignments(google("firestore.document.set"), "google", "shop")
    assert (found.custom, found.actions) == (True, ("datastore.entities.create", "datastore.entities.update"))


def test_one_role_a_resource_and_service() -> None:
    needed = [Needed("storage.objects.get", "a", False, ()), Needed("storage.objects.get", "b", False, ()),
              Needed("pubsub.topics.publish", "*", False, ())]  # fmt: skip
    assert [one.resource for one in assignments(needed, "google", "shop")] == ["a", "b", "*"]


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("storage.objects.get", 0), ("storage.objects.create", 1), ("storage.objects.delete", 2),
        ("storage.buckets.setIamPolicy", 2), ("iam.serviceAccounts.actAs", 2),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", 0), ("Microsoft.Web/sites/restart/action", 1),
        ("Microsoft.Storage/*", 2), ("Microsoft.ServiceBus/namespaces/messages/receive/action", 1),
    ],
)  # fmt: skip
def test_how_strong_a_right_is(right: str, expected: int) -> None:
    assert strength(right) == expected
