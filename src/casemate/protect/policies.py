"""The guard policy of every function, compiled from the inventory and the code.

A limit is enforced where everything that it depends on is known; else it is compiled all the same and only observed,
with the reasons in `because`. Nothing is silently safe, and nothing blocks what was merely not understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.opaque import is_python, module_names, opaque
from casemate.analysis.access.needs.operations import operation_of
from casemate.analysis.code.bundles import handler_file
from casemate.model.value import Items, text_of
from casemate.protect import envelopes
from casemate.protect.bodies import bodies_of
from casemate.protect.conduct import conduct_of
from casemate.protect.endpoints import hosts_of
from casemate.protect.models import models_of
from casemate.protect.triggers import shapes_of
from casemate.sources.tree import folder_of
from casemate_guard.policy import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.code.facts import CodeFacts
    from casemate.analysis.system import System
    from casemate.model.function import Function
    from casemate.protect.bodies import Json
    from casemate.protect.conduct import Conduct

_PARTS = ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload")
_TRANSFERS: Mapping[str, tuple[str, ...]] = {
    "PutObject": ("PutObject", *_PARTS),
    "GetObject": ("GetObject", "HeadObject"),
    "CopyObject": ("CopyObject", "HeadObject", "UploadPartCopy", *_PARTS),
    "uploadfile": ("PutObject", *_PARTS),
    "uploadfileobj": ("PutObject", *_PARTS),
    "upload": ("PutObject", *_PARTS),
    "downloadfile": ("GetObject", "HeadObject"),
    "downloadfileobj": ("GetObject", "HeadObject"),
    "copy": ("CopyObject", "HeadObject", "UploadPartCopy", *_PARTS),
    "generatepresignedpost": (),
    "createpresignedpost": (),
}
"""Operations and helpers of S3 -> the operations that boto3 makes of them: large objects go in parts, and what is
fetched is asked for its size (boto3's guide, "Uploading files", "Downloading files"). The permissions are the same."""
_SENDS = frozenset({"sqs:SendMessage", "sqs:SendMessageBatch", "sns:Publish", "sns:PublishBatch", "lambda:Invoke"})
_CARRIES = frozenset({"sqs", "sns", "sns-in-sqs"})
_HOPS = 16
"""How often a message may go round: Lambda's own loop detection stops at about as many ("Recursive loop detection")."""
_GOOGLE = ("*.googleapis.com", "metadata.google.internal", "oauth2.googleapis.com")
_AZURE = ("*.azure.com", "*.azure.net", "*.windows.net", "*.azurewebsites.net", "login.microsoftonline.com")
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Compiled:
    """The policy of one handler. `folder`, `handler`: where its file stands and what policies call it (`app.handler`).

    `functions`: the names of the functions that run it; `document`: the policy without its schema's name.
    """

    folder: str
    handler: str
    functions: tuple[str, ...]
    document: dict[str, Json]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A function that gets no policy, and why."""

    name: str
    reason: str


def compiled(system: System) -> tuple[tuple[Compiled, ...], tuple[LeftOut, ...]]:
    """The policies of all functions in Python, and the others with the reason."""
    found: dict[tuple[str, str], list[tuple[Function, dict[str, Json]]]] = {}
    left: list[LeftOut] = []
    scripts = tuple(system.tree.paths(is_python)) if system.tree is not None else ()
    entries: dict[str, list[CodeFacts]] = {}
    for facts in system.code_facts.facts:
        for identity in facts.functions:
            entries.setdefault(identity, []).append(facts)
    for function in system.inventory.functions:
        place = _place(function, system)
        if isinstance(place, str):
            left.append(LeftOut(function.name, place))
            continue
        stack = system.stack_of(function)
        own = module_names(scripts, stack.root if stack is not None else "")
        document = _policy(function, system, entries.get(function.id, []), own)
        found.setdefault(place, []).append((function, document))
    return tuple(
        Compiled(folder, handler, tuple(function.name for function, _ in group), _merged([one for _, one in group]))
        for (folder, handler), group in sorted(found.items(), key=lambda one: one[0])
    ), tuple(left)


def _place(function: Function, system: System) -> tuple[str, str] | str:
    """Folder and handler, or why there is none to guard."""
    runtimes = function.runtime.values()
    if function.kind == "azure-app":
        return "it is an app, its functions have policies of their own"
    if runtimes and not any(str(one).lower().startswith("python") for one in runtimes if one):
        return f"the guard is for Python, and it runs on {next((one for one in runtimes if one), 'another runtime')}"
    stack = system.stack_of(function)
    handler = handler_file(function, system.tree, stack) if system.tree is not None and stack is not None else None
    if handler is None:
        inline = function.code.inline is not None
        return "its code stands in the template" if inline else "its code was not found in the scanned files"
    if not handler.path.endswith(".py"):
        return "the guard is for Python"
    stem = handler.path.rpartition("/")[2].removesuffix(".py")
    return folder_of(handler.path), f"{stem}.{handler.function}"


def _policy(function: Function, system: System, entries: list[CodeFacts], own: frozenset[str]) -> dict[str, Json]:
    because: dict[str, Json] = {}
    observed: dict[str, Json] = {}
    files = tuple(dict.fromkeys(file for facts in entries for file in facts.files))
    triggers = _triggers(function, system, files, because, observed)
    needs = system.needs.get(function.id)
    conduct = conduct_of(files, system.tree, own) if system.tree is not None else None
    actions, services = _actions(entries, needs, because, observed)
    allow: dict[str, Json] = {"actions": [*actions]}
    if conduct is None or not files:
        allow = {}
        _observe("code", ["its code was not read: nothing is limited"], because, observed, unsure=False)
    else:
        unknown = [f"{one.at}: what {one.what} does is not known" for one in conduct.strangers]
        unknown += [f"{gap.at.path}:{gap.at.start_line}: {gap.reason}" for gap in opaque(function, (), None, own)]
        allow["hosts"] = _hosts(function, services, conduct, unknown, because, observed)
        allow["processes"] = _processes(conduct, unknown, because, observed)
        allow["writes"] = _writes(function)
        allow["code"] = [*sorted(conduct.compiling)]
        compiles = [f"{one.at}: {one.what}" for one in conduct.code]
        _observe("code", [*compiles, *unknown], because, observed, unsure=bool(unknown))
        if function.cloud != "aws":
            observed["limit:writes"] = "observe"
    policy: dict[str, Json] = {
        "function": function.name,
        "triggers": triggers or None,
        "allow": allow,
        "rules": observed,
    }
    if _CARRIES & set(triggers) and _SENDS & set(actions):
        policy["budgets"] = {"hops": _HOPS}
    policy["because"] = because
    return policy


def _observe(
    kind: str, reasons: list[str], because: dict[str, Json], observed: dict[str, Json], *, unsure: bool
) -> None:
    """Say why, and only observe where it is not sure."""
    if reasons:
        shown = list(dict.fromkeys(reasons))
        more = len(shown) - _MOST_REASONS
        because[kind] = [*shown[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else [])]
    if unsure:
        observed["trigger" if kind == "triggers" else f"limit:{kind}"] = "observe"


def _triggers(
    function: Function, system: System, files: tuple[str, ...], because: dict[str, Json], observed: dict[str, Json]
) -> dict[str, Json]:
    shapes = shapes_of(function, system)
    bodies, lost = bodies_of(function, system)
    models, odd = models_of(files, system.tree) if system.tree is not None else ({}, ())
    lost = (*lost, *odd)
    found: dict[str, Json] = {}
    for name in shapes.names:
        shape: dict[str, Json] = {}
        if name in envelopes.EVENTS:
            shape["event"] = envelopes.EVENTS[name]
        if name in envelopes.RECORDS:
            shape["record"] = envelopes.RECORDS[name]
        if name in {"http-v1", "http-v2"} and bodies:
            shape["routes"] = dict(bodies)
        if name in models:
            shape["body"] = models[name]
        found[name] = shape
    _observe("triggers", [*shapes.reasons, *lost], because, observed, unsure=bool(shapes.reasons))
    return found


def _actions(
    entries: Iterable[CodeFacts], needs: FunctionNeeds | None, because: dict[str, Json], observed: dict[str, Json]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`service:Operation` of every call, and the services."""
    found: set[str] = set()
    services: set[str] = set()
    for call in (call for facts in entries for call in facts.calls if call.sdk not in {"azure", "google"}):
        known = operation_of(call.service, call.operation)
        if known is None:
            continue
        service, operation = known
        services.add(service.name)
        made = _TRANSFERS.get(operation, (operation,)) if service.name == "s3" else (operation,)
        found.update(f"{service.name}:{one}" for one in made)
    reasons = ["its code was not found"] if needs is None else [needs.reason] if needs.reason else []
    reasons += [
        f"{gap.at.path}:{gap.at.start_line}: {gap.reason}" for gap in (needs.code.not_followed if needs else ())
    ]
    _observe("actions", reasons, because, observed, unsure=bool(reasons))
    return tuple(sorted(found)), tuple(sorted(services))


def _hosts(
    function: Function,
    services: tuple[str, ...],
    conduct: Conduct,
    unknown: list[str],
    because: dict[str, Json],
    observed: dict[str, Json],
) -> list[Json]:
    hosts: set[str] = {host for service in services for host in hosts_of(service)}
    hosts |= conduct.hosts
    if function.cloud in {"azure", "google"}:
        hosts.update(_AZURE if function.cloud == "azure" else _GOOGLE)
    for variable in function.environment:
        text = text_of(variable.value) or ""
        scheme, mark, rest = text.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0]
        if mark and scheme.isalpha() and host:
            hosts.add(host.lower())
    reasons = [f"{one.at}: {one.what} connects to what it is told" for one in conduct.network]
    unsure = bool(reasons or unknown) or "limit:actions" in observed or function.cloud != "aws"
    _observe("hosts", [*reasons, *unknown], because, observed, unsure=unsure)
    return [*sorted(hosts)]


