"""A regular expression that is compiled when it is first used, for modules that are imported at every start.

Python compiles some milliseconds on a long expression, and a scan of one template uses few of those it imports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from re import compile as late
else:

    class late:  # noqa: N801 - takes the place of a function
        """What `re.compile` gives. After the first use each method is the compiled pattern's own, and as quick."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._made_of = text, flags

        def __getattr__(self, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(*self._made_of)
            for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"):
                self.__dict__[method] = getattr(compiled, method)
            self.__dict__["pattern"] = compiled.pattern
            return getattr(compiled, name)


__all__ = ["late"]
