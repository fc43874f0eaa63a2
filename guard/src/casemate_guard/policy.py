"""The policy of one function: `guard-policy.json`, read once, strictly, and never changed afterwards.

`casemate guard build` compiles it from the inventory. A key that is not known, a wrong type and a number out of its
range are errors that name the place: a policy that is half understood protects half. Hand-made classes and no
dataclasses: the import of those costs a cold start 7 ms, more than all of this.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    Schema = Mapping[str, object] | bool
    Check = Callable[[object, str], object]

SCHEMA = "casemate-guard-policy/1"
FILE = "guard-policy.json"
MODES = ("off", "observe", "enforce")
_LARGEST = 4 << 20
_DEFAULT_MODES = {
    "text": "observe",
    "text:duplicate-key": "enforce",
    "text:control-character": "enforce",
    "text:number": "enforce",
}


class PolicyError(ValueError):
    """A policy is wrong; `place` is the path of the wrong member."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place or 'policy'}: {message}")
        self.place = place


class _Frozen:
    """Values under names; `_FIELDS` gives for each its check and its default."""

    __slots__ = ()
    _FIELDS: Mapping[str, tuple[Check, object]] = {}

    def __init__(self, document: object = None, place: str = "") -> None:
        given = {} if document is None else _object(document, place)
        fields = self._FIELDS
        for name in given:
            if name not in fields:
                raise PolicyError(f"unknown key {str(name)[:60]!r}; one of {', '.join(fields)}", place)
        for name, (check, default) in fields.items():
            value = given.get(name, default)
            object.__setattr__(self, name.replace("-", "_"), check(value, f"{place}.{name}" if place else name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a policy does not change: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a policy does not change: {name}")


# --- checks of single values
def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise PolicyError("is a JSON object", place)
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise PolicyError("is a string", place)
    return value


def _one_of(*names: str) -> Check:
    def check(value: object, place: str) -> str:
        if value not in names:
            raise PolicyError(f"is one of {', '.join(names)}, not {str(value)[:60]!r}", place)
        return str(value)

    return check


def _number(low: float, high: float, *, whole: bool = True, none: bool = False) -> Check:
    def check(value: object, place: str) -> object:
        if value is None and none:
            return None
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            raise PolicyError(f"is a number from {low:g} to {high:g}", place)
        return value

    return check


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise PolicyError("is true or false", place)
    return value


def _names(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) and each for each in value):
        raise PolicyError("is a list of strings", place)
    return tuple(value)


def _optional(check: Check) -> Check:
    return lambda value, place: None if value is None else check(value, place)


def _table(check: Check) -> Check:
    return lambda value, place: {
        name: check(one, f"{place}[{name[:60]!r}]") for name, one in _object(value, place).items()
    }


def _schema(value: object, place: str) -> Schema:
    if not isinstance(value, dict | bool):
        raise PolicyError("is a JSON Schema: an object, true or false", place)
    return value


# --- the parts
class Budgets(_Frozen):
    """Of the decoder (see `events.budgets`), and of one invocation.

    `time`: seconds of the handler (None: only the platform's timeout); `response`: bytes; `hops`: how often a message
    may have gone through guarded functions (None: not counted).
    """

    __slots__ = ("depth", "growth", "hops", "keys", "layers", "leaves", "response", "seconds", "size", "time")
    depth: int
    keys: int
    leaves: int
    size: int
    layers: int
    growth: int
    seconds: float
    time: float | None
    response: int
    hops: int | None
    _FIELDS = {  # noqa: RUF012 - never changed
        "depth": (_number(1, 200), 64),
        "keys": (_number(1, 10_000_000), 20_000),
        "leaves": (_number(1, 10_000_000), 20_000),
        "size": (_number(1, 1 << 30), 16 << 20),
        "layers": (_number(0, 20), 6),
        "growth": (_number(1, 10_000), 200),
        "seconds": (_number(0.001, 900, whole=False), 2.0),
        "time": (_number(0.01, 86_400, whole=False, none=True), None),
        "response": (_number(1, 1 << 30), 6 << 20),
        "hops": (_number(1, 1000, none=True), None),
    }


class Shape(_Frozen):
    """JSON Schemas of what a trigger brings.

    `event`: the whole of it; `record`: each record of a batch; `body`: the decoded message, request body or detail;
    `routes`: the bodies of single routes (`POST /orders`).
    """

    __slots__ = ("body", "event", "record", "routes")
    event: Schema | None
    record: Schema | None
    body: Schema | None
    routes: Mapping[str, Schema]
    _FIELDS = {  # noqa: RUF012 - never changed
        "event": (_optional(_schema), None),
        "record": (_optional(_schema), None),
        "body": (_optional(_schema), None),
        "routes": (_table(_schema), {}),
    }


class Allow(_Frozen):
    """What the handler may reach; None: no limit, an empty list: nothing.

    `hosts`: names, with `*` for any text, or addresses; `actions`: `service:Operation` as botocore names them;
    `processes`: programs by name or path; `writes`: paths with `*`; `code`: modules that may compile code at run time.
    """

    __slots__ = ("actions", "code", "hosts", "processes", "writes")
    hosts: tuple[str, ...] | None
    actions: tuple[str, ...] | None
    processes: tuple[str, ...] | None
    writes: tuple[str, ...] | None
    code: tuple[str, ...] | None
    _FIELDS = dict.fromkeys(("hosts", "actions", "processes", "writes", "code"), (_optional(_names), None))


class Sinks(_Frozen):
    """Where decisions go, and hostile records.

    `events`, `quarantine`: `stdout`, `stderr`, `https://…`, `sqs:QUEUE-URL`, or `env:NAME` for a variable that holds
    one; without a quarantine hostile records fail, and their source redelivers them. `seconds`: what sending may take
    in one invocation. `tell`: decisions that are `refused` or observed, or `all`.
    """

    __slots__ = ("events", "quarantine", "seconds", "tell")
    events: tuple[str, ...]
    quarantine: str | None
    seconds: float
    tell: str
    _FIELDS = {  # noqa: RUF012 - never changed
        "events": (_names, ("stdout",)),
        "quarantine": (_optional(_text), None),
        "seconds": (_number(0, 60, whole=False), 0.5),
        "tell": (_one_of("refused", "all"), "refused"),
    }


class Waf(_Frozen):
    """`rules`: `starter` or a compiled rule set beside the policy; `paranoia` and `threshold` as in the OWASP CRS."""

    __slots__ = ("paranoia", "rules", "threshold")
    rules: str
    paranoia: int
    threshold: int
    _FIELDS = {  # noqa: RUF012 - never changed
        "rules": (_text, "starter"),
        "paranoia": (_number(1, 4), 1),
        "threshold": (_number(1, 1000), 5),
    }


class Signed(_Frozen):
    """Who may send: messages that one of `keys` signed for `audience` (see `signed.Verifier`).

    `keys`: by name, a secret's name (`aws-sm://…`, `env:NAME` for a variable that holds one) of the key to verify with;
    `algorithm` of all of them; `issuers`: only those, where there are some; `triggers`: which must be signed; `window`:
    `dynamodb:TABLE` or `env:NAME`, where all instances look for replays (empty: each in its own memory).
    """

    __slots__ = ("algorithm", "audience", "issuers", "keys", "triggers", "window")
    audience: str
    keys: Mapping[str, str]
    algorithm: str
    issuers: tuple[str, ...]
    triggers: tuple[str, ...]
    window: str
    _FIELDS = {  # noqa: RUF012 - never changed
        "audience": (_text, ""),
        "keys": (_table(_text), {}),
        "algorithm": (_one_of("hmac-sha256", "ed25519"), "hmac-sha256"),
        "issuers": (_names, ()),
        "triggers": (_names, ("sqs", "sns", "sns-in-sqs", "eventbridge")),
        "window": (_text, ""),
    }

    def __init__(self, document: object = None, place: str = "") -> None:
        super().__init__(document, place)
        if not self.audience or not self.keys:
            raise PolicyError("wants an audience and at least one key", place)


class Policy(_Frozen):
    """Everything about one function.

    `rules`: the mode of single rules or of their family (`limit:hosts`, `limit`, a rule of the WAF), never stricter
    than `mode`; `triggers`: what may call the function (None: anything), each with its schemas; `also`:
    what a person allows beside what was compiled into `allow`; `redaction`: a redaction policy (None: nothing is
    redacted); `signed`: who may send (None: anybody); `responses`: strings of responses are redacted too; `because`:
    remarks of the compiler, for people.
    """

    __slots__ = (
        *(
            "allow",
            "also",
            "because",
            "budgets",
            "function",
            "mode",
            "redaction",
            "responses",
            "rules",
            "schema",
            "sinks",
        ),
        *("signed", "triggers", "waf"),
    )
    schema: str
    function: str
    mode: str
    rules: Mapping[str, str]
    budgets: Budgets
    triggers: Mapping[str, Shape] | None
    allow: Allow
    also: Allow
    redaction: Mapping[str, object] | None
    responses: bool
    signed: Signed | None
    sinks: Sinks
    waf: Waf | None
    because: Mapping[str, object]
    _FIELDS = {  # noqa: RUF012 - never changed
        "schema": (_one_of(SCHEMA), SCHEMA),
        "function": (_text, ""),
        "mode": (_one_of(*MODES), "enforce"),
        "rules": (_table(_one_of(*MODES)), {}),
        "budgets": (Budgets, None),
        "triggers": (_optional(_table(Shape)), None),
        "allow": (Allow, None),
        "also": (Allow, None),
        "redaction": (_optional(_object), {}),
        "responses": (_flag, False),
        "signed": (_optional(Signed), None),
        "sinks": (Sinks, None),
        "waf": (_optional(Waf), {}),
        "because": (_object, {}),
    }

    def own_mode(self, rule: str) -> str:
        """The mode of a rule: its own, else its family's (`limit` of `limit:hosts`, `sqli` of `sqli-union`)."""
        family = rule.partition(":")[0]
        for table in (self.rules, _DEFAULT_MODES):
            own = table.get(rule) or table.get(family) or table.get(family.partition("-")[0])
            if own is not None:
                return own
        return "enforce"

    def mode_of(self, rule: str) -> str:
        """The mode that a rule has in the end: its own, at most the function's."""
        own = self.own_mode(rule)
        return own if MODES.index(own) < MODES.index(self.mode) else self.mode


def policy_from(document: object, name: str = "") -> Policy:
    """The policy of a document: of one function, or `functions` by handler (`app.handler`), of which `name` is taken.

    Raises `PolicyError`; also where there is none of that name.
    """
    whole = _object(document, "")
    if "schema" not in whole:
        raise PolicyError(f"has no schema; this version reads {SCHEMA}")
    if "functions" not in whole:
        return Policy(whole)
    for key in whole:
        if key not in {"schema", "functions"}:
            raise PolicyError(f"unknown key {str(key)[:60]!r} beside functions")
    functions = _object(whole["functions"], "functions")
    if name not in functions:
        raise PolicyError(f"has no policy of {name!r}; there are {', '.join(functions) or 'none'}")
    place = f"functions[{name!r}]"
    return Policy({"schema": whole["schema"], **_object(functions[name], place)}, place)


def read_policy(path: str, name: str = "") -> Policy:
    """The policy in a file. Raises `PolicyError` with the path of the file, `OSError` where it cannot be read."""
    from json import loads

    with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a cold start 5 ms
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise PolicyError("is larger than 4 MB", path)
    try:
        policy = policy_from(loads(data, object_pairs_hook=_once), name)
        if policy.waf is not None and policy.waf.rules != "starter" and not policy.waf.rules.startswith("/"):
            object.__setattr__(policy.waf, "rules", f"{path.rpartition('/')[0] or '.'}/{policy.waf.rules}")
        return policy
    except PolicyError as error:
        raise PolicyError(f"{error}", path) from None
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"is not valid JSON: {error}", path) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise PolicyError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found
