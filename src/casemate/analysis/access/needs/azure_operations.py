"""Methods of Azure's SDKs -> the actions that they need of the identity that calls them.

Sources: "Authorize access to blob / queue / table data with Microsoft Entra ID" and, per operation, "Permissions for
calling blob and queue data operations" (Azure Storage REST reference); "Azure permissions" by resource provider;
"Azure RBAC for Key Vault data plane"; "Azure Cosmos DB: data-plane role-based access control, permission model";
"Authenticate and authorise an application with Microsoft Entra ID to access Service Bus / Event Hubs entities".
"""

from __future__ import annotations

from functools import lru_cache

from casemate.analysis.code.interpret.sdk_azure import KINDS, PROVIDERS

_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/"
_FILES = "Microsoft.Storage/storageAccounts/fileServices/fileshares/"
_QUEUES = "Microsoft.Storage/storageAccounts/queueServices/"
_TABLES = "Microsoft.Storage/storageAccounts/tableServices/"
_COSMOS = "Microsoft.DocumentDB/databaseAccounts/"
_BUS = "Microsoft.ServiceBus/namespaces/"
_HUB = "Microsoft.EventHub/namespaces/"
_VAULT = "Microsoft.KeyVault/vaults/"
_STORE = "Microsoft.AppConfiguration/configurationStores/"

PREFIX = {
    "blob.service": _BLOBS, "blob.container": _BLOBS, "blob.blob": _BLOBS, "blob.lease": _BLOBS,
    "lake.service": _BLOBS, "lake.system": _BLOBS, "lake.file": _BLOBS, "lake.directory": _BLOBS,
    "share.service": _FILES, "share.share": _FILES, "share.directory": _FILES, "share.file": _FILES,
    "queue.service": _QUEUES, "queue.queue": _QUEUES, "table.service": _TABLES, "table.table": _TABLES,
    "cosmos.client": _COSMOS, "cosmos.databases": _COSMOS, "cosmos.database": _COSMOS, "cosmos.containers": _COSMOS,
    "cosmos.container": _COSMOS, "cosmos.items": _COSMOS, "cosmos.item": _COSMOS, "cosmos.query": _COSMOS,
    "bus.client": _BUS, "bus.sender": _BUS, "bus.receiver": _BUS, "bus.rules": _BUS, "bus.administration": _BUS,
    "hub.producer": _HUB, "hub.consumer": _HUB, "grid.publisher": "Microsoft.EventGrid/",
    "vault.secrets": f"{_VAULT}secrets/", "vault.keys": f"{_VAULT}keys/", "vault.cryptography": f"{_VAULT}keys/",
    "vault.certificates": f"{_VAULT}certificates/", "configuration.store": _STORE,
    "logs.query": "Microsoft.OperationalInsights/workspaces/",
        "search.index": "Microsoft.Search/searchServices/indexes/",
}  # fmt: skip
"""Kind of client -> what its actions begin with."""

_READ, _WRITE, _DELETE = "+containers/blobs/read", "+containers/blobs/write", "+containers/blobs/delete"
_ITEMS = "+sqlDatabases/containers/items/"
_META = "+readMetadata"

