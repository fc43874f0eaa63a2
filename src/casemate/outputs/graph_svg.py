"""Draws a picture of nodes and lines as SVG 1.1 that is readable on light and dark ground, by eye and by screen reader.

It holds no script and loads nothing. Every text is a scanned file's: escaped, and without control characters.
Selectors begin with the class of the root, because inside of a page a style sheet holds for the whole page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Literal, NamedTuple

from casemate.outputs.escaping import clip, one_line, text_cells, xml_text
from casemate.outputs.graph_layout import Layout, Point, Size, lay_out
from casemate_guard.redact import mask

Group = Literal["entry", "function", "store", "secret", "workflow", "identity", "network"]

_GROUPS: Mapping[Group, str] = {
    "entry": "entry point",
    "function": "function",
    "store": "store",
    "secret": "secret or key",
    "workflow": "workflow or pipeline",
    "identity": "identity",
    "network": "network or host",
}
_STYLES = ("triggers", "invokes", "writes", "reads", "protects", "assumes", "deploys")
"""Kinds of lines; where one line stands for several, the first of them is how it is drawn."""
_MARGIN = 24.0
_PAGE, _LEAST = 1100.0, 720.0
"""Width that drawings are put side by side into: what fits a report's page."""
_BOX_HEIGHT = 44.0
_LETTER, _SMALL_LETTER = 8.0, 6.3
_NARROWEST, _LETTERS = 108.0, 32
_SPACE, _PART_GAP = 44.0, 44.0


class Node(NamedTuple):
    """One box.

    `stack`: the path it is grouped under; `group` decides the colour; `kind`: the second line; `details`: further lines
    of the hover text.
    """

    stack: str
    group: Group
    name: str
    kind: str
    place: str
    details: tuple[str, ...] = ()
    public: bool = False


class Line(NamedTuple):
    """One arrow; `kinds` of edges it stands for and the labels they carry."""

    source: str
    target: str
    kinds: tuple[str, ...]
    labels: tuple[str, ...]


class Picture(NamedTuple):
    """What is drawn: nodes by key, and lines between keys.

    `summary`: a sentence about it, also for those who do not see it; `note`: what is not drawn.
    """

    nodes: Mapping[str, Node]
    lines: Sequence[Line]
    summary: str
    note: str


class _Part(NamedTuple):
    """A connected drawing (or the boxes that nothing connects), with what is drawn at its place."""

    width: float
    height: float
    boxes: Mapping[str, Point]
    lines: Sequence[tuple[Line, Sequence[Point]]]


def draw(picture: Picture) -> str:
    """The SVG, in one root element without XML declaration, so that it can stand inside of HTML."""
    sizes = {key: _size(node) for key, node in picture.nodes.items()}
    y = _MARGIN
    body: list[str] = []
    width = _LEAST
    for stacks, keys, lines in _blocks(picture):
        parts = _shelves(_parts(keys, lines, sizes))
        block_width = max(x + part.width for x, _, part in parts)
        block_height = max(top + part.height for _, top, part in parts)
        heading = clip(_plain(", ".join(stacks)), 100)
        body.append(f'<text class="cg-head" x="{_n(_MARGIN)}" y="{_n(y + 10)}">{escape(heading)}</text>')
        y += 26
        for x, top, part in parts:
            body += _part_svg(part, x + _MARGIN, y + top, picture.nodes, sizes)
        y += block_height + _SPACE
        width = max(width, block_width + 2 * _MARGIN, text_cells(heading) * _LETTER + 2 * _MARGIN)
    if not picture.nodes:
        body.append(
            f'<text x="{_n(_MARGIN)}" y="{_n(y + 10)}">'
            "Nothing to draw: no function, entry point or store was found.</text>"
        )
        y += 40
    footer, y = _footer(picture, y, width)
    return "\n".join([*_head(picture, width, y), *body, *footer, "</svg>", ""])


def _head(picture: Picture, width: float, height: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="casemate-graph" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" '
        'aria-labelledby="casemate-graph-title casemate-graph-desc" '
        f'style="min-width:{_n(width * 0.7)}px">'
    )
    yield '<title id="casemate-graph-title">The serverless system as a graph</title>'
    yield f'<desc id="casemate-graph-desc">{_clean(f"{picture.summary} {picture.note}".strip())}</desc>'
    style = files("casemate.outputs").joinpath("graph.css").read_text("utf-8")
    yield f"<style>\n{style}</style>"
    yield "<defs>"
    for kind in _STYLES:
        yield (
            f'<marker id="casemate-arrow-{kind}" viewBox="0 0 10 10" refX="9" refY="5" '
            f'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="cg-head-{kind}" d="M0 0.8 10 5 0 9.2z"/></marker>'
        )
    yield "</defs>"
    yield f'<rect class="cg-back" width="{_n(width)}" height="{_n(height)}"/>'


