"""Cross-origin sharing, as AWS lets one declare it: a block of settings, or headers of an API's responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.logic import under
from casemate.inventory.reading import Props, as_flag, as_text
from casemate.model.function import Cors
from casemate.model.setting import Setting, convert
from casemate.model.value import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.model.value import Value

ORIGIN_HEADER = "access-control-allow-origin"
CREDENTIALS_HEADER = "access-control-allow-credentials"
METHODS_HEADER = "access-control-allow-methods"


def cors_block(
    props: Props, path: str, names: tuple[str, str, str] = ("AllowOrigins", "AllowCredentials", "AllowMethods")
) -> Cors | None:
    """A block with lists of origins and methods. `names`: its keys for origins, credentials and methods."""
    block = props.section(path)
    origins = tuple(under(condition, _text(value, f"{path}.{names[0]}")) for condition, value in block.each(names[0]))
    if not origins:
        return None
    methods = tuple(display(value) for _, value in block.each(names[2]))
    credentials = block.flag(names[1], False, "credentials are not allowed unless asked for")
    return Cors(props.key_at(path), origins, credentials, methods)


def cors_headers(props: Props, path: str, prefixes: tuple[str, ...]) -> Cors | None:
    """Static headers (`method.response.header.Access-Control-Allow-Origin: "'*'"`) in the map at `path`.

    None without an origin that is written out.
    """
    found: dict[str, tuple[Span, Value]] = {}
    for key, key_at, value in props.items(path):
        name = key.lower()
        for prefix in prefixes:
            if name.startswith(prefix):
                found.setdefault(name.removeprefix(prefix), (key_at, value))
    if ORIGIN_HEADER not in found or display(found[ORIGIN_HEADER][1]).startswith(
        ("integration.", "context.", "method.")
    ):
        return None
    at, origin = found[ORIGIN_HEADER]
    origins = (convert(_text(origin, f"{path}.Access-Control-Allow-Origin"), _unquoted),)
    name = f"{path}.Access-Control-Allow-Credentials"
    _, allowed = found.get(CREDENTIALS_HEADER, (at, None))
    source = "credentials are not allowed unless the header says so"
    credentials = Props(allowed, at, name).read((), _quoted_flag, False, source)
    methods = tuple(_methods(found[METHODS_HEADER][1])) if METHODS_HEADER in found else ()
    return Cors(at, origins, credentials, methods)


def _text(value: Value, name: str) -> Setting[str]:
    return Props(value, value.at, name).read((), as_text, "")


def _unquoted(text: str) -> str:
    return text.strip().strip("'\"")


def _quoted_flag(value: Value) -> bool:
    from casemate.model.value import Literal

    return as_flag(Literal(_unquoted(as_text(value)), value.at))


def _methods(value: Value) -> Iterator[str]:
    for part in _unquoted(display(value)).split(","):
        if part.strip():
            yield part.strip().upper()
