"""The commands that a POSIX shell would start for a text.

Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting, 2.3 Token Recognition, 2.6.3 Command Substitution, 2.9
Shell Commands. Here-documents, arithmetic and `case` patterns are read as words: they start no command that others
would not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 8
MAX_LENGTH = 20_000
_RESERVED = frozenset({"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "for", "{", "}", "!", "exec",
                       "time", "command", "eval", "nohup", "sudo", "env"})  # fmt: skip
_SEPARATORS = ";&|\n()"


def commands(text: str) -> Iterator[str]:
    """The first word of each simple command, those in substitutions included; quotes are taken off."""
    yield from _Reader(text[:MAX_LENGTH], 0).read()


class _Reader:
    """One walk over a text."""

    def __init__(self, text: str, depth: int) -> None:
        self._text = text
        self._depth = depth
        self._at = 0
        self._found: list[str] = []
        self._word: list[str] | None = None
        self._first = True
        self._redirected = False
        self._line = 0

    def read(self) -> list[str]:
        """Every command of the text."""
        while self._at < len(self._text):
            self._step(self._text[self._at])
        self._end_word()
        return self._found

    def _step(self, char: str) -> None:
        if char == "\\":
            self._add(
                self._text[self._at + 1 : self._at + 2] if self._text[self._at + 1 : self._at + 2] != "\n" else ""
            )
            self._at += 2
        elif char == "'":
            end = self._text.find("'", self._at + 1)
            end = len(self._text) if end < 0 else end
            self._add(self._text[self._at + 1 : end])
            self._at = end + 1
        elif char == '"':
            self._double()
        elif char in "`$":
            self._dollar(char)
        elif char in _SEPARATORS:
            self._separated(char)
        elif char in "<>":
            self._end_word()
            self._at += 1
            if self._text[self._at : self._at + 1] == "(":  # process substitution
                self._first = True
            else:
                self._redirected = True
                while self._text[self._at : self._at + 1] in {">", "<", "&", "|"}:
                    self._at += 1
        elif char in " \t\r":
            self._end_word()
            self._at += 1
        elif char == "#" and self._word is None:
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end
        else:
            self._add(char)
            self._at += 1

    def _separated(self, char: str) -> None:
        """Behind this a command starts; a bracket where none can start is an error, and nothing of the line runs."""
        if char == "(" and (self._word is not None or not self._first):  # POSIX.1-2017, XCU 2.10.2, "Shell Grammar"
            del self._found[self._line :]
            self._word = None
            self._at = len(self._text)
            return
        self._end_word()
        self._first = True
        self._at += 1
        if char == "\n":
            self._line = len(self._found)

    def _add(self, text: str) -> None:
        self._word = [text] if self._word is None else [*self._word, text]

    def _end_word(self) -> None:
        if self._word is None:
            return
        word = "".join(self._word)
        self._word = None
        if self._redirected:
            self._redirected = False
            return
        name, equals, _ = word.partition("=")
        if self._first and not (equals and name.isidentifier()):
            self._found.append(word)
            self._first = word in _RESERVED

    def _double(self) -> None:
        self._add("")
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != '"':
            char = self._text[self._at]
            if char == "\\":
                self._add(self._text[self._at + 1 : self._at + 2])
                self._at += 2
            elif char in "`$":
                self._dollar(char)
            else:
                self._add(char)
                self._at += 1
        self._at += 1

    def _dollar(self, char: str) -> None:
        """A substitution: its text is a program of its own."""
        if char == "`":
            end = self._text.find("`", self._at + 1)
            end = len(self._text) if end < 0 else end
            self._inner(self._text[self._at + 1 : end].replace("\\`", "`"))
            self._at = end + 1
        elif self._text[self._at + 1 : self._at + 2] == "(":
            end = _closing(self._text, self._at + 1)
            self._inner(self._text[self._at + 2 : end])
            self._at = end + 1
        else:
            self._add("$")
            self._at += 1

    def _inner(self, text: str) -> None:
        self._add("$")
        if self._depth < MAX_DEPTH:
            self._found.extend(_Reader(text, self._depth + 1).read())


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` is closed, quotes respected; the end when it is not."""
    depth, quote, at = 0, "", start
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return len(text)
