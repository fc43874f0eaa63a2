"""Where the boxes and lines of a layered drawing go: left to right, equal input gives equal coordinates.

The steps are those of Sugiyama, Tagawa and Toda (IEEE Trans. SMC 11(2), 1981): break cycles, assign layers by the
longest path, order each layer by barycentres in a fixed number of sweeps, then place. Nothing recurses, so a hostile
chain of a thousand functions is only long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]

_SWEEPS = 8
_SETTLING = 6
_ROW_GAP = 18.0
_COLUMN_GAP = 78.0
_BEND_GAP = 12.0
_MOST_BENDS = 4000
"""Bends (places where a long line passes a layer) of one drawing.

Beyond it lines go straight, which is ugly but quick.
"""


class Size(NamedTuple):
    """Width and height of a box."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Top left corners of the boxes, the points that each line passes, and the size of all.

    `lines` has one entry for each given edge, in their order; a line runs from its source's side to its
    target's, and in each column between them there are two points: where it enters and where it leaves.
    """

    boxes: Mapping[str, Point]
    lines: Sequence[Sequence[Point]]
    width: float
    height: float


def lay_out(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> Layout:
    """Lay out one connected drawing. `edges` name keys of `sizes`, none of them a loop."""
    forward = _without_cycles(sizes, edges)
    layer = _layers(sizes, [pair for pair, _ in forward])
    drawing = _Drawing(sizes, layer)
    chains = [drawing.chain(source, target) for (source, target), _ in forward]
    drawing.order()
    drawing.place()
    lines = drawing.lines(chains)
    turned = [line[::-1] if reversed_ else line for line, (_, reversed_) in zip(lines, forward, strict=True)]
    return Layout({key: drawing.corner(key) for key in sizes}, turned, drawing.width, drawing.height)


def _without_cycles(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> list[tuple[tuple[str, str], bool]]:
    """Every edge, turned round where it closes a cycle.

    Depth first: of a cycle's edges the earlier ones of the input keep their direction.
    """
    out: dict[str, list[str]] = {key: [] for key in sizes}
    arriving = dict.fromkeys(sizes, 0)
    first: dict[str, int] = {}
    for number, (source, target) in enumerate(edges):
        out[source].append(target)
        arriving[target] += 1
        first.setdefault(source, number)
    done: set[str] = set()
    open_: set[str] = set()
    back: set[tuple[str, str]] = set()
    # those that nothing leads to come first, then the sources of the first edges: where all are in cycles, these
    # decide what is left
    for root in sorted(sizes, key=lambda key: (arriving[key] > 0, first.get(key, len(edges)))):
        if root in done:
            continue
        stack = [(root, iter(out[root]))]
        open_.add(root)
        while stack:
            key, following = stack[-1]
            for target in following:
                if target in open_:
                    back.add((key, target))
                elif target not in done:
                    open_.add(target)
                    stack.append((target, iter(out[target])))
                    break
            else:
                stack.pop()
                open_.discard(key)
                done.add(key)
    return [((edge[1], edge[0]), True) if edge in back else (edge, False) for edge in edges]


def _layers(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest path to each node; what nothing leads to then moves right, next to the first that it leads to."""
    out: dict[str, list[str]] = {key: [] for key in sizes}
    waiting = dict.fromkeys(sizes, 0)
    for source, target in edges:
        out[source].append(target)
        waiting[target] += 1
    sources = [key for key, count in waiting.items() if not count]
    layer = dict.fromkeys(sizes, 0)
    ready = list(sources)
    for key in ready:  # grows while it is walked: topological order
        for target in out[key]:
            layer[target] = max(layer[target], layer[key] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for key in sources:
        if out[key]:
            layer[key] = min(layer[target] for target in out[key]) - 1
    return layer


class _Drawing:
    """The layers while they are ordered and placed.

    Items are boxes and the bends of long lines.
    """

    def __init__(self, sizes: Mapping[str, Size], layer: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.layer = dict(layer)
        self.rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
        for key, number in layer.items():
            self.rows[number].append(key)
        self.left: dict[str, list[str]] = {key: [] for key in sizes}
        self.right: dict[str, list[str]] = {key: [] for key in sizes}
        self.top: dict[str, float] = {}
        self.bends = 0
        self.columns: list[tuple[float, float]] = []
        x = 0.0
        for row in self.rows:
            width = max((sizes[key].width for key in row), default=0.0)
            self.columns.append((x, width))
            x += width + _COLUMN_GAP
        self.width = x - _COLUMN_GAP
        self.height = 0.0

    def chain(self, source: str, target: str) -> list[str]:
        """The items a line runs through, with a bend in every layer between its ends."""
        items = [source]
        first, last = self.layer[source] + 1, self.layer[target]
        if self.bends + last - first <= _MOST_BENDS:
            for number in range(first, last):
                self.bends += 1
                bend = f"\0{self.bends}"  # no id of an entity can be this
                self.layer[bend] = number
                self.rows[number].append(bend)
                self.left[bend], self.right[bend] = [], []
                items.append(bend)
        items.append(target)
        for one, other in pairwise(items):
            self.right[one].append(other)
            self.left[other].append(one)
        return items

    def order(self) -> None:
        """Barycentres, from left to right and back."""
        position = {key: float(index) for row in self.rows for index, key in enumerate(row)}
        for sweep in range(_SWEEPS):
            rightward = sweep % 2 == 0
            neighbours = self.left if rightward else self.right
            for row in self.rows if rightward else reversed(self.rows):
                row.sort(key=lambda key: _mean([position[other] for other in neighbours[key]], position[key]))
                for index, key in enumerate(row):
                    position[key] = float(index)

    def place(self) -> None:
        """Heights: every item as near to the middle of its neighbours as order and distance allow."""
        for row in self.rows:
            y = 0.0
            for key in row:
                self.top[key] = y
                y += self._height(key) + self._gap(key)
        for turn in range(_SETTLING):
            rightward = turn % 2 == 1
            neighbours = self.left if rightward else self.right
            for row in self.rows if rightward else reversed(self.rows):
                wished = [
                    _mean([self._middle(other) for other in neighbours[key]], self._middle(key)) - self._height(key) / 2
                    for key in row
                ]
                for key, top in zip(row, self._apart(row, wished), strict=True):
                    self.top[key] = top
        highest = min(self.top.values())
        for key in self.top:
            self.top[key] -= highest
        self.height = max(self.top[key] + self._height(key) for key in self.top)

    def _apart(self, row: Sequence[str], wished: Sequence[float]) -> list[float]:
        """The wishes, moved so that nothing overlaps.

        The mean of pushing downwards and of pushing upwards keeps every distance.
        """
        down: list[float] = []
        for index in range(len(row)):
            least = down[-1] + self._height(row[index - 1]) + self._gap(row[index - 1]) if index else wished[index]
            down.append(max(wished[index], least))
        up = list(wished)
        for index in range(len(row) - 2, -1, -1):
            up[index] = min(up[index], up[index + 1] - self._height(row[index]) - self._gap(row[index]))
        return [(one + other) / 2 for one, other in zip(down, up, strict=True)]

    def _height(self, key: str) -> float:
        return self.sizes[key].height if key in self.sizes else 0.0

    def _gap(self, key: str) -> float:
        return _ROW_GAP if key in self.sizes else _BEND_GAP

    def _middle(self, key: str) -> float:
        return self.top[key] + self._height(key) / 2

    def corner(self, key: str) -> Point:
        """Top left of a box, which stands in the middle of its column."""
        x, width = self.columns[self.layer[key]]
        return x + (width - self.sizes[key].width) / 2, self.top[key]

    def lines(self, chains: Sequence[Sequence[str]]) -> list[list[Point]]:
        """The points of each chain.

        Lines that share a side of a box are spread over it in the order of their other ends.
        """
        leaving: dict[str, list[tuple[float, int]]] = {}
        arriving: dict[str, list[tuple[float, int]]] = {}
        for number, chain in enumerate(chains):
            leaving.setdefault(chain[0], []).append((self._middle(chain[1]), number))
            arriving.setdefault(chain[-1], []).append((self._middle(chain[-2]), number))
        starts = self._spread(leaving)
        ends = self._spread(arriving)
        found = []
        for number, chain in enumerate(chains):
            points = [(self.corner(chain[0])[0] + self.sizes[chain[0]].width, starts[number])]
            for bend in chain[1:-1]:
                x, width = self.columns[self.layer[bend]]
                points += [(x, self.top[bend]), (x + width, self.top[bend])]
            points.append((self.corner(chain[-1])[0], ends[number]))
            found.append(points)
        return found

    def _spread(self, sides: Mapping[str, list[tuple[float, int]]]) -> dict[int, float]:
        found = {}
        for key, others in sides.items():
            height = self._height(key)
            for index, (_, number) in enumerate(sorted(others), start=1):
                found[number] = self.top[key] + height * index / (len(others) + 1)
        return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
