"""Finds in one pass which rules may match any of many values: the filter in front of the exact operators.

Values are joined by a separator; each distinct outcome of a transformation chain is one text; a text is scanned once
for all rules of its kind. What is found here are candidates, never verdicts.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from casemate_guard.waf.xss import MAX_TOKENS
from casemate_waf.expressions import SEPARATOR
from casemate_waf.transformations import TRANSFORMATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import hyperscan

Chain = tuple[str, ...]

_DECODER_NAMES = (
    "urldecode urldecodeuni htmlentitydecode jsdecode cssdecode escapeseqdecode removenulls replacenulls utf8tounicode "
    "replacecomments removecommentschar compresswhitespace normalizepath normalisepath normalizepathwin "
    "normalisepathwin sqlhexdecode trim trimleft trimright"
)
_DECODERS = frozenset(_DECODER_NAMES.split())
"""What changes few values: chains of these and of the same other transformations are scanned together."""
_LOCAL_NAMES = (
    "urldecode urldecodeuni htmlentitydecode jsdecode cssdecode escapeseqdecode removenulls replacenulls utf8tounicode "
    "removecommentschar compresswhitespace removewhitespace cmdline lowercase uppercase sqlhexdecode"
)
_LOCAL = frozenset(_LOCAL_NAMES.split())
"""What can be applied to joined values at once: no byte of one value has a say in what becomes of another."""
_PERCENT, _SLASH, _NUL = (b"%", b"+"), (b"\\",), (b"\0",)
_PATHS = (b"//", b"/.", b"./", SEPARATOR + b".")
_ODD_PATH = re.compile(rb"//|/\.|\./|\\|\A\.").search
_PATH_NAMES = frozenset(("normalizepath", "normalisepath", "normalizepathwin", "normalisepathwin"))
_SIGNS: dict[str, tuple[bytes, ...]] = {
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
_ALL_SIGNS = tuple(sorted({sign for signs in _SIGNS.values() for sign in signs}))
Present = tuple[tuple[bool, ...], bool]
"""Which of all signs a text holds, and whether it is ASCII only."""

_LONG = MAX_TOKENS // 3  # a transformation makes three bytes of one at most


def family(chain: Chain) -> Chain:
    """Chains of one family are scanned with one database."""
    return tuple(name for name in chain if name not in _DECODERS)


_NODES: dict[Chain, int] = {(): 0}
_STEPS: list[tuple[int, str]] = [(0, "")]


def node(chain: Chain) -> int:
    """A number for a chain: `_STEPS` has what it continues, and its last transformation."""
    known = _NODES.get(chain)
    if known is None:
        before = node(chain[:-1])
        known = _NODES[chain] = len(_STEPS)
        _STEPS.append((before, chain[-1]))
    return known


class Texts:
    """Values, and what becomes of them after a chain (by its `node`): joined for a scan, and one by one for operators.

    `shortest`: how long a value at least has to be after a chain to matter; see `Family`.
    """

    __slots__ = ("_count", "_joined", "_lists", "_made", "_shortest", "_texts")

    def __init__(self, values: Iterable[bytes], shortest: Mapping[int, int] = MappingProxyType({})) -> None:
        listed = list(values)
        self._lists: dict[int, list[bytes]] = {0: listed}
        self._joined: dict[int, bytes] = {0: SEPARATOR.join((b"", *listed, b""))}
        self._made: dict[tuple[int, str], bytes] = {}
        self._texts = {self._joined[0]: self._joined[0]}
        self._count = len(listed)
        self._shortest = shortest

    def joined(self, chain: int) -> bytes:
        """All values after `chain`, each between separators; the very same object where nothing changed."""
        known = self._joined.get(chain)
        if known is None:
            before, name = _STEPS[chain]
            text = self._joined.get(before) or self.joined(before)
            step = id(text), name
            known = self._made.get(step)
            if known is None:
                known = self._made[step] = self._after(text, chain, name)
            self._joined[chain] = known
        return known

    def _after(self, text: bytes, chain: int, name: str) -> bytes:
        signs = _SIGNS.get(name)
        if signs is not None:
            for sign in signs:
                if sign in text:
                    break
            else:
                return text
        elif name == "utf8tounicode" and text.isascii():
            return text
        if name in _LOCAL and not (name == "jsdecode" and b"\\" + SEPARATOR in text):
            changed = TRANSFORMATIONS[name](text)
        else:
            changed = SEPARATOR.join((b"", *self._transformed(chain), b""))
        return self._texts.setdefault(changed, changed)

    def values(self, chain: int) -> list[bytes]:
        """Each value after `chain`, in order."""
        known = self._lists.get(chain)
        if known is None:
            text, before = self.joined(chain), _STEPS[chain][0]
            if text is self.joined(before):
                known = self.values(before)
            elif text.count(SEPARATOR) == self._count + 1:
                known = text.split(SEPARATOR)[1:-1]
            else:
                known = self._transformed(chain)
            self._lists[chain] = known
        return known

    def _transformed(self, chain: int) -> list[bytes]:
        known = self._lists.get(chain)
        if known is None:
            before, name = _STEPS[chain]
            transform, values = TRANSFORMATIONS[name], self.values(before)
            if name in _PATH_NAMES:
                known = [transform(value) if _ODD_PATH(value) else value for value in values]
            elif chain in self._shortest:
                least = self._shortest[chain]  # base64: three bytes of four
                known = [transform(value) if len(value) * 3 >= least * 4 else b"" for value in values]
            else:
                known = [transform(value) for value in values]
            self._lists[chain] = known
        return known


class Finder(Protocol):
    """Scans a text for expressions and adds the numbers of those it finds to a set."""

    def scan(self, text: bytes, found: set[int]) -> None: ...


class Family(NamedTuple):
    """Expressions over the outcomes of some chains. None of them finds less than `shortest` bytes.

    Those against evasion have a `noise`: they are looked for in texts without these bytes. What is found so counts for
    values that hold such a byte; for the others `plain` has to find it in the text as it is. Where a text holds one of
    the bytes `signs`, all `numbers` are found.
    """

    chains: tuple[Chain, ...]
    finder: Finder
    shortest: int = 0
    plain: Finder | None = None
    noise: bytes = b""
    signs: bytes = b""
    numbers: tuple[int, ...] = ()


Visit = tuple[Finder, int, tuple[int, ...]]


class Scanner:
    """All families of one phase, and the numbers of what is a candidate without them.

    `always`: what cannot be filtered; `marked`: where a value holds the separator; `longest`: where one is so long that
    its length decides.
    """

    __slots__ = ("_families", "_lights", "_visits", "always", "longest", "marked", "shortest")

    def __init__(
        self, families: Sequence[Family], always: Iterable[int], marked: Iterable[int], longest: Iterable[int]
    ) -> None:
        self._families = [one for one in families if not one.noise]
        self._lights = [one for one in families if one.noise]
        self.always = frozenset(always)
        self._visits: dict[Present, list[Visit]] = {}  # at most two to the number of signs, of which few are met
        self.marked = tuple(marked)
        self.shortest = {
            node(chain[: at + 1]): one.shortest
            for one in self._families
            for chain in one.chains
            for at, name in enumerate(chain)
            if name in ("base64decode", "base64decodeext")
        }
        self.longest = tuple(longest)

    @property
    def families(self) -> list[Family]:
        """Every family, for who saves them."""
        return [*self._families, *self._lights]

    def candidates(self, texts: Texts) -> set[int]:
        """The numbers of the probes that may match one of the values."""
        found = set(self.always)
        whole, values = texts.joined(0), texts.values(0)
        if self.longest and len(whole) > _LONG and max(map(len, values), default=0) > _LONG:
            found.update(self.longest)
        if self.marked and whole.count(SEPARATOR) > len(values) + 1:
            found.update(self.marked)
        present = tuple([sign in whole for sign in _ALL_SIGNS]), whole.isascii()
        for finder, first, chains in self._visits.get(present) or self._visited(present):
            base = texts.joined(first)
            known: dict[bytes, None] | None = None
            before = 0
            seen = [base]
            for chain in chains:
                text = texts.joined(chain)
                if any(text is other for other in seen):
                    continue
                seen.append(text)
                if known is None:
                    known = dict.fromkeys(texts.values(first))
                    before = len(known)
                known.update(dict.fromkeys(texts.values(chain)))
                if self.marked and text.count(SEPARATOR) > len(values) + 1:
                    found.update(self.marked)
            if known is not None and len(known) > before:
                base = SEPARATOR.join((b"", *known, b""))
            finder.scan(base, found)
        for light in self._lights:
            for written in light.chains:
                _disguised(light, texts, node(written), found)
        return found

    def _visited(self, present: Present) -> list[Visit]:
        """Which chains may change a text with these signs: of each family its first, and those."""
        visits = []
        for one in self._families:
            chains = [chain for chain in one.chains[1:] if _may_change(chain, present)]
            first = next((chain for chain in one.chains if not _may_change(chain, present)), one.chains[0])
            if first is not one.chains[0] and _may_change(one.chains[0], present):
                chains.append(one.chains[0])
            visits.append((one.finder, node(first), tuple(node(chain) for chain in chains)))
        self._visits[present] = visits
        return visits


def _may_change(chain: Chain, present: Present) -> bool:
    """Whether a decoder of the chain has something to do in a text with these signs, or in what becomes of it."""
    signs, ascii_only = present
    moved = False
    for name in chain:
        if name not in _DECODERS:
            moved = moved or name != "lowercase"
        elif name == "utf8tounicode":
            if not ascii_only:
                return True
        elif name not in _SIGNS or moved or any(signs[_ALL_SIGNS.index(sign)] for sign in _SIGNS[name]):
            return True
    return False


def _disguised(light: Family, texts: Texts, chain: int, found: set[int]) -> None:
    text = texts.joined(chain)
    if len(text.translate(None, light.signs)) != len(text):
        found.update(light.numbers)
        return
    first: set[int] = set()
    bare = text.translate(None, light.noise)
    light.finder.scan(bare, first)
    if first and light.plain is not None:
        light.plain.scan(text, found)
        if len(bare) != len(text):
            pairs = ((value, value.translate(None, light.noise)) for value in texts.values(chain))
            noisy = [short for value, short in pairs if len(short) != len(value)]
            light.finder.scan(SEPARATOR.join((b"", *noisy, b"")), found)


@lru_cache(1)
def misses() -> str:
    """What is wrong with hyperscan here, else nothing: a filter that misses is worse than none.

    The wheels after 0.7.13 hold Vectorscan 5.4.12, which in block mode overlooks matches whose first two bytes are
    two classes, far enough into a text (VectorCamp/vectorscan#358; #368 mends it). No list of versions decides, but a
    trial.
    """
    try:
        import hyperscan
    except ImportError:
        return "it is not installed"
    flags = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH
    for expression, before in ((rb"=[\t ]*\(", b""), (rb"@.*=[\t ]*\(", b"@")):
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[expression], ids=[1], elements=1, flags=[flags])
        finder = HyperscanFinder(database)
        for length in range(0, 200, 7):
            found: set[int] = set()
            finder.scan(before + b"x" * length + b"=(", found)
            if not found:
                return f"{database.info()} overlooks matches"
    return ""


class HyperscanFinder:
    """A hyperscan database in block mode."""

    __slots__ = ("_scan", "_scratch", "database")

    def __init__(self, database: "hyperscan.Database") -> None:
        import hyperscan

        self.database = database
        self._scratch = hyperscan.Scratch(database)
        self._scan: Callable[..., object] = database.scan

    def dumped(self) -> bytes:
        """The database as bytes, for this version and kind of processor."""
        import hyperscan

        return bytes(hyperscan.dumpb(self.database))

    def scan(self, text: bytes, found: set[int]) -> None:
        """Add what is found."""
        self._scan(text, match_event_handler=_note, context=found, scratch=self._scratch)


def _note(number: int, _start: int, _end: int, _flags: int, found: set[int]) -> None:
    found.add(number)


class Re2Finder:
    """RE2 sets in small groups: a set of many patterns has too many states on text that is made for it.

    A set never gives up on a text: where its states do not fit, it forgets them and goes on (dfa.cc, `kManyMatch`).
    """

    GROUP = 10
    __slots__ = ("_groups",)

    def __init__(self, expressions: Sequence[tuple[int, str]]) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.dot_nl = True
        options.log_errors = False
        options.max_mem = 32 << 20
        self._groups: list[tuple[object, tuple[int, ...]]] = []
        for start in range(0, len(expressions), self.GROUP):
            part = expressions[start : start + self.GROUP]
            group = re2.Set.SearchSet(options)
            for _, expression in part:
                group.Add(expression.encode("latin-1"))
            group.Compile()
            self._groups.append((group.Match, tuple(number for number, _ in part)))

    def scan(self, text: bytes, found: set[int]) -> None:
        """Add what is found."""
        for match, numbers in self._groups:
            if not found.issuperset(numbers):
                found.update(numbers[at] for at in match(text) or ())  # type: ignore[operator]
