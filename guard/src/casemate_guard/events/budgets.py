"""How much an event may ask of the decoder. Beyond a budget decoding stops and says so: nothing is skipped quietly."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Budgets:
    """Limits for one record of a batch, or for one event that is no batch; `seconds` are for the whole event.

    - `depth`: levels of containers, through all layers; `layers`: decodings inside one another.
    - `keys` and `leaves`: how many in all. `size`: bytes of all decoded text. `growth`: how many times a compressed
      payload may grow.
    """

    __slots__ = ("depth", "growth", "keys", "layers", "leaves", "seconds", "size")

    def __init__(
        self,
        *,
        depth: int = 64,
        keys: int = 20_000,
        leaves: int = 20_000,
        size: int = 16 << 20,
        layers: int = 6,
        growth: int = 200,
        seconds: float = 2.0,
    ) -> None:
        self.depth = depth
        self.keys = keys
        self.leaves = leaves
        self.size = size
        self.layers = layers
        self.growth = growth
        self.seconds = seconds


class BudgetExceededError(Exception):
    """An event asked for more than a budget gives: which one, and where in the event."""

    def __init__(self, budget: str, path: str) -> None:
        super().__init__(f"more {budget} than the budget allows at {path}")
        self.budget = budget
        self.path = path


class Meter:
    """Counts against the budgets; every method raises `BudgetExceededError` at the first beyond."""

    __slots__ = ("_clock", "_end", "_keys", "budgets", "leaves", "most_leaves", "most_size", "used")

    def __init__(self, budgets: Budgets, clock: Callable[[], float]) -> None:
        self.budgets = budgets
        self._clock = clock
        self._end = clock() + budgets.seconds
        self.most_leaves = budgets.leaves
        self.most_size = budgets.size
        self.restart()

    def restart(self) -> None:
        """A new record: the counters begin again, the time goes on."""
        self._keys = self.leaves = self.used = 0

    @property
    def left(self) -> int:
        """Bytes that may still be decoded."""
        return self.most_size - self.used

    def leaf(self, path: str) -> None:
        """Look at `leaves` and `used`, which the decoder counts itself, and at every 64th leaf at the time."""
        if self.leaves > self.most_leaves:
            raise BudgetExceededError("leaves", path)
        self.size(0, path)
        self.time(path)

    def keys(self, count: int, path: str) -> None:
        self._keys += count
        if self._keys > self.budgets.keys:
            raise BudgetExceededError("keys", path)

    def size(self, count: int, path: str) -> None:
        self.used += count
        if self.used > self.most_size:
            raise BudgetExceededError("size", path)

    def depth(self, depth: int, path: str) -> None:
        if depth > self.budgets.depth:
            raise BudgetExceededError("depth", path)

    def layers(self, layers: int, path: str) -> None:
        if layers > self.budgets.layers:
            raise BudgetExceededError("layers", path)

    def time(self, path: str) -> None:
        if self._clock() > self._end:
            raise BudgetExceededError("time", path)
