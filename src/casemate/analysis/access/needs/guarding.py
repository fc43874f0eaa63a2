"""What the guard needs in the function that it runs in: its sinks, the key of encrypted variables, secrets, envelopes.

The guard acts as the function. Its policy (`guard-policy.json` beside the handler) names sinks, quarantine, keys of
signatures and the table of used ones;
variables that `casemate guard encrypt-env` wrote are opened under the key that `CASEMATE_KEK` names; code reads secrets
and opens envelopes through its library. Sources: docs/guard-policy.md, docs/guard.md, docs/envelope-format.md of this
project;
"kms:GenerateDataKey", "kms:Decrypt": AWS KMS developer guide, "Key policies: permissions reference".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.operations import Need
from casemate.analysis.access.needs.resources import arns
from casemate.analysis.access.needs.statements import Needed, NotFollowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from casemate.analysis.access.needs.binding import Binder
    from casemate.analysis.access.needs.cloud_binding import CloudBinder
    from casemate.analysis.code.facts import CodeFacts
    from casemate.model.function import Function
    from casemate.model.location import Span
    from casemate.sources.tree import Tree

    Clouds = Callable[[], CloudBinder]
    """The binder of the function's Azure and Google resources, made when it is first asked."""

GUARD = "casemate-guard"
FILE = "guard-policy.json"
KEK = "CASEMATE_KEK"
MARK = "casemate-env/1:"
_LARGEST = 4 * 1024 * 1024
_SINKS = {"events": "events of the guard", "quarantine": "quarantine of the guard"}
_UNWRAP = {
    "aws-kms": ("kms:Decrypt",), "azure-kv": ("Microsoft.KeyVault/vaults/keys/unwrap/action",),
    "gcp-kms": ("cloudkms.cryptoKeyVersions.useToDecrypt",),
}  # fmt: skip
_WRAP = {
    "aws-kms": ("kms:GenerateDataKey",), "azure-kv": ("Microsoft.KeyVault/vaults/keys/wrap/action",),
    "gcp-kms": ("cloudkms.cryptoKeyVersions.useToEncrypt",),
}  # fmt: skip
"""Scheme of a key's name -> what opening and making a data key take."""
_SECRETS = {
    "aws-sm": "secretsmanager:GetSecretValue", "aws-ssm": "ssm:GetParameter",
    "azure-kv": "Microsoft.KeyVault/vaults/secrets/getSecret/action", "gcp-sm": "secretmanager.versions.access",
}  # fmt: skip
_METHODS: dict[str, tuple[str, ...]] = {
    "encrypt": ("wrap",), "encrypt_stream": ("wrap",), "decrypt": ("unwrap",), "decrypt_stream": ("unwrap",),
    "reencrypt": ("unwrap", "wrap"), "rewrap": ("unwrap", "wrap"), "new_index_key": ("wrap",), "index": ("unwrap",),
}  # fmt: skip
"""Methods of an envelope -> what they do with the key."""


def guard_needs(
    function: Function | None, entries: Iterable[CodeFacts], tree: Tree | None, binder: Binder, clouds: Clouds
) -> Iterator[Needed]:
    """The guard's own needs, each at the line of the policy, variable or code that asks for it."""
    listed = list(entries)
    if function is not None:
        yield from _variables(function, binder, clouds)
        yield from _named(function, listed, tree, binder, clouds)
    for call in (call for facts in listed for call in facts.calls if call.sdk == GUARD):
        from casemate.analysis.access.needs.calls import parameters_of  # not where there is no code

        parameters = parameters_of(call)
        if call.service == "secrets":
            for text in parameters.get("Name", ()):
                yield from _secret(text, call.at, binder, clouds)
        for use in _METHODS.get(call.operation, ()) if call.service == "envelope" else ():
            for text in parameters.get("Kek", ()):
                yield from _key(text, use, call.at, "envelopes of the guard", binder, clouds)


def guard_gaps(entries: Iterable[CodeFacts]) -> Iterator[NotFollowed]:
    """Secrets and keys of the guard whose name is not known."""
    for call in (call for facts in entries for call in facts.calls if call.sdk == GUARD):
        from casemate.analysis.access.needs.calls import parameters_of  # not where there is no code

        name = "Name" if call.service == "secrets" else "Kek"
        if "*" in parameters_of(call).get(name, ()):
            yield NotFollowed(call.at, f"which {call.service} of the guard this is, is not known")


def _variables(function: Function, binder: Binder, clouds: Clouds) -> Iterator[Needed]:
    """Variables that are encrypted take the right to open their data keys."""
    from casemate.model.value import text_of

    sealed = [one for one in function.environment if (text_of(one.value) or "").startswith(MARK)]
    if sealed:
        reason = "encrypted variables, opened by the guard"
        yield from _key(f"${{env:{KEK}}}", "unwrap", sealed[0].at, reason, binder, clouds)


def _named(
    function: Function, entries: list[CodeFacts], tree: Tree | None, binder: Binder, clouds: Clouds
) -> Iterator[Needed]:
    """What the policies beside the handlers name: sinks, keys of signatures, the table of those that were used."""
    for path in dict.fromkeys(_beside(facts.path) for facts in entries):
        data = tree.read(path) if tree is not None and (tree.size(path) or 0) <= _LARGEST else None
        for policy in _policies(function, data) if data is not None else ():
            for setting, named in (*_sinks(policy), *_signing(policy)):
                text = f"${{env:{named[4:]}}}" if named.startswith("env:") else named
                at = _place(path, data or b"", named)
                if setting == "key":
                    yield from _secret(text, at, binder, clouds)
                elif setting == "window":
                    yield from _window(text, at, binder)
                else:
                    yield from _sink(text, at, _SINKS[setting], binder)


