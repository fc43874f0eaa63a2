"""Single fields of dicts: items of DynamoDB, JSON documents. The path of a field is part of its context.

Numbers, lists, booleans, sets, bytes and decimals come back as what they were.
"""

from __future__ import annotations

from casemate_guard.envelope.format import EnvelopeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal

    from casemate_guard.envelope.envelope import Envelope

    Form = Literal["bytes", "text", "typed"]
    Item = dict[str, object]

TEXT = "cme1:"
"""What an encrypted field begins with where it is text."""
_KEYS = {"\0bytes", "\0decimal", "\0set"}


def encrypt_fields(
    envelope: Envelope,
    item: Mapping[str, object],
    paths: Iterable[str],
    context: Mapping[str, str] | None = None,
    *,
    form: Form = "text",
    subject: str = "",
) -> Item:
    """A copy of the item in which the fields at `paths` (`card.number`) are encrypted; a missing field stays missing.

    `form`: `text` for JSON, `bytes` for boto3's resource of DynamoDB, `typed` for its client (`{"S": "…"}`).
    """
    result: Item = dict(item)
    for path in paths:
        place, name = _place(result, path, copied=True, typed=form == "typed")
        if place is None or name not in place:
            continue
        message = envelope.encrypt(_packed(place[name]), _context(context, path), subject=subject)
        place[name] = _formed(message, form)
    return result


def decrypt_fields(
    envelope: Envelope, item: Mapping[str, object], paths: Iterable[str], context: Mapping[str, str] | None = None
) -> Item:
    """A copy of the item in which the fields at `paths` are plain again. Raises `EnvelopeError` for a plain one."""
    result: Item = dict(item)
    for path in paths:
        for typed in (False, True):
            place, name = _place(result, path, copied=True, typed=typed)
            if place is not None and name in place:
                place[name] = _unpacked(envelope.decrypt(_message(place[name], path), _context(context, path)))
                break
    return result


def _context(context: Mapping[str, str] | None, path: str) -> dict[str, str]:
    if context is not None and "field" in context:
        raise EnvelopeError("`field` of the context is the path of the field")
    return {**(context or {}), "field": path}


def _place(item: Item, path: str, *, copied: bool, typed: bool) -> tuple[Item | None, str]:
    """The dict that holds a field, copied on the way, and the field's name in it."""
    *steps, name = path.split(".")
    place = item
    for step in steps:
        inner = place.get(step)
        if typed and isinstance(inner, dict) and isinstance(inner.get("M"), dict):
            inner = dict(inner["M"])
            place[step] = {"M": inner}
        elif isinstance(inner, dict) and copied:
            inner = place[step] = dict(inner)
        if not isinstance(inner, dict):
            return None, name
        place = inner
    return place, name


def _formed(message: bytes, form: Form) -> object:
    if form == "text":
        from base64 import urlsafe_b64encode

        return TEXT + urlsafe_b64encode(message).decode()
    return message if form == "bytes" else {"B": message}


def _message(value: object, path: str) -> bytes:
    """The bytes of an encrypted field, in whatever form it came back: boto3 has a type of its own for binaries."""
    if isinstance(value, dict) and value.keys() == {"B"}:
        value = value["B"]
    value = getattr(value, "value", value)
    if isinstance(value, str) and value.startswith(TEXT):
        from base64 import urlsafe_b64decode

        try:
            return urlsafe_b64decode(value[len(TEXT) :])
        except ValueError:
            value = None
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise EnvelopeError(f"the field {path!r} is not encrypted")


def _packed(value: object) -> bytes:
    """A value as bytes, behind one that says how: text, bytes or JSON."""
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes | bytearray):
        return b"b" + value
    from json import dumps

    return b"j" + dumps(_plain(value), separators=(",", ":"), allow_nan=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, dict):
        if any(not isinstance(name, str) for name in value) or not _KEYS.isdisjoint(value):
            raise EnvelopeError("names of members are strings, and not this module's own")
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bytes | bytearray):
        from base64 import b64encode

        return {"\0bytes": b64encode(value).decode()}
    if isinstance(value, set | frozenset):
        return {"\0set": [_plain(one) for one in sorted(value, key=repr)]}
    if type(value).__name__ == "Decimal":
        return {"\0decimal": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise EnvelopeError(f"a {type(value).__name__} cannot be encrypted as a field")


def _unpacked(data: bytes) -> object:
    kind, rest = data[:1], data[1:]
    if kind == b"s":
        return rest.decode("utf-8", "surrogatepass")
    if kind == b"b":
        return rest
    if kind != b"j":
        raise EnvelopeError("not a field of this format")
    from json import loads

    return loads(rest, object_hook=_restored)


def _restored(found: dict[str, object]) -> object:
    if len(found) != 1:
        return found
    ((name, value),) = found.items()
    if name == "\0bytes":
        from base64 import b64decode

        return b64decode(str(value))
    if name == "\0decimal":
        from decimal import Decimal

        return Decimal(str(value))
    return set(value) if name == "\0set" and isinstance(value, list) else found
