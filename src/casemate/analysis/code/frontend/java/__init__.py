"""Java into the IR.

What a class of the file has is found where it is named without its owner: `field` becomes `this.field` (or
`Class.field`), `method()` becomes `this.method()`. Names of `java.lang` that the file uses are imported, as the
language says (JLS 7.3).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.java.expressions import EXPRESSIONS
from casemate.analysis.code.frontend.java.scope import JavaLowering
from casemate.analysis.code.frontend.java.statements import STATEMENTS
from casemate.analysis.code.ir import Import, Module

if TYPE_CHECKING:
    from tree_sitter import Parser

SUFFIXES = (".java",)


@cache
def _parser() -> Parser:
    import tree_sitter_java
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_java.language()))


def lower(path: str, source: bytes) -> Module:
    """The IR of one file."""
    root = _parser().parse(source).root_node
    c = JavaLowering(source, EXPRESSIONS, STATEMENTS)
    c.find_errors(root)
    body = c.block(root.named_children)
    if c.language_names:
        names = [(name, name) for name in sorted(c.language_names)]
        body.insert(0, Import("java.lang", names, (0, 0)))
    return Module(path, "java", source, body, c.errors, c.package)