def _processes(
    conduct: Conduct, unknown: list[str], because: dict[str, Json], observed: dict[str, Json]
) -> list[Json] | None:
    reasons = [f"{one.at}: {one.what}" for one in conduct.processes]
    unsure = conduct.programs is None or bool(unknown)
    _observe("processes", [*reasons, *unknown], because, observed, unsure=unsure)
    return [*sorted(conduct.programs or ())]


def _writes(function: Function) -> list[Json]:
    """Where a function can write at all: `/tmp`, and the file systems that are mounted."""
    found = ["/tmp/*"]  # noqa: S108 - that is its name
    mounts = function.resource.properties.get("FileSystemConfigs")
    for one in mounts.items if isinstance(mounts, Items) else ():
        path = text_of(one.get("LocalMountPath")) if hasattr(one, "get") else None
        if path:
            found.append(f"{path.rstrip('/')}/*")
    return [*found]


def _merged(documents: list[dict[str, Json]]) -> dict[str, Json]:
    """One policy for functions that run the same handler: what either may do, and what either makes unsure."""
    first, *others = documents
    for other in others:
        first = _both(first, other)
    return first


def _both(one: dict[str, Json], other: dict[str, Json], *, limits: bool = False) -> dict[str, Json]:
    """`limits`: these are allow-lists, of which a missing one is no limit."""
    found: dict[str, Json] = {}
    for key in dict.fromkeys((*one, *other)):
        a, b = one.get(key), other.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            found[key] = {**b, **a} if key == "triggers" else _both(a, b, limits=key == "allow")
        elif isinstance(a, list) and isinstance(b, list):
            found[key] = [*a, *(each for each in b if each not in a)]
        elif limits:
            found[key] = None
        elif key == "function":
            found[key] = f"{a}, {b}"
        else:
            found[key] = a if key in one else b
    return found


def document_of(policies: Iterable[Compiled]) -> dict[str, Json]:
    """The file of one folder."""
    return {"schema": SCHEMA, "functions": {one.handler: one.document for one in policies}}
