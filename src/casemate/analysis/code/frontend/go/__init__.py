"""Go into the IR.

A struct literal is a `Cast` of a `Record` to its type; several results are a tuple; a method stands in the class of its
receiver when the file declares that type, else it is a function with a `receiver`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.go.expressions import EXPRESSIONS
from casemate.analysis.code.frontend.go.statements import STATEMENTS
from casemate.analysis.code.frontend.lowering import Lowering
from casemate.analysis.code.ir import ClassDef, FunctionDef, Import, Module

if TYPE_CHECKING:
    from tree_sitter import Parser

    from casemate.analysis.code.ir import Stmt

SUFFIXES = (".go",)


@cache
def _parser() -> Parser:
    import tree_sitter_go
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_go.language()))


def lower(path: str, source: bytes) -> Module:
    """The IR of one file."""
    root = _parser().parse(source).root_node
    c = Lowering(source, EXPRESSIONS, STATEMENTS)
    c.find_errors(root)
    package = next((c.text(child.named_children[0]) for child in root.named_children
                    if child.type == "package_clause" and child.named_children), None)  # fmt: skip
    return Module(path, "go", source, _with_methods(c.block(root.named_children)), c.errors, package)


def _with_methods(body: list[Stmt]) -> list[Stmt]:
    """Methods in their types; functions before what runs when the package is loaded."""
    types = {statement.name: statement for statement in body if isinstance(statement, ClassDef)}
    first: list[Stmt] = []
    rest: list[Stmt] = []
    for statement in body:
        if isinstance(statement, FunctionDef):
            owner = types.get(statement.function.owner or "")
            (first if owner is None else owner.body).append(statement)
        else:
            (first if isinstance(statement, ClassDef) else rest).append(statement)
    imports: list[Stmt] = [statement for statement in rest if isinstance(statement, Import)]
    return imports + first + [statement for statement in rest if not isinstance(statement, Import)]
