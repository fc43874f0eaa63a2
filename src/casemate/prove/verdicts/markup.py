"""What a browser would make of a page: an element or attribute that was born from the data.

Source: HTML Living Standard, 13.2 "Parsing HTML documents"; the standard library's parser follows its tokeniser for
tags, attributes, comments and raw text.
"""

from __future__ import annotations

from html.parser import HTMLParser

from casemate.prove.verdicts import programs

MAX_LENGTH = 200_000
_LINKS = frozenset({"href", "src", "action", "formaction", "data"})


class _Page(HTMLParser):
    """Remembers how a token was born."""

    def __init__(self, token: str) -> None:
        super().__init__(convert_charrefs=True)
        self._token = token
        self._raw = ""
        self._script = False
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._raw:
            return
        self._script = tag == "script"
        if tag in {"textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"}:
            self._raw = tag
        if tag == self._token:
            self.found = self.found or "an element of the attacker's stands in the page"
        for name, value in attrs:
            if name == self._token:
                self.found = self.found or "an attribute of the attacker's stands in the page"
            link = (value or "").strip().casefold()
            if name in _LINKS and link.startswith(f"javascript:{self._token}"):
                self.found = self.found or "a link in the page runs the attacker's script"
            if name.startswith("on") and programs.calls(value or "", self._token, "javascript"):
                self.found = self.found or "an event handler of the page holds the attacker's script"

    def handle_data(self, data: str) -> None:
        if self._script and programs.calls(data, self._token, "javascript"):
            self.found = self.found or "a script of the page calls a function of the attacker's"

    def handle_endtag(self, tag: str) -> None:
        self._script = False
        if tag == self._raw:
            self._raw = ""


def born(page: str, token: str) -> str:
    """How the token became a part of the page; an empty text when it did not."""
    parser = _Page(token)
    parser.feed(page[:MAX_LENGTH].casefold())
    parser.close()
    return parser.found
