"""What a source of events is: how its records are recognised, and where they say what every source says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from casemate.authoring.query import CANONICAL
from casemate.errors import ContentError

if TYPE_CHECKING:
    from typing import Self

Body = Mapping[str, object]
"""A decoded record: dicts, lists and scalars, as orjson makes them."""
Accessor = Callable[[Body], object]
"""From a decoded record to a scalar, a list of scalars, or None. Never raises on a record of the wrong shape."""
Verbatim = Literal["whole", "start", "part"]
"""How a canonical field's value stands in the record's bytes: as a whole JSON string, as how one begins, within one."""
Spelling = tuple[str, ...] | Accessor
"""Where a canonical field stands: a path in the record, or a function of it."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A canonical field that the text of one key of the record says, and nothing else: what came of a text is kept.

    `of`: from the text to the value, pure; of anything but a text the value is `""`.
    """

    key: str
    of: Callable[[str], str]

    def __call__(self, body: Body) -> str:
        """The value of a record."""
        value = body.get(self.key)
        return self.of(value) if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of event.

    `recognise`: whether a decoded record is of this kind; asked in the order of `SOURCES`, so it must be exact.
    `id`, `time`, `account`: of the record; an empty id is replaced by a digest of the bytes. `time` gives milliseconds
    since 1970, UTC, or -1. `fields`: the canonical fields that this source can say (`account`, `source` and `id` are
    filled in). `sigma`: logsources of Sigma that mean this source, as (product, service, category), `None` for any.
    `sigma_fields`: how Sigma rules spell a field where it is not the record's own path. `log`: what the user turns on
    to have it, for `monitor coverage`. `sigma_folded`: Sigma's field -> the canonical one with its plain name, which a
    rule's value meets as well (`eventName` -> `action`).
    """

    name: str
    title: str
    recognise: Callable[[Body], bool]
    id: Accessor
    time: Callable[[Body], int]
    account: Callable[[Body], str]
    fields: Mapping[str, Spelling]
    sigma: tuple[tuple[str | None, str | None, str | None], ...] = ()
    sigma_fields: Mapping[str, tuple[str, ...]] | None = None
    log: str = ""
    verbatim: Mapping[str, Verbatim] = field(default_factory=dict)
    sigma_folded: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in self.fields if name not in CANONICAL]
        if unknown:
            raise ContentError(f"{self.name}: no canonical field is called {', '.join(unknown)}")

    def complete(self: Self) -> Mapping[str, Spelling]:
        """`fields` with those that every source has."""
        return {
            "source": lambda _: self.name,
            "id": self.id,
            "account": self.account,
            **self.fields,
        }


def at(body: object, *path: str) -> object:
    """The value at a path of mappings, or None. A list on the way gives its first mapping's value."""
    for step in path:
        if body.__class__ is dict:
            body = body.get(step)
            continue
        if isinstance(body, list):
            body = next((one for one in body if isinstance(one, dict)), None)
        if not isinstance(body, dict):
            return None
        body = body.get(step)
    return body


def text(body: object, *path: str) -> str:
    """The text at a path, or `""`."""
    value = at(body, *path)
    return value if isinstance(value, str) else ""


def first(*paths: tuple[str, ...]) -> Accessor:
    """The first of the paths that has a value other than `""`."""

    def read(body: Body) -> object:
        for path in paths:
            value = at(body, *path)
            if value is not None and value != "":
                return value
        return None

    return read


def either(*names: str) -> Accessor:
    """The first of the keys of the record itself that has a value other than `""`."""
    return first(*((name,) for name in names))
