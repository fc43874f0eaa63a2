"""The graph: what is drawn, that it is well-formed whatever the names, and that its layout holds its promises."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outputs.inventory_sample import read, sample

from casemate.model.inventory import Inventory
from casemate.outputs.graph import MOST_NODES, render_inventory
from casemate.outputs.graph_layout import Size, lay_out

_SVG = "{http://www.w3.org/2000/svg}"
_SAMPLE = sample()


def _nodes(root: ET.Element) -> dict[str, ET.Element]:
    groups = [group for group in root.iter(f"{_SVG}g") if group.get("class", "").startswith("cg-node")]
    return {group.findtext(f"{_SVG}text") or "": group for group in groups}


def _lines(root: ET.Element) -> set[str]:
    groups = [group for group in root.iter(f"{_SVG}g") if group.get("class", "").startswith("cg-edge")]
    return {title for group in groups if (title := group.findtext(f"{_SVG}title"))}


def _drawn(inventory: Inventory) -> ET.Element:
    return ET.fromstring(render_inventory(inventory))  # noqa: S314 - our own output


def test_it_is_an_image_with_a_title_and_a_description() -> None:
    root = _drawn(_SAMPLE)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "casemate-graph-title casemate-graph-desc"
    assert "2 functions, 1 of them public" in (root.findtext(f"{_SVG}desc") or "")
    assert render_inventory(_SAMPLE) == render_inventory(sample())


def test_entry_points_functions_stores_and_a_shared_role_are_connected() -> None:
    lines = _lines(_drawn(_SAMPLE))
    assert "Create assumes Shared" in lines
    assert "Create reads and writes Uploads" in lines
    assert "Uploads triggers Convert: bucket" in lines
    assert any("triggers Create: POST /things" in line for line in lines)
    assert any("triggers Create: schedule" in line for line in lines)


def test_a_role_of_one_function_is_folded() -> None:
    lone = replace(
        _SAMPLE, edges=tuple(edge for edge in _SAMPLE.edges if edge.kind != "assumes" or edge.source.endswith("Create"))
    )
    assert "Shared" not in _nodes(_drawn(lone))
    assert "Not drawn: 1 role" in render_inventory(lone)


def test_public_functions_are_marked() -> None:
    nodes = _nodes(_drawn(_SAMPLE))
    assert nodes["Create"].get("class") == "cg-node cg-public"
    assert nodes["Convert"].get("class") == "cg-node"


def test_many_nodes_are_cut_to_what_matters_and_the_picture_says_so() -> None:
    functions = "".join(
        f"  F{n}: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b, Runtime: python3.12}}}}\n"
        for n in range(MOST_NODES)
    )
    text = f"Transform: AWS::Serverless-2016-10-31\nResources:\n{functions}  Lonely: {{Type: AWS::S3::Bucket}}\n"
    root = _drawn(read({"template.yaml": text}))
    assert len(_nodes(root)) == MOST_NODES
    assert any("are shown; 1 other thing left out" in (text.text or "") for text in root.iter(f"{_SVG}text"))


def test_nothing_to_draw() -> None:
    assert "Nothing to draw" in render_inventory(Inventory())


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40))
def test_hostile_names_stay_text(name: str, stack: str) -> None:
    for payload in (name, f"{name}</title><script>alert(1)</script>\"'&\x00\x1b]]>\ud800"):
        function = replace(_SAMPLE.functions[0], name=payload, stack=stack)
        svg = render_inventory(replace(_SAMPLE, functions=(function, *_SAMPLE.functions[1:])))
        svg.encode()
        root = ET.fromstring(svg)  # noqa: S314 - our own output
        assert {element.tag.removeprefix(_SVG) for element in root.iter()} <= {
            "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text",
        }  # fmt: skip
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", svg)


_edges = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] != pair[1]), unique=True, max_size=40
)


@settings(max_examples=80, deadline=None)
@given(_edges)
def test_boxes_never_overlap_and_lines_end_at_them(pairs: list[tuple[int, int]]) -> None:
    edges = [(str(source), str(target)) for source, target in pairs]
    sizes = {str(number): Size(60.0 + 9 * number, 40.0) for number in range(12)}
    layout = lay_out(sizes, edges)
    boxes = [(x, y, x + sizes[key].width, y + sizes[key].height) for key, (x, y) in layout.boxes.items()]
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert min(left, top) >= -1e-6
        assert right <= layout.width + 1e-6
        assert bottom <= layout.height + 1e-6
        for other in boxes[:index]:
            assert left >= other[2] or other[0] >= right or top >= other[3] - 1e-6 or other[1] >= bottom - 1e-6
    for (source, target), points in zip(edges, layout.lines, strict=True):
        for key, (x, y) in ((source, points[0]), (target, points[-1])):
            left, top = layout.boxes[key]
            assert min(abs(x - left), abs(x - left - sizes[key].width)) < 1e-6
            assert top <= y <= top + sizes[key].height


def test_a_chain_of_thousands_and_a_dense_graph_are_laid_out() -> None:
    chain = lay_out({str(n): Size(50, 40) for n in range(3000)}, [(str(n), str(n + 1)) for n in range(2999)])
    assert chain.height == 40
    dense = [(str(one), str(other)) for one in range(90) for other in range(one + 1, 90)]
    assert len(lay_out({str(n): Size(50, 40) for n in range(90)}, dense).lines) == len(dense)
