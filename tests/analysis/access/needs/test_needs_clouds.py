"""Calls of Azure's and Google's SDKs, in both languages, as actions on resources."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import conditional, needs, required

from casemate.analysis.access.data import archive
from casemate.analysis.access.google_roles import predefined
from casemate.analysis.access.needs import google_operations
from casemate.analysis.access.needs.azure_operations import OPERATIONS, actions_of

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/"
PYTHON = """
import os
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient, BlobClient, ContainerClient
from azure.storage.queue import QueueClient
from azure.data.tables import TableServiceClient
from azure.cosmos import CosmosClient
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.eventhub import EventHubProducerClient, EventData
from azure.keyvault.secrets import SecretClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm
from azure.mgmt.compute import ComputeManagementClient
from azure.appconfiguration import AzureAppConfigurationClient
cred = DefaultAzureCredential()
BLOB = "https://shopdata.blob.core.windows.net"

def main(req):
    BODY
"""
AZURE = {
    'BlobServiceClient(BLOB, credential=cred).get_blob_client("c", "b").download_blob().readall()': [f"{BLOBS}read"],
    'BlobServiceClient(BLOB, cred).get_container_client("c").upload_blob("b", b"")': [f"{BLOBS}write"],
    'ContainerClient(BLOB, "c", credential=cred).delete_blob("b")': [f"{BLOBS}delete"],
    '[b.name for b in BlobServiceClient(BLOB, cred).get_container_client("c").list_blobs()]': [f"{BLOBS}read"],
    'BlobClient(account_url=BLOB, container_name="c", blob_name="b", credential=cred).set_blob_metadata({})': [
        f"{BLOBS}write"
    ],
    'BlobServiceClient(BLOB, cred).create_container("c")': [BLOBS.removesuffix("blobs/") + "write"],
    'QueueClient("https://shopdata.queue.core.windows.net", "q", credential=cred).send_message("x")': [
        "Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action"
    ],
    'TableServiceClient(endpoint="https://s.table.core.windows.net", credential=cred).get_table_client("t").create_entity({})': [
        "Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action"
    ],
    'CosmosClient("https://s.documents.azure.com", credential=cred).get_database_client("d").get_container_client("c").read_item("1", "1")': [
        "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
    ],
    'CosmosClient("https://s.documents.azure.com", "a-key").get_database_client("d").get_container_client("c").read_item("1", "1")': [],
    'with ServiceBusClient("n.servicebus.windows.net", cred) as c, c.get_queue_sender("q") as s: s.send_messages(ServiceBusMessage("x"))': [
        "Microsoft.ServiceBus/namespaces/messages/send/action"
    ],
    'EventHubProducerClient("n.servicebus.windows.net", "h", credential=cred).send_batch([EventData("x")])': [
        "Microsoft.EventHub/namespaces/messages/send/action"
    ],
    'SecretClient(vault_url="https://v.vault.azure.net", credential=cred).get_secret("db").value': [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    ],
    'CryptographyClient("https://v.vault.azure.net/keys/k", credential=cred).encrypt(EncryptionAlgorithm.rsa_oaep, b"")': [
        "Microsoft.KeyVault/vaults/keys/encrypt/action"
    ],
    'ComputeManagementClient(cred, "sub").virtual_machines.begin_start("rg", "vm").result()': [
        "Microsoft.Compute/virtualMachines/start/action"
    ],
    'AzureAppConfigurationClient(base_url="https://s.azconfig.io", credential=cred).get_configuration_setting("k")': [
        "Microsoft.AppConfiguration/configurationStores/keyValues/read"
    ],
    'BlobServiceClient.from_connection_string(os.environ["C"]).get_container_client("c").upload_blob("b", b"")': [],
}


@pytest.mark.parametrize("call", AZURE)
def test_azure_in_python(call: str) -> None:
    assert required({"function_app.py": PYTHON.replace("BODY", call)}) == sorted(AZURE[call])


def test_credentials_that_are_not_known_are_taken_for_the_identity() -> None:
    code = PYTHON.replace("BODY", 'BlobServiceClient(BLOB, credential=req["c"]).get_blob_client("c", "b").exists()')
    assert required({"function_app.py": code}) == [f"{BLOBS}read"]


SCRIPT = """
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { TableClient } from "@azure/data-tables";
import { CosmosClient } from "@azure/cosmos";
import { ServiceBusClient } from "@azure/service-bus";
import { SecretClient } from "@azure/keyvault-secrets";
const credential = new DefaultAzureCredential();
const blobs = new BlobServiceClient("https://shopdata.blob.core.windows.net", credential);

