"""Chains of transformations, and how many values at once go through many of them.

A value without the sign of a decoder is the same after it. So a chain is followed for all values only from its first
step that is no decoder on (`plain`), and as a whole for the few values that hold a sign.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from casemate_waf.expressions import SEPARATOR
from casemate_waf.transformations import TRANSFORMATIONS

Chain = tuple[str, ...]
_DECODER_NAMES = (
    "urldecode urldecodeuni htmlentitydecode jsdecode cssdecode escapeseqdecode removenulls replacenulls utf8tounicode "
    "replacecomments removecommentschar compresswhitespace normalizepath normalisepath normalizepathwin "
    "normalisepathwin sqlhexdecode trim trimleft trimright"
)
DECODERS = frozenset(_DECODER_NAMES.split())
"""What changes few values: chains of these and of the same other transformations are scanned together."""
_LOCAL_NAMES = (
    "urldecode urldecodeuni htmlentitydecode jsdecode cssdecode escapeseqdecode removenulls replacenulls utf8tounicode "
    "removecommentschar compresswhitespace removewhitespace cmdline lowercase uppercase sqlhexdecode"
)
LOCAL = frozenset(_LOCAL_NAMES.split())
"""What can be applied to joined values at once: no byte of one value has a say in what becomes of another."""
QUIET = frozenset(
    [
        "lowercase",
        "uppercase",
        "removewhitespace",
        "cmdline",
        "removenulls",
        "replacenulls",
        "compresswhitespace",
        "utf8tounicode",
    ]
)
"""What is local and never brings forth a separator."""
_PERCENT, _SLASH, _NUL = (b"%", b"+"), (b"\\",), (b"\0",)
_PATHS = (b"//", b"/.", b"./", SEPARATOR + b".")
ODD_PATH = re.compile(rb"//|/\.|\./|\\|\A\.").search
PATH_NAMES = frozenset(("normalizepath", "normalisepath", "normalizepathwin", "normalisepathwin"))
SIGNS: dict[str, tuple[bytes, ...]] = {
    "urldecode": _PERCENT,
    "urldecodeuni": _PERCENT,
    "htmlentitydecode": (b"&",),
    "jsdecode": _SLASH,
    "cssdecode": _SLASH,
    "escapeseqdecode": _SLASH,
    "removenulls": _NUL,
    "replacenulls": _NUL,
    "replacecomments": (b"/*",),
    "removecommentschar": (b"/*", b"*/", b"<!--", b"-->", b"--", b"#"),
    "normalizepath": _PATHS,
    "normalisepath": _PATHS,
    "normalizepathwin": (*_PATHS, b"\\"),
    "normalisepathwin": (*_PATHS, b"\\"),
    "sqlhexdecode": (b"0x", b"0X"),
    "compresswhitespace": (b"  ", b"\t", b"\n", b"\r", b"\x0b", b"\x0c", b"\xa0"),
}
"""What a text must hold for the transformation to change it."""
BASE64_NAMES = frozenset(("base64decode", "base64decodeext"))
_PADDING = (b"", b"", b"==", b"=")


def family(chain: Chain) -> Chain:
    """Chains of one family are scanned with one database."""
    return tuple(name for name in chain if name not in DECODERS)


_NODES: dict[Chain, int] = {(): 0}
STEPS: list[tuple[int, str]] = [(0, "")]


def node(chain: Chain) -> int:
    """A number for a chain: `STEPS` has what it continues, and its last transformation."""
    known = _NODES.get(chain)
    if known is None:
        before = node(chain[:-1])
        known = _NODES[chain] = len(STEPS)
        STEPS.append((before, chain[-1]))
    return known


def after_decoders(chain: Chain) -> Chain:
    """A chain from its first step on that changes a value without any sign of it, or may bring forth new signs."""
    for at, name in enumerate(chain):
        if name not in ("lowercase", "uppercase", "utf8tounicode") and name not in SIGNS:
            return chain[at:]
    return ()


def plain(chain: Chain) -> Chain:
    """What a chain is for values without the signs of the decoders that it begins with."""
    rest = after_decoders(chain)
    begun = chain[: len(chain) - len(rest)]
    return (*(name for name in begun if name in ("lowercase", "uppercase")), *rest)


def is_joint(way: Chain) -> bool:
    """Whether a way can be gone with joined values: no step but the last brings forth a separator, or needs each."""
    return QUIET.issuperset(way[:-1]) and way[-1:] != ("base64decode",)


def base64_at(way: Chain) -> int | None:
    """Where base64 is undone in a way that can be gone with joined values until there."""
    if "base64decode" not in way:
        return None
    at = way.index("base64decode")
    return at if QUIET.issuperset(way[:at]) else None


class Step(NamedTuple):
    """One step of many ways at once: from which text (by its place), by what, where one of the signs is there."""

    before: int
    change: Callable[[bytes], bytes]
    signs: tuple[bytes, ...] | None


class Ways(NamedTuple):
    """The steps of all chains, and for each family where its texts are among what the steps make.

    `marks`: what is a candidate where a value holds the separator after a chain, by its node.
    """

    steps: tuple[Step, ...]
    places: tuple[tuple[int, ...], ...]
    marks: tuple[tuple[int, int], ...] = ()


def walk(steps: Sequence[Step], text: bytes) -> list[bytes]:
    """The text behind each step; the first is the text itself. What a step leaves as it is stays the same object."""
    made = [text]
    known: dict[tuple[int, Callable[[bytes], bytes]], bytes] = {}
    for before, change, signs in steps:
        text = made[before]
        if signs is not None:
            for sign in signs:
                if sign in text:
                    break
            else:
                made.append(text)
                continue
        changed = known.get((id(text), change))
        if changed is None:
            changed = change(text)
            if changed == text:
                changed = text
            known[id(text), change] = changed
        made.append(changed)
    return made


def in_order(chains: Iterable[Chain]) -> list[Chain]:
    """Chains, each once; that without a decoder comes first."""
    return sorted(dict.fromkeys(chains), key=lambda chain: (chain != family(chain), len(chain)))


def planned(families: Sequence[Sequence[Chain]], *, joint: bool = False) -> Ways:
    """The steps for the chains of each family; `joint`: for joined values."""
    places: dict[Chain, int] = {(): 0}
    steps: list[Step] = []
    found = []
    for chains in families:
        order = in_order(chains)
        for way in order:
            for length in range(1, len(way) + 1):
                part = way[:length]
                if part not in places:
                    places[part] = len(steps) + 1
                    change = TRANSFORMATIONS[part[-1]]
                    if joint and (part[-1] not in LOCAL or part[-1] == "jsdecode"):
                        change = _each(part[-1])  # always the last, see `is_joint`
                    steps.append(Step(places[part[:-1]], change, SIGNS.get(part[-1])))
        found.append(tuple(places[way] for way in order))
    return Ways(tuple(steps), tuple(found))


def _each(name: str) -> Callable[[bytes], bytes]:
    """A transformation for joined values, each by itself; it gives those that it changes."""
    change, signs = TRANSFORMATIONS[name], SIGNS.get(name)
    if signs is None:
        return lambda text: SEPARATOR.join([b"", *map(change, text.split(SEPARATOR)[1:-1]), b""])
    return lambda text: SEPARATOR.join([b"", *map(change, holding(text, signs)), b""])


def holding(text: bytes, signs: Iterable[bytes]) -> dict[bytes, None]:
    """Which of the joined values hold one of the signs."""
    chosen: dict[bytes, None] = {}
    for sign in signs:
        at = text.find(sign)
        while at >= 0:
            end = text.index(SEPARATOR, at + 1)
            chosen[text[text.rindex(SEPARATOR, 0, at + 1) + 1 : end]] = None
            at = text.find(sign, end)
    return chosen


def decoded(text: bytes, least: int) -> list[bytes]:
    """What base64 makes of each of the joined values that is long enough, up to its first byte that is none."""
    from binascii import a2b_base64

    return [
        a2b_base64(run if not (over := len(run) & 3) else run[:-1] if over == 1 else run + _PADDING[over])
        for run in _runs(-(-least * 4 // 3)).findall(text)
    ]


@lru_cache(64)
def _runs(least: int) -> "re.Pattern[bytes]":
    return re.compile(rb"\x01([A-Za-z0-9+/]{%d,})" % least)