OPERATIONS: dict[str, dict[str, str]] = {
    "blob.service": {
        "listcontainers": "containers/read", "createcontainer": "containers/write",
            "deletecontainer": "containers/delete",
        "undeletecontainer": "containers/write", "getuserdelegationkey": "generateUserDelegationKey/action",
        "findblobsbytags": "+containers/blobs/filter/action", "getserviceproperties": "read", "getproperties": "read",
        "setserviceproperties": "write", "setproperties": "write", "getservicestats": "read", "getstatistics": "read",
        "getaccountinformation": "", "getaccountinfo": "",
    },
    "blob.container": {
        "createcontainer": "containers/write", "create": "containers/write", "createifnotexists": "containers/write",
        "deletecontainer": "containers/delete", "delete": "containers/delete", "deleteifexists": "containers/delete",
        "getcontainerproperties": "containers/read", "getproperties": "containers/read", "exists": "containers/read",
        "setcontainermetadata": "containers/write", "setmetadata": "containers/write",
        "listblobs": _READ, "listblobnames": _READ, "walkblobs": _READ, "listblobsflat": _READ,
        "listblobsbyhierarchy": _READ, "uploadblob": _WRITE, "uploadblockblob": _WRITE, "deleteblob": _DELETE,
        "deleteblobs": _DELETE, "downloadblob": _READ, "findblobsbytags": "+containers/blobs/filter/action",
        "setstandardblobtierblobs": _WRITE, "acquirelease": "containers/write",
    },
    "blob.blob": {
        "uploadblob": _WRITE, "upload": _WRITE, "uploaddata": _WRITE, "uploadstream": _WRITE, "uploadfile": _WRITE,
        "uploadbrowserdata": _WRITE, "uploadblobfromurl": _WRITE, "syncuploadfromurl": _WRITE, "uploadpages": _WRITE,
        "uploadpage": _WRITE, "clearpage": _WRITE, "appendblock": _WRITE, "appendblockfromurl": _WRITE,
        "stageblock": _WRITE, "stageblockfromurl": _WRITE, "commitblocklist": _WRITE, "getblocklist": _READ,
        "createappendblob": _WRITE, "createpageblob": _WRITE, "create": _WRITE, "createifnotexists": _WRITE,
        "downloadblob": _READ, "download": _READ, "downloadtobuffer": _READ, "downloadtofile": _READ,
            "queryblob": _READ,
        "query": _READ, "getblobproperties": _READ, "getproperties": _READ, "exists": _READ, "deleteblob": _DELETE,
        "delete": _DELETE, "deleteifexists": _DELETE, "undeleteblob": _WRITE, "undelete": _WRITE,
        "setblobmetadata": _WRITE, "setmetadata": _WRITE, "sethttpheaders": _WRITE, "setstandardblobtier": _WRITE,
        "setaccesstier": _WRITE, "createsnapshot": _WRITE, "startcopyfromurl": _WRITE, "begincopyfromurl": _WRITE,
        "abortcopy": _WRITE, "abortcopyfromurl": _WRITE, "acquirelease": _WRITE, "setblobtags":
        "+containers/blobs/tags/write", "settags": "+containers/blobs/tags/write", "getblobtags":
        "+containers/blobs/tags/read", "gettags": "+containers/blobs/tags/read",
        "setlegalhold": "+containers/blobs/immutableStorage/runAsSuperUser/action", "generatesasurl": "",
        "seal": _WRITE, "sealappendblob": _WRITE,
    },
    "blob.lease": dict.fromkeys(("acquire", "renew", "release", "break", "breaklease", "change", "acquirelease",
        "renewlease", "releaselease", "changelease"), _WRITE),
    "lake.service": {
        "listfilesystems": "containers/read", "createfilesystem": "containers/write",
        "deletefilesystem": "containers/delete", "getuserdelegationkey": "generateUserDelegationKey/action",
    },
    "lake.system": {
        "createfilesystem": "containers/write", "create": "containers/write", "createifnotexists": "containers/write",
        "deletefilesystem": "containers/delete", "delete": "containers/delete", "getpaths": _READ, "listpaths": _READ,
        "exists": "containers/read", "getfilesystemproperties": "containers/read", "createdirectory": _WRITE,
        "createfile": _WRITE, "deletedirectory": _DELETE, "deletefile": _DELETE,
    },
    **{kind: {
        "uploaddata": _WRITE, "upload": _WRITE, "uploadfile": _WRITE, "uploadstream": _WRITE, "createfile": _WRITE,
        "createdirectory": _WRITE, "createsubdirectory": _WRITE, "create": _WRITE, "createifnotexists": _WRITE,
        "appenddata": _WRITE, "append": _WRITE, "flushdata": _WRITE, "flush": _WRITE, "downloadfile": _READ,
        "read": _READ, "readtobuffer": _READ, "readtofile": _READ, "getfileproperties": _READ, "getproperties": _READ,
        "getdirectoryproperties": _READ, "exists": _READ, "deletefile": _DELETE, "deletedirectory": _DELETE,
        "deletesubdirectory": _DELETE, "delete": _DELETE, "deleteifexists": _DELETE, "setmetadata": _WRITE,
        "renamefile": "+containers/blobs/move/action", "renamedirectory": "+containers/blobs/move/action",
        "move": "+containers/blobs/move/action", "getpaths": _READ, "queryfile": _READ,
        "setaccesscontrol": "+containers/blobs/modifyPermissions/action",
        "setaccesscontrolrecursive": "+containers/blobs/modifyPermissions/action", "getaccesscontrol": _READ,
    } for kind in ("lake.file", "lake.directory")},
    "queue.service": {
        "listqueues": "queues/read", "createqueue": "queues/write", "deletequeue": "queues/delete",
        "getserviceproperties": "read", "getproperties": "read",
    },
    "queue.queue": {
        "sendmessage": "+queues/messages/add/action", "receivemessages": "+queues/messages/process/action",
        "receivemessage": "+queues/messages/process/action", "peekmessages": "+queues/messages/read",
        "deletemessage": "+queues/messages/process/action", "updatemessage": "+queues/messages/write",
        "clearmessages": "+queues/messages/delete", "createqueue": "queues/write", "create": "queues/write",
        "createifnotexists": "queues/write", "deletequeue": "queues/delete", "delete": "queues/delete",
        "deleteifexists": "queues/delete", "getqueueproperties": "queues/read", "getproperties": "queues/read",
        "exists": "queues/read", "setqueuemetadata": "queues/write", "setmetadata": "queues/write",
    },
    "table.service": {
        "listtables": "tables/read", "querytables": "tables/read", "createtable": "tables/write",
        "createtableifnotexists": "tables/write", "deletetable": "tables/delete", "getserviceproperties": "read",
    },
    "table.table": {
        "createtable": "tables/write", "deletetable": "tables/delete", "createentity": "+tables/entities/add/action",
        "getentity": "+tables/entities/read", "queryentities": "+tables/entities/read",
        "listentities": "+tables/entities/read", "updateentity": "+tables/entities/update/action",
        "upsertentity": "+tables/entities/add/action +tables/entities/update/action",
        "deleteentity": "+tables/entities/delete",
        "submittransaction": "+tables/entities/write ?+tables/entities/delete",
    },
    "share.service": {
        "listshares": "read", "createshare": "write", "deleteshare": "delete", "getproperties": "read",
    },
    **{kind: {
        **dict.fromkeys(("downloadfile", "download", "downloadtobuffer", "downloadtofile", "getfileproperties",
            "getproperties", "exists", "listdirectoriesandfiles", "listfilesanddirectories", "getdirectoryproperties",
            "listhandles", "getranges", "getrangelist", "getshareproperties"), "+files/read"),
        **dict.fromkeys(("uploadfile", "uploaddata", "uploadrange", "uploadstream", "create", "createfile",
            "createdirectory", "createifnotexists", "createsubdirectory", "resizefile", "resize", "setfilemetadata",
            "setmetadata", "sethttpheaders", "startcopyfromurl", "renamefile", "rename", "renamedirectory",
            "uploadrangefromurl", "clearrange", "createshare", "createsnapshot"), "+files/write"),
        **dict.fromkeys(("deletefile", "delete", "deletedirectory", "deleteifexists", "deletesubdirectory",
            "deleteshare"), "+files/delete"),
    } for kind in ("share.share", "share.directory", "share.file")},
    "cosmos.client": {
        "createdatabaseifnotexists": f"{_META} ?sqlDatabases/write", "createdatabase": "sqlDatabases/write",
        "deletedatabase": "sqlDatabases/delete", "listdatabases": _META, "querydatabases": _META,
        "getdatabaseaccount": _META,
    },
    "cosmos.databases": {
        "createifnotexists": f"{_META} ?sqlDatabases/write", "create": "sqlDatabases/write", "readall": _META,
    },
    "cosmos.database": {
        "createcontainerifnotexists": f"{_META} ?sqlDatabases/containers/write",
        "createcontainer": "sqlDatabases/containers/write", "deletecontainer": "sqlDatabases/containers/delete",
        "replacecontainer": "sqlDatabases/containers/write", "listcontainers": _META, "read": _META,
        "delete": "sqlDatabases/delete",
    },
    "cosmos.containers": {
        "createifnotexists": f"{_META} ?sqlDatabases/containers/write", "create": "sqlDatabases/containers/write",
        "readall": _META,
    },
    "cosmos.container": {
        "readitem": f"{_META} {_ITEMS}read", "createitem": f"{_META} {_ITEMS}create",
        "upsertitem": f"{_META} {_ITEMS}upsert", "replaceitem": f"{_META} {_ITEMS}replace",
        "patchitem": f"{_META} {_ITEMS}replace", "deleteitem": f"{_META} {_ITEMS}delete",
        "deleteallitemsbypartitionkey": f"{_META} {_ITEMS}delete", "readmanyitems": f"{_META} {_ITEMS}read",
        "queryitems": f"{_META} +sqlDatabases/containers/executeQuery ?{_ITEMS}read",
        "readallitems": f"{_META} +sqlDatabases/containers/readChangeFeed ?{_ITEMS}read",
        "queryitemschangefeed": f"{_META} +sqlDatabases/containers/readChangeFeed",
        "executeitembatch": f"{_META} {_ITEMS}create {_ITEMS}replace {_ITEMS}upsert {_ITEMS}delete {_ITEMS}read",
        "read": _META, "delete": "sqlDatabases/containers/delete",
    },
    "cosmos.items": {
        "create": f"{_META} {_ITEMS}create", "upsert": f"{_META} {_ITEMS}upsert", "query": "",
        "readall": "", "changefeed": f"{_META} +sqlDatabases/containers/readChangeFeed",
        "getchangefeediterator": f"{_META} +sqlDatabases/containers/readChangeFeed",
        "bulk": f"{_META} {_ITEMS}create {_ITEMS}replace {_ITEMS}upsert {_ITEMS}delete {_ITEMS}read",
        "batch": f"{_META} {_ITEMS}create {_ITEMS}replace {_ITEMS}upsert {_ITEMS}delete {_ITEMS}read",
    },
    "cosmos.query": dict.fromkeys(("fetchall", "fetchnext", "getasynciterator", "hasmoreresults"),
        f"{_META} +sqlDatabases/containers/executeQuery ?{_ITEMS}read"),
    "cosmos.item": {
        "read": f"{_META} {_ITEMS}read", "replace": f"{_META} {_ITEMS}replace", "patch": f"{_META} {_ITEMS}replace",
        "delete": f"{_META} {_ITEMS}delete",
    },
    "bus.client": {},
    "bus.sender": dict.fromkeys(("sendmessages", "schedulemessages", "cancelscheduledmessages", "sendbatch",
        "createmessagebatch"),
        "+messages/send/action"),
    "bus.receiver": dict.fromkeys(("receivemessages", "peekmessages", "completemessage", "abandonmessage",
        "defermessage", "deadlettermessage", "receivedeferredmessages", "renewmessagelock", "subscribe",
        "getmessageiterator", "next", "purgemessages"), "+messages/receive/action"),
    "bus.rules": dict.fromkeys(("createrule", "deleterule", "getrules", "listrules"), "+messages/receive/action"),
    "bus.administration": {
        **{f"{verb}{what}{many}": f"{path}{right}"
           for what, path in (("queue", "queues/"), ("topic", "topics/"), ("subscription", "topics/subscriptions/"),
                              ("rule", "topics/subscriptions/rules/"))
           for verb, right, many in (("create", "write", ""), ("update", "write", ""), ("delete", "delete", ""),
                                     ("get", "read", ""), ("list", "read", "s"))},
        "getqueueruntimeproperties": "queues/read", "gettopicruntimeproperties": "topics/read",
        "getsubscriptionruntimeproperties": "topics/subscriptions/read", "queueexists": "queues/read",
        "topicexists": "topics/read",
    },
    "hub.producer": {
        **dict.fromkeys(("sendbatch", "createbatch", "sendevent", "enqueueevent", "enqueueevents", "flush",
            "geteventhubproperties", "getpartitionids", "getpartitionproperties"), "+messages/send/action"),
    },
    "hub.consumer": dict.fromkeys(("receive", "receivebatch", "subscribe", "geteventhubproperties", "getpartitionids",
        "getpartitionproperties"), "+messages/receive/action"),
    "grid.publisher": {"send": "+events/send/action", "sendevents": "+events/send/action"},
    "vault.secrets": {
        "getsecret": "+getSecret/action", "setsecret": "+setSecret/action", "begindeletesecret": "+delete",
        "listpropertiesofsecrets": "+readMetadata/action", "listpropertiesofsecretversions": "+readMetadata/action",
        "updatesecretproperties": "+update/action", "backupsecret": "+backup/action",
        "restoresecretbackup": "+restore/action", "beginrecoverdeletedsecret": "+recover/action",
        "purgedeletedsecret": "+purge/action", "getdeletedsecret": "+readMetadata/action",
        "listdeletedsecrets": "+readMetadata/action",
    },
    "vault.keys": {
        "getkey": "+read", "createkey": "+create/action", "creatersakey": "+create/action",
        "createeckey": "+create/action", "createoctkey": "+create/action", "importkey": "+import/action",
        "begindeletekey": "+delete", "updatekeyproperties": "+update/action", "rotatekey": "+rotate/action",
        "listpropertiesofkeys": "+read", "listpropertiesofkeyversions": "+read", "backupkey": "+backup/action",
        "restorekeybackup": "+restore/action", "beginrecoverdeletedkey": "+recover/action",
        "purgedeletedkey": "+purge/action", "releasekey": "+release/action", "getcryptographyclient": "",
    },
    "vault.cryptography": {
        "encrypt": "+encrypt/action ?+read", "decrypt": "+decrypt/action ?+read", "sign": "+sign/action ?+read",
        "signdata": "+sign/action ?+read", "verify": "+verify/action ?+read", "verifydata": "+verify/action ?+read",
        "wrapkey": "+wrap/action ?+read", "unwrapkey": "+unwrap/action ?+read",
    },
    "vault.certificates": {
        "getcertificate": "+read", "getcertificateversion": "+read", "getcertificatepolicy": "+read",
        "listpropertiesofcertificates": "+read", "listpropertiesofcertificateversions": "+read",
        "begincreatecertificate": "+create/action", "importcertificate": "+import/action",
        "begindeletecertificate": "+delete", "updatecertificateproperties": "+update/action",
        "purgedeletedcertificate": "+purge/action", "beginrecoverdeletedcertificate": "+recover/action",
    },
    "configuration.store": {
        "getconfigurationsetting": "+keyValues/read", "listconfigurationsettings": "+keyValues/read",
        "setconfigurationsetting": "+keyValues/write", "addconfigurationsetting": "+keyValues/write",
        "deleteconfigurationsetting": "+keyValues/delete", "setreadonly": "+keyValues/write",
        "listrevisions": "+keyValues/read",
    },
    "logs.query": dict.fromkeys(("queryworkspace", "querybatch", "queryresource"), "query/read"),
    "search.index": {
        **dict.fromkeys(("search", "getdocument", "suggest", "autocomplete", "getdocumentcount", "getdocumentscount"),
            "+documents/read"),
        **dict.fromkeys(("uploaddocuments", "mergedocuments", "mergeoruploaddocuments", "indexdocuments"),
            "+documents/write"),
        "deletedocuments": "+documents/delete",
    },
}  # fmt: skip
"""Kind -> method, without case and underscores -> actions; `+`: on data, `?`: on some outcome only."""

