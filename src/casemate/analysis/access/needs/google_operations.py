"""Methods of Google Cloud's SDKs -> the permissions that they need of the account that calls them.

Sources: "IAM permissions for JSON methods" (Cloud Storage); "Access control" pages of Pub/Sub, Firestore ("Server
client libraries": the permissions of `datastore.*`), Datastore, BigQuery, Secret Manager, Cloud KMS, Cloud Tasks, Cloud
Logging, Spanner, Cloud Run, Cloud Functions, Workflows; each method's "IAM permissions" in the REST references.
"""

from __future__ import annotations

from casemate.analysis.code.interpret.sdk_google import KINDS, NAMES

_GET, _LIST = "storage.objects.get", "storage.objects.list"
_CREATE = "storage.objects.create ?storage.objects.delete"
"""Writing over an object that is there takes the right to delete it, too."""
_READS = "datastore.entities.get"
_FIRESTORE_WRITES = {
    "set": "datastore.entities.create datastore.entities.update", "create": "datastore.entities.create",
    "add": "datastore.entities.create", "update": "datastore.entities.update", "delete": "datastore.entities.delete",
}  # fmt: skip
_QUERY = "bigquery.jobs.create bigquery.tables.getData ?bigquery.tables.updateData ?bigquery.tables.create"
_LOAD = (
    "bigquery.jobs.create bigquery.tables.updateData bigquery.tables.get ?bigquery.tables.create "
    "?bigquery.tables.update"
)
_SESSION = "spanner.sessions.create ?spanner.sessions.get ?spanner.sessions.delete"
_READ_ONLY = f"{_SESSION} spanner.databases.select spanner.databases.beginReadOnlyTransaction"
_READ_WRITE = (
    f"{_SESSION} spanner.databases.select spanner.databases.beginOrRollbackReadWriteTransaction spanner.databases.write"
)

