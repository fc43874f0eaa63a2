"""What Google Cloud's SDKs call their clients, and which client another one makes: facts for `sdk_clouds.py`.

Sources: Google Cloud client libraries for Python (https://cloud.google.com/python/docs/reference) and for Node.js
(https://cloud.google.com/nodejs/docs/reference), Firebase Admin SDK reference.
"""

from __future__ import annotations

from casemate.analysis.code.interpret.sdk_kinds import Client, Kind

ROOTS = ("google.cloud.", "@google-cloud/", "firebase_admin.", "firebase-admin")
NO_SDK = (
    "google.cloud.functions", "google.cloud.exceptions", "google.cloud.logging.handlers", "google.cloud.logging_v2",
    "@google-cloud/functions-framework", "@google-cloud/opentelemetry", "firebase_admin.credentials",
    "firebase_admin.initialize_app", "firebase_admin.auth", "firebase_admin.messaging", "firebase-admin/app",
    "firebase-admin/auth", "firebase-admin/messaging", "firebase-admin.auth", "firebase-admin.credential",
    "firebase-admin.initializeApp", "firebase-admin.messaging",
)  # fmt: skip
"""Packages that ask nothing of the project's resources, or nothing that is described here."""

CLASSES: dict[str, Client] = {
    "storage.Client": Client("storage.client"),
    "storage.Storage": Client("storage.client"),
    "pubsub_v1.PublisherClient": Client("pubsub.publisher"),
    "pubsub_v1.SubscriberClient": Client("pubsub.subscriber"),
    "pubsub.PublisherClient": Client("pubsub.publisher"),
    "pubsub.SubscriberClient": Client("pubsub.subscriber"),
    "pubsub.PubSub": Client("pubsub.client"),
    "firestore.Client": Client("firestore.client"),
    "firestore.AsyncClient": Client("firestore.client"),
    "firestore_v1.Client": Client("firestore.client"),
    "firestore.Firestore": Client("firestore.client"),
    "firestore.client": Client("firestore.client"),
    "firestore.getFirestore": Client("firestore.client"),
    "firestore_async.client": Client("firestore.client"),
    "firebase-admin.firestore": Client("firestore.client"),
    "datastore.Client": Client("datastore.client"),
    "datastore.Datastore": Client("datastore.client"),
    "bigquery.Client": Client("bigquery.client"),
    "bigquery.BigQuery": Client("bigquery.client"),
    "secretmanager.SecretManagerServiceClient": Client("secrets.client"),
    "secretmanager_v1.SecretManagerServiceClient": Client("secrets.client"),
    "secret-manager.SecretManagerServiceClient": Client("secrets.client"),
    "secretmanager.SecretManagerServiceAsyncClient": Client("secrets.client"),
    "kms.KeyManagementServiceClient": Client("kms.client"),
    "kms_v1.KeyManagementServiceClient": Client("kms.client"),
    "tasks_v2.CloudTasksClient": Client("tasks.client"),
    "tasks_v2.CloudTasksAsyncClient": Client("tasks.client"),
    "tasks.CloudTasksClient": Client("tasks.client"),
    "tasks.v2.CloudTasksClient": Client("tasks.client"),
    "logging.Client": Client("logging.client"),
    "logging.Logging": Client("logging.client"),
    "spanner.Client": Client("spanner.client"),
    "spanner.Spanner": Client("spanner.client"),
    "functions_v1.CloudFunctionsServiceClient": Client("functions.client"),
    "functions_v2.FunctionServiceClient": Client("functions.client"),
    "functions.CloudFunctionsServiceClient": Client("functions.client"),
    "functions.FunctionServiceClient": Client("functions.client"),
    "run_v2.ServicesClient": Client("run.services"),
    "run_v2.JobsClient": Client("run.jobs"),
    "run.ServicesClient": Client("run.services"),
    "run.JobsClient": Client("run.jobs"),
    "workflows.executions_v1.ExecutionsClient": Client("workflows.executions"),
    "executions_v1.ExecutionsClient": Client("workflows.executions"),
    "workflows.ExecutionsClient": Client("workflows.executions"),
    "scheduler_v1.CloudSchedulerClient": Client("scheduler.client"),
    "scheduler.CloudSchedulerClient": Client("scheduler.client"),
    "monitoring_v3.MetricServiceClient": Client("monitoring.metrics"),
    "monitoring.MetricServiceClient": Client("monitoring.metrics"),
    "compute_v1.InstancesClient": Client("compute.instances"),
    "compute.InstancesClient": Client("compute.instances"),
    "vision.ImageAnnotatorClient": Client("vision.client"),
    "translate_v2.Client": Client("translate.client"),
    "translate.TranslationServiceClient": Client("translate.client"),
    "language_v1.LanguageServiceClient": Client("language.client"),
    "bigtable.Client": Client("bigtable.client"),
    "bigtable.Bigtable": Client("bigtable.client"),
}
"""Module and class (JavaScript: package and class) -> what it is a client of."""

