"""C# into the IR.

What a class of the file has is found where it is named without its owner: `field` becomes `this.field` (or
`Class.field`), `Method()` becomes `this.Method()`. Types of well-known namespaces that the file names are imported,
whether the file says `using` itself or the project does for all of its files (C# reference, "Global using directives").
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from casemate.analysis.code.frontend.csharp.expressions import EXPRESSIONS
from casemate.analysis.code.frontend.csharp.scope import CSharpLowering
from casemate.analysis.code.frontend.csharp.statements import STATEMENTS, ordered
from casemate.analysis.code.ir import Import, Module

if TYPE_CHECKING:
    from tree_sitter import Parser

    from casemate.analysis.code.ir import Stmt

SUFFIXES = (".cs",)
_DECLARED = re.compile(rb"\b(?:class|struct|record|interface|enum)\s+([A-Za-z_]\w{0,80})")


@cache
def _parser() -> Parser:
    import tree_sitter_c_sharp
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_c_sharp.language()))


def lower(path: str, source: bytes) -> Module:
    """The IR of one file."""
    root = _parser().parse(source).root_node
    c = CSharpLowering(source, EXPRESSIONS, STATEMENTS)
    c.find_errors(root)
    c.declared.update(name.decode() for name in _DECLARED.findall(source))
    body = c.block(ordered(root.named_children))
    imports: dict[str, list[tuple[str, str]]] = {}
    for full in sorted(c.used_types.values()):
        namespace, _, name = full.rpartition(".")
        imports.setdefault(namespace, []).append((name, name))
    head: list[Stmt] = [Import(namespace, names, (0, 0)) for namespace, names in imports.items()]
    return Module(path, "csharp", source, [*head, *body], c.errors, c.namespace)
