"""Programs for Azure Functions and Google Cloud Functions."""

from __future__ import annotations

PROGRAMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "az py class injected": (
        {
            "function_app.py": """
import azure.functions as func
from services import Store
app = func.FunctionApp()
store = Store()
@app.route(route="a", methods=["POST"])
def a(req: func.HttpRequest) -> func.HttpResponse:
    store.save(req.get_json())
    return func.HttpResponse(store.secret("x"))
@app.queue_trigger(arg_name="msg", queue_name="q", connection="C")
def b(msg: func.QueueMessage):
    store.forward(msg.get_body())
""",
            "services.py": """
import os
from functools import cached_property
from azure.identity import ManagedIdentityCredential, DefaultAzureCredential
from azure.data.tables import TableClient, UpdateMode
from azure.keyvault.secrets import SecretClient
from azure.servicebus import ServiceBusClient, ServiceBusMessage
class Store:
    def __init__(self):
        self.credential = ManagedIdentityCredential(client_id=os.environ.get("CLIENT")) if os.environ.get("CLIENT") else DefaultAzureCredential()
    @cached_property
    def table(self): return TableClient(endpoint=os.environ["TABLES"], table_name="orders", credential=self.credential)
    def save(self, item): self.table.upsert_entity(item, mode=UpdateMode.MERGE)
    def secret(self, name): return SecretClient(os.environ["VAULT"], self.credential).get_secret(name).value
    def forward(self, body):
        with ServiceBusClient(os.environ["BUS"], self.credential) as client:
            with client.get_topic_sender(topic_name="t") as sender:
                batch = sender.create_message_batch()
                batch.add_message(ServiceBusMessage(body))
                sender.send_messages(batch)
""",
        },
        (
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.ServiceBus/namespaces/messages/send/action",
            "Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action",
            "Microsoft.Storage/storageAccounts/tableServices/tables/entities/update/action",
        ),
    ),
    "az py async": (
        {
            "function_app.py": """
import azure.functions as func
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient
app = func.FunctionApp()
@app.route(route="a")
async def a(req: func.HttpRequest) -> func.HttpResponse:
    async with DefaultAzureCredential() as cred:
        async with BlobServiceClient("https://s.blob.core.windows.net", credential=cred) as service:
            container = service.get_container_client("c")
            names = [b.name async for b in container.list_blobs(name_starts_with="x")]
            stream = await container.download_blob(names[0])
            return func.HttpResponse(await stream.readall())
""",
        },
        ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",),
    ),
    "az ts cosmos repo": (
        {
            "src/functions/orders.ts": """
import { app, HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { OrderRepo } from "../repo";
const repo = new OrderRepo();
export async function orders(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { resources } = await repo.byCustomer(request.query.get("c")!);
  await repo.add({ id: "1" });
  return { jsonBody: resources };
}
app.http("orders", { methods: ["GET"], handler: orders });
""",
            "src/repo.ts": """
import { Container, CosmosClient } from "@azure/cosmos";
import { DefaultAzureCredential } from "@azure/identity";
export class OrderRepo {
  private readonly container: Container;
  constructor(client = new CosmosClient({ endpoint: process.env.COSMOS!, aadCredentials: new DefaultAzureCredential() })) {
    this.container = client.database("shop").container("orders");
  }
  byCustomer = (c: string) => this.container.items.query({ query: "SELECT * FROM c WHERE c.customer = @c", parameters: [{ name: "@c", value: c }] }).fetchAll();
  async add(o: { id: string }) { return this.container.items.upsert(o); }
  remove(id: string) { return this.container.item(id, id).delete(); }
}
""",
        },
        (
            "Microsoft.DocumentDB/databaseAccounts/readMetadata",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/upsert",
        ),
    ),
    "az js eventhub+blob helpers": (
        {
            "index.js": """
const { EventHubProducerClient } = require("@azure/event-hubs");
const { BlobServiceClient } = require("@azure/storage-blob");
const { DefaultAzureCredential, ChainedTokenCredential, ManagedIdentityCredential } = require("@azure/identity");
const credential = new ChainedTokenCredential(new ManagedIdentityCredential(), new DefaultAzureCredential());
const containerOf = (name) => new BlobServiceClient(`https://${process.env.ACCOUNT}.blob.core.windows.net`, credential).getContainerClient(name);
module.exports = async function (context, req) {
  const producer = new EventHubProducerClient("ns.servicebus.windows.net", "hub", credential);
  const batch = await producer.createBatch(); batch.tryAdd({ body: req.body }); await producer.sendBatch(batch); await producer.close();
  const blob = containerOf("logs").getAppendBlobClient("today"); await blob.createIfNotExists(); await blob.appendBlock("x", 1);
  if (!(await containerOf("logs").exists())) context.res = { status: 404 };
};
""",
            "function.json": """
{"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "function"}]}
""",
        },
        (
            "Microsoft.EventHub/namespaces/messages/send/action",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        ),
    ),
    "gc py lazily, helpers": (
        {
            "main.py": """
import functools, json, os
import functions_framework
from google.cloud import bigquery, firestore, pubsub_v1, storage
from google.cloud import secretmanager_v1 as sm
@functools.lru_cache(maxsize=None)
def db(): return firestore.Client(project=os.environ["GCP_PROJECT"])
def secret(name):
    client = sm.SecretManagerServiceClient()
    path = client.secret_version_path(os.environ["GCP_PROJECT"], name, "latest")
    return client.access_secret_version(name=path).payload.data.decode()
class Publisher:
    def __init__(self): self._p = pubsub_v1.PublisherClient(); self._t = self._p.topic_path(os.environ["GCP_PROJECT"], os.environ["TOPIC"])
    def send(self, data): return self._p.publish(self._t, json.dumps(data).encode()).result(timeout=5)
publisher = Publisher()
@functions_framework.cloud_event
def on_file(event):
    data = event.data
    blob = storage.Client().bucket(data["bucket"]).blob(data["name"])
    rows = [json.loads(l) for l in blob.download_as_text().splitlines()]
    errors = bigquery.Client().insert_rows_json(f"{os.environ['GCP_PROJECT']}.ds.t", rows)
    @firestore.transactional
    def bump(tx, ref):
        snap = ref.get(transaction=tx); tx.update(ref, {"n": snap.get("n") + 1})
    bump(db().transaction(), db().collection("counters").document("files"))
    secret("key"); publisher.send({"ok": not errors})
""",
        },
        (
            "bigquery.tables.updateData",
            "datastore.entities.get",
            "datastore.entities.update",
            "pubsub.topics.publish",
            "secretmanager.versions.access",
            "storage.objects.get",
        ),
    ),
    "gc ts express style": (
        {
            "src/index.ts": """
import { http, cloudEvent } from "@google-cloud/functions-framework";
import { Storage } from "@google-cloud/storage";
import { PubSub } from "@google-cloud/pubsub";
import { CloudTasksClient } from "@google-cloud/tasks";
import { Datastore } from "@google-cloud/datastore";
const storage = new Storage(); const pubsub = new PubSub(); const tasks = new CloudTasksClient(); const ds = new Datastore();
const bucket = storage.bucket(process.env.BUCKET!);
http("upload", async (req, res) => {
  const file = bucket.file(`in/${req.query.name}`);
  await new Promise((ok, bad) => file.createWriteStream().on("finish", ok).on("error", bad).end(req.body));
  const [meta] = await file.getMetadata();
  await tasks.createTask({ parent: tasks.queuePath("p", "l", "q"), task: { httpRequest: { url: "https://x", httpMethod: "POST" } } });
  const key = ds.key(["Task", "a"]); await ds.save({ key, data: meta });
  res.send("ok");
});
cloudEvent("tick", async () => { await pubsub.topic("t").publishMessage({ json: {} }); const [rows] = await ds.runQuery(ds.createQuery("Task").filter("a", "=", 1)); return rows; });
""",
        },
        (
            "cloudtasks.tasks.create",
            "datastore.entities.create",
            "datastore.entities.get",
            "datastore.entities.list",
            "datastore.entities.update",
            "pubsub.topics.publish",
            "storage.objects.create",
            "storage.objects.get",
        ),
    ),
    "gc js firebase admin": (
        {
            "index.js": """
const { initializeApp } = require("firebase-admin/app");
const { getFirestore, FieldValue } = require("firebase-admin/firestore");
const functions = require("@google-cloud/functions-framework");
initializeApp();
const db = getFirestore();
functions.http("go", async (req, res) => {
  const batch = db.batch();
  const snap = await db.collection("orders").where("open", "==", true).orderBy("at").limit(10).get();
  snap.forEach((d) => batch.delete(d.ref));
  batch.set(db.doc("stats/orders"), { at: FieldValue.serverTimestamp() });
  await batch.commit();
  res.json({ n: snap.size });
});
""",
        },
        (
            "datastore.entities.create",
            "datastore.entities.delete",
            "datastore.entities.get",
            "datastore.entities.list",
            "datastore.entities.update",
        ),
    ),
    "gc py spanner tx": (
        {
            "main.py": """
import functions_framework
from google.cloud import spanner
database = spanner.Client().instance("i").database("d")
def work(transaction):
    transaction.execute_update("UPDATE t SET a = 1 WHERE TRUE")
@functions_framework.http
def go(request):
    database.run_in_transaction(work)
    with database.batch() as b:
        b.insert(table="t", columns=("a",), values=[(1,)])
    return "ok"
""",
        },
        (
            "spanner.databases.beginOrRollbackReadWriteTransaction",
            "spanner.databases.select",
            "spanner.databases.write",
            "spanner.sessions.create",
        ),
    ),
}
"""Name -> files, and exactly the actions that they need."""
