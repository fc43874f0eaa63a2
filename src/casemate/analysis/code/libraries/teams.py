"""Sources, sinks and sanitisers that a team declares in its configuration (`[code]`), as models.

The names are those that code uses, whatever it is called there by an import: `mylib.read_body`, for JavaScript the
module and its export (`./lib/read.readBody`, `@team/http.readBody`). A function of the project itself is named by its
file's name (`read.read_body` in `lib/read.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn, get_args

from casemate.analysis.code.models import Cure, Model, Sink, Source
from casemate.errors import ConfigurationError
from casemate.model.flow import FlowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS: Final[tuple[FlowKind, ...]] = get_args(FlowKind)[:17]
"""The kinds that need an attacker's data: what a sink of one's own can be."""
_FIELDS = {
    "sources": ("call", "what"),
    "sinks": ("call", "argument", "kind"),
    "sanitizers": ("call", "argument", "kinds"),
}


def own_models(tables: Mapping[str, object], file: str) -> tuple[Model, ...]:
    """The models in the tables below `[code]`. Raises `ConfigurationError` with file, row and remedy."""
    found: list[Model] = []
    for name, rows in tables.items():
        if name not in _FIELDS:
            _unknown(f"{file}: there is no [[code.{name}]]", name, _FIELDS)
        if not isinstance(rows, list):
            raise ConfigurationError(f"{file}: code.{name} must be a list of tables", hint=f"write [[code.{name}]]")
        for number, row in enumerate(rows, 1):
            found.append(_model(name, row, f"{file}: code.{name} {number}"))
    return tuple(found)


def _model(name: str, row: object, place: str) -> Model:
    if not isinstance(row, dict):
        raise ConfigurationError(f"{place}: must be a table", hint=f"write [[code.{name}]]")
    for key in row:
        if key not in _FIELDS[name]:
            _unknown(f"{place}: unknown key {key!r}", key, _FIELDS[name])
    call = row.get("call")
    if not isinstance(call, str) or not call.strip(".") or len(call) > 200:
        raise ConfigurationError(f"{place}: call is required", hint='write call = "module.function"')
    if name == "sources":
        what = row.get("what", f"the data of {call}")
        if not isinstance(what, str):
            raise ConfigurationError(f"{place}: what must be a text", hint='write what = "the body of a message"')
        return Source(call, what)
    if name == "sinks":
        return Sink(_kind(row.get("kind"), place), call, _arguments(row.get("argument", 0), place))
    kinds = row.get("kinds", [])
    if not isinstance(kinds, list):
        raise ConfigurationError(f"{place}: kinds must be a list", hint='write kinds = ["sql"]; left out it means all')
    return Cure(
        call, tuple(_kind(kind, place) for kind in kinds), argument=_arguments(row.get("argument", 0), place)[0]
    )


def _kind(value: object, place: str) -> FlowKind:
    for kind in KINDS:
        if kind == value:
            return kind
    if value is None:
        raise ConfigurationError(f"{place}: kind is required", hint=f"one of {', '.join(KINDS)}")
    return _unknown(f"{place}: unknown kind {value!r}", str(value), KINDS)


def _arguments(value: object, place: str) -> tuple[int | str, ...]:
    given = value if isinstance(value, list) else [value]
    found: list[int | str] = []
    for one in given:
        if isinstance(one, bool) or not isinstance(one, int | str) or (isinstance(one, int) and not 0 <= one < 100):
            raise ConfigurationError(
                f"{place}: argument = {one!r} is not possible", hint="a position from 0, or the name of a keyword"
            )
        found.append(one)
    if not found:
        raise ConfigurationError(f"{place}: argument is empty", hint="a position from 0, or the name of a keyword")
    return tuple(found)


def _unknown(message: str, word: str, known: Iterable[str]) -> NoReturn:
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(word, words, 1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(words)}"
    raise ConfigurationError(message, hint=hint)
