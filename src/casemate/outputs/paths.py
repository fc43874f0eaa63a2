"""Reach in every form: a tree for the terminal, JSON, and a picture.

In the tree a thing is opened where it is first met, and only named after that; each line tells how it is reached and
the place that says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from casemate.analysis.access.reach.facts import INTERNET, Edge, Fact
from casemate.model.function import Function
from casemate.model.policy import Role
from casemate.model.secret import Secret
from casemate.model.workflow import StateMachine
from casemate.outputs.escaping import one_line
from casemate.outputs.graph_svg import Line, Node, Picture, draw
from casemate.outputs.ordering import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.reach.facts import Kind
    from casemate.analysis.access.reach.fixpoint import Reach
    from casemate.analysis.access.reach.journeys import Journey, Journeys
    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.outputs.graph_svg import Group

_WORDS: dict[Kind, str] = {
    "can-invoke": "can invoke",
    "runs-as": "runs as",
    "can-write-trigger-source": "starts, by writing,",
    "can-change-code": "can change the code of",
    "can-assume": "can assume",
    "can-pass-role-and-create": "can start something as",
    "can-read-secret": "can read the secret",
    "can-write": "can write to",
    "can-read": "can read",
    "can-start": "can start",
    "invokes": "invokes",
}
_LINES: dict[Kind, str] = {
    "can-invoke": "invokes",
    "runs-as": "assumes",
    "can-write-trigger-source": "triggers",
    "can-change-code": "deploys",
    "can-assume": "assumes",
    "can-pass-role-and-create": "assumes",
    "can-read-secret": "reads",
    "can-write": "writes",
    "can-read": "reads",
    "can-start": "invokes",
    "invokes": "invokes",
}
"""How the picture draws an edge."""


def render_tree(reach: Reach, inventory: Inventory) -> str:
    """One tree a start, and a line that counts."""
    lines: list[str] = []
    shown: set[Fact] = set()
    for start in reach.starts:
        if start in shown:
            continue
        lines.append(_name(start, inventory))
        shown.add(start)
        lines += _below(start, reach, inventory, shown)
    lines.append(_summary(reach))
    return "\n".join(lines) + "\n"


def _below(start: Fact, reach: Reach, inventory: Inventory, shown: set[Fact]) -> Iterator[str]:
    """The branches, without recursion: hostile systems may be deep."""
    stack: list[tuple[Iterator[tuple[Edge, bool]], str]] = [(_branches(start, reach), "")]
    while stack:
        branches, indent = stack[-1]
        found = next(branches, None)
        if found is None:
            stack.pop()
            continue
        edge, last = found
        again = edge.target in shown and bool(reach.leaving.get(edge.target))
        yield f"{indent}{'└─' if last else '├─'} {_line(edge, inventory)}{' (as above)' if again else ''}"
        if not again:
            shown.add(edge.target)
            stack.append((_branches(edge.target, reach), indent + ("   " if last else "│  ")))


def _branches(fact: Fact, reach: Reach) -> Iterator[tuple[Edge, bool]]:
    edges = reach.leaving.get(fact, ())
    yield from ((edge, number == len(edges)) for number, edge in enumerate(edges, 1))


def _line(edge: Edge, inventory: Inventory) -> str:
    premises = "; ".join(one_line(premise.text) + _place(premise.at) for premise in edge.premises[:3])
    perhaps = "" if edge.certain else "perhaps "
    return f"{perhaps}{_WORDS[edge.kind]} {_name(edge.target, inventory)}" + (f" — {premises}" if premises else "")


def _place(at: Span | None) -> str:
    return "" if at is None else f" ({one_line(at.path)}:{at.start_line})"


def _name(fact: Fact, inventory: Inventory) -> str:
    if fact.id == INTERNET:
        return "the internet"
    entity = inventory.by_id.get(fact.id)
    return one_line(fact.id if entity is None else f"{entity.kind_label} {entity.name}")


def _summary(reach: Reach) -> str:
    counts = {
        "function": sum(fact.having == "runs" and fact != reach.starts[0] for fact in reach.facts),
        "role": sum(fact.having == "acts" for fact in reach.facts),
        "secret": sum(fact.having == "knows" for fact in reach.facts),
    }
    stores = len({fact.id for fact in reach.facts if fact.having in {"reads", "writes"}})
    words = [plural(counts["function"], "function"), plural(counts["role"], "role"), plural(stores, "store")]
    return f"reached: {', '.join([*words, plural(counts['secret'], 'secret')])}"


_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sentence(journey: Journey, inventory: Inventory) -> str:
    """A way in one sentence: "From the internet to table Orders via two functions"."""
    end = journey.end
    count = len(journey.functions) - (end.having == "runs")
    words = f"From {_name(journey.edges[0].source, inventory)} to {_name(end, inventory)}"
    if count:
        number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
        words += f" via {number} function{'' if count == 1 else 's'}"
    return words if journey.certain else f"{words}, perhaps"


def steps(journey: Journey, inventory: Inventory) -> Iterator[str]:
    """Each step of a way, with its premises and their places."""
    for edge in journey.edges:
        yield _line(edge, inventory)


def render_journeys(journeys: Journeys, inventory: Inventory) -> str:
    """The worst ways for the terminal: a sentence and a tree of its steps each; nothing where there is none."""
    lines: list[str] = []
    for journey in journeys.shown:
        lines.append(sentence(journey, inventory))
        lines += [f"{'   ' * depth}└─ {step}" for depth, step in enumerate(steps(journey, inventory))]
    if journeys.left_out:
        lines.append(f"and {plural(journeys.left_out, 'more way')}")
    return "".join(f"{line}\n" for line in lines)


def render_json(reach: Reach, inventory: Inventory) -> str:
    """Facts and edges, in the order of derivation."""
    document = {
        "starts": [_fact(fact, inventory) for fact in reach.starts],
        "reached": [_fact(fact, inventory) for fact in reach.facts if fact not in reach.starts],
        "edges": [
            {
                "from": _fact(edge.source, inventory),
                "kind": edge.kind,
                "to": _fact(edge.target, inventory),
                "certain": edge.certain,
                "premises": [
                    {"text": premise.text}
                    | ({} if premise.at is None else {"path": premise.at.path, "line": premise.at.start_line})
                    for premise in edge.premises
                ],
            }
            for edge in reach.edges
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _fact(fact: Fact, inventory: Inventory) -> dict[str, object]:
    entity = inventory.by_id.get(fact.id)
    if entity is None:
        return {"has": fact.having, "type": fact.id, "name": fact.id}
    place = {"path": entity.at.path, "line": entity.at.start_line}
    return {"has": fact.having, "type": entity.kind_label, "name": entity.name, **place}


def render_svg(reach: Reach, inventory: Inventory) -> str:
    """The picture: a box a thing; a role that only stands between a function and what it reaches is drawn too.

    Its ids are its own, so that a page can hold it beside the graph of the system.
    """
    nodes = {fact.id: _node(fact, inventory) for fact in reach.facts}
    stack = next((node.stack for node in nodes.values() if node.stack), "")
    if INTERNET in nodes:
        nodes[INTERNET] = nodes[INTERNET]._replace(stack=stack)
    lines: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for edge in reach.edges:
        if edge.source.id == edge.target.id:
            continue
        kinds, labels = lines.setdefault((edge.source.id, edge.target.id), ({}, {}))
        kinds[_LINES[edge.kind]] = None
        labels.update((one_line(premise.text), None) for premise in edge.premises[:3])
    drawn = [Line(source, target, tuple(kinds), tuple(labels)) for (source, target), (kinds, labels) in lines.items()]
    text = draw(Picture(nodes, drawn, f"{_summary(reach).capitalize()}.", ""))
    for mark in ('id="casemate-', "url(#casemate-", 'labelledby="casemate-', " casemate-graph-desc"):
        text = text.replace(mark, mark.replace("casemate-", "casemate-paths-"))
    return text.replace("The serverless system as a graph", "What is reached, and how")


def _node(fact: Fact, inventory: Inventory) -> Node:
    entity = inventory.by_id.get(fact.id)
    if entity is None:
        return Node("", "entry", "the internet", "anybody", "", public=True)
    group: Group = "store"
    if isinstance(entity, Function):
        group = "function"
    elif isinstance(entity, Role):
        group = "identity"
    elif isinstance(entity, Secret):
        group = "secret"
    elif isinstance(entity, StateMachine):
        group = "workflow"
    return Node(entity.stack, group, entity.name, entity.kind_label, f"{entity.at.path}:{entity.at.start_line}")
