"""Shell text -> commands of words with their offsets. One pass, no backtracking.

Source: POSIX "Shell Command Language", 2.2 (quoting), 2.3 (token recognition), 2.9.1 (assignments before a command).
GitHub's `${{ … }}`, a backtick before a line break (PowerShell) and `$(…)` are taken as parts of a word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SCRIPT = 200_000
"""Characters of a script that are looked at."""
MAX_VALUE = 200
"""Characters of a variable that are put in where it is used: variables of variables must not grow without end."""
MAX_WORDS = 400
"""Words of one command; more make it no command that we read."""
_PLAIN = re.compile(r"[^\s\\'\"$`;&|()<>#]+")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w{0,60})\}|([A-Za-z_]\w{0,60}))")
_ASSIGNED = re.compile(r"([A-Za-z_]\w{0,60})=")
_SPACE = re.compile(r"(?:[^\S\n]|\\\r?\n|`\r?\n)+")
_ENDS = frozenset("\n;&|()")


class Word(NamedTuple):
    """One word without its quotes. `known`: nothing in it is put in by the shell when it runs."""

    text: str
    start: int
    end: int
    known: bool = True


def commands(script: str) -> Iterator[list[Word]]:
    """The simple commands of a script, in order, each without the assignments before it."""
    variables: dict[str, tuple[str, bool]] = {}
    words: list[Word] = []
    position, size = 0, min(len(script), MAX_SCRIPT)
    while position <= size:
        if position == size or script[position] in _ENDS:
            command = _without_assignments(words, variables)
            if command and len(command) <= MAX_WORDS:
                yield command
            words = []
            position += 1
        elif space := _SPACE.match(script, position):
            position = space.end()
        elif script[position] == "#":
            found = script.find("\n", position)
            position = size if found < 0 else found
        elif script[position] in "<>":
            position += 1
        else:
            word = _word(script, position, size, variables)
            words.append(word)
            position = max(word.end, position + 1)
            if word.end > size:  # an open quote: what it ends in is no command
                words = []


def _without_assignments(words: list[Word], variables: dict[str, tuple[str, bool]]) -> list[Word]:
    """`NAME=value` alone (or after `export`) is kept for later words; before a command it is left out."""
    rest = words[1:] if words and words[0].text in {"export", "readonly", "local", "declare"} else words
    number = 0
    for number, word in enumerate(rest):  # noqa: B007 - the place where the loop ended is the result
        match = _ASSIGNED.match(word.text)
        if match is None:
            break
        variables[match[1]] = (word.text[match.end() :], word.known)
    else:
        return []
    return rest[number:]


def _word(script: str, start: int, size: int, variables: dict[str, tuple[str, bool]]) -> Word:
    parts: list[str] = []
    known = True
    position = start
    while position < size:
        sign = script[position]
        if sign.isspace() or sign in "<>" or sign in _ENDS:
            break
        if plain := _PLAIN.match(script, position, size):
            parts.append(plain[0])
            position = plain.end()
        elif sign == "'":
            end = script.find("'", position + 1, size)
            end = size if end < 0 else end
            parts.append(script[position + 1 : end])
            position = end + 1
        elif sign == '"':
            text, position, sure = _quoted(script, position + 1, size, variables)
            parts.append(text)
            known = known and sure
        elif sign == "\\":
            if script.startswith(("\\\n", "\\\r\n"), position):
                break
            parts.append(script[position + 1 : position + 2])
            position += 2
        elif sign == "#":
            parts.append(sign)
            position += 1
        else:
            if script.startswith(("`\n", "`\r\n"), position):
                break
            text, position, sure = _put_in(script, position, size, variables)
            parts.append(text)
            known = known and sure
    return Word("".join(parts), start, position, known)


def _quoted(script: str, position: int, size: int, variables: dict[str, tuple[str, bool]]) -> tuple[str, int, bool]:
    """What stands in double quotes from `position` on: text, where it ends, whether all of it is known."""
    parts: list[str] = []
    known = True
    while position < size and script[position] != '"':
        sign = script[position]
        if sign == "\\":
            escaped = script[position + 1 : position + 2]
            parts.append("" if escaped == "\n" else escaped if escaped in '$`"\\' else f"\\{escaped}")
            position += 2
        elif sign in "$`":
            text, position, sure = _put_in(script, position, size, variables)
            parts.append(text)
            known = known and sure
        else:
            parts.append(sign)
            position += 1
    return "".join(parts), position + 1, known


def _put_in(script: str, position: int, size: int, variables: dict[str, tuple[str, bool]]) -> tuple[str, int, bool]:
    """A variable, `$(command)`, a command in backticks or `${{ expression }}`."""
    if script.startswith("${{", position):
        end = script.find("}}", position, size)
        end = size if end < 0 else end + 2
        return script[position:end], end, False
    if match := _VARIABLE.match(script, position, size):
        text, known = variables.get(match[1] or match[2], (match[0], False))
        return (text if len(text) <= MAX_VALUE else match[0]), match.end(), known and len(text) <= MAX_VALUE
    if script.startswith("$(", position):
        end = _closing(script, position + 2, size)
        return script[position:end], end, False
    if script.startswith("${", position):
        end = script.find("}", position, size)
        end = size if end < 0 else end + 1
        return script[position:end], end, False
    if script[position] == "`":
        end = script.find("`", position + 1, size)
        end = size if end < 0 else end + 1
        return script[position:end], end, False
    special = script[position + 1 : position + 2]
    if special.isalnum() or special in {"@", "*", "#", "?", "!"}:
        return script[position : position + 2], position + 2, False
    return "$", position + 1, True


def _closing(script: str, position: int, size: int) -> int:
    """Where the parenthesis that was opened before `position` is closed."""
    depth = 1
    while position < size:
        sign = script[position]
        depth += (sign == "(") - (sign == ")")
        position += 1
        if depth == 0:
            return position
    return size
