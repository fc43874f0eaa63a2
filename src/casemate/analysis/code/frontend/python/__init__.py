"""Python (3.14 and what came before, `print x` included) -> IR, through tree-sitter-python.

Not the interpreter's own `ast`: that refuses whole files for syntax newer than the Python that runs the scan. Grammar:
tree-sitter-python 0.25; meaning: The Python Language Reference.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.python.expressions import EXPRESSIONS, opaque
from casemate.analysis.code.frontend.python.statements import STATEMENTS
from casemate.analysis.code.frontend.python.unit import ERROR_KIND, Unit
from casemate.analysis.code.ir import Module

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from casemate.analysis.code.frontend.python.unit import LowerExpr, LowerStmt
    from casemate.analysis.code.ir import At


def lower(path: str, source: bytes) -> Module:
    """The IR of a Python file. What the parser did not understand is in `errors`; the rest is lowered."""
    parser, expressions, statements = _grammar()
    root = parser.parse(source).root_node
    unit = Unit(source, expressions, statements)
    body = unit.block(root)
    errors = unit.too_deep + (_errors(root) if root.has_error else [])
    return Module(path, "python", source, body, errors=sorted(errors))


@cache
def _grammar() -> tuple[Parser, dict[int, LowerExpr], dict[int, LowerStmt]]:
    """The parser, and what to do with a node by the number of its kind (several numbers may share a name)."""
    import tree_sitter_python
    from tree_sitter import Language, Parser

    language = Language(tree_sitter_python.language())
    names = {number: language.node_kind_for_id(number) or "" for number in range(language.node_kind_count)}
    expressions = {number: EXPRESSIONS.get(name, opaque) for number, name in names.items()}
    expressions[ERROR_KIND] = opaque
    statements = {number: STATEMENTS[name] for number, name in names.items() if name in STATEMENTS}
    statements[ERROR_KIND] = STATEMENTS["ERROR"]
    return Parser(language), expressions, statements


def _errors(root: Node) -> list[At]:
    """The outermost ranges that the parser skipped, and the places where it assumed something that is not there."""
    found: list[At] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found.append(node.byte_range)
        elif node.has_error:
            waiting += node.children
    return found
