"""How a front door asks callers who they are: words of the services -> `AuthKind`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.reading import Props, Unreadable, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.api import AuthKind
    from casemate.model.setting import Setting
    from casemate.model.value import Value


def authentication(
    props: Props,
    path: str,
    table: Mapping[str, AuthKind],
    default: AuthKind = "none",
    source: str = "the service's default",
) -> Setting[AuthKind]:
    """The setting at `path`, in the service's own words (upper case in `table`); any other word is not decided upon."""

    def convert(value: Value) -> AuthKind:
        text = as_text(value).upper()
        if text not in table:
            message = f"{text[:40]} is not a way to authenticate that is known"
            raise Unreadable(message)
        return table[text]

    return props.read(path, convert, default, source)