# -- blocks and parts ------------------------------------------------------------------------------------------------
def _blocks(picture: Picture) -> Iterator[tuple[list[str], list[str], list[Line]]]:
    """Stacks with their nodes and lines; stacks that a line connects are one block. In the order of the nodes."""
    leader: dict[str, str] = {}

    def find(stack: str) -> str:
        while leader[stack] != stack:
            leader[stack] = leader[leader[stack]]
            stack = leader[stack]
        return stack

    for node in picture.nodes.values():
        leader.setdefault(node.stack, node.stack)
    for line in picture.lines:
        one, other = find(picture.nodes[line.source].stack), find(picture.nodes[line.target].stack)
        leader[other] = one
    blocks: dict[str, tuple[dict[str, None], list[str], list[Line]]] = {}
    for key, node in picture.nodes.items():
        stacks, keys, _ = blocks.setdefault(find(node.stack), ({}, [], []))
        stacks[node.stack] = None
        keys.append(key)
    for line in picture.lines:
        blocks[find(picture.nodes[line.source].stack)][2].append(line)
    for stacks, keys, lines in blocks.values():
        yield list(stacks), keys, lines


def _parts(keys: Sequence[str], lines: Sequence[Line], sizes: Mapping[str, Size]) -> Iterator[_Part]:
    """The connected drawings of a block, largest first, then what is connected to nothing."""
    members = _connected(keys, lines)
    part_of = {key: number for number, inside in enumerate(members) for key in inside}
    rank = {key: index for index, key in enumerate(keys)}
    lines_of: list[list[Line]] = [[] for _ in members]
    loops: dict[str, Line] = {}
    for line in sorted(
        lines, key=lambda line: _STYLES.index(_style(line))
    ):  # what comes first wins where a cycle has to be broken
        if line.source == line.target:
            loops[line.source] = line
        else:
            lines_of[part_of[line.source]].append(line)
    for number in sorted(range(len(members)), key=lambda index: -len(members[index])):
        inside = sorted(members[number], key=rank.__getitem__)
        layout = lay_out({key: sizes[key] for key in inside}, [(line.source, line.target) for line in lines_of[number]])
        yield _with_loops(layout, lines_of[number], loops, sizes)
    for key in keys:
        if key not in part_of:
            yield _with_loops(Layout({key: (0.0, 0.0)}, (), *sizes[key]), (), loops, sizes)


def _connected(keys: Sequence[str], lines: Sequence[Line]) -> list[list[str]]:
    near: dict[str, list[str]] = {key: [] for key in keys}
    for line in lines:
        if line.source != line.target:
            near[line.source].append(line.target)
            near[line.target].append(line.source)
    members: list[list[str]] = []
    seen: set[str] = set()
    for key in keys:
        if key in seen or not near[key]:
            continue
        seen.add(key)
        found = [key]
        for one in found:  # grows while it is walked
            for other in near[one]:
                if other not in seen:
                    seen.add(other)
                    found.append(other)
        members.append(found)
    return members


def _with_loops(layout: Layout, lines: Sequence[Line], loops: Mapping[str, Line], sizes: Mapping[str, Size]) -> _Part:
    drawn = list(zip(lines, layout.lines, strict=True))
    for key, (x, y) in layout.boxes.items():
        if key in loops:
            drawn.append((loops[key], [(x + sizes[key].width * 0.7, y), (x + sizes[key].width * 0.3, y)]))
    return _Part(layout.width, layout.height, layout.boxes, drawn)


def _shelves(parts: Iterator[_Part]) -> list[tuple[float, float, _Part]]:
    """Parts side by side, in rows of a page's width."""
    placed = []
    x = y = tallest = 0.0
    connected = True
    for part in parts:
        begins_rest = connected and not part.lines
        if x and (begins_rest or x + part.width > _PAGE):
            x, y, tallest = 0.0, y + tallest + (_PART_GAP if connected else _PART_GAP / 2), 0.0
        connected = bool(part.lines)
        placed.append((x, y, part))
        x += part.width + (_PART_GAP if connected else _PART_GAP / 2)
        tallest = max(tallest, part.height)
    return placed


# -- drawing ---------------------------------------------------------------------------------------------------------
def _part_svg(part: _Part, x: float, y: float, nodes: Mapping[str, Node], sizes: Mapping[str, Size]) -> Iterator[str]:
    for line, points in part.lines:
        moved = [(px + x, py + y) for px, py in points]
        loop = line.source == line.target
        yield _edge_svg(line, _loop(moved) if loop else _curve(moved), nodes)
    for key, (left, top) in part.boxes.items():
        yield _node_svg(nodes[key], left + x, top + y, sizes[key])


def _edge_svg(line: Line, path: str, nodes: Mapping[str, Node]) -> str:
    kind = _style(line)
    labels = ", ".join(line.labels[:8]) + (f" and {len(line.labels) - 8} more" if len(line.labels) > 8 else "")
    title = f"{nodes[line.source].name} {' and '.join(line.kinds)} {nodes[line.target].name}" + (
        f": {labels}" if labels else ""
    )
    return (
        f'<g class="cg-edge cg-{kind}"><title>{_clean(title)}</title><path class="cg-wide" d="{path}"/>'
        f'<path d="{path}" marker-end="url(#casemate-arrow-{kind})"/></g>'
    )


