"""JavaScript and TypeScript into the IR.

The grammar is chosen by the extension: in TypeScript's grammar 34 of 654 real JavaScript files have errors (`a < b > c`
and what else types make ambiguous). CommonJS and ES modules become the same imports and exports, also in the form that
compilers give them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.javascript.expressions import EXPRESSIONS
from casemate.analysis.code.frontend.javascript.functions import in_order
from casemate.analysis.code.frontend.javascript.statements import STATEMENTS
from casemate.analysis.code.frontend.lowering import Lowering
from casemate.analysis.code.ir import Module

if TYPE_CHECKING:
    from tree_sitter import Parser

    from casemate.analysis.code.ir import Language

SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


@cache
def _parser(grammar: str) -> Parser:
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    if grammar == "javascript":
        import tree_sitter_javascript

        return Parser(Grammar(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    if grammar == "tsx":
        return Parser(Grammar(tree_sitter_typescript.language_tsx()))
    return Parser(Grammar(tree_sitter_typescript.language_typescript()))


def lower(path: str, source: bytes) -> Module:
    """The IR of one file; the suffix of `path` chooses the grammar."""
    suffix = path.rpartition(".")[2].lower()
    if suffix in {"ts", "mts", "cts"}:
        tree = _parser("typescript").parse(source)
    else:
        tree = _parser("tsx" if suffix == "tsx" else "javascript").parse(source)
    root = tree.root_node
    lowering = Lowering(source, EXPRESSIONS, STATEMENTS)
    lowering.find_errors(root)
    body = lowering.block(in_order(root.named_children))
    language: Language = "typescript" if suffix in {"ts", "mts", "cts", "tsx"} else "javascript"
    return Module(path, language, source, body, lowering.errors)
