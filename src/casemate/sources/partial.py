"""Maps of which only a part is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Unknown

if TYPE_CHECKING:
    from casemate.model.location import Span

_REASON = "only a part of it is said here; the rest is set elsewhere"


class Rest(dict[str, Entry]):
    """The entries that are said; every other is there and not known.

    Iteration, `in` and `len` speak of what is said alone.
    """

    __slots__ = ("_unsaid",)

    def __init__(self, said: dict[str, Entry], at: Span) -> None:
        super().__init__(said)
        self._unsaid = Entry(at, Unknown(_REASON, at, "import"))

    def get(self, key: str, default: Entry | None = None) -> Entry:  # type: ignore[override]  # never the default: the rest is not known
        """What is said under `key`, else that it is not known."""
        del default
        found = super().get(key)
        return self._unsaid if found is None else found