export async function handler(event) {
  BODY
}
"""
AZURE_SCRIPT = {
    'await blobs.getContainerClient("c").getBlockBlobClient("b").uploadData(event.data)': [f"{BLOBS}write"],
    'for await (const blob of blobs.getContainerClient("c").listBlobsFlat()) { console.log(blob.name) }': [
        f"{BLOBS}read"
    ],
    'await new ContainerClient("https://s.blob.core.windows.net/c", credential).deleteBlob("b")': [f"{BLOBS}delete"],
    'await new BlobServiceClient("https://s.blob.core.windows.net", new StorageSharedKeyCredential("s", "k")).createContainer("c")': [],
    'await new TableClient("https://s.table.core.windows.net", "t", credential).upsertEntity({})': [
        "Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action",
        "Microsoft.Storage/storageAccounts/tableServices/tables/entities/update/action",
    ],
    'const c = new CosmosClient({ endpoint: "https://s.documents.azure.com", aadCredentials: credential }); await c.database("d").container("c").items.create({})': [
        "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create",
    ],
    'const c = new CosmosClient({ endpoint: "https://s.documents.azure.com", aadCredentials: credential }); await c.database("d").container("c").items.query("SELECT * FROM c").fetchAll()': [
        "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
    ],
    'const sender = new ServiceBusClient("n.servicebus.windows.net", credential).createSender("q"); await sender.sendMessages({ body: "x" })': [
        "Microsoft.ServiceBus/namespaces/messages/send/action"
    ],
    'return (await new SecretClient("https://v.vault.azure.net", credential).getSecret("db")).value': [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    ],
}


@pytest.mark.parametrize("call", AZURE_SCRIPT)
@pytest.mark.parametrize("suffix", ["mjs", "ts"])
def test_azure_in_javascript_and_typescript(call: str, suffix: str) -> None:
    assert required({f"app.{suffix}": SCRIPT.replace("BODY", call)}) == sorted(AZURE_SCRIPT[call])


GOOGLE_PYTHON = """
import os
import functions_framework
from google.cloud import storage, pubsub_v1, firestore, datastore, bigquery, secretmanager, kms, tasks_v2, logging, spanner

@functions_framework.http
def handler(request):
    BODY
