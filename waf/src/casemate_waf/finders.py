"""What finds expressions in a text: a database of hyperscan, or sets of RE2 where there is none that can be trusted."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    import hyperscan


class Finder(Protocol):
    """Scans a text for expressions and adds the numbers of those it finds to a set."""

    def scan(self, text: bytes, found: set[int]) -> None: ...


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
