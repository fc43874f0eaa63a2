"""What Azure's platform does as the function's identity, by its settings.

Source: Azure Functions documentation, "Connections: configure an identity-based connection" and "Connecting to host
storage with an identity" (the roles that the host and each kind of binding ask for).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.statements import Needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.needs.cloud_binding import CloudBinder
    from casemate.model.function import Function, Variable

_HOST = "azurewebjobsstorage__"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/"
_QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues/messages/"
_CONNECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "__queueserviceuri": ("queue.service", (f"{_QUEUES}read", f"{_QUEUES}process/action", f"{_QUEUES}add/action")),
    "__blobserviceuri": ("blob.service", (f"{_BLOBS}blobs/read", f"{_BLOBS}blobs/write")),
    "__accountendpoint": ("cosmos.client", tuple(f"Microsoft.DocumentDB/databaseAccounts/{one}" for one in (
        "readMetadata", "sqlDatabases/containers/readChangeFeed", "sqlDatabases/containers/items/read",
        "sqlDatabases/containers/items/create", "sqlDatabases/containers/items/upsert"))),
    "__topicendpointuri": ("grid.publisher", ("Microsoft.EventGrid/events/send/action",)),
}  # fmt: skip
"""End of a setting's name -> the kind of client that the platform is there, and what it may do through bindings."""
_NAMESPACE = "__fullyqualifiednamespace"
_MESSAGES = tuple(
    f"Microsoft.{provider}/namespaces/messages/{verb}/action"
    for provider in ("ServiceBus", "EventHub") for verb in ("receive", "send")
)  # fmt: skip


def cloud_platform_needs(function: Function, binder: CloudBinder) -> Iterator[Needed]:
    """The host's own storage, and connections of triggers and bindings: these say not what they are used for."""
    if function.cloud != "azure":
        return
    for variable in function.environment:
        name = variable.name.lower()
        if name.startswith(_HOST) and name.removeprefix(_HOST) in {"accountname", "blobserviceuri"}:
            for resource in _on("blob.service", "account", variable, binder):
                reason = "the host's storage"
                yield Needed(f"{_BLOBS}blobs/*", resource, conditional=False, because=(variable.at,), reason=reason)
                yield Needed(f"{_BLOBS}*", resource, conditional=False, because=(variable.at,), reason=reason)
            continue
        reason = f"the connection {variable.name.partition('__')[0]}"
        for end, (kind, actions) in _CONNECTIONS.items():
            if name.endswith(end):
                parameter = "gridtopic" if kind == "grid.publisher" else "account"
                for resource in _on(kind, parameter, variable, binder):
                    for action in actions:
                        yield Needed(action, resource, conditional=True, because=(variable.at,), reason=reason)
        if name.endswith(_NAMESPACE):
            for resource in _on("bus.client", "namespace", variable, binder):
                for action in _MESSAGES:
                    yield Needed(action, resource, conditional=True, because=(variable.at,), reason=reason)


def _on(kind: str, parameter: str, variable: Variable, binder: CloudBinder) -> tuple[str, ...]:
    return binder.on_azure(kind, {parameter: (f"${{env:{variable.name}}}",)})