OPERATIONS: dict[str, dict[str, str]] = {
    "storage.client": {
        "bucket": "", "getbucket": "storage.buckets.get", "lookupbucket": "storage.buckets.get",
        "createbucket": "storage.buckets.create", "listbuckets": "storage.buckets.list",
        "getbuckets": "storage.buckets.list", "listblobs": _LIST, "downloadblobtofile": _GET,
    },
    "storage.bucket": {
        "blob": "", "file": "", "getblob": _GET, "listblobs": _LIST, "getfiles": _LIST, "getfilesstream": _LIST,
        "deleteblob": "storage.objects.delete", "deleteblobs": "storage.objects.delete",
        "deletefiles": f"storage.objects.delete {_LIST}", "copyblob": f"{_GET} {_CREATE}",
        "renameblob": f"{_GET} {_CREATE} storage.objects.delete", "upload": _CREATE, "exists": "storage.buckets.get",
        "reload": "storage.buckets.get", "getmetadata": "storage.buckets.get", "delete": "storage.buckets.delete",
        "patch": "storage.buckets.update", "update": "storage.buckets.update", "setmetadata": "storage.buckets.update",
        "create": "storage.buckets.create", "getiampolicy": "storage.buckets.getIamPolicy",
        "setiampolicy": "storage.buckets.setIamPolicy", "combine": f"{_GET} {_CREATE}",
    },
    "storage.blob": {
        **dict.fromkeys(("downloadasbytes", "downloadasstring", "downloadastext", "downloadtofilename",
            "downloadtofile", "download", "createreadstream", "exists", "reload", "getmetadata", "get"), _GET),
        **dict.fromkeys(("uploadfromstring", "uploadfromfilename", "uploadfromfile", "save", "createwritestream",
            "createresumableuploadsession", "createresumableupload"), _CREATE),
        "open": f"?{_GET} ?storage.objects.create ?storage.objects.delete",
        "delete": "storage.objects.delete", "patch": "storage.objects.update", "update": "storage.objects.update",
        "setmetadata": "storage.objects.update", "rewrite": f"{_GET} {_CREATE}", "copy": f"{_GET} {_CREATE}",
        "move": f"{_GET} {_CREATE} storage.objects.delete", "rename": f"{_GET} {_CREATE} storage.objects.delete",
        "compose": f"{_GET} {_CREATE}", "makepublic": "storage.objects.get storage.objects.setIamPolicy",
        "makeprivate": "storage.objects.get storage.objects.setIamPolicy",
        "updatestorageclass": f"{_GET} {_CREATE}", "setstorageclass": f"{_GET} {_CREATE}",
        "generatesignedurl": f"?iam.serviceAccounts.signBlob ?{_GET} ?storage.objects.create",
        "getsignedurl": f"?iam.serviceAccounts.signBlob ?{_GET} ?storage.objects.create",
        "ispublic": "",
    },
    "pubsub.client": {
        "topic": "", "subscription": "", "createtopic": "pubsub.topics.create", "gettopics": "pubsub.topics.list",
        "createsubscription": "pubsub.subscriptions.create pubsub.topics.attachSubscription",
    },
    "pubsub.publisher": {
        "publish": "pubsub.topics.publish", "createtopic": "pubsub.topics.create", "gettopic": "pubsub.topics.get",
        "deletetopic": "pubsub.topics.delete", "listtopics": "pubsub.topics.list", "stop": "",
    },
    "pubsub.topic": {
        "publish": "pubsub.topics.publish", "publishmessage": "pubsub.topics.publish",
        "publishjson": "pubsub.topics.publish", "get": "pubsub.topics.get", "exists": "pubsub.topics.get",
        "create": "pubsub.topics.create", "delete": "pubsub.topics.delete", "subscription": "", "flush": "",
        "setpublishoptions": "",
    },
    "pubsub.subscriber": {
        **dict.fromkeys(("pull", "subscribe", "acknowledge", "modifyackdeadline", "streamingpull"),
            "pubsub.subscriptions.consume"),
        "createsubscription": "pubsub.subscriptions.create pubsub.topics.attachSubscription",
        "getsubscription": "pubsub.subscriptions.get", "deletesubscription": "pubsub.subscriptions.delete",
    },
    "pubsub.subscription": {
        "on": "pubsub.subscriptions.consume", "get": "pubsub.subscriptions.get", "exists": "pubsub.subscriptions.get",
        "delete": "pubsub.subscriptions.delete", "close": "", "removelistener": "",
    },
    "firestore.client": {
        **dict.fromkeys(("collection", "document", "doc", "collectiongroup", "batch", "transaction", "bulkwriter",
            "settings", "terminate", "fieldpath"), ""),
        "getall": _READS, "listcollections": "datastore.entities.list", "collections": "datastore.entities.list",
        "runtransaction": "datastore.databases.get ?datastore.entities.get",
        "recursivedelete": "datastore.entities.list datastore.entities.delete",
    },
    "firestore.collection": {
        **dict.fromkeys(("document", "doc", "where", "orderby", "limit", "limittolast", "offset", "select", "startat",
            "startafter", "endat", "endbefore", "count", "withconverter"), ""),
        **dict.fromkeys(("get", "stream", "onsnapshot"), f"{_READS} datastore.entities.list"),
        "listdocuments": "datastore.entities.list", "add": "datastore.entities.create",
    },
    "firestore.document": {
        "collection": "", "withconverter": "", "get": _READS, "onsnapshot": _READS, **_FIRESTORE_WRITES,
        "listcollections": "datastore.entities.list", "collections": "datastore.entities.list",
    },
    "firestore.batch": {**_FIRESTORE_WRITES, "commit": "", "get": _READS, "getall": _READS, "close": "", "flush": ""},
    "datastore.client": {
        "get": _READS, "getmulti": _READS, "put": "datastore.entities.create datastore.entities.update",
        "putmulti": "datastore.entities.create datastore.entities.update",
        "save": "datastore.entities.create datastore.entities.update", "upsert":
        "datastore.entities.create datastore.entities.update", "insert": "datastore.entities.create",
        "update": "datastore.entities.update", "merge": "datastore.entities.get datastore.entities.update",
        "delete": "datastore.entities.delete", "deletemulti": "datastore.entities.delete",
        "allocateids": "datastore.entities.allocateIds", "runquery": f"{_READS} datastore.entities.list",
        "runqueryaggregationquery": f"{_READS} datastore.entities.list",
        "key": "", "query": "", "createquery": "", "transaction": "", "batch": "", "int": "", "isint": "",
    },
    "datastore.query": {
        "fetch": f"{_READS} datastore.entities.list", "run": f"{_READS} datastore.entities.list",
        **dict.fromkeys(("addfilter", "filter", "order", "limit", "keysonly", "select", "start", "end",
            "hasancestor"), ""),
    },
    "datastore.batch": {
        "put": "datastore.entities.create datastore.entities.update", "delete": "datastore.entities.delete",
        "save": "datastore.entities.create datastore.entities.update", "run": "datastore.databases.get", "commit": "",
        "rollback": "", "begin": "", "get": _READS, "runquery": f"{_READS} datastore.entities.list",
        "insert": "datastore.entities.create", "update": "datastore.entities.update",
        "upsert": "datastore.entities.create datastore.entities.update",
    },
    "bigquery.client": {
        "query": _QUERY, "queryandwait": _QUERY, "createqueryjob": _QUERY, "createquerystream": _QUERY,
        "insertrows": "bigquery.tables.updateData ?bigquery.tables.get", "insertrowsjson": "bigquery.tables.updateData",
        "loadtablefromuri": _LOAD, "loadtablefromfile": _LOAD, "loadtablefromjson": _LOAD,
        "loadtablefromdataframe": _LOAD, "gettable": "bigquery.tables.get", "createtable": "bigquery.tables.create",
        "updatetable": "bigquery.tables.update", "deletetable": "bigquery.tables.delete",
        "listtables": "bigquery.tables.list", "listrows": "bigquery.tables.getData bigquery.tables.get",
        "getdataset": "bigquery.datasets.get", "createdataset": "bigquery.datasets.create",
        "deletedataset": "bigquery.datasets.delete", "listdatasets": "bigquery.datasets.get",
        "getdatasets": "bigquery.datasets.get", "extracttable": "bigquery.jobs.create bigquery.tables.export",
        "copytable": "bigquery.jobs.create bigquery.tables.getData bigquery.tables.updateData ?bigquery.tables.create",
        "getjob": "bigquery.jobs.get", "dataset": "", "canceljob": "bigquery.jobs.update",
    },
    "bigquery.dataset": {
        "table": "", "get": "bigquery.datasets.get", "exists": "bigquery.datasets.get",
        "create": "bigquery.datasets.create", "createtable": "bigquery.tables.create",
        "gettables": "bigquery.tables.list", "delete": "bigquery.datasets.delete", "query": _QUERY,
    },
    "bigquery.table": {
        "insert": "bigquery.tables.updateData", "get": "bigquery.tables.get", "exists": "bigquery.tables.get",
        "create": "bigquery.tables.create", "delete": "bigquery.tables.delete", "load": _LOAD, "createloadjob": _LOAD,
        "getrows": "bigquery.tables.getData bigquery.tables.get", "query": _QUERY,
        "getmetadata": "bigquery.tables.get", "setmetadata": "bigquery.tables.update",
    },
    "secrets.client": {
        "accesssecretversion": "secretmanager.versions.access", "addsecretversion": "secretmanager.versions.add",
        "createsecret": "secretmanager.secrets.create", "getsecret": "secretmanager.secrets.get",
        "deletesecret": "secretmanager.secrets.delete", "listsecrets": "secretmanager.secrets.list",
        "listsecretversions": "secretmanager.versions.list", "getsecretversion": "secretmanager.versions.get",
        "disablesecretversion": "secretmanager.versions.disable", "destroysecretversion":
        "secretmanager.versions.destroy", "enablesecretversion": "secretmanager.versions.enable",
        "updatesecret": "secretmanager.secrets.update", "getprojectid": "",
    },
    "kms.client": {
        "encrypt": "cloudkms.cryptoKeyVersions.useToEncrypt", "decrypt": "cloudkms.cryptoKeyVersions.useToDecrypt",
        "asymmetricsign": "cloudkms.cryptoKeyVersions.useToSign", "macsign": "cloudkms.cryptoKeyVersions.useToSign",
        "asymmetricdecrypt": "cloudkms.cryptoKeyVersions.useToDecrypt", "macverify":
        "cloudkms.cryptoKeyVersions.useToVerify", "getpublickey": "cloudkms.cryptoKeyVersions.viewPublicKey",
        "getcryptokey": "cloudkms.cryptoKeys.get", "createcryptokey": "cloudkms.cryptoKeys.create",
        "createcryptokeyversion": "cloudkms.cryptoKeyVersions.create", "listcryptokeys": "cloudkms.cryptoKeys.list",
        "createkeyring": "cloudkms.keyRings.create", "generaterandombytes": "cloudkms.locations.generateRandomBytes",
        "rawencrypt": "cloudkms.cryptoKeyVersions.useToEncrypt",
            "rawdecrypt": "cloudkms.cryptoKeyVersions.useToDecrypt",
    },
    "tasks.client": {
        "createtask": "cloudtasks.tasks.create ?iam.serviceAccounts.actAs", "deletetask": "cloudtasks.tasks.delete",
        "gettask": "cloudtasks.tasks.get", "listtasks": "cloudtasks.tasks.list", "runtask": "cloudtasks.tasks.run",
        "createqueue": "cloudtasks.queues.create", "getqueue": "cloudtasks.queues.get", "pausequeue":
        "cloudtasks.queues.pause", "purgequeue": "cloudtasks.queues.purge", "taskpath": "",
    },
    "logging.client": {
        "logger": "", "log": "", "logsync": "", "setuplogging": "logging.logEntries.create",
        "getdefaulthandler": "logging.logEntries.create", "listentries": "logging.logEntries.list",
        "getentries": "logging.logEntries.list",
    },
    "logging.logger": {
        **dict.fromkeys(("logtext", "logstruct", "logproto", "log", "write", "info", "error", "warning", "debug",
            "critical", "notice", "alert", "emergency"), "logging.logEntries.create"),
        "listentries": "logging.logEntries.list", "getentries": "logging.logEntries.list", "entry": "",
        "delete": "logging.logs.delete", "batch": "",
    },
    "spanner.client": {"instance": "", "listinstances": "spanner.instances.list"},
    "spanner.instance": {"database": "", "listdatabases": "spanner.databases.list", "exists": "spanner.instances.get"},
    "spanner.database": {
        "snapshot": "", "batch": "", "batchsnapshot": "", "table": "", "mutationgroups": "", "close": "",
        "runintransaction": _READ_WRITE, "runtransaction": _READ_WRITE, "runtransactionasync": _READ_WRITE,
        "getsnapshot": _READ_ONLY, "run": _READ_ONLY, "runstream": _READ_ONLY,
        "executepartitioneddml": f"{_SESSION} spanner.databases.beginPartitionedDmlTransaction spanner.databases.write",
        "runpartitionedupdate": f"{_SESSION} spanner.databases.beginPartitionedDmlTransaction spanner.databases.write",
        "updateddl": "spanner.databases.updateDdl", "updateschema": "spanner.databases.updateDdl",
        "exists": "spanner.databases.getDdl",
    },
    "spanner.snapshot": {
        "executesql": _READ_ONLY,
            "read": f"{_SESSION} spanner.databases.read spanner.databases.beginReadOnlyTransaction",
        "run": _READ_ONLY, "begin": _READ_ONLY,
    },
    "spanner.batch": dict.fromkeys(("insert", "update", "insertorupdate", "replace", "delete", "upsert",
        "deleterows"), f"{_SESSION} spanner.databases.write spanner.databases.beginOrRollbackReadWriteTransaction"),
    "functions.client": {
        "callfunction": "cloudfunctions.functions.call", "getfunction": "cloudfunctions.functions.get",
        "listfunctions": "cloudfunctions.functions.list", "deletefunction": "cloudfunctions.functions.delete",
        "createfunction": "cloudfunctions.functions.create iam.serviceAccounts.actAs",
        "updatefunction": "cloudfunctions.functions.update iam.serviceAccounts.actAs",
    },
    "run.services": {
        "getservice": "run.services.get", "listservices": "run.services.list", "deleteservice": "run.services.delete",
        "createservice": "run.services.create iam.serviceAccounts.actAs", "updateservice":
        "run.services.update iam.serviceAccounts.actAs",
    },
    "run.jobs": {
        "runjob": "run.jobs.run ?run.jobs.runWithOverrides", "getjob": "run.jobs.get", "listjobs": "run.jobs.list",
        "createjob": "run.jobs.create iam.serviceAccounts.actAs", "deletejob": "run.jobs.delete",
        "updatejob": "run.jobs.update iam.serviceAccounts.actAs",
    },
    "workflows.executions": {
        "createexecution": "workflows.executions.create", "getexecution": "workflows.executions.get",
        "listexecutions": "workflows.executions.list", "cancelexecution": "workflows.executions.cancel",
    },
    "scheduler.client": {
        "createjob": "cloudscheduler.jobs.create ?iam.serviceAccounts.actAs", "deletejob": "cloudscheduler.jobs.delete",
        "getjob": "cloudscheduler.jobs.get", "listjobs": "cloudscheduler.jobs.list",
            "runjob": "cloudscheduler.jobs.run",
        "pausejob": "cloudscheduler.jobs.pause", "updatejob": "cloudscheduler.jobs.update", "resumejob":
        "cloudscheduler.jobs.enable",
    },
    "monitoring.metrics": {
        "createtimeseries": "monitoring.timeSeries.create", "listtimeseries": "monitoring.timeSeries.list",
        "createmetricdescriptor": "monitoring.metricDescriptors.create",
    },
    "compute.instances": {
        "list": "compute.instances.list", "aggregatedlist": "compute.instances.list", "get": "compute.instances.get",
        "start": "compute.instances.start", "stop": "compute.instances.stop", "delete": "compute.instances.delete",
        "reset": "compute.instances.reset", "setlabels": "compute.instances.setLabels",
        "setmetadata": "compute.instances.setMetadata ?iam.serviceAccounts.actAs",
    },
    "vision.client": {}, "translate.client": {}, "language.client": {},
    "bigtable.client": {"instance": "", "listinstances": "bigtable.instances.list"},
    "bigtable.instance": {"table": "", "listtables": "bigtable.tables.list"},
    "bigtable.table": {
        "readrow": "bigtable.tables.readRows", "readrows": "bigtable.tables.readRows", "getrows":
        "bigtable.tables.readRows", "createreadstream": "bigtable.tables.readRows", "mutaterows":
        "bigtable.tables.mutateRows", "mutate": "bigtable.tables.mutateRows", "insert": "bigtable.tables.mutateRows",
        "row": "", "directrow": "", "setcell": "", "commit": "bigtable.tables.mutateRows", "save":
        "bigtable.tables.mutateRows", "get": "bigtable.tables.readRows", "delete": "bigtable.tables.mutateRows",
    },
}  # fmt: skip
"""Kind -> method, without case and underscores -> permissions; `?`: on some outcome only."""

