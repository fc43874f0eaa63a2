"""What calls of Azure's and Google's SDKs are on: variables become what the template puts into them.

A thing of the scanned stack is written `${key}`; one that is known by name only as the end of a resource id
(`Microsoft.Storage/storageAccounts/shopdata`, `projects/_/buckets/files`); `*` stands for what is not known.

Sources: Azure documentation, "Understand scope for Azure RBAC" (resource ids below a storage account, a namespace);
Google Cloud documentation, "Resource names" of each product.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.google_operations import ON
from casemate.model.function import Function
from casemate.model.value import Cases, Literal, Reference, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.needs.resources import Texts
    from casemate.analysis.system import System
    from casemate.model.resource import Stack

_VARIABLE = re.compile(r"\$\{env:([^}?]+)(?:\?([^}]*))?\}")
_REFERENCE = re.compile(r"\$\{([^}:]+)\}")
_HOST = re.compile(r"^(?:[a-z]+://)?([A-Za-z0-9][A-Za-z0-9-]{0,126})\.[A-Za-z0-9.-]+(?::\d+)?(?:/(.*))?$")
_NAME = re.compile(r"^[A-Za-z0-9][\w-]{0,126}$")
_MAX_OPTIONS = 16

_STORAGE = "Microsoft.Storage/storageAccounts"
AZURE: Mapping[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "blob": ("account", _STORAGE, (("container", "/blobServices/default/containers/"),)),
    "lake": ("account", _STORAGE, (("container", "/blobServices/default/containers/"),)),
    "queue": ("account", _STORAGE, (("queue", "/queueServices/default/queues/"),)),
    "table": ("account", _STORAGE, (("table", "/tableServices/default/tables/"),)),
    "share": ("account", _STORAGE, (("share", "/fileServices/default/fileshares/"),)),
    "cosmos": ("account", "Microsoft.DocumentDB/databaseAccounts", (("database", "/dbs/"), ("collection", "/colls/"))),
    "bus": ("namespace", "Microsoft.ServiceBus/namespaces", (("queue", "/queues/"), ("topic", "/topics/"))),
    "hub": ("namespace", "Microsoft.EventHub/namespaces", (("hub", "/eventhubs/"),)),
    "vault": ("vault", "Microsoft.KeyVault/vaults", ()),
    "configuration": ("store", "Microsoft.AppConfiguration/configurationStores", ()),
    "grid": ("gridtopic", "Microsoft.EventGrid/topics", ()),
    "search": ("search", "Microsoft.Search/searchServices", ()),
}  # fmt: skip
"""Family of clients -> the parameter that names the account, its type, and what lies below it."""

GOOGLE = {
    "storage": "projects/_/buckets/", "pubsub.topic": "projects/*/topics/",
    "pubsub.subscription": "projects/*/subscriptions/", "spanner": "projects/*/instances/*/databases/",
    "bigquery": "projects/*/datasets/*/tables/",
}  # fmt: skip
"""Family of clients -> what stands before a bare name."""
_ENDS = re.compile(r"/(?:versions|cryptoKeyVersions|executions|tasks)/[^/]*$")


class CloudBinder:
    """The variables of one function and of the app that it is deployed in, and the names of the stack's things."""

    def __init__(self, function: Function | None, system: System) -> None:
        self._function = function
        self._system = system

    @cached_property
    def _app(self) -> Function | None:
        """The app that the function is deployed in; its settings are the function's, too."""
        app = self._system.target(self._function.app) if self._function is not None and self._function.app else None
        return app if isinstance(app, Function) else None

    @cached_property
    def _variables(self) -> Mapping[str, Value]:
        settled = (one for one in (self._app, self._function) if one is not None)
        return {variable.name: variable.value for one in settled for variable in one.environment}

    @cached_property
    def _stack(self) -> Stack | None:
        owner = self._app or self._function
        return self._system.stack_of(owner) if owner is not None else None

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """Physical names that are written out in the stack -> the one thing that has it."""
        found: dict[str, str | None] = {}
        for key, resource in self._stack.resources.items() if self._stack is not None else ():
            for name in ("name", "Name", "secret_id", "account_id"):
                value = resource.properties.get(name)
                if isinstance(value, Literal) and isinstance(value.value, str):
                    found[value.value] = None if value.value in found else key
        return {name: key for name, key in found.items() if key is not None}

    def texts(self, given: Texts) -> Texts:
        """What the texts are once every variable is in its place."""
        found = (text for one in given for text in self._replaced(one))
        return tuple(dict.fromkeys(found))[:_MAX_OPTIONS]

    def _replaced(self, given: str) -> Iterator[str]:
        whole = _VARIABLE.fullmatch(given)
        if whole is not None:
            value = self._variables.get(whole[1])
            if value is None:
                yield whole[2] or "*"
            else:
                yield from list(self._rendered(value))[:_MAX_OPTIONS] or ["*"]
        else:
            yield _VARIABLE.sub(lambda match: self._inner(match[1], match[2]), given)

    def _inner(self, name: str, default: str | None) -> str:
        value = self._variables.get(name)
        options = list(self._rendered(value)) if value is not None else [default or "*"]
        return options[0] if len(options) == 1 else "*"

    def _rendered(self, value: Value) -> Iterator[str]:
        if isinstance(value, Cases):
            for _, option in value.options():
                yield from self._rendered(option)
        elif isinstance(value, Literal):
            yield str(value.value)
        elif isinstance(value, Reference):
            known = self._stack is not None and value.target in self._stack.resources
            yield f"${{{value.target}}}" if known else "*"
        elif isinstance(value, Text):
            yield "".join(next(iter(self._rendered(part)), "*") for part in value.parts)
        else:
            yield "*"

    def owner(self, text: str) -> str:
        """The account, vault or namespace behind a URL, a host, a name or a reference: `${key}`, a name, or `*`."""
        reference = _REFERENCE.search(text)
        if reference is not None:
            return f"${{{reference[1]}}}"
        host = _HOST.match(text)
        name = host[1] if host is not None else text if _NAME.match(text) else None
        if name is None:
            return "*"
        return f"${{{self._named[name]}}}" if name in self._named else name

    def on_azure(self, kind: str, parameters: Mapping[str, Texts]) -> Texts:
        """The resources that a call of this kind of client is on."""
        known = AZURE.get(kind.partition(".")[0])
        if known is None:
            return ("*",)
        parameter, type_, inner = known
        given = parameters.get(parameter, ("*",))
        found: list[str] = []
        for text in self.texts(given) or ("*",):
            owner = self.owner(text)
            start = owner if owner == "*" or owner.startswith("${") else f"{type_}/{owner}"
            found += [*self._below(start, self._in_url(kind, text, parameters), inner)]
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _in_url(kind: str, text: str, parameters: Mapping[str, Texts]) -> Mapping[str, Texts]:
        """JavaScript's clients of one container or queue have its name in their URL."""
        host = _HOST.match(text)
        path = host[2].partition("/")[0].partition("?")[0] if host is not None and host[2] else ""
        family, _, level = kind.partition(".")
        name = {"blob": "container", "lake": "container"}.get(family, family)
        if not path or level == "service" or name in parameters:
            return parameters
        return {**parameters, name: (path,)}

    def _below(self, start: str, parameters: Mapping[str, Texts], inner: tuple[tuple[str, str], ...]) -> Iterator[str]:
        ends = [start]
        for parameter, before in inner:
            names = self.texts(parameters.get(parameter, ()))
            if not names:
                continue
            for name in names:
                reference = _REFERENCE.fullmatch(name)
                if reference is not None:
                    yield f"${{{reference[1]}}}"
                    return
            ends = [
                f"{end}{before}{name}" if start != "*" and name and "*" not in name else end
                for end in ends
                for name in names
            ]
        yield from ends

    def on_google(self, kind: str, parameters: Mapping[str, Texts]) -> Texts:
        """The resources that a call of this kind of client is on; `*` for what is on the project."""
        for name in ON.get(kind, ()):
            texts = self.texts(parameters.get(name, ()))
            if texts:
                return tuple(dict.fromkeys(self._google(kind, text) for text in texts))
        return ("*",)

    def _google(self, kind: str, text: str) -> str:
        references = _REFERENCE.findall(text)
        if references:
            return f"${{{references[-1]}}}"
        plain = _ENDS.sub("", text)
        last = plain.rpartition("/")[2]
        if last in self._named:
            return f"${{{self._named[last]}}}"
        if "/" in plain:
            return plain if last and last != "*" else "*"
        before = GOOGLE.get(kind) or GOOGLE.get(kind.partition(".")[0])
        return f"{before}{plain}" if before is not None and plain and plain != "*" else "*"
