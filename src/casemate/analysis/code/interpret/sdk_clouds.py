"""The SDKs of Azure and Google: clients that other clients make, and the calls that are made with them.

A call is noted with its kind of client as service (`blob.container`) and the method as the operation; what the client
stands for (`account`, `container`) and its arguments (by place and name) are the parameters. What a call gives back
and which sinks it is, the models of libraries say, by the names that the tables give a kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.facts import CREDENTIALS
from casemate.analysis.code.interpret import sdk_azure, sdk_google
from casemate.analysis.code.joining import concat, options_of
from casemate.analysis.code.values import UNKNOWN, Client, Const, Environment, Mapping, Method, Text, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine
    from casemate.analysis.code.interpret.sdk_kinds import Kind

AZURE, GOOGLE = "azure", "google"
CLOUDS = frozenset({AZURE, GOOGLE})
ROOTS = (*sdk_azure.ROOTS, *sdk_google.ROOTS)
_OWN = {
    "from_connection_string", "fromConnectionString", "from_service_account_json", "from_service_account_info",
    "from_service_account_file", "from_blob_url", "from_container_url", "from_file_url",
}  # fmt: skip
"""Constructors that are given credentials, or a URL that holds them."""
_HANDLES = frozenset({"__enter__", "__aenter__", "aclose"})
_INNER = frozenset({"client", "services", "v1", "v2", "firestore"})
"""Modules between a package and its classes."""
_MANAGEMENT = "ManagementClient"


def squashed(name: str) -> str:
    """A name without case and underscores, by which both languages meet."""
    return name.replace("_", "").lower()


def make_cloud(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    """The client that a call of a library makes, None when it makes none."""
    if path.startswith(sdk_azure.ROOTS):
        return None if path.startswith(sdk_azure.NO_SDK) else _azure(machine, path, given, frame)
    return None if path.startswith(sdk_google.NO_SDK) else _google(machine, path, given, frame)


def _azure(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    owner, _, name = path.rpartition(".")
    known = sdk_azure.CLASSES.get(name)
    if known is not None:
        places = known.places
        if path.startswith("@"):
            places = sdk_azure.SCRIPT_ORDER.get(name, places)
        bound = _named(given, places, sdk_azure.ALIASES)
        if _has_own(given, bound.pop("credential", None)):
            bound[CREDENTIALS] = UNKNOWN
        return Client(AZURE, known.kind, "client", bound)
    if name in _OWN and (known := sdk_azure.CLASSES.get(owner.rpartition(".")[2])) is not None:
        return Client(AZURE, known.kind, "client", {CREDENTIALS: UNKNOWN})
    if name.endswith(_MANAGEMENT) or name in {"SubscriptionClient", "ResourceManagementClient"}:
        return Client(AZURE, "management", "client")
    if given.receiver is not None and isinstance(given.receiver, Thing) and given.receiver.made:
        _strange(machine, AZURE, path, given, frame)
    return None


def _google(machine: Machine, path: str, given: Given, frame: Frame) -> Value | None:
    plain = _plain(path)
    known = sdk_google.CLASSES.get(plain)
    if known is not None:
        own = any(squashed(name) in {"credentials", "clientoptionscredentials"} for name in given.keywords) or any(
            {"keyFilename", "credentials", "keyFile"} & {key for key in option.fields if isinstance(key, str)}
            for one in given.arguments
            for option in options_of(one)
            if isinstance(option, Mapping)
        )
        return Client(GOOGLE, known.kind, "client", {CREDENTIALS: UNKNOWN} if own else {})
    owner, _, name = plain.rpartition(".")
    if name in _OWN and (known := sdk_google.CLASSES.get(owner)) is not None:
        return Client(GOOGLE, known.kind, "client", {CREDENTIALS: UNKNOWN})
    if name == "Blob" and owner == "storage":
        bound = _named(given, ("blob", "bucket"), sdk_google.ALIASES)
        held = next((one for one in options_of(bound.get("bucket", UNKNOWN)) if isinstance(one, Client)), None)
        return Client(
            GOOGLE, "storage.blob", "client", {**(held.bound if held else {}), "blob": bound.get("blob", UNKNOWN)}
        )
    if given.receiver is not None and isinstance(given.receiver, Thing) and given.receiver.made:
        _strange(machine, GOOGLE, path, given, frame)
    return None


def _plain(path: str) -> str:
    """`google.cloud.storage.Client` and `@google-cloud/storage.Storage` as module and class."""
    for root in ("google.cloud.", "@google-cloud/", "firebase_admin.", "firebase-admin/"):
        if path.startswith(root):
            rest = path[len(root) :].removesuffix(".default")
            parts = rest.split(".")
            if (
                len(parts) == 3
                and parts[1] in {"client", "services", "v1", "v2", "firestore"}
                and parts[2][:1].isupper()
            ):
                return f"{parts[0]}.{parts[2]}"
            return rest
    return path


def _strange(machine: Machine, sdk: str, path: str, given: Given, frame: Frame) -> None:
    """A method of a client that is not described: what it asks for is not known."""
    from casemate.analysis.code.interpret.sdk import note

    if "()" in path or not path.rpartition(".")[0].endswith("Client"):
        return  # what a call gave back, a message, an exception

    note(machine, Client(sdk, path.rpartition(".")[0]), path.rpartition(".")[2], _arguments(given), given, frame)


# -- calling them
def call_cloud(machine: Machine, client: Client, name: str, given: Given, frame: Frame) -> Value:
    """A method of a client of Azure or Google."""
    from casemate.analysis.code.interpret.calling import library
    from casemate.analysis.code.interpret.sdk import note

    if name in _HANDLES:
        return client
    short = squashed(name)
    names = sdk_google.NAMES.get(short) if client.sdk == GOOGLE else None
    if names is not None:
        return _resource_name(names, given)
    kind = _kind(client)
    made = kind.makes.get(short) if kind is not None else None
    note(machine, client, name, {**client.bound, **_arguments(given)}, given, frame)
    if made is not None:
        aliases = sdk_azure.ALIASES if client.sdk == AZURE else sdk_google.ALIASES
        found = _named(given, made[1], aliases)
        result: Value | None = Client(client.sdk, made[0], "client", {**client.bound, **found})
    else:
        result = None
    path = _path(kind, frame) if kind is not None else f"{client.sdk}.{client.service}"
    thing = Thing(f"{path}.{name}", made=True, receiver=client)
    given_back = library(machine, thing, given, frame, name)
    return given_back if result is None else result


def cloud_member(client: Client, name: str) -> Value:
    """A member of a client that is not called right there."""
    kind = _kind(client)
    if kind is not None and name in kind.members:
        return Client(client.sdk, kind.members[name], "client", client.bound)
    if client.service == "management":
        return Client(client.sdk, f"management.{squashed(name)}", "client", client.bound)
    return Method(client, name)


def _kind(client: Client) -> Kind | None:
    return (sdk_azure.KINDS if client.sdk == AZURE else sdk_google.KINDS).get(client.service)


def _path(kind: Kind, frame: Frame) -> str:
    return kind.script if kind.script and frame.module.language != "python" else kind.path


def _resource_name(before: tuple[str, ...], given: Given) -> Value:
    values = [*given.arguments, *given.keywords.values()]
    parts: list[Value] = []
    for place, text in enumerate(before):
        parts += [Const(text), values[place] if place < len(values) else UNKNOWN]
    return concat(parts)


def _arguments(given: Given) -> dict[str, Value]:
    return {**{str(place): value for place, value in enumerate(given.arguments)}, **given.keywords}


def _named(given: Given, places: tuple[str, ...], aliases: dict[str, str]) -> dict[str, Value]:
    """The arguments by what they stand for; of an options object its members."""
    found: dict[str, Value] = {}
    for name, value in (*zip(places, given.arguments, strict=False), *given.keywords.items()):
        short = squashed(name)
        for option in options_of(value):
            if isinstance(option, Mapping) and _is_first(name, places):
                found.update(
                    {
                        aliases.get(squashed(key), squashed(key)): inner
                        for key, inner in option.fields.items()
                        if isinstance(key, str)
                    }
                )
        canonical = aliases.get(short, short) if name in given.keywords else name
        if canonical in places or canonical == "credential":
            found.setdefault(canonical, value)
    return found


def _is_first(name: str, places: tuple[str, ...]) -> bool:
    """The first argument may be an object that holds them all."""
    return bool(places) and name == places[0]


def _has_own(given: Given, credential: Value | None) -> bool:
    """Whether a client of Azure is made with a key, a signature or a connection string, or with nothing at all."""
    flat = list(_flat((*given.arguments, *given.keywords.values())))
    if any(isinstance(one, Thing) and one.path is not None and one.path.startswith(sdk_azure.IDENTITY) for one in flat):
        return False
    for one in options_of(credential) if credential is not None else ():
        name = one.path.rpartition(".")[2] if isinstance(one, Thing) and one.path else None
        if not (isinstance(one, (Const, Environment, Text, Mapping)) or name in sdk_azure.KEYS):
            return False  # not known: better rights that are needed than none
    return True


def _flat(values: Iterable[Value]) -> Iterator[Value]:
    for value in values:
        for option in options_of(value):
            yield option
            if isinstance(option, Mapping):
                yield from (inner for field in option.fields.values() for inner in options_of(field))


__all__ = ["CLOUDS", "ROOTS", "call_cloud", "cloud_member", "make_cloud"]
