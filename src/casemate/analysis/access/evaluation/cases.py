"""From the JSON of `access decide` to a request and its policies.

One shape serves `--cases`, `--policies` and `--request`:

    {"name": …, "request": {"principal", "action", "resource", "resource_account"?, "context"?},
     "policies": {"identity": [doc…], "resource": doc?, "boundary": [doc…]?, "session": doc?, "scps": [[doc…]…]?,
                  "rcps": [[doc…]…]?, "endpoint": [doc…]?},
     "block_public_access"?: …, "management_account"?: …}

The two settings may stand in the case, its request or its policies.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Generic, TypeVar

from casemate.analysis.access.evaluation.document import Locate, Policy, PolicyKind, policy_from_json, scalar_text
from casemate.analysis.access.evaluation.policies import Policies, policies_of
from casemate.analysis.access.evaluation.request import Request
from casemate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Hashable

_OF_REQUEST = ("principal", "action", "resource", "resource_account", "context")
_SETTINGS = ("block_public_access", "management_account")
_IN_REQUEST = frozenset({*_OF_REQUEST, *_SETTINGS})
_SINGLE: Mapping[str, PolicyKind] = {"identity": "identity", "resource": "resource", "boundary": "boundary",
                                     "session": "session", "endpoint": "endpoint"}  # fmt: skip
_LEVELS: Mapping[str, PolicyKind] = {"scps": "scp", "rcps": "rcp"}
_OF_POLICIES = (*_SINGLE, *_LEVELS, *_SETTINGS)
_REMEMBERED = 4096

_V = TypeVar("_V")


class _Memory(dict["Hashable", _V], Generic[_V]):
    """A cache that starts over when it is full."""

    def keep(self, key: Hashable, value: _V) -> _V:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[key] = value
        return value


_documents: _Memory[Policy] = _Memory()


def case_from_json(case: object) -> tuple[Request, Policies]:
    """The request and the policies of one decoded case.

    Raises `UsageError` naming the element and a remedy. Documents are cached by content.
    """
    fields = _object(case, "the case", 'write {"request": …, "policies": …}')
    request = request_of(fields)
    policies = _object(fields.get("policies") or {}, "policies", 'write {"identity": […]}')
    return request, policies_from_json(policies, {**fields, **_object(fields["request"], "request", "")})


def request_of(fields: Mapping[str, object]) -> Request:
    """The request of a decoded case."""
    if "request" not in fields:
        raise UsageError("the case has no request", hint='add "request": {"principal": …, "action": …, "resource": …}')
    return request_from_json(_object(fields["request"], "request", 'write {"principal": …}'))


def request_from_json(given: Mapping[str, object]) -> Request:
    """A request from its decoded JSON."""
    if not _IN_REQUEST.issuperset(given):
        raise _unknown(next(name for name in given if name not in _IN_REQUEST), "request", _OF_REQUEST)
    principal, action, resource = given.get("principal"), given.get("action"), given.get("resource")
    if not (
        principal and isinstance(principal, str)
        and action and isinstance(action, str)
        and resource and isinstance(resource, str)
    ):  # fmt: skip
        wrong = next(name for name in _OF_REQUEST if not given.get(name) or not isinstance(given[name], str))
        raise UsageError(f"request.{wrong} has to be a string", hint=f"give the {wrong} as AWS writes it")
    account = given.get("resource_account")
    if account is not None and not isinstance(account, str):
        raise UsageError("request.resource_account has to be a string", hint="quote the twelve digits")
    return Request(principal, action, resource, account, _context(given.get("context")))


def _context(given: object) -> dict[str, tuple[str, ...]]:
    if given is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for key, value in _object(given, "request.context", 'write {"aws:SourceIp": …}').items():
        if isinstance(value, str):
            found[key] = (value,)
            continue
        if value is None:
            continue
        texts = [scalar_text(item) for item in (value if isinstance(value, list) else [value])]
        if any(text is None for text in texts):
            hint = "a value is a string, a number, a boolean or a list of them"
            raise UsageError(f"request.context[{key!r}] cannot be compared", hint=hint)
        found[key] = tuple(text for text in texts if text is not None)
    return found


def policies_from_json(
    given: Mapping[str, object], around: Mapping[str, object] | None = None, locate: Locate | None = None
) -> Policies:
    """The policies of a case. `around`: where the two settings may stand instead; `locate`: places, for messages."""
    around = around or {}
    settings = tuple(given[name] if name in given else around.get(name) for name in _SETTINGS)
    for name in given:
        if name not in _OF_POLICIES:
            raise _unknown(name, "policies", _OF_POLICIES)
    single = {name: _documents_of(given.get(name), name, kind, locate) for name, kind in _SINGLE.items()}
    if len(single["resource"]) > 1:
        raise UsageError(
            "policies.resource holds several documents", hint="a resource has one policy: join their statements"
        )
    return policies_of(
        identity=single["identity"],
        resource=single["resource"][0] if single["resource"] else None,
        boundary=single["boundary"],
        session=single["session"],
        endpoint=single["endpoint"],
        scps=_levels_of(given.get("scps"), "scps", locate),
        rcps=_levels_of(given.get("rcps"), "rcps", locate),
        block_public_access=_blocks(settings[0]),
        management_account=_managing(settings[1]),
    )


def _documents_of(given: object, name: str, kind: PolicyKind, locate: Locate | None) -> list[Policy]:
    if given is None:
        return []
    if not isinstance(given, list):
        return [_document(given, kind, name, (name,), locate)]
    return [_document(each, kind, f"{name}[{number}]", (name, number), locate) for number, each in enumerate(given)]


def _levels_of(given: object, name: str, locate: Locate | None) -> list[list[Policy]] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(level, list) for level in given):
        hint = "root first, then each OU, then the account: [[FullAWSAccess], [FullAWSAccess, …]]"
        raise UsageError(f"policies.{name} has to be a list of levels, each a list of documents", hint=hint)
    return [
        [
            _document(each, _LEVELS[name], f"{name}[{number}][{index}]", (name, number, index), locate)
            for index, each in enumerate(level)
        ]
        for number, level in enumerate(given)
    ]


def _document(given: object, kind: PolicyKind, name: str, path: tuple[str | int, ...], locate: Locate | None) -> Policy:
    if isinstance(given, str):  # as the APIs of AWS return documents
        try:
            given = json.loads(given)
        except ValueError:
            raise UsageError(f"policies.{name} is a string that is not JSON", hint="give the document itself") from None
        locate = None if locate is None else _at(locate, path)
    elif locate is not None:
        return policy_from_json(given, kind, name, _below(locate, path))
    if locate is not None:
        return policy_from_json(given, kind, name, locate)
    try:
        key = (kind, name, _content(given))
    except ValueError:
        return policy_from_json(given, kind, name)
    known = _documents.get(key)
    return known if known is not None else _documents.keep(key, policy_from_json(given, kind, name))


def _content(given: object) -> bytes:
    """The content as bytes, the quickest key: version 2 has no references, so equal content is equal bytes."""
    return marshal.dumps(given, 2)  # type: ignore[arg-type] # what it cannot take is a ValueError


def _below(locate: Locate, path: tuple[str | int, ...]) -> Locate:
    return lambda inner: locate((*path, *inner))


def _at(locate: Locate, path: tuple[str | int, ...]) -> Locate:
    return lambda _: locate(path)


def _blocks(given: object) -> bool:
    """One flag, or S3's four, of which RestrictPublicBuckets decides on requests."""
    if isinstance(given, dict):
        flags = {str(name).replace("_", "").lower(): value for name, value in given.items()}
        return flags.get("restrictpublicbuckets") in {True, "true", "True"}
    if given in (None, False, True):
        return bool(given)
    hint = 'true, false, or {"RestrictPublicBuckets": true}'
    raise UsageError("block_public_access has to be a boolean or S3's four settings", hint=hint)


def _managing(given: object) -> bool | str | None:
    if given is None or isinstance(given, bool | str):
        return given
    hint = "true when the caller's account manages the organisation, or the id of that account in quotes"
    raise UsageError("management_account has to be a boolean or an account id", hint=hint)


def _object(given: object, name: str, hint: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise UsageError(f"{name} has to be a JSON object", hint=hint)
    return given


def _unknown(name: object, where: str, names: tuple[str, ...]) -> UsageError:
    near = get_close_matches(str(name), names, 1)
    hint = f"did you mean {near[0]}?" if near else f"the fields are {', '.join(names)}"
    return UsageError(f"{where} has no field {str(name)[:60]!r}", hint=hint)