"""
_TX = ["spanner.databases.beginReadOnlyTransaction", "spanner.databases.select", "spanner.sessions.create"]
GOOGLE = {
    'storage.Client().bucket("b").blob("o").download_as_bytes()': ["storage.objects.get"],
    'storage.Client().get_bucket("b").blob("o").upload_from_string("x")': [
        "storage.buckets.get",
        "storage.objects.create",
    ],
    'list(storage.Client().list_blobs("b"))': ["storage.objects.list"],
    'p = pubsub_v1.PublisherClient(); p.publish(p.topic_path("shop", "news"), b"").result()': ["pubsub.topics.publish"],
    'firestore.Client().collection("c").document("d").get().to_dict()': ["datastore.entities.get"],
    'firestore.Client().collection("c").document("d").set({})': [
        "datastore.entities.create",
        "datastore.entities.update",
    ],
    '[d for d in firestore.Client().collection("c").where("a", "==", 1).limit(3).stream()]': [
        "datastore.entities.get",
        "datastore.entities.list",
    ],
    'c = datastore.Client(); c.delete(c.key("K", 1))': ["datastore.entities.delete"],
    'list(bigquery.Client().query("SELECT 1").result())': ["bigquery.jobs.create", "bigquery.tables.getData"],
    'bigquery.Client().insert_rows_json("d.t", [{}])': ["bigquery.tables.updateData"],
    'secretmanager.SecretManagerServiceClient().access_secret_version(request={"name": f"projects/p/secrets/db/versions/latest"}).payload.data': [
        "secretmanager.versions.access"
    ],
    'c = kms.KeyManagementServiceClient(); c.encrypt(request={"name": c.crypto_key_path("p", "l", "r", "k"), "plaintext": b""})': [
        "cloudkms.cryptoKeyVersions.useToEncrypt"
    ],
    'c = tasks_v2.CloudTasksClient(); c.create_task(parent=c.queue_path("p", "l", "q"), task={})': [
        "cloudtasks.tasks.create"
    ],
    'logging.Client().logger("x").log_text("y")': ["logging.logEntries.create"],
    'with spanner.Client().instance("i").database("d").snapshot() as s: s.execute_sql("SELECT 1")': _TX,
    'storage.Client.from_service_account_json("key.json").bucket("b").blob("o").delete()': [],
}


@pytest.mark.parametrize("call", GOOGLE)
def test_google_in_python(call: str) -> None:
    assert required({"main.py": GOOGLE_PYTHON.replace("BODY", call)}) == sorted(GOOGLE[call])


GOOGLE_JS = """
const { Storage } = require("@google-cloud/storage");
const { PubSub } = require("@google-cloud/pubsub");
const { Firestore } = require("@google-cloud/firestore");
const { BigQuery } = require("@google-cloud/bigquery");
const { SecretManagerServiceClient } = require("@google-cloud/secret-manager");
const functions = require("@google-cloud/functions-framework");
functions.http("handler", async (req, res) => {
  BODY
});
"""
GOOGLE_SCRIPT = {
    'await new Storage().bucket("b").file("o").save("x")': ["storage.objects.create"],
    'const [files] = await new Storage().bucket("b").getFiles()': ["storage.objects.list"],
    'await new PubSub().topic("news").publishMessage({ data: Buffer.from("x") })': ["pubsub.topics.publish"],
    'const db = new Firestore(); await db.collection("c").doc("d").update({ a: 1 })': ["datastore.entities.update"],
    'await new BigQuery().dataset("d").table("t").insert([{}])': ["bigquery.tables.updateData"],
    'const [v] = await new SecretManagerServiceClient().accessSecretVersion({ name: "projects/p/secrets/db/versions/1" })': [
        "secretmanager.versions.access"
    ],
    'await new Storage({ keyFilename: "k.json" }).bucket("b").file("o").delete()': [],
}


@pytest.mark.parametrize("call", GOOGLE_SCRIPT)
def test_google_in_javascript(call: str) -> None:
    assert required({"index.js": GOOGLE_JS.replace("BODY", call)}) == sorted(GOOGLE_SCRIPT[call])


def test_writing_over_an_object_may_take_the_right_to_delete_it() -> None:
    code = GOOGLE_PYTHON.replace("BODY", 'storage.Client().bucket("b").blob("o").upload_from_string("x")')
    assert conditional({"main.py": code}) == ["storage.objects.delete"]


def test_a_method_that_is_not_described_is_a_gap() -> None:
    code = GOOGLE_PYTHON.replace("BODY", 'storage.Client().bucket("b").do_something_new()')
    (found,) = needs({"main.py": code}).values()
    assert [gap.reason for gap in found.code.not_followed] == [
        "the rights behind storage.bucket.do_something_new are not known"
    ]


def test_a_package_that_is_not_described_is_a_gap() -> None:
    code = "from azure.communication.email import EmailClient\n\ndef main(req):\n    EmailClient('x').begin_send({})\n"
    (found,) = needs({"function_app.py": code}).values()
    assert [gap.reason for gap in found.code.not_followed] == [
        "the rights behind azure.communication.email.EmailClient.begin_send are not known"
    ]


def test_every_permission_of_the_tables_is_in_a_role_of_google() -> None:
    table = archive("google_roles.dat")
    known: set[str] = set()
    for service in table.index:
        for role in table.load(service):
            known |= predefined(f"roles/{role}") or frozenset()
    used = {part.removeprefix("?") for methods in google_operations.OPERATIONS.values() for text in methods.values()
            for part in text.split()}  # fmt: skip
    assert used <= known


def test_every_action_of_the_tables_has_the_form_of_one() -> None:
    for kind, methods in OPERATIONS.items():
        for method in methods:
            for action, _, _ in actions_of(kind, method) or ():
                assert action.startswith("Microsoft.")
                assert "//" not in action
                assert action.endswith(("/read", "/write", "/delete", "/action", "readMetadata", "readChangeFeed",
                                        "executeQuery", "/create", "/replace", "/upsert"))  # fmt: skip
