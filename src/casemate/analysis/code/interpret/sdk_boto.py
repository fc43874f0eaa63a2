"""boto3 and aioboto3: sessions, clients, resource objects and their collections, paginators, waiters.

Sources: Boto3 reference ("Session", "Resources", "Paginators", "Waiters", the customisations of S3 and DynamoDB).
"""

from __future__ import annotations

from casemate.analysis.code import ir
from casemate.analysis.code.interpret.applying import Given, apply_sinks
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.interpret.sdk_calls import PRESIGNED, call_operations, fields_of, own_credentials, record
from casemate.analysis.code.interpret.sdk_tables import (
    BUCKET,
    COLLECTIONS,
    LOADED,
    NAMED,
    NO_OPERATION,
    OBJECT,
    RESOURCE_METHODS,
    SESSIONS,
    TRANSFERS,
    WAITERS,
    pascal,
)
from casemate.analysis.code.interpret.wrapping import PROVIDED
from casemate.analysis.code.joining import known_text, options_of
from casemate.analysis.code.values import UNKNOWN, Client, Mapping, Method, Sequence, Thing, Value

_ATTRIBUTES = {
    ("Table", "name"): "TableName", ("Table", "table_name"): "TableName", ("Bucket", "name"): "Bucket",
    ("Object", "bucket_name"): "Bucket", ("Object", "key"): "Key", ("ObjectSummary", "bucket_name"): "Bucket",
    ("ObjectSummary", "key"): "Key", ("Queue", "url"): "QueueUrl", ("Topic", "arn"): "TopicArn",
}  # fmt: skip
"""Attributes of resource objects -> the parameter that they stand for (Boto3 reference, "Identifiers")."""