KINDS: dict[str, Kind] = {
    "storage.client": Kind("google.cloud.storage.Client", {
        "bucket": ("storage.bucket", ("bucket",)), "getbucket": ("storage.bucket", ("bucket",)),
        "lookupbucket": ("storage.bucket", ("bucket",)), "createbucket": ("storage.bucket", ("bucket",)),
    }),
    "storage.bucket": Kind("google.cloud.storage.Bucket", {
        "blob": ("storage.blob", ("blob",)), "getblob": ("storage.blob", ("blob",)), "file": ("storage.blob",
            ("blob",)),
    }),
    "storage.blob": Kind("google.cloud.storage.Blob"),
    "pubsub.client": Kind("pubsub.Client", {
        "topic": ("pubsub.topic", ("topic",)), "subscription": ("pubsub.subscription", ("subscription",)),
    }),
    "pubsub.publisher": Kind("google.cloud.pubsub_v1.PublisherClient"),
    "pubsub.subscriber": Kind("google.cloud.pubsub_v1.SubscriberClient"),
    "pubsub.topic": Kind("pubsub.Topic", {"subscription": ("pubsub.subscription", ("subscription",))}),
    "pubsub.subscription": Kind("pubsub.Subscription"),
    "firestore.client": Kind("google.cloud.firestore.Client", {
        "collection": ("firestore.collection", ()), "document": ("firestore.document", ()),
        "doc": ("firestore.document", ()), "collectiongroup": ("firestore.collection", ()),
        "batch": ("firestore.batch", ()), "bulkwriter": ("firestore.batch", ()), "transaction": ("firestore.batch", ()),
    }),
    "firestore.collection": Kind("google.cloud.firestore.CollectionReference", {
        "document": ("firestore.document", ()), "doc": ("firestore.document", ()),
        **dict.fromkeys(("where", "orderby", "limit", "limittolast", "offset", "select", "startat", "startafter",
            "endat", "endbefore", "count", "withconverter"), ("firestore.collection", ())),
    }),
    "firestore.document": Kind("google.cloud.firestore.DocumentReference", {
        "collection": ("firestore.collection", ()), "withconverter": ("firestore.document", ()),
    }),
    "firestore.batch": Kind("google.cloud.firestore.WriteBatch"),
    "datastore.client": Kind("google.cloud.datastore.Client", {
        "query": ("datastore.query", ()), "createquery": ("datastore.query", ()),
        "transaction": ("datastore.batch", ()), "batch": ("datastore.batch", ()),
    }),
    "datastore.query": Kind("google.cloud.datastore.Query"),
    "datastore.batch": Kind("google.cloud.datastore.Transaction"),
    "bigquery.client": Kind("google.cloud.bigquery.Client", {"dataset": ("bigquery.dataset", ("dataset",))}),
    "bigquery.dataset": Kind("bigquery.Dataset", {"table": ("bigquery.table", ("table",))}),
    "bigquery.table": Kind("bigquery.Table"),
    "secrets.client": Kind("google.cloud.secretmanager.SecretManagerServiceClient"),
    "kms.client": Kind("google.cloud.kms.KeyManagementServiceClient"),
    "tasks.client": Kind("google.cloud.tasks_v2.CloudTasksClient"),
    "logging.client": Kind("google.cloud.logging.Client", {
        "logger": ("logging.logger", ("log",)), "log": ("logging.logger", ("log",)),
        "logsync": ("logging.logger", ("log",)),
    }),
    "logging.logger": Kind("google.cloud.logging.Logger"),
    "spanner.client": Kind("google.cloud.spanner.Client", {"instance": ("spanner.instance", ("instance",))}),
    "spanner.instance": Kind("google.cloud.spanner.Instance", {"database": ("spanner.database", ("database",))}),
    "spanner.database": Kind("google.cloud.spanner.Database", {
        "snapshot": ("spanner.snapshot", ()), "batch": ("spanner.batch", ()), "batchsnapshot": ("spanner.snapshot", ()),
        "table": ("spanner.batch", ()), "mutationgroups": ("spanner.batch", ()),
    }),
    "spanner.snapshot": Kind("google.cloud.spanner.Snapshot"),
    "spanner.batch": Kind("google.cloud.spanner.Batch"),
    "functions.client": Kind("google.cloud.functions_v1.CloudFunctionsServiceClient"),
    "run.services": Kind("google.cloud.run_v2.ServicesClient"),
    "run.jobs": Kind("google.cloud.run_v2.JobsClient"),
    "workflows.executions": Kind("google.cloud.workflows.ExecutionsClient"),
    "scheduler.client": Kind("google.cloud.scheduler_v1.CloudSchedulerClient"),
    "monitoring.metrics": Kind("google.cloud.monitoring_v3.MetricServiceClient"),
    "compute.instances": Kind("google.cloud.compute_v1.InstancesClient"),
    "vision.client": Kind("google.cloud.vision.ImageAnnotatorClient"),
    "translate.client": Kind("google.cloud.translate_v2.Client"),
    "language.client": Kind("google.cloud.language_v1.LanguageServiceClient"),
    "bigtable.client": Kind("google.cloud.bigtable.Client", {"instance": ("bigtable.instance", ("instance",))}),
    "bigtable.instance": Kind("google.cloud.bigtable.Instance", {"table": ("bigtable.table", ("table",))}),
    "bigtable.table": Kind("google.cloud.bigtable.Table", {
        "row": ("bigtable.table", ()), "directrow": ("bigtable.table", ()),
    }),
}  # fmt: skip

ALIASES = {
    "bucketname": "bucket", "topicid": "topic", "databaseid": "database", "instanceid": "instance",
    "tableid": "table", "datasetid": "dataset", "blobname": "blob", "bucketorname": "bucket",
}  # fmt: skip
"""Keyword, without case and underscores -> what it is here."""

NAMES: dict[str, tuple[str, ...]] = {
    "topicpath": ("projects/", "/topics/"),
    "subscriptionpath": ("projects/", "/subscriptions/"),
    "secretpath": ("projects/", "/secrets/"),
    "secretversionpath": ("projects/", "/secrets/", "/versions/"),
    "cryptokeypath": ("projects/", "/locations/", "/keyRings/", "/cryptoKeys/"),
    "cryptokeyversionpath": ("projects/", "/locations/", "/keyRings/", "/cryptoKeys/", "/cryptoKeyVersions/"),
    "queuepath": ("projects/", "/locations/", "/queues/"),
    "workflowpath": ("projects/", "/locations/", "/workflows/"),
    "jobpath": ("projects/", "/locations/", "/jobs/"),
    "cloudfunctionpath": ("projects/", "/locations/", "/functions/"),
}
"""Methods that put a resource's name together from its arguments -> what stands before each."""