NOTHING = frozenset({
    "close", "generatesasurl", "fromconnectionstring", "url", "isactive", "dispose", "stop", "setdefaulttimeout",
})  # fmt: skip
"""Methods of every kind that ask for nothing."""

_VERBS = (("listby", "read"), ("list", "read"), ("get", "read"), ("check", "read"), ("createorupdate", "write"),
    ("create", "write"),
          ("update", "write"), ("patch", "write"), ("delete", "delete"))  # fmt: skip
_SECRETS = {
    "listkeys": "listkeys/action", "regeneratekey": "regeneratekey/action", "listconnectionstrings":
    "listConnectionStrings/action", "listpublishingcredentials": "config/list/action", "restart": "restart/action",
    "poweroff": "powerOff/action", "runcommand": "runCommand/action", "deallocate": "deallocate/action",
    "start": "start/action", "redeploy": "redeploy/action", "stop": "stop/action", "listapplicationsettings":
    "config/list/action", "listfunctionkeys": "functions/listkeys/action", "listhostkeys": "host/listkeys/action",
}  # fmt: skip


def actions_of(kind: str, method: str) -> tuple[tuple[str, bool, bool], ...] | None:
    """(action, whether it is on data, whether it is conditional) of a method; None when that is not known."""
    if kind.startswith("management."):
        found = _management(kind.removeprefix("management."), method)
        return None if found is None else ((found, False, False),)
    if kind == "management" or method in NOTHING:
        return ()
    table = OPERATIONS.get(kind)
    text = table.get(method) if table is not None else None
    if text is None:
        made = KINDS.get(kind)
        return () if made is not None and method in made.makes else None
    return tuple(_parsed(part, PREFIX[kind]) for part in text.split())


