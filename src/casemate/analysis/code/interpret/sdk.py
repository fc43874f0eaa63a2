"""SDKs of the clouds: clients, resource objects, commands, and the calls that are made with them.

Service names are boto3's, operations those of the API (`GetObject`); boto3 spells them in snake case, so acronyms may
differ in case (`DescribeDbInstances`): compare them without case.

Sources: Boto3 reference ("Session", "Resources", "Paginators", "Waiters", the customisations of S3 and DynamoDB); AWS
SDK for JavaScript v2 and v3 developer guides; @aws-sdk/lib-dynamodb, lib-storage, s3-request-presigner, their READMEs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS, call_of, either
from casemate.analysis.code.interpret import weighing
from casemate.analysis.code.interpret.applying import Given, apply_sinks
from casemate.analysis.code.interpret.injecting import injected
from casemate.analysis.code.interpret.machine import Frame, Machine, SdkUse
from casemate.analysis.code.interpret.sdk_answers import answer_of, stored_by
from casemate.analysis.code.interpret.sdk_clouds import CLOUDS, call_cloud, cloud_member, make_cloud
from casemate.analysis.code.interpret.sdk_clouds import ROOTS as CLOUD_ROOTS
from casemate.analysis.code.interpret.sdk_guard import GUARD, call_guard, call_guard_client
from casemate.analysis.code.interpret.sdk_guard import ROOT as GUARD_ROOT
from casemate.analysis.code.interpret.sdk_tables import (
    BUCKET,
    COLLECTIONS,
    DOCUMENT,
    NAMED,
    NO_OPERATION,
    OBJECT,
    RESOURCE_METHODS,
    SERVICES,
    SESSIONS,
    SIGNERS,
    TRANSFERS,
    WAITERS,
    pascal,
)
from casemate.analysis.code.interpret.sdk_typed import ROOTS, SDKS, call_typed, call_typed_client
from casemate.analysis.code.interpret.wrapping import HANDS_ON, wrapped_call
from casemate.analysis.code.joining import known_text, options_of, taint_of, union, unknown
from casemate.analysis.code.values import (
    UNKNOWN,
    Client,
    Closure,
    Const,
    Environment,
    Mapping,
    Method,
    Sequence,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PRESIGNED = {"presigned": Const(True)}
"""What whoever gets a presigned URL sends with it is theirs: said as a parameter that no operation has."""
_KEY_NAMES = ("aws_access_key_id", "accessKeyId", "credentials")


def _own_credentials(options: dict[str, Value]) -> dict[str, Value]:
    """What marks the calls of a client that has credentials of its own."""
    return {CREDENTIALS: UNKNOWN} if _foreign(options) else {}


def _foreign(options: dict[str, Value]) -> bool:
    """Whether a client is made with credentials of its own: its calls need nothing of the function's role.

    The role's own, spelled out from the environment, do not count.
    """
    for name in _KEY_NAMES:
        value = options.get(name)
        for option in options_of(value) if value is not None else ():
            if isinstance(option, Mapping):
                return _foreign({key: inner for key, inner in option.fields.items() if isinstance(key, str)})
            if isinstance(option, Environment) and option.name == "AWS_ACCESS_KEY_ID":
                continue
            if name != "credentials" and not (isinstance(option, Const) and option.value is None):
                return True
    return False


def service_of(name: str) -> str:
    """A service as boto3 names it, from a package's or class's name."""
    lower = name.lower()
    return SERVICES.get(lower, lower)


# -- making clients
def call_library(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """A client, session or command of an SDK, if the call makes one."""
    if path.startswith(("boto3", "aioboto3", "botocore.session", "aiobotocore")):
        return _boto(machine, path, given, frame)
    if path.startswith("@aws-sdk/"):
        return _third(machine, path, given, frame)
    if path.startswith("aws-sdk"):
        if path == "aws-sdk[]":
            machine.unfollowed(frame, given.node.at, "the service of the client is not known")
        return _second(path, given)
    if path.rpartition(".")[2] in HANDS_ON and given.arguments:
        return given.arguments[0]
    if path.startswith(ROOTS):
        return call_typed(machine, path, given, frame)
    wrapped = wrapped_call(path, given)
    if wrapped is not None:
        _record(machine, wrapped[0], wrapped[1], wrapped[2], given, frame)
    if path.startswith(GUARD_ROOT):
        return call_guard(machine, path, given, frame)
    if path.startswith(CLOUD_ROOTS):
        return make_cloud(machine, path, given, frame)
    return injected(machine, path, given, frame)


def _boto(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    if path in SESSIONS:
        return Client("boto3", "", "session", _own_credentials(given.keywords))
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
    return Client("boto3", names.pop(), kind, session or _own_credentials(given.keywords))


def _second(path: str, given: Given) -> Value | None:
    """`new AWS.S3()`, `new AWS.DynamoDB.DocumentClient()`, `new S3()` from `aws-sdk/clients/s3`."""
    parts = path.removeprefix("aws-sdk").replace("/clients/", ".").lstrip("./").split(".")
    name = parts[0]
    if not name or (len(name) > 1 and name[:1].islower() and "clients" not in path):
        return None
    if name in {
        "config",
        "Config",
        "Credentials",
        "Endpoint",
        "HttpRequest",
        "SharedIniFileCredentials",
    } or name.endswith("Credentials"):
        return None
    document = parts[-1] == "DocumentClient"
    bound: dict[str, Value] = {}
    options = given.get(0)
    for option in options_of(options) if options is not None else ():
        parameters = option.fields.get("params") if isinstance(option, Mapping) else None
        if isinstance(parameters, Mapping):
            bound = {str(key): value for key, value in parameters.fields.items() if isinstance(key, str)}
    bound.update(_own_credentials(_fields(options)) if options is not None else {})
    return Client("aws-sdk", service_of(name), "document" if document else "client", bound)


def _third(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:  # noqa: C901 - one case a package
    package, _, name = path.removeprefix("@aws-sdk/").partition(".")
    name, _, static = name.partition(".")
    if package in {"lib-dynamodb", "util-dynamodb"}:
        service = "dynamodb"
    elif package == "lib-storage":
        return _upload(machine, name, given, frame)
    elif package.startswith("client-"):
        service = service_of(package[7:])
    else:
        if name == "getSignedUrl" and len(given.arguments) > 1:
            _send_all(machine, given.arguments[1], given, frame)
            for option in options_of(given.arguments[1]):
                if isinstance(option, Client) and option.kind == "command":
                    signed = _fields(option.bound["input"]) if "input" in option.bound else {}
                    _record(machine, option, [option.operation], {**signed, **PRESIGNED}, given, frame)
        if (package, static) in SIGNERS:
            service, operation = SIGNERS[package, static]
            _record(machine, Client("@aws-sdk", service), [operation], {}, given, frame)
        if name == "createPresignedPost" and len(given.arguments) > 1:
            signed = {**_fields(given.arguments[1]), **PRESIGNED}
            _record(machine, Client("@aws-sdk", "s3"), ["PutObject"], signed, given, frame)
        return None
    if static and static != "from":
        return None
    if name.endswith("Command"):
        operation = name[:-7]
        if package == "lib-dynamodb":
            operation = DOCUMENT.get(operation, operation)
        command = Client("@aws-sdk", service, "command", operation=operation)
        if given.arguments:
            command.bound["input"] = given.arguments[0]
        return command
    if name.startswith("paginate") and len(given.arguments) > 1:
        operation = name[8:]
        operation = DOCUMENT.get(operation, operation) if package == "lib-dynamodb" else operation
        _record(machine, Client("@aws-sdk", service), [operation], _fields(given.arguments[1]), given, frame)
        return Thing(
            f"@aws-sdk.{service}.{operation}()", stored_by(machine, service, operation, frame, given.node.at), made=True
        )
    if name.startswith(("waitFor", "waitUntil")):
        polled = _fields(given.arguments[1]) if len(given.arguments) > 1 else {}
        _record(
            machine,
            Client("@aws-sdk", service),
            [f"Wait{name.removeprefix('waitFor').removeprefix('waitUntil')}"],
            polled,
            given,
            frame,
        )
        return None
    if not name[:1].isupper() or name.endswith(("Exception", "NotFound")):
        return None
    options = given.get(0)
    inner = next((one for one in options_of(options) if isinstance(one, Client)), None) if options is not None else None
    own = inner.bound if inner is not None else _own_credentials(_fields(options)) if options is not None else {}
    return Client("@aws-sdk", service, "document" if "Document" in name else "client", own)


def _upload(machine: Machine, name: str, given: Given, frame: Frame) -> Value | None:
    if name != "Upload":
        return None
    parameters = given.get("0.params")
    client = Client("@aws-sdk", "s3")
    _record(machine, client, ["PutObject"], _fields(parameters) if parameters is not None else {}, given, frame)
    return Thing("@aws-sdk.s3.Upload", made=True)


# -- calling them
def call_client(  # noqa: C901 - one case an SDK
    machine: Machine, client: Client, name: str, given: Given, frame: Frame
) -> Value:
    """A method of a client, session or resource object."""
    if client.sdk == "boto3":
        return _call_boto(machine, client, name, given, frame)
    if client.sdk == GUARD:
        return call_guard_client(machine, client, name, given, frame)
    if client.sdk in CLOUDS:
        return call_cloud(machine, client, name, given, frame)
    if client.sdk in SDKS:
        return call_typed_client(machine, client, name, given, frame)
    if name == "send":
        answer = _send_all(machine, given.arguments[0], given, frame, client) if given.arguments else None
        if answer is None and given.arguments and isinstance(given.arguments[0], Thing):
            machine.unfollowed(frame, given.node.at, "the command that is sent is not known")
        return UNKNOWN if answer is None else answer
    if name in {"promise", "on", "eachPage", "createReadStream", "then", "catch"} or name in NO_OPERATION:
        return client if name != "createReadStream" else UNKNOWN
    if client.kind == "command":
        return UNKNOWN
    operation = pascal(name)
    if client.kind == "document":
        operation = DOCUMENT.get(operation, operation)
    parameters = _fields(given.arguments[0]) if given.arguments else {}
    if name in {"getSignedUrl", "getSignedUrlPromise"}:
        signed = known_text(given.arguments[0]) if given.arguments else None
        if signed is None:
            machine.unfollowed(frame, given.node.at, "the operation of the presigned URL is not known")
            return UNKNOWN
        operation = pascal(signed)
        parameters = {**(_fields(given.arguments[1]) if len(given.arguments) > 1 else {}), **PRESIGNED}
    if name == "waitFor":
        state = known_text(given.arguments[0]) if given.arguments else None
        if state is None:
            machine.unfollowed(frame, given.node.at, "the state that is waited for is not known")
            return UNKNOWN
        operation = f"Wait{pascal(state)}"
        parameters = _fields(given.arguments[1]) if len(given.arguments) > 1 else {}
    operations = ["PutObject"] if (client.service, operation) == ("s3", "Upload") else [operation]
    return _call(machine, client, name, operations, {**client.bound, **parameters}, given, frame)


def _send_all(
    machine: Machine, command: Value, given: Given, frame: Frame, client: Client | None = None
) -> Value | None:
    """Every command that may be sent here; None when none of them is known."""
    answers = [
        _send(machine, option, given, frame, client)
        for option in options_of(command)
        if isinstance(option, Client) and option.kind == "command"
    ]
    return union(answers) if answers else None


def _send(machine: Machine, command: Client, given: Given, frame: Frame, client: Client | None = None) -> Value:
    parameters = _fields(command.bound["input"]) if "input" in command.bound else {}
    if client is not None and CREDENTIALS in client.bound:
        parameters[CREDENTIALS] = client.bound[CREDENTIALS]
    name = command.operation[:1].lower() + command.operation[1:]
    return _call(machine, command, name, [command.operation], parameters, given, frame)


def _call_boto(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    if client.kind == "session":
        if name in {"client", "resource", "create_client"}:
            return _made(machine, "resource" if name == "resource" else "client", given, frame)
        return client if name in {"__aenter__", "__enter__"} else Thing(f"boto3.Session.{name}()", made=True)
    if name in NO_OPERATION:
        return UNKNOWN
    if name in {"get_paginator", "get_waiter"}:
        return _deferred(machine, client, name, given, frame)
    if client.kind in {"paginator", "waiter"}:
        return _call(machine, client, client.operation, [pascal(client.operation)], dict(given.keywords), given, frame)
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
        return _call(machine, client, name, list(operations), parameters, given, frame)
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
        parameters = _fields(inside) if inside is not None and name == "generate_presigned_url" else parameters
        if name == "generate_presigned_post":
            parameters.update(zip(("Bucket", "Key"), given.arguments, strict=False))
        parameters = {**parameters, **PRESIGNED}
        return _call(machine, client, name, [pascal(method)], parameters, given, frame)
    return _call(machine, client, name, [pascal(name)], parameters, given, frame)


def _extra(parameters: dict[str, Value]) -> dict[str, Value]:
    """The parameters that boto3's transfers hand on to the operations behind them (`ExtraArgs={"ACL": …}`)."""
    extra = parameters.get("ExtraArgs")
    return _fields(extra) if extra is not None else {}


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
        _call(machine, client, name, ["GetQueueUrl"], dict(given.keywords), given, frame)
        queue = given.keywords.get("QueueName")
        return Client("boto3", "sqs", "Queue", {"QueueUrl": queue} if queue is not None else {})
    if name.startswith("create_") and client.kind == "resource":
        _call(machine, client, name, [pascal(name)], dict(given.keywords), given, frame)
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
    result = _call(machine, client, name, list(operations or (pascal(name),)), parameters, given, frame)
    if (client.kind, name) == ("Queue", "receive_messages"):
        return Sequence((), Client("boto3", "sqs", "Message", client.bound))
    return result


