"""What is malformed about an event: a trigger that the function does not have, schemas, odd text and numbers, loops."""

from __future__ import annotations

import re

from casemate_guard.decision import Reason
from casemate_guard.events.platforms import records_of
from casemate_guard.events.text import unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate_guard.events.decode import Decoded
    from casemate_guard.events.leaves import Leaf
    from casemate_guard.policy import Policy, Shape, Signed
    from casemate_guard.schema import Validate
    from casemate_guard.signed import Verifier, Window

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Of ASCII but for white space (text that is pasted has line tabs), and halves of surrogate pairs."""
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BYTES = ("#base64", "#gzip", "#bytes", "#quoted-printable")
"""Ends of paths of what was bytes: a binary message has control characters and means nothing by them."""
_IDENTIFIERS = frozenset({"name", "key", "header", "path", "path-parameter", "cookie", "query"})


class Checks:
    """The checks of one policy. Raises `PolicyError` for a schema that cannot be used."""

    __slots__ = ("_compiled", "_verifier", "policy")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._verifier = None if policy.signed is None else _verifier(policy.signed)
        self._compiled: dict[int, Validate] = {}
        for name, shape in (policy.triggers or {}).items():
            for schema in (shape.event, shape.record, shape.body, *shape.routes.values()):
                if schema is not None:
                    self._compile(schema, name)

    def _compile(self, schema: object, trigger: str) -> None:
        from casemate_guard.policy import PolicyError
        from casemate_guard.schema import SchemaError, compiled

        try:
            self._compiled[id(schema)] = compiled(schema)
        except SchemaError as error:
            raise PolicyError(f"a schema {error}", f"triggers[{trigger!r}]") from None

    def reasons(self, found: Decoded, event: object, context: object = None) -> list[Reason]:
        """Everything that is wrong, whatever the mode of its rule."""
        policy = self.policy
        reasons = list(_text(found))
        if policy.triggers is not None:
            shape = policy.triggers.get(found.trigger)
            if shape is None:
                reasons.append(Reason("trigger", found.trigger, -1))
            else:
                reasons += self._schemas(found, event, shape)
        if self._verifier is not None and policy.signed is not None and found.trigger in policy.signed.triggers:
            reasons += _unsigned(self._verifier, found, event)
        if policy.budgets.hops is not None:
            reasons += _loops(found, event, context, policy.budgets.hops)
        return reasons

    def _schemas(self, found: Decoded, event: object, shape: Shape) -> Iterator[Reason]:
        beyond = {one.record for one in found.excesses}  # what the decoder gave up is refused already
        if -1 in beyond:
            return
        if shape.event is not None:
            yield from self._fault(shape.event, event, "", -1)
        whole = [(event, -1)] if not found.records else [(one, place) for place, one in enumerate(found.records)]
        route = None if found.records else _route(shape, event)
        places = [path for _, path in records_of(found.trigger, event)] if found.records else [""]
        for (value, record), place in zip(whole, places, strict=False):
            if record in beyond:
                continue
            if shape.record is not None and record >= 0:
                yield from self._fault(shape.record, value, place, record)
            for schema in (shape.body, route):
                if schema is not None:
                    yield from self._fault(schema, payload(found.trigger, value), f"{place}#body", record)

    def _fault(self, schema: object, value: object, path: str, record: int) -> Iterator[Reason]:
        fault = self._compiled[id(schema)](value)
        if fault is not None:
            yield Reason(f"schema:{fault[1]}", (path + fault[0])[:300], record, malformed=True)


def _route(shape: Shape, event: object) -> object:
    """The schema of the body for the route that the gateway chose; of `ANY` where the method has none of its own."""
    if not shape.routes or not isinstance(event, dict):
        return None
    key = event.get("routeKey")
    method, path = event.get("httpMethod"), event.get("resource") or event.get("path")
    if isinstance(key, str) and " " in key:
        method, _, path = key.partition(" ")
    context = event.get("requestContext")
    if method is None and isinstance(context, dict) and isinstance(context.get("http"), dict):
        method, path = context["http"].get("method"), context["http"].get("path")
    for name in (f"{method} {path}", f"ANY {path}"):
        if name in shape.routes:
            return shape.routes[name]
    return None


def _text(found: Decoded) -> Iterator[Reason]:
    for note in found.notes:
        yield Reason(f"text:{note.note}", note.path, note.record, malformed=True)
    if found.trigger == "cloudwatch-logs":
        return  # the account's own logs: colours of terminals are control characters
    binary = {note.path for note in found.notes if note.note == "not-in-its-charset"}
    told: set[tuple[str, int]] = set()
    for leaf in found.leaves:
        if leaf.kind == "platform" or leaf.value is None:
            continue
        rule = _rule_for(leaf, binary)
        if rule is not None and (rule, leaf.record) not in told:  # once a record: hostile ones have thousands
            told.add((rule, leaf.record))
            yield Reason(f"text:{rule}", leaf.path, leaf.record, malformed=True)


def _rule_for(leaf: Leaf, binary: set[str]) -> str | None:
    """What is odd about one value."""
    value = leaf.value
    if type(value) is str:
        if leaf.kind == "file" or leaf.path in binary or leaf.path.endswith(_BYTES):
            return None
        url = leaf.views.get("url", "")
        rule = None if value.isprintable() and url.isprintable() else _odd(value) or _odd(url)
        return rule or (None if value.isascii() or _is_normal(value, leaf.kind) else "not-normalised")
    if type(value) is float:
        return "number" if value - value != 0 else None  # infinity or no number, which JSON cannot say
    return "large-number" if type(value) is int and not -(2**63) <= value < 2**64 else None


def _odd(text: str) -> str | None:
    if _CONTROLS.search(text):
        return "control-character"
    return "bidirectional-control" if _DIRECTIONS.search(text) else None


def _is_normal(text: str, kind: str) -> bool:
    """Unicode normalisation (UAX 15): NFC, and NFKC where two spellings of one name would be two names."""
    from unicodedata import is_normalized

    return is_normalized("NFKC" if kind in _IDENTIFIERS else "NFC", text)


def _verifier(signed: Signed) -> Verifier:
    from os import environ

    from casemate_guard.policy import PolicyError
    from casemate_guard.signed import Key, Verifier

    keys = []
    for name, value in signed.keys.items():
        source = environ.get(value[4:], "") if value.startswith("env:") else value
        if "://" not in source and not source.startswith("arn:"):  # a key in a policy would be a key in a repository
            raise PolicyError(f"{value!r} names no secret", f"signed.keys[{name!r}]")
        try:
            keys.append(Key(name, source, signed.algorithm))
        except ValueError as error:
            raise PolicyError(f"{error}", "signed") from None
    return Verifier(keys, signed.audience, issuers=signed.issuers, window=_window(signed.window))


def _window(named: str) -> Window | None:
    from os import environ

    if not named:
        return None
    scheme, _, table = (environ.get(named[4:], "") if named.startswith("env:") else named).partition(":")
    if scheme != "dynamodb" or not table:
        from casemate_guard.policy import PolicyError

        raise PolicyError(f"{named!r} is no dynamodb:TABLE", "signed.window")
    from casemate_guard.signed import Window
    from casemate_guard.window import dynamodb

    return Window(shared=dynamodb(table))


def _unsigned(verifier: Verifier, found: Decoded, event: object) -> Iterator[Reason]:
    if not isinstance(event, dict):
        yield Reason("signature:malformed", "", -1)
        return
    for place, reason in verifier.refused(event):
        yield Reason(f"signature:{reason}", f"Records[{place}]" if place >= 0 else "", place if found.records else -1)


def _loops(found: Decoded, event: object, context: object, most: int) -> Iterator[Reason]:
    from casemate_guard.hops import hops_of, set_current

    whole = [(event, -1)] if not found.records else [(one, place) for place, one in enumerate(found.records)]
    highest = 0
    for value, record in whole:
        hops = hops_of(found.trigger, value, context)
        if hops > most:
            yield Reason("recursion", f"[{record}]" if record >= 0 else "", record)
        else:
            highest = max(highest, hops)
    set_current(highest)


# --- what a schema of a body is about
def _member(*names: str) -> Callable[[object], object]:
    def take(value: object) -> object:
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return take


def _bytes_of(*names: str) -> Callable[[object], object]:
    take = _member(*names)

    def decode(value: object) -> object:
        found = take(value)
        data = unbase64(found) if isinstance(found, str) else None
        return None if data is None else data.decode("utf-8", "replace")

    return decode


def _request(value: object) -> object:
    if not isinstance(value, dict):
        return None
    return (_bytes_of if value.get("isBase64Encoded") is True else _member)("body")(value)


def _notification(value: object) -> object:
    return _member("Message")(_parsed(_member("body")(value)))


def _first_binding(value: object) -> object:
    data = _member("Data")(value)
    return next(iter(data.values()), None) if isinstance(data, dict) else _member("data")(value)


def _published(value: object) -> object:
    data = _member("data")(value)
    message = _member("message")(data) or data
    return _bytes_of("data")(message) if isinstance(message, dict) and "data" in message else data


_PAYLOADS: dict[str, Callable[[object], object]] = {
    "sqs": _member("body"),
    "sns": _member("Sns", "Message"),
    "sns-in-sqs": _notification,
    "kinesis": _bytes_of("kinesis", "data"),
    "firehose": _bytes_of("data"),
    "dynamodb-stream": _member("dynamodb"),
    "msk": _bytes_of("value"),
    "kafka": _bytes_of("value"),
    "mq-active": _bytes_of("data"),
    "mq-rabbit": _bytes_of("data"),
    "eventbridge": _member("detail"),
    "schedule": _member("detail"),
    "appsync": _member("arguments"),
    "cognito": _member("request"),
    "cloudformation": _member("ResourceProperties"),
    "cloudevent": _member("data"),
    "google-cloudevent": _published,
    "google-event": _published,
    "google-pubsub-push": _bytes_of("message", "data"),
    "azure-event-grid": _member("data"),
    **dict.fromkeys(("azure-queue", "azure-blob", "azure-event-hub", "azure-service-bus"), _first_binding),
    **dict.fromkeys(
        ("http-v1", "http-v2", "function-url", "alb", "websocket", "vpc-lattice", "azure-http", "http"), _request
    ),
}


def _parsed(value: object) -> object:
    """The value of a JSON text, as the handler will most likely read it; what is no JSON stays text."""
    if not isinstance(value, str) or not value:
        return value
    from json import loads

    try:
        return loads(value)
    except (ValueError, RecursionError):
        return value


def payload(trigger: str, value: object) -> object:
    """What the sender put into a record, or into an event that is no batch: JSON is parsed, other text stays text."""
    take = _PAYLOADS.get(trigger)
    return _parsed(value if take is None else take(value))