def call_boto(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """A session, a client or a resource of boto3, if the call makes one."""
    if path in SESSIONS:
        return Client("boto3", "", "session", own_credentials(given.keywords))
    last = path.rpartition(".")[2]
    if path.count(".") == 1 and last in {"client", "resource"}:
        apply_sinks(machine, [path], given, frame, given.node.at)
        return _made(machine, last, given, frame)
    return None


def _made(machine: Machine, kind: str, given: Given, frame: Frame) -> Value:
    service = given.get(0) or given.get("service_name")
    names = {text for option in options_of(service) if (text := known_text(option)) is not None} if service else set()
    if len(names) != 1:
        machine.unfollowed(frame, given.node.at, "the service of the client is not known")
        return Client("boto3", "?", kind)
    session = given.receiver.bound if isinstance(given.receiver, Client) else {}
    return Client("boto3", names.pop(), kind, session or own_credentials(given.keywords))


def call_boto_client(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of a session, client, resource object, paginator or waiter of boto3."""
    if client.kind == "session":
        if name in {"client", "resource", "create_client"}:
            return _made(machine, "resource" if name == "resource" else "client", given, frame)
        return client if name in {"__aenter__", "__enter__"} else Thing(f"boto3.Session.{name}()", made=True)
    if name in NO_OPERATION:
        return UNKNOWN
    if name in {"get_paginator", "get_waiter"}:
        return _deferred(machine, client, name, given, frame)
    if client.kind in {"paginator", "waiter"}:
        return call_operations(
            machine, client, client.operation, [pascal(client.operation)], dict(given.keywords), given, frame
        )
    if client.kind == "provider":
        operation = PROVIDED.get(name.replace("_", "").lower())
        return (
            UNKNOWN
            if operation is None
            else call_operations(machine, client, name, [operation], dict(client.bound), given, frame)
        )
    if client.kind == "client":
        return _client_method(machine, client, name, given, frame)
    return _resource_method(machine, client, name, given, frame)


def _deferred(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    wanted = known_text(given.get(0) or given.get("operation_name") or given.get("waiter_name") or UNKNOWN)
    if wanted is None:
        machine.unfollowed(frame, given.node.at, f"the operation of {name} is not known")
        return UNKNOWN
    if name == "get_waiter":
        operation = WAITERS.get(wanted) or f"wait_{wanted}"
        return Client("boto3", client.service, "waiter", client.bound, operation)
    return Client("boto3", client.service, "paginator", client.bound, wanted)


def _client_method(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    parameters = dict(given.keywords)
    if client.service == "s3" and name in TRANSFERS:
        operations, positions = TRANSFERS[name]
        parameters.update(zip(positions, given.arguments, strict=False))
        parameters.update(_extra(parameters))
        return call_operations(machine, client, name, list(operations), parameters, given, frame)
    if name in {"generate_presigned_url", "generate_presigned_post"}:
        method = (
            known_text(given.get(0) or given.get("ClientMethod") or UNKNOWN)
            if name == "generate_presigned_url"
            else "put_object"
        )
        if method is None:
            machine.unfollowed(frame, given.node.at, "the operation of the presigned URL is not known")
            return UNKNOWN
        inside = given.get("Params") or given.get(1)
        parameters = fields_of(inside) if inside is not None and name == "generate_presigned_url" else parameters
        if name == "generate_presigned_post":
            parameters.update(zip(("Bucket", "Key"), given.arguments, strict=False))
        parameters = {**parameters, **PRESIGNED}
        return call_operations(machine, client, name, [pascal(method)], parameters, given, frame)
    return call_operations(machine, client, name, [pascal(name)], parameters, given, frame)


def _extra(parameters: dict[str, Value]) -> dict[str, Value]:
    """The parameters that boto3's transfers hand on to the operations behind them (`ExtraArgs={"ACL": …}`)."""
    extra = parameters.get("ExtraArgs")
    return fields_of(extra) if extra is not None else {}


def _resource_method(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """Methods of resource objects; those that make another object do not call anything."""
    if client.kind == "collection":
        return _collection(machine, client, name, given, frame)
    named = NAMED.get((client.service, name))
    if named is not None and (client.kind in {"resource", "Bucket"}):
        bound = dict(client.bound)
        missing = [place for place in named if place not in bound]
        bound.update(zip(missing, given.arguments, strict=False))
        return Client("boto3", client.service, name, bound)
    if name == "batch_writer":
        return Client("boto3", client.service, "batch_writer", client.bound)
    if name == "get_queue_by_name":
        call_operations(machine, client, name, ["GetQueueUrl"], dict(given.keywords), given, frame)
        queue = given.keywords.get("QueueName")
        return Client("boto3", "sqs", "Queue", {"QueueUrl": queue} if queue is not None else {})
    if name.startswith("create_") and client.kind == "resource":
        call_operations(machine, client, name, [pascal(name)], dict(given.keywords), given, frame)
        kind = pascal(name[7:])
        return Client("boto3", client.service, kind, given.keywords)
    operations = RESOURCE_METHODS.get((client.kind, name))
    if operations is None and client.kind in {"Object", "ObjectSummary"}:
        operations = OBJECT.get(name)
    if operations is None and client.kind == "Bucket":
        operations = BUCKET.get(name)
    parameters = {**client.bound, **given.keywords}
    if client.kind == "Bucket" and name in TRANSFERS:
        positions = [place for place in TRANSFERS[name][1] if place != "Bucket"]
        parameters.update(zip(positions, given.arguments, strict=False))
    parameters.update(_extra(parameters))
    result = call_operations(machine, client, name, list(operations or (pascal(name),)), parameters, given, frame)
    if (client.kind, name) == ("Queue", "receive_messages"):
        return Sequence((), Client("boto3", "sqs", "Message", client.bound))
    return result


def _collection(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """`bucket.objects.filter(…).delete()`: listing, and what is done with all that is listed."""
    listing, _, deleting = COLLECTIONS[client.service, client.operation]
    parameters = {**client.bound, **given.keywords}
    if name == "delete":
        if client.operation == "object_versions":
            parameters = {**parameters, "Delete": _versions()}
        record(machine, client, deleting or ("Delete",), parameters, given, frame)
        return UNKNOWN
    if name in {"start", "stop", "terminate", "reboot"}:
        record(machine, client, (f"{pascal(name)}Instances",), parameters, given, frame)
        return UNKNOWN
    record(machine, client, (listing,), parameters, given, frame)
    return Client("boto3", client.service, "collection", parameters, client.operation)


def _versions() -> Mapping:
    """`{"Objects": [{"Key": …, "VersionId": …}]}`."""
    one, made = Mapping(), Mapping()
    one.fields.update({"Key": UNKNOWN, "VersionId": UNKNOWN})
    made.fields["Objects"] = Sequence((one,))
    return made


def boto_member(client: Client, name: str, machine: Machine, frame: Frame, at: ir.At) -> Value:
    """A member of a client or resource object that is not called right there."""
    asked = LOADED.get(client.kind)
    if asked is not None and name in asked[1]:
        record(machine, client, (asked[0],), dict(client.bound), Given(client, [], {}, ir.Const(None, at)), frame)
        return UNKNOWN
    bound = client.bound.get(name) or client.bound.get(_ATTRIBUTES.get((client.kind, name), ""))
    if bound is not None:
        return bound
    if name == "meta":
        return Client("boto3", client.service, "meta")
    if client.kind == "meta":
        return Client("boto3", client.service) if name == "client" else UNKNOWN
    if client.kind not in {"client", "session"} and (client.service, name) in COLLECTIONS:
        return Client("boto3", client.service, "collection", client.bound, name)
    if name == "exceptions":
        return Thing(f"sdk.{client.service}.{name}", made=True, receiver=client)
    return Method(client, name)


def elements_of(client: Client) -> Value | None:
    """What a loop over a collection meets, None for what is no collection."""
    if client.kind != "collection":
        return None
    element = COLLECTIONS[client.service, client.operation][1]
    return Client("boto3", client.service, element, client.bound)
