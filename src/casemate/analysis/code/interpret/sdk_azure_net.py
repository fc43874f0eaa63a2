"""Azure's SDK for .NET: its clients and methods by the names that `sdk_azure.py` gives them.

Source: Azure SDK for .NET, reference of each package (https://learn.microsoft.com/dotnet/api/overview/azure). Classes
are called as in Python and JavaScript, or nearly so; methods have `Async` behind them, and some have other names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS
from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.sdk_azure import CLASSES, KINDS
from casemate.analysis.code.interpret.sdk_kinds import Client as Known
from casemate.analysis.code.joining import options_of
from casemate.analysis.code.values import UNKNOWN, Client, Const, Environment, Mapping, Text, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.machine import Frame, Machine

_ACCOUNT = ("account", "credential")
_NET: dict[str, Known] = {
    **CLASSES,
    "BlobContainerClient": Known("blob.container", _ACCOUNT), "BlobClient": Known("blob.blob", _ACCOUNT),
    "BlockBlobClient": Known("blob.blob", _ACCOUNT), "AppendBlobClient": Known("blob.blob", _ACCOUNT),
    "PageBlobClient": Known("blob.blob", _ACCOUNT), "QueueClient": Known("queue.queue", _ACCOUNT),
    "DataLakeFileSystemClient": Known("lake.system", _ACCOUNT), "DataLakeFileClient": Known("lake.file", _ACCOUNT),
    "ShareClient": Known("share.share", _ACCOUNT), "ConfigurationClient": Known("configuration.store", ("store",)),
    "EventHubConsumerClient": Known("hub.consumer", ("consumergroup", "namespace", "hub", "credential")),
    "ServiceBusSender": Known("bus.sender"), "ServiceBusReceiver": Known("bus.receiver"),
    "ServiceBusProcessor": Known("bus.receiver"), "Container": Known("cosmos.container"),
    "Database": Known("cosmos.database"),
}  # fmt: skip
_ROOTS = ("Azure.", "Microsoft.Azure.Cosmos.")
_IDENTITY = ("Azure.Identity.", "Azure.Core.TokenCredential")
_KEYS = ("AzureKeyCredential", "AzureNamedKeyCredential", "AzureSasCredential", "StorageSharedKeyCredential",
         "TableSharedKeyCredential")  # fmt: skip
RENAMED: dict[str, dict[str, str]] = {
    "blob.service": {
        "getblobcontainerclient": "getcontainerclient", "createblobcontainer": "createcontainer",
        "getblobcontainers": "listcontainers", "deleteblobcontainer": "deletecontainer",
    },
    "blob.container": {
        "getblobs": "listblobs", "getblobsbyhierarchy": "listblobsbyhierarchy", "deleteblobifexists": "deleteblob",
        "getblockblobclient": "getblockblobclient",
    },
    "blob.blob": {
        "downloadto": "downloadtofile", "downloadcontent": "download", "downloadstreaming": "download",
        "openread": "download", "openwrite": "upload", "startcopyfromuri": "startcopyfromurl",
        "synccopyfromuri": "startcopyfromurl", "generatesasuri": "generatesasurl",
    },
    "lake.system": {"getpaths": "getpaths"},
    "queue.queue": {"peekmessage": "peekmessages"},
    "table.service": {"query": "querytables"},
    "table.table": {
        "addentity": "createentity", "getentityifexists": "getentity", "query": "queryentities",
        "createifnotexists": "createtable", "create": "createtable", "delete": "deletetable",
    },
    "cosmos.client": {"getdatabase": "getdatabaseclient"},
    "cosmos.database": {"getcontainer": "getcontainerclient"},
    "cosmos.container": {
        "getitemqueryiterator": "queryitems", "getitemquerystreamiterator": "queryitems",
        "getitemlinqqueryable": "queryitems", "createtransactionalbatch": "executeitembatch",
        "getchangefeediterator": "queryitemschangefeed", "readitemstream": "readitem",
        "createitemstream": "createitem", "upsertitemstream": "upsertitem", "replaceitemstream": "replaceitem",
        "deleteitemstream": "deleteitem", "patchitemstream": "patchitem", "readcontainer": "read",
    },
    "bus.client": {"createprocessor": "createreceiver", "createsessionprocessor": "createreceiver"},
    "bus.sender": {"sendmessage": "sendmessages", "schedulemessage": "schedulemessages"},
    "bus.receiver": {
        "receivemessage": "receivemessages", "peekmessage": "peekmessages", "startprocessing": "subscribe",
        "receivedeferredmessage": "receivedeferredmessages",
    },
    "hub.producer": {"send": "sendbatch"},
    "hub.consumer": {"readevents": "receive", "readeventsfrompartition": "receive"},
    "grid.publisher": {"sendevent": "sendevents", "sendencodedcloudevents": "sendevents"},
    "vault.secrets": {
        "startdeletesecret": "begindeletesecret", "getpropertiesofsecrets": "listpropertiesofsecrets",
        "getpropertiesofsecretversions": "listpropertiesofsecretversions",
        "startrecoverdeletedsecret": "beginrecoverdeletedsecret",
    },
    "vault.keys": {"startdeletekey": "begindeletekey", "getpropertiesofkeys": "listpropertiesofkeys"},
    "vault.certificates": {
        "startcreatecertificate": "begincreatecertificate", "startdeletecertificate": "begindeletecertificate",
        "getpropertiesofcertificates": "listpropertiesofcertificates", "downloadcertificate": "getcertificate",
    },
    "configuration.store": {"getconfigurationsettings": "listconfigurationsettings"},
}  # fmt: skip
"""Kind -> method, without case and `Async` -> the name by which it stands in the tables."""
_QUIET = frozenset({"dispose", "close", "stopprocessing", "tostring", "equals", "gethashcode"})


def make_net(path: str, given: Given) -> Client | None:
    """The client that a constructor makes, or that is known by its type only (`given.receiver`); else None."""
    name = path.rpartition(".")[2]
    known = _NET.get(name)
    if known is None or not getattr(given.node, "new", False) or not (path == name or path.startswith(_ROOTS)):
        return None
    plain = [one for one in given.arguments if not _is_credential(one)]
    places = [one for one in known.places if one != "credential"]
    bound: dict[str, Value] = dict(zip(places, plain, strict=False))
    if not any(_is_identity(one) for one in given.arguments) and _is_own(given, known.kind):
        bound[CREDENTIALS] = UNKNOWN
    return Client("azure", known.kind, "client", bound, path)


def typed_net(path: str) -> tuple[Client, str] | None:
    """The client and the method of a call of an object that is known by its type only (injected)."""
    owner, _, method = path.rpartition(".")
    known = _NET.get(owner.rpartition(".")[2]) if owner.startswith(_ROOTS) else None
    return None if known is None or not method else (Client("azure", known.kind, "client", {}, owner), method)


def _is_credential(value: Value) -> bool:
    return any(isinstance(one, Thing) and (one.path or "").removesuffix("()").endswith("Credential")
               for one in options_of(value))  # fmt: skip


def _is_identity(value: Value) -> bool:
    return any(isinstance(one, Thing) and (one.path or "").startswith(_IDENTITY) for one in options_of(value))


def _is_own(given: Given, kind: str) -> bool:
    """Whether a client is made with a connection string or a key."""
    for one in (option for argument in given.arguments for option in options_of(argument)):
        if isinstance(one, Thing) and (one.path or "").removesuffix("()").endswith(_KEYS):
            return True
    del kind
    texts = [one for one in given.arguments if isinstance(one, (Const, Text, Environment))]
    return len(texts) == len(given.arguments) > 0


def call_net(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of a client."""
    from casemate.analysis.code.interpret.calling import library
    from casemate.analysis.code.interpret.sdk_calls import note

    short = name.removesuffix("Async").lower()
    method = RENAMED.get(client.service, {}).get(short, short)
    result: Value | None = None
    if client.service == "cosmos.client" and short == "getcontainer":
        bound = {**client.bound, **dict(zip(("database", "collection"), given.arguments, strict=False))}
        return Client("azure", "cosmos.container", "client", bound, "Microsoft.Azure.Cosmos.Container")
    if short not in _QUIET:
        arguments = {str(place): value for place, value in enumerate(given.arguments)}
        note(machine, client, method, {**client.bound, **arguments}, given, frame)
    kind = KINDS.get(client.service)
    made = kind.makes.get(method) if kind is not None else None
    if made is not None:
        inner = {place: value for place, value in zip(made[1], given.arguments, strict=False)
                 if not isinstance(value, Mapping)}  # fmt: skip
        result = Client("azure", made[0], "client", {**client.bound, **inner}, _CSHARP.get(made[0], client.operation))
    thing = Thing(f"{client.operation}.{name}", made=True, receiver=client)
    inside = Given(client, list(given.arguments), dict(given.keywords), given.node)
    given_back = library(machine, thing, inside, frame, name)
    return given_back if result is None else result


_CSHARP = {
    "blob.container": "Azure.Storage.Blobs.BlobContainerClient", "blob.blob": "Azure.Storage.Blobs.BlobClient",
    "queue.queue": "Azure.Storage.Queues.QueueClient", "table.table": "Azure.Data.Tables.TableClient",
    "bus.sender": "Azure.Messaging.ServiceBus.ServiceBusSender", "cosmos.database": "Microsoft.Azure.Cosmos.Database",
    "bus.receiver": "Azure.Messaging.ServiceBus.ServiceBusReceiver",
    "cosmos.container": "Microsoft.Azure.Cosmos.Container",
}  # fmt: skip
"""Kind -> the class, by which the models of libraries know it."""