def _collection(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """`bucket.objects.filter(…).delete()`: listing, and what is done with all that is listed."""
    listing, _, deleting = COLLECTIONS[client.service, client.operation]
    parameters = {**client.bound, **given.keywords}
    if name == "delete":
        _record(machine, client, deleting or ("Delete",), parameters, given, frame)
        return UNKNOWN
    if name in {"start", "stop", "terminate", "reboot"}:
        _record(machine, client, (f"{pascal(name)}Instances",), parameters, given, frame)
        return UNKNOWN
    _record(machine, client, (listing,), parameters, given, frame)
    return Client("boto3", client.service, "collection", parameters, client.operation)


def client_member(client: Client, name: str) -> Value:
    """A member of a client or resource object that is not called right there."""
    if client.sdk in CLOUDS:
        return cloud_member(client, name)
    bound = client.bound.get(name)
    if bound is not None:
        return bound
    if client.sdk == "boto3":
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


def invoke(
    machine: Machine, client: Client, name: str, operation: str, parameters: dict[str, Value], given: Given,
    frame: Frame
) -> Value:  # fmt: skip
    """A call of one operation with these parameters."""
    return _call(machine, client, name, [operation], parameters, given, frame)


def note(
    machine: Machine, client: Client, operation: str, parameters: dict[str, Value], given: Given, frame: Frame
) -> None:
    """Note a call, and nothing else."""
    _record(machine, client, [operation], parameters, given, frame)


def _call(
    machine: Machine, client: Client, name: str, operations: list[str], parameters: dict[str, Value], given: Given,
    frame: Frame
) -> Value:  # fmt: skip
    """Note the call, ask whether it is a sink, and say what comes back."""
    _record(machine, client, operations, parameters, given, frame)
    weighing.operation(machine, client.service, operations[-1], parameters, frame, given.node.at)
    inside = Given(client, list(given.arguments), parameters, given.node)
    root = "boto3" if client.sdk == "boto3" else "aws"
    names = [f"{root}.{client.service}.{name}", f"{root}.{client.service}.{operations[0]}"]
    if client.kind not in {"client", "resource", "session"}:
        names.append(f"boto3.{client.kind}.{name}")
    names.append(f"*.{name}")
    apply_sinks(machine, names, inside, frame, given.node.at)
    operation = operations[-1]
    stored = stored_by(machine, client.service, operation, frame, given.node.at, parameters)
    result = answer_of(client.service, operation, parameters, stored) or Thing(f"{names[0]}()", stored, made=True)
    for one in given.arguments[1:] if client.sdk != "boto3" else ():
        if isinstance(one, Closure):
            from casemate.analysis.code.interpret.calling import call

            call(machine, one, [UNKNOWN, result], {}, frame, given.node)
    return result


def _fields(value: Value) -> dict[str, Value]:
    """The parameters in an options object; `*` for what may be in it besides."""
    found: dict[str, Value] = {}
    for option in options_of(value):
        if isinstance(option, Mapping):
            for key, inner in option.fields.items():
                found[key if isinstance(key, str) else "*"] = inner
            if option.taint:
                found["*"] = unknown(option.taint)
        elif not isinstance(option, Const):
            found["*"] = unknown(taint_of(option))
    return found


def _record(
    machine: Machine, client: Client, operations: Iterable[str], parameters: dict[str, Value], given: Given,
    frame: Frame
) -> None:  # fmt: skip
    if CREDENTIALS in client.bound:
        parameters = {**parameters, CREDENTIALS: UNKNOWN}
    for operation in operations:
        place = (frame.module.path, given.node.at, f"{client.service}.{operation}")
        known = machine.uses.get(place)
        use = SdkUse(
            client.sdk, client.service, operation, parameters, frame.module, given.node.at, client.service != "?"
        )
        call = call_of(use, machine.cured)  # now: later the state is another
        machine.uses[place] = call if known is None else either(known, call)


__all__ = ["call_client", "call_library", "client_member", "elements_of", "invoke", "note"]