_NO_RIGHT = frozenset({"vision.client", "translate.client", "language.client"})
"""APIs that any account of the project may call, once they are enabled."""
NOTHING = frozenset({"close", "fromserviceaccountjson", "commonprojectpath", "commonlocationpath", "transport"})

ON: dict[str, tuple[str, ...]] = {
    "pubsub.publisher": ("topic", "0", "request.topic", "0.topic", "request.name", "name"),
    "pubsub.subscriber": ("subscription", "0", "request.subscription", "0.subscription"),
    "secrets.client": ("name", "0", "request.name", "0.name", "request.parent", "parent", "0.parent"),
    "kms.client": ("name", "0", "request.name", "0.name", "request.parent", "parent", "0.parent"),
    "tasks.client": ("parent", "0", "request.parent", "0.parent", "request.name", "name", "0.name"),
    "functions.client": ("name", "0", "request.name", "0.name", "0.parent"),
    "run.jobs": ("name", "0", "request.name", "0.name", "0.parent"),
    "run.services": ("name", "0", "request.name", "0.name", "0.parent"),
    "workflows.executions": ("parent", "0", "request.parent", "0.parent", "0.name"),
    "scheduler.client": ("name", "0", "request.name", "0.name", "0.parent"),
    "storage.bucket": ("bucket",), "storage.blob": ("bucket",), "storage.client": ("0", "bucketname", "bucket"),
    "pubsub.topic": ("topic",), "pubsub.subscription": ("subscription",),
    "spanner.database": ("database",), "spanner.snapshot": ("database",), "spanner.batch": ("database",),
    "bigquery.dataset": ("dataset",), "bigquery.table": ("table", "dataset"),
}  # fmt: skip
"""Kind -> the parameters that name what a call is on, the first that is there."""


def permissions_of(kind: str, method: str) -> tuple[tuple[str, bool], ...] | None:
    """(permission, whether it is conditional) of a method; None when that is not known."""
    if kind in _NO_RIGHT or method in NOTHING:
        return ()
    text = OPERATIONS.get(kind, {}).get(method)
    if text is None:
        made = KINDS.get(kind)
        return () if method in NAMES or (made is not None and method in made.makes) else None
    return tuple((part.removeprefix("?"), part.startswith("?")) for part in text.split())
