"""Chains of transformations, and how many values at once go through many of them.

A value without the sign of a decoder is the same after it, but for the case of its letters, of which expressions take
no notice. So a chain is followed for all values only from its first step that is no decoder on (`plain`), and as a
whole for the few values that hold a sign.
"""

import re
from collections.abc import Callable, Iterable, Sequence
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
"""What changes few values."""
CASES = frozenset(("lowercase", "uppercase"))
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
_STILL = QUIET | PATH_NAMES | {"trim", "trimleft", "trimright", "replacecomments", "removecommentschar"}
"""What never brings forth a separator, and does the same whatever the case of letters is."""
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
_COMMAND_SIGNS = (b",", b";", b"'", b'"', b"\\", b"^", b"  ", b" /", b" (", b"\t", b"\n", b"\r", b"\x0b", b"\x0c")
_ONE_BY_ONE = {
    "jsdecode": (b"\\" + SEPARATOR,),  # at the end of a value a backslash escapes nothing
    **dict.fromkeys(("normalizepath", "normalisepath"), (b"/.", b"../", SEPARATOR + b".")),
    **dict.fromkeys(("normalizepathwin", "normalisepathwin"), (b"/.", b"\\.", b"../", b"..\\", SEPARATOR + b".")),
}
"""What has to be in joined values that one of these transformations cannot be applied to at once."""
OWN_SIGNS = {**SIGNS, "cmdline": _COMMAND_SIGNS}
"""As `SIGNS`, and what a text must hold for the command line's transformation to change more than case."""
BASE64_NAMES = frozenset(("base64decode", "base64decodeext"))
COMMANDS: Chain = ("commands",)
REST: Chain = ("rest",)


def family(chain: Chain) -> Chain:
    """Chains of one family are scanned with one database: those that leave most values as they are, and the others."""
    more = {name for name in chain if name not in DECODERS and name not in CASES}
    return () if not more else COMMANDS if more == {"cmdline"} else REST


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


def is_cased(chain: Chain) -> bool:
    """Whether a chain changes the case of letters: what is looked for behind it is looked for in any case."""
    return not CASES.isdisjoint(chain) or "cmdline" in chain


def uncased(chain: Chain) -> Chain:
    """A chain without the steps that only change the case of what is looked for in any case."""
    kept: list[str] = []
    free = True
    for name in reversed(chain):
        free = free and (name in _STILL or name in CASES)
        if not (free and name in CASES):
            kept.append(name)
    return tuple(reversed(kept))


def after_decoders(chain: Chain) -> Chain:
    """A chain from its first step on that changes a value without any sign of it, or may bring forth new signs."""
    for at, name in enumerate(chain):
        if name not in CASES and name != "utf8tounicode" and name not in OWN_SIGNS:
            return chain[at:]
    return ()


def plain(chain: Chain) -> Chain:
    """What a chain is for values without the signs of the decoders that it begins with."""
    rest = after_decoders(chain)
    begun = chain[: len(chain) - len(rest)]
    return uncased((*("lowercase" if name == "cmdline" else name for name in begun if is_cased((name,))), *rest))


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
    """One step of many ways at once: from which text (by its place), by what, where one of the signs is there.

    `each`: where one of these is there, joined values have to go one by one. The signs are in two parts, since a byte
    is found quickest as a number, and a word by `find`: to `in`, it is first of all no number.
    """

    before: int
    change: Callable[[bytes], bytes]
    is_free: bool
    signs: tuple[int, ...] = ()
    words: tuple[bytes, ...] = ()
    each: tuple[bytes, ...] = ()


class Ways(NamedTuple):
    """The steps of all chains, and for each of their groups where its texts are among what the steps make."""

    steps: tuple[Step, ...]
    places: tuple[tuple[int, ...], ...]


def walk(steps: Sequence[Step], text: bytes, count: int = -1) -> list[bytes] | None:
    """The text behind each step; the first is the text itself. What a step leaves as it is stays the same object.

    None where values would have to go one by one that cannot be told apart any more, since one of them came to hold the
    separator: `count` is how many of these the joined values had.
    """
    made = [text]
    known: dict[tuple[int, Callable[[bytes], bytes]], bytes] = {}
    for before, change, is_free, signs, words, each in steps:
        source = made[before]
        if not is_free and not _holds(source, signs, words):
            made.append(source)
            continue
        changed = known.get((id(source), change))
        if changed is None:
            if not each or not _holds(source, (), each):
                changed = change(source)
            elif source.count(SEPARATOR) == count:
                changed = SEPARATOR.join((b"", *map(change, source.split(SEPARATOR)[1:-1]), b""))
            else:
                return None
            if changed == source:
                changed = source
            known[id(source), change] = changed
        made.append(changed)
    return made


def _holds(text: bytes, signs: Iterable[int], words: Iterable[bytes]) -> bool:
    for sign in signs:
        if sign in text:
            return True
    for word in words:  # noqa: SIM110 - a generator takes twice as long
        if text.find(word) >= 0:
            return True
    return False


def planned(groups: Sequence[Iterable[Chain]], *, joint: bool = False) -> Ways:
    """The steps for the chains of each group; `joint`: for joined values, else for one."""
    places: dict[Chain, int] = {(): 0}
    steps: list[Step] = []
    found = []
    for chains in groups:
        ways = list(chains)
        for way in ways:
            for length in range(1, len(way) + 1):
                part = way[:length]
                if part not in places:
                    places[part] = len(steps) + 1
                    steps.append(_step(places[part[:-1]], part[-1], joint=joint))
        found.append(tuple(places[way] for way in ways))
    return Ways(tuple(steps), tuple(found))


def _step(before: int, name: str, *, joint: bool) -> Step:
    change, signs = TRANSFORMATIONS[name], SIGNS.get(name)
    each = _ONE_BY_ONE.get(name, () if name in LOCAL else (SEPARATOR,)) if joint else ()
    if signs is None or (name in PATH_NAMES and not joint):  # a path may begin with a dot; its sign has a separator
        return Step(before, change, is_free=True, each=each)
    return Step(before, change, False, *in_parts(signs), each)


def in_parts(signs: Iterable[bytes]) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
    """Signs of one byte as numbers, and the others."""
    listed = list(signs)
    return tuple(sign[0] for sign in listed if len(sign) == 1), tuple(sign for sign in listed if len(sign) > 1)


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