def _parsed(part: str, prefix: str) -> tuple[str, bool, bool]:
    conditional = part.startswith("?")
    rest = part.removeprefix("?")
    return prefix + rest.removeprefix("+"), rest.startswith("+"), conditional


def _management(group: str, method: str) -> str | None:
    """`virtual_machines.begin_start` -> `Microsoft.Compute/virtualMachines/start/action`."""
    resource = PROVIDERS.get(group)
    if resource is None:
        return None
    plain = method.removeprefix("begin").removesuffix("andwait")
    if plain in _SECRETS:
        return f"{resource}/{_SECRETS[plain]}"
    right = next((right for verb, right in _VERBS if plain.startswith(verb)), None)
    return f"{resource}/{right}" if right is not None else f"{resource}/{plain}/action"


@lru_cache(maxsize=1)
def data_actions() -> frozenset[str]:
    """The actions on data, in lower case: in a role they stand under `dataActions`."""
    return frozenset(
        _parsed(part, PREFIX[kind])[0].lower()
        for kind, table in OPERATIONS.items()
        for text in table.values()
        for part in text.split()
        if "+" in part
    )


def is_data(action: str) -> bool:
    """Whether an action is one on data."""
    lowered = action.lower()
    return lowered in data_actions() or lowered.endswith("/containers/blobs/*")
