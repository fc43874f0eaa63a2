r"""Patterns of rules, rewritten for one scan over many values that are joined by a separator.

Each expression finds *at least* what its pattern finds in any of the values: it is a filter, and RE2 has the last word.
So `^` and `$` become the separator, every class is written out as the bytes that RE2 takes for it (`\s` differs between
engines), and a pattern that is too large for an automaton is split at its widest alternation, or loosened.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, groupby
from typing import NamedTuple

SEPARATOR = b"\x01"
"""Stands before, between and after values. A value that holds it is only found more often, never less."""

_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})[?]?")
_BRACE = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_OPENING = re.compile(r"\((?:\?(?:P?<[A-Za-z_]\w*>|[a-zA-Z]*(?:-[a-zA-Z]+)?:))?")
_FLAGS = re.compile(r"\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)")
_ESCAPE = re.compile(r"\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[pP](?:\{[^}]*\}|.)|[0-7]{1,3}|.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*\]", re.DOTALL)
_STARTS, _ENDS = ("^", r"\A"), ("$", r"\z", r"\Z")
_EDGES = (r"\b", r"\B")
_MANY = 8
"""A part that stands in a pattern this often is there against evasion, between all letters of a word."""


class Unscannable(Exception):  # noqa: N818 - says what a pattern is; it never leaves the engine
    """A pattern that no automaton is made of: its rule is then a candidate for every value."""


class Item(NamedTuple):
    """One atom or group with its quantifier. `options` is None for an atom, whose text is `text`."""

    text: str
    quantifier: str
    options: "list[list[Item]] | None" = None


Tree = list[list[Item]]


def parsed(pattern: str) -> Tree:
    """The alternatives of `pattern` (one character a byte). Raises `Unscannable` for a notation that is not known."""
    tree, position = _alternatives(pattern, 0)
    if position != len(pattern):
        raise Unscannable
    return tree


def _alternatives(pattern: str, position: int) -> tuple[Tree, int]:
    tree: Tree = [[]]
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            tree.append([])
            position += 1
            continue
        item, position = _item(pattern, position)
        found = _QUANTIFIER.match(pattern, position)
        if found and item.text not in (*_STARTS, *_ENDS):
            item = item._replace(quantifier=found.group())
            position = found.end()
        elif found and "{" not in found.group():
            raise Unscannable
        tree[-1].append(item)
    return tree, position


def _item(pattern: str, position: int) -> tuple[Item, int]:
    character = pattern[position]
    if character == "(":
        flags = _FLAGS.match(pattern, position)
        if flags:
            return Item(flags.group(), ""), flags.end()
        opening = _OPENING.match(pattern, position)
        if opening is None or (pattern.startswith("(?", position) and opening.end() == position + 1):
            raise Unscannable
        inner, end = _alternatives(pattern, opening.end())
        if end >= len(pattern):
            raise Unscannable
        written = opening.group()
        return Item(written if written.endswith(":") else "(?:", "", inner), end + 1
    found = {"\\": _ESCAPE, "[": _CLASS}.get(character)
    if found is None:
        return Item(character, ""), position + 1
    match = found.match(pattern, position)
    if match is None or match.group() in (r"\Q", r"\E", r"\G", r"\K", r"\C"):
        raise Unscannable
    return Item(match.group(), ""), match.end()


def rendered(tree: Tree) -> str:
    """The pattern that a tree stands for."""
    return "|".join("".join(_text(item) for item in option) for option in tree)


def _text(item: Item) -> str:
    inner = item.text if item.options is None else f"{item.text}{rendered(item.options)})"
    return inner + item.quantifier


@lru_cache(4096)
def _bytes_of(atom: str) -> frozenset[int]:
    """The bytes that RE2 takes for an atom."""
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.log_errors = False
    try:
        takes = re2.compile(atom.encode("latin-1"), options).fullmatch
    except re2.error:
        raise Unscannable from None
    return frozenset(byte for byte in range(256) if takes(bytes((byte,))))


def _class(members: frozenset[int]) -> str:
    if not members:
        raise Unscannable
    if len(members) == 256:
        return "."
    parts = []
    for _, run in groupby(enumerate(sorted(members)), lambda pair: pair[1] - pair[0]):
        found = [byte for _, byte in run]
        parts.append(f"\\x{found[0]:02x}" + (f"-\\x{found[-1]:02x}" if len(found) > 1 else ""))
    return parts[0] if len(members) == 1 else f"[{''.join(parts)}]"


def _mapped(tree: Tree) -> Tree:
    """The tree with anchors as separators and every class and escape as its bytes."""
    return [[_mapped_item(item) for item in option] for option in tree]


def _mapped_item(item: Item) -> Item:
    if item.options is not None:
        return item._replace(options=_mapped(item.options))
    if item.text in _STARTS or item.text in _ENDS:
        return Item(r"\x01", item.quantifier)
    if item.text[0] in "\\[" and item.text not in _EDGES:
        return item._replace(text=_class(_bytes_of(item.text)))
    if item.text.startswith("(?") and set(item.text) & set("mxU"):
        raise Unscannable
    return item


def _is_flags(item: Item) -> bool:
    return item.options is None and item.text.startswith("(?")


# --- patterns against evasion: the noise between letters is taken out of the text, not put into the automaton
class Light(NamedTuple):
    """A pattern against evasion in two forms that an automaton can hold.

    `plain` finds what matches without any of the bytes `noise`. `bare` finds, in a text without those bytes, what
    matches with them. A value that holds one of the bytes `signs` may match in another way: it is a candidate at once.
    """

    plain: str
    bare: str
    noise: bytes
    signs: bytes


def lightened(pattern: bytes) -> Light | None:
    """The light forms of a pattern in which the same optional part stands between all letters; None for any other.

    Dropping a byte from a text, and wherever a pattern takes it, keeps every match. Raises `Unscannable`.
    """
    tree = parsed(pattern.decode("latin-1"))
    stars = _counted(tree, _is_noise)
    often = max(stars, key=lambda text: stars[text], default="")
    if not often or stars[often] < _MANY:
        return None
    groups = _counted(tree, lambda item: item.options is not None and item.quantifier == "?")
    group = max(groups, key=lambda text: groups[text], default="")
    needed = re.findall(r"(?<=\\)[$%^`]", group) if groups.get(group, 0) >= _MANY else []
    noise = _bytes_of(often[:-1])
    signs = frozenset(ord(sign) for sign in needed) - noise
    if not signs:
        return None
    nothing: frozenset[int] = frozenset()
    plain = rendered(_mapped(_stripped(tree, nothing, noise | signs)))
    bare = rendered(_mapped(_stripped(tree, noise, signs)))
    return Light(plain, bare, bytes(sorted(noise)), bytes(sorted(signs)))


def _is_noise(item: Item) -> bool:
    if item.options is not None or item.quantifier != "*" or item.text[0] != "[":
        return False
    return not any(chr(byte).isalnum() or chr(byte).isspace() for byte in _bytes_of(item.text))


def _counted(tree: Tree, wanted: Callable[[Item], bool]) -> dict[str, int]:
    counts: dict[str, int] = {}
    pending = [*chain.from_iterable(tree)]
    while pending:
        item = pending.pop()
        if wanted(item):
            counts[_text(item)] = counts.get(_text(item), 0) + 1
        pending.extend(chain.from_iterable(item.options or ()))
    return counts


def _stripped(tree: Tree, dropped: frozenset[int], absent: frozenset[int]) -> Tree:
    """The alternatives for a text out of which `dropped` was taken and in which `absent` never stood."""
    kept = []
    for option in tree:
        items = [_stripped_item(item, dropped, absent) for item in option]
        if None not in items:
            kept.append([item for item in items if item is not None and (item.text or item.options)])
    return kept


def _stripped_item(item: Item, dropped: frozenset[int], absent: frozenset[int]) -> Item | None:
    """The item that is left, `Item("", "")` where nothing is, None where it cannot match any more."""
    optional = item.quantifier[:1] in ("*", "?") or item.quantifier.startswith(("{0,", "{0}"))
    if item.options is not None:
        inner = _stripped(item.options, dropped, absent)
        if not inner:
            return Item("", "") if optional else None
        return item._replace(options=inner) if any(inner) else Item("", "")
    if item.text in _EDGES:
        return Item("", "") if dropped else item  # what stands beside it may be gone
    if _is_flags(item) or item.text in (*_STARTS, *_ENDS):
        return item
    members = _bytes_of(item.text)
    left = members - dropped - absent
    if not left:
        return Item("", "") if optional or members & dropped else None
    text = item.text if left == members and item.text[0] not in "\\[" else _class(left)
    if not members & dropped:
        return Item(text, item.quantifier)
    return Item(text, "*" if item.quantifier and not item.quantifier.startswith("?") else "?")


# --- patterns that are too large
def halves(pattern: str) -> tuple[str, str] | None:
    """Two patterns that together find what `pattern` finds, split at the widest alternation; None if there is none."""
    found = _split(parsed(pattern))
    return None if found is None else (rendered(found[0]), rendered(found[1]))


def _split(tree: Tree) -> tuple[Tree, Tree] | None:
    if len(tree) > 1:
        flags = [item for item in tree[0] if _is_flags(item)]
        weights = [len(rendered([option])) for option in tree]
        cut, total = 1, weights[0]
        while cut < len(tree) - 1 and total * 2 < sum(weights):
            total += weights[cut]
            cut += 1
        return tree[:cut], [[*flags, *tree[cut]], *tree[cut + 1 :]] if flags else tree[cut:]
    groups = [(len(_text(item)), at) for at, item in enumerate(tree[0]) if item.options and not item.quantifier]
    for _, at in sorted(groups, reverse=True):
        item = tree[0][at]
        inner = _split(item.options or [])
        if inner is not None:
            first, second = ([[*tree[0][:at], item._replace(options=part), *tree[0][at + 1 :]]] for part in inner)
            return first, second
    return None


def openings(pattern: str) -> list[str]:
    """Patterns that together find what `pattern` finds, split where it begins with one of many.

    A database is quicker with those that begin with words, those that begin with the separator, and the others, each
    by themselves.
    """
    tree = parsed(pattern)
    at = next((place for place, item in enumerate(tree[0]) if not _is_flags(item)), 0)
    first = tree[0][at] if len(tree) == 1 and at < len(tree[0]) else None
    if first is None or first.quantifier or not first.options or len(first.options) < _MANY:
        return [pattern]
    kinds: dict[int, Tree] = {}
    for option in first.options:
        kind = 0 if option and option[0].text == r"\x01" else 1 if _shortest([option]) > 2 else 2
        kinds.setdefault(kind, []).append(option)
    return [
        rendered([[*tree[0][:at], first._replace(options=options), *tree[0][at + 1 :]]]) for options in kinds.values()
    ]


def loosened(pattern: str) -> str:
    """The pattern with its long counted repetitions without an upper bound."""

    def loose(found: "re.Match[str]") -> str:
        low, high = int(found.group(1)), found.group(2)
        longest = int(high) if high else low
        return found.group() if longest <= 32 else f"{{{min(low, 8)},}}"

    return _BRACE.sub(loose, pattern)


def scannable(pattern: bytes) -> str:
    """The pattern for joined values. Raises `Unscannable`."""
    return rendered(_mapped(parsed(pattern.decode("latin-1"))))


def shortest(pattern: str) -> int:
    """The least length of what an expression finds, separators aside."""
    return _shortest(parsed(pattern))


def _shortest(tree: Tree) -> int:
    return min(sum(_least(item) for item in option) for option in tree)


def _least(item: Item) -> int:
    if item.options is not None:
        size = _shortest(item.options)
    else:
        size = 0 if item.text in (*_EDGES, r"\x01") or _is_flags(item) else 1
    counted = _BRACE.match(item.quantifier)
    return 0 if item.quantifier[:1] in ("*", "?") else size * int(counted.group(1)) if counted else size


def literal(word: bytes) -> str:
    """An expression for a literal."""
    return re.escape(word.decode("latin-1")).replace("\\ ", " ")
