"""Words outside of string literals: SQL, XPath and expressions of document stores.

Sources: SQL:2016, 5.3 (literals: a doubled quote is a member) and 5.2 (comments); MySQL reference manual, "String
Literals" (backslash escapes); PostgreSQL manual, 4.1.2.4 (dollar quoting); XPath 3.1, A.2.1 (string literals).
"""

from __future__ import annotations

from typing import NamedTuple

MAX_LENGTH = 60_000


class Word(NamedTuple):
    """A name or number outside of literals and comments, or a single other character. `called`: a bracket follows."""

    text: str
    called: bool


def words(text: str, *, escapes: bool = False, comments: bool = True) -> list[Word]:
    """The words of a statement; quoted names are skipped. `escapes`: a backslash takes the next character."""
    text = text[:MAX_LENGTH]
    found: list[Word] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in "'\"`":
            at = _literal(text, at, char, escapes=escapes)
        elif char == "[" and text[at + 1 : at + 2].isalpha() and comments:
            end = text.find("]", at)
            at = len(text) if end < 0 else end + 1
        elif comments and text.startswith("--", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end + 1
        elif comments and text.startswith("/*", at):
            end = text.find("*/", at + 2)
            at = len(text) if end < 0 else end + 2
        elif char == "$" and (tag := _dollar(text, at)):
            end = text.find(tag, at + len(tag))
            at = len(text) if end < 0 else end + len(tag)
        elif char.isalnum() or char == "_":
            start = at
            while at < len(text) and (text[at].isalnum() or (text[at] in "_-" and not comments) or text[at] == "_"):
                at += 1
            found.append(Word(text[start:at], text[at:].lstrip()[:1] == "("))
        else:
            if not char.isspace():
                found.append(Word(char, called=False))
            at += 1
    return found


def _literal(text: str, start: int, quote: str, *, escapes: bool) -> int:
    at = start + 1
    while at < len(text):
        if escapes and text[at] == "\\":
            at += 2
        elif text[at] != quote:
            at += 1
        elif text[at + 1 : at + 2] == quote:
            at += 2
        else:
            return at + 1
    return len(text)


def _dollar(text: str, at: int) -> str:
    """The tag of a dollar-quoted string, else an empty text."""
    end = text.find("$", at + 1)
    tag = text[at + 1 : end]
    return text[at : end + 1] if end > 0 and (not tag or tag.isidentifier()) else ""


def calls(text: str, token: str, *, escapes: bool = False, comments: bool = True) -> bool:
    """Whether the token is called outside of literals."""
    return any(
        word.called and word.text.casefold() == token for word in words(text, escapes=escapes, comments=comments)
    )


def follows(text: str, names: tuple[str, ...], token: str) -> bool:
    """Whether the words `names`, then the token, stand one after the other outside of literals."""
    found = [word.text.casefold() for word in words(text)]
    wanted = [*names, token]
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found)))


def filters(text: str, token: str) -> bool:
    """Whether an LDAP filter asserts an attribute that is called like the token (RFC 4515, section 3)."""
    return f"({token}=" in text.casefold().replace("( ", "(")
