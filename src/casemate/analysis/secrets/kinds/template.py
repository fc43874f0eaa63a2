"""The small language in which formats of secrets are written: once, for the pattern, its anchors and its test cases.

    gh{p|o|u}_{base62:36}     text, one of several texts, 36 characters of a class
    {lower:20-40}             a class, 20 to 40 times

Classes: `hex` (either case), `lower` (a-z0-9), `upper` (A-Z0-9), `base62`, `alpha`, `digit`, `b32` (A-Z2-7), `b64`
(base64, padding included), `word` (base62 and `_-`), `url` (base62 and `_.~-`), `text` (printable, no blanks, quotes or
`<>`), `uuid`, `x` (a filler `x`).
"""

from __future__ import annotations

import json
import re
import string
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.model.record import dataclass

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

INDEX = Path(__file__).with_name("index.json")
_PIECE = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"([a-z][a-z0-9]*)(?::(\d+)(?:-(\d+))?)?")
_BASE62 = string.ascii_letters + string.digits
CLASSES: dict[str, tuple[str, str]] = {
    "hex": ("[0-9a-fA-F]", "0123456789abcdef"),
    "lower": ("[0-9a-z]", string.ascii_lowercase + string.digits),
    "upper": ("[0-9A-Z]", string.ascii_uppercase + string.digits),
    "base62": ("[0-9A-Za-z]", _BASE62),
    "alpha": ("[A-Za-z]", string.ascii_letters),
    "digit": ("[0-9]", string.digits),
    "b32": ("[A-Z2-7]", string.ascii_uppercase + "234567"),
    "b64": ("[0-9A-Za-z+/]", _BASE62 + "+/"),
    "word": ("[0-9A-Za-z_-]", _BASE62 + "_-"),
    "url": ("[0-9A-Za-z_.~-]", _BASE62 + "_.~-"),
    "text": (r"[!#-&(-;=?-_a-~]", _BASE62 + "!#%&*+,-./:;=?@^_~"),
    "x": ("x", "x"),
}
"""Name -> RE2 class, characters to draw from."""
_REPEATS = 24
"""A longer optional stretch is open: counting costs RE2 a state each, and the window bounds it anyway."""
ESCAPED = {code: f"\\{chr(code)}" for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
"""For `str.translate`: a text as RE2."""
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a template: texts to choose from, or a class with its least and greatest count."""

    texts: tuple[str, ...] = ()
    name: str = ""
    least: int = 1
    most: int = 1


@cache
def pieces(template: str) -> tuple[Piece, ...]:
    """The parts of a template, in order. Raises `ValueError` for an unknown class."""
    found: list[Piece] = []
    end = 0
    for match in _PIECE.finditer(template):
        if match.start() > end:
            found.append(Piece((template[end : match.start()],)))
        end = match.end()
        if match[1] == "uuid":
            found.append(Piece(name="uuid"))
            continue
        shape = _CLASS.fullmatch(match[1])
        if shape is not None and shape[2] is not None:
            if shape[1] not in CLASSES:
                raise ValueError(f"{template}: no class {shape[1]}")
            found.append(Piece((), shape[1], int(shape[2]), int(shape[3] or shape[2])))
        else:
            found.append(Piece(tuple(match[1].split("|"))))
    if end < len(template):
        found.append(Piece((template[end:],)))
    return tuple(found)


class Read(NamedTuple):
    """What is looked for of a template: it as RE2; texts of which one stands in every match, as long as can be had.

    `heads`: the texts that a value can begin with; `least`: its fewest characters.
    """

    pattern: str
    anchors: tuple[str, ...]
    heads: tuple[str, ...]
    least: int


def read(template: str) -> Read:
    """A template read; from the index where that has it, which is what a start costs otherwise."""
    known = _index().get(template)
    if known is None:
        return _read(template)
    expression, anchors, heads, least = known
    return Read(expression, tuple(anchors), tuple(heads), least)


def index_text(templates: Iterable[str]) -> str:
    """What belongs into the index: template -> what is read of it, as JSON with one template a line."""
    lines = (f"{json.dumps(one)}: {json.dumps(_read(one))}" for one in sorted(set(templates)))
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def _index() -> Mapping[str, tuple[str, list[str], list[str], int]]:
    try:
        found: dict[str, tuple[str, list[str], list[str], int]] = json.loads(INDEX.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _read(template: str) -> Read:
    parts = pieces(template)
    heads: tuple[str, ...] = ("",)
    for part in parts:
        if part.name:
            break
        heads = tuple(head + text for head in heads for text in part.texts)
    least = sum(36 if part.name == "uuid" else part.least if part.name else min(map(len, part.texts)) for part in parts)
    return Read("".join(_pattern(piece) for piece in parts), _anchors(parts), heads, least)


def _pattern(piece: Piece) -> str:
    if piece.name == "uuid":
        return _UUID
    if not piece.name:
        texts = "|".join(_escape(text) for text in piece.texts)
        return texts if len(piece.texts) == 1 else f"(?:{texts})"
    if piece.most - piece.least > _REPEATS:
        count = f"{{{piece.least},}}"
    else:
        count = f"{{{piece.least}}}" if piece.least == piece.most else f"{{{piece.least},{piece.most}}}"
    return CLASSES[piece.name][0] + count + ("={0,2}" if piece.name == "b64" else "")


def _escape(text: str) -> str:
    return text.translate(ESCAPED)


def _anchors(parts: Iterable[Piece]) -> tuple[str, ...]:
    """Texts of which one stands in every match, as long as can be had; empty when there is none."""
    runs: list[list[tuple[str, ...]]] = [[]]
    for piece in parts:
        if piece.name:
            runs.append([])
        else:
            runs[-1].append(piece.texts)
    texts = [tuple("".join(parts) for parts in product(*run)) for run in runs if run]
    best = max(texts, key=lambda options: min(len(option) for option in options), default=())
    return best if best and all(best) else ()


def sample(template: str, seed: int = 0) -> str:
    """A text of this form, the same for the same seed."""
    import random  # for tests; a scan needs none

    source = random.Random(f"{template}{seed}")  # noqa: S311 - test data
    return "".join(_sample(piece, source) for piece in pieces(template))


def _sample(piece: Piece, source: random.Random) -> str:
    if piece.name == "uuid":
        return "-".join(_draw("hex", count, source) for count in (8, 4, 4, 4, 12))
    if not piece.name:
        return source.choice(piece.texts)
    return _draw(piece.name, source.randint(piece.least, piece.most), source)


def _draw(name: str, count: int, source: random.Random) -> str:
    """Random characters of a class that begin and end like a word."""
    letters = CLASSES[name][1]
    plain = [letter for letter in letters if letter.isalnum()]
    drawn = [source.choice(letters) for _ in range(count)]
    if drawn:
        drawn[0] = source.choice(plain)
        drawn[-1] = source.choice(plain)
    return "".join(drawn)
