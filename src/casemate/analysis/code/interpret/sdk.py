"""SDKs of the clouds: clients, resource objects, commands, and the calls that are made with them.

Service names are boto3's, operations those of the API (`GetObject`); boto3 spells them in snake case, so acronyms may
differ in case (`DescribeDbInstances`): compare them without case.

Sources: Boto3 reference ("Session", "Resources", "Paginators", "Waiters", the customisations of S3 and DynamoDB); AWS
SDK for JavaScript v2 and v3 developer guides; @aws-sdk/lib-dynamodb, lib-storage, s3-request-presigner, their READMEs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS
from casemate.analysis.code.interpret.applying import Given
from casemate.analysis.code.interpret.injecting import injected
from casemate.analysis.code.interpret.machine import Frame, Machine
from casemate.analysis.code.interpret.sdk_answers import stored_by
from casemate.analysis.code.interpret.sdk_boto import boto_member, call_boto, call_boto_client, elements_of
from casemate.analysis.code.interpret.sdk_calls import (
    PRESIGNED,
    call_operations,
    fields_of,
    invoke,
    note,
    own_credentials,
    record,
)
from casemate.analysis.code.interpret.sdk_clouds import CLOUDS, call_cloud, cloud_member, make_cloud
from casemate.analysis.code.interpret.sdk_clouds import ROOTS as CLOUD_ROOTS
from casemate.analysis.code.interpret.sdk_guard import GUARD, call_guard, call_guard_client
from casemate.analysis.code.interpret.sdk_guard import ROOT as GUARD_ROOT
from casemate.analysis.code.interpret.sdk_tables import (
    DOCUMENT,
    NO_OPERATION,
    SERVICES,
    SIGNERS,
    pascal,
)
from casemate.analysis.code.interpret.sdk_typed import ROOTS, SDKS, call_typed, call_typed_client
from casemate.analysis.code.interpret.wrapping import HANDS_ON, provider_of, wrapped_call
from casemate.analysis.code.joining import known_text, options_of, union
from casemate.analysis.code.values import (
    UNKNOWN,
    Client,
    Mapping,
    Method,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from casemate.analysis.code import ir


def service_of(name: str) -> str:
    """A service as boto3 names it, from a package's or class's name."""
    lower = name.lower()
    return SERVICES.get(lower, lower)


# -- making clients
def call_library(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """A client, session or command of an SDK, if the call makes one."""
    if path.startswith(("boto3", "aioboto3", "botocore.session", "aiobotocore")):
        return call_boto(machine, path, given, frame)
    if path.startswith("@aws-sdk/"):
        return _third(machine, path, given, frame)
    if path.startswith("aws-sdk"):
        if path == "aws-sdk[]":
            machine.unfollowed(frame, given.node.at, "the service of the client is not known")
        return _second(path, given)
    if path.rpartition(".")[2] in HANDS_ON and given.arguments:
        return given.arguments[0]
    made = _other_library(machine, path, given, frame)
    return injected(machine, path, given, frame) if made is None else made


def _other_library(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """What is neither boto3 nor an SDK for JavaScript: other languages, other clouds, libraries that stand on SDKs."""
    if machine.language == "csharp":
        from casemate.analysis.code.interpret.sdk_csharp import call_csharp

        made = call_csharp(machine, path, given, frame)
        if made is not None:
            return made
    if path.startswith(ROOTS):
        return call_typed(machine, path, given, frame)
    provider = provider_of(path, given)
    if provider is not None:
        return provider
    wrapped = wrapped_call(path, given)
    if wrapped is not None:
        record(machine, wrapped[0], wrapped[1], wrapped[2], given, frame)
    if path.startswith(GUARD_ROOT):
        return call_guard(machine, path, given, frame)
    return make_cloud(machine, path, given, frame) if path.startswith(CLOUD_ROOTS) else None


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
    bound.update(own_credentials(fields_of(options)) if options is not None else {})
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
                    signed = fields_of(option.bound["input"]) if "input" in option.bound else {}
                    record(machine, option, [option.operation], {**signed, **PRESIGNED}, given, frame)
        if name == "fromTemporaryCredentials":
            role = given.get("0.params")
            wanted = {} if role is None else fields_of(role)
            record(machine, Client("@aws-sdk", "sts"), ["AssumeRole"], wanted, given, frame)
            return Thing("@aws-sdk/credential-providers.fromTemporaryCredentials()", made=True)
        if (package, static) in SIGNERS:
            service, operation = SIGNERS[package, static]
            record(machine, Client("@aws-sdk", service), [operation], {}, given, frame)
        if name == "createPresignedPost" and len(given.arguments) > 1:
            signed = {**fields_of(given.arguments[1]), **PRESIGNED}
            record(machine, Client("@aws-sdk", "s3"), ["PutObject"], signed, given, frame)
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
        record(machine, Client("@aws-sdk", service), [operation], fields_of(given.arguments[1]), given, frame)
        return Thing(
            f"@aws-sdk.{service}.{operation}()", stored_by(machine, service, operation, frame, given.node.at), made=True
        )
    if name.startswith(("waitFor", "waitUntil")):
        polled = fields_of(given.arguments[1]) if len(given.arguments) > 1 else {}
        record(
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
    own = inner.bound if inner is not None else own_credentials(fields_of(options)) if options is not None else {}
    return Client("@aws-sdk", service, "document" if "Document" in name else "client", own)


def _upload(machine: Machine, name: str, given: Given, frame: Frame) -> Value | None:
    if name != "Upload":
        return None
    parameters = given.get("0.params")
    client = Client("@aws-sdk", "s3")
    record(machine, client, ["PutObject"], fields_of(parameters) if parameters is not None else {}, given, frame)
    return Thing("@aws-sdk.s3.Upload", made=True)


# -- calling them
def call_client(  # noqa: C901 - one case an SDK
    machine: Machine, client: Client, name: str, given: Given, frame: Frame
) -> Value:
    """A method of a client, session or resource object."""
    if client.sdk == "boto3":
        return call_boto_client(machine, client, name, given, frame)
    if client.sdk == GUARD:
        return call_guard_client(machine, client, name, given, frame)
    if client.sdk in CLOUDS:
        if machine.language == "csharp":
            from casemate.analysis.code.interpret.sdk_azure_net import call_net

            return call_net(machine, client, name, given, frame)
        return call_cloud(machine, client, name, given, frame)
    if client.sdk in SDKS:
        return call_typed_client(machine, client, name, given, frame)
    if client.sdk == "aws-sdk-net":
        from casemate.analysis.code.interpret.sdk_csharp import call_csharp_client

        return call_csharp_client(machine, client, name, given, frame)
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
    parameters = fields_of(given.arguments[0]) if given.arguments else {}
    if name in {"getSignedUrl", "getSignedUrlPromise"}:
        signed = known_text(given.arguments[0]) if given.arguments else None
        if signed is None:
            machine.unfollowed(frame, given.node.at, "the operation of the presigned URL is not known")
            return UNKNOWN
        operation = pascal(signed)
        parameters = {**(fields_of(given.arguments[1]) if len(given.arguments) > 1 else {}), **PRESIGNED}
    if name == "waitFor":
        state = known_text(given.arguments[0]) if given.arguments else None
        if state is None:
            machine.unfollowed(frame, given.node.at, "the state that is waited for is not known")
            return UNKNOWN
        operation = f"Wait{pascal(state)}"
        parameters = fields_of(given.arguments[1]) if len(given.arguments) > 1 else {}
    operations = ["PutObject"] if (client.service, operation) == ("s3", "Upload") else [operation]
    return call_operations(machine, client, name, operations, {**client.bound, **parameters}, given, frame)


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
    parameters = fields_of(command.bound["input"]) if "input" in command.bound else {}
    if client is not None and CREDENTIALS in client.bound:
        parameters[CREDENTIALS] = client.bound[CREDENTIALS]
    name = command.operation[:1].lower() + command.operation[1:]
    return call_operations(machine, command, name, [command.operation], parameters, given, frame)


def client_member(client: Client, name: str, machine: Machine, frame: Frame, at: ir.At) -> Value:
    """A member of a client or resource object that is not called right there."""
    if client.sdk in CLOUDS:
        return cloud_member(client, name)
    if client.sdk == "aws-sdk-net":
        return client if name == "Paginators" else Method(client, name)
    if client.sdk == "boto3":
        return boto_member(client, name, machine, frame, at)
    bound = client.bound.get(name)
    return Method(client, name) if bound is None else bound


__all__ = ["call_client", "call_library", "client_member", "elements_of", "invoke", "note"]