def _sink(text: str, at: Span, reason: str, binder: Binder) -> Iterator[Needed]:
    for bound in binder.bind({"sink": (text,)})["sink"]:
        if bound.startswith(("https://", "stdout", "stderr")) or bound == "*":
            continue
        queue = _whole(bound.removeprefix("sqs:"))
        for arn in arns(Need("sqs:SendMessage"), {"QueueUrl": (queue,)}):
            yield Needed("sqs:SendMessage", arn, conditional=True, because=(at,), reason=reason)


def _window(text: str, at: Span, binder: Binder) -> Iterator[Needed]:
    """`dynamodb:TABLE`, where every use of a signature is written."""
    for bound in binder.bind({"window": (text,)})["window"]:
        table = bound.removeprefix("dynamodb:")
        for arn in arns(Need("dynamodb:UpdateItem"), {"TableName": (_whole(table),)}):
            yield Needed("dynamodb:UpdateItem", arn, conditional=False, because=(at,), reason="signatures of the guard")


def _beside(path: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/{FILE}" if folder else FILE


def _runs(function: Function, handler: str) -> bool:
    """Whether a policy for `app.handler` is this function's."""
    own = next((str(one) for one in function.code.handler.values() if one), "") if function.code.handler else ""
    return not own or own.replace("/", ".").endswith(handler.rpartition("/")[2])


def _policies(function: Function, data: bytes) -> Iterator[Mapping[str, object]]:
    """The function's policies in a file; none of a broken one, which `guard` refuses."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    functions = document.get("functions") if isinstance(document, dict) else None
    every = functions.items() if isinstance(functions, dict) else [(None, document)]
    for handler, policy in every:
        if isinstance(policy, dict) and (handler is None or _runs(function, str(handler))):
            yield policy


def _sinks(policy: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Setting and sink."""
    sinks = policy.get("sinks")
    for setting in _SINKS if isinstance(sinks, dict) else ():
        sink = sinks.get(setting) if isinstance(sinks, dict) else None
        yield from ((setting, one) for one in (sink if isinstance(sink, list) else [sink]) if isinstance(one, str))


def _signing(policy: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The secrets of keys that signatures are verified with, and the table of those that were used."""
    signed = policy.get("signed")
    if isinstance(signed, dict):
        keys, window = signed.get("keys"), signed.get("window")
        yield from (("key", one) for one in (keys.values() if isinstance(keys, dict) else ()) if isinstance(one, str))
        if isinstance(window, str) and window:
            yield "window", window


def _place(path: str, data: bytes, text: str) -> Span:
    from casemate.model.location import Span

    line = data[: max(0, data.find(json.dumps(text).encode()))].count(b"\n") + 1
    return Span(path, line, 1, line, 1)


def _key(text: str, use: str, at: Span, reason: str, binder: Binder, clouds: Clouds) -> Iterator[Needed]:
    for bound in _bound(text, binder, clouds):
        scheme, mark, rest = bound.partition("://")
        if not mark:
            continue
        for action in (_UNWRAP if use == "unwrap" else _WRAP).get(scheme, ()):
            resource = _resource(scheme, rest, clouds)
            yield Needed(action, resource, conditional=False, because=(at,), reason=reason)


def _secret(text: str, at: Span, binder: Binder, clouds: Clouds) -> Iterator[Needed]:
    reason = "secrets of the guard"
    for bound in _bound(text, binder, clouds):
        scheme, mark, rest = bound.partition("#")[0].partition("?")[0].partition("://")
        if not mark and bound.startswith(("arn:", "${")):
            parameter = ":ssm:" in bound
            scheme, rest = ("aws-ssm" if parameter else "aws-sm"), bound.partition("#")[0].partition("?")[0]
        action = _SECRETS.get(scheme)
        if action is None:
            continue
        if scheme in {"aws-sm", "aws-ssm"}:
            name = {"SecretId": (_whole(rest),)} if scheme == "aws-sm" else {"Name": (_whole(rest),)}
            for arn in arns(Need(action), binder.bind(name)):
                yield Needed(action, arn, conditional=False, because=(at,), reason=reason)
        else:
            resource = _resource(scheme, rest, clouds)
            yield Needed(action, resource, conditional=False, because=(at,), reason=reason)


def _whole(text: str) -> str:
    """`${Bad}`, which is a queue's URL or a secret's ARN, as the ARN that a statement takes."""
    name = text.removeprefix("${").removesuffix("}")
    whole = text == f"${{{name}}}" and name.isidentifier()
    return f"${{{name}.Arn}}" if whole else text


def _bound(text: str, binder: Binder, clouds: Clouds) -> tuple[str, ...]:
    """The name with variables in their place, as AWS's templates or the others' have them."""
    found = binder.bind({"name": (text,)})["name"]
    return found if found != ("*",) else clouds().texts((text,))


def _resource(scheme: str, rest: str, clouds: Clouds) -> str:
    if scheme == "aws-kms":
        return next(iter(arns(Need("kms:Decrypt"), {"KeyId": (rest,)})), "*")
    if scheme == "azure-kv":
        return next(iter(clouds().on_azure("vault.keys", {"vault": (rest.partition("/")[0],)})), "*")
    if scheme == "gcp-kms":
        return next(iter(clouds().on_google("kms.client", {"name": (rest,)})), "*")
    project, _, name = rest.partition("/")
    return next(iter(clouds().on_google("secrets.client", {"name": (f"projects/{project}/secrets/{name}",)})), "*")
