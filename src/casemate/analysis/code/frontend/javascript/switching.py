"""`switch`: a chain of comparisons, with fall-through written out.

A `break` at the end of a case is not needed then; when one is left inside of a case, the chain stands in a loop that
runs once and that the `break` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.branching import chained, once
from casemate.analysis.code.frontend.javascript import functions
from casemate.analysis.code.frontend.lowering import Target
from casemate.analysis.code.ir import Assign, Const, Expr, Name, Stmt

if TYPE_CHECKING:
    from tree_sitter import Node

    from casemate.analysis.code.frontend.lowering import Lowering
    from casemate.analysis.code.ir import At


def switch(c: Lowering, node: Node, body: list[Stmt]) -> None:
    """One `switch` statement."""
    subject = c.expr(node.child_by_field_name("value"))
    c.flush(body)
    at = node.byte_range
    if not isinstance(subject, (Name, Const)):
        name = Name(c.temporary("switch"), subject.at)
        body.append(Assign(name, subject, subject.at))
        subject = name
    inside = node.child_by_field_name("body")
    label = c.temporary("switch")
    target = Target("switch", c.labels.pop() if c.labels else None, label)
    c.jumps.append(target)
    cases: list[tuple[Expr | None, list[Stmt], At]] = []
    for child in [] if inside is None else inside.named_children:
        if child.type == "switch_case":
            test = c.expr(child.child_by_field_name("value"))
            c.flush(body)
            statements = functions.in_order(child.children_by_field_name("body"))
            cases.append((test, c.block(statements), child.byte_range))
        elif child.type == "switch_default":
            cases.append((None, c.block(functions.in_order(child.children_by_field_name("body"))), child.byte_range))
    c.jumps.pop()
    body.extend(once(chained(subject, cases, label), label, at))