def _style(line: Line) -> str:
    return next((style for style in _STYLES if style in line.kinds), "deploys")


def _curve(points: Sequence[Point]) -> str:
    (x, y), *others = points
    path = f"M{_n(x)} {_n(y)}"
    for index, (to_x, to_y) in enumerate(others):
        if index % 2:  # through the column that the line passes
            path += f"L{_n(to_x)} {_n(to_y)}"
        else:
            middle = (x + to_x) / 2
            path += f"C{_n(middle)} {_n(y)} {_n(middle)} {_n(to_y)} {_n(to_x)} {_n(to_y)}"
        x, y = to_x, to_y
    return path


def _loop(points: Sequence[Point]) -> str:
    (x, y), (to_x, to_y) = points
    return f"M{_n(x)} {_n(y)}C{_n(x)} {_n(y - 20)} {_n(to_x)} {_n(y - 20)} {_n(to_x)} {_n(to_y)}"


def _node_svg(node: Node, x: float, y: float, size: Size) -> str:
    hover = "\n".join(
        [
            node.name,
            f"{_GROUPS[node.group]}, {node.kind}",
            *node.details,
            *(("public",) if node.public else ()),
            node.place,
        ]
    )
    frame = f'x="{_n(x)}" y="{_n(y)}" width="{_n(size.width)}" height="{_n(size.height)}" rx="7"'
    badge = (
        f'<text class="cg-badge" x="{_n(x + size.width - 10)}" y="{_n(y + 34)}">PUBLIC</text>' if node.public else ""
    )
    return (
        f'<g class="cg-node{" cg-public" if node.public else ""}" style="--cg-tone: var(--cg-{node.group})">'
        f"<title>{_clean_lines(hover)}</title>"
        f'<rect class="cg-box" {frame}/><rect class="cg-tint" {frame}/>'
        f'<rect class="cg-bar" x="{_n(x)}" y="{_n(y + 8)}" width="4" height="{_n(size.height - 16)}" rx="1.5"/>'
        f'<text x="{_n(x + 14)}" y="{_n(y + 19)}">{escape(_label(node))}</text>'
        f'<text class="cg-soft" x="{_n(x + 14)}" y="{_n(y + 34)}">{escape(_kind(node))}</text>{badge}</g>'
    )


def _footer(picture: Picture, y: float, width: float) -> tuple[list[str], float]:
    """The legend of what is in the picture, and the note."""
    groups = [group for group in _GROUPS if any(node.group == group for node in picture.nodes.values())]
    kinds = [kind for kind in _STYLES if any(_style(line) == kind for line in picture.lines)]
    found: list[str] = []
    x = _MARGIN
    for name, words in [*((group, _GROUPS[group]) for group in groups), *((kind, kind) for kind in kinds)]:
        needed = 38 + len(words) * 6.2 + 18
        if x > _MARGIN and x + needed > width - _MARGIN:
            x, y = _MARGIN, y + 22
        if words == name and name in _STYLES:
            arrow = f'<path d="M{_n(x)} {_n(y + 6)}h28" marker-end="url(#casemate-arrow-{name})"/>'
            sample = f'<g class="cg-edge cg-{name}">{arrow}</g>'
        else:
            box = f'x="{_n(x + 6)}" y="{_n(y)}" width="20" height="12" rx="3"'
            sample = (
                f'<g style="--cg-tone: var(--cg-{name})"><rect class="cg-box" {box}/><rect class="cg-tint" {box}/></g>'
            )
        found.append(f'{sample}<text class="cg-soft" x="{_n(x + 36)}" y="{_n(y + 10)}">{words}</text>')
        x += needed
    y += 22 if found else 0
    for text in filter(None, (picture.summary if picture.nodes else "", picture.note)):
        found.append(f'<text class="cg-soft" x="{_n(_MARGIN)}" y="{_n(y + 14)}">{_clean(text)}</text>')
        y += 18
    return found, y + _MARGIN


# -- texts -----------------------------------------------------------------------------------------------------------
def _size(node: Node) -> Size:
    badge = 52.0 if node.public else 0.0
    width = max(text_cells(_label(node)) * _LETTER, text_cells(_kind(node)) * _SMALL_LETTER + badge)
    return Size(max(_NARROWEST, round(width) + 28.0), _BOX_HEIGHT)


def _label(node: Node) -> str:
    return clip(_plain(node.name) or "(no name)", _LETTERS)


def _kind(node: Node) -> str:
    return clip(_plain(node.kind), _LETTERS)


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return xml_text(one_line(mask(text)))


def _clean(text: str) -> str:
    return escape(_plain(text))


def _clean_lines(text: str) -> str:
    return "\n".join(_clean(line) for line in text.splitlines())


def _n(number: float) -> str:
    """A coordinate in as few characters as it takes."""
    return f"{number:.1f}".removesuffix(".0")
