"""Whether a text that is run as a program calls the token: by its syntax tree, not by its letters."""

from __future__ import annotations

MAX_LENGTH = 60_000


def calls(text: str, token: str, language: str) -> bool:
    """Whether the program holds a call of the function `token`."""
    from tree_sitter import Language, Parser

    if token not in text.casefold():
        return False
    if language == "python":
        import tree_sitter_python

        grammar = Language(tree_sitter_python.language())
    else:
        import tree_sitter_javascript

        grammar = Language(tree_sitter_javascript.language())
    source = text[:MAX_LENGTH].encode("utf-8", "surrogatepass")
    waiting = [Parser(grammar).parse(source).root_node]
    while waiting:
        node = waiting.pop()
        if node.type in {"call", "call_expression"}:
            name = node.child_by_field_name("function")
            word = name.text if name is not None and name.type == "identifier" else None
            if word is not None and word.decode("utf-8", "replace").casefold() == token:
                return True
        waiting.extend(node.children)
    return False


def evaluated(template: str, token: str, *, single: bool = False) -> bool:
    """Whether a template holds the token in an expression of its engine. `single`: one brace opens one (Dust)."""
    text = template.casefold()
    pairs = (("{{", "}}"), ("<%", "%>"), ("${", "}"), ("#{", "}"), ("{%", "%}"), *((("{", "}"),) if single else ()))
    for opening, closing in pairs:
        at = text.find(opening)
        while at >= 0:
            end = text.find(closing, at + len(opening))
            inner = text[at + len(opening) : end] if end >= 0 else ""
            if token in inner and not inner.startswith(("!", "#")) and "\n" not in inner:
                return True
            at = text.find(opening, at + 1)
    return False
