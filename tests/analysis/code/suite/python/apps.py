"""Small Python applications with what is wrong in them written on the line: `#! kind`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

_MARK = re.compile(r"#!\s*([\w-]+(?:\s*,\s*[\w-]+)*)\s*$")


@dataclass(frozen=True)
class App:
    """`trigger`: what calls the handler (`None`: a web application without a template); `files`: path -> text."""

    name: str
    files: dict[str, str]
    trigger: str | None = None
    handler: str = "app.handler"

    @property
    def expected(self) -> set[tuple[str, str, int]]:
        """(kind, file, line) of everything that is wrong."""
        found = set()
        for path, text in self.files.items():
            for number, line in enumerate(text.splitlines(), 1):
                mark = _MARK.search(line)
                for kind in mark[1].split(",") if mark else ():
                    found.add((kind.strip(), path, number))
        return found


def app(name: str, files: dict[str, str], trigger: str | None = None, handler: str = "app.handler") -> App:
    """An application whose files may be indented as the code around them is."""
    return App(name, {path: dedent(text).lstrip("\n") for path, text in files.items()}, trigger, handler)
